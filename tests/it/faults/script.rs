//! What a person does, as a list of steps that a fault may interrupt anywhere.

use crate::support::phone::{Landing, Phone};
use crate::support::DAY;
use huitou::program::load;
use std::sync::OnceLock;

/// One thing that happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// An event, and its write awaited.
    Tick,
    /// Events in one turn; nothing is awaited.
    Burst(usize),
    /// Events that only fill the tail.
    Fill(usize),
    /// Writes under way end.
    Writes,
    /// Writes and requests under way end.
    Settle,
    /// To the background; nothing more is awaited.
    Hide,
    /// Back to the foreground.
    Show,
    /// The process ends; what becomes of a write under way is said.
    Kill(Landing),
    /// The process ends after everything under way has.
    Close,
    /// Somebody logs in, or out (empty).
    User(&'static str),
    /// The next starts run this revision of the program.
    Program(u32),
    /// The clock moves, either way.
    Pass(i64),
    /// The app asks to send now.
    Sync,
}

/// Values declared: more than a script has events, but for the busiest, whose others are met on the phone.
const VALUES: usize = 16;

/// A small shop; odd and even revisions have dictionaries of their own.
fn text(revision: u32) -> String {
    let values: Vec<String> = (0..VALUES).map(|at| format!("\"t{at}\"")).collect();
    let more = if revision % 2 == 1 { "" } else { r#"{"name":"new_event"},"# };
    format!(
        r#"{{"app":"grid","revision":{revision},"pages":["home"],
        "events":[{more}{{"name":"tick","dimensions":[{{"name":"n","values":[{}]}}],"numbers":[{{"name":"price"}}]}}],
        "flows":[{{"name":"buy","steps":["launch","tick","hide"]}}]}}"#,
        values.join(",")
    )
}

/// The program, read once.
pub(super) fn program(revision: u32) -> &'static huitou::program::Program {
    static PROGRAMS: OnceLock<[huitou::program::Program; 2]> = OnceLock::new();
    let programs = PROGRAMS.get_or_init(|| [1, 2].map(|revision| load(&text(revision)).unwrap().0));
    &programs[1 - revision as usize % 2]
}

/// Carries out one step.
pub(super) fn perform(phone: &mut Phone, step: Step) {
    match step {
        Step::Tick => {
            phone.tick();
            phone.settle_writes();
        }
        Step::Burst(count) => {
            (0..count).for_each(|_| phone.tick());
            phone.run();
        }
        Step::Fill(count) => {
            let at = phone.at();
            (0..count).for_each(|_| phone.engine().track(huitou::id::builtin::SHARE, at));
            phone.run();
        }
        Step::Writes => phone.settle_writes(),
        Step::Settle => phone.settle(),
        Step::Hide => phone.hide(),
        Step::Show => phone.show(),
        Step::Kill(landing) => phone.kill(landing),
        Step::Close => phone.close(),
        Step::User(user) => phone.log_in(user),
        Step::Program(revision) => phone.program = program(revision).clone(),
        Step::Pass(ms) => phone.pass(ms),
        Step::Sync => drop(phone.command(r#"{"op":"sync"}"#)),
    }
}

/// A named script, and whether every event's write is awaited in it.
pub(super) struct Script {
    pub(super) name: &'static str,
    pub(super) awaited: bool,
    pub(super) steps: Vec<Step>,
}

use Step::{Burst, Close, Fill, Hide, Kill, Pass, Program, Settle, Show, Sync, Tick, User, Writes};

/// One session with a visit to the background, every write awaited.
pub(super) fn session() -> Script {
    let mut steps = vec![Tick; 5];
    steps.extend([Hide, Settle, Show, Tick, Tick, Sync, Settle, Tick, Hide, Settle, Show, Tick]);
    Script { name: "session", awaited: true, steps }
}

/// So many events that full chunks move on and slots are written anew.
pub(super) fn busy() -> Script {
    let mut steps = vec![Burst(1), Settle];
    for _ in 0..6 {
        steps.extend([Burst(1), Fill(17), Writes]);
    }
    steps.extend([Hide, Settle, Show, Burst(2), Writes]);
    Script { name: "busy", awaited: false, steps }
}

/// Hidden while a write is under way, shown again, hidden again: twice without an answer in between.
pub(super) fn hidden() -> Script {
    let steps = vec![
        Burst(2),
        Hide,
        Show,
        Burst(1),
        Hide,
        Settle,
        Show,
        Burst(9),
        Burst(1),
        Hide,
        Show,
        Burst(9),
        Hide,
        Writes,
        Burst(1),
        Hide,
        Settle,
    ];
    Script { name: "hidden", awaited: false, steps }
}

/// Killed in the background, again and again, whatever becomes of the write under way.
pub(super) fn killed(landing: Landing) -> Script {
    let mut steps = vec![Tick, Burst(2), Hide, Kill(landing), Burst(2), Hide, Kill(landing), Hide, Kill(landing)];
    steps.extend([Tick, Burst(20), Hide, Kill(landing), Tick, Burst(1), Hide, Settle]);
    Script { name: "killed", awaited: false, steps }
}

/// Two people share a phone; what is anonymous belongs to nobody.
pub(super) fn accounts() -> Script {
    let steps = vec![
        Tick,
        User("anna"),
        Tick,
        Tick,
        Hide,
        Settle,
        Show,
        User("bert"),
        Tick,
        Hide,
        Settle,
        Show,
        User("anna"),
        Tick,
        Sync,
        Settle,
        User(""),
        Tick,
        Hide,
    ];
    Script { name: "accounts", awaited: true, steps }
}

/// The merchant changes the program between starts, and takes the change back.
pub(super) fn programs() -> Script {
    let steps = vec![
        Tick,
        Tick,
        Program(2),
        Close,
        Tick,
        Hide,
        Settle,
        Program(1),
        Kill(Landing::Never),
        Tick,
        Program(2),
        Close,
        Burst(1),
        Hide,
        Show,
        Tick,
    ];
    Script { name: "programs", awaited: false, steps }
}

/// Midnight passes, the clock goes back a day and forward two.
pub(super) fn days() -> Script {
    let steps = vec![Tick, Pass(DAY), Tick, Hide, Settle, Pass(-2 * DAY), Show, Tick, Close, Pass(3 * DAY), Tick, Hide];
    Script { name: "days", awaited: true, steps }
}
