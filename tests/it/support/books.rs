//! A server that keeps ledgers, as plainly as it can be said: everything that arrived, folded anew each time.

use huitou::bytes::hex;
use huitou::clock::OffsetMin;
use huitou::id::{DeviceId, UserId};
use huitou::json::JsonWriter;
use huitou::loyalty::admit::Arrival;
use huitou::loyalty::form::write_act;
use huitou::loyalty::replay::{replay, Replayed};
use huitou::loyalty::wire::{first_head, next_head, Claim, Head};
use huitou::loyalty::{Act, State};
use huitou::program::rules::Rules;
use huitou::summary::report::Report;
use huitou::summary::Claims;
use std::collections::BTreeMap;

/// Ledgers of an app.
#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    /// By revision, ascending.
    pub(crate) programs: Vec<(u32, Rules)>,
    people: BTreeMap<String, Book>,
}

/// One person's.
#[derive(Clone, Debug, Default)]
struct Book {
    /// In order of arrival; number n stands at n - 1.
    arrivals: Vec<Arrival>,
    /// Number of the claim on its phone; 0 for facts.
    seqs: Vec<u32>,
    /// By phone: the head after each claim, from that before the first on.
    heads: BTreeMap<String, Vec<Head>>,
}

impl Books {
    pub(crate) fn of(programs: Vec<(u32, Rules)>) -> Books {
        Books { programs, ..Books::default() }
    }

    /// A fact that the merchant tells.
    pub(crate) fn fact(&mut self, user: &str, at_ms: i64, act: Act) {
        let (revision, at_s) = (self.programs.last().unwrap().0, at_ms / 1000);
        let offset = OffsetMin::new(480);
        let fact = Arrival { at_s, offset, revision, act: Some(act), ..Arrival::default() };
        self.people.entry(user.to_owned()).or_default().add(fact, 0);
    }

    /// Everything that arrived for a person, folded.
    pub(crate) fn state(&self, user: &str) -> State {
        self.people.get(user).map(|book| book.fold(&self.programs, usize::MAX, ("", 0)).state).unwrap_or_default()
    }

    /// How many acts of a person count.
    pub(crate) fn counted(&self, user: &str) -> usize {
        let Some(book) = self.people.get(user) else { return 0 };
        book.fold(&self.programs, usize::MAX, ("", 0)).results.iter().filter(|result| result.is_ok()).count()
    }

    /// The members `facts` and `ledger` of an answer.
    pub(crate) fn answer(&mut self, report: &Report) -> Vec<String> {
        if report.user.is_empty() {
            return Vec::new();
        }
        let book = self.people.entry(report.user.clone()).or_default();
        let heads = book.heads.entry(report.device.clone()).or_insert_with(|| vec![genesis(report)]);
        let before = heads.len() as u32 - 1;
        let claims = report.claims.as_ref().map(|claims| claims.checked().unwrap());
        let mut reset = claims.as_ref().and_then(|claims| book.take(&report.device, claims));
        if let (Some(claims), None) = (&claims, reset) {
            let last = claims.first + claims.list.len() as u32 - 1;
            let theirs = book.fold(&self.programs, report.fact_cursor as usize, (&report.device, last)).state;
            let differs = theirs.digest() != claims.digest;
            reset = if claims.wants_base { Some("asked") } else { differs.then_some("digest") };
        }
        let all = book.fold(&self.programs, usize::MAX, ("", 0));
        let first = claims.as_ref().map_or(before + 1, |claims| claims.first);
        let cursor = if reset.is_some() { book.arrivals.len() } else { report.fact_cursor as usize };
        let mut members = vec![book.facts(&all, cursor, &self.programs)];
        if claims.is_some() {
            members.push(book.ledger(&all, &report.device, (first, reset)));
        }
        members
    }
}

fn genesis(report: &Report) -> Head {
    first_head(&report.app, &UserId::new(&report.user).unwrap(), DeviceId::parse(&report.device).unwrap())
}

impl Book {
    fn add(&mut self, arrival: Arrival, seq: u32) {
        self.arrivals.push(arrival);
        self.seqs.push(seq);
    }

