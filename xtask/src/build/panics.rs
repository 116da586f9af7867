//! Panics as bare traps. A panic ends the instance either way and the shell starts a fresh one; what would be
//! formatted for a message that nobody sees is code and text in the package.

use std::ops::Range;

use walrus::ir::{dfs_in_order, Call, Value, Visitor};
use walrus::{ConstExpr, Data, DataId, DataKind, FunctionBuilder, FunctionId, FunctionKind, LocalFunction, Module};

/// Parts of the symbols of functions that never return (Rust's v0 mangling: a name after its length).
const NEVER_RETURN: [&str; 16] = [
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
    // What only they call, through tables that keep it.
    "3std9panicking13panic_handler",
    "3std9panicking11begin_panic",
    "11BorrowError",
    "14BorrowMutError",
];

/// Symbols of what formats. Tables keep it even if nothing but panics would have used it.
const FORMATTING: &str = "4core3fmt";

/// Replaces the bodies of functions that only report a panic by a trap, and then, if nothing that is left formats,
/// those that format. Returns how many.
pub(crate) fn silence(module: &mut Module) -> usize {
    let reporting = replace(module, |name| NEVER_RETURN.iter().any(|part| name.contains(part)));
    if formats(module) {
        return reporting;
    }
    reporting + replace(module, |name| name.contains(FORMATTING))
}

fn replace(module: &mut Module, is_silent: impl Fn(&str) -> bool) -> usize {
    let silent = module.funcs.iter_local().filter(|(id, _)| is_silent(name_of(module, *id)));
    let silent: Vec<FunctionId> = silent.map(|(id, _)| id).collect();
    for &id in &silent {
        let kind = FunctionKind::Local(trap(module, id));
        module.funcs.get_mut(id).kind = kind;
    }
    silent.len()
}

/// True if a function that does not belong to the formatting calls one that does.
fn formats(module: &Module) -> bool {
    module.funcs.iter_local().filter(|(id, _)| !name_of(module, *id).contains(FORMATTING)).any(|(_, function)| {
        let mut called = Called(Vec::new());
        dfs_in_order(&mut called, function, function.entry_block());
        called.0.into_iter().any(|id| name_of(module, id).contains(FORMATTING))
    })
}

/// The functions that one calls by name.
struct Called(Vec<FunctionId>);

impl Visitor<'_> for Called {
    fn visit_call(&mut self, call: &Call) {
        self.0.push(call.func);
    }
}

fn name_of(module: &Module, id: FunctionId) -> &str {
    module.funcs.get(id).name.as_deref().unwrap_or_default()
}

/// The most characters, lines and columns that the place of a panic has.
const PLACE_MAX: [u32; 3] = [200, 100_000, 1_000];

/// Blanks the places that panics would name: each path of a source file, and each `{path, length, line, column}`.
/// Zeros compress to nothing. Returns how many places there were.
pub(crate) fn forget_places(module: &mut Module) -> usize {
    let segments: Vec<DataId> = module.data.iter().map(Data::id).collect();
    segments.into_iter().map(|id| forget_places_in(module.data.get_mut(id))).sum()
}

fn forget_places_in(data: &mut Data) -> usize {
    let DataKind::Active { offset: ConstExpr::Value(Value::I32(base)), .. } = data.kind else { return 0 };
    let base = base as usize;
    let aligned = (0..data.value.len()).filter(|at| (base + at).is_multiple_of(4));
    let found: Vec<_> = aligned.filter_map(|at| Some((at, path_of(&data.value, base, at)?))).collect();
    for (at, path) in &found {
        blank(&mut data.value, *at..at + 16);
        blank(&mut data.value, path.clone());
    }
    found.len()
}

fn blank(bytes: &mut [u8], range: Range<usize>) {
    bytes.get_mut(range).into_iter().flatten().for_each(|byte| *byte = 0);
}

/// Where the path stands if the 16 bytes are the place of a panic in a segment that begins at that address.
fn path_of(segment: &[u8], base: usize, at: usize) -> Option<Range<usize>> {
    let (words, _) = segment.get(at..at + 16)?.as_chunks::<4>();
    let &[address, length, line, column] = words else { return None };
    let limited = [length, line, column].map(u32::from_le_bytes);
    let start = (u32::from_le_bytes(address) as usize).checked_sub(base)?;
    let path = start..start + limited[0] as usize;
    let is_place = limited.iter().zip(PLACE_MAX).all(|(&number, most)| (1..most).contains(&number));
    (is_place && segment.get(path.clone())?.ends_with(b".rs")).then_some(path)
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

    /// A function that calls another.
    fn call(module: &mut Module, symbol: &str, called: FunctionId) -> FunctionId {
        let mut builder = FunctionBuilder::new(&mut module.types, &[], &[]);
        builder.name(symbol.to_string()).func_body().i32_const(1).call(called).drop();
        builder.finish(vec![], &mut module.funcs)
    }

    #[test]
    fn formatting_goes_if_only_panics_would_format() {
        let mut module = Module::default();
        let display = add(&mut module, "_RNvXs8_4core3fmt3num3impmNtB9_7Display3fmt");
        call(&mut module, "_RNvNtCs1_4core3fmt5write", display);
        call(&mut module, "_RNvXsq_NtCs1_4core4cellNtB5_11BorrowErrorNtNtB7_3fmt", display);
        assert_eq!(silence(&mut module), 3);
        assert!(traps(&module, display));
    }

    #[test]
    fn formatting_stays_for_whoever_formats() {
        let mut module = Module::default();
        let write = add(&mut module, "_RNvNtCs1_4core3fmt5write");
        call(&mut module, "_RNvNtCs1_5alloc3fmt6format", write);
        assert_eq!(silence(&mut module), 0);
        assert!(!traps(&module, write));
    }

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
    fn places_of_panics_are_blanked_and_nothing_else() {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let mut bytes = b"src/a.rs: read src/a.md.".to_vec();
        for word in [1024u32, 8, 7, 3, 1024 + 15, 8, 7, 3] {
            bytes.extend(word.to_le_bytes());
        }
        let kind = DataKind::Active { memory, offset: ConstExpr::Value(Value::I32(1024)) };
        let data = module.data.add(kind, bytes.clone());
        assert_eq!(forget_places(&mut module), 1);
        bytes[..8].fill(0);
        bytes[24..40].fill(0);
        assert_eq!(module.data.get(data).value, bytes);
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
