//! Lines of the ledger: what happened to points, growth and rights, and the arithmetic behind it.

use crate::clock::Day;

/// One line of the ledger, handed out while the fold runs. It borrows, so that a fold that nobody watches makes none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// When, in seconds since 1970.
    pub moment_s: i64,
    /// The date.
    pub day: Day,
    /// Why.
    pub reason: Reason,
    /// Points that came (or went, if negative).
    pub points: i64,
    /// Growth that came or went.
    pub growth: i64,
    /// The last date on which what came is usable; `None` if for ever, or if nothing came.
    pub last: Option<Day>,
    /// The order, the coupon, the tier, the source …; may be empty.
    pub subject: &'a str,
    /// Position of the rule in its list, if it stands in one.
    pub rule: Option<u8>,
    /// The arithmetic, in order.
    pub terms: &'a [Term<'a>],
}

/// One number of the arithmetic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Term<'a> {
    /// What it is.
    pub what: What,
    /// The number.
    pub value: i64,
    /// Whose: a campaign's name; mostly empty.
    pub name: &'a str,
}

impl Term<'_> {
    /// A number that needs no name.
    pub(super) fn new(what: What, value: u64) -> Term<'static> {
        Term { what, value: i64::try_from(value).unwrap_or(i64::MAX), name: "" }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$member:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$member])* $variant,)* }

        impl $name {
            /// Stable word.
            pub fn word(self) -> &'static str {
                const WORDS: &[&str] = &[$($word),*];
                WORDS.get(self as usize).copied().unwrap_or_default()
            }

            /// By position.
            #[allow(dead_code, reason = "only reasons are stored and read back")]
            pub(super) fn at(position: u8) -> Option<$name> {
                const ALL: &[$name] = &[$($name::$variant),*];
                ALL.get(usize::from(position)).copied()
            }
        }
    };
}

words! {
    /// Why a line stands in the ledger. Positions are stored: new ones go last.
    Reason {
        /// The daily points.
        #[default]
        CheckIn = "check_in",
        /// A milestone was reached.
        Milestone = "milestone",
        /// A missed date was made up for, and what it cost.
        MakeUp = "make_up",
        /// A freeze covered a date.
        FreezeUsed = "freeze_used",
        /// An order was paid.
        Order = "order",
        /// A refund took points and growth back.
        RefundTakenBack = "refund_taken_back",
        /// A full refund gave back what had been spent on the order.
        RefundReturned = "refund_returned",
        /// A refund wanted more than there was: forgiven.
        WrittenOff = "written_off",
        /// Points were spent.
        Redeem = "redeem",
        /// The server granted points.
        Grant = "grant",
        /// The phone claimed an activity.
        Activity = "activity",
        /// A referral was confirmed.
        Referral = "referral",
        /// A repurchase reward.
        Reward = "reward",
        /// Something was drawn.
        Prize = "prize",
        /// Points passed their last usable date.
        Expired = "expired",
        /// The right to a coupon.
        Coupon = "coupon",
        /// A lottery ticket.
        Ticket = "ticket",
        /// An offer after a purchase.
        Offer = "offer",
        /// A right was granted by the server.
        Granted = "granted",
        /// A higher tier.
        TierUp = "tier_up",
        /// A lower tier.
        TierDown = "tier_down",
        /// The tier is kept for a new term.
        TierKept = "tier_kept",
        /// A membership was bought.
        Member = "member",
        /// The coupon for every n-th order.
        EveryNOrders = "every_n_orders",
    }
}

impl Reason {
    /// The section of the program that speaks of it.
    pub fn section(self) -> &'static str {
        match self {
            Reason::CheckIn => "check_in.daily_points",
            Reason::Milestone => "check_in.milestones",
            Reason::MakeUp => "check_in.make_up",
            Reason::FreezeUsed => "check_in.freeze",
            Reason::Order => "points.per_yuan",
            Reason::RefundTakenBack | Reason::RefundReturned | Reason::WrittenOff => "points.refund_shortfall",
            Reason::Redeem => "points.redeem",
            Reason::Activity => "points.activities",
            Reason::Expired => "points.validity",
            Reason::Referral => "referral",
            Reason::Reward | Reason::Offer => "rewards",
            Reason::Prize | Reason::Ticket => "lottery",
            Reason::TierUp | Reason::TierDown | Reason::TierKept => "tiers.levels",
            Reason::Member => "membership",
            Reason::EveryNOrders => "every_n_orders",
            Reason::Grant | Reason::Coupon | Reason::Granted => "",
        }
    }
}

words! {
    /// What a number of the arithmetic is.
    What {
        /// Points before campaigns and caps.
        #[default]
        Base = "base",
        /// Whole yuan paid.
        Yuan = "yuan",
        /// Points a yuan.
        PerYuan = "per_yuan",
        /// Position in the run.
        Position = "position",
        /// Percent of a campaign.
        Percent = "percent",
        /// Points after campaigns.
        Multiplied = "multiplied",
        /// Cut by a daily cap.
        CapCut = "cap_cut",
        /// Paid a debt.
        DebtPaid = "debt_paid",
        /// Usable in so many days.
        PendingDays = "pending_days",
        /// What the order had brought.
        Granted = "granted",
        /// What the order keeps.
        Kept = "kept",
        /// What the refunds so far asked back.
        TakenBefore = "taken_before",
        /// Fen that remain paid.
        UnrefundedFen = "unrefunded_fen",
        /// Fen paid.
        PaidFen = "paid_fen",
        /// Taken from the order's own lot.
        OwnLot = "own_lot",
        /// Taken from other lots.
        OtherLots = "other_lots",
        /// Became a debt.
        Debt = "debt",
        /// Forgiven.
        WrittenOff = "written_off",
        /// The discount, in fen.
        DiscountFen = "discount_fen",
        /// Price in points.
        Cost = "cost",
        /// Growth in the window.
        Growth = "growth",
        /// Growth that the level takes.
        From = "from",
        /// A number counted.
        Count = "count",
        /// Months.
        Months = "months",
    }
}
