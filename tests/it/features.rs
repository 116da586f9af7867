//! Reading features over and over: what was counted once is not counted again, and nothing is missed when the person, her
//! attributes, the payload or consent changes in between.

use huitou::clock::{At, OffsetMin, UnixMs};
use huitou::engine::command::Output;
use huitou::engine::lab::Settings;
use huitou::engine::{Boot, Engine};
use huitou::program::load;
use huitou::sync::Format;

const NOON_MS: i64 = 1_795_320_000_000;

fn at() -> At {
    At { instant: UnixMs::new(NOON_MS), offset: OffsetMin::new(480) }
}

/// `own` is an experiment; `gated` gives the same value whichever variation of `inner` its prerequisite is in.
const PAYLOAD: &str = r#"{"features":{
    "own":{"rules":[{"condition":{"level":1},"key":"a","variations":[0,1],"ranges":[[0,1],[1,1]],"hashVersion":2},
                    {"key":"b","variations":[0,1],"ranges":[[0,1],[1,1]],"hashVersion":2}]},
    "gated":{"rules":[{"parentConditions":[{"id":"own","condition":{"value":0}}],"force":7}]}}}"#;

fn engine(is_sticky: bool) -> Engine {
    let (program, _) = load(r#"{"app":"tea-shop","revision":1}"#).unwrap();
    let lab = Settings { is_sticky, ..Settings::default() };
    let boot = Boot { seed: [3; 16], at: at(), consent: Some(true), format: Format::Json, info: Vec::new(), lab };
    let mut engine = Engine::boot(program, &vec![Vec::new(); 64], boot);
    engine.load_features(PAYLOAD, at()).unwrap();
    engine
}

/// Reads a feature; experiments newly seen.
fn read(engine: &mut Engine, position: usize) -> Vec<String> {
    engine.feature(position, at());
    let Output::Json(told) = engine.command(r#"{"op":"exposures"}"#, at()).unwrap() else { panic!("no list") };
    let told: serde_json::Value = serde_json::from_str(&told).unwrap();
    told.as_array().unwrap().iter().map(|one| one["experiment"].as_str().unwrap().to_owned()).collect()
}

fn command(engine: &mut Engine, json: &str) {
    engine.command(json, at()).unwrap();
}

#[test]
fn what_was_counted_is_not_counted_again() {
    for is_sticky in [false, true] {
        let mut engine = engine(is_sticky);
        assert_eq!(read(&mut engine, 0), ["b"]);
        assert_eq!(read(&mut engine, 0), [""; 0]);
        command(&mut engine, r#"{"op":"attributes","set":{"level":1}}"#);
        assert_eq!(read(&mut engine, 0), ["a"], "another rule decides");
        command(&mut engine, r#"{"op":"attributes","set":{"level":2}}"#);
        for _ in 0..3 {
            assert_eq!(read(&mut engine, 0), [""; 0]);
        }
    }
}

#[test]
fn another_person_and_another_payload_are_counted() {
    let mut engine = engine(false);
    command(&mut engine, r#"{"op":"user","id":"anna"}"#);
    assert_eq!(read(&mut engine, 0), ["b"]);
    assert_eq!(read(&mut engine, 0), [""; 0]);
    command(&mut engine, r#"{"op":"user","id":"bert"}"#);
    assert_eq!(read(&mut engine, 0), ["b"], "another person");
    engine.load_features(&PAYLOAD.replace("\"key\":\"b\"", "\"key\":\"c\""), at()).unwrap();
    assert_eq!(read(&mut engine, 0), ["c"], "another experiment in the same place");
    command(&mut engine, r#"{"op":"user","id":"anna"}"#);
    assert_eq!(read(&mut engine, 0), ["c"]);
}

#[test]
fn what_a_feature_depends_on_is_counted_although_its_value_stays() {
    let mut engine = engine(false);
    assert_eq!(read(&mut engine, 1), ["b"]);
    assert_eq!(read(&mut engine, 1), [""; 0]);
    command(&mut engine, r#"{"op":"attributes","set":{"level":1}}"#);
    assert_eq!(read(&mut engine, 1), ["a"]);
}

#[test]
fn after_a_withdrawal_everything_is_new() {
    let mut engine = engine(false);
    assert_eq!(read(&mut engine, 0), ["b"]);
    assert_eq!(read(&mut engine, 0), [""; 0]);
    command(&mut engine, r#"{"op":"consent","granted":false}"#);
    command(&mut engine, r#"{"op":"consent","granted":true}"#);
    assert_eq!(read(&mut engine, 0), ["b"]);
}
