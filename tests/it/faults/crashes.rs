//! The crash grid (research: every operation × four ways to die, pairs, all network plans), and rolled-back storage.

use super::grid::{grid, judge, operations, run, Case, Found, Pairs, World};
use super::script::{accounts, busy, days, hidden, killed, programs, session, Script};
use crate::support::network::plans;
use crate::support::phone::LANDINGS;
use crate::support::storage::{Fault, CRASHES};

fn clean(script: &Script, pairs: Pairs) {
    let found = grid(script, World::default(), pairs);
    found.assert_clean(script.name);
    assert_eq!(found.more_than_one, 0, "{found:?}");
}

#[test]
fn a_session_survives_every_crash() {
    clean(&session(), Pairs::All);
}

#[test]
fn full_chunks_and_new_slots_survive_every_crash() {
    clean(&busy(), Pairs::LatinSquare);
}

#[test]
fn hiding_while_a_write_is_under_way_survives_every_crash() {
    clean(&hidden(), Pairs::All);
}

#[test]
fn two_accounts_survive_every_crash() {
    clean(&accounts(), Pairs::LatinSquare);
}

#[test]
fn a_new_program_survives_every_crash() {
    clean(&programs(), Pairs::LatinSquare);
}

#[test]
fn changes_of_the_day_survive_every_crash() {
    clean(&days(), Pairs::LatinSquare);
}

/// A process frozen on hide: the synchronous part ran, the asynchronous write lands in any way, or never.
#[test]
fn being_killed_in_the_background_loses_nothing() {
    let mut found = Found::default();
    for script in LANDINGS.map(killed) {
        for (plan, _) in plans() {
            let case = Case { plan: plan.to_vec(), faults: Vec::new() };
            found.add(judge(&run(&script, &case, World::default()), &script, &case));
            for (at, fault) in (0..operations(&script, World::default())).flat_map(|at| CRASHES.map(|f| (at, f))) {
                let case = Case { plan: plan.to_vec(), faults: vec![(at, fault)] };
                found.add(judge(&run(&script, &case, World::default()), &script, &case));
            }
        }
    }
    found.assert_clean("killed in the background");
}

/// A write that the platform refuses, whole or torn, is done again; then the process dies.
#[test]
fn refused_writes_lose_nothing() {
    let mut found = Found::default();
    for script in [session(), busy(), hidden(), programs()] {
        for at in 0..operations(&script, World::default()) {
            for refused in [Fault::Refused, Fault::RefusedTorn] {
                for (after, crash) in (1..=4).flat_map(|after| CRASHES.map(|crash| (after, crash))) {
                    let faults = vec![(at, refused), (at + after, crash)];
                    let case = Case { plan: Vec::new(), faults };
                    found.add(judge(&run(&script, &case, World::default()), &script, &case));
                }
            }
        }
    }
    found.assert_clean("refused writes");
}

/// The last 1 to 7 completed writes vanish with the process. What they held may be gone, but nothing that is
/// recorded afterwards, and nothing counts twice.
#[test]
fn rolled_back_storage_loses_nothing_later() {
    let mut found = Found::default();
    for script in [session(), busy(), hidden(), accounts(), programs()] {
        found.add(roll_back(&script, World::default()));
    }
    found.assert_clean("rolled back");
}

pub(super) fn roll_back(script: &Script, world: World) -> Found {
    let mut found = Found::default();
    for rolled_back in 1..=7 {
        for (plan, _) in plans() {
            for at in 0..operations(script, world) {
                let case = Case { plan: plan.to_vec(), faults: vec![(at, Fault::NotApplied)] };
                found.add(judge(&run(script, &case, World { rolled_back, ..world }), script, &case));
            }
        }
    }
    found
}
