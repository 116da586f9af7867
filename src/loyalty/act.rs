//! What the ledger is made of: acts, when they happened, and why one is refused.

use crate::clock::{Day, OffsetMin};

/// Something that happened: a claim of a phone or a fact of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Claim: a check-in.
    CheckIn,
    /// Claim: a check-in for a date that was missed.
    MakeUp {
        /// The missed date.
        day: Day,
    },
    /// Claim: something that [`crate::program::rules::Points::activities`] declares.
    Activity {
        /// Its position there.
        activity: u8,
    },
    /// Fact: an order was paid.
    OrderPaid {
        /// The shop's own id.
        order_id: String,
        /// Whole fen.
        paid_fen: u64,
        /// Categories of what was bought, none twice.
        categories: Vec<String>,
    },
    /// Fact: money went back.
    Refund {
        /// The order it belongs to.
        order_id: String,
        /// Whole fen, of this refund alone.
        refund_fen: u64,
    },
    /// Fact of a server transaction: points were spent.
    Redeem {
        /// How many.
        points: u32,
        /// The order they were spent on; may be empty.
        order_id: String,
        /// The mall item they bought; empty: a discount.
        item: String,
    },
    /// Fact: points that the server grants.
    Grant {
        /// The source's name.
        source: String,
        /// How many.
        points: u32,
    },
    /// Fact: somebody who was invited has done what counts (usually: paid).
    Referral {
        /// Who it was, or who invited; no reward twice for the same friend and role.
        friend: String,
        /// True for who invited, false for who was invited.
        inviter: bool,
    },
    /// Fact: a membership was bought.
    Membership {
        /// For how long.
        months: u32,
    },
    /// Fact: the birthday, as the shop knows it.
    Birthday {
        /// 1..=12.
        month: u8,
        /// 1..=31.
        day: u8,
    },
    /// Fact of a server transaction: a ticket was drawn.
    Drawn {
        /// The lottery.
        lottery: String,
        /// The prize's id.
        prize: String,
        /// Points that come with it.
        points: u32,
    },
    /// Fact of a server transaction: a right was granted, and is gone.
    Granted {
        /// Number of the right in the person's list.
        right: u32,
    },
    /// Fact: a game between people, which the engine only shows (group buy, bargain).
    Game {
        /// The game's id.
        id: String,
        /// `group_buy`, `bargain`, or the shop's own word.
        kind: String,
        /// How far it is and what it takes.
        progress: (u32, u32),
    },
}

/// When something happened, in the order of the ledger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Seconds since 1970, already effective: see [`super::admit`].
    pub moment_s: i64,
    /// The phone's offset at that moment; only `day_zone: "event"` looks at it.
    pub offset: OffsetMin,
}

/// Why an act changes nothing. [`Refusal::code`] is stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Its id was seen before.
    DuplicateEvent,
    /// The order was paid before.
    DuplicateOrder,
    /// The date is counted.
    AlreadyCheckedIn,
    /// The zone changed too short a time ago.
    TooSoonAfterZoneChange,
    /// Dated more than five minutes after it arrived.
    ClockAhead,
    /// The date to make up for is counted.
    AlreadyCounted,
    /// The date to make up for is today or later.
    NotInThePast,
    /// The date to make up for lies too far back.
    TooOld,
    /// The month's limit is used up.
    LimitReached,
    /// There are fewer points than it takes.
    NotEnoughPoints,
    /// No multiple of the step.
    NotAMultiple,
    /// More than what was paid.
    MoreThanPaid,
    /// No such order.
    UnknownOrder,
    /// The program declares nothing of that kind.
    NotOffered,
    /// No such right or ticket, or it is used.
    UnknownRight,
}

impl Refusal {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Refusal::DuplicateEvent => "duplicate_event",
            Refusal::DuplicateOrder => "duplicate_order",
            Refusal::AlreadyCheckedIn => "already_checked_in",
            Refusal::TooSoonAfterZoneChange => "too_soon_after_zone_change",
            Refusal::ClockAhead => "clock_ahead",
            Refusal::AlreadyCounted => "already_counted",
            Refusal::NotInThePast => "not_in_the_past",
            Refusal::TooOld => "too_old",
            Refusal::LimitReached => "limit_reached",
            Refusal::NotEnoughPoints => "not_enough_points",
            Refusal::NotAMultiple => "not_a_multiple",
            Refusal::MoreThanPaid => "more_than_paid",
            Refusal::UnknownOrder => "unknown_order",
            Refusal::NotOffered => "not_offered",
            Refusal::UnknownRight => "unknown_right",
        }
    }
}
