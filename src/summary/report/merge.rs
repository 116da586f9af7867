//! Adding up counts. Every sum saturates, so the result does not depend on the order.

use super::{ReportEvent, ReportNumber, ReportStats};
use std::collections::BTreeMap;

impl ReportStats {
    /// Adds all counts of another.
    pub fn merge(&mut self, other: &ReportStats) {
        merge_maps(&mut self.events, &other.events, ReportEvent::merge);
        merge_maps(&mut self.flows, &other.flows, |mine, theirs| add_steps(mine, theirs));
        merge_maps(&mut self.hours, &other.hours, add);
        add_pair(&mut self.sessions, &other.sessions);
        self.orders.extend(other.orders.iter().cloned());
        self.orders.sort();
        merge_maps(&mut self.drops, &other.drops, add);
    }
}

impl ReportEvent {
    /// Adds all counts of another.
    pub fn merge(&mut self, other: &ReportEvent) {
        add(&mut self.count, &other.count);
        merge_maps(&mut self.by, &other.by, |mine, theirs| merge_maps(mine, theirs, add_pair));
        merge_maps(&mut self.numbers, &other.numbers, ReportNumber::merge);
    }
}

impl ReportNumber {
    /// Adds all values of another.
    pub fn merge(&mut self, other: &ReportNumber) {
        add(&mut self.sum, &other.sum);
        for &(bucket, count) in &other.buckets {
            match self.buckets.binary_search_by_key(&bucket, |&(key, _)| key) {
                Ok(at) => self.buckets.iter_mut().skip(at).take(1).for_each(|(_, sum)| add(sum, &count)),
                Err(at) => self.buckets.insert(at, (bucket, count)),
            }
        }
    }
}

fn merge_maps<K: Ord + Clone, V: Default>(
    mine: &mut BTreeMap<K, V>,
    theirs: &BTreeMap<K, V>,
    merge: impl Fn(&mut V, &V),
) {
    for (key, value) in theirs {
        merge(mine.entry(key.clone()).or_default(), value);
    }
}

fn add_steps(mine: &mut Vec<u64>, theirs: &[u64]) {
    mine.resize(mine.len().max(theirs.len()), 0);
    mine.iter_mut().zip(theirs).for_each(|(sum, count)| add(sum, count));
}

fn add_pair(mine: &mut (u64, u64), theirs: &(u64, u64)) {
    add(&mut mine.0, &theirs.0);
    add(&mut mine.1, &theirs.1);
}

fn add(sum: &mut u64, count: &u64) {
    *sum = sum.saturating_add(*count);
}
