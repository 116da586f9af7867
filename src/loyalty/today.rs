//! What the present date has brought so far, for daily limits.

use super::codec::{read_number, write_number};
use crate::bytes::{Reader, Writer};
use crate::program::rules::{DailyCap, Rules, Source};

/// Counters of one date; they start anew on the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Today {
    /// (source, points granted), ascending.
    sources: Vec<(u8, u64)>,
    /// (activity, how often claimed), ascending.
    activities: Vec<(u8, u64)>,
    /// Points that claims earned.
    claimed: u64,
}

impl Today {
    /// How much of a source's grant the caps leave (P4); a claim is also held by the limit for all claims.
    pub(super) fn admit(&mut self, rules: &Rules, (source, claim): (Source, bool), points: u64) -> u64 {
        let mut room = points;
        for cap in &rules.daily_caps {
            if cap.sources.contains(&source) {
                room = room.min(u64::from(cap.points_max).saturating_sub(self.used(cap)));
            }
        }
        let max = u64::from(rules.points.claims_per_day_max);
        if claim && max > 0 {
            room = room.min(max.saturating_sub(self.claimed));
        }
        if claim {
            self.claimed = self.claimed.saturating_add(room);
        }
        add(&mut self.sources, source.0, room);
        room
    }

    /// A new date. What is allocated stays.
    pub(super) fn clear(&mut self) {
        self.sources.clear();
        self.activities.clear();
        self.claimed = 0;
    }

    fn used(&self, cap: &DailyCap) -> u64 {
        let mut used = 0u64;
        for (source, points) in &self.sources {
            if cap.sources.contains(&Source(*source)) {
                used = used.saturating_add(*points);
            }
        }
        used
    }

    /// How often an activity was claimed.
    pub(super) fn times(&self, activity: u8) -> u64 {
        self.activities.iter().find(|entry| entry.0 == activity).map_or(0, |entry| entry.1)
    }

    /// Notes an activity.
    pub(super) fn note(&mut self, activity: u8) {
        add(&mut self.activities, activity, 1);
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        for list in [&self.sources, &self.activities] {
            w.count(list.len());
            for (key, number) in list {
                w.byte(*key);
                write_number(w, *number);
            }
        }
        write_number(w, self.claimed);
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Today> {
        Some(Today { sources: read_list(r)?, activities: read_list(r)?, claimed: read_number(r)? })
    }
}

fn read_list(r: &mut Reader) -> Option<Vec<(u8, u64)>> {
    r.list(|r| Some((r.byte()?, read_number(r)?)))
}

fn add(list: &mut Vec<(u8, u64)>, key: u8, number: u64) {
    match list.binary_search_by_key(&key, |entry| entry.0) {
        Ok(at) => list.get_mut(at).into_iter().for_each(|entry| entry.1 = entry.1.saturating_add(number)),
        Err(at) => list.insert(at, (key, number)),
    }
}
