//! Subscriptions: one consent pays for one message, and nobody can ask the platform how many are left.

use super::Journeys;
use crate::clock::Day;
use crate::program::messages::MessageRules;

/// Templates that one question may name.
pub const ASKED_MAX: usize = 3;

/// What is known of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credit {
    /// The platform's own id of it.
    pub template: String,
    /// Messages that may still be sent.
    pub count: u32,
    /// When she last said no.
    pub rejected: Option<Day>,
    /// She is not asked again.
    pub is_banned: bool,
}

impl Journeys {
    /// Messages that may still be sent from a template.
    pub fn credits_of(&self, template: &str) -> u32 {
        self.credits.iter().find(|credit| credit.template == template).map_or(0, |credit| credit.count)
    }

    /// Which of the templates to ask for at a tap, in their order, at most [`ASKED_MAX`].
    pub fn askable<'a>(&self, rules: &MessageRules, templates: &[&'a str], today: Day) -> Vec<&'a str> {
        let mut asked: Vec<&'a str> = Vec::new();
        for template in templates {
            let known = self.credits.iter().find(|credit| credit.template == *template);
            let is_wanted = known.is_none_or(|credit| {
                let cools_off = |day: Day| today.since(day) < i64::from(rules.ask_again_days);
                !credit.is_banned && credit.count < rules.keep_credits && !credit.rejected.is_some_and(cools_off)
            });
            if is_wanted && asked.len() < ASKED_MAX && !asked.contains(template) {
                asked.push(template);
            }
        }
        asked
    }
}
