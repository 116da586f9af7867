//! `wire.json`: `{"dictionaries": {HASH: HEX}, "cases": [{"name", "dictionary", "body", "report" | "malformed"}]}`.
//! A body decodes to its report, and writing that again gives the same bytes; or a part of it is malformed.

use anyhow::{Context, Result};
use huitou::program::names::Names;
use huitou::summary::server::read_names;
use huitou::summary::{DecodeError, Upload};
use serde_json::{json, Value};

use crate::Outcome;

pub(crate) fn run(file: &Value) -> Result<Vec<Outcome>> {
    let cases = file.get("cases").and_then(Value::as_array).context("no cases")?;
    let dictionaries = file.get("dictionaries").context("no dictionaries")?;
    cases.iter().map(|case| Ok(Outcome::of(case, difference(case, dictionaries)?))).collect()
}

fn difference(case: &Value, dictionaries: &Value) -> Result<Option<String>> {
    let text = |name: &str| case.get(name).and_then(Value::as_str).with_context(|| format!("a case without {name}"));
    let dictionary = dictionaries.get(text("dictionary")?).and_then(Value::as_str).context("an unknown dictionary")?;
    let names = read_names(&bytes(dictionary)?).context("a malformed dictionary")?;
    let expected = json!({"report": case.get("report"), "malformed": case.get("malformed")});
    Ok(crate::compare(&outcome(&bytes(text("body")?)?, &names)?, &expected))
}

fn outcome(body: &[u8], names: &Names) -> Result<Value> {
    Ok(match Upload::decode(body, &|hash| (hash == names.hash()).then(|| names.clone())) {
        Ok((upload, names)) if upload.encode(&names) != body => json!({"report": "decoded, but written differently"}),
        Ok((upload, names)) => {
            let report: Value = serde_json::from_str(&upload.to_json(&names)).context("the JSON profile is no JSON")?;
            json!({"report": report, "malformed": null})
        }
        Err(DecodeError::Malformed { what, .. }) => json!({"report": null, "malformed": what}),
        Err(DecodeError::UnknownDictionary(hash)) => json!({"report": format!("asks for dictionary {hash:08x}")}),
    })
}

fn bytes(hex: &str) -> Result<Vec<u8>> {
    let digits = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).context("not hex"));
    digits.map(|pair| u8::from_str_radix(pair?, 16).context("not hex")).collect()
}
