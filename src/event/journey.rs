//! What is told of journeys: where somebody began, what was done, what ended. Each says all that its fold needs.

use crate::bytes::{Reader, Writer};
use crate::clock::{Day, OffsetMin, UnixMs};

/// Longest name of a journey, a key or a template, in bytes: WeChat's ids of templates have 43.
pub const KEY_BYTES_MAX: usize = 64;

/// What came of a step. Positions are on the wire and in the store: only ever append.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Done, as far as the phone knows.
    #[default]
    Done,
    /// A message that the caps forbid.
    Capped,
    /// A message without a credit.
    NoQuota,
    /// A message to somebody who has ignored those before.
    Tired,
    /// Its condition does not hold, or its variation does nothing.
    Skipped,
    /// Nobody was there to see it in time.
    Expired,
    /// Held out, to compare with.
    HeldOut,
    /// The backend did it.
    Sent,
    /// The platform refused it.
    Refused,
}

impl Outcome {
    /// In order of their positions.
    pub const ALL: [Outcome; 9] = [
        Outcome::Done,
        Outcome::Capped,
        Outcome::NoQuota,
        Outcome::Tired,
        Outcome::Skipped,
        Outcome::Expired,
        Outcome::HeldOut,
        Outcome::Sent,
        Outcome::Refused,
    ];

    /// Stable word.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Capped => "capped",
            Outcome::NoQuota => "no_quota",
            Outcome::Tired => "tired",
            Outcome::Skipped => "skipped",
            Outcome::Expired => "expired",
            Outcome::HeldOut => "held_out",
            Outcome::Sent => "sent",
            Outcome::Refused => "refused",
        }
    }

    /// Reads what `self as u8` wrote.
    pub fn decode(r: &mut Reader) -> Option<Outcome> {
        Outcome::ALL.get(usize::from(r.byte()?)).copied()
    }
}

/// How a journey of somebody stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Something is still to be done.
    #[default]
    Running,
    /// All is done.
    Finished,
    /// Something ended it.
    Exited,
    /// What it is for has happened.
    Goal,
}

impl Standing {
    /// In order of their positions.
    pub const ALL: [Standing; 4] = [Standing::Running, Standing::Finished, Standing::Exited, Standing::Goal];

    /// Stable word.
    pub fn word(self) -> &'static str {
        match self {
            Standing::Running => "running",
            Standing::Finished => "finished",
            Standing::Exited => "exited",
            Standing::Goal => "goal",
        }
    }

    /// Reads what `self as u8` wrote.
    pub fn decode(r: &mut Reader) -> Option<Standing> {
        Standing::ALL.get(usize::from(r.byte()?)).copied()
    }
}

/// The answer to the question for a subscription.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Answer {
    /// One message more.
    #[default]
    Accept,
    /// Not now.
    Reject,
    /// Never: the platform won't ask again.
    Ban,
}

impl Answer {
    /// In order of their positions.
    pub const ALL: [Answer; 3] = [Answer::Accept, Answer::Reject, Answer::Ban];
    /// Their words.
    pub const WORDS: [&'static str; 3] = ["accept", "reject", "ban"];
}

/// Somebody began a journey.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub journey: String,
    /// Which of her own; empty if she has but one.
    pub key: String,
    /// When, whole seconds, and in which zone.
    pub at: UnixMs,
    /// The phone's zone then.
    pub offset: OffsetMin,
    /// What it waits for; the same as `at` if it waits for nothing.
    pub anchor: UnixMs,
    /// Of its experiment.
    pub variation: u8,
    /// Nothing is done, to compare with.
    pub is_held_out: bool,
    /// She may never begin it again.
    pub is_once: bool,
}

/// What she was told of something she follows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// CRC-32 of its id.
    pub item: u32,
    /// Its price when she was told last.
    pub price_fen: u64,
    /// Whether it was there.
    pub in_stock: bool,
}

