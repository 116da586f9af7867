//! What a phone remembers of experiments, and each change of it: bytes that decode are written alike, and read again.
//! The first byte of an input says which of the two it is.

use anyhow::{ensure, Context, Result};
use huitou::bytes::{Reader, Writer};
use huitou::clock::{Day, UnixMs};
use huitou::experiment::evaluate::Forced;
use huitou::experiment::exposure::Exposure;
use huitou::experiment::sticky::Assignment;
use huitou::experiment::trials::{Change, Trials};
use huitou::id::UserId;

use super::phone::NOON_MS;
use super::Target;

pub(super) const TARGET: Target = Target { name: "trials", corpus, run };

fn changes() -> Vec<Change> {
    let exposure = |variation: &str| {
        let first = UnixMs::new(NOON_MS);
        Exposure { experiment: "buy-colour".into(), variation: variation.into(), bucket_version: 2, first }
    };
    let attribute = (String::from("id"), String::from("u_000001"));
    let assigned = Assignment {
        experiment: "按钮".into(),
        version: 1,
        attribute,
        variation: "red".into(),
        day: Day::from_number(20_000).unwrap_or(Day::MIN),
    };
    vec![
        Change::Exposed(exposure("0")),
        Change::Exposed(exposure("1")),
        Change::Assigned(assigned),
        Change::Overridden("buy-colour".into(), Some(Forced::Position(-1))),
        Change::Overridden("按钮".into(), Some(Forced::Key("red".into()))),
        Change::Overridden("按钮".into(), None),
        Change::Trait("level".into(), Some("[1,{\"a\":0.5}]".into())),
        Change::Trait("level".into(), None),
        Change::Acknowledged(7),
    ]
}

fn corpus() -> Result<Vec<Vec<u8>>> {
    let user = UserId::new("anna").context("a user that is none")?;
    let (mut trials, mut inputs) = (Trials::default(), Vec::new());
    for change in changes() {
        trials.apply(&change, &user, UnixMs::new(NOON_MS));
        inputs.push(written(0, |w| trials.encode(w)));
        inputs.push(written(1, |w| change.encode(w)));
    }
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
    if kind & 1 == 0 {
        again(bytes, Trials::decode, Trials::encode)
    } else {
        applied(bytes)?;
        again(bytes, Change::decode, Change::encode)
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

/// A change that can be read can be applied, and what comes of it can be stored.
fn applied(bytes: &[u8]) -> Result<()> {
    let Some(change) = Change::decode(&mut Reader::new(bytes)) else { return Ok(()) };
    let user = UserId::new("anna").context("a user that is none")?;
    let mut trials = Trials::default();
    trials.apply(&change, &user, UnixMs::new(NOON_MS));
    trials.collect(Day::from_number(20_100).unwrap_or(Day::MIN), UnixMs::MAX, |_| false);
    let stored = written(0, |w| trials.encode(w));
    again(stored.get(1..).unwrap_or_default(), Trials::decode, Trials::encode)
}
