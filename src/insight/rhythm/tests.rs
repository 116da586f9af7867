//! Streams of days, online and as a batch.

use super::*;
use proptest::prelude::*;

fn day(number: i32) -> Day {
    Day::from_number(20_000 + number).unwrap()
}

fn of(days: &[i32]) -> Rhythm {
    let mut rhythm = Rhythm::default();
    days.iter().for_each(|&number| {
        rhythm.add(day(number));
    });
    rhythm
}

/// From the days themselves, as a batch would.
fn batch(days: &[i32], today: i32) -> (Activity, Gaps) {
    let mut days = days.to_vec();
    days.sort_unstable();
    days.dedup();
    let (first, last) = (days[0], days[days.len() - 1]);
    let within = |length: i32| days.iter().filter(|&&day| day > today - length && day <= today).count() as u32;
    let units = |value: f64| (value * LN_UNIT + 0.5).floor() / LN_UNIT;
    let gaps: Vec<f64> = days.windows(2).map(|pair| libm::log(f64::from(pair[1] - pair[0]))).collect();
    let activity = Activity {
        x: days.len() as u32 - 1,
        last_days: (last - first) as u32,
        age_days: (today - first) as u32,
        n30: within(30),
        n90: within(90),
    };
    let gaps = Gaps {
        n: gaps.len() as u32,
        sum_days: (last - first) as u32,
        sum_ln: gaps.iter().map(|&gap| units(gap)).sum(),
        sum_ln2: gaps.iter().map(|&gap| units(gap * gap)).sum(),
    };
    (activity, gaps)
}

fn bytes(rhythm: &Rhythm) -> Vec<u8> {
    let mut w = Writer::default();
    rhythm.encode(&mut w);
    w.out
}

#[test]
fn a_day_counts_once() {
    let mut rhythm = of(&[0, 3, 3, 10]);
    assert!(!rhythm.add(day(0)) && !rhythm.add(day(10)) && rhythm.add(day(4)));
    assert_eq!(rhythm, of(&[0, 3, 4, 10]));
    assert_eq!((rhythm.silence_days(day(12)), rhythm.silence_days(day(2))), (2, 0));
    assert!(rhythm.has(0) && rhythm.has(6) && !rhythm.has(5) && !rhythm.has(500));
}

#[test]
fn late_days_find_their_place_where_it_is_known() {
    let mut rhythm = of(&[0, 100, 300, 340]);
    assert!(rhythm.add(day(250)), "between the window and what left it");
    assert!(rhythm.add(day(-7)), "before the first");
    assert_eq!(rhythm.gaps(), of(&[-7, 0, 100, 250, 300, 340]).gaps());
    assert!(!rhythm.add(day(50)), "may be one of those that left the window");
    assert!(rhythm.add(day(1_000)) && !rhythm.add(day(200)));
}

#[test]
fn nonsense_has_an_answer() {
    let none = Rhythm::default();
    assert_eq!((none.span(), none.gaps(), none.silence_days(Day::MAX)), (None, Gaps::default(), 0));
    let mut rhythm = of(&[]);
    assert!(rhythm.add(Day::MIN) && rhythm.add(Day::MAX));
    assert_eq!((rhythm.gaps().sum_days, rhythm.activity(Day::MIN).age_days), (29_220, 29_220));
    let mut daily = Rhythm::default();
    (Day::MIN.number()..=Day::MAX.number()).for_each(|number| {
        daily.add(Day::from_number(number).unwrap());
    });
    assert_eq!((daily.days(), daily.gaps().sum_ln, daily.count_within(Day::MAX, 500)), (29_221, 0.0, 128));
    // Gaps of e and of e² days have the largest sums.
    for gap in [3, 7] {
        let gaps = of(&(0..27_000 / gap).map(|n| n * gap).collect::<Vec<i32>>()).gaps();
        assert!(gaps.sum_ln <= 10_750.0 && gaps.sum_ln2 <= 15_820.0 && gaps.sum_ln > 7_000.0, "{gaps:?}");
    }
    daily.spend(u64::MAX);
    daily.spend(1);
    assert_eq!(daily.spent_fen(), u64::MAX);
}

#[test]
fn days_that_have_not_been_are_forgotten() {
    let mut rhythm = of(&[0, 5, 9, 100]);
    rhythm.forget_after(day(9));
    assert_eq!(rhythm, of(&[0, 5, 9]));
    rhythm.spend(5);
    rhythm.forget_after(day(-1));
    assert_eq!((rhythm.days(), rhythm.spent_fen()), (0, 5));
    let mut rhythm = of(&[0, 5, 9, 1_000, 1_001]);
    rhythm.forget_after(day(20));
    assert_eq!((rhythm.days(), rhythm.span()), (3, Some((day(0), day(9)))), "the window is lost, counts are not");
    assert!(rhythm.add(day(30)));
    rhythm.forget_after(day(0));
    assert_eq!(rhythm.span(), Some((day(0), day(0))));
    rhythm.forget_after(day(-1));
    assert_eq!(rhythm, Rhythm::default());
}