    /// Takes claims over, or says why they do not continue what is held.
    fn take(&mut self, device: &str, claims: &Claims) -> Option<&'static str> {
        let heads = self.heads.get_mut(device).unwrap();
        let Some(mut head) = heads.get(claims.first as usize - 1).copied() else { return Some("gap") };
        let mut fresh: Vec<(u32, Claim)> = Vec::new();
        for (seq, claim) in (claims.first..).zip(&claims.list) {
            head = next_head(&head, claim);
            match heads.get(seq as usize) {
                Some(held) if *held != head => return Some("forked"),
                Some(_) => {}
                None => {
                    heads.push(head);
                    fresh.push((seq, claim.clone()));
                }
            }
        }
        assert_eq!(head, claims.head, "the head is that of the claims sent");
        for (seq, Claim { revision, at_s, offset, act }) in fresh {
            let device = device.to_owned();
            self.add(Arrival { device, at_s, offset, revision, act: Some(act), ..Arrival::default() }, seq);
        }
        None
    }

    /// What the first `count` arrivals and the claims of a phone up to `last` come to.
    fn fold(&self, programs: &[(u32, Rules)], count: usize, (device, last): (&str, u32)) -> Replayed {
        let is_theirs = |position: usize| {
            let arrival = &self.arrivals[position];
            position < count || (arrival.device == device && !device.is_empty() && self.seqs[position] <= last)
        };
        let arrivals: Vec<Arrival> =
            (0..self.arrivals.len()).filter(|&at| is_theirs(at)).map(|at| self.arrivals[at].clone()).collect();
        replay(programs, &arrivals, &mut |_, _| {})
    }

    fn facts(&self, all: &Replayed, cursor: usize, programs: &[(u32, Rules)]) -> String {
        let mut w = JsonWriter::default();
        w.begin_array();
        for at in (cursor..self.arrivals.len()).filter(|&at| all.results[at].is_ok()).take(32) {
            let (arrival, stamp) = (&self.arrivals[at], all.results[at].unwrap().stamp);
            let rules = &programs.iter().find(|(revision, _)| *revision == arrival.revision).unwrap().1;
            w.begin_object();
            w.count_member("n", at as u64 + 1);
            write_act(&mut w, arrival.act.as_ref().unwrap(), rules);
            w.key("at");
            w.integer(stamp.moment_s * 1000);
            w.key("tz");
            w.integer(stamp.offset.get().into());
            w.count_member("rev", arrival.revision.into());
            if !arrival.device.is_empty() {
                w.text_member("device", &arrival.device);
                w.count_member("seq", self.seqs[at].into());
            }
            w.end_object();
        }
        w.end_array();
        format!(r#""facts":{}"#, w.finish())
    }

    fn ledger(&self, all: &Replayed, device: &str, (first, reset): (u32, Option<&str>)) -> String {
        let heads = &self.heads[device];
        let refused =
            (0..self.arrivals.len()).filter(|&at| self.arrivals[at].device == device && self.seqs[at] >= first);
        let refused =
            refused.filter_map(|at| Some(format!(r#"[{},"{}"]"#, self.seqs[at], all.results[at].err()?.code())));
        let refused: Vec<String> = refused.collect();
        let reset = reset.map_or(String::new(), |reset| format!(r#","reset":"{reset}","base":{}"#, self.base(all)));
        let (seq, head) = (heads.len() - 1, hex(heads.last().unwrap()));
        format!(r#""ledger":{{"seq":{seq},"head":"{head}","refused":[{}]{reset}}}"#, refused.join(","))
    }

    fn base(&self, all: &Replayed) -> String {
        let mut w = huitou::bytes::Writer::default();
        all.state.encode(&mut w);
        let moment_s = all.results.iter().flatten().map(|admitted| admitted.stamp.moment_s).max().unwrap_or_default();
        let count = self.arrivals.len();
        format!(r#"{{"state":"{}","moment":{moment_s},"n":{count}}}"#, base64(&w.out))
    }
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]);
            text.push(if place <= chunk.len() { digit } else { '=' });
        }
    }
    text
}
