//! Where a source can be made wrong, and how: one small change each, as a slip of the pen would make it.

/// A word and what it is mistaken for. Spaces keep arithmetic apart from types and references, as rustfmt sets them.
const SLIPS: [(&str, &str); 38] = [
    (" == ", " != "),
    (" != ", " == "),
    (" < ", " <= "),
    (" <= ", " < "),
    (" > ", " >= "),
    (" >= ", " > "),
    (" < ", " > "),
    (" > ", " < "),
    (" && ", " || "),
    (" || ", " && "),
    (" + ", " - "),
    (" - ", " + "),
    (" * ", " + "),
    (" / ", " * "),
    (" % ", " / "),
    (" += ", " -= "),
    (" -= ", " += "),
    (" << ", " >> "),
    ("saturating_add", "saturating_sub"),
    ("saturating_sub", "saturating_add"),
    ("saturating_mul", "saturating_add"),
    (".plus(", ".plus(1 + "),
    (".min(", ".max("),
    (".max(", ".min("),
    (".any(", ".all("),
    (".all(", ".any("),
    (".is_some_and(", ".is_none_or("),
    (".is_none_or(", ".is_some_and("),
    (".is_some()", ".is_none()"),
    (".is_none()", ".is_some()"),
    (".position(", ".rposition("),
    ("..=", ".."),
    ("true", "false"),
    ("false", "true"),
    ("if !", "if "),
    ("is_empty()", "is_empty() == false"),
    ("i64::from(", "1 + i64::from("),
    ("u64::from(", "1 + u64::from("),
];

/// Statements of these are also left out.
const CALLS: [&str; 7] = ["self.", "turn.", "taken.", "state.", "counts.", "lot.", "today."];

/// One change of one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    /// From 0.
    pub(crate) line: usize,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Every change that can be made to a source, its tests aside.
pub(crate) fn sites(text: &str) -> Vec<Site> {
    let code = text.split_once("\n#[cfg(test)]\nmod tests").map_or(text, |(code, _)| code);
    code.lines()
        .enumerate()
        .flat_map(|(line, before)| changes(before).map(move |after| site(line, before, after)))
        .collect()
}

fn site(line: usize, before: &str, after: String) -> Site {
    Site { line, before: before.to_string(), after }
}

/// The line with each change alone.
fn changes(line: &str) -> impl Iterator<Item = String> + '_ {
    let code = line.split("//").next().unwrap_or_default();
    let is_code = !code.trim_start().starts_with("#[") && !code.contains('"') && !code.trim_start().starts_with("use ");
    let words = SLIPS.iter().flat_map(move |(right, wrong)| {
        let places = code.match_indices(right).filter(move |_| is_code);
        places.map(move |(at, _)| replaced(line, (at, right.len()), wrong))
    });
    words.chain(numbers(code).filter(move |_| is_code).map(move |place| slipped(line, place))).chain(left_out(line))
}

fn replaced(line: &str, (at, len): (usize, usize), wrong: &str) -> String {
    let (start, rest) = line.split_at(at);
    format!("{start}{wrong}{}", rest.get(len..).unwrap_or_default())
}

/// Whole numbers that stand alone: where, and how long.
fn numbers(code: &str) -> impl Iterator<Item = (usize, usize)> + '_ {
    code.match_indices(|c: char| c.is_ascii_digit()).filter_map(move |(at, _)| {
        let (before, rest) = code.split_at(at);
        let is_start = before.ends_with([' ', '(', '[']);
        let len = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let is_end =
            rest.get(len..).is_some_and(|after| after.is_empty() || after.starts_with([' ', ')', ']', ';', ',']));
        (is_start && is_end).then_some((at, len))
    })
}

/// One more than it says.
fn slipped(line: &str, place: (usize, usize)) -> String {
    let (at, len) = place;
    let number: u64 = line.get(at..at + len).and_then(|digits| digits.parse().ok()).unwrap_or(0);
    replaced(line, place, &(number + 1).to_string())
}

/// The line without its statement, if it is a whole one that is done for what it changes.
fn left_out(line: &str) -> Option<String> {
    let statement = line.trim_start();
    let is_whole = statement.ends_with(';') && CALLS.iter().any(|call| statement.starts_with(call));
    is_whole.then(|| " ".repeat(line.len() - statement.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(line: &str) -> Vec<String> {
        sites(line).into_iter().map(|site| site.after).collect()
    }

    #[test]
    fn every_slip_is_one_change() {
        assert_eq!(changed("if a < 3 {"), ["if a <= 3 {", "if a > 3 {", "if a < 4 {"]);
        assert_eq!(
            changed("    self.sum = self.sum.saturating_add(one);"),
            ["    self.sum = self.sum.saturating_sub(one);", "    ",]
        );
        assert_eq!(changed("let a = x && y || z;"), ["let a = x || y || z;", "let a = x && y && z;"]);
    }

    #[test]
    fn words_texts_types_and_tests_are_left_alone() {
        for line in ["// a < 3", "use a::{b, true_c};", "let a: Vec<u8> = b1[c];", "x(\"1 + 1\")", "#[a(1)]"] {
            assert_eq!(changed(line), [""; 0], "{line}");
        }
        assert_eq!(changed("fn a() {}\n\n#[cfg(test)]\nmod tests {\n    if a < 3 {\n"), [""; 0]);
    }
}
