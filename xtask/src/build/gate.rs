//! What every phone can load: the MVP plus mutable globals, no exported global, no 64-bit integer at the border.

use anyhow::{bail, Context, Result};
use wasmparser::types::Types;
use wasmparser::{Export, ExternalKind, Parser, Payload, ValType, Validator, WasmFeatures};

/// Fails with the first rule that the module breaks.
pub(crate) fn check(module: &[u8]) -> Result<()> {
    let mut validator = Validator::new_with_features(WasmFeatures::WASM1);
    let types = validator.validate_all(module).context("not a strict MVP module")?;
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::ExportSection(exports) = payload? {
            for export in exports {
                check_export(&export?, &types)?;
            }
        }
    }
    Ok(())
}

fn check_export(export: &Export, types: &Types) -> Result<()> {
    match export.kind {
        ExternalKind::Global => bail!("`{}` is an exported global, which WeChat on iOS does not have", export.name),
        ExternalKind::Func if passes_i64(export.index, types) => {
            bail!("`{}` passes an i64, which needs BigInt: use u32, f64 or text", export.name)
        }
        _ => Ok(()),
    }
}

fn passes_i64(function: u32, types: &Types) -> bool {
    let types = types.as_ref();
    let Some(signature) = types.get(types.core_function_at(function)) else { return false };
    let signature = signature.unwrap_func();
    signature.params().contains(&ValType::I64) || signature.results().contains(&ValType::I64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, ConstExpr, ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType,
        InstructionSink, Module, TypeSection,
    };

    /// A module with one function `run` of one parameter, and one global, exported or not.
    fn module(parameter: wasm_encoder::ValType, exports_global: bool, body: fn(&mut InstructionSink)) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([parameter], []);
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut globals = GlobalSection::new();
        let kind = GlobalType { val_type: wasm_encoder::ValType::I32, mutable: false, shared: false };
        globals.global(kind, &ConstExpr::i32_const(7));
        let mut exports = ExportSection::new();
        exports.export("run", ExportKind::Func, 0);
        if exports_global {
            exports.export("seven", ExportKind::Global, 0);
        }
        let mut code = CodeSection::new();
        let mut function = Function::new([]);
        body(&mut function.instructions());
        function.instructions().end();
        code.function(&function);
        let mut module = Module::new();
        module.section(&types).section(&functions).section(&globals).section(&exports).section(&code);
        module.finish()
    }

    fn refusal(module: &[u8]) -> String {
        format!("{:#}", check(module).unwrap_err())
    }

    #[test]
    fn a_plain_module_passes() {
        check(&module(wasm_encoder::ValType::I32, false, |_| {})).unwrap();
    }

    #[test]
    fn sign_extension_is_not_mvp() {
        let body = |code: &mut InstructionSink| {
            code.local_get(0).i32_extend8_s().drop();
        };
        let text = refusal(&module(wasm_encoder::ValType::I32, false, body));
        assert!(text.contains("not a strict MVP module") && text.contains("sign extension"), "{text}");
    }

    #[test]
    fn an_exported_global_is_refused_by_name() {
        let text = refusal(&module(wasm_encoder::ValType::I32, true, |_| {}));
        assert!(text.contains("`seven` is an exported global"), "{text}");
    }

    #[test]
    fn an_i64_at_the_border_is_refused_by_name() {
        let text = refusal(&module(wasm_encoder::ValType::I64, false, |_| {}));
        assert!(text.contains("`run` passes an i64"), "{text}");
    }
}
