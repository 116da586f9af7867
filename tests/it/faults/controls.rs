//! Negative controls: worlds that are broken on purpose. A harness that does not catch them proves nothing.

use super::crashes::roll_back;
use super::grid::{grid, judge, run, Case, Pairs, World};
use super::script::{accounts, session};
use crate::support::network::Fate;
use crate::support::phone::Shell;
use crate::support::server::Merge;

fn caught(name: &str, world: World) -> (usize, usize) {
    let found = grid(&session(), world, Pairs::LatinSquare);
    println!("control {name}: {} runs, {} lossy, {} doubled", found.runs, found.lossy, found.doubled);
    (found.lossy, found.doubled)
}

#[test]
fn saving_over_the_only_good_copy_is_caught() {
    let (lossy, _) = caught("one key instead of two", World { single: true, ..World::default() });
    assert!(lossy > 0);
}

#[test]
fn reporting_and_sending_what_is_not_durable_is_caught() {
    let shell = Shell { lies: true, ..Shell::default() };
    let (lossy, _) = caught("write reported before it is done", World { shell, ..World::default() });
    assert!(lossy > 0);
}

#[test]
fn acknowledging_what_is_not_kept_is_caught() {
    let (lossy, _) = caught("acknowledged, not kept", World { merge: Merge::Forgets, ..World::default() });
    assert!(lossy > 0);
}

#[test]
fn adding_every_arrival_is_caught() {
    let (_, doubled) = caught("every arrival added", World { merge: Merge::Adds, ..World::default() });
    assert!(doubled > 0);
}

#[test]
fn keeping_the_latest_arrival_is_caught() {
    let case = Case { plan: vec![Fate::Ok, Fate::Late, Fate::Late], faults: Vec::new() };
    for (merge, lossy) in [(Merge::Highest, 0), (Merge::Latest, 1)] {
        let world = World { merge, ..World::default() };
        assert_eq!(judge(&run(&session(), &case, world), &session(), &case).lossy, lossy, "{merge:?}");
    }
}

#[test]
fn using_a_segment_again_is_caught() {
    let shell = Shell { same_seed: true, ..Shell::default() };
    let found = roll_back(&accounts(), World { shell, ..World::default() });
    println!("control same segment again, rolled back: {} runs, {} lossy", found.runs, found.lossy);
    assert!(found.lossy > 0);
}
