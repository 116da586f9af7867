//! A server's answer: a phone takes any, and goes on.

use anyhow::{ensure, Context, Result};
use huitou::bytes::Writer;
use huitou::clock::UnixMs;
use huitou::engine::Engine;
use huitou::loyalty::State;
use huitou::sync::answer::Reply;
use serde_json::{json, Value};

use super::phone::{at, boot, empty_storage, settle, use_it, NOON_MS};
use super::Target;

pub(super) const TARGET: Target = Target { name: "answer", corpus, run };

/// The first byte stands for the status.
const STATUSES: [u16; 8] = [200, 200, 200, 400, 401, 429, 503, 0];

/// A phone that has just sent, and what it sent. The same at every call.
fn waiting() -> Result<(Engine, Vec<Vec<u8>>, Vec<u8>)> {
    let mut values = empty_storage();
    let mut engine = boot(&values)?;
    use_it(&mut engine)?;
    engine.command(r#"{"op":"sync"}"#, at(NOON_MS + 400_000)).map_err(|error| anyhow::anyhow!("{error}"))?;
    let body = settle(&mut engine, &mut values)?.context("the phone sends nothing")?;
    Ok((engine, values, body))
}

fn corpus() -> Result<Vec<Vec<u8>>> {
    let sent: Value = serde_json::from_slice(&waiting()?.2)?;
    let rows = sent.get("rows").and_then(Value::as_array).context("nothing to acknowledge")?;
    let member = |row: &Value, name: &str| row.get(name).cloned().unwrap_or_default();
    let echo = |row: &Value| json!({"s": member(row, "s"), "d": member(row, "d"), "r": member(row, "r")});
    let acks: Vec<Value> = rows.iter().map(echo).collect();
    let fact = json!({"n": 1, "kind": "order_paid", "order_id": "20261122-1", "paid_fen": 4900, "at": NOON_MS});
    let paid =
        json!({"n": 2, "kind": "order_paid", "order_id": "20261122-2", "paid_fen": 100, "at": NOON_MS, "rev": 1});
    let head = "0".repeat(64);
    let held = json!({"seq": 1, "head": head, "refused": [[1, "too_late"]], "receipt": {"seq": 1, "points": 5}});
    let base = json!({"state": base64(&blank_state()), "moment": NOON_MS / 1000, "n": 1});
    let reset = json!({"seq": 3, "head": head, "refused": [], "reset": "forked", "base": base});
    let answers = [
        json!({"acks": acks, "facts": [fact, paid], "ledger": held}),
        json!({"acks": acks, "facts": [paid], "ledger": reset}),
        json!({"acks": acks}),
        json!({"acks": acks, "attributes": 1, "time": NOON_MS + 7_000_000, "program": 3, "facts": [fact]}),
        json!({"acks": [], "names": true, "time": NOON_MS}),
        json!({"acks": [{"s": "0000000000000000", "d": "2026-11-22", "r": 1}], "deleted": "00000000deadbeef"}),
        json!({"error": {"code": "upload_malformed", "message": "no"}}),
    ];
    Ok((0..STATUSES.len() as u8)
        .flat_map(|status| answers.iter().map(move |answer| as_input(status, answer)))
        .collect())
}

fn blank_state() -> Vec<u8> {
    let mut w = Writer::default();
    State::new().encode(&mut w);
    w.out
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits =
        |chunk: &[u8]| chunk.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
    let digit = |bits: u32, place: usize| DIGITS.get((bits >> (18 - 6 * place) & 63) as usize).copied().unwrap_or(b'=');
    let four = |chunk: &[u8]| {
        (0..4)
            .map(|place| if place <= chunk.len() { digit(bits(chunk), place) } else { b'=' })
            .map(char::from)
            .collect::<String>()
    };
    bytes.chunks(3).map(four).collect()
}

fn as_input(status: u8, answer: &Value) -> Vec<u8> {
    [&[status], answer.to_string().as_bytes()].concat()
}

fn run(input: &[u8]) -> Result<()> {
    let Some((status, body)) = input.split_first() else { return Ok(()) };
    let (mut engine, mut values, _) = waiting()?;
    let status = STATUSES.get(usize::from(*status) % STATUSES.len()).copied().unwrap_or_default();
    let text = String::from_utf8_lossy(body);
    engine.reply(Reply { status, body: &text, retry_after_s: 0 }, UnixMs::new(NOON_MS + 600_000));
    use_it(&mut engine)?;
    let sent = settle(&mut engine, &mut values)?;
    ensure!(sent.is_none_or(|body| serde_json::from_slice::<Value>(&body).is_ok()), "sent no JSON");
    boot(&values).map(|_| ())
}
