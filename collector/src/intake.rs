//! From the bytes of a request to a job for the database: decoding, and the checks that need no database.

use axum::http::StatusCode;
use huitou::clock::{Day, OffsetMin, UnixMs};
use huitou::summary::exposures::Exposures;
use huitou::summary::report::{Report, ReportClaims, ReportExposures, ReportRow, ReportStats};
use huitou::summary::{Claims, DecodeError, Upload};
use serde::Serialize;

use crate::programs::Programs;
use crate::refusal::Refusal;
use crate::storage::{Dictionary, RowJob, Subject, SyncJob, Totals};
use crate::token;

/// Numbers of claims stay below it: room to count on.
const SEQ_MAX: u32 = 1 << 31;

/// How a body is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// `application/vnd.huitou.v1`
    Binary,
    /// `application/json`
    Json,
}

impl Profile {
    /// From the `Content-Type` header.
    pub fn of(content_type: &str) -> Result<Profile, Refusal> {
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/vnd.huitou.v1" => Ok(Profile::Binary),
            "application/json" => Ok(Profile::Json),
            _ => Err(Refusal::bad("content_type_unknown", "send application/vnd.huitou.v1 or application/json")),
        }
    }
}

/// Which days are believed, counted from the server's own date (UTC). Others are put aside.
#[derive(Clone, Copy, Debug)]
pub struct DayWindow {
    /// Days back.
    pub back: i32,
    /// Days ahead; 1 covers every zone of the world.
    pub ahead: i32,
}

/// A decoded upload.
#[derive(Debug)]
pub struct Decoded {
    report: Report,
    dictionary: Option<Dictionary>,
}

/// Reads a body. `Ok(None)`: its dictionary is not known, the phone has to send its names.
pub fn decode(
    profile: Profile,
    body: &[u8],
    claims: &token::Claims,
    programs: &Programs,
) -> Result<Option<Decoded>, Refusal> {
    match profile {
        Profile::Binary => decode_binary(body, claims, programs),
        Profile::Json => decode_json(body, claims).map(Some),
    }
}

fn decode_json(body: &[u8], claims: &token::Claims) -> Result<Decoded, Refusal> {
    let text = std::str::from_utf8(body).map_err(|_| Refusal::bad("report_not_json", "the body is no UTF-8"))?;
    let report = Report::from_json(text).map_err(|e| Refusal::bad(e.code, e.to_string()))?;
    check_owner(&report.app, &report.user, claims)?;
    Ok(Decoded { report, dictionary: None })
}

fn decode_binary(body: &[u8], claims: &token::Claims, programs: &Programs) -> Result<Option<Decoded>, Refusal> {
    let (upload, names) = match Upload::decode(body, &|hash| programs.names(hash)) {
        Ok(found) => found,
        Err(DecodeError::UnknownDictionary(_)) => return Ok(None),
        Err(error) => return Err(Refusal::bad("upload_malformed", error.to_string())),
    };
    // Before the names are learned: a stranger's token must not fill another app's dictionaries.
    check_owner(&names.app, upload.user.as_str(), claims)?;
    let dictionary = upload.names.as_ref().and_then(|names| programs.learn(names));
    Ok(Some(Decoded { report: Report::from_upload(&upload, &names), dictionary }))
}

/// A token of a user may write that user's rows, and rows from before login.
fn check_owner(app: &str, user: &str, claims: &token::Claims) -> Result<(), Refusal> {
    if app != claims.app {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "wrong_app", "the token is for another app"));
    }
    if !user.is_empty() && user != claims.user {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "wrong_user", "the token is for another user"));
    }
    Ok(())
}

impl Decoded {
    /// Which installation sent it.
    pub fn device(&self) -> &str {
        &self.report.device
    }

