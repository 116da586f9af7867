//! The examples of `docs/wire.md` are true.

use super::vectors::hex;
use huitou::program::names::Names;
use huitou::summary::report::Report;
use huitou::summary::server::{names_bytes, read_names};
use huitou::summary::Upload;

const PAGE: &str = include_str!("../../../docs/wire.md");

/// The fenced block with that info string.
pub(super) fn block(info: &str) -> &'static str {
    let (_, after) = PAGE.split_once(&format!("\n```{info}\n")).unwrap_or_else(|| panic!("no block {info}"));
    after.split_once("\n```").unwrap().0
}

/// Two-digit bytes up to the comment, which stands two spaces away.
fn bytes(info: &str) -> Vec<u8> {
    let digits = block(info).lines().flat_map(|line| line.split("  ").next().unwrap().split(' '));
    digits.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

fn names() -> Names {
    read_names(&bytes("hex names")).unwrap()
}

#[test]
fn the_names_have_the_stated_size_and_hash() {
    let (names, size) = (names(), bytes("hex names").len());
    assert_eq!(hex(&names_bytes(&names)), hex(&bytes("hex names")));
    assert!(PAGE.contains(&format!("{size} bytes, hash `{:08x}`", names.hash())));
}

#[test]
fn both_profiles_of_each_example_say_the_same() {
    for example in ["upload", "deletion"] {
        let (body, names) = (bytes(&format!("hex {example}")), names());
        let (upload, names) = Upload::decode(&body, &|hash| (hash == names.hash()).then(|| names.clone())).unwrap();
        let json = block(&format!("json {example}"));
        assert_eq!(upload.to_json(&names), json.replace('\n', ""), "{example}");
        assert_eq!(Report::from_json(json), Ok(Report::from_upload(&upload, &names)), "{example}");
        assert_eq!(hex(&upload.encode(&names)), hex(&body), "{example}");
    }
}

#[test]
fn the_sizes_are_those_of_the_bytes() {
    let json = block("json upload").replace('\n', "");
    assert!(PAGE.contains(&format!("An upload, {} bytes", bytes("hex upload").len())));
    assert!(PAGE.contains(&format!("JSON profile, {} bytes", json.len())));
}

#[test]
fn every_reason_is_listed() {
    for reason in huitou::insight::stats::Dropped::ALL {
        let entry = format!("{} {}", reason as u8, reason.name());
        assert!(PAGE.replace('\n', " ").contains(&entry), "{entry}");
    }
}
