//! House rules that no compiler checks: who may name whom, where the boundary's types may stand, how long files and
//! functions are, and that nothing is left for later.

use std::fs;
use std::path::Path;

/// The core's modules from left to right. A module names only what stands left of its group: those of one group do not
/// know of each other.
const GROUPS: [&[&str]; 12] = [
    &["bytes", "json", "clock", "id", "error"],
    &["program"],
    &["condition"],
    &["loyalty", "experiment"],
    &["event"],
    &["insight"],
    &["journey"],
    &["summary"],
    &["store"],
    &["sync"],
    &["engine"],
    &["wasm"],
];

/// What a module may not name although it stands left: figures and points are folded side by side.
const STRANGERS: [(&str, &str); 1] = [("insight", "loyalty")];

/// Only `src/wasm.rs` may name these.
const BOUNDARY: [&str; 3] = ["wasm_bindgen", "js_sys", "web_sys"];

/// In two parts, so that this list does not break its own rule.
const LATER: [&str; 4] =
    [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("to", "do!("), concat!("unimple", "mented!(")];

const FILE_LINES_MAX: usize = 500;
const FUNCTION_LINES_MAX: usize = 50;

/// Folders whose files others wrote or a tool made.
const FOREIGN: [&str; 5] = ["target", "node_modules", "dist", "wasm", "miniprogram_npm"];

const SOURCES: [&str; 8] = ["rs", "js", "mjs", "cjs", "ts", "py", "wxml", "wxss"];

