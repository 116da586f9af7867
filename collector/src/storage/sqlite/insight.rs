//! Judgements of phones: keeping them, and what they add up to.

use huitou::clock::{Day, OffsetMin, UnixMs};
use rusqlite::{params, Connection, Result};

use crate::storage::view::{Calibration, FlowBreak, Insight, LevelDay};
use crate::storage::SyncJob;

/// Days shown.
const DAYS_MAX: i64 = 30;

/// Keeps what an upload brings: the highest revision, whatever order they come in.
pub(super) fn keep(db: &Connection, job: &SyncJob) -> Result<()> {
    let (Some(insight), subject) = (&job.insight, &job.subject) else { return Ok(()) };
    let lists = |list: &[String]| serde_json::to_string(list).unwrap_or_default();
    db.prepare_cached(
        "INSERT INTO insight (app, user, device, revision, received_at, level, visit_permille, buy_permille, signs, segments)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (app, user, device) DO UPDATE SET
           revision = excluded.revision, received_at = excluded.received_at, level = excluded.level,
           visit_permille = excluded.visit_permille, buy_permille = excluded.buy_permille,
           signs = excluded.signs, segments = excluded.segments
         WHERE excluded.revision > insight.revision",
    )?
    .execute(params![
        subject.app,
        subject.user,
        subject.device,
        insight.revision,
        job.received_at_ms,
        insight.level,
        insight.visit_permille,
        insight.buy_permille,
        lists(&insight.signs),
        lists(&insight.segments),
    ])?;
    db.prepare_cached(
        "INSERT INTO insight_days (app, user, device, day, revision, level, visit_permille) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (app, user, device, day) DO UPDATE SET
           revision = excluded.revision, level = excluded.level, visit_permille = excluded.visit_permille
         WHERE excluded.revision > insight_days.revision",
    )?
    .execute(params![
        subject.app,
        subject.user,
        subject.device,
        sent_day(job),
        insight.revision,
        insight.level,
        insight.visit_permille,
    ])?;
    Ok(())
}

/// The date on which the phone made the upload, as rows count dates.
fn sent_day(job: &SyncJob) -> String {
    let zone = job.book.of(job.book.newest()).calendar.zone;
    let at = UnixMs::new(job.sent_at_ms);
    let mut day = String::new();
    Day::of(at, zone.offset_at(at, OffsetMin::new(job.offset_min))).write(&mut day);
    day
}

/// Everything on the page.
pub(super) fn view(db: &Connection, app: &str) -> Result<Insight> {
    Ok(Insight {
        levels: levels(db, app)?,
        segments: pairs(
            db,
            app,
            "SELECT segment, persons FROM segment_sizes WHERE app = ? ORDER BY persons DESC, segment",
        )?,
        signs: pairs(db, app, "SELECT sign, persons FROM sign_sizes WHERE app = ? ORDER BY persons DESC, sign")?,
        now: pairs(db, app, "SELECT level, persons FROM level_sizes WHERE app = ? ORDER BY level")?,
        calibration: calibration(db, app)?,
        breaks: breaks(db, app)?,
    })
}

fn levels(db: &Connection, app: &str) -> Result<Vec<LevelDay>> {
    let sql = "SELECT day, level, persons FROM level_days WHERE app = ?1 AND day IN
                 (SELECT DISTINCT day FROM insight_days WHERE app = ?1 ORDER BY day DESC LIMIT ?2)
               ORDER BY day DESC, level";
    let read = |row: &rusqlite::Row| Ok(LevelDay { day: row.get(0)?, level: row.get(1)?, persons: row.get(2)? });
    db.prepare(sql)?.query_map(params![app, DAYS_MAX], read)?.collect()
}

fn pairs(db: &Connection, app: &str, sql: &str) -> Result<Vec<(String, i64)>> {
    db.prepare(sql)?.query_map([app], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn calibration(db: &Connection, app: &str) -> Result<Vec<Calibration>> {
    let sql = "SELECT tenth, scores, expected, came FROM score_calibration WHERE app = ? ORDER BY tenth";
    let read = |row: &rusqlite::Row| {
        Ok(Calibration { tenth: row.get(0)?, scores: row.get(1)?, expected: row.get(2)?, came: row.get(3)? })
    };
    db.prepare(sql)?.query_map([app], read)?.collect()
}

fn breaks(db: &Connection, app: &str) -> Result<Vec<FlowBreak>> {
    let sql = "SELECT flow, step, name, reached, broke_off FROM flow_breaks WHERE app = ? ORDER BY flow, step";
    let read = |row: &rusqlite::Row| {
        Ok(FlowBreak {
            flow: row.get(0)?,
            step: row.get(1)?,
            name: row.get(2)?,
            reached: row.get(3)?,
            broke_off: row.get(4)?,
        })
    };
    db.prepare(sql)?.query_map([app], read)?.collect()
}
