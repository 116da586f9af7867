//! A busy year of one person: 770 acts under a mall's program. `main.rs` folds it natively, `bench/fold.mjs` the same
//! code as WebAssembly.

use huitou::bytes::Writer;
use huitou::clock::OffsetMin;
use huitou::loyalty::wire::{encode_claims, Claim};
#[cfg(not(target_arch = "wasm32"))]
use huitou::loyalty::{admit::Arrival, replay::replay};
use huitou::loyalty::{Act, Stamp, State};
use huitou::program::load;
use huitou::program::rules::Rules;

const PROGRAM: &str = include_str!("../program.json");
/// Noon in China on 2025-03-01.
const START_S: i64 = 1_740_801_600;
const DAY_S: i64 = 86_400;
const DAYS: i64 = 365;
const CHINA_MIN: i32 = 480;

/// A year, ready to be folded.
pub struct Year {
    rules: Rules,
    acts: Vec<(Stamp, Act)>,
}

impl Year {
    /// The busy year; `None` if the program is none.
    pub fn new() -> Option<Year> {
        let (program, warnings) = load(PROGRAM).ok()?;
        let year = Year { rules: program.rules, acts: (0..DAYS).flat_map(day).collect() };
        warnings.is_empty().then_some(year)
    }

    /// As it is for somebody who comes every fifth day: a fifth of everything.
    pub fn ordinary() -> Option<Year> {
        let year = Year::new()?;
        let comes = |stamp: &Stamp| (stamp.moment_s - START_S) / DAY_S % 5 == 2;
        Some(Year { acts: year.acts.into_iter().filter(|(stamp, _)| comes(stamp)).collect(), ..year })
    }

    /// How many acts it has.
    pub fn acts(&self) -> usize {
        self.acts.len()
    }

    /// Applies all of it; the state, and how many acts changed something.
    pub fn fold(&self) -> (State, usize) {
        let (mut state, mut accepted) = (State::new(), 0);
        for (stamp, act) in &self.acts {
            accepted += usize::from(state.apply(&self.rules, *stamp, act, &mut |_| {}).is_ok());
        }
        (state, accepted)
    }

    /// Bytes of all acts in the ledger's form.
    pub fn ledger_bytes(&self) -> usize {
        let claim = |(stamp, act): &(Stamp, Act)| Claim {
            revision: 1,
            at_s: stamp.moment_s,
            offset: stamp.offset,
            act: act.clone(),
        };
        let claims: Vec<Claim> = self.acts.iter().map(claim).collect();
        let mut w = Writer::default();
        encode_claims(&mut w, &claims);
        w.out.len()
    }

    /// What a server replays: everything with ids and a phone, as it would arrive.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn arrivals(&self) -> Vec<Arrival> {
        let arrival = |(at, (stamp, act)): (usize, &(Stamp, Act))| Arrival {
            id: at.to_string(),
            device: "8f3a11c2d4e5f607".to_owned(),
            at_s: stamp.moment_s,
            offset: stamp.offset,
            received_s: Some(stamp.moment_s),
            revision: 1,
            act: Some(act.clone()),
        };
        self.acts.iter().enumerate().map(arrival).collect()
    }

    /// A server's replay of arrivals.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn replay(&self, arrivals: &[Arrival]) -> State {
        replay(&[(1, self.rules.clone())], arrivals, &mut |_, _| {}).state
    }
}

/// A check-in every day, sharing on 260 days, 104 orders, 26 times points spent, 10 refunds, 5 gifts.
fn day(day: i64) -> impl Iterator<Item = (Stamp, Act)> {
    let order_id = |day: i64| format!("2025{day:07}");
    let acts = [
        Some(Act::CheckIn),
        (day % 7 < 5 && day < 364).then_some(Act::Activity { activity: 0 }),
        (day % 7 % 4 == 2 && day < 364).then(|| {
            let categories = vec!["tea".to_owned()];
            Act::OrderPaid { order_id: order_id(day), paid_fen: 4_900 + day as u64 * 37, categories }
        }),
        (day % 14 == 13).then(|| Act::Redeem { points: 100, order_id: String::new(), item: String::new() }),
        (day % 35 == 11 && day < 340).then(|| Act::Refund { order_id: order_id(day - 9), refund_fen: 1_000 }),
        (day % 70 == 40).then(|| Act::Grant { source: "activity".to_owned(), points: 50 }),
    ];
    let at =
        move |minute: i64| Stamp { moment_s: START_S + day * DAY_S + minute * 60, offset: OffsetMin::new(CHINA_MIN) };
    acts.into_iter().flatten().zip(0..).map(move |(act, minute)| (at(minute), act))
}

/// For JavaScript: folds the year so many times. Gives the sum of the digests' first bytes, so that no fold is left
/// out; or 0 if there is no year.
#[cfg(target_arch = "wasm32")]
#[allow(unsafe_code, reason = "an export by name, without generated glue")]
#[no_mangle]
pub extern "C" fn folds(times: u32) -> u32 {
    let Some(year) = Year::new() else { return 0 };
    (0..times).map(|_| year.fold().0.digest().first().map_or(0, |byte| u32::from(*byte) + 1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_has_770_acts_that_change_something_and_its_replay_is_its_fold() {
        let year = Year::new().unwrap();
        let (state, accepted) = year.fold();
        assert_eq!((year.acts(), accepted), (770, 770));
        assert_eq!(year.replay(&year.arrivals()), state);
        assert!(year.ledger_bytes() < 770 * 10);
    }
}
