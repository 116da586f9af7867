//! What is told of a person's ways besides events: what she looks at, carts, follows, and how she was judged.

use crate::bytes::{Reader, Writer};
use crate::clock::Day;

/// Longest id of an item and longest name of a category, in bytes.
pub const NAME_BYTES_MAX: usize = 40;
/// Things of one order that are remembered.
pub const BOUGHT_MAX: usize = 32;
/// Segments that one person may be in at a time.
pub const SEGMENTS_MAX: usize = 32;
/// Longest name of a segment, in bytes.
pub const SEGMENT_BYTES_MAX: usize = 32;
/// Probabilities are told in thousandths.
pub const PERMILLE: u16 = 1000;

/// How things stand with a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Too little is known of her.
    #[default]
    New,
    /// She comes as she uses to.
    Active,
    /// She comes less than she used to.
    Slowing,
    /// Half of what she used to do, or less, is to be expected.
    AtRisk,
    /// Hardly anything is to be expected.
    Lost,
}

impl Level {
    /// In order of their numbers on the wire.
    pub const ALL: [Level; 5] = [Level::New, Level::Active, Level::Slowing, Level::AtRisk, Level::Lost];

    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Level::New => "new",
            Level::Active => "active",
            Level::Slowing => "slowing",
            Level::AtRisk => "at_risk",
            Level::Lost => "lost",
        }
    }
}

/// Something bought or looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thing {
    /// The shop's own id, 1..=40 bytes.
    pub item: String,
    /// Its category, at most 40 bytes; empty if not told.
    pub category: String,
}

/// What was said of a person last: told to the app once, and to the backend.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Judgement {
    /// How things stand.
    pub level: Level,
    /// P(a visit within the horizon), in thousandths.
    pub visit_permille: u16,
    /// P(a purchase within its horizon), in thousandths.
    pub buy_permille: u16,
    /// Bit i: sign i shows.
    pub signs: u32,
    /// Names of her segments, in the program's order.
    pub segments: Vec<String>,
}

/// One thing that changes a portrait; each is a record of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// She looked at something.
    Browsed(Thing),
    /// The cart as it is now; without pieces it is empty.
    Cart {
        /// Pieces in it.
        count: u32,
        /// What they cost.
        value_fen: u64,
    },
    /// She tapped again and again at what does not answer.
    HardTaps,
    /// She was asked for a subscription, and agreed or not.
    Prompt(bool),
    /// She wants to hear of an item: its price and whether it was there, as far as known.
    Followed {
        /// Which.
        item: String,
        /// Its price then.
        price_fen: Option<u64>,
        /// Whether it was to be had.
        in_stock: Option<bool>,
    },
    /// She no longer wants to.
    Unfollowed(String),
    /// What an order held, told beside its own record; and whether a coupon was used, if told.
    Bought {
        /// At most [`BOUGHT_MAX`].
        things: Vec<Thing>,
        /// With a coupon.
        coupon: Option<bool>,
    },
    /// The server says that she paid for an order that this phone did not tell.
    Paid {
        /// CRC-32 of the order's id.
        order: u32,
        /// When.
        day: Day,
        /// Whole fen.
        paid_fen: u64,
        /// Categories of what was in it.
        categories: Vec<String>,
    },
    /// She was judged anew.
    Judged(Judgement),
    /// The backend has the judgement of this revision.
    Acknowledged(u32),
}

impl Change {
    /// True for what a person does: it moves the clock and counts as a visit.
    pub fn is_activity(&self) -> bool {
        !matches!(self, Change::Paid { .. } | Change::Judged(_) | Change::Acknowledged(_))
    }

    /// Appends the canonical bytes. Tags are frozen.
    pub fn encode(&self, w: &mut Writer) {
        match self {
            Change::Browsed(thing) => {
                w.byte(0);
                thing.encode(w);
            }
            Change::Cart { count, value_fen } => {
                w.byte(1);
                w.varint(u64::from(*count));
                w.varint(*value_fen);
            }
            Change::HardTaps => w.byte(2),
            Change::Prompt(is_accepted) => w.byte(3 + u8::from(*is_accepted)),
            Change::Followed { item, price_fen, in_stock } => {
                w.byte(5);
                w.text(item);
                encode_price(w, *price_fen);
                encode_flag(w, *in_stock);
            }
            Change::Unfollowed(item) => {
                w.byte(6);
                w.text(item);
            }
            Change::Bought { things, coupon } => {
                w.byte(7);
                encode_flag(w, *coupon);
                w.count(things.len());
                things.iter().for_each(|thing| thing.encode(w));
            }
            Change::Paid { order, day, paid_fen, categories } => {
                w.byte(8);
                w.u32(*order);
                w.varint(day.number() as u64);
                w.varint(*paid_fen);
                encode_texts(w, categories);
            }
            Change::Judged(judgement) => {
                w.byte(9);
                judgement.encode(w);
            }
            Change::Acknowledged(revision) => {
                w.byte(10);
                w.varint(u64::from(*revision));
            }
        }
    }

