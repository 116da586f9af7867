//! Why a command of the program failed, in one sentence for the person who typed it.

use std::fmt;
use std::path::Path;

/// A failure that ends a command.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// Says what is wrong and, where it helps, what to do.
    pub fn new(message: impl Into<String>) -> Failure {
        Failure(message.into())
    }

    /// A file that could not be read, written, …
    pub fn io(verb: &str, path: &Path, error: &std::io::Error) -> Failure {
        Failure(format!("could not {verb} {}: {error}", path.display()))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

impl From<crate::storage::StorageError> for Failure {
    fn from(error: crate::storage::StorageError) -> Failure {
        Failure(error.to_string())
    }
}
