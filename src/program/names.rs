//! The dictionary: every name a program declares, in a fixed order, so that bytes can carry positions instead.

use crate::bytes::{crc32, Reader, Writer};
use crate::id::{EventIx, FlowIx};

/// The most bytes of an app, event, dimension, number, flow or step name.
pub const NAME_BYTES_MAX: usize = 32;
/// The most bytes of a declared value.
pub const VALUE_BYTES_MAX: usize = 64;
/// The built-in events and 64 declared ones.
pub const EVENTS_MAX: usize = 72;
/// The most dimensions, and the most numbers, of one event.
pub const PROPS_MAX: usize = 4;
/// The most declared values of one dimension.
pub const VALUES_MAX: usize = 128;
/// The most flows.
pub const FLOWS_MAX: usize = 16;
/// The fewest and the most steps of one flow.
pub const STEPS: std::ops::RangeInclusive<usize> = 2..=12;
/// The most decimal places of a number.
pub const DECIMALS_MAX: u8 = 3;

/// A dimension of an event: counted by value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dimension {
    /// `[a-z][a-z0-9_]*`, at most 32 bytes.
    pub name: String,
    /// Values known beforehand; they cost one or two bytes in a summary. Others are met on the phone.
    pub values: Vec<String>,
}

/// A number of an event: summed, and kept as a sketch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Number {
    /// `[a-z][a-z0-9_]*`, at most 32 bytes; unit last (`paid_fen`, `dwell_ms`).
    pub name: String,
    /// Decimal places kept, 0..=3: the engine stores `round(value * 10^decimals)`.
    pub decimals: u8,
}

/// An event and its props.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventNames {
    /// `[a-z][a-z0-9_]*`, at most 32 bytes.
    pub name: String,
    /// At most 4.
    pub dimensions: Vec<Dimension>,
    /// At most 4. The first one is also summed by dimension value.
    pub numbers: Vec<Number>,
}

/// A key flow: steps in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowNames {
    /// `[a-z][a-z0-9_]*`, at most 32 bytes.
    pub name: String,
    /// 2..=12 step names.
    pub steps: Vec<String>,
}

/// All names of one program version. Equal names have equal bytes and an equal [`Names::hash`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The program's `app`, so that a dictionary hash also says whose rows they are.
    pub app: String,
    /// The built-in events ([`crate::id::builtin`]), then the declared ones.
    pub events: Vec<EventNames>,
    /// The declared flows.
    pub flows: Vec<FlowNames>,
}

impl Names {
    /// Appends the canonical bytes (`docs/wire.md`, "Names").
    pub fn encode(&self, w: &mut Writer) {
        w.text(&self.app);
        w.count(self.events.len());
        for event in &self.events {
            event.encode(w);
        }
        w.count(self.flows.len());
        for flow in &self.flows {
            w.text(&flow.name);
            write_texts(w, &flow.steps);
        }
    }

    /// Reads what [`Names::encode`] wrote: within the limits above, every name that may become a key of the
    /// JSON profile unique among its siblings.
    pub fn decode(r: &mut Reader) -> Option<Names> {
        let app = read_text(r, NAME_BYTES_MAX)?;
        let events = read_list(r, 0..=EVENTS_MAX, EventNames::decode)?;
        let flows = read_list(r, 0..=FLOWS_MAX, FlowNames::decode)?;
        let names = Names { app, events, flows };
        names.is_unambiguous().then_some(names)
    }

    /// CRC-32 of the canonical bytes: what an upload carries instead of the names.
    pub fn hash(&self) -> u32 {
        let mut w = Writer::default();
        self.encode(&mut w);
        crc32(&w.out)
    }

    /// The position of the event with that name.
    pub fn find_event(&self, name: &str) -> Option<EventIx> {
        let found = self.events.iter().position(|event| event.name == name)?;
        Some(EventIx(found as u16))
    }

    /// The position of the flow with that name.
    pub fn find_flow(&self, name: &str) -> Option<FlowIx> {
        let found = self.flows.iter().position(|flow| flow.name == name)?;
        Some(FlowIx(found as u16))
    }

    /// The event at that position.
    pub fn event(&self, event: EventIx) -> Option<&EventNames> {
        self.events.get(usize::from(event.0))
    }

    /// The flow at that position.
    pub fn flow(&self, flow: FlowIx) -> Option<&FlowNames> {
        self.flows.get(usize::from(flow.0))
    }

    fn is_unambiguous(&self) -> bool {
        are_unique(&self.events, |event| &event.name)
            && are_unique(&self.flows, |flow| &flow.name)
            && self.events.iter().all(EventNames::is_unambiguous)
    }
}

impl EventNames {
    /// The position of the dimension with that name.
    pub fn find_dimension(&self, name: &str) -> Option<usize> {
        self.dimensions.iter().position(|dimension| dimension.name == name)
    }

    /// The position of the number with that name.
    pub fn find_number(&self, name: &str) -> Option<usize> {
        self.numbers.iter().position(|number| number.name == name)
    }

    fn encode(&self, w: &mut Writer) {
        w.text(&self.name);
        w.count(self.dimensions.len());
        for dimension in &self.dimensions {
            w.text(&dimension.name);
            write_texts(w, &dimension.values);
        }
        w.count(self.numbers.len());
        for number in &self.numbers {
            w.text(&number.name);
            w.byte(number.decimals);
        }
    }

