//! A headless Chromium and its driver: the ones that are named, the ones that are there, or the system's packages.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{anyhow, bail, Result};

use crate::process;
use crate::progress::Progress;

/// What the end-to-end tests need: a browser, its driver, and a font with Chinese characters.
const PACKAGES: [&str; 3] = ["chromium", "chromium-driver", "fonts-noto-cjk"];

/// Programs of a browser and its driver that match each other.
pub(crate) struct Browser {
    pub(crate) chrome: PathBuf,
    driver: PathBuf,
}

impl Browser {
    /// Finds both, or installs them when this may. Fails with what a person can do.
    pub(crate) fn ensure() -> Result<Browser> {
        if let Some(found) = Browser::find() {
            return Ok(found);
        }
        if !is_root() || !process::exists("apt-get") {
            bail!("no chromium and chromedriver: install them (sudo apt-get install {}), or name them in CHROME and CHROMEDRIVER", PACKAGES.join(" "));
        }
        install()?;
        Browser::find().map_or_else(|| bail!("apt-get installed no chromium and chromedriver"), Ok)
    }

    fn find() -> Option<Browser> {
        let chrome = named("CHROME").or_else(|| on_path(&["chromium", "chromium-browser", "google-chrome"]))?;
        let driver = named("CHROMEDRIVER").or_else(|| on_path(&["chromedriver"]))?;
        Some(Browser { chrome, driver })
    }
}

/// Names the browser to a program the way the tests read it; fails with the reason why there's none.
pub(crate) fn name<'a>(browser: &'a Result<Browser>, command: &mut Command) -> Result<&'a Browser> {
    let browser = browser.as_ref().map_err(|error| anyhow!("{error:#}"))?;
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

fn named(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_file())
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let mut candidates = names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    candidates.find(|file| file.is_file())
}
