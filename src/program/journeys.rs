//! Section `journeys`: what is done after what, unless something else happens before.

use super::features::PayloadPart;
use super::gift::{choice, Clock};
use super::read::{Cursor, Each, Keyed, Read};
use super::value::Value;
use crate::clock::Day;

/// The most journeys.
pub const JOURNEYS_MAX: usize = 64;
/// The most steps of one.
pub const STEPS_MAX: usize = 12;
/// Longest id of a journey, and name of a trigger, in bytes.
pub const JOURNEY_BYTES_MAX: usize = 40;
/// Longest reference of an action, in bytes: WeChat's ids of templates have 43.
pub const REFERENCE_BYTES_MAX: usize = 64;
/// The most triggers that end one.
const ENDS_MAX: usize = 8;
/// The most variations of one step.
const VARIATIONS_MAX: usize = 8;
/// Longest delay: a year and a day.
const DELAY_DAYS_MAX: u32 = 366;
/// Longest `data` of an action, in bytes as JSON.
const DATA_BYTES_MAX: usize = 512;

/// What a journey begins or ends with: `order_paid`, or `level:lost` for one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trigger {
    /// What happened.
    pub name: String,
    /// One of the texts told with it; empty for any.
    pub subject: String,
}

/// Whether somebody may begin again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReEntry {
    /// Once.
    Never,
    /// Once the one before has ended.
    #[default]
    WhenFinished,
    /// Once it has ended, and so many days after it began.
    AfterDays(u32),
}

/// How long a step waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// So many dates after the beginning, at the same clock time; the same date for 0.
    AfterDays(u32),
    /// So much time after it.
    AfterMinutes(u32),
    /// So many dates before what the journey waits for.
    BeforeDays(u32),
}

/// What kind of thing is done. Positions are on the wire: only ever append.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A subscription message, sent by the backend.
    #[default]
    Message,
    /// A coupon, issued by the backend.
    Coupon,
    /// Points, granted by the backend.
    Points,
    /// Something in front of the page.
    Popup,
    /// A mark on an entrance.
    Badge,
    /// The question for a subscription, at the next tap.
    AskSubscribe,
    /// The offer to add a sales assistant.
    OfferWecom,
    /// The question how it was.
    Feedback,
    /// Whatever the app makes of it.
    Custom,
}

impl Kind {
    /// In order of their positions.
    pub const ALL: [Kind; 9] = [
        Kind::Message,
        Kind::Coupon,
        Kind::Points,
        Kind::Popup,
        Kind::Badge,
        Kind::AskSubscribe,
        Kind::OfferWecom,
        Kind::Feedback,
        Kind::Custom,
    ];
    /// Their words, in the same order.
    const WORDS: [&'static str; 9] =
        ["message", "coupon", "points", "popup", "badge", "ask_subscribe", "offer_wecom", "feedback", "custom"];

    /// Stable word.
    pub fn word(self) -> &'static str {
        Kind::WORDS.get(self as usize).copied().unwrap_or_default()
    }

    /// True for what a backend does, whether she is there or not.
    pub fn is_remote(self) -> bool {
        matches!(self, Kind::Message | Kind::Coupon | Kind::Points)
    }
}

/// What is done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Deed {
    /// What kind of thing.
    pub kind: Kind,
    /// The template, the coupon, the popup …: the shop's own reference; at most 64 bytes.
    pub reference: String,
    /// A service message: outside quiet hours and caps.
    pub is_service: bool,
    /// Handed on as it stands; null if there is none. Does not travel: a backend has the program.
    pub data: Value,
}

/// One step.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// How long it waits.
    pub delay: Delay,
    /// At which minute of the day, instead of that of the beginning.
    pub at_clock: Option<u32>,
    /// On the first such weekday from there on, 1 (Monday)..=7.
    pub weekday: Option<u32>,
    /// Who it is for, as a condition; null for everybody.
    pub when: Value,
    /// What is done, by variation; one for all.
    pub deeds: Vec<Option<Deed>>,
    /// For so many days it can be shown if she was not there.
    pub keeps_days: u32,
}

