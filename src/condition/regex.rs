//! Regular expressions as JavaScript reads them, without lookaround and back references, small and bounded: whatever the
//! pattern and the text, a search ends after [`STEPS_MAX`] steps.
//!
//! Texts are sequences of UTF-16 units, as they are in JavaScript without the flag `u`.

use super::fold_case::fold_char;

/// Steps of one search, and how deep it may recurse on the stack of a phone.
const STEPS_MAX: u32 = 20_000;
const DEPTH_MAX: u32 = 400;
/// Groups inside groups.
const NESTING_MAX: u32 = 32;

/// A compiled expression.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Regex {
    root: Node,
    folds: bool,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    /// One unit out of these ranges, or out of all others.
    Unit(Vec<(u16, u16)>, bool),
    Start,
    End,
    /// `\b` or `\B`.
    Edge(bool),
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    Repeat(Box<Node>, Count),
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Count {
    min: u32,
    max: u32,
    lazy: bool,
}

impl Regex {
    /// `None` for what JavaScript refuses, and for what is not supported here.
    pub(super) fn new(source: &str, folds: bool) -> Option<Regex> {
        let units: Vec<u16> = source.encode_utf16().collect();
        let mut parser = Parser { units: &units, at: 0 };
        let root = parser.either(NESTING_MAX)?;
        (parser.at == units.len()).then_some(Regex { root, folds })
    }

    /// True if it matches anywhere in the text.
    pub(super) fn is_match(&self, text: &str) -> bool {
        let units: Vec<u16> = text.encode_utf16().collect();
        let mut search = Search { units: &units, folds: self.folds, steps: 0, depth: 0 };
        // What begins with `^` matches at the start or nowhere.
        let is_anchored = matches!(&self.root, Node::Sequence(nodes) if nodes.first() == Some(&Node::Start));
        let last = if is_anchored { 0 } else { units.len() };
        (0..=last).any(|start| search.node(&self.root, start, &mut |_, _| true))
    }
}

struct Parser<'a> {
    units: &'a [u16],
    at: usize,
}

