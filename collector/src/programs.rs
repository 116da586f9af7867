//! The programs that this collector serves, and the dictionaries of all that phones may still run.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use huitou::bytes::{Reader, Writer};
use huitou::program::rules::Rules;
use huitou::program::Names;

use crate::delivery::guide::Guide;
use crate::error::Failure;
use crate::ledger::Rulebook;
use crate::storage::{Dictionary, ProgramJob, Storage, StorageError};

/// The most dictionaries kept. Phones bring them, so there must be an end; beyond it a phone has to send its names
/// with every upload that is asked for them, which costs bytes and nothing else.
const DICTIONARIES_MAX: usize = 1024;

/// A program as the merchant wrote it.
#[derive(Clone, Debug)]
pub struct Served {
    /// The program's `app`.
    pub app: String,
    /// The program's `revision`.
    pub revision: u32,
    /// The file as it is.
    pub text: String,
    /// What its loyalty sections declare.
    pub rules: Rules,
    /// What it says of journeys.
    pub guide: Arc<Guide>,
    names: Names,
}

impl Served {
    /// Reads and checks a program file; its warnings go to the log.
    pub fn read(path: &Path) -> Result<Served, Failure> {
        let text = std::fs::read_to_string(path).map_err(|e| Failure::io("read", path, &e))?;
        Served::of(text, &path.display().to_string())
    }

    /// The same of a program at hand; `name` is for messages.
    pub fn of(text: String, name: &str) -> Result<Served, Failure> {
        let (program, warnings) = huitou::program::load(&text).map_err(|mistakes| {
            let lines: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
            Failure::new(format!("{name}: {}", lines.join("; ")))
        })?;
        for warning in warnings {
            tracing::warn!(file = name, path = warning.path, "{}", warning.message);
        }
        let (app, revision) = (program.names.app.clone(), program.revision);
        let guide = Arc::new(Guide::of(&program));
        Ok(Served { app, revision, text, rules: program.rules, guide, names: program.names })
    }

    /// The most that phones can earn by claims alone, however forged.
    pub fn worst_case(&self) -> String {
        worst_case(&self.rules)
    }

    /// What the database keeps of it.
    pub fn job(&self) -> ProgramJob {
        let dictionary = dictionary_of(&self.names);
        ProgramJob { app: self.app.clone(), revision: self.revision, text: self.text.clone(), dictionary }
    }
}

/// Served programs and known dictionaries.
#[derive(Debug, Default)]
pub struct Programs {
    served: Vec<Served>,
    books: BTreeMap<String, Arc<Rulebook>>,
    nobody: Arc<Rulebook>,
    dictionaries: RwLock<BTreeMap<u32, Arc<Names>>>,
}

impl Programs {
    /// Reads what the database has of dictionaries and older programs; the served programs come on top.
    pub fn load(served: Vec<Served>, storage: &dyn Storage) -> Result<Programs, StorageError> {
        let mut programs = Programs::new(served, storage.dictionaries()?);
        for app in programs.served.iter().map(|program| program.app.clone()).collect::<Vec<_>>() {
            let book = rulebook(&app, &storage.programs(&app)?);
            programs.books.insert(app, Arc::new(book));
        }
        Ok(programs)
    }

    /// `held` are the dictionaries that the database has; the served programs' own come on top.
    fn new(served: Vec<Served>, held: Vec<(u32, Vec<u8>)>) -> Programs {
        let mut dictionaries = BTreeMap::new();
        for (hash, names) in held {
            match Names::decode(&mut Reader::new(&names)) {
                Some(names) => drop(dictionaries.insert(hash, Arc::new(names))),
                None => tracing::warn!(hash, "a stored dictionary can't be read"),
            }
        }
        for program in &served {
            dictionaries.insert(program.names.hash(), Arc::new(program.names.clone()));
        }
        Programs { served, dictionaries: RwLock::new(dictionaries), ..Programs::default() }
    }

    /// The rules of an app, of every revision ever served. Of an app without a program: no rules at all.
    pub fn book(&self, app: &str) -> Arc<Rulebook> {
        self.books.get(app).unwrap_or(&self.nobody).clone()
    }

    /// What every served program says of journeys, by app.
    pub fn guides(&self) -> Vec<(String, Arc<Guide>)> {
        self.served.iter().map(|program| (program.app.clone(), program.guide.clone())).collect()
    }

    /// What the served program says of journeys; of an app without one: nothing.
    pub fn guide(&self, app: &str) -> Arc<Guide> {
        self.of(Some(app)).map(|program| program.guide.clone()).unwrap_or_default()
    }

    /// The program of an app; without an app, the first one.
    pub fn of(&self, app: Option<&str>) -> Option<&Served> {
        self.served.iter().find(|program| app.is_none_or(|app| program.app == app))
    }

    /// The names of the served program; of an app without one, just its own.
    pub fn names_of(&self, app: &str) -> Names {
        let served = self.of(Some(app)).map(|program| program.names.clone());
        served.unwrap_or_else(|| Names { app: app.to_owned(), events: Vec::new(), flows: Vec::new() })
    }

    /// The names with that hash.
    pub fn names(&self, hash: u32) -> Option<Names> {
        let dictionaries = self.dictionaries.read().unwrap_or_else(PoisonError::into_inner);
        dictionaries.get(&hash).map(|names| Names::clone(names))
    }

    /// Remembers names that a phone sent; gives what the database should keep, or `None` if they are known or there
    /// is no room.
    pub fn learn(&self, names: &Names) -> Option<Dictionary> {
        let dictionary = dictionary_of(names);
        let mut dictionaries = self.dictionaries.write().unwrap_or_else(PoisonError::into_inner);
        if dictionaries.contains_key(&dictionary.hash) {
            return None;
        }
        if dictionaries.len() >= DICTIONARIES_MAX {
            tracing::warn!(app = names.app, "no room for another dictionary");
            return None;
        }
        tracing::info!(app = names.app, hash = dictionary.hash, "new dictionary");
        dictionaries.insert(dictionary.hash, Arc::new(names.clone()));
        Some(dictionary)
    }
}

/// The rules of each revision whose text can be read.
pub fn rulebook(app: &str, texts: &[(u32, String)]) -> Rulebook {
    let mut book = Rulebook::default();
    for (revision, text) in texts {
        match huitou::program::load(text) {
            Ok((program, _)) => book.insert(*revision, program.rules),
            Err(_) => tracing::warn!(app, revision, "a stored program can't be read; claims under it stay on phones"),
        }
    }
    book
}

/// A sentence for whoever runs the shop.
pub fn worst_case(rules: &Rules) -> String {
    let worst = rules.worst_case();
    let lifetime = worst.lifetime.map_or_else(|| "without end".to_owned(), |points| format!("{points} in a lifetime"));
    let (day, month) = (worst.per_day, worst.per_month);
    format!("worst case of a forged phone: {day} points a day, {month} in 31 days, {lifetime}")
}

fn dictionary_of(names: &Names) -> Dictionary {
    let mut writer = Writer::default();
    names.encode(&mut writer);
    Dictionary { hash: huitou::bytes::crc32(&writer.out), names: writer.out }
}