/// One journey.
#[derive(Clone, Debug, PartialEq)]
pub struct Journey {
    /// What it is called.
    pub id: String,
    /// What it begins with.
    pub enter_on: Trigger,
    /// Who it is for, as a condition; null for everybody.
    pub when: Value,
    /// Which of the texts told with the beginning tells instances apart; empty: one per person.
    pub instance_key: String,
    /// Whether somebody may begin again.
    pub re_entry: ReEntry,
    /// What it begins with ends the one that runs and begins another.
    pub restarts: bool,
    /// What ends it.
    pub exit_on: Vec<Trigger>,
    /// What it is for; ends it too.
    pub goal: Vec<Trigger>,
    /// A goal within so many days of the beginning counts.
    pub goal_days: u32,
    /// Of what is due at one moment the highest goes first.
    pub priority: u32,
    /// First day on which it may begin.
    pub from: Option<Day>,
    /// Last day on which it may begin.
    pub to: Option<Day>,
    /// So many of a thousand people get nothing, to compare with.
    pub hold_out_permille: u32,
    /// The experiment whose variation chooses what is done; empty for none.
    pub experiment: String,
    /// In order.
    pub steps: Vec<Step>,
}

impl Journey {
    /// What a step does for a variation.
    pub fn deed(&self, step: usize, variation: u8) -> Option<&Deed> {
        let deeds = &self.steps.get(step)?.deeds;
        let place = if deeds.len() > 1 { usize::from(variation) } else { 0 };
        deeds.get(place)?.as_ref()
    }
}

impl Keyed for Journey {
    fn key(&self) -> &str {
        &self.id
    }
}

impl Read for Journey {
    fn read(cursor: &Cursor) -> Journey {
        cursor.object();
        let steps: Each<Step> = cursor.or_empty_list("steps", (0, STEPS_MAX as i64));
        let made = Journey {
            id: cursor.required("id", (1, JOURNEY_BYTES_MAX as i64)),
            enter_on: cursor.required("enter_on", (0, 0)),
            when: cursor.or("when", (0, 0), PayloadPart::default()).0,
            instance_key: cursor.or("key", (0, JOURNEY_BYTES_MAX as i64), String::new()),
            re_entry: cursor.or("re_entry", (0, 0), ReEntry::default()),
            restarts: cursor.or("restart_on_repeat", (0, 0), false),
            exit_on: cursor.or("exit_on", (0, ENDS_MAX as i64), Vec::new()),
            goal: cursor.or("goal", (0, ENDS_MAX as i64), Vec::new()),
            goal_days: cursor.or("goal_days", (1, 90), 14),
            priority: cursor.or("priority", (0, 1000), 0),
            from: cursor.or("from", (0, 0), None),
            to: cursor.or("to", (0, 0), None),
            hold_out_permille: cursor.or("hold_out_permille", (0, 500), 0),
            experiment: cursor.or("experiment", (0, 64), String::new()),
            steps: steps.0,
        };
        cursor.done();
        if made.steps.is_empty() {
            cursor.fail("expected a journey of at least one step");
        }
        made
    }
}

impl Keyed for Step {
    fn key(&self) -> &str {
        ""
    }
}

impl Read for Trigger {
    fn read(cursor: &Cursor) -> Trigger {
        let fits = |text: &str| (1..=2 * JOURNEY_BYTES_MAX).contains(&text.len()) && !text.starts_with(':');
        let text = cursor.text_that(fits, "expected what happens, such as \"order_paid\" or \"level:lost\"");
        let (name, subject) = text.split_once(':').unwrap_or((text, ""));
        Trigger { name: name.to_owned(), subject: subject.to_owned() }
    }
}

impl Read for ReEntry {
    fn read(cursor: &Cursor) -> ReEntry {
        match cursor.value().as_str() {
            Some("never") => ReEntry::Never,
            Some("when_finished") => ReEntry::WhenFinished,
            text => match text.and_then(days) {
                Some(days) => ReEntry::AfterDays(days),
                None => {
                    cursor.fail("expected \"never\", \"when_finished\" or days such as \"30d\"");
                    ReEntry::Never
                }
            },
        }
    }
}

