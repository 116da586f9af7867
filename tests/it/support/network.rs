//! What becomes of requests, one after the other.

use std::collections::VecDeque;

/// What becomes of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It arrives, and its answer does.
    Ok,
    /// It never arrives.
    Lost,
    /// It arrives, its answer does not.
    AckLost,
    /// It arrives only after everything else, unanswered.
    Late,
    /// It arrives twice.
    Twice,
    /// It is answered after so long, in milliseconds.
    Slow(i64),
    /// It arrives, but the phone gives up waiting for its answer after so long, in milliseconds.
    SlowLost(i64),
    /// A status with an empty body, without reaching the receiver.
    Status(u16),
    /// 429 with Retry-After in seconds.
    Limited(u32),
    /// A captive portal: 200, and a page in HTML.
    Portal,
    /// 413 unless so few bytes are sent.
    TooLarge(usize),
}

/// Every plan of three requests that are answered, lost, answered in vain, or refused for now. The second value says
/// whether the plan is one of the sixteen in which any two requests meet any two fates.
pub(crate) fn plans() -> Vec<([Fate; 3], bool)> {
    let fates = [Fate::Ok, Fate::Lost, Fate::AckLost, Fate::Status(503)];
    let digits = (0..64usize).map(|plan| [plan / 16, plan / 4 % 4, plan % 4]);
    digits.map(|digits| (digits.map(|digit| fates[digit]), digits.iter().sum::<usize>().is_multiple_of(4))).collect()
}

/// The network of one phone.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// What happens to the next requests.
    pub(crate) plan: VecDeque<Fate>,
    /// What happens to those after them.
    pub(crate) then: Fate,
    /// Sizes of all bodies sent.
    pub(crate) sent_bytes: Vec<usize>,
    /// Bodies that arrive after everything else.
    pub(crate) late: Vec<Vec<u8>>,
}

impl Network {
    pub(crate) fn good() -> Network {
        Network { plan: VecDeque::new(), then: Fate::Ok, sent_bytes: Vec::new(), late: Vec::new() }
    }

    pub(crate) fn next(&mut self) -> Fate {
        self.plan.pop_front().unwrap_or(self.then)
    }
}
