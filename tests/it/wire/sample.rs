//! Uploads to test with: a day in a shop, and any upload that a list of choices leads to.

use huitou::clock::{At, Day, OffsetMin, UnixMs};
use huitou::event::journey::{Entry, Outcome, Standing};
use huitou::event::portrait::{Judgement, Level};
use huitou::id::{DeletionId, DeviceId, EventIx, FlowIx, Label, SegmentId, UserId};
use huitou::insight::sketch::{Sketch, BUCKETS, VALUE_MAX};
use huitou::insight::stats::{EventStats, Order, Row, Stats, Table, Tally};
use huitou::loyalty::wire::Claim;
use huitou::loyalty::Act;
use huitou::program::journeys::Kind;
use huitou::program::names::{Dimension, EventNames, FlowNames, Names, Number};
use huitou::summary::exposures::Exposure;
use huitou::summary::insight::Insight;
use huitou::summary::plan::{Due, Plan, PlannedTrip};
use huitou::summary::{Claims, Exposures, MetText, Scalar, Upload};

/// Numbers that decide what is built; zeros once they run out, so that fewer choices mean less.
pub(super) struct Choices {
    left: std::vec::IntoIter<u64>,
}

impl Choices {
    pub(super) fn new(choices: Vec<u64>) -> Choices {
        Choices { left: choices.into_iter() }
    }

    /// As many choices as needed, always the same ones for a seed (a linear congruential generator).
    pub(super) fn seeded(seed: u64, count: usize) -> Choices {
        let next = |state: &u64| Some(state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1));
        let states = std::iter::successors(Some(seed), next).skip(1).take(count);
        Choices::new(states.map(|state| state.rotate_left(31)).collect())
    }

    /// 0..=max.
    pub(super) fn up_to(&mut self, max: u64) -> u64 {
        self.left.next().unwrap_or(0) % (max + 1)
    }

    /// 0..=max, of any magnitude.
    pub(super) fn wide(&mut self, max: u64) -> u64 {
        let shift = self.up_to(63);
        (self.left.next().unwrap_or(0) >> shift).min(max)
    }

    fn count32(&mut self) -> u32 {
        self.wide(u32::MAX.into()) as u32
    }

    fn is_chosen(&mut self) -> bool {
        self.up_to(1) == 1
    }
}

fn event(name: &str, dimensions: &[(&str, &[&str])], numbers: &[&str]) -> EventNames {
    let values = |values: &[&str]| values.iter().map(|&value| value.to_owned()).collect();
    EventNames {
        name: name.into(),
        dimensions: dimensions
            .iter()
            .map(|&(name, all)| Dimension { name: name.into(), values: values(all) })
            .collect(),
        numbers: numbers.iter().map(|&name| Number { name: name.into(), decimals: 0 }).collect(),
    }
}

fn flow(name: &str, steps: &[&str]) -> FlowNames {
    FlowNames { name: name.into(), steps: steps.iter().map(|&step| step.to_owned()).collect() }
}

const PAGES: &[&str] =
    &["home", "category", "search", "product", "cart", "checkout", "paid", "orders", "me", "coupons", "reviews"];
const CATEGORIES: &[&str] = &["green", "black", "oolong", "puer", "white", "jasmine", "teaware", "gift"];

/// A tea shop: the built-in events and nine of its own.
pub(super) fn tea_shop() -> Names {
    let category = ("category", CATEGORIES);
    Names {
        app: "tea-shop".into(),
        events: vec![
            event("launch", &[("scene", &[])], &[]),
            event("show", &[("scene", &[])], &[]),
            event("hide", &[], &[]),
            event("page", &[("page", PAGES)], &["dwell_ms"]),
            event("search", &[], &["results"]),
            event("share", &[("channel", &[])], &[]),
            event("error", &[("code", &[])], &[]),
            event("order", &[], &["paid_fen", "items"]),
            event("view_product", &[category], &["price_fen"]),
            event("add_cart", &[category], &["price_fen"]),
            event("remove_cart", &[category], &[]),
            event("favorite", &[category], &[]),
            event("view_coupon", &[("coupon", &["new", "spring", "member"])], &[]),
            event("take_coupon", &[("coupon", &["new", "spring", "member"])], &[]),
            event("read_review", &[], &["stars"]),
            event("tap_banner", &[("slot", &["1", "2", "3", "4"])], &[]),
            event("checkout", &[("method", &["wechat", "balance"])], &["cart_fen"]),
        ],
        flows: vec![
            flow("purchase", &["view_product", "add_cart", "checkout", "order"]),
            flow("coupon", &["view_coupon", "take_coupon", "order"]),
        ],
    }
}

