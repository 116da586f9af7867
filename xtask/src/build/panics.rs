//! Panics as bare traps. A panic ends the instance either way and the shell starts a fresh one; what would be
//! formatted for a message that nobody sees is code and text in the package.

use walrus::{FunctionBuilder, FunctionId, FunctionKind, LocalFunction, Module};

/// Parts of the symbols of functions that never return (Rust's v0 mangling: a name after its length).
const NEVER_RETURN: [&str; 12] = [
    "4core9panicking",
    "6option13unwrap_failed",
    "6option13expect_failed",
    "6result13unwrap_failed",
    "5slice5index16slice_index_fail",
    "3str16slice_error_fail",
    "7raw_vec12handle_error",
    "7raw_vec17capacity_overflow",
    "5alloc18handle_alloc_error",
    "3std5alloc8rust_oom",
    "17rust_begin_unwind",
    "18copy_from_slice_len",
];

/// Replaces the bodies of functions that only report a panic by a trap. Returns how many.
pub(crate) fn silence(module: &mut Module) -> usize {
    let reporting: Vec<FunctionId> = module.funcs.iter_local().map(|(id, _)| id).collect();
    let reporting: Vec<FunctionId> = reporting.into_iter().filter(|&id| reports(module, id)).collect();
    for &id in &reporting {
        let kind = FunctionKind::Local(trap(module, id));
        module.funcs.get_mut(id).kind = kind;
    }
    reporting.len()
}

fn reports(module: &Module, id: FunctionId) -> bool {
    let name = module.funcs.get(id).name.as_deref().unwrap_or_default();
    NEVER_RETURN.iter().any(|part| name.contains(part))
}

/// A body of the same type that traps.
fn trap(module: &mut Module, id: FunctionId) -> LocalFunction {
    let (parameters, results) = module.types.params_results(module.funcs.get(id).ty());
    let (parameters, results) = (parameters.to_vec(), results.to_vec());
    let arguments = parameters.iter().map(|&kind| module.locals.add(kind)).collect();
    let mut builder = FunctionBuilder::new(&mut module.types, &parameters, &results);
    builder.func_body().unreachable();
    builder.local_func(arguments)
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::ir::Instr;
    use walrus::ValType;

    /// A function that returns its argument, under that symbol.
    fn add(module: &mut Module, symbol: &str) -> FunctionId {
        let argument = module.locals.add(ValType::I32);
        let mut builder = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
        builder.name(symbol.to_string()).func_body().local_get(argument);
        builder.finish(vec![argument], &mut module.funcs)
    }

    fn traps(module: &Module, id: FunctionId) -> bool {
        let function = module.funcs.get(id).kind.unwrap_local();
        let block = function.block(function.entry_block());
        block.instrs.iter().any(|(instruction, _)| matches!(instruction, Instr::Unreachable(_)))
    }

    #[test]
    fn only_reporting_functions_become_traps() {
        let mut module = Module::default();
        let panic = add(&mut module, "_RNvNtCs1_4core9panicking9panic_fmt");
        let other = add(&mut module, "_RNvCs1_6huitou5panic");
        assert_eq!(silence(&mut module), 1);
        assert!(traps(&module, panic));
        assert!(!traps(&module, other));
    }
}
