//! What a person types. Every flag has an environment variable, so that a container needs no command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use huitou_collector::delivery::wechat::WECHAT_URL;
use huitou_collector::export::Format;

/// The reference backend of Huitou.
#[derive(Debug, Parser)]
#[command(name = "huitou-collector", version, about)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Receive summaries.
    Serve(Box<Serve>),
    /// Write a table or view as CSV or NDJSON.
    Export(Export),
    /// Check that the database, or an exported ledger, is whole and means what it says.
    Verify(Verify),
    /// Write a user's whole ledger as JSON, with everything that proves it.
    ExportLedger(ExportLedger),
    /// Check a program: mistakes, and the most that a forged phone could earn by it.
    Check(Check),
    /// Give dead letters, actions that were given up, another chance.
    Retry(Database),
    /// Copy the database into a new file while it is in use.
    Backup(Backup),
    /// Make a user token, for trying things out.
    Token(Token),
    /// Run experiments in which nothing differs, to see how often assignment and statistics find something.
    SimulateAa(SimulateAa),
    /// Put made-up people through journeys, with the real engine and collector, and tell what came of it.
    Simulate(Simulate),
    /// Fit the models that phones score people with, and write the `model` section of a program.
    Fit(Box<Fit>),
    /// Measure a running collector: acknowledged uploads a second, and how long each took.
    Load(Load),
}

/// Where the database is.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// SQLite file.
    #[arg(long, env = "HUITOU_DB", default_value = "huitou.sqlite", value_name = "FILE")]
    pub(crate) db: PathBuf,
}

