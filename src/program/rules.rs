//! What the loyalty fold obeys: the checked form of the program's loyalty sections.
//!
//! Money is in fen, points and growth are whole numbers, percents are whole (`200` doubles). A list's order is the
//! program's; positions (`u8`) are only meaningful together with the program's revision.

use super::DayZone;
use crate::clock::{Day, OffsetMin, UnixMs, MINUTE_MS};

/// Everything that the loyalty sections declare. The default declares nothing: nobody earns anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Which calendar date an instant belongs to.
    pub calendar: Calendar,
    /// Section `check_in`.
    pub check_in: CheckIn,
    /// Section `points`.
    pub points: Points,
    /// Section `multipliers`: campaigns.
    pub multipliers: Vec<Multiplier>,
    /// How multipliers that apply together combine.
    pub stacking: Stacking,
    /// Section `daily_caps`.
    pub daily_caps: Vec<DailyCap>,
    /// Growth for each whole yuan paid.
    pub growth_per_yuan: u32,
    /// Section `tiers`.
    pub tiers: Option<Tiers>,
    /// Section `membership`.
    pub membership: Membership,
    /// Section `every_n_orders`.
    pub every_n_orders: Option<EveryNOrders>,
    /// Section `rewards`.
    pub rewards: Vec<Reward>,
    /// Section `mall`.
    pub mall: Vec<MallItem>,
    /// Section `lottery`.
    pub lotteries: Vec<Lottery>,
    /// Section `referral`.
    pub referral: Referral,
}

/// Which calendar date an instant belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    /// `day_zone`.
    pub zone: DayZone,
    /// `day_starts_at`: local times before it belong to the date before. Minutes, 0..=1439.
    pub day_starts_min: u32,
    /// `zone_change_min_hours`, in seconds; only with `day_zone: "event"`.
    pub zone_change_s: i64,
}

impl Default for Calendar {
    fn default() -> Calendar {
        Calendar { zone: DayZone::china(), day_starts_min: 0, zone_change_s: 6 * 3600 }
    }
}

impl Calendar {
    /// The date of an instant, seen on a phone whose clock is so far from UTC.
    pub fn day(&self, instant: UnixMs, phone: OffsetMin) -> Day {
        let offset = self.zone.offset_at(instant, phone);
        Day::of(instant.plus(-i64::from(self.day_starts_min) * MINUTE_MS), offset)
    }
}

/// Check-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckIn {
    /// Points by position in the run, the last one repeats; empty: none.
    pub daily_points: Vec<u32>,
    /// The list starts anew after so many days; 0: never.
    pub cycle_days: u32,
    /// A lottery ticket with each check-in, by the lottery's id; empty: none.
    pub ticket: String,
    /// In the program's order; no two for the same count.
    pub milestones: Vec<Milestone>,
    /// How missed dates are made up for; `None`: not at all.
    pub make_up: Option<MakeUp>,
    /// Freezes that everybody holds at first.
    pub freezes_held: u32,
}

/// What is counted for a milestone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Counted {
    /// Dates in the unbroken run (`"run"`): paid once a run.
    #[default]
    Run,
    /// All dates ever counted (`"total"`): paid once.
    Total,
}

/// A reward for a number of check-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Milestone {
    /// How many dates it takes.
    pub day: u32,
    /// Of which dates.
    pub counted: Counted,
    /// What it gives.
    pub gift: Gift,
    /// At most so often in a lifetime; 0: no limit.
    pub times_max: u32,
}

/// What a rule gives at once: any of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gift {
    /// Points.
    pub points: u32,
    /// A coupon that the server may issue, by the shop's own reference; empty: none.
    pub coupon: String,
    /// A lottery ticket, by the lottery's id; empty: none.
    pub ticket: String,
}

/// Make-up check-ins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MakeUp {
    /// How far back, in days.
    pub window_days: u32,
    /// At most so many in a calendar month (of the request); 0: no limit.
    pub per_month_max: u32,
    /// What one costs.
    pub cost_points: u32,
    /// Whether the made-up date pays daily points.
    pub pays_daily_points: bool,
}

/// A source of points: a position in [`Points::sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source(pub u8);

impl Source {
    /// The daily points of a check-in.
    pub const CHECK_IN: Source = Source(0);
    /// A milestone.
    pub const MILESTONE: Source = Source(1);
    /// A paid order.
    pub const ORDER: Source = Source(2);
    /// A share.
    pub const SHARE: Source = Source(3);
    /// A confirmed referral.
    pub const REFERRAL: Source = Source(4);
    /// Anything else, if it names no source.
    pub const ACTIVITY: Source = Source(5);
    /// A source that the program does not name: no rule speaks of it.
    pub const UNNAMED: Source = Source(255);
    /// The names of the built-in ones, in order.
    pub const BUILT_IN: [&'static str; 6] =
        ["check_in", "milestone", "order", "share", "referral_confirmed", "activity"];
}

/// Section `points`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Points {
    /// The names of all sources: [`Source::BUILT_IN`], then each other one that the program mentions.
    pub sources: Vec<String>,
    /// Points for each whole yuan paid.
    pub per_yuan: u32,
    /// Until when a grant is usable.
    pub validity: Validity,
    /// (source, days until its grants are usable).
    pub pending_days: Vec<(Source, u32)>,
    /// Redeem in multiples of so many points; 1: any amount.
    pub redeem_step: u32,
    /// What a step is worth.
    pub fen_per_step: u32,
    /// What happens if a refund takes back more than there is.
    pub shortfall: Shortfall,
    /// What a phone may claim by itself.
    pub activities: Vec<Activity>,
    /// The most points that claims alone may earn on one date; 0: no limit. The part above is cut by the cap.
    pub claims_per_day_max: u32,
}

