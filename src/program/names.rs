//! The dictionary: every name a program declares, in a fixed order, so that bytes can carry positions instead.

/// A dimension of an event: counted by value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dimension {
    /// `[a-z][a-z0-9_]*`, at most 32 bytes.
    pub name: String,
    /// Values known beforehand; they cost one or two bytes in a summary. Others are met on the phone.
    pub values: Vec<String>,
}

/// A number of an event: summed, and kept as a sketch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Number {
    /// `[a-z][a-z0-9_]*`, at most 32 bytes; unit last (`paid_fen`, `dwell_ms`).
    pub name: String,
    /// Decimal places kept, 0..=3: the engine stores `round(value * 10^decimals)`.
    pub decimals: u8,
}

/// An event and its props.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventNames {
    /// `[a-z][a-z0-9_]*`, at most 32 bytes.
    pub name: String,
    /// At most 4.
    pub dimensions: Vec<Dimension>,
    /// At most 4. The first one is also summed by dimension value.
    pub numbers: Vec<Number>,
}

/// A key flow: steps in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowNames {
    /// `[a-z][a-z0-9_]*`, at most 32 bytes.
    pub name: String,
    /// 2..=12 step names.
    pub steps: Vec<String>,
}

/// All names of one program version. Equal names have equal bytes and an equal [`Names::hash`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The program's `app`, so that a dictionary hash also says whose rows they are.
    pub app: String,
    /// The built-in events ([`builtin`]), then the declared ones.
    pub events: Vec<EventNames>,
    /// The declared flows.
    pub flows: Vec<FlowNames>,
}
