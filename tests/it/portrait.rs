//! The portrait as a fold: any cut into snapshot and tail gives the same, online is what a batch over the raw days says,
//! and whatever happens it stays small.

use huitou::bytes::{crc32, Reader, Writer};
use huitou::clock::{Day, OffsetMin, UnixMs};
use huitou::event::portrait::{Change, Judgement, Level, Thing};
use huitou::event::{Props, Record};
use huitou::id::{builtin, DeviceId, FlowIx, Label, SegmentId, UserId};
use huitou::insight::portrait::goods::{CATEGORIES_MAX, ITEMS_MAX};
use huitou::insight::portrait::{Portrait, FLOWS_MAX, PAID_MAX, WATCHED_MAX};
use huitou::insight::rhythm::Rhythm;
use huitou::insight::State;
use huitou::store::image;
use proptest::prelude::*;

const DAY_S: u32 = 86_400;
/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600_000;
const PROGRAM: &str = r#"{"app":"ways","revision":1,"flows":[{"name":"buy","steps":["cart","pay","order"]}]}"#;

/// The state and the portrait beside it, as the engine keeps them.
#[derive(Clone, Debug, PartialEq)]
struct Both {
    state: State,
    portrait: Portrait,
}

impl Both {
    fn new() -> Both {
        let names = huitou::program::load(PROGRAM).unwrap().0.names;
        let mut both = Both { state: State::new(DeviceId(1), names), portrait: Portrait::default() };
        both.apply(Record::Clock { instant: UnixMs::new(START), zone: OffsetMin::new(480) });
        both
    }

    fn apply(&mut self, record: Record) {
        if let Record::Segment { user, .. } = &record {
            if *user != self.state.user {
                self.portrait.log_in(&self.state.user);
            }
        }
        self.portrait.apply(&record, &self.state);
        self.state.apply(record);
    }

    fn tell(&mut self, after_s: u32, change: Change) {
        self.apply(Record::Portrait { after_s, change });
    }

    fn bytes(&self) -> Vec<u8> {
        let mut w = Writer::default();
        self.portrait.encode(&mut w);
        w.out
    }

    /// Written and read again, as a restart does.
    fn restarted(&self) -> Both {
        let mut w = Writer::default();
        image::encode(&self.state, &mut w);
        let state = image::decode(&mut Reader::new(&w.out)).unwrap();
        let portrait = Portrait::decode(&mut Reader::new(&self.bytes())).unwrap();
        Both { state, portrait }
    }

    fn today(&self) -> Day {
        self.state.day()
    }
}

fn thing(item: u32, category: u32) -> Thing {
    Thing { item: format!("sku-{item}"), category: format!("kind {category}") }
}

fn order(number: u32, paid_fen: u64) -> Record {
    Record::Order { id: format!("o{number}"), paid_fen }
}

fn event(after_s: u32, event: huitou::id::EventIx) -> Record {
    Record::Event { after_s, event, props: Props::default() }
}