/// One thing that changes what is known of her journeys; each is a record of the journal. Journeys of hers are told by
/// their place in the list, steps by theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// She began one; the one that runs under the same name and key is over.
    Entered(Entry),
    /// One ended.
    Ended {
        /// Which.
        place: u8,
        /// How.
        standing: Standing,
        /// When.
        at: UnixMs,
    },
    /// A step's moment came.
    Fired {
        /// Which journey.
        place: u8,
        /// Which step.
        step: u8,
        /// When.
        at: UnixMs,
        /// What came of it.
        outcome: Outcome,
        /// The date, for the caps, if it is a marketing message that was sent.
        counted: Option<Day>,
        /// The template that paid for it; empty for none.
        template: String,
        /// It is shown by the app, until then.
        shown_until: Option<UnixMs>,
    },
    /// The app was handed the first so many of what is to be shown.
    Handed(u8),
    /// She was asked for a subscription.
    Subscribed {
        /// Which template.
        template: String,
        /// What she said.
        answer: Answer,
        /// When.
        day: Day,
    },
    /// The backend told what came of a step.
    Told {
        /// Which journey.
        place: u8,
        /// Which step.
        step: u8,
        /// What came of it.
        outcome: Outcome,
    },
    /// The backend told how many credits a template has.
    Credits {
        /// Which template.
        template: String,
        /// How many.
        credits: u32,
    },
    /// She is a friend of the sales assistant now, or said no.
    Wecom(bool),
    /// The name of her tier, to hold the next against.
    Tier(String),
    /// The backend has the plan of this revision.
    Acknowledged(u32),
    /// She was told of something she follows, or it is no news any more.
    Noticed(Notice),
}

impl Change {
    /// Appends the canonical bytes. Tags are frozen.
    pub fn encode(&self, w: &mut Writer) {
        match self {
            Change::Entered(entry) => {
                w.byte(0);
                entry.encode(w);
            }
            Change::Ended { place, standing, at } => {
                w.byte(1);
                w.byte(*place);
                w.byte(*standing as u8);
                encode_instant(w, *at);
            }
            Change::Fired { .. } => self.encode_fired(w),
            Change::Handed(count) => {
                w.byte(3);
                w.byte(*count);
            }
            Change::Subscribed { template, answer, day } => {
                w.byte(4);
                w.text(template);
                w.byte(*answer as u8);
                w.varint(day.number() as u64);
            }
            Change::Told { place, step, outcome } => {
                w.byte(5);
                w.byte(*place);
                w.byte(*step);
                w.byte(*outcome as u8);
            }
            Change::Credits { template, credits } => {
                w.byte(6);
                w.text(template);
                w.varint(u64::from(*credits));
            }
            Change::Wecom(is_linked) => w.byte(7 + u8::from(*is_linked)),
            Change::Tier(name) => {
                w.byte(9);
                w.text(name);
            }
            Change::Acknowledged(revision) => {
                w.byte(10);
                w.varint(u64::from(*revision));
            }
            Change::Noticed(notice) => {
                w.byte(11);
                notice.encode(w);
            }
        }
    }

    fn encode_fired(&self, w: &mut Writer) {
        let Change::Fired { place, step, at, outcome, counted, template, shown_until } = self else { return };
        w.byte(2);
        w.byte(*place);
        w.byte(*step);
        encode_instant(w, *at);
        w.byte(*outcome as u8);
        w.varint(counted.map_or(0, |day| day.number() as u64));
        w.text(template);
        w.varint(shown_until.map_or(0, |until| until.since(*at).max(0) as u64 / 1000 + 1));
    }