/// `3d`.
fn days(text: &str) -> Option<u32> {
    let days = text.strip_suffix('d')?.parse().ok();
    days.filter(|&days| days <= DELAY_DAYS_MAX)
}

/// `3d`, `12h`, `30min`.
struct Wait(Delay);

impl Read for Wait {
    fn read(cursor: &Cursor) -> Wait {
        let text = cursor.value().as_str().unwrap_or_default();
        let minutes = |unit: &str, each: u32| {
            let number: Option<u32> = text.strip_suffix(unit).and_then(|number| number.parse().ok());
            number.and_then(|number| number.checked_mul(each)).filter(|&minutes| minutes <= DELAY_DAYS_MAX * 1440)
        };
        let time = minutes("min", 1).or_else(|| minutes("h", 60)).map(Delay::AfterMinutes);
        let found = days(text).map(Delay::AfterDays).or(time);
        let expected = "expected a time such as \"3d\", \"12h\" or \"30min\", at most 366 days";
        Wait(cursor.or_fail(found, expected).unwrap_or(Delay::AfterDays(0)))
    }
}

impl Read for Step {
    fn read(cursor: &Cursor) -> Step {
        cursor.object();
        let (after, before): (Option<Wait>, Option<Wait>) =
            (cursor.required("after", (0, 0)), cursor.required("before", (0, 0)));
        let delay = match (after, before.map(|wait| wait.0)) {
            (Some(after), None) => after.0,
            (None, None) => Delay::AfterDays(0),
            (None, Some(Delay::AfterDays(days))) => Delay::BeforeDays(days),
            _ => {
                cursor.fail("expected after, or before in days");
                Delay::AfterDays(0)
            }
        };
        let at_clock: Option<Clock> = cursor.or("at_clock", (0, 0), None);
        let made = Step {
            delay,
            at_clock: at_clock.map(|clock| clock.0),
            weekday: cursor.or("weekday", (1, 7), None),
            when: cursor.or("when", (0, 0), PayloadPart::default()).0,
            deeds: cursor.required::<Deeds>("do", (1, VARIATIONS_MAX as i64)).0,
            keeps_days: cursor.or("keeps_days", (0, 90), 7),
        };
        cursor.done();
        made
    }
}

/// One for all, or a list by variation, where null is nothing.
struct Deeds(Vec<Option<Deed>>);

impl Read for Deeds {
    fn read(cursor: &Cursor) -> Deeds {
        if cursor.value().as_list().is_none() {
            return Deeds(vec![Some(Deed::read(cursor))]);
        }
        let mut deeds = Vec::new();
        cursor.each_item(&mut |item| {
            deeds.push((*item.value() != Value::Null).then(|| Deed::read(item)));
        });
        Deeds(deeds)
    }
}

impl Read for Deed {
    fn read(cursor: &Cursor) -> Deed {
        cursor.object();
        let kind = cursor.required::<KindWord>("kind", (0, 0)).0;
        let name = if kind == Kind::Message { "template" } else { "ref" };
        let purpose: Option<Purpose> = cursor.or("purpose", (0, 0), None);
        let made = Deed {
            kind,
            reference: cursor.or(name, (0, REFERENCE_BYTES_MAX as i64), String::new()),
            is_service: purpose.is_some_and(|purpose| purpose.0),
            data: cursor.or("data", (0, 0), PayloadPart::default()).0,
        };
        cursor.done();
        let needs_none = matches!(kind, Kind::AskSubscribe | Kind::Feedback);
        if made.reference.is_empty() && !needs_none {
            cursor.fail("expected a template or a ref of 1..=64 bytes");
        }
        if made.data != Value::Null && made.data.to_json().len() > DATA_BYTES_MAX {
            cursor.fail("expected data of at most 512 bytes");
        }
        made
    }
}

struct KindWord(Kind);

impl Read for KindWord {
    fn read(cursor: &Cursor) -> KindWord {
        KindWord(Kind::ALL.get(choice(cursor, &Kind::WORDS)).copied().unwrap_or_default())
    }
}

/// True for a service message.
struct Purpose(bool);

impl Read for Purpose {
    fn read(cursor: &Cursor) -> Purpose {
        Purpose(choice(cursor, &["marketing", "service"]) == 1)
    }
}
