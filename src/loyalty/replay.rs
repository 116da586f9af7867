//! The whole ledger of a person, from what arrived to the state (T5).

use super::act::{Refusal, Stamp};
use super::admit::{admit, Admitted, Arrival};
use super::line::{Line, Reason, What};
use super::state::State;
use crate::clock::Day;
use crate::program::rules::Rules;

/// What came of the arrivals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// The state after all of them; time has passed up to the last one.
    pub state: State,
    /// For each arrival: the effective moment and whether the clock had gone back, or why it changed nothing.
    pub results: Vec<Result<Admitted, Refusal>>,
}

/// Something for the app or the server to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Action<'a> {
    /// `coupon`, `tier` or `discount_fen`.
    pub kind: &'static str,
    /// The coupon or the tier; empty for a discount.
    pub subject: &'a str,
    /// The discount.
    pub fen: i64,
    /// On which date.
    pub day: Day,
}

/// Folds arrivals in the order (effective moment, device, arrival), each under the rules of its own revision. The sink
/// hears the arrival's position and the line.
pub fn replay(programs: &[(u32, Rules)], arrivals: &[Arrival], sink: &mut dyn FnMut(usize, &Line)) -> Replayed {
    let mut results = admit(arrivals);
    let mut state = State::new();
    for (stamp, position) in in_order(arrivals, &results) {
        let Some(arrival) = arrivals.get(position) else { continue };
        let Some(act) = &arrival.act else { continue };
        let rules = programs.iter().find(|(revision, _)| *revision == arrival.revision);
        let applied = match rules {
            Some((_, rules)) => state.apply(rules, stamp, act, &mut |line| sink(position, line)),
            None => Err(Refusal::NotOffered),
        };
        if let (Err(refusal), Some(result)) = (applied, results.get_mut(position)) {
            *result = Err(refusal);
        }
    }
    Replayed { state, results }
}

/// Positions of what counts, in ledger order. What arrives is mostly in order, and the sort takes that for granted.
pub(super) fn in_order(arrivals: &[Arrival], results: &[Result<Admitted, Refusal>]) -> Vec<(Stamp, usize)> {
    let admitted = results.iter().enumerate();
    let mut order: Vec<(Stamp, usize)> =
        admitted.filter_map(|(position, result)| Some((result.ok()?.stamp, position))).collect();
    let device = |position: usize| arrivals.get(position).map(|arrival| arrival.device.as_str());
    order.sort_by(|(a, at), (b, other)| {
        a.moment_s.cmp(&b.moment_s).then_with(|| device(*at).cmp(&device(*other))).then(at.cmp(other))
    });
    order
}

/// What a line asks somebody to do, if anything.
pub fn action<'a>(line: &Line<'a>) -> Option<Action<'a>> {
    let action = Action { kind: "coupon", subject: line.subject, fen: 0, day: line.day };
    match line.reason {
        Reason::Coupon => Some(action),
        Reason::TierUp | Reason::TierDown => Some(Action { kind: "tier", ..action }),
        Reason::Redeem => {
            let discount = line.terms.iter().find(|term| term.what == What::DiscountFen)?;
            Some(Action { kind: "discount_fen", subject: "", fen: discount.value, ..action })
        }
        _ => None,
    }
}
