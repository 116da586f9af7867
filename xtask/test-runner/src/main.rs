//! Runs a wasm test binary in Node or a headless browser, as its `wasm_bindgen_test_configure!` says.

fn main() -> anyhow::Result<()> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(std::env::args_os())
}
