//! Reasons for which something is not counted: the count itself is, and leaves with the summary.

/// Why something was not counted. The number is on the wire: never reuse one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Dropped {
    /// An event name that the program does not declare.
    UndeclaredEvent = 0,
    /// A prop that the event does not declare.
    UndeclaredProp = 1,
    /// Text that looks like a phone number, an e-mail or an identity-card number.
    Personal = 2,
    /// Text over 64 bytes, or of the wrong type.
    BadText = 3,
    /// A number that is negative, not finite, over 2^53 - 1, or of the wrong type.
    BadNumber = 4,
    /// A value that came after its dimension was full; counted under "other".
    LabelOverflow = 5,
    /// An event past the daily cap.
    EventOverflow = 6,
    /// An order id seen before, or past the cap of orders a day and segment.
    OrderRefused = 7,
    /// A call made before `open` resolved that found the queue full.
    QueueOverflow = 8,
    /// The wasm instance trapped and was replaced.
    Restart = 9,
    /// Detail (values, sketches, hours) of an unsent day given up for room; totals are kept.
    Coarsened = 10,
    /// Events of an unsent day given up for room.
    Evicted = 11,
    /// Rows that the backend refused for good (400, 413, 422).
    Quarantined = 12,
    /// An answer with a good status that acknowledged nothing (a captive portal, a proxy).
    BadAnswer = 13,
    /// The phone's clock went back.
    ClockBack = 14,
    /// Stored bytes that could not be read.
    Unreadable = 15,
    /// A step that the flow does not declare.
    UndeclaredStep = 16,
    /// The server's ledger took the place of the phone's.
    LedgerReset = 17,
    /// A feature was read as another type than its value has.
    FeatureType = 18,
    /// A journey that could not begin, for too many were on their way.
    JourneyOverflow = 19,
}

impl Dropped {
    /// Every reason, in wire order.
    pub const ALL: [Dropped; 20] = [
        Dropped::UndeclaredEvent,
        Dropped::UndeclaredProp,
        Dropped::Personal,
        Dropped::BadText,
        Dropped::BadNumber,
        Dropped::LabelOverflow,
        Dropped::EventOverflow,
        Dropped::OrderRefused,
        Dropped::QueueOverflow,
        Dropped::Restart,
        Dropped::Coarsened,
        Dropped::Evicted,
        Dropped::Quarantined,
        Dropped::BadAnswer,
        Dropped::ClockBack,
        Dropped::Unreadable,
        Dropped::UndeclaredStep,
        Dropped::LedgerReset,
        Dropped::FeatureType,
        Dropped::JourneyOverflow,
    ];

    /// Stable name, as in `stats()` and the JSON profile.
    pub fn name(self) -> &'static str {
        match self {
            Dropped::UndeclaredEvent => "undeclared_event",
            Dropped::UndeclaredProp => "undeclared_prop",
            Dropped::Personal => "personal",
            Dropped::BadText => "bad_text",
            Dropped::BadNumber => "bad_number",
            Dropped::LabelOverflow => "label_overflow",
            Dropped::EventOverflow => "event_overflow",
            Dropped::OrderRefused => "order_refused",
            Dropped::QueueOverflow => "queue_overflow",
            Dropped::Restart => "restart",
            Dropped::Coarsened => "coarsened",
            Dropped::Evicted => "evicted",
            Dropped::Quarantined => "quarantined",
            Dropped::BadAnswer => "bad_answer",
            Dropped::ClockBack => "clock_back",
            Dropped::Unreadable => "unreadable",
            Dropped::UndeclaredStep => "undeclared_step",
            Dropped::LedgerReset => "ledger_reset",
            Dropped::FeatureType => "feature_type",
            Dropped::JourneyOverflow => "journey_overflow",
        }
    }
}