/// Where the keys of the apps are.
#[derive(Debug, Args)]
pub(crate) struct Keys {
    /// Secrets file: {"APP":{"token":["…"],"facts":["…"]}}. Without it HUITOU_TOKEN_SECRET and HUITOU_FACTS_SECRET
    /// are the keys of the one app.
    #[arg(long, env = "HUITOU_SECRETS", value_name = "FILE")]
    pub(crate) secrets: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen. Put a proxy with TLS in front.
    #[arg(long, env = "HUITOU_LISTEN", default_value = "127.0.0.1:8787", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    #[command(flatten)]
    pub(crate) database: Database,
    #[command(flatten)]
    pub(crate) keys: Keys,
    /// Program to serve; once for each app.
    #[arg(long, env = "HUITOU_PROGRAM", value_name = "FILE", value_delimiter = ',')]
    pub(crate) program: Vec<PathBuf>,
    /// Catalogue to serve, once for each app; read again when it changes.
    #[arg(long, env = "HUITOU_CATALOGUE", value_name = "FILE", value_delimiter = ',')]
    pub(crate) catalogue: Vec<PathBuf>,
    /// App to receive for, where no program is served.
    #[arg(long, env = "HUITOU_APP", value_name = "NAME")]
    pub(crate) app: Option<String>,
    /// Demonstration on this machine: anybody may log in and pay, pages are open, any day is believed, web pages from
    /// this machine may call, keys are made at the first start.
    #[arg(long, env = "HUITOU_DEMO")]
    pub(crate) demo: bool,
    /// Origin of a web page that may call ("https://shop.example"), or "loopback".
    #[arg(long, env = "HUITOU_CORS", value_name = "ORIGIN", value_delimiter = ',')]
    pub(crate) cors: Vec<String>,
    /// What an acknowledged upload survives.
    #[arg(long, env = "HUITOU_DURABILITY", value_enum, default_value = "power-loss")]
    pub(crate) durability: Durability,
    /// Rows of days further back are put aside [default: 35; with --demo unlimited].
    #[arg(long, env = "HUITOU_DAYS_BACK", value_name = "DAYS")]
    pub(crate) days_back: Option<i32>,
    /// Rows of days further ahead are put aside [default: 1; with --demo unlimited].
    #[arg(long, env = "HUITOU_DAYS_AHEAD", value_name = "DAYS")]
    pub(crate) days_ahead: Option<i32>,
    /// Claims may be dated so many days before their phone's last receipt.
    #[arg(long, env = "HUITOU_OFFLINE_DAYS", default_value_t = 3, value_name = "DAYS")]
    pub(crate) offline_days: u16,
    /// Uploads of a user, and of a device, a minute; 0 is no limit [default: 60; with --demo 0].
    #[arg(long, env = "HUITOU_RATE_PER_MINUTE", value_name = "N")]
    pub(crate) rate_per_minute: Option<u32>,
    /// Uploads of a user, and of a device, at once.
    #[arg(long, env = "HUITOU_RATE_BURST", default_value_t = 60, value_name = "N")]
    pub(crate) rate_burst: u32,
    /// Address that is told what plans ask for: coupons, points, and messages that WeChat is not sent itself.
    #[arg(long, env = "HUITOU_WEBHOOK", value_name = "URL")]
    pub(crate) webhook: Option<String>,
    /// Send messages to WeChat for the apps whose account the secrets file has.
    #[arg(long, env = "HUITOU_WECHAT")]
    pub(crate) wechat: bool,
    /// Where WeChat answers; for a stand-in.
    #[arg(long, env = "HUITOU_WECHAT_URL", default_value = WECHAT_URL, value_name = "URL", hide = true)]
    pub(crate) wechat_url: String,
    /// What plans ask for is done no faster, for each app; 0 is no limit.
    #[arg(long, env = "HUITOU_ACTIONS_PER_SECOND", default_value_t = 50, value_name = "N")]
    pub(crate) actions_per_second: usize,
    /// Uploads that may wait for the disk; more are answered with 503.
    #[arg(long, env = "HUITOU_QUEUE", default_value_t = 1024, value_name = "N")]
    pub(crate) queue: usize,
    /// Uploads in one transaction at most.
    #[arg(long, env = "HUITOU_BATCH", default_value_t = 256, value_name = "N")]
    pub(crate) batch: usize,
    /// Connections at a time; more wait.
    #[arg(long, env = "HUITOU_CONNECTIONS", default_value_t = 1024, value_name = "N")]
    pub(crate) connections: usize,
    /// How the log (on standard error) is written.
    #[arg(long, env = "HUITOU_LOG_FORMAT", value_enum, default_value = "text")]
    pub(crate) log_format: LogFormat,
    /// How much is logged: error, warn, info, debug.
    #[arg(long, env = "HUITOU_LOG_LEVEL", default_value = "info", value_name = "LEVEL")]
    pub(crate) log_level: tracing::Level,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Durability {
    /// The loss of power too: each commit waits for the disk.
    PowerLoss,
    /// The end of the process, kill -9 included; a loss of power may take the last commits. Faster on slow disks.
    ProcessEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) database: Database,
    /// How to write.
    #[arg(long, value_enum, default_value = "csv")]
    pub(crate) format: Format,
    /// Table or view: rows, event_counts, label_counts, flow_steps, active_days …
    #[arg(long, default_value = "rows")]
    pub(crate) table: String,
    /// File to write [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    #[command(flatten)]
    pub(crate) database: Database,
    /// A file of `export-ledger`, instead of the database.
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct ExportLedger {
    #[command(flatten)]
    pub(crate) database: Database,
    /// Whose ledger.
    #[arg(long)]
    pub(crate) user: String,
    /// Which app's, where the database has several.
    #[arg(long, env = "HUITOU_APP", value_name = "NAME")]
    pub(crate) app: Option<String>,
    /// File to write [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The program.
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Backup {
    #[command(flatten)]
    pub(crate) database: Database,
    /// File to write; it must not exist.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Token {
    #[command(flatten)]
    pub(crate) keys: Keys,
    /// App the token is for.
    #[arg(long, env = "HUITOU_APP", value_name = "NAME")]
    pub(crate) app: String,
    /// Whose it is; empty for a phone before login.
    #[arg(long, default_value = "")]
    pub(crate) user: String,
    /// For how many hours it is good.
    #[arg(long, default_value_t = 24, value_name = "N")]
    pub(crate) hours: u32,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateAa {
    /// Experiments.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub(crate) tests: u32,
    /// Phones in each.
    #[arg(long, default_value_t = 2000, value_name = "N")]
    pub(crate) phones: u32,
    /// Of what people do.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// People.
    #[arg(long, default_value_t = 20_000, value_name = "N")]
    pub(crate) persons: u32,
    /// For how long.
    #[arg(long, default_value_t = 90, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=366))]
    pub(crate) days: u32,
    /// Of everything that is left to chance.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// Folder for the database, which is kept [default: a temporary one].
    #[arg(long, value_name = "FOLDER")]
    pub(crate) keep: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Load {
    /// A collector started with --demo.
    #[arg(long, default_value = "http://127.0.0.1:8787")]
    pub(crate) url: String,
    /// Phones that send at the same time.
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub(crate) clients: usize,
    /// For how long.
    #[arg(long, default_value_t = 10, value_name = "N")]
    pub(crate) seconds: u64,
    /// Print the result as one JSON object.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Fit {
    /// CSV file (plain or gzip) with `id,date` of every day somebody came, and perhaps `v`, what she paid.
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,
    /// Instead of --events: the collector's database.
    #[arg(long, env = "HUITOU_DB", value_name = "FILE", conflicts_with = "events")]
    pub(crate) db: Option<PathBuf>,
    /// Which app's people, with --db.
    #[arg(long, env = "HUITOU_APP", value_name = "NAME")]
    pub(crate) app: Option<String>,
    /// CSV file with `id,date` of purchases, where id is `person|category`: fits cycles.
    #[arg(long, value_name = "FILE")]
    pub(crate) purchases: Option<PathBuf>,
    /// The last day that counts [default: the latest in the data].
    #[arg(long, value_name = "DATE")]
    pub(crate) cut: Option<String>,
    /// Chances are for so many days.
    #[arg(long, default_value_t = 28, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=366))]
    pub(crate) horizon_days: u32,
    /// Coefficients are fitted from so many people who came within the horizon, and as many who did not.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub(crate) examples_min: usize,
    /// Decides which people are held out to measure on.
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub(crate) seed: u64,
    /// The model in force: a worse one is refused.
    #[arg(long, value_name = "FILE")]
    pub(crate) in_force: Option<PathBuf>,
    /// CSV file with `id,item` of what people bought: fits a table of neighbours, written to --table.
    #[arg(long, value_name = "FILE", requires = "table", conflicts_with = "bought")]
    pub(crate) baskets: Option<PathBuf>,
    /// The same from the database: which event's dimension names items ("order_item.product").
    #[arg(long, value_name = "EVENT.DIMENSION", requires_all = ["table", "db"])]
    pub(crate) bought: Option<String>,
    /// Catalogue (JSON) whose items the table is of, in their order.
    #[arg(long, value_name = "FILE", requires = "table")]
    pub(crate) catalogue: Option<PathBuf>,
    /// File to write the table to: `item,neighbour,sim`, or with --catalogue the catalogue with its `neighbours`. No model
    /// is fitted then, unless --events or --out is given too.
    #[arg(long, value_name = "FILE")]
    pub(crate) table: Option<PathBuf>,
    /// The table is of so many items, those that most people bought.
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub(crate) items: usize,
    /// SVG file to draw the calibration to.
    #[arg(long, value_name = "FILE")]
    pub(crate) picture: Option<PathBuf>,
    /// File to write the section to [default: standard output].
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}
