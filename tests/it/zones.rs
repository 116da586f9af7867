//! The zones that are known by name, against the zone database.

use chrono::{Offset, TimeZone, Utc};
use chrono_tz::Tz;
use huitou::clock::{OffsetMin, UnixMs};
use huitou::program::DayZone;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn ours(zone: DayZone, ms: i64) -> i32 {
    zone.offset_at(UnixMs::new(ms), OffsetMin::new(1)).get()
}

fn theirs(zone: Tz, ms: i64) -> i32 {
    let instant = Utc.timestamp_millis_opt(ms).unwrap().naive_utc();
    zone.offset_from_utc_datetime(&instant).fix().local_minus_utc() / 60
}

/// Every date from 2020 through 2037, and every minute of the dates on which one of the two changes.
#[test]
fn zones_by_name_agree_with_the_zone_database() {
    assert!(DayZone::names().count() > 70);
    for name in DayZone::names() {
        let (zone, known) = (DayZone::parse(name).unwrap(), name.parse().unwrap());
        for date in 18_262..24_837 {
            let (start, end) = (date * DAY_MS, (date + 1) * DAY_MS);
            let changes = ours(zone, start) != ours(zone, end) || theirs(known, start) != theirs(known, end);
            let step = if changes { 60_000 } else { DAY_MS };
            for ms in (start..end).step_by(step as usize) {
                assert_eq!(ours(zone, ms), theirs(known, ms), "{name} {ms}");
            }
        }
    }
}

/// Rules as `tail -1 /usr/share/zoneinfo/…` prints them.
#[test]
fn rules_agree_with_the_zone_database() {
    for (name, rule) in [
        ("America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
        ("America/Santiago", "<-04>4<-03>,M9.1.6/24,M4.1.6/24"),
        ("Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"),
        ("Europe/Dublin", "IST-1GMT0,M10.5.0,M3.5.0/1"),
        ("America/St_Johns", "NST3:30NDT,M3.2.0,M11.1.0"),
        ("Pacific/Chatham", "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45"),
    ] {
        let (zone, known): (DayZone, Tz) = (DayZone::parse(rule).unwrap(), name.parse().unwrap());
        for quarter in 0..4 * 24 * 365 * 3 {
            let ms = 1_672_531_200_000 + quarter * HOUR_MS / 4;
            assert_eq!(ours(zone, ms), theirs(known, ms), "{name} {ms}");
        }
    }
}

/// Without leaving the years that the engine believes in.
#[test]
fn a_rule_holds_at_the_ends_of_time() {
    let zone = DayZone::parse("Pacific/Auckland").unwrap();
    for instant in [UnixMs::MIN, UnixMs::MAX] {
        assert_eq!(zone.offset_at(instant, OffsetMin::new(0)).get(), 780);
    }
}
