//! What leaves the phone: its shape, its two encodings, and how a receiver merges it.

pub mod claims;
pub mod exposures;
pub mod insight;
pub mod json;
pub mod plan;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub mod report;
pub mod rows;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub mod server;
mod wire;

use crate::clock::At;
pub use crate::event::Scalar;
use crate::id::{DeletionId, DeviceId, UserId};
use crate::insight::stats::Row;
use crate::program::names::Names;

pub use claims::Claims;
pub use exposures::Exposures;
pub use insight::Insight;
pub use plan::Plan;
pub use wire::DecodeError;

/// A text met on the phone: (event, dimension position, text). [`crate::id::Label::met`] of a row points into the
/// texts of its own event and dimension, in this order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MetText {
    /// Position of the event.
    pub event: u16,
    /// Position of the dimension in the event.
    pub dimension: u16,
    /// The text, 1..=64 bytes.
    pub text: String,
}

/// One request body.
#[derive(Clone, Debug, PartialEq)]
pub struct Upload {
    /// Which installation.
    pub device: DeviceId,
    /// Whose rows these are; empty before login.
    pub user: UserId,
    /// The phone's clock when the body was made, uncorrected, and its zone. The binary profile keeps whole seconds.
    pub sent: At,
    /// The highest fact number received so far.
    pub fact_cursor: u32,
    /// Hash of the names that the rows' positions mean.
    pub dictionary: u32,
    /// The names themselves, when the receiver asked for them.
    pub names: Option<Names>,
    /// (revision, attributes in order of name), when they changed since the last acknowledgement.
    pub attributes: Option<(u32, Vec<(String, Scalar)>)>,
    /// Texts that the rows use, in order of event and dimension; no two equal ones in one dimension.
    pub met: Vec<MetText>,
    /// At most [`ROWS_MAX`].
    pub rows: Vec<Row>,
    /// Claims of the ledger, or a wish for its state.
    pub claims: Option<Claims>,
    /// What the person saw of experiments, as far as the receiver has not acknowledged it.
    pub exposures: Option<Exposures>,
    /// How the person was judged, if the receiver has not acknowledged it.
    pub insight: Option<Insight>,
    /// What is to be done for her, as far as the receiver has not acknowledged it.
    pub plan: Option<Plan>,
    /// Set: delete everything of this user on this device; facts, attributes, claims, exposures, insight, plan, texts and
    /// rows are then empty.
    pub deletion: Option<DeletionId>,
}

/// The most rows one upload may carry.
pub const ROWS_MAX: usize = 64;

/// The most attributes one upload may carry: 16 declared, 6 built in, and room for more built-in ones.
pub const ATTRIBUTES_MAX: usize = 32;

pub use crate::event::TEXT_BYTES_MAX;

/// The most texts met in one dimension: the largest cap a program may set.
pub const MET_MAX: usize = 1024;

/// The largest attribute, either sign, in thousandths.
pub const MILLI_MAX: i64 = (1 << 53) - 1;

/// The most bytes of one upload body that a receiver must accept.
pub const UPLOAD_BYTES_MAX: usize = 64 * 1024;
