//! Section `check_in`.

use super::gift::{choice, Ticket, DAYS, POINTS, TEXT, TIMES};
use super::read::{Cursor, Each, Keyed, Read};
use super::rules::{CheckIn, Counted, Gift, MakeUp, Milestone};
use crate::json::push_unsigned;

/// The longest list of daily points.
const LADDER_MAX: i64 = 366;

impl Read for CheckIn {
    fn read(cursor: &Cursor) -> CheckIn {
        cursor.object();
        let milestones: Each<MilestoneEntry> = cursor.or_empty_list("milestones", (0, 32));
        let freeze: Freeze = cursor.or_empty_map("freeze", (0, 0));
        let made = CheckIn {
            daily_points: cursor.or("daily_points", POINTS, DailyPoints(Vec::new())).0,
            cycle_days: cursor.or("cycle_days", (1, LADDER_MAX), 0),
            ticket: cursor.or("ticket", TEXT, Ticket::default()).0,
            milestones: milestones.0.into_iter().map(|entry| entry.made).collect(),
            make_up: cursor.or("make_up", (0, 0), None),
            freezes_held: freeze.0,
        };
        cursor.done();
        made
    }
}

/// A number for every day, or a list by position in the run.
struct DailyPoints(Vec<u32>);

impl Read for DailyPoints {
    fn read(cursor: &Cursor) -> DailyPoints {
        let Some(items) = cursor.value().as_list() else {
            return DailyPoints(vec![u32::read(cursor)]);
        };
        if !(1..=LADDER_MAX).contains(&(items.len() as i64)) {
            cursor.fail("expected points, or a list of 1..=366");
        }
        let mut points = Vec::new();
        for (position, value) in items.iter().enumerate() {
            let mut item = cursor.item(value, position);
            item.range = POINTS;
            points.push(u32::read(&item));
        }
        DailyPoints(points)
    }
}

/// `freeze`: how many everybody holds at first.
struct Freeze(u32);

impl Read for Freeze {
    fn read(cursor: &Cursor) -> Freeze {
        cursor.object();
        let held = cursor.or("held_at_start", (0, 31), 0);
        cursor.done();
        Freeze(held)
    }
}

/// A milestone, and what tells it from the others.
struct MilestoneEntry {
    key: String,
    made: Milestone,
}

impl Read for MilestoneEntry {
    fn read(cursor: &Cursor) -> MilestoneEntry {
        cursor.object();
        let made = Milestone {
            day: cursor.required("day", (1, DAYS.1)),
            counted: cursor.or("of", (0, 0), Counted::Run),
            gift: Gift::some(cursor),
            times_max: cursor.or("max_times", TIMES, 0),
        };
        cursor.done();
        let mut key = String::new();
        push_unsigned(&mut key, u64::from(made.day));
        if made.counted == Counted::Total {
            key.push_str(" total");
        }
        MilestoneEntry { key, made }
    }
}

impl Keyed for MilestoneEntry {
    fn key(&self) -> &str {
        &self.key
    }
}

impl Read for Counted {
    fn read(cursor: &Cursor) -> Counted {
        match choice(cursor, &["run", "total"]) {
            0 => Counted::Run,
            _ => Counted::Total,
        }
    }
}

impl Read for MakeUp {
    fn read(cursor: &Cursor) -> MakeUp {
        cursor.object();
        let made = MakeUp {
            window_days: cursor.required("window_days", (1, 366)),
            per_month_max: cursor.or("max_per_month", (0, 31), 0),
            cost_points: cursor.or("cost_points", POINTS, 0),
            pays_daily_points: cursor.or("pays_daily_points", (0, 0), false),
        };
        cursor.done();
        made
    }
}
