//! All loyalty sections, which stand in the program's root, as one [`Rules`].

use super::campaigns::{CapEntry, MultiplierEntry};
use super::gift::Clock;
use super::points::PointsEntry;
use super::read::{Cursor, Each};
use super::rules::{Calendar, Rules, Stacking};
use super::DayZone;

impl Rules {
    /// Reads the sections. Names of sources and tiers become positions.
    pub(super) fn fields(cursor: &Cursor, zone: DayZone) -> Rules {
        let entry: PointsEntry = cursor.or_empty_map("points", (0, 0));
        let multipliers: Each<MultiplierEntry> = cursor.or_empty_list("multipliers", (0, 16));
        let caps: Each<CapEntry> = cursor.or_empty_list("daily_caps", (0, 8));
        let mut points = entry.resolve();
        let mut rules = others(cursor, zone);
        for multiplier in multipliers.0 {
            rules.multipliers.extend(multiplier.resolve(&mut points, rules.tiers.as_ref()));
        }
        for cap in caps.0 {
            rules.daily_caps.push(cap.resolve(&mut points));
        }
        Rules { points, ..rules }
    }
}

/// The sections that name no source.
fn others(cursor: &Cursor, zone: DayZone) -> Rules {
    let hours: u32 = cursor.or("zone_change_min_hours", (0, 48), 6);
    let calendar = Calendar {
        zone,
        day_starts_min: cursor.or("day_starts_at", (0, 0), Clock(0)).0,
        zone_change_s: i64::from(hours) * 3600,
    };
    Rules {
        calendar,
        check_in: cursor.or_empty_map("check_in", (0, 0)),
        stacking: cursor.or("stacking", (0, 0), Stacking::Highest),
        growth_per_yuan: cursor.or("growth_per_yuan", (0, 1000), 0),
        tiers: cursor.or("tiers", (0, 0), None),
        membership: cursor.or_empty_map("membership", (0, 0)),
        every_n_orders: cursor.or("every_n_orders", (0, 0), None),
        rewards: cursor.or_empty_list("rewards", (0, 32)).0,
        mall: cursor.or_empty_list("mall", (0, 64)).0,
        lotteries: cursor.or_empty_list("lottery", (0, 8)).0,
        referral: cursor.or_empty_map("referral", (0, 0)),
        ..Rules::default()
    }
}