#[test]
fn gaps_of_the_window_are_told_apart_from_older_ones() {
    let gaps = |days: &[i32]| of(days).recent_gaps().map(|gaps| (gaps.n, gaps.sum_days, gaps.sum_days2));
    assert_eq!((gaps(&[]), gaps(&[4])), (None, None));
    assert_eq!(gaps(&[0, 3, 5]), Some((2, 5, 13)));
    assert_eq!(gaps(&[0, 1, 200, 327]), Some((1, 127, 127 * 127)));
    assert_eq!(gaps(&[0, 1, 200]), Some((1, 199, 199 * 199)));
    assert_eq!(gaps(&(0..500).collect::<Vec<_>>()), Some((127, 127, 127)));
}

#[test]
fn a_day_that_may_be_counted_already_is_not_counted_again_after_the_window_was_lost() {
    let mut rhythm = of(&[69, 70, 71, 165, 383]);
    rhythm.forget_after(day(165));
    assert_eq!((rhythm.days(), rhythm.recent_gaps()), (4, None));
    assert!(!rhythm.add(day(70)) && !rhythm.add(day(100)), "one of them is counted");
    assert!(rhythm.add(day(68)) && rhythm.add(day(67)) && rhythm.add(day(170)));
    assert_eq!(rhythm.days(), 7);
    rhythm.forget_after(day(100));
    assert_eq!(rhythm, of(&[67]), "what is left of the unknown is the first day");
    let mut two = of(&[0, 5, 200]);
    two.forget_after(day(100));
    assert_eq!(two, of(&[0, 5]));
}

proptest! {
    #[test]
    fn online_updates_equal_a_batch(
        mut days in prop::collection::vec(0i32..128, 1..60),
        (after, order) in (0i32..200, any::<u64>()),
    ) {
        let rhythm = of(&days);
        let (activity, gaps) = batch(&days, 127 + after);
        prop_assert_eq!(rhythm.activity(day(127 + after)), activity);
        prop_assert_eq!(rhythm.gaps(), gaps);
        let turn = (order % days.len() as u64) as usize;
        days.rotate_left(turn);
        prop_assert_eq!(of(&days), rhythm, "in another order");
    }

    #[test]
    fn days_that_are_late_by_less_than_the_window_count_as_in_a_batch(
        steps in prop::collection::vec((0i32..90, 0i32..128), 1..200),
    ) {
        let (mut rhythm, mut known, mut latest) = (Rhythm::default(), Vec::new(), 0);
        for (ahead, late) in steps {
            latest += ahead;
            for number in [latest, (latest - late).max(0)] {
                rhythm.add(day(number));
                known.push(number);
            }
            rhythm = Rhythm::decode(&mut Reader::new(&bytes(&rhythm))).unwrap();
        }
        let (activity, gaps) = batch(&known, latest + 3);
        prop_assert_eq!((rhythm.activity(day(latest + 3)), rhythm.gaps()), (activity, gaps));
    }

    #[test]
    fn bytes_say_the_same(days in prop::collection::vec(-900i32..900, 0..80), fen in any::<u64>()) {
        let mut rhythm = of(&days);
        rhythm.spend(fen);
        let written = bytes(&rhythm);
        prop_assert!(written.len() <= 52, "{} bytes", written.len());
        prop_assert_eq!(Rhythm::decode(&mut Reader::new(&written)), Some(rhythm));
        for cut in 0..written.len() {
            prop_assert_eq!(Rhythm::decode(&mut Reader::new(&written[..cut])), None);
        }
    }

    #[test]
    fn whatever_is_forgotten_what_is_left_is_stored(
        steps in prop::collection::vec((0i32..900, any::<bool>()), 1..40),
    ) {
        let mut rhythm = Rhythm::default();
        for (number, adds) in steps {
            if adds {
                rhythm.add(day(number));
            } else {
                rhythm.forget_after(day(number));
            }
            let mut w = Writer::default();
            rhythm.encode(&mut w);
            let read = Rhythm::decode(&mut Reader::new(&w.out));
            prop_assert_eq!(read.map(|read| (read.days(), read.span(), read.gaps())), Some((rhythm.days(), rhythm.span(), rhythm.gaps())));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), number in -900i32..900) {
        if let Some(mut rhythm) = Rhythm::decode(&mut Reader::new(&bytes)) {
            rhythm.add(day(number));
            rhythm.forget_after(day(number / 2));
            rhythm.add(day(number));
        }
    }
}