const DIGITS: [(u16, u16); 1] = [(0x30, 0x39)];
const WORDS: [(u16, u16); 4] = [(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
const SPACES: [(u16, u16); 10] = [
    (9, 13),
    (32, 32),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
    (0xfeff, 0xfeff),
];
const LINE_ENDS: [(u16, u16); 3] = [(10, 10), (13, 13), (0x2028, 0x2029)];

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.units.get(self.at).map(|&unit| char::from_u32(unit.into()).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn take(&mut self, symbol: char) -> bool {
        let found = self.peek() == Some(symbol);
        self.at += usize::from(found);
        found
    }

    fn next(&mut self) -> Option<u16> {
        let unit = self.units.get(self.at).copied();
        self.at += 1;
        unit
    }

    fn either(&mut self, nesting: u32) -> Option<Node> {
        let mut branches = vec![self.sequence(nesting)?];
        while self.take('|') {
            branches.push(self.sequence(nesting)?);
        }
        Some(if branches.len() == 1 { branches.pop()? } else { Node::Either(branches) })
    }

    fn sequence(&mut self, nesting: u32) -> Option<Node> {
        let mut nodes = Vec::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let node = self.atom(nesting)?;
            let may_repeat = !matches!(node, Node::Start | Node::End | Node::Edge(_));
            nodes.push(match self.count()? {
                Some(count) if may_repeat => Node::Repeat(Box::new(node), count),
                Some(_) => return None,
                None => node,
            });
        }
        Some(Node::Sequence(nodes))
    }

    fn atom(&mut self, nesting: u32) -> Option<Node> {
        match self.next()? {
            0x28 => self.group(nesting),
            0x5b => self.set(),
            0x5c => self.escape(),
            0x5e => Some(Node::Start),
            0x24 => Some(Node::End),
            0x2e => Some(Node::Unit(LINE_ENDS.to_vec(), true)),
            // A quantifier with nothing before it.
            0x2a | 0x2b | 0x3f => None,
            unit => Some(one(unit)),
        }
    }

    fn group(&mut self, nesting: u32) -> Option<Node> {
        if self.take('?') {
            let is_plain = self.take(':');
            let is_named = !is_plain && self.take('<') && !matches!(self.peek(), Some('=' | '!'));
            while is_named && self.next()? != 0x3e {}
            (is_plain || is_named).then_some(())?;
        }
        let inner = self.either(nesting.checked_sub(1)?)?;
        self.take(')').then_some(inner)
    }

    fn escape(&mut self) -> Option<Node> {
        match self.peek()? {
            'b' => self.step(Node::Edge(true)),
            'B' => self.step(Node::Edge(false)),
            '1'..='9' | 'k' => None,
            _ => {
                let (ranges, negated) = self.class()?;
                Some(Node::Unit(ranges, negated))
            }
        }
    }

    fn step(&mut self, node: Node) -> Option<Node> {
        self.at += 1;
        Some(node)
    }

    /// What stands behind a backslash, as ranges.
    fn class(&mut self) -> Option<(Vec<(u16, u16)>, bool)> {
        let unit = self.next()?;
        let single = |unit: u16| Some((vec![(unit, unit)], false));
        match char::from_u32(unit.into()).unwrap_or_default() {
            'd' => Some((DIGITS.to_vec(), false)),
            'D' => Some((DIGITS.to_vec(), true)),
            'w' => Some((WORDS.to_vec(), false)),
            'W' => Some((WORDS.to_vec(), true)),
            's' => Some((SPACES.to_vec(), false)),
            'S' => Some((SPACES.to_vec(), true)),
            't' => single(9),
            'n' => single(10),
            'v' => single(11),
            'f' => single(12),
            'r' => single(13),
            '0' => single(0),
            'x' => self.hexadecimal(2),
            'u' => self.hexadecimal(4),
            'c' | 'p' | 'P' => None,
            _ => single(unit),
        }
    }

    fn hexadecimal(&mut self, places: u32) -> Option<(Vec<(u16, u16)>, bool)> {
        let mut unit = 0u16;
        for _ in 0..places {
            let digit = char::from_u32(self.next()?.into())?.to_digit(16)?;
            unit = unit << 4 | digit as u16;
        }
        Some((vec![(unit, unit)], false))
    }

    fn set(&mut self) -> Option<Node> {
        let negated = self.take('^');
        let mut ranges = Vec::new();
        while !self.take(']') {
            let low = self.member()?;
            let is_range = self.peek() == Some('-') && self.units.get(self.at + 1).is_some_and(|&next| next != 0x5d);
            match (&low[..], is_range) {
                (&[(low, high)], true) if low == high => {
                    self.at += 1;
                    let &[(_, high)] = &self.member()?[..] else { return None };
                    (low <= high).then(|| ranges.push((low, high)))?;
                }
                _ => ranges.extend(low),
            }
        }
        Some(Node::Unit(ranges, negated))
    }

    /// One unit of a set, or a class in it; a negated class as its gaps.
    fn member(&mut self) -> Option<Vec<(u16, u16)>> {
        if !self.take('\\') {
            let unit = self.next()?;
            return Some(vec![(unit, unit)]);
        }
        if self.take('b') {
            return Some(vec![(8, 8)]);
        }
        let (ranges, negated) = self.class()?;
        Some(if negated { gaps(&ranges) } else { ranges })
    }

    /// A quantifier, if one stands here.
    fn count(&mut self) -> Option<Option<Count>> {
        let (min, max) = match self.peek() {
            Some('*') => (0, u32::MAX),
            Some('+') => (1, u32::MAX),
            Some('?') => (0, 1),
            Some('{') => match self.braces() {
                Some((min, max)) if min <= max => (min, max),
                Some(_) => return None,
                None => return Some(None),
            },
            _ => return Some(None),
        };
        self.at += 1;
        Some(Some(Count { min, max, lazy: self.take('?') }))
    }

    /// `{2}`, `{2,}` or `{2,3}`, up to the closing brace; anything else is plain text.
    fn braces(&mut self) -> Option<(u32, u32)> {
        let start = self.at;
        self.at += 1;
        let found = self.limits();
        if found.is_none() {
            self.at = start;
        }
        found
    }

    fn limits(&mut self) -> Option<(u32, u32)> {
        let min = self.number()?;
        let max = match self.take(',') {
            false => min,
            true if self.peek() == Some('}') => u32::MAX,
            true => self.number()?,
        };
        (self.peek() == Some('}')).then_some((min, max))
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = None;
        while let Some(digit) = self.peek().and_then(|symbol| symbol.to_digit(10)) {
            number = Some(number.unwrap_or(0u32).saturating_mul(10).saturating_add(digit));
            self.at += 1;
        }
        number
    }
}

fn one(unit: u16) -> Node {
    Node::Unit(vec![(unit, unit)], false)
}

fn gaps(ranges: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let mut gaps = Vec::new();
    let mut next = 0;
    for &(low, high) in ranges {
        if low > next {
            gaps.push((next, low - 1));
        }
        next = high + 1;
    }
    gaps.push((next, u16::MAX));
    gaps
}

struct Search<'a> {
    units: &'a [u16],
    folds: bool,
    steps: u32,
    depth: u32,
}

/// What must match behind.
type Then<'a> = &'a mut dyn FnMut(&mut Search, usize) -> bool;