    /// Reads what [`Change::encode`] wrote.
    pub fn decode(r: &mut Reader) -> Option<Change> {
        Some(match r.byte()? {
            0 => Change::Entered(Entry::decode(r)?),
            1 => Change::Ended { place: r.byte()?, standing: Standing::decode(r)?, at: decode_instant(r)? },
            2 => decode_fired(r)?,
            3 => Change::Handed(r.byte()?),
            4 => {
                let template = decode_key(r)?;
                let answer = Answer::ALL.get(usize::from(r.byte()?)).copied()?;
                Change::Subscribed { template, answer, day: decode_day(r.varint()?)? }
            }
            5 => Change::Told { place: r.byte()?, step: r.byte()?, outcome: Outcome::decode(r)? },
            6 => Change::Credits { template: decode_key(r)?, credits: r.varint32()? },
            7 => Change::Wecom(false),
            8 => Change::Wecom(true),
            9 => Change::Tier(r.text()?.to_owned()),
            10 => Change::Acknowledged(r.varint32()?),
            11 => Change::Noticed(Notice::decode(r)?),
            _ => return None,
        })
    }
}

fn decode_fired(r: &mut Reader) -> Option<Change> {
    let (place, step, at, outcome) = (r.byte()?, r.byte()?, decode_instant(r)?, Outcome::decode(r)?);
    let counted = match r.varint()? {
        0 => None,
        day => Some(decode_day(day)?),
    };
    let template = decode_key(r)?;
    let shown_until = match i64::try_from(r.varint()?).ok()? {
        0 => None,
        seconds => Some(at.plus((seconds - 1).checked_mul(1000)?)),
    };
    Some(Change::Fired { place, step, at, outcome, counted, template, shown_until })
}

impl Entry {
    /// Appends the canonical bytes: flags are 1 for held out, 2 for once.
    pub fn encode(&self, w: &mut Writer) {
        w.text(&self.journey);
        w.text(&self.key);
        encode_instant(w, self.at);
        w.signed(i64::from(self.offset.get()));
        w.signed(self.anchor.since(self.at) / 1000);
        w.byte(self.variation);
        w.byte(u8::from(self.is_held_out) | u8::from(self.is_once) << 1);
    }

    /// Reads what [`Entry::encode`] wrote.
    pub fn decode(r: &mut Reader) -> Option<Entry> {
        let (journey, key, at) = (decode_key(r)?, decode_key(r)?, decode_instant(r)?);
        let offset = r.signed().filter(|minutes| (-1080..=1080).contains(minutes))?;
        let anchor_ms = r.signed()?.checked_mul(1000)?.checked_add(at.get())?;
        let anchor = UnixMs::new(anchor_ms);
        if anchor.get() != anchor_ms {
            return None;
        }
        let variation = r.byte()?;
        let flags = r.byte().filter(|flags| *flags < 4)?;
        let offset = OffsetMin::new(offset as i32);
        Some(Entry {
            journey,
            key,
            at,
            offset,
            anchor,
            variation,
            is_held_out: flags & 1 != 0,
            is_once: flags & 2 != 0,
        })
    }
}

impl Notice {
    /// Appends the canonical bytes.
    pub fn encode(&self, w: &mut Writer) {
        w.u32(self.item);
        w.varint(self.price_fen);
        w.byte(u8::from(self.in_stock));
    }

    /// Reads what [`Notice::encode`] wrote.
    pub fn decode(r: &mut Reader) -> Option<Notice> {
        Some(Notice { item: r.u32()?, price_fen: r.varint()?, in_stock: r.byte()? == 1 })
    }
}

/// A name within [`KEY_BYTES_MAX`].
pub fn decode_key(r: &mut Reader) -> Option<String> {
    r.text().filter(|text| text.len() <= KEY_BYTES_MAX).map(str::to_owned)
}

/// Whole seconds since 2020.
pub fn encode_instant(w: &mut Writer, at: UnixMs) {
    w.varint((at.since(UnixMs::MIN) / 1000) as u64);
}

/// Reads what [`encode_instant`] wrote.
pub fn decode_instant(r: &mut Reader) -> Option<UnixMs> {
    let ms = i64::try_from(r.varint()?).ok()?.checked_mul(1000)?;
    (ms <= UnixMs::MAX.since(UnixMs::MIN)).then(|| UnixMs::MIN.plus(ms))
}

/// A date by its number.
pub fn decode_day(number: u64) -> Option<Day> {
    Day::from_number(number.try_into().ok()?)
}
