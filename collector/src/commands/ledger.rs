//! Commands about loyalty.

use std::path::Path;
use std::process::ExitCode;

use huitou_collector::clock::now_ms;
use huitou_collector::delivery::guide::Guide;
use huitou_collector::error::Failure;
use huitou_collector::ledger::export::{verify as verify_export, Export};
use huitou_collector::programs::worst_case;
use huitou_collector::storage;

use super::say;
use crate::cli::ExportLedger;

pub(super) fn export(command: &ExportLedger) -> Result<ExitCode, Failure> {
    let db = storage::open_readonly(&command.database.db)?;
    let app = command.app.clone().map_or_else(|| storage::the_app(&db), |app| Ok(Some(app)))?;
    let app = app.ok_or_else(|| Failure::new("the database has several apps, or none; say which with --app"))?;
    let found = storage::export_ledger(&db, &app, &command.user, now_ms())?;
    let found = found.ok_or_else(|| Failure::new(format!("{app} has no ledger of {:?}", command.user)))?;
    let text = serde_json::to_string_pretty(&found).map_err(|e| Failure::new(e.to_string()))?;
    match &command.out {
        Some(path) => std::fs::write(path, text).map_err(|e| Failure::io("write", path, &e))?,
        None => say(text)?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn verify(file: &Path) -> Result<ExitCode, Failure> {
    let text = std::fs::read_to_string(file).map_err(|e| Failure::io("read", file, &e))?;
    let export: Export = serde_json::from_str(&text)
        .map_err(|e| Failure::new(format!("{}: no exported ledger: {e}", file.display())))?;
    if let Err(problem) = verify_export(&export) {
        say(problem)?;
        return Ok(ExitCode::FAILURE);
    }
    let (entries, aside, phones) = (export.entries.len(), export.aside.len(), export.phones.len());
    say(format!("ok: {entries} entries, {aside} put aside, {phones} phones, {} points", export.result.points))?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn check(file: &Path) -> Result<ExitCode, Failure> {
    let text = std::fs::read_to_string(file).map_err(|e| Failure::io("read", file, &e))?;
    match huitou::program::load(&text) {
        Ok((program, warnings)) => {
            warnings.iter().try_for_each(|warning| say(format!("warning: {}: {}", warning.path, warning.message)))?;
            say(worst_case(&program.rules))?;
            Guide::of(&program).gifts().iter().try_for_each(say)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(mistakes) => {
            mistakes.iter().try_for_each(|mistake| say(format!("mistake: {mistake}")))?;
            Ok(ExitCode::FAILURE)
        }
    }
}