    /// Reads what [`Change::encode`] wrote.
    pub fn decode(r: &mut Reader) -> Option<Change> {
        Some(match r.byte()? {
            0 => Change::Browsed(Thing::decode(r)?),
            1 => Change::Cart { count: r.varint32()?, value_fen: r.varint()? },
            2 => Change::HardTaps,
            3 => Change::Prompt(false),
            4 => Change::Prompt(true),
            5 => {
                let item = r.text()?.to_owned();
                Change::Followed { item, price_fen: decode_price(r)?, in_stock: decode_flag(r)? }
            }
            6 => Change::Unfollowed(r.text()?.to_owned()),
            7 => Change::Bought { coupon: decode_flag(r)?, things: r.list(Thing::decode)? },
            8 => {
                let (order, day) = (r.u32()?, decode_day(r)?);
                Change::Paid { order, day, paid_fen: r.varint()?, categories: decode_texts(r)? }
            }
            9 => Change::Judged(Judgement::decode(r)?),
            10 => Change::Acknowledged(r.varint32()?),
            _ => return None,
        })
    }
}

impl Thing {
    fn encode(&self, w: &mut Writer) {
        w.text(&self.item);
        w.text(&self.category);
    }

    fn decode(r: &mut Reader) -> Option<Thing> {
        Some(Thing { item: r.text()?.to_owned(), category: r.text()?.to_owned() })
    }
}

impl Judgement {
    /// Appends the canonical bytes: the same in the store and on the wire but for the names of signs.
    pub fn encode(&self, w: &mut Writer) {
        w.byte(self.level as u8);
        w.varint(u64::from(self.visit_permille));
        w.varint(u64::from(self.buy_permille));
        w.varint(u64::from(self.signs));
        encode_texts(w, &self.segments);
    }

    /// Reads what [`Judgement::encode`] wrote; `None` for a level, a probability or a name that is none.
    pub fn decode(r: &mut Reader) -> Option<Judgement> {
        let level = *Level::ALL.get(usize::from(r.byte()?))?;
        let mut permille = || u16::try_from(r.varint()?).ok().filter(|&permille| permille <= PERMILLE);
        let (visit_permille, buy_permille) = (permille()?, permille()?);
        let judgement =
            Judgement { level, visit_permille, buy_permille, signs: r.varint32()?, segments: decode_texts(r)? };
        judgement.is_sane().then_some(judgement)
    }

    /// True if its segments are as many, and their names as long, as a program may have them.
    pub fn is_sane(&self) -> bool {
        let fits = |name: &String| (1..=SEGMENT_BYTES_MAX).contains(&name.len());
        self.segments.len() <= SEGMENTS_MAX && self.segments.iter().all(fits)
    }
}

/// A price as one more than it is, 0 for none.
pub fn encode_price(w: &mut Writer, price_fen: Option<u64>) {
    w.varint(price_fen.map_or(0, |price_fen| price_fen.saturating_add(1)));
}

/// Reads what [`encode_price`] wrote.
pub fn decode_price(r: &mut Reader) -> Option<Option<u64>> {
    Some(r.varint()?.checked_sub(1))
}

/// 0 not known, 1 no, 2 yes.
pub fn encode_flag(w: &mut Writer, flag: Option<bool>) {
    w.byte(flag.map_or(0, |flag| 1 + u8::from(flag)));
}

/// Reads what [`encode_flag`] wrote.
pub fn decode_flag(r: &mut Reader) -> Option<Option<bool>> {
    match r.byte()? {
        0 => Some(None),
        1 => Some(Some(false)),
        2 => Some(Some(true)),
        _ => None,
    }
}

fn decode_day(r: &mut Reader) -> Option<Day> {
    Day::from_number(r.varint()?.try_into().ok()?)
}

fn encode_texts(w: &mut Writer, texts: &[String]) {
    w.count(texts.len());
    texts.iter().for_each(|text| w.text(text));
}

fn decode_texts(r: &mut Reader) -> Option<Vec<String>> {
    r.list(|r| Some(r.text()?.to_owned()))
}
