//! Texts that must not become counters: they identify a person.

/// True if the text holds what looks like a mainland phone number, an e-mail address or an identity-card number.
pub(super) fn looks_personal(text: &str) -> bool {
    has_email(text.as_bytes()) || has_number(text.as_bytes())
}

/// A letter or digit, `@`, and after it a dot with something before and at least two bytes behind.
fn has_email(text: &[u8]) -> bool {
    let Some(at) = text.iter().position(|&byte| byte == b'@') else { return false };
    let (name, domain) = text.split_at(at);
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    let domain = domain.get(1..).unwrap_or_default();
    let end = domain.iter().position(|byte| !is_word(byte)).unwrap_or(domain.len());
    let dot = domain.iter().take(end).rposition(|&byte| byte == b'.').unwrap_or(0);
    let named = name.last().is_some_and(u8::is_ascii_alphanumeric);
    (named && dot > 0 && end - dot > 2) || has_email(domain)
}

/// Looks at each run of digits; the separators that people put into phone numbers do not end one. X is digit 10.
fn has_number(text: &[u8]) -> bool {
    let mut run = Vec::new();
    for &byte in text.iter().chain(b"#") {
        match byte {
            b'0'..=b'9' => run.push(byte - b'0'),
            b'x' | b'X' => run.push(10),
            b'-' | b' ' | b'+' => {}
            _ if is_phone(&run) || is_identity_card(&run) => return true,
            _ => run.clear(),
        }
    }
    false
}

/// 11 digits from 13 to 19, with or without the country code 86 (or 0086).
fn is_phone(run: &[u8]) -> bool {
    let digits = run.strip_prefix(&[0, 0]).unwrap_or(run);
    let digits = digits.strip_prefix(&[8, 6]).unwrap_or(digits);
    matches!(digits, [1, 3..=9, rest @ ..] if rest.len() == 9 && rest.iter().all(|&d| d < 10))
}

/// 18 places with a plausible birth date and the right check digit (GB 11643-1999, ISO 7064 MOD 11-2).
fn is_identity_card(run: &[u8]) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let [body @ .., check] = run else { return false };
    if body.len() != 17 || body.contains(&10) {
        return false;
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    (12 - sum % 11) % 11 == u32::from(*check)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_texts_are_recognised() {
        for text in [
            "13812345678",
            "+86 138-1234-5678",
            "tel:13812345678",
            "0086 13812345678",
            "a@b.cn",
            "mail me: li.si@example.com",
            "11010519491231002X",
            "440524188001010014",
            "id 11010519491231002x!",
        ] {
            assert!(looks_personal(text), "{text}");
        }
    }

    #[test]
    fn ordinary_texts_pass() {
        for text in [
            "",
            "green",
            "2026-11-22",
            "10086",
            "12812345678",
            "138123456789",
            "order 20261122-0001",
            "@home",
            "a@b",
            "x@.c",
            "110105194912310021",
            "乌龙茶 500g",
            "1 2 3",
            "sku 6391436",
            "@@..",
        ] {
            assert!(!looks_personal(text), "{text}");
        }
    }
}
