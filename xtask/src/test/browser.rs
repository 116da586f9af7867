//! A headless Chromium and its driver: the ones that are named, the ones that are there, or the system's packages.

use std::cell::LazyCell;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{anyhow, bail, Context, Result};

use crate::process;
use crate::progress::Progress;

/// What the end-to-end tests need: a browser, its driver, and a font with Chinese characters.
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-noto-cjk"];

/// Programs of a browser and its driver that match each other.
pub(crate) struct Browser {
    pub(crate) chrome: PathBuf,
    driver: PathBuf,
}

/// Looked for, and installed, only when a stage needs it.
pub(crate) type LazyBrowser = LazyCell<Result<Browser>>;

impl Browser {
    /// Finds both, or installs them when this may. Fails with what a person can do.
    pub(crate) fn ensure() -> Result<Browser> {
        if let Some(found) = Browser::find()? {
            return Ok(found);
        }
        if !is_root() || !process::exists("apt-get") {
            let packages = PACKAGES.join(" ");
            bail!("no chromium and chromedriver: sudo apt-get install {packages}, or name them in CHROME and CHROMEDRIVER");
        }
        install()?;
        Browser::find()?.context("apt-get installed no chromium and chromedriver")
    }

    fn find() -> Result<Option<Browser>> {
        let chrome = program("CHROME", &["chromium", "chromium-browser", "google-chrome"])?;
        let driver = program("CHROMEDRIVER", &["chromedriver"])?;
        Ok(chrome.zip(driver).map(|(chrome, driver)| Browser { chrome, driver }))
    }
}

/// Names the browser to a program the way the tests read it; fails with the reason why there's none.
pub(crate) fn name<'a>(browser: &'a LazyBrowser, command: &mut Command) -> Result<&'a Browser> {
    let browser = LazyBrowser::force(browser).as_ref().map_err(|error| anyhow!("{error:#}"))?;
    command.env("CHROME", &browser.chrome).env("CHROMEDRIVER", &browser.driver);
    Ok(browser)
}

fn install() -> Result<()> {
    let progress = Progress::start(format!("apt-get install {}", PACKAGES.join(" ")));
    let wait_for_lock = "DPkg::Lock::Timeout=400";
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive").args(["-o", wait_for_lock]).args(arguments);
        process::quiet(&mut command)
    };
    let outcome = apt(&["update"])
        .and_then(|_| apt(&[["install", "-y", "--no-install-recommends"].as_slice(), &PACKAGES].concat()));
    progress.finish(if outcome.is_ok() { "installed" } else { "failed" });
    outcome.map(|_| ())
}

fn is_root() -> bool {
    process::quiet(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// The program that the variable names, or the first of these names on PATH.
fn program(variable: &str, names: &[&str]) -> Result<Option<PathBuf>> {
    match std::env::var_os(variable).map(PathBuf::from) {
        Some(named) if named.is_file() => Ok(Some(named)),
        Some(named) => bail!("{variable} names {}, which is no file", named.display()),
        None => Ok(on_path(names)),
    }
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut candidates = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.find(|file| file.is_file())
}
