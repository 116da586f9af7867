//! `[condition, attributes, saved groups]` as JSON: a condition compiles whatever it is, and comes to a verdict in time,
//! whatever its regular expressions, circles of groups and the attributes are.

use anyhow::{ensure, Result};
use huitou::condition::{compile, Context, Dialect, Groups, Verdict};
use huitou::program::read::{Cursor, Report};
use huitou::program::value::{parse, Value};

use super::Target;

pub(super) const TARGET: Target = Target { name: "condition", corpus, run };

const CASES: [&str; 8] = [
    r#"[{"country":{"$in":["CN","SG"]},"level":{"$gte":2,"$lt":9},"plan":{"$ne":"free"}},{"country":"CN","level":5}]"#,
    r#"[{"$or":[{"a.b":1},{"$and":[{"c":{"$exists":true}},{"$not":{"d":null}}]},{"$nor":[{"e":true}]}]},{"a":{"b":1},"c":0}]"#,
    r#"[{"v":{"$vgte":"1.2.3-rc.1","$vlt":"v2.0.0+9","$vne":"1.5"}},{"v":"1.10.0"}]"#,
    r#"[{"t":{"$regex":"^(a+)+b?[^\\d-f]{1,3}(?:x|y*?)\\b.$","$regexi":"É|\\u8336"}},{"t":"aaaaaaaaaaaaaaaaaaaaaaaaÉ茶"}]"#,
    r#"[{"l":{"$all":["a",{"$gt":1}],"$alli":["A"],"$size":{"$lt":3},"$elemMatch":{"$eq":2}}},{"l":["a",2]}]"#,
    r#"[{"l":{"$elemMatch":{"x":1,"$or":[{"y":2}]}},"n":{"$type":"number","$not":{"$nin":[1]}}},{"l":[{"x":1,"y":2},null],"n":1}]"#,
    r#"[{"id":{"$inGroup":"g","$notInGroup":"none"},"$savedGroup":{"id":"c","attributeKey":"id"}},{"id":"1"},
        {"g":["1"],"c":{"type":"condition","condition":{"$savedGroup":{"id":"c"}}},"l":{"type":"list","values":[1]}}]"#,
    r#"[{"s":{"$ini":["ABC"],"$nini":["ÀÉ"],"$regx":1},"$unknown":{"$eq":[]}},{"s":"abc"}]"#,
];

fn corpus() -> Result<Vec<Vec<u8>>> {
    Ok(CASES.map(|case| case.as_bytes().to_vec()).into())
}

fn run(input: &[u8]) -> Result<()> {
    let text = String::from_utf8_lossy(input);
    // What is no JSON may still be a pattern.
    let pattern = Value::Map(vec![(String::from("$regex"), Value::Text(text.to_string()))]);
    let as_pattern = Value::Map(vec![(String::from("t"), pattern)]);
    let subject = Value::Map(vec![(String::from("t"), Value::Text(text.to_string()))]);
    judge(&as_pattern, &subject, &Value::Null)?;
    let Ok(Value::List(parts)) = parse(&text) else { return Ok(()) };
    let part = |at: usize| parts.get(at).unwrap_or(&Value::Null);
    judge(part(0), part(1), part(2))
}

fn judge(condition: &Value, attributes: &Value, groups: &Value) -> Result<()> {
    let report = Report::default();
    let groups = Groups::read(&Cursor::root(groups, &report));
    let compiled = compile(&Cursor::root(condition, &report), &groups);
    for dialect in [Dialect::Strict, Dialect::Loose] {
        let context = Context::new(&groups, dialect);
        let verdict = compiled.verdict(attributes, &context);
        ensure!(verdict == compiled.verdict(attributes, &context), "asked twice, it differs");
        ensure!(compiled.passes(attributes, &context) == (verdict == Verdict::Pass), "passes, but not by its verdict");
    }
    Ok(())
}
