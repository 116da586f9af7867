//! The one public error: a stable code, a sentence, and the place in the input.

use std::fmt;

/// Why a call failed. `code` never changes its meaning between versions; `message` is for people and may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// Stable, lower case, words joined by `_`.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: String,
    /// Where in the input (`events[2].dimensions[0]`), empty if the whole of it is meant.
    pub path: String,
}

impl Error {
    /// An error about the input as a whole.
    pub fn new(code: &'static str, message: impl Into<String>) -> Error {
        Error { code, message: message.into(), path: String::new() }
    }

    /// The same error, at a place in the input.
    pub fn at(self, path: impl Into<String>) -> Error {
        Error { path: path.into(), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)?;
        f.write_str(": ")?;
        if !self.path.is_empty() {
            f.write_str(&self.path)?;
            f.write_str(": ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
