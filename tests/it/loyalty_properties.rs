//! The loyalty fold under random programs and random streams of acts.

use huitou::bytes::{Reader, Writer};
use huitou::clock::{Day, OffsetMin};
use huitou::json::JsonWriter;
use huitou::loyalty::admit::Arrival;
use huitou::loyalty::replay::{replay, Replayed};
use huitou::loyalty::{Act, Stamp, State};
use huitou::program::rules::*;
use huitou::program::DayZone;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// 2026-01-01T00:00:00Z.
const START_S: i64 = 1_767_225_600;
const DAY_S: i64 = 86_400;

fn config() -> ProptestConfig {
    let cases = if std::env::var_os("CI").is_some() { 10_000 } else { 300 };
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

fn calendar() -> impl Strategy<Value = Calendar> {
    let zone = select(vec![DayZone::china(), DayZone::Fixed(OffsetMin::new(-210)), DayZone::Event]);
    (zone, select(vec![0u32, 1, 240, 1439]), select(vec![0i64, 3600, 6 * 3600]))
        .prop_map(|(zone, day_starts_min, zone_change_s)| Calendar { zone, day_starts_min, zone_change_s })
}

fn gift() -> impl Strategy<Value = Gift> {
    (0u32..40, select(vec!["", "tea"]), select(vec!["", "wheel"])).prop_map(|(points, coupon, ticket)| Gift {
        points,
        coupon: coupon.into(),
        ticket: ticket.into(),
    })
}

fn check_in() -> impl Strategy<Value = CheckIn> {
    let milestone = (1u32..9, any::<bool>(), gift(), 0u32..3).prop_map(|(day, total, gift, times_max)| Milestone {
        day,
        counted: if total { Counted::Total } else { Counted::Run },
        gift,
        times_max,
    });
    let make_up = (1u32..20, 0u32..4, 0u32..30, any::<bool>()).prop_map(
        |(window_days, per_month_max, cost_points, pays_daily_points)| MakeUp {
            window_days,
            per_month_max,
            cost_points,
            pays_daily_points,
        },
    );
    (vec(0u32..20, 0..4), 0u32..8, vec(milestone, 0..4), option::of(make_up), 0u32..4).prop_map(
        |(daily_points, cycle_days, mut milestones, make_up, freezes_held)| {
            milestones.sort_by_key(|milestone| milestone.day);
            CheckIn { daily_points, cycle_days, ticket: String::new(), milestones, make_up, freezes_held }
        },
    )
}

fn source() -> impl Strategy<Value = Source> {
    (0u8..6).prop_map(Source)
}

fn points() -> impl Strategy<Value = Points> {
    let validity = prop_oneof![
        Just(Validity::Forever),
        (0u32..60).prop_map(Validity::Days),
        (0u32..4).prop_map(Validity::Months),
        Just(Validity::EndOfNextYear),
    ];
    let activities = (0u32..30, 0u32..3).prop_map(|(points, per_day_max)| Activity {
        name: "share".into(),
        source: Source::SHARE,
        points,
        per_day_max,
    });
    let shortfall = select(vec![Shortfall::StopAtZero, Shortfall::AllowNegative]);
    (validity, vec((source(), 1u32..40), 0..3), select(vec![1u32, 10, 100]), shortfall, vec(activities, 0..2), 0u32..60)
        .prop_map(|(validity, pending_days, redeem_step, shortfall, activities, claims_per_day_max)| Points {
            per_yuan: 1,
            validity,
            pending_days,
            redeem_step,
            fen_per_step: 5,
            shortfall,
            activities,
            claims_per_day_max,
            ..Points::default()
        })
}

fn multiplier() -> impl Strategy<Value = Multiplier> {
    let when = prop_oneof![
        (1u32..32).prop_map(When::DayOfMonth),
        (1u32..8).prop_map(When::Weekday),
        Just(When::Birthday),
        (0u8..3).prop_map(When::Tier),
        Just(When::PaidMember),
    ];
    (select(vec![50u32, 120, 150, 200, 333]), vec(source(), 1..3), when)
        .prop_map(|(percent, applies_to, when)| Multiplier { name: "campaign".into(), percent, applies_to, when })
}

fn tiers() -> impl Strategy<Value = Tiers> {
    let level = |name: &str, from| Level { name: name.into(), from, ..Level::default() };
    let levels = vec![level("basic", 0), level("silver", 100), level("gold", 400)];
    (0u32..60, 0u32..50, 0u32..10, any::<bool>(), any::<bool>()).prop_map(
        move |(window_days, term_days, grace_days, one_step, falls_on_refund)| Tiers {
            levels: levels.clone(),
            window_days,
            term_days,
            grace_days,
            downgrade: if one_step { Downgrade::OneStep } else { Downgrade::ToQualified },
            falls_on_refund,
        },
    )
}

fn rewards() -> impl Strategy<Value = Vec<Reward>> {
    let spent = (1u64..30_000, any::<bool>(), gift()).prop_map(|(spent_fen, repeats, gift)| RewardKind::Spent {
        spent_fen,
        repeats,
        gift,
    });
    let kind = prop_oneof![spent, Just(RewardKind::Bought { category: "milk".into(), offer: "cereal".into() }),];
    vec(kind.prop_map(|kind| Reward { id: "reward".into(), kind }), 0..3)
}

fn rules() -> impl Strategy<Value = Rules> {
    let cap = (vec(source(), 1..4), 0u32..60).prop_map(|(sources, points_max)| DailyCap { sources, points_max });
    let stacking = select(vec![Stacking::Highest, Stacking::Multiply, Stacking::Add]);
    let campaigns = (vec(multiplier(), 0..4), stacking, vec(cap, 0..3));
    let more = (option::of(tiers()), rewards(), gift(), 0u32..4, 0u32..3);
    (calendar(), check_in(), points(), campaigns, more).prop_map(
        |(calendar, check_in, points, (multipliers, stacking, daily_caps), (tiers, rewards, gift, n, max))| Rules {
            calendar,
            check_in,
            points,
            multipliers,
            stacking,
            daily_caps,
            growth_per_yuan: 1,
            tiers,
            every_n_orders: (n > 0).then(|| EveryNOrders { n, coupon: "every".into() }),
            rewards,
            mall: vec![MallItem { id: "cup".into(), points: 30, cash_fen: 0, per_person_max: 2 }],
            lotteries: vec![Lottery {
                id: "wheel".into(),
                prizes: vec![Prize { id: "none".into(), weight: 1, points: 0 }],
            }],
            referral: Referral { inviter: gift.clone(), invitee: gift, per_month_max: max, total_max: 0 },
            ..Rules::default()
        },
    )
}

fn act() -> impl Strategy<Value = Act> {
    let order_id = || (0u32..12).prop_map(|order| format!("A{order}"));
    let date = (0i32..400).prop_map(|day| Day::from_number((START_S / DAY_S) as i32 + day).unwrap());
    prop_oneof![
        6 => Just(Act::CheckIn),
        2 => date.prop_map(|day| Act::MakeUp { day }),
        1 => (0u8..3).prop_map(|activity| Act::Activity { activity }),
        4 => (order_id(), 0u64..50_000, any::<bool>()).prop_map(|(order_id, paid_fen, milk)| Act::OrderPaid {
            order_id,
            paid_fen,
            categories: if milk { vec!["milk".into()] } else { Vec::new() },
        }),
        3 => (order_id(), 0u64..50_000).prop_map(|(order_id, fen)| Act::Refund { order_id, refund_fen: fen / 3 }),
        3 => (1u32..40, order_id(), any::<bool>()).prop_map(|(tens, order_id, mall)| Act::Redeem {
            points: tens * 10,
            order_id,
            item: if mall { "cup".into() } else { String::new() },
        }),
        2 => (select(Source::BUILT_IN.to_vec()), 0u32..80).prop_map(|(source, points)| Act::Grant { source: source.into(), points }),
        1 => ("[a-c]", any::<bool>()).prop_map(|(friend, inviter)| Act::Referral { friend, inviter }),
        1 => (1u32..3).prop_map(|months| Act::Membership { months }),
        1 => Just(Act::Birthday { month: 2, day: 29 }),
        1 => (0u32..20).prop_map(|points| Act::Drawn { lottery: "wheel".into(), prize: "none".into(), points }),
        1 => (0u32..5).prop_map(|right| Act::Granted { right }),
        1 => Just(Act::Game { id: "g".into(), kind: "bargain".into(), progress: (1, 2) }),
    ]
}

/// Acts of three devices, the first being a server, at moments that mostly ascend.
fn arrivals() -> impl Strategy<Value = Vec<Arrival>> {
    let gap = prop_oneof![
        Just(0i64),
        1i64..7_200,
        -600i64..0,
        -3 * DAY_S..0,
        DAY_S..4 * DAY_S,
        Just(DAY_S),
        20 * DAY_S..60 * DAY_S
    ];
    let one = (0usize..3, gap, select(vec![480, -420, 0]), option::of(-1_000i64..1_000), act());
    vec(one, 0..40).prop_map(|all| {
        let mut at_s = START_S;
        let arrival = |(position, (device, gap, offset, late_s, act)): (usize, (usize, i64, i32, Option<i64>, Act))| {
            at_s = (at_s + gap).max(START_S);
            Arrival {
                id: format!("e{position}"),
                device: ["", "a", "b"][device].to_string(),
                at_s,
                offset: OffsetMin::new(offset),
                received_s: late_s.map(|late_s| at_s + late_s),
                revision: 1,
                act: Some(act),
            }
        };
        all.into_iter().enumerate().map(arrival).collect()
    })
}

/// In another order that keeps each device's own.
fn shuffled(arrivals: &[Arrival], choices: &[usize]) -> Vec<Arrival> {
    let of =
        |device: &str| arrivals.iter().filter(|arrival| arrival.device == device).cloned().rev().collect::<Vec<_>>();
    let mut queues = [of(""), of("a"), of("b")];
    let mut order = Vec::new();
    for choice in choices.iter().cycle().take(arrivals.len() * 8) {
        order.extend(queues[*choice].pop());
    }
    order.extend(queues.into_iter().flat_map(|queue| queue.into_iter().rev()));
    order
}

fn run(rules: &Rules, arrivals: &[Arrival]) -> Replayed {
    replay(&[(1, rules.clone())], arrivals, &mut |_, _| ())
}

/// Stamped acts in ledger order.
fn ledger(rules: &Rules, arrivals: &[Arrival]) -> Vec<(Stamp, Act)> {
    let results = run(rules, arrivals).results;
    let mut acts: Vec<_> = arrivals
        .iter()
        .zip(huitou::loyalty::admit::admit(arrivals))
        .enumerate()
        .filter_map(|(position, (arrival, admitted))| {
            let stamp = admitted.ok()?.stamp;
            Some(((stamp.moment_s, arrival.device.clone(), position), stamp, arrival.act.clone()?))
        })
        .collect();
    assert_eq!(results.len(), arrivals.len());
    acts.sort_by(|a, b| a.0.cmp(&b.0));
    acts.into_iter().map(|(_, stamp, act)| (stamp, act)).collect()
}

fn bytes(state: &State) -> Vec<u8> {
    let mut w = Writer::default();
    state.encode(&mut w);
    w.out
}

fn restarted(state: &State) -> State {
    let bytes = bytes(state);
    let mut r = Reader::new(&bytes);
    let state = State::decode(&mut r).expect("what was encoded is read");
    assert!(r.is_empty());
    state
}

fn figures(state: &State, rules: &Rules) -> serde_json::Value {
    let mut json = JsonWriter::default();
    state.write_points(&mut json, rules);
    serde_json::from_str(&json.finish()).unwrap()
}

/// The identity of the wallet; gives what is available and pending together.
fn conserved(state: &State, rules: &Rules) -> i64 {
    let figures = figures(state, rules);
    let of = |name: &str| figures[name].as_i64().unwrap();
    let held = of("available") + of("pending");
    assert_eq!(of("granted") + of("written_off"), held + of("spent") + of("expired") + of("taken_back"), "{figures}");
    match rules.points.shortfall {
        Shortfall::StopAtZero => assert!(of("available") >= 0 && of("debt") == 0, "{figures}"),
        Shortfall::AllowNegative => assert_eq!(of("written_off"), 0),
    }
    held
}

fn any_arrival_order_gives_one_state(rules: &Rules, arrivals: &[Arrival], choices: &[usize]) {
    let first = run(rules, arrivals);
    let other = shuffled(arrivals, choices);
    assert_eq!(other.len(), arrivals.len());
    let second = run(rules, &other);
    assert_eq!(first.state.digest(), second.state.digest());
    assert_eq!(&first.state, &second.state);
    for (arrival, result) in arrivals.iter().zip(&first.results) {
        let position = other.iter().position(|other| other.id == arrival.id).unwrap();
        assert_eq!(result, &second.results[position]);
    }
}

fn repeated_arrivals_change_nothing(rules: &Rules, arrivals: &[Arrival], again: &[prop::sample::Index]) {
    let once = run(rules, arrivals);
    let mut twice = arrivals.to_vec();
    twice.extend(again.iter().filter(|_| !arrivals.is_empty()).map(|index| index.get(arrivals).clone()));
    assert_eq!(once.state.digest(), run(rules, &twice).state.digest());
}

fn any_restart_and_any_snapshot_go_on_the_same(rules: &Rules, arrivals: &[Arrival]) {
    let (mut state, mut restarting) = (State::default(), State::default());
    for (stamp, act) in ledger(rules, arrivals) {
        restarting = restarted(&restarting);
        let (mut lines, mut again) = (Vec::new(), Vec::new());
        let result = state.apply(rules, stamp, &act, &mut |line| lines.push(format!("{line:?}")));
        let other = restarting.apply(rules, stamp, &act, &mut |line| again.push(format!("{line:?}")));
        assert_eq!((result, lines), (other, again));
    }
    assert_eq!(bytes(&state), bytes(&restarting));
    assert_eq!(&state, &run(rules, arrivals).state);
}

fn points_are_conserved_and_the_lines_add_up(rules: &Rules, arrivals: &[Arrival]) {
    let mut state = State::default();
    let mut sum = 0;
    for (stamp, act) in ledger(rules, arrivals) {
        let result = state.apply(rules, stamp, &act, &mut |line| sum += line.points);
        assert_eq!(conserved(&state, rules), sum, "after {:?}, {:?}", act, result);
    }
    let after = Stamp { moment_s: START_S + 2_000 * DAY_S, offset: OffsetMin::new(480) };
    let seen = state.observed(rules, after, &mut |line| sum += line.points);
    assert_eq!(conserved(&seen, rules), sum);
}

fn looking_never_matters_and_time_passes_the_same_in_any_steps(rules: &Rules, arrivals: &[Arrival], steps: &[i64]) {
    // With the phone's own zone a look can come between a journey and the check-in that bridges it.
    let rules = &Rules { calendar: Calendar { zone: DayZone::china(), ..rules.calendar }, ..rules.clone() };
    let (mut state, mut watched) = (State::default(), State::default());
    for (stamp, act) in ledger(rules, arrivals) {
        watched = watched.observed(rules, stamp, &mut |_| ());
        let result = state.apply(rules, stamp, &act, &mut |_| ());
        assert_eq!(result, watched.apply(rules, stamp, &act, &mut |_| ()));
    }
    let mut stamp = ledger(rules, arrivals).last().map_or(Stamp::default(), |last| last.0);
    assert_eq!(watched.observed(rules, stamp, &mut |_| ()), state.observed(rules, stamp, &mut |_| ()));
    let (mut lines, mut one_step) = (Vec::new(), Vec::new());
    let mut stepped = state.observed(rules, stamp, &mut |line| lines.push(format!("{line:?}")));
    for days in steps {
        stamp.moment_s += days * DAY_S;
        stepped = stepped.observed(rules, stamp, &mut |line| lines.push(format!("{line:?}")));
    }
    let seen = stepped.observed(rules, stamp, &mut |_| ());
    assert_eq!(bytes(&seen), bytes(&state.observed(rules, stamp, &mut |line| one_step.push(format!("{line:?}")))));
    lines.sort();
    one_step.sort();
    assert_eq!(lines, one_step);
}

fn a_refused_act_leaves_only_time_behind(rules: &Rules, arrivals: &[Arrival]) {
    let mut state = State::default();
    for (stamp, act) in ledger(rules, arrivals) {
        let before = state.clone();
        if state.apply(rules, stamp, &act, &mut |_| ()).is_err() {
            let refused = state.observed(rules, stamp, &mut |_| ());
            assert_eq!(refused, before.observed(rules, stamp, &mut |_| ()), "{:?}", act);
        }
    }
}

fn decoding_is_total(rules: &Rules, arrivals: &[Arrival], noise: &[u8], at: prop::sample::Index) {
    let mut stored = bytes(&run(rules, arrivals).state);
    let at = at.index(stored.len());
    stored[at] ^= noise.first().copied().unwrap_or(1);
    for bytes in [noise, &stored] {
        if let Some(mut state) = State::decode(&mut Reader::new(bytes)) {
            let stamp = Stamp { moment_s: START_S + 900 * DAY_S, offset: OffsetMin::new(480) };
            for act in
                [Act::CheckIn, Act::MakeUp { day: Day::MAX }, Act::Refund { order_id: "A1".into(), refund_fen: 1 }]
            {
                let _ = state.apply(rules, stamp, &act, &mut |_| ());
            }
            assert_eq!(&restarted(&state), &state);
        }
    }
}

proptest! {
    #![proptest_config(config())]

    // One test: making a case takes longer than holding it against everything.
    #[test]
    fn the_fold_keeps_its_promises(
        rules in rules(),
        arrivals in arrivals(),
        choices in vec(0usize..3, 1..30),
        again in vec(any::<prop::sample::Index>(), 1..5),
        steps in vec(1i64..30, 0..8),
        noise in vec(any::<u8>(), 0..60),
        at in any::<prop::sample::Index>(),
    ) {
        any_arrival_order_gives_one_state(&rules, &arrivals, &choices);
        repeated_arrivals_change_nothing(&rules, &arrivals, &again);
        any_restart_and_any_snapshot_go_on_the_same(&rules, &arrivals);
        points_are_conserved_and_the_lines_add_up(&rules, &arrivals);
        looking_never_matters_and_time_passes_the_same_in_any_steps(&rules, &arrivals, &steps);
        a_refused_act_leaves_only_time_behind(&rules, &arrivals);
        decoding_is_total(&rules, &arrivals, &noise, at);
    }
}
