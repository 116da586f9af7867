//! What the merchant declares: JSON text in, a checked [`Program`] and a list of warnings out.
//!
//! A section is a file of its own beside this one: a type, how it is read ([`read`], `config!`), its limits. It joins
//! with one line in `sections!` below and becomes a field of [`Program`].

mod attributes;
mod campaigns;
mod check_in;
mod cursor;
mod day_zone;
mod events;
mod features;
mod flows;
mod gift;
pub mod journeys;
mod limits;
mod macros;
pub mod messages;
mod mistake;
pub mod names;
mod parse;
mod points;
pub mod read;
mod rewards;
pub mod rules;
mod sections;
mod segments;
pub mod signs;
mod text;
mod tiers;
pub mod value;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
mod worst_case;
mod zones;

pub use attributes::{ATTRIBUTES_MAX, BUILT_IN as BUILT_IN_ATTRIBUTES};
pub use day_zone::DayZone;
pub use features::PayloadPart;
pub use flows::Flow;
pub use limits::{Caps, SyncRule};
pub use names::Names;
pub use segments::{Segment, SEGMENTS_MAX};
pub use signs::{SignRule, SignRules, SIGNS};
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub use worst_case::WorstCase;
pub use zones::SummerTime;

use crate::error::Error;
use crate::json::push_unsigned;
use attributes::Attribute;
use events::DECLARED_MAX;
use flows::FlowEntry;
use journeys::{Journey, JOURNEYS_MAX};
use limits::Session;
use macros::config;
use messages::MessageRules;
use names::{EventNames, FLOWS_MAX, VALUES_MAX};
use read::{Cursor, Each, Mistake, Report};
use text::{AppName, LabelText};
use value::{Fault, Value};

/// A mistake that the program runs without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// Where: `events[2].name`.
    pub path: String,
    /// What was expected, what was found, and what is off or taken instead.
    pub message: String,
}