impl Search<'_> {
    fn node(&mut self, node: &Node, at: usize, then: Then) -> bool {
        self.steps += 1;
        if self.steps > STEPS_MAX || self.depth > DEPTH_MAX {
            return false;
        }
        self.depth += 1;
        let found = match node {
            Node::Unit(ranges, negated) => self.takes(ranges, *negated, at) && then(self, at + 1),
            Node::Start => at == 0 && then(self, at),
            Node::End => at == self.units.len() && then(self, at),
            Node::Edge(wanted) => self.is_edge(at) == *wanted && then(self, at),
            Node::Sequence(nodes) => self.sequence(nodes, at, then),
            Node::Either(branches) => branches.iter().any(|branch| self.node(branch, at, then)),
            Node::Repeat(inner, count) => match &**inner {
                Node::Unit(ranges, negated) => self.run((ranges, *negated), *count, (at, then)),
                other => self.repeat(other, *count, (at, then)),
            },
        };
        self.depth -= 1;
        found
    }

    fn sequence(&mut self, nodes: &[Node], at: usize, then: Then) -> bool {
        match nodes.split_first() {
            None => then(self, at),
            Some((first, rest)) => self.node(first, at, &mut |search, at| search.sequence(rest, at, then)),
        }
    }

    /// Repeats one unit, without recursion.
    fn run(&mut self, (ranges, negated): (&[(u16, u16)], bool), count: Count, (at, then): (usize, Then)) -> bool {
        let mut most = 0;
        while most < count.max as usize && self.takes(ranges, negated, at + most) {
            most += 1;
        }
        let mut lengths = count.min as usize..most + 1;
        let mut try_one = |search: &mut Self, length: usize| {
            search.steps += 1;
            search.steps <= STEPS_MAX && then(search, at + length)
        };
        match count.lazy {
            true => lengths.any(|length| try_one(self, length)),
            false => lengths.rev().any(|length| try_one(self, length)),
        }
    }

    fn repeat(&mut self, inner: &Node, count: Count, (at, then): (usize, Then)) -> bool {
        if count.min == 0 && count.lazy && then(self, at) {
            return true;
        }
        let left = Count { min: count.min.saturating_sub(1), max: count.max.saturating_sub(1), ..count };
        let again = count.max > 0
            && self.node(inner, at, &mut |search, next| {
                // An empty round would go on for ever.
                (next > at || count.min > 0) && search.repeat(inner, left, (next, then))
            });
        again || (count.min == 0 && !count.lazy && then(self, at))
    }

    fn takes(&self, ranges: &[(u16, u16)], negated: bool, at: usize) -> bool {
        let Some(&unit) = self.units.get(at) else { return false };
        let is_in = |unit: u16| ranges.iter().any(|&(low, high)| (low..=high).contains(&unit));
        let found = is_in(unit) || (self.folds && (is_in(lower(unit)) || is_in(upper(unit))));
        found != negated
    }

    fn is_edge(&self, at: usize) -> bool {
        let is_word = |at: Option<usize>| at.is_some_and(|at| self.takes(&WORDS, false, at));
        is_word(at.checked_sub(1)) != is_word(Some(at))
    }
}

fn lower(unit: u16) -> u16 {
    char::from_u32(unit.into()).map_or(unit, |symbol| fold_char(symbol) as u16)
}

/// The capital whose small letter the unit is, 32 below or just before it.
fn upper(unit: u16) -> u16 {
    let capitals = [unit.wrapping_sub(32), unit.wrapping_sub(1)];
    capitals.into_iter().find(|&capital| capital != unit && lower(capital) == unit).unwrap_or(unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_match(source: &str, text: &str) -> bool {
        Regex::new(source, false).unwrap().is_match(text)
    }

    #[test]
    fn expressions_match_as_in_javascript() {
        for (source, text, expected) in [
            ("", "", true),
            ("a|b", "xb", true),
            ("^(ab)+$", "ababab", true),
            ("^(ab)+$", "ababa", false),
            ("^a{2,3}$", "aaaa", false),
            ("^a{2,}b??c", "aaac", true),
            ("a{,2}", "a{,2}", true),
            ("^[^\\d-]+$", "ab-", false),
            ("[a-c]x[-z]", "bx-", true),
            ("\\bcat\\b", "a cat.", true),
            ("\\bcat\\b", "concat", false),
            ("^.{2}$", "😀", true),
            ("^\\u8336\\s*$", "茶\u{3000}", true),
            ("(?:x|y)?z", "z", true),
            ("(?<year>\\d{4})-\\d\\d", "in 2026-11", true),
            ("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
            ("^(a|a)*$", "aaaaaaaaab", false),
            ("[\\D]", "5", false),
        ] {
            assert_eq!(is_match(source, text), expected, "{source} in {text}");
        }
    }

    #[test]
    fn case_is_ignored_on_wish() {
        let regex = Regex::new("^straße[A-C]é$", true).unwrap();
        assert!(regex.is_match("STRAßEbÉ") && !regex.is_match("STRASSEbÉ"));
    }

    #[test]
    fn what_javascript_refuses_or_this_can_not_do_is_refused() {
        for source in ["/???***[)", "(", ")", "[b-a]", "a**", "^*", "a{3,2}", "(?=a)", "(?<!a)", "\\1", "[", "\\"] {
            assert_eq!(Regex::new(source, false), None, "{source}");
        }
    }

    #[test]
    fn no_expression_takes_for_ever_or_overflows_the_stack() {
        let long = "a".repeat(100_000);
        assert!(is_match("^a*$", &long));
        assert!(!is_match("^(a|aa)+$", &(long.clone() + "b")));
        assert!(!is_match("(x+x+)+y", &"x".repeat(5_000)));
        assert_eq!(Regex::new(&"(".repeat(10_000), false), None);
    }
}
