//! `cargo xtask demo`: the shop in a browser, and the collector that its summaries arrive at.

mod children;

use std::fs;
use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::path::{absolute, PathBuf};
use std::process::Command;
use std::sync::mpsc::{channel, Receiver};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{bail, Context, Result};
use pico_args::Arguments;

use crate::progress::Progress;
use crate::workspace::Workspace;
use crate::{build, node, process};
use children::Children;

const SHOP: &str = "miniprogram-demo";
/// What the simulator and the shop's own settings take when nothing else is said.
const SHOP_PORT: u16 = 9556;
const COLLECTOR_PORT: u16 = 8787;
const START_TIMEOUT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(100);

/// What a person may choose.
struct Options {
    port: u16,
    collector_port: u16,
    replay: Option<PathBuf>,
    data: Option<PathBuf>,
}

impl Options {
    fn read(mut arguments: Arguments) -> Result<Options> {
        let options = Options {
            port: arguments.opt_value_from_str("--port")?.unwrap_or(SHOP_PORT),
            collector_port: arguments.opt_value_from_str("--collector-port")?.unwrap_or(COLLECTOR_PORT),
            replay: arguments.opt_value_from_str("--replay")?,
            data: arguments.opt_value_from_str("--data")?,
        };
        match arguments.finish().first() {
            Some(word) => bail!("unknown argument {}", word.to_string_lossy()),
            None => Ok(options),
        }
    }
}

/// Runs until Ctrl-C.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    let options = Options::read(arguments)?;
    free(options.port, "--port")?;
    free(options.collector_port, "--collector-port")?;
    let interrupted = interruption()?;
    build::run(workspace)?;
    build_collector(workspace)?;
    let site = build_shop(workspace)?;
    let mut children = Children::default();
    start_collector(workspace, &options, &mut children)?;
    if let Some(orders) = &options.replay {
        replay(workspace, orders, &options)?;
    }
    start_shop(workspace, &options, &site, &mut children)?;
    println!("{}", invitation(&options));
    while interrupted.try_recv().is_err() {
        children.check()?;
        sleep(POLL);
    }
    println!("\nending");
    Ok(())
}

/// Receives once Ctrl-C is typed, or the program is asked to end.
fn interruption() -> Result<Receiver<()>> {
    let (sender, receiver) = channel();
    let interrupt = move || {
        // The receiver may be gone when the program is ending anyway.
        let _ = sender.send(());
    };
    ctrlc::set_handler(interrupt).context("listening for Ctrl-C")?;
    Ok(receiver)
}

fn free(port: u16, option: &str) -> Result<()> {
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            bail!("port {port} is in use: choose another one with {option} N")
        }
        Err(error) => bail!("port {port} can't be listened on ({error}): choose another one with {option} N"),
    }
}

/// The collector as it is run, optimised for speed.
pub(crate) fn build_collector(workspace: &Workspace) -> Result<()> {
    let progress = Progress::start("collector");
    let mut cargo = Command::new("cargo");
    cargo.current_dir(workspace.root()).args(["build", "--profile", "server", "--package", "huitou-collector"]);
    let done = process::watch(&mut cargo, |line| progress.detail(line))?;
    progress.finish(if done.success { "built" } else { "failed" });
    if !done.success {
        bail!("the collector does not compile:\n{}", done.log.trim_end());
    }
    Ok(())
}

fn build_shop(workspace: &Workspace) -> Result<PathBuf> {
    let site = workspace.target("demo/site");
    let progress = Progress::start("shop");
    process::quiet(node::script(workspace, "simulator/build.mjs").arg(SHOP).arg(&site))?;
    progress.finish("built");
    Ok(site)
}

fn start_collector(workspace: &Workspace, options: &Options, children: &mut Children) -> Result<()> {
    let db = database(workspace, options)?;
    if let Some(folder) = db.parent() {
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    }
    let mut collector = Command::new(workspace.target("server/huitou-collector"));
    collector.current_dir(workspace.root()).args(["serve", "--demo", "--listen"]).arg(address(options.collector_port));
    collector.arg("--db").arg(db);
    for file in ["program", "catalogue"] {
        collector.arg(format!("--{file}")).arg(workspace.path(SHOP).join(file).with_extension("json"));
    }
    children.start("collector", &mut collector)?;
    wait_for(options.collector_port, "collector", children)
}

fn start_shop(workspace: &Workspace, options: &Options, site: &PathBuf, children: &mut Children) -> Result<()> {
    let mut server = node::script(workspace, "simulator/serve.mjs");
    server.arg(site).args(["--port", &options.port.to_string()]);
    children.start("shop's server", &mut server)?;
    wait_for(options.port, "shop's server", children)
}

/// Where the collector keeps what arrives.
fn database(workspace: &Workspace, options: &Options) -> Result<PathBuf> {
    let folder = options.data.clone().unwrap_or_else(|| workspace.path("demo-data"));
    Ok(absolute(folder.join("collector.sqlite"))?)
}

/// Lets the households of a file shop before the shop opens.
fn replay(workspace: &Workspace, orders: &PathBuf, options: &Options) -> Result<()> {
    println!("replaying {}", orders.display());
    let mut script = node::script(workspace, "replay/replay.mjs");
    let url = format!("http://{}", address(options.collector_port));
    script.arg(absolute(orders)?).args(["--collector", &url]).arg("--db").arg(database(workspace, options)?);
    process::run(&mut script)
}

/// Until the port answers.
fn wait_for(port: u16, name: &str, children: &mut Children) -> Result<()> {
    let deadline = Instant::now() + START_TIMEOUT;
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        children.check()?;
        if Instant::now() > deadline {
            bail!("the {name} does not answer on port {port}");
        }
        sleep(POLL);
    }
    Ok(())
}

fn address(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

fn invitation(options: &Options) -> String {
    let (shop, collector) = (address(options.port), address(options.collector_port));
    format!(
        "
  shop       http://{shop}/?collector=http://{collector}
  collector  http://{collector}/

  Try this: open both pages side by side. In the shop agree (同意并继续), put a tea into the cart and pay for it, then
  press 切后台 beside the phone: a summary arrives at the collector. Press 断开网络, buy again, press 杀进程重启, go
  online again: nothing is lost, nothing counted twice. 我的 → 引擎实验室 shows what the engine knows.

  Ctrl-C ends both."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_busy_port_names_the_option_that_changes_it() {
        let busy = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = busy.local_addr().unwrap().port();
        let text = free(port, "--port").unwrap_err().to_string();
        assert_eq!(text, format!("port {port} is in use: choose another one with --port N"));
    }

    #[test]
    fn unknown_arguments_are_refused() {
        assert!(Options::read(Arguments::from_vec(vec!["--prot".into(), "1".into()])).is_err());
    }
}
