//! Section `points`.

use super::gift::{choice, DAYS, POINTS, SOME_POINTS, TIMES};
use super::read::{Cursor, Each, Keyed, Read};
use super::rules::{Activity, Points, Shortfall, Source, Validity};
use super::text::Name;

/// The section as written: sources by name.
pub(super) struct PointsEntry {
    made: Points,
    activities: Vec<ActivityEntry>,
    pending_days: Vec<(Name, u32)>,
}

impl Read for PointsEntry {
    fn read(cursor: &Cursor) -> PointsEntry {
        cursor.object();
        let redeem = cursor.or("redeem", (0, 0), Redeem { step: 1, fen_per_step: 0 });
        let made = Points {
            per_yuan: cursor.or("per_yuan", (0, 1000), 0),
            validity: cursor.or("validity", (0, 0), Validity::Forever),
            redeem_step: redeem.step,
            fen_per_step: redeem.fen_per_step,
            shortfall: cursor.or("refund_shortfall", (0, 0), Shortfall::StopAtZero),
            claims_per_day_max: cursor.or("claims_per_day_max", SOME_POINTS, 0),
            ..Points::default()
        };
        let activities: Each<ActivityEntry> = cursor.or_empty_list("activities", (0, 16));
        let pending_days = cursor.or("pending_days", DAYS, PendingDays(Vec::new())).0;
        cursor.done();
        PointsEntry { made, activities: activities.0, pending_days }
    }
}

impl PointsEntry {
    /// The section with positions for names.
    pub(super) fn resolve(self) -> Points {
        let mut points = self.made;
        for entry in self.activities {
            let source = points.source(entry.source);
            points.activities.push(Activity { source, ..entry.made });
        }
        for (name, days) in self.pending_days {
            let source = points.source(name.0);
            points.pending_days.push((source, days));
        }
        points
    }
}

impl Points {
    /// The position of a source, which it takes now if it had none. The limits of the lists leave room for all.
    pub(super) fn source(&mut self, name: String) -> Source {
        let position = self.sources.iter().position(|other| *other == name).unwrap_or_else(|| {
            self.sources.push(name);
            self.sources.len() - 1
        });
        Source(position as u8)
    }
}

struct ActivityEntry {
    made: Activity,
    source: String,
}

impl Read for ActivityEntry {
    fn read(cursor: &Cursor) -> ActivityEntry {
        cursor.object();
        let name: Name = cursor.required("name", (0, 0));
        let usual = if name.0 == "share" { "share" } else { "activity" };
        let source = cursor.or("source", (0, 0), Name(usual.to_owned())).0;
        let points = cursor.required("points", SOME_POINTS);
        let per_day_max = cursor.or("max_per_day", TIMES, 0);
        cursor.done();
        ActivityEntry { made: Activity { name: name.0, source: Source::UNNAMED, points, per_day_max }, source }
    }
}

impl Keyed for ActivityEntry {
    fn key(&self) -> &str {
        &self.made.name
    }
}

/// `{source: days}`.
struct PendingDays(Vec<(Name, u32)>);

impl Read for PendingDays {
    fn read(cursor: &Cursor) -> PendingDays {
        cursor.object();
        let mut pending = Vec::new();
        let fields = cursor.value().as_map().unwrap_or_default();
        if fields.len() > 16 {
            cursor.fail("expected at most 16 sources");
        }
        for (name, days) in fields {
            let days = u32::read(&cursor.member(name, days));
            pending.push((Name::checked(cursor, name), days));
        }
        PendingDays(pending)
    }
}

struct Redeem {
    step: u32,
    fen_per_step: u32,
}

impl Read for Redeem {
    fn read(cursor: &Cursor) -> Redeem {
        cursor.object();
        let step = cursor.required("step", SOME_POINTS);
        let fen_per_step = cursor.required("fen_per_step", POINTS);
        cursor.done();
        Redeem { step, fen_per_step }
    }
}

impl Read for Validity {
    fn read(cursor: &Cursor) -> Validity {
        cursor.object();
        let days: Option<u32> = cursor.required("days", DAYS);
        let months: Option<u32> = cursor.required("months", (1, 120));
        let until: Option<EndOfNextYear> = cursor.required("until", (0, 0));
        cursor.done();
        match (days, months, until) {
            (Some(days), None, None) => Validity::Days(days),
            (None, Some(months), None) => Validity::Months(months),
            (None, None, Some(_)) => Validity::EndOfNextYear,
            _ => {
                cursor.fail("expected one of days, months, until");
                Validity::Forever
            }
        }
    }
}

struct EndOfNextYear;

impl Read for EndOfNextYear {
    fn read(cursor: &Cursor) -> EndOfNextYear {
        choice(cursor, &["end_of_next_year"]);
        EndOfNextYear
    }
}

impl Read for Shortfall {
    fn read(cursor: &Cursor) -> Shortfall {
        match choice(cursor, &["stop_at_zero", "allow_negative"]) {
            0 => Shortfall::StopAtZero,
            _ => Shortfall::AllowNegative,
        }
    }
}
