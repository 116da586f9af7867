//! The cases of `tests/vectors/wire.json`.

use super::sample::{any_names, any_upload, shop_upload, shopping_row, tea_shop, Choices};
use huitou::bytes::Writer;
use huitou::clock::{Day, OffsetMin, UnixMs};
use huitou::event::journey::{Entry, Outcome, Standing};
use huitou::event::portrait::{Judgement, Level};
use huitou::id::{DeletionId, EventIx, FlowIx, Label, SegmentId, UserId};
use huitou::insight::sketch::Sketch;
use huitou::insight::stats::{EventStats, Row, Stats, Table, Tally};
use huitou::loyalty::wire::Claim;
use huitou::loyalty::Act;
use huitou::program::journeys::Kind;
use huitou::program::names::Names;
use huitou::summary::exposures::Exposure;
use huitou::summary::insight::Insight;
use huitou::summary::plan::{Due, Plan, PlannedTrip};
use huitou::summary::{Claims, Exposures, Scalar, Upload};

/// An upload under its names, and what it shows.
pub(super) struct Good {
    pub(super) name: String,
    pub(super) names: Names,
    pub(super) upload: Upload,
}

/// Bytes that no phone writes, and the part that is wrong.
pub(super) struct Bad {
    pub(super) name: &'static str,
    pub(super) names: Names,
    pub(super) body: Vec<u8>,
    pub(super) what: &'static str,
}

fn day_row(stats: Stats) -> Row {
    Row { segment: SegmentId(7), day: Day::parse("2026-11-22").unwrap(), revision: 1, stats }
}

fn tally(count: u32, sum: u64) -> Tally {
    Tally { count, sum }
}

fn coarsened() -> Row {
    let mut row = shopping_row(5, 50);
    row.stats.hours.clear();
    for event in row.stats.events.values_mut() {
        event.dimensions.clear();
        event.numbers.iter_mut().for_each(|sketch| sketch.buckets.clear());
    }
    row
}

/// A page left the day after it was entered, a value that found no room, two texts met, a reason not known yet.
fn odd_counts() -> Row {
    let mut stats = Stats::default();
    let mut pages = Table::default();
    pages.push(Label::OTHER, tally(4, 17));
    pages.push(Label::declared(0), tally(0, 2_000));
    let page = EventStats { count: 4, dimensions: vec![pages], numbers: vec![Sketch { sum: 3_017, buckets: vec![] }] };
    let mut scenes = Table::default();
    scenes.push(Label::met(0), tally(1, 0));
    scenes.push(Label::met(1), tally(u32::MAX, 0));
    stats.events.push(EventIx(0), EventStats { count: u32::MAX, dimensions: vec![scenes], numbers: vec![] });
    stats.events.push(EventIx(3), page);
    stats.flows.push(FlowIx(1), vec![0, 1]);
    stats.drops.push(3, 2);
    stats.drops.push(200, 1);
    day_row(stats)
}

fn all_attributes() -> Vec<(String, Scalar)> {
    let text = |name: &str, value: &str| (name.to_owned(), Scalar::Text(value.into()));
    vec![
        ("age".into(), Scalar::Milli(31_000)),
        ("balance".into(), Scalar::Milli(-3_005)),
        text("city", "深圳"),
        ("member".into(), Scalar::Flag(true)),
        text("nickname", "\u{2028}\"\\"),
        ("vip".into(), Scalar::Flag(false)),
    ]
}

fn week_of_claims() -> Claims {
    let claim = |at_s, act| Claim { revision: 3, at_s, offset: OffsetMin::new(480), act };
    let morning = |day: i64| 1_795_312_800 + day * 86_400;
    let mut list: Vec<Claim> = (0..6).map(|day| claim(morning(day), Act::CheckIn)).collect();
    list.push(claim(morning(5) + 40, Act::Activity { activity: 0 }));
    list.push(claim(morning(5) - 3, Act::MakeUp { day: Day::parse("2026-11-20").unwrap() }));
    Claims { revision: 3, first: 5, wants_base: false, head: [0xab; 32], digest: [0xcd; 16], list }
}

