//! Texts that must not become counters: they identify a person.

/// True if the text holds what looks like a mainland phone number, an e-mail address or an identity-card number.
pub(super) fn looks_personal(text: &str) -> bool {
    has_email(text) || digit_runs(text).any(|run| is_phone(run.all()) || is_identity_card(run.all()))
}

fn has_email(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        let Some((name, domain)) = word.split_once('@') else { return false };
        let dot = domain.rfind('.').unwrap_or(0);
        name.ends_with(|c: char| c.is_ascii_alphanumeric()) && dot > 0 && domain.len() - dot > 2
    })
}

/// Runs of digits, with the separators people put into phone numbers left out and a final X kept.
fn digit_runs(text: &str) -> impl Iterator<Item = Run> + '_ {
    text.split(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | ' ' | '+' | 'x' | 'X'))).map(Run::new)
}

/// Digits of a candidate, at most 20 of them.
struct Run {
    digits: [u8; 20],
    len: usize,
}

impl Run {
    fn new(text: &str) -> Run {
        let mut run = Run { digits: [0; 20], len: 0 };
        for byte in text.bytes() {
            let digit = match byte {
                b'0'..=b'9' => byte - b'0',
                b'x' | b'X' => 10,
                _ => continue,
            };
            if let Some(slot) = run.digits.get_mut(run.len) {
                *slot = digit;
            }
            run.len += 1;
        }
        run
    }

    fn all(&self) -> &[u8] {
        self.digits.get(..self.len).unwrap_or_default()
    }
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