/// A file: its path below the repository, and what it says.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// Lines with their numbers, without what stands behind `//`.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = self.text.lines().enumerate();
        lines.map(|(at, line)| (at + 1, line.split_once("//").map_or(line, |(code, _)| code)))
    }

    /// The names of the modules that lead to a file of the core: `src/store/image.rs` → `store`, `image`.
    fn module(&self) -> Option<Vec<&str>> {
        let inner = self.path.strip_prefix("src/")?.strip_suffix(".rs")?;
        let inner = inner.strip_suffix("/mod").unwrap_or(inner);
        (inner != "lib").then(|| inner.split('/').collect())
    }

    fn fault(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// Every source of the repository, in order of paths.
fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut folders) = (Vec::new(), vec![root.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
            let is_source = path.extension().is_some_and(|end| SOURCES.iter().any(|source| end == *source));
            if entry.file_type().unwrap().is_dir() {
                folders.extend((!name.starts_with('.') && !FOREIGN.contains(&name.as_str())).then_some(path));
            } else if is_source {
                let below = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                found.push(Source { path: below, text: fs::read_to_string(&path).unwrap() });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Where a module stands, counted from the left.
fn group_of(module: &str) -> Option<usize> {
    GROUPS.iter().position(|group| group.contains(&module))
}

/// The first name of what stands behind each occurrence of `before`.
fn named_behind<'a>(code: &'a str, before: &str) -> Vec<&'a str> {
    let rest = code.match_indices(before).map(|(at, found)| &code[at + found.len()..]);
    rest.map(|rest| rest.split(|c: char| c != '_' && !c.is_alphanumeric()).next().unwrap_or_default()).collect()
}

/// Modules of the core that know what stands right of them.
fn order(source: &Source) -> Vec<String> {
    let Some(module) = source.module() else { return Vec::new() };
    let own = module[0];
    let Some(group) = group_of(own) else { return vec![source.fault(1, "this module stands in no group")] };
    let to_root = "super::".repeat(module.len());
    let mut faults = Vec::new();
    for (line, code) in source.code() {
        if code.contains("crate::{") {
            faults.push(source.fault(line, "one `use crate::…` for each module"));
        }
        for name in named_behind(code, "crate::").into_iter().chain(named_behind(code, &to_root)) {
            let is_right = name != own && group_of(name).is_some_and(|other| other >= group);
            if is_right || STRANGERS.contains(&(own, name)) {
                faults.push(source.fault(line, &format!("{own} may not name {name}")));
            }
        }
    }
    faults
}

/// The boundary's types outside the boundary.
fn boundary(source: &Source) -> Vec<String> {
    let is_inside = !source.path.starts_with("src/") || source.path == "src/wasm.rs";
    let named = |code: &str| BOUNDARY.iter().any(|name| code.contains(name));
    let faults = source.code().filter(|(_, code)| !is_inside && named(code));
    faults.map(|(line, _)| source.fault(line, "types of the boundary stay in src/wasm.rs")).collect()
}

/// What was left for later.
fn later(source: &Source) -> Vec<String> {
    let lines = source.text.lines().enumerate();
    let faults =
        lines.flat_map(|(at, line)| LATER.iter().filter(|word| line.contains(**word)).map(move |word| (at + 1, word)));
    faults.map(|(line, word)| source.fault(line, &format!("{word} is not a thing to leave behind"))).collect()
}

/// Files and functions that are too long.
fn length(source: &Source) -> Vec<String> {
    let lines: Vec<&str> = source.text.lines().collect();
    // The types of the package are one document.
    if source.path.ends_with(".d.ts") {
        return Vec::new();
    }
    let too_long = |count: usize, max: usize, what: &str| (count > max).then(|| format!("{what} has {count} lines"));
    let file = too_long(lines.len(), FILE_LINES_MAX, "the file").map(|what| source.fault(1, &what));
    let functions = (0..lines.len()).filter(|_| source.path.ends_with(".rs")).filter_map(|at| {
        let name = function(lines[at])?;
        Some(source.fault(at + 1, &too_long(function_lines(&lines[at..]), FUNCTION_LINES_MAX, name)?))
    });
    file.into_iter().chain(functions).collect()
}

/// The name of the function that begins on a line.
fn function(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let are_qualifiers = before.chars().all(|c| c == ' ' || c.is_ascii_lowercase() || "()".contains(c));
    let name = named_behind(after, "").first().copied().filter(|name| !name.is_empty())?;
    are_qualifiers.then_some(name)
}

/// Lines of the function that begins on the first, as rustfmt sets it: it ends with the brace below its first word.
fn function_lines(lines: &[&str]) -> usize {
    let head = lines.iter().position(|line| line.ends_with(['{', '}', ';'])).unwrap_or(0);
    if !lines[head].ends_with('{') {
        return head + 1;
    }
    let end = format!("{}}}", " ".repeat(lines[0].len() - lines[0].trim_start().len()));
    lines.iter().position(|line| *line == end).unwrap_or(head) + 1
}

/// All rules.
fn faults(source: &Source) -> Vec<String> {
    [order, boundary, later, length].iter().flat_map(|rule| rule(source)).collect()
}

#[test]
fn the_house_is_tidy() {
    let sources = sources();
    assert!(sources.len() > 200, "only {} sources were looked at", sources.len());
    let modules: Vec<&str> = sources.iter().filter_map(Source::module).map(|module| module[0]).collect();
    assert!(GROUPS.concat().iter().all(|module| modules.contains(module)), "a module of the groups is not there");
    let found: Vec<String> = sources.iter().flat_map(faults).collect();
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// What is found in a made-up file.
fn found(path: &str, text: &str) -> Vec<String> {
    faults(&Source { path: path.to_owned(), text: text.to_owned() })
}

#[test]
fn a_module_names_only_what_stands_left_of_it() {
    assert_eq!(found("src/insight/mod.rs", "use crate::event::Record;\n// crate::engine is no name here\n"), [""; 0]);
    let right = "src/store/image.rs:2: store may not name engine";
    assert_eq!(found("src/store/image.rs", "use crate::bytes::Reader;\nlet rng = crate::engine::rng();\n"), [right]);
    assert_eq!(found("src/store/image.rs", "\nuse super::super::engine::Engine;\n"), [right]);
    assert_eq!(found("src/clock.rs", "use crate::bytes::Reader;\n"), ["src/clock.rs:1: clock may not name bytes"]);
    let strangers = ["src/insight/mod.rs:1: insight may not name loyalty"];
    assert_eq!(found("src/insight/mod.rs", "use super::loyalty::State;\n"), strangers);
    assert_eq!(
        found("src/clock.rs", "use crate::{bytes, json};\n"),
        ["src/clock.rs:1: one `use crate::…` for each module"]
    );
    assert_eq!(found("src/magic.rs", ""), ["src/magic.rs:1: this module stands in no group"]);
    assert_eq!(found("src/summary/rows.rs", "use super::json::Context;\nuse crate::summary::Upload;\n"), [""; 0]);
}

#[test]
fn the_boundary_has_one_file() {
    let text = "use js_sys::Array;\n";
    assert_eq!(found("src/engine/view.rs", text), ["src/engine/view.rs:1: types of the boundary stay in src/wasm.rs"]);
    assert_eq!(found("src/wasm.rs", text), [""; 0]);
}

#[test]
fn nothing_is_left_for_later() {
    let text = format!("// {}: sums\nfn sum() -> u32 {{ {}) }}\n", LATER[0], LATER[2]);
    assert_eq!(found("pkg/src/a.js", &text).len(), 2);
}

#[test]
fn files_and_functions_end_in_time() {
    let function = |head: &str, lines: usize, end: &str| format!("{head}{}{end}\n", "    x();\n".repeat(lines - 2));
    assert_eq!(found("src/id.rs", &function("fn long() {\n", 50, "}")), [""; 0]);
    assert_eq!(found("src/id.rs", &function("pub(crate) const fn long(\n", 51, "}")), [""; 0], "no brace opens it");
    assert_eq!(found("src/id.rs", &function("pub(crate) fn long() {\n", 51, "}")), ["src/id.rs:1: long has 51 lines"]);
    let inner = function("impl A {\n    fn long(\n    ) {\n", 53, "    }\n}");
    assert_eq!(found("src/id.rs", &inner), ["src/id.rs:2: long has 54 lines"]);
    let short =
        "trait A {\n    fn none(\n    );\n    fn one() -> u32 { 1 }\n}\n".to_owned() + &"// a line\n".repeat(495);
    assert_eq!(found("src/id.rs", &short), [""; 0]);
    assert_eq!(found("src/id.rs", &(short + "\n")), ["src/id.rs:1: the file has 501 lines"]);
}
