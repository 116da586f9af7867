//! The plainest receiver: real bytes in, the highest revision of each row kept, names asked for when unknown.

use huitou::program::names::Names;
use huitou::summary::report::{Report, ReportInsight, ReportPlan, ReportRow, ReportStats};
use huitou::summary::{DecodeError, Upload};
use std::collections::BTreeMap;

/// How rows are merged; all but the first are deliberately wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Merge {
    /// The highest revision of a row is kept.
    #[default]
    Highest,
    /// Every arrival is added as if it were new.
    Adds,
    /// The latest arrival is kept.
    Latest,
    /// Every second upload is acknowledged, but not kept.
    Forgets,
}

/// Whose row of which stretch on which day.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) user: String,
    pub(crate) device: String,
    pub(crate) segment: String,
    pub(crate) day: String,
}

/// Experiment, variation, bucket version.
pub(crate) type Trial = (String, String, u32);

/// The receiver.
#[derive(Clone, Debug, Default)]
pub(crate) struct Server {
    pub(crate) merge: Merge,
    pub(crate) rows: BTreeMap<Key, ReportRow>,
    /// (user, device) to the highest attributes.
    pub(crate) attributes: BTreeMap<(String, String), huitou::summary::report::ReportAttributes>,
    /// ((user, device), (experiment, variation, bucket version)) to the earliest moment.
    /// Judgements of each (user, device), as they came.
    pub(crate) insight: BTreeMap<(String, String), Vec<ReportInsight>>,
    /// Every plan that came, in order.
    pub(crate) plans: Vec<ReportPlan>,
    /// What is told of plans, as JSON.
    pub(crate) journeys: Option<String>,
    pub(crate) exposures: BTreeMap<((String, String), Trial), i64>,
    pub(crate) names: BTreeMap<u32, Names>,
    /// (user, device, request id) of deletions carried out.
    pub(crate) deletions: Vec<(String, String, String)>,
    /// Facts by user, ascending: (number, order id).
    pub(crate) facts: BTreeMap<String, Vec<(u32, String)>>,
    /// The server's clock, if it tells it, and how far it is ahead of the phone's.
    pub(crate) time_ms: Option<i64>,
    pub(crate) ahead_ms: Option<i64>,
    /// Rows of these days are refused with 400.
    pub(crate) refused_day: Option<String>,
    /// Only this user's token is accepted; `None` accepts all.
    pub(crate) token_of: Option<String>,
    /// Ledgers, if this server keeps them.
    pub(crate) books: Option<super::books::Books>,
    /// Uploads received.
    pub(crate) uploads: usize,
    added: u32,
}

