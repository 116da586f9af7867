//! Every fault at every operation, one alone and two close together, under every plan of the network.

use super::script::{perform, program, Script};
use crate::support::network::{plans, Fate};
use crate::support::phone::{Kept, Phone, Shell};
use crate::support::server::Merge;
use crate::support::storage::{Fault, CRASHES};

/// What is different from the world as it should be.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct World {
    pub(super) shell: Shell,
    pub(super) merge: Merge,
    /// One key instead of two for slots and for tails.
    pub(super) single: bool,
    /// Writes that vanish at the first crash: no fsync.
    pub(super) rolled_back: usize,
}

/// Under which plans of the network there is a second crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pairs {
    All,
    LatinSquare,
}

/// One run's circumstances.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) plan: Vec<Fate>,
    pub(super) faults: Vec<(usize, Fault)>,
}

/// What a grid found.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) runs: usize,
    /// Runs that lost something durable.
    pub(super) lossy: usize,
    /// Runs that counted something twice, or what was withdrawn.
    pub(super) doubled: usize,
    /// Runs that lost more than one event a crash.
    pub(super) more_than_one: usize,
    /// The first bad run.
    pub(super) first: Option<String>,
}

impl Found {
    pub(super) fn add(&mut self, other: Found) {
        self.runs += other.runs;
        self.lossy += other.lossy;
        self.doubled += other.doubled;
        self.more_than_one += other.more_than_one;
        self.first = self.first.take().or(other.first);
    }

    /// Nothing durable lost, nothing doubled.
    pub(super) fn assert_clean(&self, name: &str) {
        println!("{name}: {} runs, {} lossy, {} doubled", self.runs, self.lossy, self.doubled);
        assert!(self.runs > 0 && self.lossy == 0 && self.doubled == 0, "{name}: {self:?}");
    }
}

/// One run: the script under faults, then a good network until nothing is left to send.
pub(super) fn run(script: &Script, case: &Case, world: World) -> Phone {
    let mut phone = Phone::new(program(1).clone());
    phone.shell = world.shell;
    phone.server.merge = world.merge;
    phone.storage.single = world.single;
    phone.storage.faults.clone_from(&case.faults);
    phone.network.plan.extend(&case.plan);
    let mut left = world.rolled_back;
    for &step in &script.steps {
        perform(&mut phone, step);
        if phone.engine.is_none() && phone.crashes > 0 && left > 0 {
            phone.storage.roll_back(std::mem::take(&mut left));
            phone.told.iter_mut().for_each(|told| told.kept = Kept::Doubtful);
        }
    }
    phone.heal();
    phone
}

/// Holds what the receiver believes against what was told.
pub(super) fn judge(phone: &Phone, script: &Script, case: &Case) -> Found {
    let mut found = Found { runs: 1, ..Found::default() };
    let mut lost = 0;
    let mut wrong = Vec::new();
    for told in &phone.told {
        let counted = phone.server.rows.iter().filter(|(key, _)| key.user == told.user).map(|(_, row)| {
            let by = row.stats.events.get("tick").and_then(|event| event.by.get("n"));
            by.and_then(|values| values.get(&told.name)).map_or(0, |&(count, _)| count)
        });
        let counted: u64 = counted.sum();
        let times_max = u64::from(told.kept != Kept::Withdrawn);
        let is_lost = counted == 0 && told.kept == Kept::Durable;
        lost += usize::from(counted == 0);
        found.lossy |= usize::from(is_lost);
        found.doubled |= usize::from(counted > times_max);
        if is_lost || counted > times_max {
            wrong.push(format!("{} × {counted}", told.name));
        }
    }
    found.more_than_one = usize::from(script.awaited && lost > phone.crashes);
    if !wrong.is_empty() {
        found.first = Some(format!("{} {case:?}: {wrong:?}, {lost} lost, {} crashes", script.name, phone.crashes));
    }
    found
}

/// How many operations a script takes when nothing goes wrong.
pub(super) fn operations(script: &Script, world: World) -> usize {
    let mut phone = Phone::new(program(1).clone());
    phone.shell = world.shell;
    script.steps.iter().for_each(|&step| perform(&mut phone, step));
    phone.storage.operations
}

/// The grid of a script: every fault at every operation under every plan of the network, and every second crash one
/// to three operations later, under every plan too or under a Latin square of them. Two threads share the plans.
pub(super) fn grid(script: &Script, world: World, pairs: Pairs) -> Found {
    let operations = operations(script, world);
    let under = |plans: &[([Fate; 3], bool)]| {
        let mut found = Found::default();
        for &(plan, chosen) in plans {
            let with_pairs = chosen || pairs == Pairs::All;
            for faults in faults(operations, with_pairs) {
                let case = Case { plan: plan.to_vec(), faults };
                found.add(judge(&run(script, &case, world), script, &case));
            }
        }
        found
    };
    let plans = plans();
    let (one, two) = plans.split_at(plans.len() / 2);
    std::thread::scope(|scope| {
        let other = scope.spawn(|| under(two));
        let mut found = under(one);
        found.add(other.join().unwrap());
        found
    })
}

fn faults(operations: usize, with_pairs: bool) -> Vec<Vec<(usize, Fault)>> {
    let mut faults = Vec::new();
    for (at, fault) in (0..operations).flat_map(|at| CRASHES.map(|fault| (at, fault))) {
        faults.push(vec![(at, fault)]);
        let seconds = (1..=3).flat_map(|after| CRASHES.map(|second| (at + after, second)));
        faults.extend(seconds.filter(|_| with_pairs).map(|second| vec![(at, fault), second]));
    }
    faults
}
