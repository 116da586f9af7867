//! The catalogues that this collector serves: what shops offer, with the table of who speaks for whom.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use huitou::engine::insight::catalogue::Catalogue;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use crate::error::Failure;
use crate::secret::hex;

/// A catalogue as phones get it.
#[derive(Debug)]
pub struct Offer {
    /// The file as it is.
    pub text: String,
    /// Of these bytes and no others; with quotes, as in a header.
    pub etag: String,
}

/// One app's file. Prices change and tables are fitted while the collector runs, so it is read again once it changed.
#[derive(Debug)]
struct Shelf {
    app: String,
    path: PathBuf,
    held: Mutex<Held>,
}

/// What was read, and what the file looked like then.
#[derive(Debug)]
struct Held {
    stamp: Stamp,
    offer: Arc<Offer>,
}

/// Modification time and length.
type Stamp = (Option<SystemTime>, u64);

/// All of them.
#[derive(Debug, Default)]
pub struct Catalogues {
    shelves: Vec<Shelf>,
}

/// What a file must say besides what phones read.
#[derive(Deserialize)]
struct Whose {
    app: String,
}

impl Catalogues {
    /// Reads and checks the files.
    ///
    /// # Errors
    /// The first file that can't be read, is no catalogue, or does not say whose it is.
    pub fn read(paths: &[PathBuf]) -> Result<Catalogues, Failure> {
        let shelves = paths.iter().map(|path| Shelf::read(path)).collect::<Result<_, _>>()?;
        Ok(Catalogues { shelves })
    }

    /// The catalogue of an app as its file is now; without an app, the first one. Reads the file if it changed.
    pub fn of(&self, app: Option<&str>) -> Option<Arc<Offer>> {
        self.shelves.iter().find(|shelf| app.is_none_or(|app| shelf.app == app)).map(Shelf::now)
    }
}

impl Shelf {
    fn read(path: &Path) -> Result<Shelf, Failure> {
        let stamp = stamp(path);
        let (app, offer) = read(path)?;
        Ok(Shelf { app, path: path.to_owned(), held: Mutex::new(Held { stamp, offer: Arc::new(offer) }) })
    }

    /// A file that went bad changes nothing: phones keep getting what was good.
    fn now(&self) -> Arc<Offer> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let stamp = stamp(&self.path);
        if stamp != held.stamp {
            held.stamp = stamp;
            match read(&self.path) {
                Ok((app, offer)) if app == self.app => held.offer = Arc::new(offer),
                Ok((app, _)) => tracing::warn!(app, file = %self.path.display(), "the catalogue is another app's now"),
                Err(failure) => tracing::warn!("the catalogue stays as it was: {failure}"),
            }
        }
        held.offer.clone()
    }
}

fn stamp(path: &Path) -> Stamp {
    let about = std::fs::metadata(path).ok();
    (about.as_ref().and_then(|about| about.modified().ok()), about.map_or(0, |about| about.len()))
}

fn read(path: &Path) -> Result<(String, Offer), Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| Failure::io("read", path, &e))?;
    let bad = |why: String| Failure::new(format!("{}: {why}", path.display()));
    Catalogue::read(&text).map_err(|error| bad(error.to_string()))?;
    let whose: Result<Whose, _> = serde_json::from_str(&text);
    let app = whose.map_err(|_| bad("say whose it is: \"app\": \"NAME\"".to_owned()))?.app;
    let etag = format!("\"{}\"", hex(Sha256::digest(&text).get(..8).unwrap_or_default()));
    Ok((app, Offer { text, etag }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEA: &str = r#"{"app":"tea-shop","items":[["longjing","green",28800,255,0]]}"#;

    #[test]
    fn a_file_is_read_again_once_it_changed_and_a_bad_one_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalogue.json");
        std::fs::write(&path, TEA).unwrap();
        let catalogues = Catalogues::read(std::slice::from_ref(&path)).unwrap();
        let first = catalogues.of(None).unwrap();
        assert_eq!(first.text, TEA);
        assert!(Arc::ptr_eq(&first, &catalogues.of(Some("tea-shop")).unwrap()), "nothing was read again");
        assert!(catalogues.of(Some("cake-shop")).is_none());
        for bad in ["", "{", "[]", r#"{"app":"cake-shop","items":[]}"#, r#"{"items":[]}"#] {
            std::fs::write(&path, bad).unwrap();
            assert_eq!(catalogues.of(None).unwrap().etag, first.etag, "{bad}");
        }
        std::fs::remove_file(&path).unwrap();
        assert_eq!(catalogues.of(None).unwrap().etag, first.etag);
        std::fs::write(&path, TEA.replace("288", "188")).unwrap();
        let second = catalogues.of(None).unwrap();
        assert!(second.text.contains("18800") && second.etag != first.etag);
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said_at_the_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalogue.json");
        let refusal = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Catalogues::read(std::slice::from_ref(&path)).unwrap_err().to_string()
        };
        assert!(refusal(r#"{"items":[]}"#).contains("say whose it is"));
        assert!(refusal(r#"{"app":"tea-shop","items":[["a"]]}"#).contains("expected [id, category"));
        std::fs::remove_file(&path).unwrap();
        assert!(Catalogues::read(&[path]).unwrap_err().to_string().contains("catalogue.json"));
    }
}
