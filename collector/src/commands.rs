//! What each command does.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use huitou::id::UserId;
use huitou_collector::catalogues::Catalogues;
use huitou_collector::clock::now_ms;
use huitou_collector::delivery::courier::{Couriers, Nobody};
use huitou_collector::delivery::webhook::Webhook;
use huitou_collector::delivery::wechat::{StableTokens, Wechat};
use huitou_collector::error::Failure;
use huitou_collector::experiment::simulation::{self, Plan};
use huitou_collector::http::{Cors, Viewers};
use huitou_collector::intake::DayWindow;
use huitou_collector::programs::Served;
use huitou_collector::secret::{AppSecrets, Secret, Secrets};
use huitou_collector::server::{self, Rate, Settings};
use huitou_collector::storage::Sqlite;
use huitou_collector::token::{mint, Claims};
use huitou_collector::{export, load, simulate, storage, verify, writer};

use crate::cli::{
    Backup, Command, Database, Durability, Export, Keys, Load, LogFormat, Serve, Simulate, SimulateAa, Token,
};

mod fit;
mod ledger;

/// Problems that `verify` prints; the rest is only counted.
const PROBLEMS_SHOWN_MAX: usize = 20;
/// Wide enough for every day that a summary can name.
const ANY_DAYS: i32 = 40_000;

pub(crate) fn run(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Serve(serve) => run_serve(*serve),
        Command::Export(export) => run_export(&export),
        Command::Verify(verify) => match &verify.file {
            Some(file) => ledger::verify(file),
            None => run_verify(&verify.database),
        },
        Command::ExportLedger(export) => ledger::export(&export),
        Command::Check(check) => ledger::check(&check.file),
        Command::Retry(database) => run_retry(&database),
        Command::Backup(backup) => run_backup(&backup),
        Command::Token(token) => run_token(&token),
        Command::SimulateAa(plan) => run_simulation(&plan),
        Command::Simulate(command) => run_journeys(&command),
        Command::Fit(plan) => fit::run(&plan),
        Command::Load(load) => run_load(&load),
    }
}

