//! Lower case without tables: the letters of the alphabets that shops use.

/// The text in lower case: Latin, Greek, Cyrillic and fullwidth letters. What JavaScript lowers besides those (Armenian,
/// Georgian …) stays as it is.
pub(super) fn fold(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

pub(super) fn fold_char(symbol: char) -> char {
    let code = symbol as u32;
    let lower = match code {
        0x41..=0x5a | 0xc0..=0xd6 | 0xd8..=0xde | 0x391..=0x3a1 | 0x3a3..=0x3ab | 0x410..=0x42f | 0xff21..=0xff3a => {
            code + 32
        }
        0x400..=0x40f => code + 80,
        // Pairs: the upper one is even, then odd, then even again.
        0x100..=0x12f
        | 0x132..=0x137
        | 0x14a..=0x177
        | 0x460..=0x481
        | 0x48a..=0x4bf
        | 0x4d0..=0x52f
        | 0x1e00..=0x1e95
        | 0x1ea0..=0x1eff => code | 1,
        0x139..=0x148 | 0x179..=0x17e | 0x4c1..=0x4ce => code + code % 2,
        0x178 => 0xff,
        0x4c0 => 0x4cf,
        0x386 => 0x3ac,
        0x388..=0x38a => code + 37,
        _ => code,
    };
    char::from_u32(lower).unwrap_or(symbol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn these_alphabets_are_lowered_as_the_standard_library_does() {
        let alphabets =
            [0..0x130, 0x131..0x180, 0x386..0x38b, 0x391..0x3cf, 0x400..0x530, 0x1e00..0x1e96, 0xff21..0xff5b];
        for code in alphabets.into_iter().flatten() {
            let symbol = char::from_u32(code).unwrap();
            let mut lower = symbol.to_lowercase();
            assert_eq!(Some(fold_char(symbol)), lower.next(), "{symbol} {code:x}");
        }
        assert_eq!(fold("微信 WeChat ＡＢ é"), "微信 wechat ａｂ é");
    }
}