    /// The job for the database.
    pub fn into_job(self, bytes: usize, received_at_ms: i64, window: DayWindow) -> Result<SyncJob, Refusal> {
        let Decoded { report, dictionary } = self;
        let claimed = report.claims.as_ref().map(claims).transpose()?;
        let exposures = report.exposures.as_ref().map(exposures).transpose()?;
        let attributes = report.attributes.map(|set| json(&set.values).map(|body| (set.revision, body))).transpose()?;
        let rows = report.rows.into_iter().map(|row| row_job(row, received_at_ms, window));
        Ok(SyncJob {
            rows: rows.collect::<Result<_, Refusal>>()?,
            subject: Subject { app: report.app, user: report.user, device: report.device },
            sent_at_ms: report.sent_at_ms,
            offset_min: report.offset_min,
            received_at_ms,
            bytes,
            fact_cursor: report.fact_cursor,
            attributes,
            deletion: report.deletion,
            dictionary,
            claimed,
            exposures,
            insight: report.insight,
            plan: report.plan,
            ..SyncJob::default()
        })
    }
}

/// Claims count from 1 on.
fn claims(claims: &ReportClaims) -> Result<Claims, Refusal> {
    let checked = claims.checked().filter(|claims| claims.first > 0 && claims.first < SEQ_MAX);
    checked.ok_or_else(|| Refusal::bad("report_invalid", "claims: not as docs/wire.md has them"))
}

fn exposures(exposures: &ReportExposures) -> Result<Exposures, Refusal> {
    let message = "exposures: not as docs/wire.md has them";
    exposures.checked().ok_or_else(|| Refusal::bad("report_invalid", message))
}

fn json(value: &impl Serialize) -> Result<String, Refusal> {
    serde_json::to_string(value).map_err(|e| Refusal::bad("report_invalid", e.to_string()))
}

fn row_job(row: ReportRow, received_at_ms: i64, window: DayWindow) -> Result<RowJob, Refusal> {
    Ok(RowJob {
        body: json(&row)?,
        totals: totals(&row.stats),
        quarantine: quarantine(&row.day, received_at_ms, window),
        segment: row.segment,
        day: row.day,
        revision: row.revision,
    })
}

/// The columns taken out of a row, pulled into what the database holds.
pub fn totals(stats: &ReportStats) -> Totals {
    let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let sum = |counts: &mut dyn Iterator<Item = u64>| whole(counts.fold(0, u64::saturating_add));
    Totals {
        events: sum(&mut stats.events.values().map(|event| event.count)),
        sessions: whole(stats.sessions.0),
        session_s: whole(stats.sessions.1),
        orders: i64::try_from(stats.orders.len()).unwrap_or(i64::MAX),
        paid_fen: sum(&mut stats.orders.iter().map(|(_, paid_fen)| *paid_fen)),
    }
}

fn quarantine(day: &str, received_at_ms: i64, window: DayWindow) -> Option<&'static str> {
    let today = Day::of(UnixMs::new(received_at_ms), OffsetMin::new(0)).number();
    let number = Day::parse(day).map_or(0, Day::number);
    if number < today.saturating_sub(window.back) {
        Some("day_too_old")
    } else if number > today.saturating_add(window.ahead) {
        Some("day_ahead")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_772_366_400_000; // 2026-03-01T12:00:00Z

    #[test]
    fn days_far_from_today_are_put_aside() {
        let window = DayWindow { back: 35, ahead: 1 };
        for (day, expected) in [
            ("2026-01-24", Some("day_too_old")),
            ("2026-01-25", None),
            ("2026-03-01", None),
            ("2026-03-02", None),
            ("2026-03-03", Some("day_ahead")),
        ] {
            assert_eq!(quarantine(day, NOON, window), expected, "{day}");
        }
    }

    #[test]
    fn only_ones_own_rows() {
        let claims = token::Claims { app: "shop".into(), user: "u1".into(), exp: 0 };
        assert_eq!(check_owner("shop", "u1", &claims), Ok(()));
        assert_eq!(check_owner("shop", "", &claims), Ok(()));
        assert_eq!(check_owner("shop", "u2", &claims).unwrap_err().code, "wrong_user");
        assert_eq!(check_owner("shop2", "u1", &claims).unwrap_err().code, "wrong_app");
        let anonymous = token::Claims { user: String::new(), ..claims };
        assert_eq!(check_owner("shop", "u1", &anonymous).unwrap_err().code, "wrong_user");
    }

    #[test]
    fn content_types_may_have_parameters() {
        assert_eq!(Profile::of("application/json; charset=utf-8"), Ok(Profile::Json));
        assert_eq!(Profile::of("application/vnd.huitou.v1"), Ok(Profile::Binary));
        assert!(Profile::of("text/html").is_err());
    }
}
