//! `POST /v1/sync`: takes summaries, answers with what is durable.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::State;
use axum::http::{header, HeaderMap};
use axum::response::Response;
use serde::Serialize;
use serde_json::value::RawValue;

use super::answer::{self, Journeys, Ledger};
use super::{body, json, mac, text, Shared};
use crate::clock;
use crate::intake::{self, Decoded, Profile};
use crate::refusal::Refusal;
use crate::storage::{Done, Job, SyncJob};

/// The answer. Members that say nothing are left out.
#[derive(Default, Serialize)]
struct Answer {
    acks: Vec<Ack>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attributes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exposures: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    insight: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<u32>,
    time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    program: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    facts: Vec<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ledger: Option<Ledger>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deleted: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    names: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    journeys: Option<Journeys>,
}

/// Echo of a row: held at this revision or a higher one, durably.
#[derive(Serialize)]
struct Ack {
    s: String,
    d: String,
    r: u32,
}

pub(super) async fn sync(
    State(app): State<Shared>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Response, Refusal> {
    let claims = app.claims(&headers)?;
    let (now_ms, real_ms) = (app.now_ms(&headers), clock::now_ms());
    if !claims.user.is_empty() {
        app.user_limit.take(&claims.app, &claims.user, real_ms).map_err(Refusal::rate_limited)?;
    }
    let bytes = body(bytes)?;
    mac::check(&app, &headers, &claims, &bytes).await?;
    let profile = Profile::of(text(&headers, header::CONTENT_TYPE.as_str()).unwrap_or_default())?;
    let program = app.programs.of(Some(&claims.app)).map(|program| program.revision);
    let Some(decoded) = intake::decode(profile, &bytes, &claims, &app.programs)? else {
        return json(&Answer { names: true, time: now_ms, program, ..Answer::default() });
    };
    app.device_limit.take(&claims.app, decoded.device(), real_ms).map_err(Refusal::rate_limited)?;
    let answer = write(&app, decoded, bytes.len(), now_ms).await?;
    match profile {
        Profile::Binary => app.metrics.binary_bytes.add(bytes.len() as u64),
        Profile::Json => app.metrics.json_bytes.add(bytes.len() as u64),
    }
    json(&Answer { time: now_ms, program, ..answer })
}

async fn write(app: &Shared, decoded: Decoded, bytes: usize, now_ms: i64) -> Result<Answer, Refusal> {
    let job = decoded.into_job(bytes, now_ms, app.window)?;
    let job = SyncJob { book: app.programs.book(&job.subject.app), offline_days: app.offline_days, ..job };
    let job = SyncJob { guide: app.programs.guide(&job.subject.app), ..job };
    let answer = answer_to(&job);
    let (name, subject) = (job.subject.app.clone(), job.subject.clone());
    if let Some(id) = &job.deletion {
        tracing::info!(app = job.subject.app, id, "deletion asked for");
    }
    let Done::Sync(done) = app.queue.write(Job::Sync(Box::new(job))).await? else {
        return Err(Refusal::unavailable("not_written", "the database answered something else"));
    };
    let done = *done;
    app.deliver_now(&subject, now_ms).await;
    app.metrics.synced(&done);
    let ledger = done.ledger.map(|ledger| answer::ledger(app, &name, ledger, now_ms));
    let journeys = answer::journeys(done.told);
    Ok(Answer { facts: answer::facts(done.facts), ledger, journeys, ..answer })
}

fn answer_to(job: &SyncJob) -> Answer {
    let ack = |row: &crate::storage::RowJob| Ack { s: row.segment.clone(), d: row.day.clone(), r: row.revision };
    Answer {
        acks: job.rows.iter().map(ack).collect(),
        attributes: job.attributes.as_ref().map(|(revision, _)| *revision),
        exposures: job.exposures.as_ref().map(|exposures| exposures.revision),
        insight: job.insight.as_ref().map(|insight| insight.revision),
        plan: job.plan.as_ref().map(|plan| plan.revision),
        deleted: job.deletion.clone(),
        ..Answer::default()
    }
}
