//! One fit from data to section: measured on held-out people first, then fitted on everybody.

use std::collections::BTreeMap;

use chrono::{Days as ChronoDays, NaiveDate};

use super::days::{rhythm, Days, People};
use super::lifetime::{self, Summary, UNIT_DAYS};
use super::logistic::{self, Example};
use super::quality::{Quality, Said};
use super::random::is_held_out;
use super::section::{Logit7Part, Measured, ReturningPart, Section, Trained};
use super::{cycle, spend};
use crate::error::Failure;
use huitou::insight::model::nbd::Nbd;

/// A model is not refused for less than this much more log-loss: so much is chance.
const SLACK: f64 = 0.001;

/// What to fit.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The last day that counts, since 1970-01-01.
    pub cut: i32,
    /// Chances are for so many days.
    pub horizon_days: u32,
    /// Coefficients are fitted from so many people who came, and as many who did not.
    pub examples_min: usize,
    /// Decides who is held out.
    pub seed: u64,
}

/// What to fit it on.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// Days and amounts of each person.
    pub people: People,
    /// Days of purchases by `person|category`; may be empty.
    pub streams: People,
}

/// Fits, measures and compares. Calls `step` with what is done next.
///
/// # Errors
/// If there is too little to fit or measure, or if the model is worse than `in_force`.
pub fn fit(
    data: &Data,
    plan: &Plan,
    in_force: Option<&Section>,
    step: &mut dyn FnMut(&str),
) -> Result<Section, Failure> {
    let horizon = i32::try_from(plan.horizon_days).map_err(|_| Failure::new("the horizon is too long"))?;
    step("measuring on people held out");
    let (kept, out): (Vec<_>, Vec<_>) = data.people.iter().partition(|(id, _)| !is_held_out(id, plan.seed));
    let (kept, out) = (days_of(kept), days_of(out));
    let earlier = Plan { cut: plan.cut - horizon, ..plan.clone() };
    let trial = returning(&kept, &earlier)?;
    let measured = measure(&out, (&trial, &earlier), in_force)?;
    refuse_if_worse(&measured)?;
    step("fitting on everybody");
    let all: Vec<&Days> = data.people.values().collect();
    let mut final_part = returning(&all, plan)?;
    if measured.used() == &measured.label_free {
        final_part.logit7 = None;
    }
    step("fitting spend");
    let amounts: Vec<spend::Amounts> = all.iter().filter_map(|days| spend::amounts(days, plan.cut)).collect();
    let spend = spend::gamma_gamma(&amounts)?.map(|fitted| fitted.parameters);
    step("fitting cycles");
    let cycle = if data.streams.is_empty() { None } else { Some(cycle::fit(&data.streams, plan.cut)?) };
    Ok(Section {
        revision: in_force.map_or(1, |section| section.revision.saturating_add(1)),
        trained: trained(&data.people, plan),
        returning: final_part,
        spend,
        cycle,
        quality: measured,
    })
}

fn days_of<'a>(people: Vec<(&'a String, &'a Days)>) -> Vec<&'a Days> {
    people.into_iter().map(|(_, days)| days).collect()
}

/// Everything about return, from what was known at the plan's cut.
fn returning(people: &[&Days], plan: &Plan) -> Result<ReturningPart, Failure> {
    let summaries: Vec<Summary> = people.iter().filter_map(|days| lifetime::summary(days, plan.cut)).collect();
    let nbd = lifetime::nbd(&summaries)?.parameters;
    let horizon = plan.horizon_days as i32;
    let latest = logistic::examples(people.iter().copied(), plan.cut - horizon, horizon);
    let logit7 = if is_enough(&latest, plan.examples_min) {
        let [r, alpha] = nbd;
        let fleet = Nbd::new([r, alpha * UNIT_DAYS]).ok_or_else(|| Failure::new("the fitted rate makes no sense"))?;
        let windows = logistic::windows(people.iter().copied(), plan.cut, horizon);
        let logistic::Coefficients { weights, bias } = logistic::fit(&windows, &fleet)?;
        Some(Logit7Part { w: weights, b: bias })
    } else {
        None
    };
    Ok(ReturningPart {
        unit_days: UNIT_DAYS,
        horizon_days: plan.horizon_days,
        nbd,
        bgnbd: lifetime::bg(&summaries)?.parameters,
        mbgnbd: lifetime::mbg(&summaries)?.parameters,
        logit7,
    })
}

/// Enough who came, and enough who did not: below that, what is fitted is chance.
fn is_enough(examples: &[Example], examples_min: usize) -> bool {
    let came = examples.iter().filter(|example| example.came).count();
    came >= examples_min && examples.len() - came >= examples_min
}

fn measure(
    people: &[&Days],
    (trial, plan): (&ReturningPart, &Plan),
    in_force: Option<&Section>,
) -> Result<Measured, Failure> {
    let label_free = ReturningPart { logit7: None, ..trial.clone() };
    let quality = |part: &ReturningPart| quality(people, part, plan);
    let label_free = quality(&label_free)?.ok_or_else(|| {
        Failure::new(
            "nobody held out, or everybody, came back within the horizon: choose another --horizon-days, or more data",
        )
    })?;
    let logit7 = if trial.logit7.is_some() { quality(trial)? } else { None };
    let in_force = match in_force.filter(|section| section.returning.horizon_days == plan.horizon_days) {
        Some(section) => quality(&section.returning)?,
        None => None,
    };
    Ok(Measured { label_free, logit7, in_force })
}

