//! wasm-bindgen as a library: its version is the one in Cargo.lock, and no command has to be installed.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::panics;
use anyhow::{bail, Context, Result};
use walrus::{ExportItem, Module, ModuleConfig, RawCustomSection};
use wasm_bindgen_cli_support::Bindgen;

/// What the prebuilt standard library claims to use although nothing that we compile does. wasm-bindgen
/// believes the claim and would rewrite the module with external references and multiple results.
const UNUSED_FEATURES: [&str; 2] = ["reference-types", "multivalue"];
const FEATURES_SECTION: &str = "target_features";

/// Frees a `Core`.
const FINALIZER: &str = "__wbg_core_free";

/// Writes `huitou_bg.wasm` and its glue `huitou_bg.js` (bundler target) into a folder.
pub(crate) fn generate(compiled: &Path, folder: &Path) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_module("huitou", read(compiled)?)
        .bundler(true)?
        .typescript(false)
        .demangle(false)
        .remove_producers_section(true);
    let mut output = bindgen.generate_output()?;
    let glue = output.start().context("wasm-bindgen wrote no glue")?.clone();
    drop_exported_globals(output.wasm_mut(), &glue)?;
    drop_finalizer(output.wasm_mut());
    let shortened = shorten_exports(output.wasm_mut())?;
    walrus::passes::gc::run(output.wasm_mut());
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    output.emit(folder).context("writing the bindings")?;
    let glue = folder.join("huitou_bg.js");
    let written = fs::read_to_string(&glue).context("reading the glue")?;
    fs::write(&glue, call_shortened(&written, &shortened)).context("writing the glue")
}

fn read(compiled: &Path) -> Result<Module> {
    let bytes = fs::read(compiled).with_context(|| format!("reading {}", compiled.display()))?;
    let mut config = ModuleConfig::new();
    // The module is checked strictly at the end; here it still carries what wasm-opt lowers later.
    let config = config.strict_validate(false).generate_name_section(true).generate_producers_section(false);
    let mut module = config.parse(&bytes)?;
    panics::silence(&mut module);
    panics::forget_places(&mut module);
    if let Some(section) = module.customs.remove_raw(FEATURES_SECTION) {
        let data = without_unused(&section.data).context("the target_features section is malformed")?;
        module.customs.add(RawCustomSection { name: FEATURES_SECTION.to_string(), data });
    }
    Ok(module)
}

/// The section without the unused features. Its form: a count, then for each a sign byte and a name with
/// its length; all counts here are below 128 and so a single byte.
fn without_unused(section: &[u8]) -> Option<Vec<u8>> {
    let (&count, mut rest) = section.split_first()?;
    let mut kept = vec![0u8];
    for _ in 0..count {
        let length = 2 + usize::from(*rest.get(1)?);
        let (feature, after) = rest.split_at_checked(length)?;
        rest = after;
        let name = std::str::from_utf8(feature.get(2..)?).ok()?;
        if !UNUSED_FEATURES.contains(&name) {
            kept.extend_from_slice(feature);
            *kept.first_mut()? += 1;
        }
    }
    rest.is_empty().then_some(kept)
}

/// WeChat on iOS can't export globals. wasm-bindgen exports two that the glue of such a build never names.
fn drop_exported_globals(module: &mut Module, glue: &str) -> Result<()> {
    let globals: Vec<_> = module.exports.iter().filter(|export| matches!(export.item, ExportItem::Global(_))).collect();
    let globals: Vec<_> = globals.iter().map(|export| (export.id(), export.name.clone())).collect();
    for (id, name) in globals {
        if glue.contains(&name) {
            bail!("the glue uses the exported global `{name}`, which WeChat on iOS does not have");
        }
        module.exports.delete(id);
    }
    Ok(())
}

/// A `Core` lives as long as its instance, whose memory goes with it: nobody frees one, and `xtask/js/trim.mjs`
/// cuts what would from the glue.
fn drop_finalizer(module: &mut Module) {
    let free = module.exports.iter().find(|export| export.name == FINALIZER).map(|export| export.id());
    if let Some(free) = free {
        module.exports.delete(free);
    }
}

/// Gives exports a shorter name, because the glue that calls them is not compressed in a package. Returns what was
/// called what.
fn shorten_exports(module: &mut Module) -> Result<BTreeMap<String, String>> {
    let mut shortened = BTreeMap::new();
    for export in module.exports.iter_mut() {
        let short = short_name(&export.name).to_string();
        if shortened.values().any(|other| *other == short) {
            bail!("two exports would be called `{short}`");
        }
        shortened.insert(std::mem::replace(&mut export.name, short.clone()), short);
    }
    Ok(shortened)
}

/// The glue with `wasm.core_boot(…)` as `wasm.boot(…)`.
fn call_shortened(glue: &str, shortened: &BTreeMap<String, String>) -> String {
    let mut pieces = glue.split("wasm.");
    let mut text = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let end = piece.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(piece.len());
        let (name, rest) = piece.split_at(end);
        text.extend(["wasm.", shortened.get(name).map_or(name, String::as_str), rest]);
    }
    text
}

/// `core_boot` -> `boot`, `__wbindgen_malloc` -> `malloc`. The loader asks for the start function by its full name.
fn short_name(name: &str) -> &str {
    let bare = || name.strip_prefix("__wbindgen_").or_else(|| name.strip_prefix("core_"));
    match name {
        "__wbindgen_start" => name,
        "__wbindgen_add_to_stack_pointer" => "stack",
        // As plain JavaScript, an export can't be called `new`.
        "core_new" => "create",
        _ => bare().unwrap_or(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_unused_features_go() {
        let section = b"\x03+\x08sign-ext+\x0freference-types+\x0amultivalue";
        assert_eq!(without_unused(section).unwrap(), b"\x01+\x08sign-ext");
    }

    #[test]
    fn exports_keep_only_what_tells_them_apart() {
        assert_eq!(short_name("core_set_label"), "set_label");
        assert_eq!(short_name("__wbindgen_malloc"), "malloc");
        assert_eq!(short_name("__wbindgen_start"), "__wbindgen_start");
        assert_eq!(short_name("memory"), "memory");
    }

    #[test]
    fn the_glue_calls_exports_by_their_short_names() {
        let shortened = BTreeMap::from([("core_load".to_string(), "load".to_string())]);
        let glue = "wasm.core_load(wasm.core_loaded, './huitou_bg.wasm', wasm.core_load)";
        assert_eq!(call_shortened(glue, &shortened), "wasm.load(wasm.core_loaded, './huitou_bg.wasm', wasm.load)");
    }

    #[test]
    fn a_cut_section_is_refused() {
        assert_eq!(without_unused(b"\x01+\x08sign"), None);
        assert_eq!(without_unused(b"\x00more"), None);
    }
}
