//! The text of a payload: whatever it is, it loads or is refused with a reason, and what has loaded can be asked about
//! everything, by either dialect, with assignments that stick.

use anyhow::{ensure, Context, Result};
use huitou::clock::Day;
use huitou::condition::Dialect;
use huitou::experiment::evaluate::{Evaluation, Forced, Person};
use huitou::experiment::payload::Payload;
use huitou::experiment::sticky::Sticky;
use huitou::json::JsonWriter;
use huitou::program::value::{parse, Value};

use super::Target;

pub(super) const TARGET: Target = Target { name: "payload", corpus, run };

const RULES: &str = r#"{"features":{"a":{"defaultValue":false,"rules":[
    {"id":"r","condition":{"country":"CN","ver":{"$vgte":"1.2.0"}},"force":true,"coverage":0.4,"hashVersion":2,"seed":"s"},
    {"key":"exp-1","variations":["x","y","z"],"weights":[0.2,0.3,0.5],"coverage":0.9,"meta":[{"key":"0","name":"X"},{"passthrough":true},{}],
     "namespace":["ns",0,0.5],"phase":"1","fallbackAttribute":"device","bucketVersion":2,"minBucketVersion":1,"hashVersion":2},
    {"variations":[1,2],"ranges":[[0,0.5],[0.5,1]],"filters":[{"seed":"f","ranges":[[0,0.9]],"attribute":"id","hashVersion":2}]}]},
    "b":{"rules":[{"parentConditions":[{"id":"a","condition":{"value":true},"gate":true}],"force":{"nested":[1,null]}}]},
    "c":{"rules":[{"parentConditions":[{"id":"d","condition":{}}],"force":1}]},"d":{"rules":[{"parentConditions":[{"id":"c"}],"force":1}]}}}"#;
const REST: &str = r#"{"experiments":[{"key":"own","variations":[0,1],"status":"running","active":true,"force":1,"parentConditions":[{"id":"a"}]}],
    "savedGroups":{"g":["1",2],"l":{"type":"list","attributeKey":"id","values":["u"]},"r":{"type":"remote"},
    "k":{"type":"condition","condition":{"$or":[{"$savedGroup":{"id":"l"}},{"$savedGroup":{"id":"k"}}]}}},
    "contextualBandits":{"m":{"banditVersion":1,"contexts":[{"leafId":3,"condition":{"level":{"$gt":1}},"weights":[0.5,0.5]}]}},
    "features":{"e":{"defaultValue":null,"rules":[{"contextualBanditRef":"m","contextualVariations":[1,2],"condition":{"$savedGroup":{"id":"k"}}}]}}}"#;
const PEOPLE: [&str; 2] = [
    r#"{"id":"u","device":7,"country":"CN","ver":"1.10.0","level":2,"tags":["a"]}"#,
    r#"{"id":[1,"x"],"country":5,"ver":null,"level":"2","__gb_remoteGroupIds":["r"]}"#,
];

fn corpus() -> Result<Vec<Vec<u8>>> {
    Ok([RULES, REST, r#"{"features":{}}"#, "{}"].map(|text| text.as_bytes().to_vec()).into())
}

fn run(input: &[u8]) -> Result<()> {
    let text = String::from_utf8_lossy(input);
    for hash_version in [1, 2] {
        match Payload::load(&text, hash_version) {
            Ok((payload, warnings)) => {
                ensure!(warnings.iter().all(|warning| !warning.message.is_empty()), "a warning without a message");
                ask(&payload)?;
            }
            Err(error) => ensure!(!error.code.is_empty() && !error.message.is_empty(), "refused without a reason"),
        }
    }
    Ok(())
}

fn ask(payload: &Payload) -> Result<()> {
    let forced = [(String::from("own"), Forced::Position(1))];
    for attributes in PEOPLE.map(parse) {
        let attributes = attributes.ok().context("a person that is no JSON")?;
        for dialect in [Dialect::Strict, Dialect::Loose] {
            let mut sticky = Sticky::default();
            for is_forced in [false, true] {
                let person = Person {
                    attributes: Some(&attributes),
                    sticky: Some(&sticky),
                    forced: if is_forced { &forced } else { &[] },
                    query: "own=0&exp-1=2",
                    dialect,
                    ..Person::default()
                };
                let kept = ask_all(payload, person)?;
                kept.into_iter().for_each(|assignment| sticky.keep(assignment));
            }
        }
    }
    Ok(())
}

/// Every feature and every experiment; what sticks of the answers.
fn ask_all(payload: &Payload, person: Person) -> Result<Vec<huitou::experiment::sticky::Assignment>> {
    let evaluation = Evaluation::new(payload, person);
    for (position, key) in payload.keys().enumerate() {
        let mut w = JsonWriter::default();
        payload.explain_feature(position, &evaluation, &mut w);
        let told: serde_json::Value = serde_json::from_str(&w.finish()).context("explained as no JSON")?;
        let value = payload.value(position, evaluation.feature(position).number);
        let read: serde_json::Value = serde_json::from_str(&value.to_json()).context("a value that is no JSON")?;
        ensure!(told.get("value") == Some(&read), "{key}: explained as another value than is read");
    }
    let mut position = 0;
    while evaluation.experiment(position).is_some() {
        let mut w = JsonWriter::default();
        payload.explain_experiment(position, &evaluation, &mut w);
        ensure!(parse(&w.finish()).is_ok_and(|told| told != Value::Null), "an experiment explained as no JSON");
        position += 1;
    }
    Ok(evaluation.into_seen().iter().filter_map(|outcome| outcome.assignment(Day::MIN)).collect())
}