/// One tracked event: what the fold sees.
#[derive(Clone, Debug)]
pub(super) struct Observed {
    event: EventIx,
    labels: Vec<Label>,
    numbers: Vec<u64>,
    hour: u8,
}

impl Observed {
    /// The plainest fold there can be, to compare others with.
    pub(super) fn count_in(&self, stats: &mut Stats) {
        *stats.hours.entry(self.hour) += 1;
        let event = stats.events.entry(self.event);
        event.count += 1;
        event.dimensions.resize_with(event.dimensions.len().max(self.labels.len()), Table::default);
        for (table, &label) in event.dimensions.iter_mut().zip(&self.labels) {
            let tally = table.entry(label);
            tally.count += 1;
            tally.sum += self.numbers.first().copied().unwrap_or(0);
        }
        event.numbers.resize_with(event.numbers.len().max(self.numbers.len()), Sketch::default);
        event.numbers.iter_mut().zip(&self.numbers).for_each(|(sketch, &value)| sketch.add(value));
    }
}

/// What people do, the commonest first: pages and products, then the cart, then everything else.
const KINDS: [u16; 40] = [
    3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 9, 9, 9, 4, 4, 16, 11, 12, 13, 14, 14, 15,
    15, 10, 5, 1,
];
/// How many of [`KINDS`] make a session that only browses and buys.
const PLAIN: usize = 31;

/// A person in the shop: prices of 9 to 300 yuan, dwell from half a second to a minute.
pub(super) fn observe(c: &mut Choices, kinds: usize) -> Observed {
    let event = KINDS[c.up_to(kinds as u64 - 1) as usize];
    let favourite = |c: &mut Choices, values: u64| (c.up_to(values) * c.up_to(values) / values) as usize;
    let price = |c: &mut Choices| 900 + c.up_to(40).pow(2) * 18 / 10 * 10;
    let (labels, numbers) = match event {
        1 | 5 => (vec![Label::met(favourite(c, 2))], vec![]),
        3 => (vec![Label::declared(favourite(c, 10))], vec![(500 + c.up_to(499)) << c.up_to(6)]),
        4 => (vec![], vec![c.up_to(40)]),
        8 | 9 => (vec![Label::declared(favourite(c, 7))], vec![price(c)]),
        10 | 11 => (vec![Label::declared(favourite(c, 7))], vec![]),
        12 | 13 => (vec![Label::declared(favourite(c, 2))], vec![]),
        14 => (vec![], vec![5 - c.up_to(2)]),
        15 => (vec![Label::declared(favourite(c, 3))], vec![]),
        16 => (vec![Label::declared(favourite(c, 1))], vec![price(c) * 2]),
        other => unreachable!("{other} is none of KINDS"),
    };
    Observed { event: EventIx(event), labels, numbers, hour: [8, 9, 12, 13, 18, 20, 21, 22][favourite(c, 7)] }
}

/// The row of one segment: `events` observations, beside launches, hides and two orders a few hundred events.
pub(super) fn shopping_row(seed: u64, events: usize) -> Row {
    let mut c = Choices::seeded(seed, events * 12);
    let mut stats = Stats::default();
    let starts = 1 + events as u32 / 60;
    for at in 0..starts {
        let label = vec![Label::met(at as usize % 2)];
        let launch = Observed { event: EventIx(0), labels: label, numbers: vec![], hour: 8 + at as u8 * 2 };
        launch.count_in(&mut stats);
        Observed { event: EventIx(2), labels: vec![], ..launch }.count_in(&mut stats);
    }
    for at in 0..events / 150 {
        let paid_fen = 12_800 + at as u64 * 4_100;
        Observed { event: EventIx(7), labels: vec![], numbers: vec![paid_fen, 2], hour: 21 }.count_in(&mut stats);
        stats.orders.push(Order { id: format!("20261122{:06}", 417 + at), paid_fen });
    }
    let rest = events - 2 * starts as usize - events / 150;
    let kinds = if starts > 1 { KINDS.len() } else { PLAIN };
    for _ in 0..rest {
        let observed = observe(&mut c, kinds);
        let hour = if starts > 1 { observed.hour } else { 8 };
        Observed { hour, ..observed }.count_in(&mut stats);
    }
    let views = stats.events.get(EventIx(8)).map_or(0, |views| views.count);
    stats.flows.push(FlowIx(0), vec![views / 3, views / 8, 2 * (events as u32 / 150), events as u32 / 150]);
    stats.flows.entry(FlowIx(0)).retain(|&reached| reached > 0);
    stats.sessions = starts;
    stats.session_s = events as u32 * 14;
    let day = Day::parse("2026-11-22").unwrap();
    Row { segment: SegmentId(0x9f3c_51d2_77aa_0b16), day, revision: events as u32 + 31, stats }
}

