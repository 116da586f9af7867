//! `fit`: from files to a section, with a word on each step.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use huitou_collector::error::Failure;
use huitou_collector::fit::days::{self, People};
use huitou_collector::fit::fleet::{self, Data, Plan};
use huitou_collector::fit::section::Section;
use huitou_collector::fit::{database, neighbours, picture};
use huitou_collector::storage;

use super::say;
use crate::cli::Fit;

/// Steps of a fit, for the bar.
const STEPS: usize = 5;
/// Neighbours of each item: 10 lose little against 20, 20 fit.
const NEIGHBOURS: usize = 20;

pub(crate) fn run(command: &Fit) -> Result<ExitCode, Failure> {
    let mut bar = Bar { done: 0 };
    if let (Some(baskets), Some(table)) = (&command.baskets, &command.table) {
        bar.step("fitting the table of neighbours");
        write(table, &fit_table(baskets, command.items)?)?;
        if command.events.is_none() && command.db.is_none() {
            return Ok(ExitCode::SUCCESS);
        }
    }
    bar.step("reading");
    let people = people(command)?;
    let streams = command.purchases.as_deref().map(days::read).transpose()?.unwrap_or_default();
    let plan = plan(command, &people)?;
    let in_force = command.in_force.as_deref().map(Section::read).transpose()?;
    let section = fleet::fit(&Data { people, streams }, &plan, in_force.as_ref(), &mut |step| bar.step(step))?;
    finish(command, &section)
}

fn people(command: &Fit) -> Result<People, Failure> {
    match (&command.events, &command.db) {
        (Some(events), _) => days::read(events),
        (None, Some(db)) => {
            let app = command.app.as_deref().ok_or_else(|| Failure::new("say whose people: --app NAME"))?;
            database::read(&storage::open_readonly(db)?, app)
        }
        (None, None) => Err(Failure::new("say what to fit on: --events FILE.csv, or --db FILE --app NAME")),
    }
}

fn plan(command: &Fit, people: &People) -> Result<Plan, Failure> {
    let latest = people.values().filter_map(|days| days.last()).map(|(day, _)| *day).max();
    let cut = match &command.cut {
        Some(date) => days::day_number(date).ok_or_else(|| Failure::new(format!("--cut: {date:?} is no date")))?,
        None => latest.ok_or_else(|| Failure::new("there is nobody in the data"))?,
    };
    let Fit { horizon_days, examples_min, seed, .. } = *command;
    Ok(Plan { cut, horizon_days, examples_min, seed })
}

fn finish(command: &Fit, section: &Section) -> Result<ExitCode, Failure> {
    let quality = &section.quality;
    if let Some(path) = &command.picture {
        let mut scores = vec![("without labels", &quality.label_free)];
        scores.extend(quality.logit7.as_ref().map(|logit7| ("logistic", logit7)));
        scores.extend(quality.in_force.as_ref().map(|in_force| ("in force", in_force)));
        write(path, &picture::calibration(&scores))?;
    }
    let json = serde_json::to_string_pretty(section).map_err(|error| Failure::new(error.to_string()))?;
    let Some(out) = &command.out else {
        say(json)?;
        return Ok(ExitCode::SUCCESS);
    };
    write(out, &(json + "\n"))?;
    let used = quality.used();
    say(format!(
        "revision {}: {}, AUC {:.4}, log-loss {:.4}, Brier {:.4} on {} people held out",
        section.revision,
        if section.returning.logit7.is_some() { "logistic" } else { "without labels (too few examples, or no better)" },
        used.auc,
        used.log_loss,
        used.brier,
        used.people
    ))?;
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|error| Failure::io("write", path, &error))
}

/// `item,neighbour,sim` of the items that most people bought.
fn fit_table(baskets: &Path, items_max: usize) -> Result<String, Failure> {
    let rows = days::rows(baskets, ["id", "item"])?;
    let owned: BTreeSet<(&str, &str)> = rows.iter().map(|[id, item]| (id.as_str(), item.as_str())).collect();
    let mut buyers: BTreeMap<&str, usize> = BTreeMap::new();
    owned.iter().for_each(|(_, item)| *buyers.entry(item).or_default() += 1);
    let mut items: Vec<&str> = buyers.keys().copied().collect();
    items.sort_by_key(|item| (std::cmp::Reverse(buyers.get(item)), *item));
    items.truncate(items_max.min(neighbours::ITEMS_MAX));
    let places: BTreeMap<&str, u16> = items.iter().copied().zip(0..).collect();
    let people: BTreeSet<&str> = owned.iter().map(|(id, _)| *id).collect();
    let people: BTreeMap<&str, usize> = people.into_iter().zip(0..).collect();
    let pairs = owned.iter().filter_map(|(id, item)| Some((*people.get(id)?, *places.get(item)?))).collect();
    let mut text = String::from("item,neighbour,sim\n");
    for (item, row) in neighbours::fit(&pairs, items.len(), NEIGHBOURS)? {
        for neighbour in row {
            let names = items.get(usize::from(item)).zip(items.get(usize::from(neighbour.item)));
            let Some((item, other)) = names else { continue };
            text.push_str(&format!("{},{},{}\n", cell(item), cell(other), neighbour.weight));
        }
    }
    Ok(text)
}

fn cell(text: &str) -> String {
    match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

/// On standard error, so that the section can go down a pipe.
struct Bar {
    done: usize,
}

impl Bar {
    fn step(&mut self, what: &str) {
        self.done = (self.done + 1).min(STEPS);
        let bar: String = (0..STEPS).map(|step| if step < self.done { '#' } else { '.' }).collect();
        let mut out = std::io::stderr().lock();
        let end = if out.is_terminal() && self.done < STEPS { '\r' } else { '\n' };
        // Who closed standard error does not want to know.
        let _ = write!(out, "[{bar}] {what:<40}{end}");
    }
}
