//! The boundary in a browser.
#![cfg(target_arch = "wasm32")]
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]

mod wasm;

use wasm::{assert_counts_three_carts, body_of_three_carts, booted, core, PROGRAM};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn tracked_events_arrive_in_the_upload() {
    assert_counts_three_carts(&body_of_three_carts(&mut booted()));
}

#[wasm_bindgen_test]
fn two_engines_of_one_program_share_nothing() {
    let (mut first, second) = (booted(), core(PROGRAM).unwrap());
    body_of_three_carts(&mut first);
    drop(second);
    assert_counts_three_carts(&body_of_three_carts(&mut booted()));
}
