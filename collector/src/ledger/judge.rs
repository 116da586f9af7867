//! What a phone is believed, before anybody asks what its claims are worth: when it can have happened, and how often.

use huitou::clock::{Day, OffsetMin};
use huitou::loyalty::admit::{effective, is_ahead};
use huitou::loyalty::wire::Claim;
use huitou::program::rules::Rules;

use super::entry::{day_of, stamp, Entry};

/// Claims of one user on one date that may count.
pub const USER_CLAIMS_MAX: u32 = 50;
/// Claims of one phone on one date that may count.
pub const DEVICE_CLAIMS_MAX: u32 = 30;

/// What the database tells of a phone.
#[derive(Clone, Debug, Default)]
pub struct Phone {
    /// Its newest moment that counts; `None`: nothing yet.
    pub newest_s: Option<i64>,
    /// When it last got a receipt; `None`: never.
    pub receipt_s: Option<i64>,
    /// Claims held so far by date: of the user, and of this phone.
    pub counts: Vec<(Day, u32, u32)>,
}

/// The bounds of one upload.
#[derive(Clone, Copy, Debug)]
pub struct Bounds<'a> {
    /// Of the claims' revision.
    pub rules: &'a Rules,
    /// This server's clock.
    pub received_s: i64,
    /// How many dates before its last receipt a phone's claims may lie.
    pub offline_days: i64,
}

impl Phone {
    /// Dates the claim, and says why it is put aside if it is. Takes note of it if it is not.
    pub fn judge(&mut self, claim: &Claim, bounds: Bounds) -> (i64, Option<&'static str>) {
        if is_ahead(claim.at_s, bounds.received_s) {
            return (claim.at_s, Some("clock_ahead"));
        }
        // A clock that was set back is believed to stand still.
        let (moment_s, _) = effective(claim.at_s, self.newest_s.unwrap_or(i64::MIN));
        let day = day(bounds.rules, moment_s, claim.offset);
        let last_seen_s = self.receipt_s.unwrap_or(bounds.received_s).min(bounds.received_s);
        if day < self::day(bounds.rules, last_seen_s, claim.offset).plus(-bounds.offline_days) {
            return (moment_s, Some("too_late"));
        }
        if !self.count(day) {
            return (moment_s, Some("too_many"));
        }
        self.newest_s = Some(moment_s);
        (moment_s, None)
    }

    /// True if there is room for one more on that date.
    fn count(&mut self, day: Day) -> bool {
        if !self.counts.iter().any(|(known, _, _)| *known == day) {
            self.counts.push((day, 0, 0));
        }
        let Some((_, of_user, of_phone)) = self.counts.iter_mut().find(|(known, _, _)| *known == day) else {
            return false;
        };
        let fits = *of_user < USER_CLAIMS_MAX && *of_phone < DEVICE_CLAIMS_MAX;
        if fits {
            *of_user += 1;
            *of_phone += 1;
        }
        fits
    }
}

fn day(rules: &Rules, moment_s: i64, offset: OffsetMin) -> Day {
    day_of(rules, stamp(moment_s, offset.get()))
}

/// When the phone itself believes its claims to have happened: it knows what it has heard of and the moment of the
/// state that it started from, and no server's clock.
pub fn phone_moments(claims: &[Claim], (heard, from_s): (&[Entry], i64), device: &str) -> Vec<i64> {
    let own = heard.iter().filter(|entry| entry.device == device);
    let mut newest_s = own.map(|entry| entry.stamp.moment_s).max().unwrap_or(i64::MIN).max(from_s);
    let clamp = |claim: &Claim| {
        (newest_s, _) = effective(claim.at_s, newest_s);
        newest_s
    };
    claims.iter().map(clamp).collect()
}