/// An upload of the tea shop with these rows, without names.
pub(super) fn shop_upload(rows: Vec<Row>) -> Upload {
    let met = |event, text: &str| MetText { event, dimension: 0, text: text.into() };
    Upload {
        device: DeviceId(0x0123_4567_89ab_cdef),
        user: UserId::new("oXk2d5JtR7wq8LmNzV0bYcEaHu4s").unwrap(),
        sent: At { instant: UnixMs::new(1_795_356_000_000), offset: OffsetMin::new(480) },
        fact_cursor: 3,
        dictionary: tea_shop().hash(),
        names: None,
        attributes: None,
        met: vec![
            met(0, "1001"),
            met(0, "1089"),
            met(1, "1001"),
            met(1, "1007"),
            met(1, "1089"),
            met(5, "friend"),
            met(5, "group"),
            met(5, "moments"),
        ],
        rows,
        claims: None,
        exposures: None,
        insight: None,
        plan: None,
        deletion: None,
    }
}

/// Any dictionary within the limits.
pub(super) fn any_names(c: &mut Choices) -> Names {
    const ENDINGS: [&str; 5] = ["", "_x", "乌龙", "\"\\\u{2028}\n", "🍵"];
    let texts = |c: &mut Choices, letter: &str, count: u64| -> Vec<String> {
        (0..count).map(|at| format!("{letter}{at}{}", ENDINGS[c.up_to(4) as usize])).collect()
    };
    let event = |c: &mut Choices, name: String| {
        let dimensions = (0..c.up_to(4)).map(|at| {
            let values = c.up_to(3);
            Dimension { name: format!("d{at}"), values: texts(c, "v", values) }
        });
        let dimensions = dimensions.collect();
        let numbers = (0..c.up_to(4)).map(|at| Number { name: format!("n{at}"), decimals: c.up_to(3) as u8 }).collect();
        EventNames { name, dimensions, numbers }
    };
    let events = (0..c.up_to(12)).map(|at| event(c, format!("e{at}"))).collect();
    let flows = (0..c.up_to(4)).map(|at| {
        let steps = 2 + c.up_to(10);
        FlowNames { name: format!("f{at}"), steps: texts(c, "s", steps) }
    });
    let flows = flows.collect();
    Names { app: "any".into(), events, flows }
}

/// Any upload that a phone may send under these names.
pub(super) fn any_upload(c: &mut Choices, names: &Names) -> Upload {
    let instant = UnixMs::MIN.plus(c.up_to(80 * 365 * 86_400) as i64 * 1000);
    let deletion = (c.up_to(9) == 9).then(|| DeletionId(c.wide(u64::MAX)));
    let mut upload = Upload {
        device: DeviceId(c.wide(u64::MAX)),
        user: UserId::new(["", "u", "微信用户", "oXk2d5JtR7wq8LmNzV0bYcEaHu4s"][c.up_to(3) as usize]).unwrap(),
        sent: At { instant, offset: OffsetMin::new(c.up_to(2160) as i32 - 1080) },
        fact_cursor: 0,
        dictionary: names.hash(),
        names: c.is_chosen().then(|| names.clone()),
        attributes: None,
        met: Vec::new(),
        rows: Vec::new(),
        claims: None,
        exposures: None,
        insight: None,
        plan: None,
        deletion,
    };
    if deletion.is_none() {
        upload.fact_cursor = c.count32();
        upload.attributes = c.is_chosen().then(|| (c.count32(), any_attributes(c)));
        upload.claims = c.is_chosen().then(|| any_claims(c));
        upload.met = any_met(c, names);
        upload.rows = (0..c.up_to(3)).map(|_| any_row(c, names, &upload.met)).collect();
        upload.exposures = c.is_chosen().then(|| any_exposures(c));
        upload.insight = c.is_chosen().then(|| any_insight(c));
        upload.plan = c.is_chosen().then(|| any_plan(c));
    }
    upload
}

