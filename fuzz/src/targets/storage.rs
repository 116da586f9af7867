//! Stored values: the first byte of an input says under which key the rest stands. The phone starts from whatever
//! stands there, goes on recording, and can start again from what it then stores.

use anyhow::{ensure, Context, Result};
use huitou::bytes::crc32;
use huitou::id::builtin;

use super::phone::{at, boot, empty_storage, settle, use_it, NOON_MS};
use super::Target;

pub(super) const TARGET: Target = Target { name: "storage", corpus, run };

/// Bytes of the checksum that every value ends with.
const CHECKSUM: usize = 4;

/// What a phone stores in the course of some use, by key, without the checksums.
fn corpus() -> Result<Vec<Vec<u8>>> {
    let mut inputs = Vec::new();
    let mut values = empty_storage();
    for _start in 0..4 {
        let mut engine = boot(&values)?;
        use_it(&mut engine)?;
        settle(&mut engine, &mut values)?;
        engine.track(builtin::HIDE, at(NOON_MS + 900_000));
        settle(&mut engine, &mut values)?;
        inputs.extend(values.iter().enumerate().filter_map(|(key, value)| as_input(key, value)));
    }
    inputs.sort();
    inputs.dedup();
    Ok(inputs)
}

fn as_input(key: usize, value: &[u8]) -> Option<Vec<u8>> {
    let body = value.get(..value.len().checked_sub(CHECKSUM)?)?;
    Some([&[key as u8], body].concat())
}

fn run(input: &[u8]) -> Result<()> {
    let Some((key, body)) = input.split_first() else { return Ok(()) };
    let mut values = empty_storage();
    let key = usize::from(*key) % values.len();
    *values.get_mut(key).context("a key out of range")? = [body, &crc32(body).to_le_bytes()].concat();
    let mut engine = boot(&values)?;
    use_it(&mut engine)?;
    settle(&mut engine, &mut values)?;
    let mut again = boot(&values)?;
    let sent = settle(&mut again, &mut values)?;
    ensure!(sent.is_none_or(|body| serde_json::from_slice::<serde_json::Value>(&body).is_ok()), "sent no JSON");
    Ok(())
}
