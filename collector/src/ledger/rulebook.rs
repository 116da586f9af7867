//! The rules of every revision of an app's program that this collector has seen.

use huitou::program::rules::Rules;

/// The rules of one app, by revision.
#[derive(Clone, Debug, Default)]
pub struct Rulebook {
    revisions: Vec<(u32, Rules)>,
    none: Rules,
}

impl Rulebook {
    /// Adds the rules of a revision; later ones replace earlier ones of the same number.
    pub fn insert(&mut self, revision: u32, rules: Rules) {
        match self.revisions.binary_search_by_key(&revision, |(known, _)| *known) {
            Ok(at) => {
                if let Some(place) = self.revisions.get_mut(at) {
                    place.1 = rules;
                }
            }
            Err(at) => self.revisions.insert(at, (revision, rules)),
        }
    }

    /// True if claims under that revision can be judged.
    pub fn knows(&self, revision: u32) -> bool {
        self.find(revision).is_some()
    }

    /// The rules of a revision; those that declare nothing where it is unknown, as for an app without a program.
    pub fn of(&self, revision: u32) -> &Rules {
        self.find(revision).unwrap_or(&self.none)
    }

    /// The newest revision; 0 without any.
    pub fn newest(&self) -> u32 {
        self.revisions.last().map_or(0, |(revision, _)| *revision)
    }

    fn find(&self, revision: u32) -> Option<&Rules> {
        let at = self.revisions.binary_search_by_key(&revision, |(known, _)| *known).ok()?;
        self.revisions.get(at).map(|(_, rules)| rules)
    }
}