fn change() -> impl Strategy<Value = Change> {
    let things = prop::collection::vec((0..300u32, 0..50u32).prop_map(|(item, category)| thing(item, category)), 0..4);
    let judgement = (0..5usize, 0..1001u16, any::<u32>(), prop::collection::vec("[a-z]{1,8}", 0..4));
    prop_oneof![
        4 => (0..300u32, 0..50u32).prop_map(|(item, category)| Change::Browsed(thing(item, category))),
        1 => (0..5u32, 0..90_000u64).prop_map(|(count, value_fen)| Change::Cart { count, value_fen }),
        1 => Just(Change::HardTaps),
        1 => any::<bool>().prop_map(Change::Prompt),
        1 => (0..50u32, any::<Option<u32>>(), any::<Option<bool>>()).prop_map(|(item, price, in_stock)| {
            Change::Followed { item: format!("sku-{item}"), price_fen: price.map(u64::from), in_stock }
        }),
        1 => (0..50u32).prop_map(|item| Change::Unfollowed(format!("sku-{item}"))),
        3 => (things, any::<Option<bool>>()).prop_map(|(things, coupon)| Change::Bought { things, coupon }),
        1 => (0..40u32, 20_000..21_500i32, 0..99_999u64).prop_map(|(number, day, paid_fen)| Change::Paid {
            order: crc32(format!("o{number}").as_bytes()),
            day: Day::from_number(day).unwrap(),
            paid_fen,
            categories: vec![format!("kind {}", number % 7)],
        }),
        1 => judgement.prop_map(|(level, permille, signs, segments)| Change::Judged(Judgement {
            level: Level::ALL[level],
            visit_permille: permille,
            buy_permille: 1_000 - permille,
            signs,
            segments,
        })),
        1 => any::<u32>().prop_map(Change::Acknowledged),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let after = || prop_oneof![5 => 0..9_000u32, 2 => 0..9 * DAY_S, 1 => 0..300 * DAY_S];
    let user = prop_oneof![3 => Just(""), 1 => Just("anna"), 1 => Just("bert")];
    prop_oneof![
        8 => (after(), change()).prop_map(|(after_s, change)| Record::Portrait { after_s, change }),
        3 => after().prop_map(|after_s| Record::Session { after_s }),
        2 => after().prop_map(|after_s| event(after_s, builtin::ERROR)),
        2 => (after(), 0..9_999_999u64)
            .prop_map(|(after_s, dwell_ms)| Record::Dwell { after_s, page: Label::OTHER, dwell_ms }),
        3 => (after(), 0..4u8).prop_map(|(after_s, step)| {
            Record::Flow { after_s, flow: FlowIx(0), step, last: step == 2 }
        }),
        3 => (0..40u32, 0..999_999u64).prop_map(|(number, paid_fen)| order(number, paid_fen)),
        1 => (-900..900i64, -720..840i32).prop_map(|(days, offset)| Record::Clock {
            instant: UnixMs::new(START + days * i64::from(DAY_S) * 1000),
            zone: OffsetMin::new(offset),
        }),
        1 => user.prop_map(|user| Record::Segment { id: SegmentId(7), user: UserId::new(user).unwrap() }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_cut_gives_the_same_portrait(records in prop::collection::vec(record(), 0..120), cut in 0..120usize) {
        let (mut whole, mut cut_up) = (Both::new(), Both::new());
        for (at, record) in records.iter().enumerate() {
            if at % 120 == cut {
                cut_up = cut_up.restarted();
            }
            let mut w = Writer::default();
            record.encode(&mut w);
            let read = Record::decode(&mut Reader::new(&w.out));
            prop_assert_eq!(read.as_ref(), Some(record));
            whole.apply(record.clone());
            cut_up.apply(record.clone());
        }
        prop_assert_eq!(whole.bytes(), cut_up.bytes());
        prop_assert_eq!(whole.bytes(), cut_up.restarted().bytes());
        let goods = &whole.portrait.goods;
        prop_assert!(goods.items.len() <= ITEMS_MAX && goods.categories.len() <= CATEGORIES_MAX);
        prop_assert!(whole.portrait.watched.len() <= WATCHED_MAX && whole.portrait.flows.len() <= FLOWS_MAX);
    }

    #[test]
    fn online_is_what_a_batch_says(visits in prop::collection::vec((0..20u32, any::<bool>(), 1..9_999u64), 1..90)) {
        let mut both = Both::new();
        let (mut days, mut paid) = (Vec::new(), Vec::new());
        for (number, (gap_days, buys, fen)) in (0u32..).zip(&visits) {
            both.apply(Record::Session { after_s: gap_days * DAY_S });
            days.push(both.today());
            if *buys {
                both.tell(3, Change::Bought { things: vec![thing(number % 5, number % 3)], coupon: None });
                both.apply(order(number, *fen));
                paid.push((both.today(), *fen, number));
            }
        }
        let batch = |days: &mut dyn Iterator<Item = Day>| {
            let mut rhythm = Rhythm::default();
            days.for_each(|day| {
                rhythm.add(day);
            });
            rhythm
        };
        let portrait = &both.portrait;
        prop_assert_eq!(portrait.visits, batch(&mut days.iter().rev().copied()), "in whatever order");
        let spent = paid.iter().map(|&(_, fen, _)| fen).sum::<u64>();
        prop_assert_eq!((portrait.purchases.days(), portrait.purchases.spent_fen()),
            (batch(&mut paid.iter().map(|&(day, ..)| day)).days(), spent));
        for category in &portrait.goods.categories {
            let of_it = |&&(_, _, number): &&(Day, u64, u32)| format!("kind {}", number % 3) == category.name;
            prop_assert_eq!(category.bought, batch(&mut paid.iter().filter(of_it).map(|&(day, ..)| day)));
        }
        for item in &portrait.goods.items {
            let of_it = |number: u32| format!("sku-{}", number % 5) == item.id;
            let days: Vec<Day> = paid.iter().filter(|&&(_, _, number)| of_it(number)).map(|&(day, ..)| day).collect();
            let ages = days.iter().map(|&day| both.today().since(day) as f64);
            let expected: f64 = ages.map(|age| (-age / 90.0 * std::f64::consts::LN_2).exp()).sum();
            let found = item.bought.weight(both.today());
            prop_assert!((found / expected).ln().abs() < 0.24, "{found} {expected}: a stretch is 30 days wide");
            prop_assert_eq!(usize::from(item.times), days.len());
        }
    }
}

#[test]
fn accounts_are_kept_apart() {
    let log_in = |user: &str| Record::Segment { id: SegmentId(2), user: UserId::new(user).unwrap() };
    let mut both = Both::new();
    both.tell(0, Change::Browsed(thing(1, 1)));
    both.apply(log_in("anna"));
    assert!(both.portrait.goods.find("sku-1").is_some(), "what was seen before the login is hers");
    both.apply(log_in("anna"));
    both.tell(0, Change::Acknowledged(9));
    assert_eq!((both.portrait.visits.days(), both.portrait.acked), (1, 9));
    both.apply(log_in("bert"));
    assert_eq!(both.portrait, Portrait::default());
}

#[test]
fn an_order_that_the_server_told_first_counts_once() {
    let paid = |number: u32| Change::Paid {
        order: crc32(format!("o{number}").as_bytes()),
        day: Day::parse("2026-01-01").unwrap(),
        paid_fen: 500,
        categories: vec!["tea".into()],
    };
    let mut both = Both::new();
    both.tell(0, paid(1));
    both.tell(0, paid(1));
    both.apply(order(1, 500));
    both.apply(order(2, 700));
    assert_eq!((both.portrait.purchases.days(), both.portrait.purchases.spent_fen()), (1, 1_200));
    assert_eq!(both.portrait.visits.days(), 0, "the server's news is no visit");
    for number in 10..40 {
        both.tell(0, paid(number));
    }
    assert_eq!(both.portrait.goods.categories[0].bought.days(), 1);
    assert!(!both.portrait.is_unpaid(crc32(b"o39")) && both.portrait.is_unpaid(crc32(b"o23")), "{PAID_MAX} are kept");
}

#[test]
fn a_cart_is_what_was_told_last_until_an_order() {
    let mut both = Both::new();
    both.tell(60, Change::Cart { count: 2, value_fen: 9_800 });
    both.tell(60, Change::Cart { count: 3, value_fen: 14_700 });
    let cart = both.portrait.cart;
    assert_eq!((cart.count, cart.value_fen, cart.changed), (3, 14_700, UnixMs::new(START + 120_000)));
    both.apply(order(1, 14_700));
    assert_eq!(both.portrait.cart.count, 0);
    both.tell(0, Change::Cart { count: 1, value_fen: 1 });
    both.tell(0, Change::Cart { count: 0, value_fen: 0 });
    assert_eq!(both.portrait.cart, Default::default());
}

#[test]
fn a_clock_that_ran_ahead_by_years_leaves_nothing_behind() {
    let mut both = Both::new();
    both.apply(Record::Session { after_s: 0 });
    both.tell(0, Change::Bought { things: vec![thing(1, 1)], coupon: Some(true) });
    let before = both.portrait.visits.span();
    let ahead = Record::Clock { instant: UnixMs::new(START + 20 * 365 * 86_400_000), zone: OffsetMin::new(480) };
    both.apply(ahead);
    both.tell(0, Change::Bought { things: vec![thing(2, 2)], coupon: None });
    both.apply(event(0, builtin::ERROR));
    both.apply(Record::Clock { instant: UnixMs::new(START), zone: OffsetMin::new(480) });
    assert_eq!((both.portrait.visits.span(), both.portrait.visits.days()), (before, 1));
    both.tell(0, Change::Browsed(thing(2, 2)));
    let item = both.portrait.goods.find("sku-2").unwrap();
    assert!(item.bought.is_empty() && item.viewed.weight(both.today()) > 0.99, "counted, although 2046 came before");
    assert_eq!(both.portrait.errors, Default::default());
    let west = Record::Clock { instant: UnixMs::new(START), zone: OffsetMin::new(-480) };
    both.apply(order(1, 100));
    both.apply(west);
    assert_eq!(both.portrait.purchases.days(), 1, "a zone may take back a day, not what was done");
}

/// Everything in full, with the ids of a large shop.
fn heavy() -> Both {
    let mut both = Both::new();
    for visit in 0..1_500u32 {
        both.apply(Record::Session { after_s: DAY_S / 2 });
        both.tell(
            60,
            Change::Browsed(Thing { item: format!("{:016}", visit % 170), category: format!("类目 {}", visit % 40) }),
        );
        let bought = (0..3)
            .map(|n| Thing { item: format!("{:016}", (visit + n * 31) % 170), category: format!("类目 {}", n) });
        both.tell(1, Change::Bought { things: bought.collect(), coupon: Some(visit % 3 == 0) });
        both.apply(order(visit, 4_990));
        both.apply(event(1, builtin::ERROR));
        let (item, price_fen) = (format!("{:016}", visit % 60), Some(9_900));
        both.tell(1, Change::Followed { item, price_fen, in_stock: Some(false) });
        both.tell(1, Change::HardTaps);
    }
    both
}

#[test]
fn a_heavy_user_takes_little_room() {
    let both = heavy();
    let (portrait, bytes) = (&both.portrait, both.bytes().len());
    assert_eq!((portrait.goods.items.len(), portrait.goods.categories.len()), (ITEMS_MAX, CATEGORIES_MAX));
    assert_eq!(portrait.watched.len(), WATCHED_MAX);
    assert!(bytes <= 12 * 1024, "{bytes} bytes stored");
    let texts = portrait.goods.items.iter().map(|item| item.id.capacity());
    let memory = size_of::<Portrait>()
        + portrait.goods.items.capacity() * size_of_val(&portrait.goods.items[0])
        + portrait.goods.categories.capacity() * size_of_val(&portrait.goods.categories[0])
        + portrait.watched.capacity() * size_of_val(&portrait.watched[0])
        + texts.sum::<usize>()
        + (CATEGORIES_MAX + WATCHED_MAX) * 40;
    assert!(memory <= 64 * 1024, "{memory} bytes of memory");
}

#[test]
fn bytes_that_are_no_portrait_are_refused() {
    let bytes = heavy().bytes();
    assert_eq!(Portrait::decode(&mut Reader::new(&[])), Some(Portrait::default()));
    for cut in (1..bytes.len()).step_by(97) {
        assert_eq!(Portrait::decode(&mut Reader::new(&bytes[..cut])), None, "{cut} bytes");
    }
}
