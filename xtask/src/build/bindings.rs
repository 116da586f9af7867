//! wasm-bindgen as a library: its version is the one in Cargo.lock, and no command has to be installed.

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
    let glue = output.js().to_string();
    drop_exported_globals(output.wasm_mut(), &glue)?;
    walrus::passes::gc::run(output.wasm_mut());
    fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    output.emit(folder).context("writing the bindings")
}

fn read(compiled: &Path) -> Result<Module> {
    let bytes = fs::read(compiled).with_context(|| format!("reading {}", compiled.display()))?;
    let mut config = ModuleConfig::new();
    // The module is checked strictly at the end; here it still carries what wasm-opt lowers later.
    let config = config.strict_validate(false).generate_name_section(true).generate_producers_section(false);
    let mut module = config.parse(&bytes)?;
    panics::silence(&mut module);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_unused_features_go() {
        let section = b"\x03+\x08sign-ext+\x0freference-types+\x0amultivalue";
        assert_eq!(without_unused(section).unwrap(), b"\x01+\x08sign-ext");
    }

    #[test]
    fn a_cut_section_is_refused() {
        assert_eq!(without_unused(b"\x01+\x08sign"), None);
        assert_eq!(without_unused(b"\x00more"), None);
    }
}