/// What is to be done for somebody.
pub(super) fn any_plan(c: &mut Choices) -> Plan {
    let name = |c: &mut Choices| ["cart", "回头客", "a-journey-with-a-long-name"][c.up_to(2) as usize].to_owned();
    let trip = |c: &mut Choices| {
        let at = UnixMs::MIN.plus(c.up_to(60 * 365 * 86_400) as i64 * 1000);
        let later = |c: &mut Choices| at.plus(c.up_to(90 * 86_400) as i64 * 1000);
        let entry = Entry {
            journey: name(c),
            key: name(c),
            at,
            offset: OffsetMin::new(c.up_to(2160) as i32 - 1080),
            anchor: later(c),
            variation: c.up_to(3) as u8,
            is_held_out: c.is_chosen(),
            is_once: c.is_chosen(),
        };
        let due = |c: &mut Choices| Due {
            step: c.up_to(11) as u8,
            at: later(c),
            kind: Kind::ALL[c.up_to(2) as usize],
            reference: name(c),
            is_service: c.is_chosen(),
        };
        PlannedTrip {
            entry,
            standing: Standing::ALL[c.up_to(3) as usize],
            ended: later(c),
            cancel_on: c.up_to(31) as u8,
            outcomes: (0..c.up_to(3)).map(|step| (step as u8, Outcome::ALL[c.up_to(8) as usize])).collect(),
            due: (0..c.up_to(3)).map(|_| due(c)).collect(),
        }
    };
    Plan { revision: c.count32(), trips: (0..1 + c.up_to(3)).map(|_| trip(c)).collect() }
}

/// How somebody was judged.
pub(super) fn any_insight(c: &mut Choices) -> Insight {
    let segments = (0..c.up_to(4)).map(|at| format!("{at} 深圳")).collect();
    let judgement = Judgement {
        level: Level::ALL[c.up_to(4) as usize],
        visit_permille: c.up_to(1_000) as u16,
        buy_permille: c.up_to(1_000) as u16,
        signs: c.count32(),
        segments,
    };
    Insight { revision: c.count32(), judgement }
}

/// What somebody saw of experiments.
pub(super) fn any_exposures(c: &mut Choices) -> Exposures {
    let key = |c: &mut Choices| ["0", "red", "结账按钮", "{\"}"][c.up_to(3) as usize].repeat(1 + c.up_to(4) as usize);
    let exposure = |c: &mut Choices| {
        let first = UnixMs::MIN.plus(c.up_to(80 * 365 * 86_400) as i64 * 1000);
        Exposure { experiment: key(c), variation: key(c), bucket_version: c.count32(), first }
    };
    let list = (0..1 + c.up_to(4)).map(|_| exposure(c)).collect();
    Exposures { revision: c.count32(), list }
}

/// Claims that a phone may send.
pub(super) fn any_claims(c: &mut Choices) -> Claims {
    let revision = c.count32();
    let claim = |c: &mut Choices| {
        let act = match c.up_to(2) {
            0 => Act::CheckIn,
            1 => Act::MakeUp { day: any_day(c) },
            _ => Act::Activity { activity: c.up_to(255) as u8 },
        };
        let at_s = 1_577_836_800 + c.up_to(80 * 365 * 86_400) as i64;
        Claim { revision, at_s, offset: OffsetMin::new(c.up_to(2160) as i32 - 1080), act }
    };
    let list = (0..c.up_to(5)).map(|_| claim(c)).collect();
    let [head, digest] = [c.up_to(255) as u8, c.up_to(255) as u8];
    Claims { revision, first: c.count32(), wants_base: c.is_chosen(), head: [head; 32], digest: [digest; 16], list }
}

fn any_day(c: &mut Choices) -> Day {
    Day::MIN.plus(c.up_to(29_000) as i64)
}

