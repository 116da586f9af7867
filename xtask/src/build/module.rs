//! A wasm module: compiled, bound to JavaScript, lowered to the MVP and checked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{bail, Context, Result};

use super::{bindings, gate, optimizer};
use crate::process;
use crate::progress::Progress;
use crate::stamp::Stamp;
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";

/// Which of the package's modules.
pub(crate) struct Module {
    /// What a person reads in the progress lines.
    name: &'static str,
    /// Cargo features, empty for none.
    features: &'static str,
    /// Where its files go.
    folder: &'static str,
}

impl Module {
    /// What runs inside the mini-program.
    pub(crate) const PHONE: Module = Module { name: "phone", features: "", folder: "pkg/wasm" };
    /// The same engine with what only a receiver needs, for the Node entry.
    pub(crate) const SERVER: Module = Module { name: "server", features: "server", folder: "pkg/wasm/server" };

    /// The module that ships: optimised, without names.
    pub(crate) fn wasm(&self, workspace: &Workspace) -> PathBuf {
        workspace.path(self.folder).join("huitou_bg.wasm")
    }

    /// The generated glue, as wasm-bindgen wrote it.
    pub(crate) fn glue(&self, workspace: &Workspace) -> PathBuf {
        workspace.path(self.folder).join("huitou_bg.js")
    }

    /// The module before optimisation, its functions still named.
    pub(crate) fn bound(&self, workspace: &Workspace) -> PathBuf {
        workspace.scratch(self.name).join("huitou_bg.wasm")
    }

    /// Compiles, binds, optimises and checks, unless nothing has changed.
    pub(crate) fn build(&self, workspace: &Workspace) -> Result<()> {
        let stamp = Stamp::of(workspace, &format!("module-{}", self.name), &inputs(workspace), self.features)?;
        if stamp.is_fresh(&[self.wasm(workspace), self.glue(workspace), self.bound(workspace)]) {
            println!("{} module: unchanged", self.name);
            return Ok(());
        }
        self.compile(workspace)?;
        self.bind(workspace)?;
        self.optimize(workspace)?;
        stamp.write()
    }

    fn compile(&self, workspace: &Workspace) -> Result<()> {
        let progress = Progress::start(format!("{} module: cargo build", self.name));
        let mut cargo = Command::new("cargo");
        cargo.current_dir(workspace.root()).env("CARGO_ENCODED_RUSTFLAGS", rustflags(workspace));
        cargo.args(["build", "--release", "--lib", "--package", "huitou", "--target", TARGET]);
        cargo.args(["--features", self.features]);
        let done = process::watch(&mut cargo, |line| progress.detail(line))?;
        progress.finish(if done.success { "compiled" } else { "failed" });
        if !done.success {
            bail!("the {} module does not compile:\n{}", self.name, done.log.trim_end());
        }
        Ok(())
    }

    fn bind(&self, workspace: &Workspace) -> Result<()> {
        bindings::generate(&workspace.target(TARGET).join("release/huitou.wasm"), &workspace.scratch(self.name))
    }

    /// Only a module that passes the gates gets to where it ships from.
    fn optimize(&self, workspace: &Workspace) -> Result<()> {
        let progress = Progress::start(format!("{} module: wasm-opt", self.name));
        let optimized = workspace.scratch(self.name).join("optimized.wasm");
        optimizer::shrink(workspace, &self.bound(workspace), &optimized)?;
        let bytes = fs::read(&optimized).context("reading the optimised module")?;
        gate::check(&bytes).with_context(|| format!("{} module", self.name))?;
        fs::create_dir_all(workspace.path(self.folder)).context("creating the folder of generated files")?;
        replace(&self.bound(workspace).with_extension("js"), &self.glue(workspace))?;
        replace(&optimized, &self.wasm(workspace))?;
        progress.finish(&format!("{} B, passes as strict MVP", bytes.len()));
        Ok(())
    }
}

/// Copies a file in one step, so that a program that reads the old one meanwhile never sees half of each.
fn replace(from: &Path, to: &Path) -> Result<()> {
    let partial = to.with_extension("partial");
    fs::copy(from, &partial).with_context(|| format!("copying {}", from.display()))?;
    fs::rename(&partial, to).with_context(|| format!("writing {}", to.display()))
}

/// Flags of the compiler for what ships. They replace those that a person may have set for the host, and those of
/// `.cargo/config.toml`, which they repeat. Paths of the machine that builds are cut from the panic messages; names,
/// which don't ship, say with which types a generic function was compiled.
fn rustflags(workspace: &Workspace) -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| std::env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let registries = fs::read_dir(home.join("registry/src")).into_iter().flatten().flatten().map(|entry| entry.path());
    let cut = registries.chain([workspace.root().to_path_buf()]);
    let cut = cut.map(|path| format!("--remap-path-prefix={}=", path.display()));
    // The loop of SHA-256 instead of its 64 rounds in a row: 3 KB less, and a phone hashes a few bytes a day.
    let compact = "--cfg=sha2_backend_soft=\"compact\"";
    let fixed = ["-Ctarget-cpu=mvp", "-Csymbol-mangling-version=v0", compact].map(str::to_string);
    fixed.into_iter().chain(cut).collect::<Vec<_>>().join("\x1f")
}

/// Sees to it that the standard library for wasm is installed.
pub(crate) fn ensure_target() -> Result<()> {
    let folder = process::quiet(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))?;
    if PathBuf::from(folder.trim()).is_dir() {
        return Ok(());
    }
    let progress = Progress::start(format!("rustup target add {TARGET}"));
    let remedy = "connect to the network, or run `rustup target add wasm32-unknown-unknown` yourself";
    let added = process::quiet(Command::new("rustup").args(["target", "add", TARGET]));
    progress.finish(if added.is_ok() { "installed" } else { "failed" });
    added.map(|_| ()).with_context(|| format!("the wasm target is missing: {remedy}"))
}

/// All that decides the bytes of a module.
fn inputs(workspace: &Workspace) -> Vec<PathBuf> {
    let files = ["src", "Cargo.toml", "Cargo.lock", ".cargo/config.toml", "rust-toolchain.toml", "package-lock.json"];
    let tools = [
        "xtask/src/build/module.rs",
        "xtask/src/build/bindings.rs",
        "xtask/src/build/optimizer.rs",
        "xtask/src/build/panics.rs",
        "xtask/src/build/gate.rs",
    ];
    files.iter().chain(&tools).map(|file| workspace.path(file)).collect()
}