/// Of a score at the plan's cut, by what the horizon after it brought.
fn quality(people: &[&Days], part: &ReturningPart, plan: &Plan) -> Result<Option<Quality>, Failure> {
    let score = part.score().ok_or_else(|| Failure::new("a model has parameters that make no sense"))?;
    let horizon = plan.cut + 1..=plan.cut + plan.horizon_days as i32;
    let said = people.iter().filter_map(|days| {
        let (rhythm, today) = rhythm(days, plan.cut);
        let happened = days.iter().any(|(day, _)| horizon.contains(day));
        Some(Said { chance: score.probability(&rhythm, today)?, happened })
    });
    Ok(Quality::of(&said.collect::<Vec<_>>()))
}

fn refuse_if_worse(measured: &Measured) -> Result<(), Failure> {
    let Some(in_force) = &measured.in_force else { return Ok(()) };
    let found = measured.used();
    if found.log_loss <= in_force.log_loss + SLACK {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the model in force is better and stays: on the same {} people its log-loss is {:.4}, that of the new one {:.4}",
        found.people, in_force.log_loss, found.log_loss
    )))
}

fn trained(people: &People, plan: &Plan) -> Trained {
    let inside: BTreeMap<&String, i32> = people
        .iter()
        .filter_map(|(id, days)| Some((id, days.first()?.0)))
        .filter(|(_, first)| *first <= plan.cut)
        .collect();
    let first = inside.values().min().copied().unwrap_or(plan.cut);
    Trained { from: date(first), to: date(plan.cut), people: inside.len(), seed: plan.seed }
}

/// `YYYY-MM-DD` of a number since 1970-01-01.
pub fn date(day: i32) -> String {
    let days = ChronoDays::new(u64::from(day.unsigned_abs()));
    NaiveDate::default().checked_add_days(days).map_or_else(String::new, |date| date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fit::random::Random;
    use huitou::insight::fleet::Fleet;

    /// People who come with rates of their own and drop out, from day 10,000 on for 300 days.
    fn made(people: usize, seed: u64) -> Data {
        let mut random = Random::new(seed);
        let mut one = |id: usize| {
            let (rate, drop) = (random.gamma(0.8) / 12.0, random.beta(0.8, 6.0));
            let mut days: Days = Vec::new();
            let mut at = 60.0 * random.uniform();
            while at < 300.0 {
                let day = 10_000 + at as i32;
                if days.last().is_none_or(|(last, _)| *last < day) {
                    days.push((day, 20.0 * random.gamma(4.0)));
                }
                if random.uniform() < drop {
                    break;
                }
                at += 1.0 - random.uniform().ln() / rate;
            }
            (format!("p{id}"), days)
        };
        Data { people: (0..people).map(&mut one).collect(), streams: People::new() }
    }

    fn plan(examples_min: usize) -> Plan {
        Plan { cut: 10_299, horizon_days: 28, examples_min, seed: 1 }
    }

    #[test]
    fn a_fit_is_measured_on_others_and_repeatable() {
        let data = made(500, 4);
        let section = fit(&data, &plan(40), None, &mut |_| {}).unwrap();
        assert_eq!(section, fit(&data, &plan(40), None, &mut |_| {}).unwrap());
        assert!(section.quality.used().auc > 0.75, "{:?}", section.quality);
        assert!((100..200).contains(&section.quality.label_free.people));
        assert_eq!((section.revision, section.trained.to.as_str()), (1, "1998-03-14"));
        assert!(section.returning.score().is_some() && section.spend.is_some() && section.cycle.is_none());
        let text = serde_json::to_string(&section).unwrap();
        let (fleet, bad) = Fleet::read(&huitou::program::value::parse(&text).unwrap());
        assert_eq!((fleet.returning, bad), (section.returning.score(), vec![]), "phones read what is written");
        assert!(fleet.revision == 1 && fleet.spend.is_some());
        assert_eq!(serde_json::from_str::<Section>(&text).unwrap(), section);
    }

    #[test]
    fn too_few_people_make_a_score_without_labels() {
        let section = fit(&made(200, 4), &plan(1_000), None, &mut |_| {}).unwrap();
        assert!(section.returning.logit7.is_none() && section.quality.logit7.is_none());
    }

    #[test]
    fn what_is_worse_than_the_model_in_force_is_refused() {
        let data = made(500, 4);
        let good = fit(&data, &plan(40), None, &mut |_| {}).unwrap();
        let again = fit(&data, &plan(40), Some(&good), &mut |_| {}).unwrap();
        assert_eq!(again.revision, 2);
        // Everybody comes at one rate: nothing can be learnt from people that are of another kind.
        let mut other = made(500, 4);
        for (id, days) in &mut other.people {
            if !is_held_out(id, 1) {
                *days = (0..10).map(|n| (10_000 + n * 30, 1.0)).collect();
            }
        }
        let refused = fit(&other, &plan(1_000_000), Some(&good), &mut |_| {}).unwrap_err();
        assert!(refused.to_string().contains("the model in force is better"), "{refused}");
        assert!(fit(&Data::default(), &plan(1), None, &mut |_| {}).is_err());
    }
}
