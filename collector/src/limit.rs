//! Rate limits in a fixed amount of memory.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicI64, Ordering};

/// A token bucket for each of a fixed number of slots; a name belongs to the slot that its keyed hash picks.
///
/// Memory never grows, whatever names come. Two names may share a slot and then share its rate; which ones do is
/// decided by a random key, so nobody can aim at somebody else's slot.
/// A slot stores one number (the GCRA form of a token bucket): the instant at which its bucket is full again.
#[derive(Debug)]
pub struct Limiter {
    full_at_us: Vec<AtomicI64>,
    hasher: RandomState,
    interval_us: i64,
    burst_us: i64,
}

impl Limiter {
    /// `per_minute` calls a minute in the long run, `burst` at once. 0 a minute turns the limit off.
    pub fn new(slots: usize, per_minute: u32, burst: u32) -> Limiter {
        let interval_us = if per_minute == 0 { 0 } else { 60_000_000 / i64::from(per_minute) };
        let burst_us = interval_us * i64::from(burst.max(1) - 1);
        let full_at_us = (0..slots.max(1)).map(|_| AtomicI64::new(0)).collect();
        Limiter { full_at_us, hasher: RandomState::new(), interval_us, burst_us }
    }

    /// Takes one from the bucket of a name, or says after how many seconds to come again.
    pub fn take(&self, app: &str, name: &str, now_ms: i64) -> Result<(), u64> {
        if self.interval_us == 0 {
            return Ok(());
        }
        let hash = self.hasher.hash_one((app, name));
        let place = usize::try_from(hash % self.full_at_us.len() as u64).unwrap_or(0);
        let Some(slot) = self.full_at_us.get(place) else {
            return Ok(());
        };
        let now_us = now_ms.saturating_mul(1000);
        let next = |full_at_us: i64| {
            let waiting_us = (full_at_us - now_us).max(0);
            (waiting_us <= self.burst_us).then(|| now_us + waiting_us + self.interval_us)
        };
        match slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next) {
            Ok(_) => Ok(()),
            Err(full_at_us) => Err(seconds(full_at_us - now_us - self.burst_us)),
        }
    }
}

fn seconds(us: i64) -> u64 {
    u64::try_from(us).unwrap_or(0).div_ceil(1_000_000).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_the_steady_rate() {
        let limiter = Limiter::new(1024, 60, 3);
        for _ in 0..3 {
            assert_eq!(limiter.take("shop", "u", 5_000), Ok(()));
        }
        assert_eq!(limiter.take("shop", "u", 5_000), Err(1));
        assert_eq!(limiter.take("shop", "u", 5_999), Err(1));
        assert_eq!(limiter.take("shop", "u", 6_000), Ok(()));
        assert_eq!(limiter.take("shop", "u", 6_000), Err(1));
        assert_eq!(limiter.take("shop", "u", 60_000), Ok(()));
    }

    #[test]
    fn slow_rates_say_how_long_to_wait() {
        let limiter = Limiter::new(1, 2, 1);
        assert_eq!(limiter.take("shop", "u", 0), Ok(()));
        assert_eq!(limiter.take("shop", "u", 0), Err(30));
        assert_eq!(limiter.take("shop", "u", 29_500), Err(1));
    }

    #[test]
    fn off_means_off_and_names_are_apart() {
        let off = Limiter::new(1, 0, 1);
        assert!((0..1000).rev().all(|now_ms| off.take("shop", "u", now_ms).is_ok()), "even as threads read the clock");
        let limiter = Limiter::new(1 << 16, 60, 1);
        let passed = (0..1000).filter(|n| limiter.take("shop", &n.to_string(), 0).is_ok()).count();
        assert!(passed > 950, "{passed} of 1000 names found a slot of their own");
    }
}
