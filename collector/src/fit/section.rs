//! What `fit` writes: the `model` section of a program.

use std::path::Path;

use huitou::insight::model::lifetime::Lifetime;
use huitou::insight::model::logit7::{Logit7, FEATURES};
use huitou::insight::model::nbd::Nbd;
use huitou::insight::returning::Returning;
use serde::{Deserialize, Serialize};

use super::cycle::Cycles;
use super::quality::Quality;
use crate::error::Failure;

/// The section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Which version of it; grows with each fit.
    pub revision: u32,
    /// What it was fitted on.
    pub trained: Trained,
    /// How likely people are to come back.
    pub returning: ReturningPart,
    /// Gamma–gamma `[p, q, v]` of spend, in the unit of the amounts; left out with too few people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spend: Option<[f64; 3]>,
    /// How long people take between purchases of something; left out where no purchases were given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cycle: Option<Cycles>,
    /// How good the score is.
    pub quality: Measured,
}

/// Data and chance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trained {
    /// First day of the data.
    pub from: String,
    /// The cut: the last day that counts.
    pub to: String,
    /// People with at least one day.
    pub people: usize,
    /// What decided who was held out.
    pub seed: u64,
}

/// Parameters of return; times in units of `unit_days`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReturningPart {
    /// Days in a unit of time.
    pub unit_days: f64,
    /// Chances are for so many days.
    pub horizon_days: u32,
    /// `[r, α]`.
    pub nbd: [f64; 2],
    /// `[r, α, a, b]`.
    pub bgnbd: [f64; 4],
    /// `[r, α, a, b]`.
    pub mbgnbd: [f64; 4],
    /// The better score, where there were people enough to fit it and it proved itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logit7: Option<Logit7Part>,
}

/// Coefficients of the logistic score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Logit7Part {
    /// Of the seven features, in order.
    pub w: [f64; FEATURES],
    /// Added to their sum.
    pub b: f64,
}

/// Measured on held-out people in the last horizon before the cut, with everything fitted on others before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Without labels.
    pub label_free: Quality,
    /// With fitted coefficients, if there were people enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logit7: Option<Quality>,
    /// Of the model that was in force, on the same people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_force: Option<Quality>,
}

impl Measured {
    /// Of the score that the section makes phones use.
    pub fn used(&self) -> &Quality {
        self.logit7.as_ref().filter(|logit7| logit7.log_loss < self.label_free.log_loss).unwrap_or(&self.label_free)
    }
}

impl Section {
    /// Reads what `fit` wrote.
    pub fn read(path: &Path) -> Result<Section, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
        serde_json::from_str(&text).map_err(|error| Failure::new(format!("{} is no model: {error}", path.display())))
    }
}

impl ReturningPart {
    /// The score as a phone computes it; `None` for parameters that make no sense.
    pub fn score(&self) -> Option<Returning> {
        let [r, alpha] = self.nbd;
        let logistic = match &self.logit7 {
            Some(Logit7Part { w, b }) => Some(Logit7::new(*w, *b, Nbd::new([r, alpha * self.unit_days])?)?),
            None => None,
        };
        let lifetime = Lifetime::mbg(self.mbgnbd)?;
        Some(Returning { logistic, lifetime, unit_days: self.unit_days, horizon_days: self.horizon_days })
    }
}
