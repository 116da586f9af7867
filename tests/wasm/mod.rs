//! The engine behind its boundary, in whatever runtime the test binary runs in.

use huitou::wasm::Core;
use js_sys::{Reflect, JSON};
use wasm_bindgen::{JsCast, JsValue};

const NOON_MS: f64 = 1_795_318_200_000.0;
const CHINA_MIN: i32 = 480;
const PERSIST: u8 = 1;
const SEND: u8 = 2;

pub(crate) const PROGRAM: &str = r#"{"app":"tea-shop","revision":1,
    "events":[{"name":"add_cart","dimensions":[{"name":"category","values":["绿茶"]}],"numbers":[{"name":"price_fen"}]}]}"#;

pub(crate) fn core(program: &str) -> Result<Core, JsValue> {
    Core::new(program, &[7; 16])
}

pub(crate) fn booted() -> Core {
    let mut core = core(PROGRAM).unwrap();
    core.boot(r#"{"consent":true,"format":"json","info":{"platform":"test"}}"#, NOON_MS, CHINA_MIN).unwrap();
    core
}

/// A member of an object from JavaScript.
pub(crate) fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap()
}

/// Enough events that the upload has something to say, then a demand to send it.
pub(crate) fn body_of_three_carts(core: &mut Core) -> String {
    let position = position_of(core, "add_cart");
    for _ in 0..3 {
        let label = core.label(dimension_of(core, position), "绿茶");
        core.set_label(0, label.unsigned_abs());
        core.set_number(0, 4900.0);
        core.track(position, NOON_MS, CHINA_MIN);
    }
    core.command(r#"{"op":"sync"}"#, NOON_MS, CHINA_MIN).unwrap();
    sent(core)
}

/// Answers every write until the engine sends.
fn sent(core: &mut Core) -> String {
    for _ in 0..20 {
        match core.next(NOON_MS) {
            PERSIST => {
                assert!(!core.effect_bytes().is_empty());
                core.persisted(true);
            }
            SEND => return String::from_utf8(core.effect_bytes()).unwrap(),
            _ => {}
        }
    }
    panic!("nothing was sent");
}

fn events(core: &Core) -> js_sys::Array {
    member(&core.describe(), "events").unchecked_into()
}

fn position_of(core: &Core, name: &str) -> u16 {
    let found = events(core).iter().position(|event| member(&event, "name") == JsValue::from_str(name));
    u16::try_from(found.unwrap()).unwrap()
}

fn dimension_of(core: &Core, event: u16) -> u32 {
    let dimensions: js_sys::Array = member(&events(core).get(event.into()), "dimensions").unchecked_into();
    member(&dimensions.get(0), "id").as_f64().unwrap() as u32
}

pub(crate) fn parsed(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

/// The figures of the upload are those of the three events.
pub(crate) fn assert_counts_three_carts(body: &str) {
    let rows: js_sys::Array = member(&parsed(body), "rows").unchecked_into();
    assert_eq!(rows.length(), 1);
    let cart = member(&member(&rows.get(0), "e"), "add_cart");
    assert_eq!(member(&cart, "n").as_f64(), Some(3.0));
    assert_eq!(member(&member(&member(&cart, "num"), "price_fen"), "sum").as_f64(), Some(14_700.0));
}
