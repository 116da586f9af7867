//! The boundary in Node.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod wasm;

use wasm::{assert_counts_three_carts, body_of_three_carts, booted, core, member};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn tracked_events_arrive_in_the_upload() {
    assert_counts_three_carts(&body_of_three_carts(&mut booted()));
}

#[wasm_bindgen_test]
fn every_mistake_of_a_program_is_thrown_with_its_path() {
    let thrown = core(r#"{"app":"Tea Shop","revision":0}"#).unwrap_err();
    assert_eq!(member(&thrown, "code").as_string().as_deref(), Some("program_invalid"));
    let mistakes: js_sys::Array = member(&thrown, "mistakes").into();
    let paths: Vec<String> = mistakes.iter().filter_map(|mistake| member(&mistake, "path").as_string()).collect();
    assert_eq!(paths, ["app", "revision"]);
}
