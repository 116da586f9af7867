//! All models of a phone: those of the program's section `model`, and priors where it has none.

use super::fleet::Fleet;
use super::model::lifetime::Lifetime;
use super::returning::Returning;
use crate::program::value::Value;

/// Store visits of households (Complete Journey), MBG/NBD in weeks.
const VISITS: [f64; 4] = [1.432_662_6, 1.431_137_1, 0.091_229_9, 133.572_4];
/// Purchases of a music shop (CDNOW), MBG/NBD in weeks.
const PURCHASES: [f64; 4] = [0.524_8, 6.183_1, 0.891_4, 1.614];
/// Days in which a visit is expected unless the section says otherwise.
const VISIT_DAYS: u32 = 7;
/// Days in which a purchase is expected unless the section says otherwise.
const PURCHASE_DAYS: u32 = 30;

/// Which fifth of the fleet a person is in.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Quintiles {
    /// Days since the latest purchase: up to the first one is the best fifth.
    pub recency: Vec<f64>,
    /// Days with a purchase.
    pub frequency: Vec<f64>,
    /// Whole fen spent.
    pub monetary: Vec<f64>,
}

/// See the module.
#[derive(Clone, Debug)]
pub struct Models {
    /// Visits, cycles, spend.
    pub fleet: Fleet,
    /// How likely a visit is; `None` never happens but costs less than a panic.
    pub visits: Option<Returning>,
    /// How likely a purchase is.
    pub purchases: Option<Returning>,
    /// Cut points, if the section has them.
    pub quintiles: Option<Quintiles>,
}

impl Models {
    /// Reads the section (docs/insight.md), and gives the paths of parts that make no sense; priors stand in for those.
    pub fn read(section: &Value) -> (Models, Vec<&'static str>) {
        let (fleet, mut bad) = Fleet::read(section);
        let purchases = section.get("purchases").unwrap_or(&Value::Null);
        let (bought, worse) = Fleet::read(purchases);
        if !worse.is_empty() {
            bad.push("purchases");
        }
        let rfm = section.get("rfm");
        let quintiles = rfm.and_then(quintiles);
        if rfm.is_some() && quintiles.is_none() {
            bad.push("rfm");
        }
        let visits = fleet.returning.or_else(|| prior(VISITS, VISIT_DAYS));
        let purchases = bought.returning.or_else(|| prior(PURCHASES, PURCHASE_DAYS));
        (Models { fleet, visits, purchases, quintiles }, bad)
    }
}

fn prior(parameters: [f64; 4], horizon_days: u32) -> Option<Returning> {
    let lifetime = Lifetime::mbg(parameters)?;
    Some(Returning { logistic: None, lifetime, unit_days: 7.0, horizon_days })
}

fn quintiles(rfm: &Value) -> Option<Quintiles> {
    let cuts = |name: &str| {
        let mut cuts: Vec<f64> = Vec::new();
        for value in rfm.get(name)?.as_list()? {
            let cut = value.as_f64().filter(|cut| cuts.last().is_none_or(|last| last <= cut))?;
            cuts.push(cut);
        }
        (cuts.len() == 4).then_some(cuts)
    };
    Some(Quintiles { recency: cuts("recency")?, frequency: cuts("frequency")?, monetary: cuts("monetary")? })
}

impl Quintiles {
    /// 3 (worst) to 15: a person's fifths of recency, frequency and money added up.
    pub fn score(&self, recency_days: f64, frequency: f64, monetary_fen: f64) -> u32 {
        let above = |cuts: &[f64], value: f64| cuts.iter().filter(|cut| value > **cut).count() as u32;
        let late = above(&self.recency, recency_days);
        5 - late + 1 + above(&self.frequency, frequency) + 1 + above(&self.monetary, monetary_fen)
    }
}
