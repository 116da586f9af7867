//! What a receiver in another language needs, in one call.

use super::report::Report;
use super::{DecodeError, Upload};
use crate::bytes::{Reader, Writer};
use crate::error::Error;
use crate::program::names::Names;

/// An upload turned into the JSON profile.
#[derive(Clone, Debug, PartialEq)]
pub enum Received {
    /// It could be read.
    Report {
        /// Its named form, which serialises to the JSON profile.
        report: Box<Report>,
        /// (hash, bytes) of the names, when the upload brought them: keep the bytes under the hash.
        dictionary: Option<(u32, Vec<u8>)>,
    },
    /// The names with this hash are needed: look them up, or answer `{"acks":[],"names":true}`.
    UnknownDictionary(u32),
}

/// Reads the binary profile. `names` are the bytes kept under the hash that an earlier call asked for.
///
/// # Errors
/// `upload_malformed` for bytes that no phone writes: answer 400.
pub fn receive(bytes: &[u8], names: Option<&[u8]>) -> Result<Received, Error> {
    let known = names.and_then(read_names);
    let find = |hash: u32| known.clone().filter(|names| names.hash() == hash);
    match Upload::decode(bytes, &find) {
        Ok((upload, names)) => {
            let dictionary = upload.names.as_ref().map(|names| (upload.dictionary, names_bytes(names)));
            let report = Box::new(Report::from_upload(&upload, &names));
            Ok(Received::Report { report, dictionary })
        }
        Err(DecodeError::UnknownDictionary(hash)) => Ok(Received::UnknownDictionary(hash)),
        Err(error) => Err(Error::new("upload_malformed", error.to_string())),
    }
}

/// The bytes to keep of names that an upload brought.
pub fn names_bytes(names: &Names) -> Vec<u8> {
    let mut w = Writer::default();
    names.encode(&mut w);
    w.out
}

/// Reads what [`names_bytes`] wrote, and nothing after it.
pub fn read_names(bytes: &[u8]) -> Option<Names> {
    let mut r = Reader::new(bytes);
    Names::decode(&mut r).filter(|_| r.is_empty())
}