pub(super) fn good() -> Vec<Good> {
    let clear = |upload: &mut Upload| {
        upload.rows.clear();
        upload.met.clear();
    };
    let mut cases = vec![
        shop("an envelope and nothing in it", clear),
        shop("a session of 50 events", |_| {}),
        shop("the same with its names", |u| u.names = Some(tea_shop())),
        shop("the same row at a higher revision", |u| u.rows = vec![Row { revision: 90, ..shopping_row(1, 60) }]),
        shop("a day of 300 events", |u| u.rows = vec![shopping_row(2, 300)]),
        shop("two segments, one of them over two days", |u| {
            let tomorrow = Row { day: Day::parse("2026-11-23").unwrap(), ..shopping_row(3, 50) };
            u.rows.extend([tomorrow, Row { segment: SegmentId(u64::MAX), ..shopping_row(4, 50) }]);
        }),
        shop("before login", |u| u.user = UserId::default()),
        shop("attributes of every kind", |u| u.attributes = Some((2, all_attributes()))),
        shop("attributes and nothing else", |u| {
            u.attributes = Some((3, vec![]));
            u.rows.clear();
        }),
        shop("claims of a week", |u| u.claims = Some(week_of_claims())),
        shop("a wish for a state, and nothing else", |u| {
            let list = Vec::new();
            u.claims = Some(Claims { revision: 3, first: 8, wants_base: true, head: [7; 32], digest: [9; 16], list });
            u.rows.clear();
            u.met.clear();
        }),
        shop("a coarsened row", |u| u.rows = vec![coarsened()]),
        shop("counts of zero, other values, reasons not known yet", |u| u.rows = vec![odd_counts()]),
        shop("deletion", |u| {
            u.fact_cursor = 0;
            u.deletion = Some(DeletionId(0xdead_beef));
            u.rows.clear();
            u.met.clear();
        }),
    ];
    cases.extend(exposed());
    cases.extend(judged());
    cases.extend(planned());
    cases.extend((1..=12).map(any_good));
    cases
}

fn shop(name: &str, change: fn(&mut Upload)) -> Good {
    let mut upload = shop_upload(vec![shopping_row(1, 50)]);
    change(&mut upload);
    Good { name: name.into(), names: tea_shop(), upload }
}

fn exposed() -> [Good; 2] {
    [
        shop("exposures to two experiments, one of them begun anew", |u| u.exposures = Some(two_exposures())),
        shop("an exposure and nothing else", |u| {
            let list = two_exposures().list.split_off(1);
            u.exposures = Some(Exposures { revision: u32::MAX, list });
            u.rows.clear();
            u.met.clear();
        }),
    ]
}

fn judged() -> [Good; 2] {
    let judgement = |segments: Vec<String>, signs| Judgement {
        level: Level::AtRisk,
        visit_permille: 1_000,
        buy_permille: 0,
        signs,
        segments,
    };
    let mut good =
        [shop("a judgement with signs and segments", |_| {}), shop("a judgement with signs to come", |_| {})];
    let told = [judgement(vec!["熟客".into(), "evening".into()], 0b1_0000_0001), judgement(vec![], 1 << 31 | 1 << 10)];
    for (good, judgement) in good.iter_mut().zip(told) {
        good.upload.insight = Some(Insight { revision: 300, judgement });
    }
    good
}

fn planned() -> [Good; 1] {
    let at = UnixMs::new(1_795_312_800_000);
    let entry = |journey: &str, key: &str| Entry {
        journey: journey.into(),
        key: key.into(),
        at,
        offset: OffsetMin::new(480),
        anchor: at.plus(86_400_000),
        variation: 1,
        is_held_out: false,
        is_once: true,
    };
    let due = |step, kind, reference: &str, is_service| Due {
        step,
        at: at.plus(i64::from(step) * 3_600_000),
        kind,
        reference: reference.into(),
        is_service,
    };
    let running = PlannedTrip {
        entry: entry("after_order", "单号-1"),
        ended: at,
        cancel_on: 1 | 2 | 16,
        outcomes: vec![(0, Outcome::Capped)],
        due: vec![
            due(1, Kind::Message, "t1", true),
            due(2, Kind::Coupon, "five", false),
            due(3, Kind::Points, "20", false),
        ],
        ..PlannedTrip::default()
    };
    let over = PlannedTrip {
        entry: Entry { is_held_out: true, is_once: false, ..entry("cart", "") },
        standing: Standing::Goal,
        ended: at.plus(60_000),
        ..PlannedTrip::default()
    };
    let mut good = shop("a plan with a trip that runs and one that is over", |_| {});
    good.upload.plan = Some(Plan { revision: 217_000_004, trips: vec![running, over] });
    [good]
}