    fn decode(r: &mut Reader) -> Option<EventNames> {
        Some(EventNames {
            name: read_text(r, NAME_BYTES_MAX)?,
            dimensions: read_list(r, 0..=PROPS_MAX, Dimension::decode)?,
            numbers: read_list(r, 0..=PROPS_MAX, Number::decode)?,
        })
    }

    fn is_unambiguous(&self) -> bool {
        are_unique(&self.dimensions, |dimension| &dimension.name)
            && are_unique(&self.numbers, |number| &number.name)
            && self.dimensions.iter().all(|dimension| are_unique(&dimension.values, |value| value))
    }
}

impl Dimension {
    fn decode(r: &mut Reader) -> Option<Dimension> {
        let name = read_text(r, NAME_BYTES_MAX)?;
        let values = read_list(r, 0..=VALUES_MAX, |r| read_text(r, VALUE_BYTES_MAX))?;
        Some(Dimension { name, values })
    }
}

impl Number {
    fn decode(r: &mut Reader) -> Option<Number> {
        let name = read_text(r, NAME_BYTES_MAX)?;
        let decimals = r.byte().filter(|&decimals| decimals <= DECIMALS_MAX)?;
        Some(Number { name, decimals })
    }
}

impl FlowNames {
    fn decode(r: &mut Reader) -> Option<FlowNames> {
        let name = read_text(r, NAME_BYTES_MAX)?;
        let steps = read_list(r, STEPS, |r| read_text(r, NAME_BYTES_MAX))?;
        Some(FlowNames { name, steps })
    }
}

fn write_texts(w: &mut Writer, texts: &[String]) {
    w.count(texts.len());
    for text in texts {
        w.text(text);
    }
}

fn read_text(r: &mut Reader, bytes_max: usize) -> Option<String> {
    let text = r.text()?;
    (1..=bytes_max).contains(&text.len()).then(|| text.to_owned())
}

fn read_list<T>(
    r: &mut Reader,
    allowed: std::ops::RangeInclusive<usize>,
    read: fn(&mut Reader) -> Option<T>,
) -> Option<Vec<T>> {
    r.list(read).filter(|items| allowed.contains(&items.len()))
}

/// Quadratic, but over at most 128 short texts, and without the code of a set.
fn are_unique<T>(items: &[T], name: fn(&T) -> &String) -> bool {
    items.iter().enumerate().all(|(at, item)| items.iter().skip(at + 1).all(|other| name(item) != name(other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tea_shop() -> Names {
        let event = |name: &str| EventNames { name: name.into(), ..EventNames::default() };
        let category = Dimension { name: "category".into(), values: vec!["green".into(), "乌龙".into()] };
        let price = Number { name: "price_fen".into(), decimals: 0 };
        let add_cart = EventNames { dimensions: vec![category], numbers: vec![price], ..event("add_cart") };
        let flow = FlowNames { name: "purchase".into(), steps: vec!["add_cart".into(), "order".into()] };
        Names { app: "tea-shop".into(), events: vec![event("launch"), add_cart], flows: vec![flow] }
    }

    fn bytes(names: &Names) -> Vec<u8> {
        let mut w = Writer::default();
        names.encode(&mut w);
        w.out
    }

    #[test]
    fn names_round_trip() {
        let names = tea_shop();
        let encoded = bytes(&names);
        let mut r = Reader::new(&encoded);
        assert_eq!(Names::decode(&mut r), Some(names));
        assert!(r.is_empty());
    }

    #[test]
    fn the_hash_tells_every_difference() {
        let names = tea_shop();
        let mut decimals = names.clone();
        decimals.events[1].numbers[0].decimals = 2;
        let mut order = names.clone();
        order.events[1].dimensions[0].values.swap(0, 1);
        let mut app = names.clone();
        app.app = "tea-shop-2".into();
        for other in [decimals, order, app] {
            assert_ne!(other.hash(), names.hash(), "{other:?}");
        }
        assert_eq!(tea_shop().hash(), names.hash());
    }

    #[test]
    fn names_past_a_limit_or_ambiguous_are_refused() {
        let refused = |change: fn(&mut Names)| {
            let mut names = tea_shop();
            change(&mut names);
            assert_eq!(Names::decode(&mut Reader::new(&bytes(&names))), None, "{names:?}");
        };
        refused(|n| n.app = String::new());
        refused(|n| n.app = "x".repeat(33));
        refused(|n| n.events[0].name = "add_cart".into());
        refused(|n| n.events[1].dimensions[0].values[0] = "乌龙".into());
        refused(|n| n.events[1].dimensions[0].values[0] = "x".repeat(65));
        refused(|n| n.events[1].numbers[0].decimals = 4);
        refused(|n| n.flows[0].steps.truncate(1));
        refused(|n| n.flows = vec![n.flows[0].clone(); 2]);
    }

    #[test]
    fn names_are_found() {
        let names = tea_shop();
        assert_eq!(names.find_event("add_cart"), Some(EventIx(1)));
        assert_eq!(names.find_event("nothing"), None);
        assert_eq!(names.find_flow("purchase"), Some(FlowIx(0)));
        let event = names.event(EventIx(1)).unwrap();
        assert_eq!((event.find_dimension("category"), event.find_number("price_fen")), (Some(0), Some(0)));
        assert_eq!(names.flow(FlowIx(0)).unwrap().steps.len(), 2);
    }
}