/// Exit code 1 if more, or less, was found than chance makes.
fn run_simulation(plan: &SimulateAa) -> Result<ExitCode, Failure> {
    let plan = Plan { tests: plan.tests, phones: plan.phones, seed: plan.seed };
    let report = simulation::run(plan).map_err(Failure::new)?;
    print!("{report}");
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Exit code 1 if a rule was broken.
fn run_journeys(command: &Simulate) -> Result<ExitCode, Failure> {
    let plan = simulate::Plan { persons: command.persons, days: command.days, seed: command.seed };
    let own = std::env::temp_dir().join(format!("huitou-simulate-{}", std::process::id()));
    let folder = command.keep.as_ref().unwrap_or(&own);
    std::fs::create_dir_all(folder).map_err(|e| Failure::io("create", folder, &e))?;
    let report = simulate::run(plan, folder);
    if command.keep.is_none() {
        // What is left there harms nobody.
        let _ = std::fs::remove_dir_all(folder);
    }
    let report = report?;
    print!("{report}");
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_serve(serve: Serve) -> Result<ExitCode, Failure> {
    start_log(&serve);
    if serve.demo && !serve.listen.ip().is_loopback() {
        return Err(Failure::new("--demo lets anybody log in, so it listens on this machine only; choose 127.0.0.1"));
    }
    let settings = settings(serve)?;
    server::run(settings, stop_signal())?;
    Ok(ExitCode::SUCCESS)
}

fn settings(serve: Serve) -> Result<Settings, Failure> {
    let programs = serve.program.iter().map(|path| Served::read(path)).collect::<Result<Vec<_>, _>>()?;
    let app = serve.app.clone().or_else(|| programs.first().map(|program| program.app.clone()));
    let app = app.ok_or_else(|| Failure::new("say whose summaries to receive: --program FILE, or --app NAME"))?;
    let secrets = server_secrets(&serve, &app)?;
    Ok(Settings {
        couriers: couriers(&serve, &secrets)?,
        actions_per_second: serve.actions_per_second,
        listen: serve.listen,
        secrets,
        durability: match serve.durability {
            Durability::PowerLoss => storage::Durability::PowerLoss,
            Durability::ProcessEnd => storage::Durability::ProcessEnd,
        },
        cors: cors(&serve),
        demo: serve.demo,
        viewers: viewers(serve.demo)?,
        window: window(&serve),
        offline_days: serve.offline_days.into(),
        limits: writer::Limits { queue: serve.queue, batch: serve.batch },
        rate: Rate {
            per_minute: serve.rate_per_minute.unwrap_or(if serve.demo { 0 } else { 60 }),
            burst: serve.rate_burst,
        },
        connections: serve.connections.max(1),
        db: serve.database.db,
        programs,
        catalogues: Catalogues::read(&serve.catalogue)?,
    })
}

/// A demonstration that is told of nobody does everything itself.
fn couriers(serve: &Serve, secrets: &Secrets) -> Result<Couriers, Failure> {
    let mut couriers = Couriers::default();
    if let Some(url) = &serve.webhook {
        let webhook = Arc::new(Webhook::new(url, secrets.clone())?);
        couriers = Couriers { messages: Some(webhook.clone()), gifts: Some(webhook) };
    } else if serve.demo {
        couriers = Couriers { messages: Some(Arc::new(Nobody)), gifts: Some(Arc::new(Nobody)) };
    }
    if serve.wechat {
        let accounts = secrets.accounts();
        if accounts.is_empty() {
            return Err(Failure::new("--wechat: no app in the secrets file has \"wechat\": {\"appid\", \"secret\"}"));
        }
        let tokens = StableTokens::new(&serve.wechat_url, accounts.clone())?;
        couriers.messages = Some(Arc::new(Wechat::new(&serve.wechat_url, accounts, Box::new(tokens))?));
    }
    Ok(couriers)
}

fn run_retry(database: &Database) -> Result<ExitCode, Failure> {
    let storage = Sqlite::open(&database.db, storage::Durability::PowerLoss)?;
    say(format!("{} to be tried again", storage.revive(now_ms())?))?;
    Ok(ExitCode::SUCCESS)
}

fn window(serve: &Serve) -> DayWindow {
    let default = |days| if serve.demo { ANY_DAYS } else { days };
    DayWindow {
        back: serve.days_back.unwrap_or(default(35)).clamp(0, ANY_DAYS),
        ahead: serve.days_ahead.unwrap_or(default(1)).clamp(0, ANY_DAYS),
    }
}

fn cors(serve: &Serve) -> Cors {
    let (loopback, origins): (Vec<_>, Vec<_>) = serve.cors.iter().cloned().partition(|origin| origin == "loopback");
    Cors { origins, loopback: serve.demo || !loopback.is_empty() }
}

fn viewers(demo: bool) -> Result<Viewers, Failure> {
    match std::env::var("HUITOU_PAGE_PASSWORD") {
        Ok(password) => Secret::new(&password)
            .map(Viewers::Password)
            .map_err(|failure| Failure::new(format!("HUITOU_PAGE_PASSWORD: {failure}"))),
        Err(_) if demo => Ok(Viewers::Everybody),
        Err(_) => Ok(Viewers::Nobody),
    }
}

/// In a demonstration keys are made at the first start and kept beside the database.
fn server_secrets(serve: &Serve, app: &str) -> Result<Secrets, Failure> {
    let given = serve.keys.secrets.is_some() || std::env::var_os("HUITOU_TOKEN_SECRET").is_some();
    if given || !serve.demo {
        return secrets(&serve.keys, app);
    }
    let path = beside(&serve.database.db);
    if !path.exists() {
        Secrets::generate(app, &path)?;
        tracing::info!(file = %path.display(), "made new keys");
    }
    Secrets::read(&path)
}

fn beside(db: &Path) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(".secrets.json");
    PathBuf::from(name)
}

fn secrets(keys: &Keys, app: &str) -> Result<Secrets, Failure> {
    let secrets = match &keys.secrets {
        Some(path) => Secrets::read(path)?,
        None => {
            let texts = |name: &str| std::env::var(name).into_iter().collect::<Vec<String>>();
            let mut secrets = Secrets::default();
            let found = AppSecrets::from_texts(&texts("HUITOU_TOKEN_SECRET"), &texts("HUITOU_FACTS_SECRET"))?;
            secrets.insert(app, found);
            secrets
        }
    };
    if secrets.of(app).is_none_or(|found| found.token.is_empty()) {
        return Err(Failure::new(format!("no token key for {app:?}: set --secrets FILE or HUITOU_TOKEN_SECRET")));
    }
    Ok(secrets)
}

fn start_log(serve: &Serve) {
    let log = tracing_subscriber::fmt().with_max_level(serve.log_level).with_writer(std::io::stderr).with_ansi(false);
    match serve.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// Resolves at the first SIGTERM or SIGINT.
async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        () = interrupt => {}
        () = terminate() => {}
    }
}