/// Declares the root of the program: the tracked things, which refer to each other, and then one line a section that
/// stands by itself.
macro_rules! sections {
    ($( $(#[$doc:meta])* $section:ident : $type:ty $([$low:literal ..= $high:tt])? = $default:tt ),* $(,)?) => {
        config! {
            /// The root as written.
            struct Root {
                /// Whose program it is.
                app: AppName,
                /// Which version of it.
                revision: u32 [1..=2147483648],
                /// See [`Program::day_zone`].
                day_zone: DayZone = (DayZone::china()),
                /// See [`Program::idle_minutes`].
                session: Session = {},
                /// Values of the built-in event `page`.
                pages: Each<LabelText> [0..=VALUES_MAX] = [],
                /// See [`Program::names`].
                events: Each<EventNames> [0..=DECLARED_MAX] = [],
                /// See [`Program::flows`].
                flows: Each<FlowEntry> [0..=FLOWS_MAX] = [],
                /// See [`Program::attributes`].
                attributes: Each<Attribute> [0..=ATTRIBUTES_MAX] = [],
                $( $(#[$doc])* $section: $type $([$low..=$high])? = $default ),*
            }
        }

        /// A checked program.
        #[derive(Clone, Debug, PartialEq)]
        pub struct Program {
            /// Which version of it; the merchant raises it with each change. 1..=2^31.
            pub revision: u32,
            /// Whose calendar a day is taken from.
            pub day_zone: DayZone,
            /// A gap of this many minutes ends a session. 1..=240.
            pub idle_minutes: u32,
            /// The app, its events (the built-in ones first) and its flows.
            pub names: Names,
            /// How each flow of [`Program::names`] advances, in the same order.
            pub flows: Vec<Flow>,
            /// Attributes that may leave the phone besides [`BUILT_IN_ATTRIBUTES`].
            pub attributes: Vec<String>,
            /// What loyalty obeys.
            pub rules: rules::Rules,
            $( $(#[$doc])* pub $section: $type ),*
        }

        impl Root {
            fn into_program(self, rules: rules::Rules) -> Program {
                let mut events = events::built_in(self.pages.0);
                events.extend(self.events.0);
                let (flow_names, flows) = self.flows.0.into_iter().map(|flow| flow.resolve(&events)).unzip();
                Program {
                    revision: self.revision,
                    day_zone: self.day_zone,
                    idle_minutes: self.session.idle_minutes,
                    names: Names { app: self.app.0, events, flows: flow_names },
                    flows,
                    attributes: self.attributes.0.into_iter().map(|attribute| attribute.0).collect(),
                    rules,
                    $( $section: self.$section ),*
                }
            }
        }
    };
}

sections! {
    /// How much one phone keeps.
    caps: Caps = {},
    /// When it sends.
    sync: SyncRule = {},
    /// Features and experiments of its own, as a payload has them.
    features: PayloadPart = (PayloadPart::default()),
    /// Saved groups that they refer to.
    saved_groups: PayloadPart = (PayloadPart::default()),
    /// What a backend fitted on the whole fleet.
    model: PayloadPart = (PayloadPart::default()),
    /// Signs of a change.
    signs: SignRules = {},
    /// Groups of people.
    segments: Each<Segment> [0..=32] = [],
    /// What is done after what.
    journeys: Each<Journey> [0..=JOURNEYS_MAX] = [],
    /// What messages keep to.
    messages: MessageRules = {},
}

/// Reads and checks a program.
///
/// # Errors
/// `program_too_big` (over 64 KB, nested deeper than 16, over 1,024 fields in one object), `program_not_json`, or
/// `program_invalid` for each mistake if `app` or `revision` is bad; every other mistake is a [`Warning`].
///
/// ```
/// let (program, warnings) = huitou::program::load(r#"{"app": "tea-shop", "revision": 1, "flows": 5}"#).unwrap();
/// assert_eq!(program.names.events.len(), 8);
/// assert_eq!(warnings[0].path, "flows");
/// assert_eq!(warnings[0].message, "expected a list, found 5; the default is used");
/// ```
pub fn load(text: &str) -> Result<(Program, Vec<Warning>), Vec<Error>> {
    let codes = ["program_too_big", "program_not_json"];
    let value = value::parse(text).map_err(|fault| vec![not_read(text, fault, codes)])?;
    let (program, report) = read_program(&value);
    let fatal = report.is_fatal();
    let mistakes = report.into_mistakes().into_iter();
    if fatal {
        return Err(mistakes.map(|mistake| Error::new("program_invalid", mistake.message).at(mistake.path)).collect());
    }
    let warnings = mistakes.map(|Mistake { path, message, .. }| Warning { path, message }).collect();
    Ok((program, warnings))
}

fn read_program(value: &Value) -> (Program, Report) {
    let report = Report::default();
    let cursor = Cursor::root(value, &report);
    cursor.object();
    let root = Root::fields(&cursor);
    let rules = rules::Rules::fields(&cursor, root.day_zone);
    cursor.done();
    (root.into_program(rules), report)
}

/// Why a text could not be read, with the place; `codes` for what exceeds a limit, and for what is no JSON.
#[cold]
pub fn not_read(text: &str, fault: Fault, [too_big, not_json]: [&'static str; 2]) -> Error {
    let code = if fault.over_limit { too_big } else { not_json };
    let before = text.get(..fault.at_byte).unwrap_or_default();
    let line = before.bytes().filter(|&byte| byte == b'\n').count() + 1;
    let column = before.chars().rev().take_while(|&symbol| symbol != '\n').count() + 1;
    let mut message = String::new();
    for (word, number) in [("line ", line), (", column ", column), (", byte ", fault.at_byte)] {
        message.push_str(word);
        push_unsigned(&mut message, number as u64);
    }
    message.push_str(": ");
    message.push_str(fault.what);
    Error::new(code, message)
}
