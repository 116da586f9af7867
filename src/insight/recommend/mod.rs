//! What to show first, and why: ranked on the phone from what she bought and looked at, and a table of neighbours.
//!
//! What people bought before is by far the strongest sign of what they buy next: at 1,000 items ten of their own hit in
//! 0.63 of cases, the ten most popular in 0.40. A table helps with what is new to her. An item is scored by the neighbours
//! in its own row that she has: that is 0.176 against 0.147 for scoring the neighbours of what she has, from the same
//! table, because a row of its own for every item keeps popular ones from speaking for everything.

mod rank;
pub mod table;

pub use rank::recommend;

use table::Neighbours;

/// What the catalogue says of an item; its position in the catalogue is its id.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// Position in the list of categories.
    pub category: u16,
    /// How many people bought it.
    pub popularity: u32,
    /// Lasts so long that nobody buys a second one soon.
    pub is_durable: bool,
}

/// All that is offered.
#[derive(Clone, Copy, Debug)]
pub struct Shelf<'a> {
    /// In order of ids, at most 65,536.
    pub items: &'a [Item],
    /// Shards of the table; items whose shard is missing are scored without it.
    pub neighbours: &'a [Neighbours],
}

/// What she did with an item; one entry an item, in any order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deed {
    /// Its id; ids past the end of the shelf are passed over.
    pub item: u16,
    /// Decayed purchases ([`crate::insight::recent::Recent::weight`]); 0 if never bought.
    pub bought: f64,
    /// Decayed views.
    pub viewed: f64,
    /// Days since the latest purchase; means nothing if never bought.
    pub bought_days_ago: u32,
}

/// Which list is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only what she bought before.
    Again,
    /// Only what she never bought.
    New,
    /// Both, in the order of what she is likely to buy.
    Mixed,
    /// What goes with one item.
    Similar(u16),
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// How many.
    pub n: usize,
    /// Which.
    pub kind: Kind,
    /// At most so many of one category, while others are left.
    pub per_category_max: usize,
    /// A durable item is not shown for so many days after she bought it.
    pub durable_days: u32,
}

impl Wish {
    /// So many of a kind, half of them of one category at most, durable things not for a year.
    pub fn of(kind: Kind, n: usize) -> Wish {
        Wish { n, kind, per_category_max: n.div_ceil(2), durable_days: 365 }
    }
}

/// Why an item is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// She buys it.
    Bought,
    /// It goes with this one, which she has, or which was asked about.
    GoesWith(u16),
    /// She buys, or looks at, things of this category.
    Category,
    /// She looked at it.
    Viewed,
    /// Many buy it.
    Popular,
}

impl Reason {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Reason::Bought => "bought",
            Reason::GoesWith(_) => "goes_with",
            Reason::Category => "category",
            Reason::Viewed => "viewed",
            Reason::Popular => "popular",
        }
    }
}

/// An item to show.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pick {
    /// Its id.
    pub item: u16,
    /// Why.
    pub reason: Reason,
    /// Ranks within one list; means nothing across lists.
    pub score: f64,
}