fn any_good(seed: u64) -> Good {
    let mut c = Choices::seeded(seed, 2_000);
    let names = any_names(&mut c);
    // Frozen before there were exposures.
    let upload = Upload { exposures: None, insight: None, plan: None, ..any_upload(&mut c, &names) };
    Good { name: format!("any upload, number {seed}"), upload, names }
}

fn two_exposures() -> Exposures {
    let exposure = |experiment: &str, variation: &str, bucket_version| Exposure {
        experiment: experiment.into(),
        variation: variation.into(),
        bucket_version,
        first: UnixMs::new(1_795_312_800_000 + i64::from(bucket_version) * 3_600_000),
    };
    Exposures { revision: 2, list: vec![exposure("buy-colour", "1", 0), exposure("优惠券", "八元", 3)] }
}

/// The header of an upload of the tea shop with these flags, then whatever is wrong.
fn body(flags: u8, rest: &[u8]) -> Vec<u8> {
    let mut w = Writer::default();
    w.byte(1);
    w.byte(flags);
    w.u32(tea_shop().hash());
    w.u64(1);
    w.text("u");
    w.varint(1);
    w.signed(480);
    w.varint(0);
    w.out.extend_from_slice(rest);
    w.out
}

/// Claims of revision 1 from number 1 on with these flags, and a chain of zeros.
fn claims(flags: u8, list: &[u8]) -> Vec<u8> {
    body(8, &[&[1, 1, flags], &[0; 48][..], list, &[0, 0]].concat())
}

/// No texts and one row of segment 0 on the first day at revision 1, with these sections.
fn row(sections: u8, rest: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, sections];
    bytes.extend_from_slice(rest);
    body(0, &bytes)
}

fn with_byte(at: usize, byte: u8) -> Vec<u8> {
    let mut bytes = body(0, &[0, 0]);
    bytes[at] = byte;
    bytes
}

fn bad_exposures() -> [Bad; 3] {
    let bad = |name, body| Bad { name, names: tea_shop(), body, what: "exposures" };
    [
        bad("no exposure in exposures", body(16, &[1, 0, 0, 0])),
        bad("an experiment without a key", body(16, &[1, 1, 0, 1, b'0', 0, 0, 0, 0])),
        bad("an exposure after 2099", body(16, &[1, 1, 1, b'e', 1, b'0', 0, 0x81, 0xec, 0xe9, 0xb3, 9, 0, 0])),
    ]
}