#[cfg(unix)]
async fn terminate() {
    use tokio::signal::unix::{signal, SignalKind};
    match signal(SignalKind::terminate()) {
        Ok(mut stream) => drop(stream.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminate() {
    std::future::pending().await
}

fn run_export(command: &Export) -> Result<ExitCode, Failure> {
    let db = storage::open_readonly(&command.database.db)?;
    let mut out: Box<dyn Write> = match &command.out {
        Some(path) => Box::new(File::create(path).map_err(|e| Failure::io("create", path, &e))?),
        None => Box::new(Output(std::io::stdout())),
    };
    let count = export::export(&db, &command.table, command.format, &mut BufWriter::new(&mut out))?;
    if command.out.is_some() {
        say(format!("{count} rows"))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Standard output whose reader may go away early (`| head`): that ends the command, and is no failure.
struct Output(std::io::Stdout);

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes).inspect_err(end_if_unread)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush().inspect_err(end_if_unread)
    }
}

fn end_if_unread(error: &std::io::Error) {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        std::process::exit(0);
    }
}

fn say(line: impl std::fmt::Display) -> Result<(), Failure> {
    writeln!(Output(std::io::stdout()), "{line}").map_err(|e| Failure::new(format!("could not write: {e}")))
}

fn run_verify(database: &Database) -> Result<ExitCode, Failure> {
    let findings = verify::verify(&storage::open_readonly(&database.db)?)?;
    for problem in findings.problems.iter().take(PROBLEMS_SHOWN_MAX) {
        say(problem)?;
    }
    say(format!("{} checked, {} problems", findings.checked, findings.problems.len()))?;
    Ok(if findings.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn run_backup(command: &Backup) -> Result<ExitCode, Failure> {
    let db = storage::open_readonly(&command.database.db)?;
    storage::backup(&db, &command.out)?;
    say(format!("{} written", command.out.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn run_token(command: &Token) -> Result<ExitCode, Failure> {
    let user =
        UserId::new(&command.user).ok_or_else(|| Failure::new("--user: at most 64 bytes, no control characters"))?;
    let secrets = secrets(&command.keys, &command.app)?;
    let key = secrets.of(&command.app).and_then(|keys| keys.token.first());
    let key = key.ok_or_else(|| Failure::new("this app has no token key"))?;
    let exp = now_ms() / 1000 + i64::from(command.hours) * 3600;
    say(mint(key, &Claims { app: command.app.clone(), user: user.as_str().to_owned(), exp }))?;
    Ok(ExitCode::SUCCESS)
}

fn run_load(command: &Load) -> Result<ExitCode, Failure> {
    let plan = load::Plan { url: command.url.clone(), clients: command.clients, seconds: command.seconds };
    let result = load::run(&plan)?;
    if command.json {
        say(serde_json::to_string(&result).map_err(|e| Failure::new(e.to_string()))?)?;
    } else {
        say(&result)?;
    }
    Ok(if result.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
