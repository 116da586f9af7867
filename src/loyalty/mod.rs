//! Points, streaks, tiers and rewards: `state = fold(acts)`, integers only, the same on the phone and on the server.

#![deny(clippy::float_arithmetic)]

pub mod act;
pub mod admit;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub mod chained;
mod check_in;
mod codec;
pub mod dates;
mod earn;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub mod exported;
pub mod form;
pub mod ledger;
pub mod ledgers;
pub mod line;
mod membership;
mod orders;
mod outlook;
#[cfg(any(not(target_arch = "wasm32"), feature = "server"))]
pub mod replay;
mod rewards;
pub mod state;
mod streak;
mod tiers;
mod today;
mod traits;
mod view;
mod wallet;
pub mod wire;

pub use act::{Act, Refusal, Stamp};
pub use line::{Line, Reason, Term, What};
pub use state::{Sink, State};
