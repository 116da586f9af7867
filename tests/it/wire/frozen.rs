//! `tests/formats/wire-v1-*.hex`: bodies that phones have sent. They decode for ever; never edit or delete one.

use super::vectors::unhex;
use huitou::summary::report::Report;
use huitou::summary::server::{receive, Received};

#[test]
fn bodies_of_every_version_still_say_the_same() {
    let is_wire = |path: &std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("wire-v");
    let files = std::fs::read_dir("tests/formats").unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<_> = files.filter(is_wire).collect();
    assert!(files.len() >= 5);
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("{path:?} has no {name}")).trim()
        };
        let (names, body) = (unhex(field("names ")), unhex(field("body ")));
        let Ok(Received::Report { report, .. }) = receive(&body, Some(&names)) else {
            panic!("{path:?} does not decode");
        };
        assert_eq!(Ok(*report), Report::from_json(field("report ")), "{path:?}");
    }
}
