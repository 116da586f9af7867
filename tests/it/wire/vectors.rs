//! `tests/vectors/wire.json`: the same cases run on the built package and against the receivers.
//! `UPDATE_VECTORS=1 cargo test` writes the file anew, for cases added; a change to an old case breaks phones.

use super::cases::{bad, good, Bad, Good};
use huitou::program::names::Names;
use huitou::summary::report::Report;
use huitou::summary::server::{names_bytes, read_names};
use huitou::summary::{DecodeError, Upload};
use serde_json::{json, Value};
use std::collections::BTreeMap;

const FILE: &str = "tests/vectors/wire.json";

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(super) fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()
}

/// One case a line, so that a difference shows the case; names once for all cases.
fn file() -> String {
    let mut dictionaries = BTreeMap::new();
    let mut lines = Vec::new();
    let mut add = |name: &str, names: &Names, body: &[u8], expected: String| {
        let hash = format!("{:08x}", names.hash());
        lines.push(format!(r#"{{"name":{},"dictionary":"{hash}","body":"{}",{expected}}}"#, json!(name), hex(body)));
        dictionaries.insert(hash, hex(&names_bytes(names)));
    };
    for Good { name, names, upload } in good() {
        add(&name, &names, &upload.encode(&names), format!(r#""report":{}"#, upload.to_json(&names)));
    }
    for Bad { name, names, body, what } in bad() {
        add(name, &names, &body, format!(r#""malformed":"{what}""#));
    }
    let dictionaries: Vec<String> = dictionaries.iter().map(|(hash, hex)| format!(r#""{hash}":"{hex}""#)).collect();
    let (dictionaries, cases) = (dictionaries.join(",\n"), lines.join(",\n"));
    format!("{{\"dictionaries\":{{\n{dictionaries}\n}},\n\"cases\":[\n{cases}\n]}}\n")
}

fn decode(case: &Value, dictionaries: &Value) -> (Result<(Upload, Names), DecodeError>, Vec<u8>) {
    let dictionary = &dictionaries[case["dictionary"].as_str().unwrap()];
    let names = read_names(&unhex(dictionary.as_str().unwrap())).unwrap();
    let body = unhex(case["body"].as_str().unwrap());
    (Upload::decode(&body, &|hash| (hash == names.hash()).then(|| names.clone())), body)
}

#[test]
fn every_case_decodes_to_its_report_or_is_refused() {
    let text = std::fs::read_to_string(FILE).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert!(cases.len() >= 50);
    for case in cases {
        let name = &case["name"];
        match decode(case, &file["dictionaries"]) {
            (Ok((upload, names)), body) => {
                assert_eq!(hex(&upload.encode(&names)), hex(&body), "{name}");
                assert_eq!(upload.to_json(&names).parse::<Value>().unwrap(), case["report"], "{name}");
                let report = Report::from_json(&case["report"].to_string()).unwrap();
                assert_eq!(Report::from_upload(&upload, &names), report, "{name}");
            }
            (Err(DecodeError::Malformed { what, .. }), _) => assert_eq!(case["malformed"], what, "{name}"),
            (Err(error), _) => panic!("{name}: {error}"),
        }
    }
}

#[test]
fn the_file_is_what_this_version_writes() {
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(FILE, file()).unwrap();
    }
    let found = std::fs::read_to_string(FILE).unwrap();
    for (found, written) in found.lines().zip(file().lines()) {
        assert_eq!(found, written);
    }
    assert_eq!(found.len(), file().len());
}
