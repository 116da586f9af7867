//! A phone to fuzz: an engine with some history, and a way to let it do all that it wants.

use anyhow::{ensure, Context, Result};
use huitou::clock::{At, OffsetMin, UnixMs};
use huitou::engine::effect::Effect;
use huitou::engine::lab::Settings;
use huitou::engine::{Boot, Engine};
use huitou::id::builtin;
use huitou::program::{load, Program};
use huitou::store::journal::KEYS;
use huitou::sync::Format;

/// Midday in Shenzhen.
pub(super) const NOON_MS: i64 = 1_795_320_000_000;

/// Effects that a phone may ask for before it has to rest.
const EFFECTS_MAX: usize = 200;

const PROGRAM: &str = r#"{"app":"tea-shop","revision":1,"pages":["home"],
    "events":[{"name":"add_cart","dimensions":[{"name":"category","values":["green"]}],"numbers":[{"name":"price_fen"}]}],
    "flows":[{"name":"purchase","steps":["add_cart","order"],"window_minutes":60}]}"#;

pub(super) fn program() -> Result<Program> {
    let (mut program, _) = load(PROGRAM).map_err(|errors| anyhow::anyhow!("{errors:?}"))?;
    program.rules.check_in.daily_points = vec![5];
    program.rules.points.per_yuan = 1;
    Ok(program)
}

pub(super) fn at(ms: i64) -> At {
    At { instant: UnixMs::new(ms), offset: OffsetMin::new(480) }
}

/// Starts from these values.
pub(super) fn boot(values: &[Vec<u8>]) -> Result<Engine> {
    let boot = Boot {
        seed: [3; 16],
        at: at(NOON_MS),
        consent: Some(true),
        format: Format::Json,
        info: Vec::new(),
        lab: Settings::default(),
    };
    Ok(Engine::boot(program()?, values, boot))
}

/// A little of everything that is recorded.
pub(super) fn use_it(engine: &mut Engine) -> Result<()> {
    for (minute, event) in
        [builtin::LAUNCH, builtin::SHOW, huitou::id::EventIx(8), builtin::SEARCH].into_iter().enumerate()
    {
        engine.track(event, at(NOON_MS + minute as i64 * 60_000));
    }
    for command in [r#"{"op":"user","id":"anna"}"#, r#"{"op":"check_in"}"#, r#"{"op":"ledger","page":0}"#] {
        engine.command(command, at(NOON_MS + 240_000)).map_err(|error| anyhow::anyhow!("{error}"))?;
    }
    let order = r#"{"op":"order","order_id":"20261122-1","paid_fen":4900,"items":2}"#;
    engine.command(order, at(NOON_MS + 300_000)).map_err(|error| anyhow::anyhow!("{error}"))?;
    Ok(())
}

/// Carries out effects until the phone rests or sends; what it sends.
pub(super) fn settle(engine: &mut Engine, values: &mut [Vec<u8>]) -> Result<Option<Vec<u8>>> {
    for _ in 0..EFFECTS_MAX {
        match engine.next(UnixMs::new(NOON_MS + 600_000)) {
            Effect::Persist { key, bytes, .. } => {
                *values.get_mut(usize::from(key)).context("a key out of range")? = bytes;
                engine.persisted(true);
            }
            Effect::Wipe => {
                values.iter_mut().for_each(Vec::clear);
                engine.persisted(true);
            }
            Effect::Send { body } => return Ok(Some(body)),
            Effect::Idle | Effect::Wait { .. } => return Ok(None),
        }
    }
    ensure!(false, "the phone never rests");
    Ok(None)
}

pub(super) fn empty_storage() -> Vec<Vec<u8>> {
    vec![Vec::new(); usize::from(KEYS)]
}
