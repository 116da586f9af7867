//! What a phone remembers of a person's ways and journeys, each change of it, and the catalogue: bytes that decode are
//! written alike, and read again. The first byte of an input says which of them it is.

use std::fs;

use anyhow::{ensure, Context, Result};
use huitou::bytes::{Reader, Writer};
use huitou::clock::UnixMs;
use huitou::engine::insight::catalogue::Catalogue;
use huitou::event::Record;
use huitou::insight::portrait::Portrait;
use huitou::journey::Journeys;

use super::phone::NOON_MS;
use super::{test_file, unhex, Target};

pub(super) const TARGET: Target = Target { name: "ways", corpus, run };

const CATALOGUE: &str =
    r#"{"items":[["oolong","tea",9900,200,0],["green","tea",5900,100,2],["pot","ware",19900,255,1]]}"#;

/// The frozen records, and what they make of journeys.
fn corpus() -> Result<Vec<Vec<u8>>> {
    let (mut journeys, mut inputs) = (Journeys::default(), vec![[&[3], CATALOGUE.as_bytes()].concat()]);
    for name in ["records-v1-portrait.hex", "records-v1-journeys.hex"] {
        let text = fs::read_to_string(test_file("formats").join(name))?;
        for (_, hex) in text.lines().filter_map(|line| line.split_once(' ')) {
            let bytes = unhex(hex);
            let record = Record::decode(&mut Reader::new(&bytes)).context("a frozen record")?;
            journeys.apply(&record, UnixMs::new(NOON_MS));
            inputs.push([&[2], bytes.as_slice()].concat());
            inputs.push(written(1, |w| journeys.encode(w)));
        }
    }
    inputs.push(written(0, |w| Portrait::default().encode(w)));
    Ok(inputs)
}

fn written(kind: u8, write: impl Fn(&mut Writer)) -> Vec<u8> {
    let mut w = Writer::default();
    w.byte(kind);
    write(&mut w);
    w.out
}

fn run(input: &[u8]) -> Result<()> {
    let Some((kind, bytes)) = input.split_first() else { return Ok(()) };
    match kind & 3 {
        0 => again(bytes, Portrait::decode, Portrait::encode),
        1 => again(bytes, Journeys::decode, Journeys::encode),
        2 => applied(bytes),
        _ => {
            let read = Catalogue::read(&String::from_utf8_lossy(bytes));
            ensure!(
                read.is_ok_and(|catalogue| catalogue.items.len() == catalogue.entries.len())
                    || bytes != CATALOGUE.as_bytes(),
                "the catalogue"
            );
            Ok(())
        }
    }
}

/// What was read can be written, and read as the same.
fn again<T: PartialEq>(bytes: &[u8], read: fn(&mut Reader) -> Option<T>, write: fn(&T, &mut Writer)) -> Result<()> {
    let Some(found) = read(&mut Reader::new(bytes)) else { return Ok(()) };
    let mut w = Writer::default();
    write(&found, &mut w);
    let found_again = read(&mut Reader::new(&w.out)).context("written, but refused")?;
    ensure!(found_again == found, "read again, it differs");
    Ok(())
}

/// A record that can be read can be applied, and what comes of it can be stored.
fn applied(bytes: &[u8]) -> Result<()> {
    let Some(record) = Record::decode(&mut Reader::new(bytes)) else { return Ok(()) };
    let mut journeys = Journeys::default();
    for _ in 0..3 {
        journeys.apply(&record, UnixMs::new(NOON_MS));
    }
    let stored = written(1, |w| journeys.encode(w));
    again(stored.get(1..).unwrap_or_default(), Journeys::decode, Journeys::encode)
}
