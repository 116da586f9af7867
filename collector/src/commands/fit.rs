//! `fit`: from files to a section, with a word on each step.

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use huitou_collector::error::Failure;
use huitou_collector::fit::days::{self, People};
use huitou_collector::fit::fleet::{self, Data, Plan};
use huitou_collector::fit::section::Section;
use huitou_collector::fit::table::{self, Bought};
use huitou_collector::fit::{database, picture};
use huitou_collector::storage;

use super::say;
use crate::cli::Fit;

/// Steps of a fit, for the bar.
const STEPS: usize = 5;

pub(crate) fn run(command: &Fit) -> Result<ExitCode, Failure> {
    let mut bar = Bar { done: 0 };
    if let Some(table) = &command.table {
        bar.step("fitting the table of neighbours");
        replace(table, &fit_table(command)?)?;
        if command.events.is_none() && command.out.is_none() {
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
    match &command.events {
        Some(events) => days::read(events),
        None => {
            let (db, app) = database_of(command)?;
            database::read(&storage::open_readonly(db)?, app)
        }
    }
}

fn database_of(command: &Fit) -> Result<(&Path, &str), Failure> {
    let missing = || Failure::new("say what to fit on: a CSV file, or --db FILE --app NAME");
    Ok((command.db.as_deref().ok_or_else(missing)?, command.app.as_deref().ok_or_else(missing)?))
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

/// In one step: a collector may be serving the file.
fn replace(path: &Path, text: &str) -> Result<(), Failure> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    let beside = path.with_file_name(name);
    write(&beside, text)?;
    std::fs::rename(&beside, path).map_err(|error| Failure::io("write", path, &error))
}

/// Who bought what, from where the person said.
fn bought(command: &Fit) -> Result<Bought, Failure> {
    match (&command.baskets, &command.bought) {
        (Some(baskets), _) => table::baskets(baskets),
        (None, Some(column)) => {
            let (db, app) = database_of(command)?;
            database::bought(&storage::open_readonly(db)?, app, column)
        }
        (None, None) => Err(Failure::new("say who bought what: --baskets FILE.csv, or --bought EVENT.DIMENSION")),
    }
}

/// The table as phones take it, within their catalogue, or as people do.
fn fit_table(command: &Fit) -> Result<String, Failure> {
    let bought = bought(command)?;
    match &command.catalogue {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
            table::catalogue(&bought, &text)
        }
        None => table::csv(&bought, command.items),
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
