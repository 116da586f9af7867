//! The binary profile: bytes that decode are the only bytes for what they say.

use std::sync::OnceLock;

use anyhow::{ensure, Context, Result};
use huitou::program::names::Names;
use huitou::summary::server::read_names;
use huitou::summary::{DecodeError, Upload};
use serde_json::Value;

use super::{unhex, vectors, Target};

pub(super) const TARGET: Target = Target { name: "wire", corpus, run };

fn corpus() -> Result<Vec<Vec<u8>>> {
    let file = vectors("wire.json")?;
    let cases = file.get("cases").and_then(Value::as_array).context("wire.json has no cases")?;
    Ok(cases.iter().filter_map(|case| case.get("body").and_then(Value::as_str)).map(unhex).collect())
}

/// The names under which the known uploads were written.
fn dictionaries() -> &'static [Names] {
    static NAMES: OnceLock<Vec<Names>> = OnceLock::new();
    NAMES.get_or_init(|| {
        let file = vectors("wire.json").unwrap_or_default();
        let all = file.get("dictionaries").and_then(Value::as_object).into_iter().flatten();
        all.filter_map(|(_, hex)| read_names(&unhex(hex.as_str()?))).collect()
    })
}

fn run(input: &[u8]) -> Result<()> {
    let find = |hash: u32| dictionaries().iter().find(|names| names.hash() == hash).cloned();
    match Upload::decode(input, &find) {
        Ok((upload, names)) => {
            ensure!(upload.encode(&names) == input, "decoded, but written differently");
            let json = upload.to_json(&names);
            ensure!(serde_json::from_str::<Value>(&json).is_ok(), "the JSON profile is no JSON: {json}");
        }
        Err(DecodeError::Malformed { at, .. }) => ensure!(at <= input.len(), "malformed at {at}, past the end"),
        Err(DecodeError::UnknownDictionary(hash)) => ensure!(find(hash).is_none(), "asks for known names"),
    }
    Ok(())
}