impl Default for Points {
    fn default() -> Points {
        Points {
            sources: Source::BUILT_IN.map(str::to_owned).to_vec(),
            per_yuan: 0,
            validity: Validity::Forever,
            pending_days: Vec::new(),
            redeem_step: 1,
            fen_per_step: 0,
            shortfall: Shortfall::StopAtZero,
            activities: Vec::new(),
            claims_per_day_max: 0,
        }
    }
}

/// Until when a grant is usable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// For ever.
    Forever,
    /// Through date + n.
    Days(u32),
    /// Through the same day number n months later, or that month's last day.
    Months(u32),
    /// Through December 31 of next year.
    EndOfNextYear,
}

/// What happens if a refund takes back more than there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shortfall {
    /// The rest is written off.
    #[default]
    StopAtZero,
    /// The rest is a debt that later points pay first.
    AllowNegative,
}

/// Something that a phone may claim: a share, a lesson read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// What the app calls it.
    pub name: String,
    /// Where its points are counted.
    pub source: Source,
    /// Points each time.
    pub points: u32,
    /// At most so often on one date; 0: no limit but the caps.
    pub per_day_max: u32,
}

/// A campaign: points of some sources count more while something holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multiplier {
    /// Its name.
    pub name: String,
    /// 200 doubles.
    pub percent: u32,
    /// Which sources it touches.
    pub applies_to: Vec<Source>,
    /// When it holds.
    pub when: When,
}

/// When a multiplier holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// On that day of each month, 1..=31.
    DayOfMonth(u32),
    /// On that day of each week, 1 (Monday)..=7.
    Weekday(u32),
    /// From one date through another.
    Between(Day, Day),
    /// On the person's birthday (February 29: on February 28 in other years).
    Birthday,
    /// While the person has that tier, by position.
    Tier(u8),
    /// While a paid membership is active.
    PaidMember,
}

/// How multipliers that apply together combine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stacking {
    /// The highest alone.
    #[default]
    Highest,
    /// One after the other.
    Multiply,
    /// The sum of what each adds above 100.
    Add,
}

/// The most points that some sources together give on one date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyCap {
    /// Which sources.
    pub sources: Vec<Source>,
    /// Points, after multipliers.
    pub points_max: u32,
}

/// Section `tiers`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tiers {
    /// From the lowest on; the first begins at 0 growth.
    pub levels: Vec<Level>,
    /// Growth counts for so many days; 0: for ever.
    pub window_days: u32,
    /// A level is kept for so many days at least; 0: for ever.
    pub term_days: u32,
    /// Days after the term in which it can still be regained.
    pub grace_days: u32,
    /// How far one falls.
    pub downgrade: Downgrade,
    /// A refund lowers the level at once.
    pub falls_on_refund: bool,
}

/// A tier.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Level {
    /// Its name.
    pub name: String,
    /// The growth it takes.
    pub from: u64,
    /// What it brings, by the shop's own references.
    pub benefits: Vec<String>,
    /// The picture's reference; empty: none.
    pub icon: String,
}

/// How far one falls when a term ends without enough growth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Downgrade {
    /// One level.
    #[default]
    OneStep,
    /// To the level that the growth is enough for.
    ToQualified,
}

/// Section `membership`: what paid members have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// What can be bought.
    pub plans: Vec<Plan>,
    /// What it brings, by the shop's own references.
    pub benefits: Vec<String>,
}

/// A membership for sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its id.
    pub id: String,
    /// How long it lasts.
    pub months: u32,
    /// What it costs.
    pub price_fen: u64,
}

/// A coupon for every n-th order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EveryNOrders {
    /// How many orders.
    pub n: u32,
    /// The coupon.
    pub coupon: String,
}

/// A repurchase reward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reward {
    /// Its id.
    pub id: String,
    /// What earns it, and what it is.
    pub kind: RewardKind,
}

/// What earns a repurchase reward.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RewardKind {
    /// Each time the total paid (less refunds) reaches a new multiple of `spent_fen`; once only if not `repeats`.
    Spent {
        /// Whole fen.
        spent_fen: u64,
        /// Again at each multiple.
        repeats: bool,
        /// What it gives.
        gift: Gift,
    },
    /// A category pack: whoever bought something of `category` is offered `offer` (once).
    Bought {
        /// The category as orders name it.
        category: String,
        /// The shop's own reference.
        offer: String,
    },
    /// A discount that grows with the cart, shown on the phone, made binding by the shop: (cart from fen, off fen),
    /// ascending.
    Cart {
        /// The steps.
        steps: Vec<(u64, u64)>,
    },
}

/// Something to be had for points, or points and cash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MallItem {
    /// Its id.
    pub id: String,
    /// Points.
    pub points: u32,
    /// Cash on top.
    pub cash_fen: u64,
    /// At most so many a person; 0: no limit.
    pub per_person_max: u32,
}

/// A lottery: the server draws.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lottery {
    /// Its id.
    pub id: String,
    /// What may be won.
    pub prizes: Vec<Prize>,
}

/// A prize.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prize {
    /// The shop's own reference; `"none"` says that nothing was won.
    pub id: String,
    /// Its share among all weights.
    pub weight: u32,
    /// Points that it gives, under source `activity`.
    pub points: u32,
}

/// Section `referral`: what a confirmed referral brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Referral {
    /// To who invited.
    pub inviter: Gift,
    /// To who was invited.
    pub invitee: Gift,
    /// Inviters are rewarded at most so often in a calendar month; 0: no limit.
    pub per_month_max: u32,
    /// And so often in a lifetime; 0: no limit.
    pub total_max: u32,
}