fn bad_plan() -> [Bad; 6] {
    let bad = |name, body| Bad { name, names: tea_shop(), body, what: "plan" };
    let entry = [1, b'j', 0, 0, 0, 0, 0, 0];
    let trip = |rest: &[u8]| [&[1, 1][..], &entry, rest, &[0, 0]].concat();
    [
        bad("a plan without a trip", body(64, &[1, 0, 0, 0])),
        bad("a trip of no journey", body(64, &[1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])),
        bad(
            "a trip that waits for a date before 2020",
            body(64, &[1, 1, 1, b'j', 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
        ),
        bad("a standing past the last", body(64, &trip(&[4, 0, 0, 0, 0]))),
        bad("a popup that a receiver is to show", body(64, &trip(&[0, 0, 0, 0, 1, 0, 0, 3, 1, b'p']))),
        bad("a step past the last", body(64, &trip(&[0, 0, 0, 0, 1, 12, 0, 0, 1, b't']))),
    ]
}

fn bad_insight() -> [Bad; 4] {
    let bad = |name, body| Bad { name, names: tea_shop(), body, what: "insight" };
    [
        bad("a level past the last", body(32, &[1, 5, 0, 0, 0, 0, 0, 0])),
        bad("a probability over one", body(32, &[1, 0, 0xe9, 7, 0, 0, 0, 0, 0])),
        bad("a segment without a name", body(32, &[1, 0, 0, 0, 0, 1, 0, 0, 0])),
        bad("more segments than bytes", body(32, &[1, 0, 0, 0, 0, 9, 0])),
    ]
}

pub(super) fn bad() -> Vec<Bad> {
    let bad = |name, what, body| Bad { name, names: tea_shop(), body, what };
    let user_of_65_bytes = [&body(0, &[])[..14], &[65], &[b'u'; 65][..], &[1, 192, 7, 0, 0, 0]].concat();
    let mut all = vec![
        bad("nothing at all", "header", vec![]),
        bad("another format", "header", with_byte(0, 2)),
        bad("an unknown flag", "header", with_byte(1, 128)),
        bad("a control character in the user", "header", with_byte(15, 7)),
        bad("a user of 65 bytes", "header", user_of_65_bytes),
        bad("an offset of 20 hours", "header", [&body(0, &[])[..17], &[0xe0, 0x12, 0, 0, 0][..]].concat()),
        bad("a varint longer than needed", "header", [&body(0, &[])[..16], &[0x81, 0][..]].concat()),
        bad("names of another hash", "names", body(1, &[1, b'a', 0, 0, 0, 0])),
        bad("attributes out of order", "attributes", body(2, &[1, 2, 1, b'b', 2, 1, b'a', 2, 0, 0])),
        bad("an attribute of an unknown kind", "attributes", body(2, &[1, 1, 1, b'a', 4, 0, 0])),
        bad("claims with an unknown flag", "claims", claims(2, &[0])),
        bad("an order that a phone claims", "claims", claims(0, &[1, 0, 3, 1, b'A', 1, 0])),
        bad("a claim before 2020", "claims", claims(0, &[1, 3, 0])),
        bad("an offset told again", "claims", claims(0, &[1, 2, 0, 0])),
        bad("more claims than bytes", "claims", claims(0, &[9, 0])),
        bad("a text under an event without dimensions", "texts", body(0, &[1, 2 << 2, 1, b'x', 0])),
        bad("a text that is declared", "texts", body(0, &[1, 15 << 2, 1, b'1', 0])),
        bad("the same text twice", "texts", body(0, &[2, 0, 1, b'x', 0, 1, b'x', 0])),
        bad("an empty text", "texts", body(0, &[1, 0, 0, 0])),
        bad("more rows than bytes", "rows", body(0, &[0, 60])),
        bad("an unknown section", "rows", row(64, &[])),
        bad("a section announced, but empty", "rows", row(1, &[0])),
        bad("an event past the dictionary", "rows", row(1, &[1, 17 << 2 | 1])),
        bad("a small count written out", "rows", row(1, &[1, 2 << 2, 3])),
        bad("a declared value past the dictionary", "rows", row(1, &[1, 1, 1, 1 << 2 | 1])),
        bad("a text that did not come along", "rows", row(1, &[1, 1, 1, 2 << 2 | 1])),
        bad("a bucket past the last one", "rows", row(1, &[1, 4 << 2 | 1, 2, 0xe1, 0x0c])),
        bad("an empty bucket", "rows", row(1, &[1, 4 << 2 | 1, 2, 0, 0])),
        bad("a sum that was expected", "rows", row(1, &[1, 4 << 2 | 1, 1, 0])),
        bad("a sum over 2^53 - 1", "rows", row(1, &[1, 17, 1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10])),
        bad("an hour past 23", "rows", row(4, &[1, 24 << 2 | 1])),
        bad("an order without an id", "rows", row(16, &[1, 0, 1])),
        bad("a deletion beside a fact number", "end", {
            let mut bytes = body(4, &[1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            bytes[19] = 1;
            bytes
        }),
        bad("a byte after the end", "end", body(0, &[0, 0, 0])),
    ];
    all.extend(bad_exposures());
    all.extend(bad_insight());
    all.extend(bad_plan());
    all
}