impl Server {
    /// Status and body of the answer.
    pub(crate) fn receive(&mut self, body: &[u8]) -> (u16, String) {
        let report = match self.read(body) {
            Ok(report) => report,
            Err(answer) => return (200, answer),
        };
        self.uploads += 1;
        if self.token_of.as_ref().is_some_and(|token| !report.user.is_empty() && *token != report.user) {
            return (401, String::new());
        }
        if report.rows.iter().any(|row| Some(&row.day) == self.refused_day.as_ref()) {
            return (400, String::from(r#"{"error":{"code":"row_refused","message":"this day is refused"}}"#));
        }
        (200, self.take(&report))
    }

    /// What an upload says, without taking it.
    pub(crate) fn peek(&self, body: &[u8]) -> Report {
        let (upload, names) = Upload::decode(body, &|hash| self.names.get(&hash).cloned()).unwrap();
        Report::from_upload(&upload, &names)
    }

    fn read(&mut self, body: &[u8]) -> Result<Report, String> {
        if body.first() == Some(&b'{') {
            return Ok(Report::from_json(std::str::from_utf8(body).unwrap()).unwrap());
        }
        match Upload::decode(body, &|hash| self.names.get(&hash).cloned()) {
            Ok((upload, names)) => {
                assert_eq!(upload.encode(&names), body, "a phone sends canonical bytes only");
                let report = Report::from_upload(&upload, &names);
                if let Some(names) = upload.names {
                    self.names.insert(upload.dictionary, names);
                }
                Ok(report)
            }
            Err(DecodeError::UnknownDictionary(_)) => Err(String::from(r#"{"acks":[],"names":true}"#)),
            Err(malformed) => panic!("a phone sent bytes that are no upload: {malformed}"),
        }
    }

    fn take(&mut self, report: &Report) -> String {
        let mut members = Vec::new();
        if let Some(id) = &report.deletion {
            let is_hers = |key: &Key| key.user == report.user || key.user.is_empty();
            self.rows.retain(|key, _| key.device != report.device || !is_hers(key));
            self.attributes.remove(&(report.user.clone(), report.device.clone()));
            self.insight.remove(&(report.user.clone(), report.device.clone()));
            self.exposures.retain(|((user, device), _), _| *device != report.device || *user != report.user);
            self.deletions.push((report.user.clone(), report.device.clone(), id.clone()));
            members.push(format!(r#""deleted":"{id}""#));
        }
        let acks: Vec<String> = report.rows.iter().map(|row| self.take_row(report, row)).collect();
        members.push(format!(r#""acks":[{}]"#, acks.join(",")));
        if let Some(attributes) = &report.attributes {
            let held = self.attributes.entry((report.user.clone(), report.device.clone())).or_default();
            if attributes.revision > held.revision {
                *held = attributes.clone();
            }
            members.push(format!(r#""attributes":{}"#, attributes.revision));
        }
        if let Some(exposures) = &report.exposures {
            for seen in &exposures.list {
                let trial = (seen.experiment.clone(), seen.variation.clone(), seen.bucket_version);
                let person = (report.user.clone(), report.device.clone());
                let first_ms = self.exposures.entry((person, trial)).or_insert(seen.first_ms);
                *first_ms = seen.first_ms.min(*first_ms);
            }
            members.push(format!(r#""exposures":{}"#, exposures.revision));
        }
        if let Some(insight) = &report.insight {
            self.insight.entry((report.user.clone(), report.device.clone())).or_default().push(insight.clone());
            members.push(format!(r#""insight":{}"#, insight.revision));
        }
        if let Some(plan) = &report.plan {
            self.plans.push(plan.clone());
            members.push(format!(r#""plan":{}"#, plan.revision));
        }
        members.extend(self.journeys.as_ref().map(|journeys| format!(r#""journeys":{journeys}"#)));
        members.extend(self.time_ms.map(|time_ms| format!(r#""time":{time_ms}"#)));
        match &mut self.books {
            Some(books) => members.extend(books.answer(report)),
            None => members.extend(self.facts_for(report)),
        }
        format!("{{{}}}", members.join(","))
    }

    fn take_row(&mut self, report: &Report, row: &ReportRow) -> String {
        check(row);
        let (user, device) = (report.user.clone(), report.device.clone());
        let mut key = Key { user, device, segment: row.segment.clone(), day: row.day.clone() };
        self.added += 1;
        let keeps = match self.merge {
            Merge::Highest => self.rows.get(&key).is_none_or(|held| row.revision > held.revision),
            Merge::Latest => true,
            Merge::Forgets => self.uploads % 2 == 1,
            Merge::Adds => {
                key.segment = self.added.to_string();
                true
            }
        };
        if keeps {
            self.rows.insert(key, row.clone());
        }
        format!(r#"{{"s":"{}","d":"{}","r":{}}}"#, row.segment, row.day, row.revision)
    }

    fn facts_for(&self, report: &Report) -> Option<String> {
        let facts = self.facts.get(&report.user)?.iter().filter(|(number, _)| *number > report.fact_cursor);
        let facts: Vec<String> = facts
            .map(|(number, order)| format!(r#"{{"n":{number},"kind":"order_paid","order_id":"{order}","paid_fen":1}}"#))
            .collect();
        Some(format!(r#""facts":[{}]"#, facts.join(",")))
    }

    /// Everything believed of a user, or of everybody.
    pub(crate) fn sum(&self, user: Option<&str>) -> ReportStats {
        let mut sum = ReportStats::default();
        let rows = self.rows.iter().filter(|(key, _)| user.is_none_or(|user| key.user == user));
        rows.for_each(|(_, row)| sum.merge(&row.stats));
        sum
    }
}

/// What holds within every row, unless detail was given up.
fn check(row: &ReportRow) {
    let stats = &row.stats;
    let events: u64 = stats.events.values().map(|event| event.count).sum();
    let hours: u64 = stats.hours.values().sum();
    assert!(hours == events || hours == 0, "{hours} hours of {events} events in {row:?}");
    for reached in stats.flows.values() {
        assert!(!reached.is_empty());
    }
    for event in stats.events.values() {
        for values in event.by.values() {
            let counted: u64 = values.values().map(|&(count, _)| count).sum();
            assert!(counted <= event.count, "more values than events in {row:?}");
        }
    }
}