fn any_attributes(c: &mut Choices) -> Vec<(String, Scalar)> {
    // Past this a JavaScript number no longer tells thousandths apart.
    const EXACT_MILLI_MAX: u64 = (1 << 43) * 1000;
    let value = |c: &mut Choices| match c.up_to(3) {
        0 => Scalar::Flag(c.is_chosen()),
        1 => Scalar::Text("深圳".repeat(c.up_to(10) as usize)),
        2 => Scalar::Milli(c.wide(EXACT_MILLI_MAX) as i64),
        _ => Scalar::Milli(-(c.wide(EXACT_MILLI_MAX) as i64)),
    };
    (0..c.up_to(5)).map(|at| (format!("a{at}"), value(c))).collect()
}

fn any_met(c: &mut Choices, names: &Names) -> Vec<MetText> {
    let mut met = Vec::new();
    for (event, names) in (0..).zip(&names.events) {
        for dimension in 0..names.dimensions.len() as u16 {
            let texts = (0..c.up_to(2)).map(|at| MetText { event, dimension, text: format!("m{at}见") });
            met.extend(texts);
        }
    }
    met
}

fn any_row(c: &mut Choices, names: &Names, met: &[MetText]) -> Row {
    let mut stats = Stats::default();
    for (at, names) in (0..).zip(&names.events).filter(|_| c.is_chosen()).collect::<Vec<_>>() {
        stats.events.push(EventIx(at), any_event(c, names, (at, met)));
    }
    for (at, names) in (0..).zip(&names.flows) {
        let mut reached: Vec<u32> = names.steps.iter().map(|_| c.count32()).collect();
        reached.truncate(reached.iter().rposition(|&count| count > 0).map_or(0, |last| last + 1));
        stats.flows.push(FlowIx(at), reached);
    }
    for _ in 0..c.up_to(4) {
        *stats.hours.entry(c.up_to(23) as u8) = c.count32();
        *stats.drops.entry(c.up_to(255) as u8) = c.count32();
    }
    (stats.sessions, stats.session_s) = (c.up_to(1) as u32, c.count32());
    stats.orders = (0..c.up_to(2)).map(|at| Order { id: format!("单{at}"), paid_fen: c.wide(VALUE_MAX) }).collect();
    let day = Day::from_number(Day::MIN.number() + c.up_to(29_220) as i32).unwrap();
    Row { segment: SegmentId(c.wide(u64::MAX)), day, revision: c.count32(), stats }
}

/// May be coarsened: a count without tables, a sum without buckets.
fn any_event(c: &mut Choices, names: &EventNames, (at, met): (u16, &[MetText])) -> EventStats {
    let mut stats = EventStats { count: c.count32(), ..EventStats::default() };
    if c.is_chosen() {
        for (dimension, names_of) in (0..).zip(&names.dimensions) {
            let is_own = |text: &&MetText| (text.event, text.dimension) == (at, dimension);
            let met = (0..met.iter().filter(is_own).count()).map(Label::met);
            let declared = (0..names_of.values.len()).map(Label::declared);
            let mut table: Table<Label, Tally> = Table::default();
            for label in std::iter::once(Label::OTHER).chain(declared).chain(met) {
                if c.is_chosen() {
                    let sum = if names.numbers.is_empty() { 0 } else { c.wide(VALUE_MAX) };
                    *table.entry(label) = Tally { count: c.count32(), sum };
                }
            }
            stats.dimensions.push(table);
        }
    }
    stats.numbers = names.numbers.iter().map(|_| any_sketch(c)).collect();
    while stats.dimensions.last().is_some_and(Table::is_empty) {
        stats.dimensions.pop();
    }
    while stats.numbers.last().is_some_and(|sketch| *sketch == Sketch::default()) {
        stats.numbers.pop();
    }
    stats
}

fn any_sketch(c: &mut Choices) -> Sketch {
    let mut buckets: Table<u32, u32> = Table::default();
    for _ in 0..c.up_to(5) {
        *buckets.entry(c.up_to(u64::from(BUCKETS) - 1) as u32) = c.count32().max(1);
    }
    Sketch { sum: c.wide(VALUE_MAX), buckets: buckets.iter().map(|(bucket, &count)| (bucket, count)).collect() }
}
