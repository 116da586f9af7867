//! A day of 300 events in six starts: how many requests, how many bytes on the network and in storage.

use crate::support::phone::Phone;
use crate::support::{HOUR, SECOND};
use huitou::sync::Format;

/// The shop of `docs/wire.md`'s examples at full size.
const TEA_SHOP: &str = r#"{"app":"tea-shop","revision":3,
    "pages":["home","category","search","product","cart","checkout","paid","orders","me","coupons","reviews"],
    "events":[
        {"name":"view_product","dimensions":[{"name":"category","values":["green","black","oolong","puer","white","jasmine","teaware","gift"]}],"numbers":[{"name":"price_fen"}]},
        {"name":"add_cart","dimensions":[{"name":"category","values":["green","black","oolong","puer","white","jasmine","teaware","gift"]}],"numbers":[{"name":"price_fen"}]},
        {"name":"favorite","dimensions":[{"name":"category","values":["green","black","oolong","puer","white","jasmine","teaware","gift"]}]},
        {"name":"view_coupon","dimensions":[{"name":"coupon","values":["new","spring","member"]}]},
        {"name":"tap_banner","dimensions":[{"name":"slot","values":["1","2","3","4"]}]},
        {"name":"checkout","dimensions":[{"name":"method","values":["wechat","balance"]}],"numbers":[{"name":"cart_fen"}]}],
    "flows":[{"name":"purchase","steps":["view_product","add_cart","checkout","order"]}]}"#;

/// Random-looking, always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[(self.roll(of.len() as u64) * self.roll(of.len() as u64) / of.len() as u64) as usize]
    }
}

const PAGES: [&str; 8] = ["home", "product", "category", "cart", "search", "coupons", "me", "reviews"];
const CATEGORIES: [&str; 8] = ["green", "oolong", "black", "puer", "white", "jasmine", "teaware", "gift"];

/// One thing a customer does: one event.
fn act(phone: &mut Phone, dice: &mut Dice) {
    let price = 900.0 + (dice.roll(40) * dice.roll(40) * 18) as f64;
    match dice.roll(20) {
        0..=7 => phone.page(Some(dice.pick(&PAGES))),
        8..=13 => phone.track("view_product", &[("category", dice.pick(&CATEGORIES))], &[("price_fen", price)]),
        14 | 15 => phone.track("add_cart", &[("category", dice.pick(&CATEGORIES))], &[("price_fen", price)]),
        16 => phone.track("favorite", &[("category", dice.pick(&CATEGORIES))], &[]),
        17 => phone.track("view_coupon", &[("coupon", dice.pick(&["new", "spring", "member"]))], &[]),
        18 => phone.track("tap_banner", &[("slot", dice.pick(&["1", "2", "3", "4"]))], &[]),
        _ => phone.track("search", &[], &[("results", dice.roll(40) as f64)]),
    }
}

/// A start of 50 events: launch, 48 things, hide. Every third ends with a checkout and an order. With `pause`, the app
/// is left and shown again in the middle.
fn start(phone: &mut Phone, dice: &mut Dice, pause: bool) {
    phone.boot();
    let buys = phone.boots.is_multiple_of(3);
    for number in 0..48 {
        phone.now_ms += (2 + dice.roll(25) as i64) * SECOND;
        match number {
            22 if pause => phone.hide(),
            23 if pause => phone.show(),
            46 if buys => phone.track("checkout", &[("method", "wechat")], &[("cart_fen", 12_800.0)]),
            47 if buys => drop(phone.order(&format!("20261122{:06}", 417 + phone.boots), 12_800)),
            _ => act(phone, dice),
        }
        phone.settle();
    }
    phone.hide();
    phone.settle();
    phone.close();
}

fn day(format: Format, pause: bool, starts_apart: i64) -> Phone {
    let mut phone = Phone::with(TEA_SHOP);
    phone.server.names.insert(phone.program.names.hash(), phone.program.names.clone());
    phone.user = "oXk2d5JtR7wq8LmNzV0bYcEaHu4s".to_owned();
    phone.format = format;
    phone.now_ms -= 2 * HOUR;
    // A customer of yesterday: the login and the attributes are known.
    phone.boot();
    phone.hide();
    phone.close();
    phone.network.sent_bytes.clear();
    phone.storage.written_bytes = 0;
    let mut dice = Dice(7);
    for _ in 0..6 {
        phone.now_ms += starts_apart;
        start(&mut phone, &mut dice, pause);
    }
    phone
}

fn events(phone: &Phone) -> u64 {
    phone.server.sum(None).events.values().map(|event| event.count).sum()
}

#[test]
fn a_day_of_300_events_in_six_starts_takes_few_requests() {
    for (format, name, bytes_max) in [(Format::Binary, "binary", 1_300), (Format::Json, "JSON", 8_192)] {
        for pause in [false, true] {
            let phone = day(format, pause, 2 * HOUR);
            let (sent, written) = (&phone.network.sent_bytes, phone.storage.written_bytes);
            let total: usize = sent.iter().sum();
            println!(
                "300 events, 6 starts, {name}{}: {} requests {sent:?}, {total} B; storage {} B an event as base64",
                if pause { ", left once in each" } else { "" },
                sent.len(),
                written / 300
            );
            assert!(sent.len() <= if pause { 12 } else { 7 }, "{sent:?}");
            assert!(written <= 300 * 200, "{} B an event", written / 300);
            assert!(pause || total <= bytes_max, "{total} B");
            assert!(pause || events(&phone) == 302, "and two of yesterday");
        }
    }
}

/// The same day in one start: one row, one request.
#[test]
fn a_day_of_300_events_in_one_start_is_one_small_request() {
    for (format, name, bytes_max) in [(Format::Binary, "binary", 700), (Format::Json, "JSON", 4_096)] {
        let mut phone = Phone::with(TEA_SHOP);
        phone.server.names.insert(phone.program.names.hash(), phone.program.names.clone());
        phone.format = format;
        phone.boot();
        phone.log_in("oXk2d5JtR7wq8LmNzV0bYcEaHu4s");
        let mut dice = Dice(7);
        for number in 0..298 {
            phone.now_ms += 100 * SECOND;
            match number % 149 {
                147 => phone.track("checkout", &[("method", "wechat")], &[("cart_fen", 12_800.0)]),
                148 => drop(phone.order(&format!("20261122{number:06}"), 12_800)),
                _ => act(&mut phone, &mut dice),
            }
            phone.settle();
        }
        phone.hide();
        phone.settle();
        let sent = &phone.network.sent_bytes;
        println!("300 events, 1 start, {name}: {sent:?} B; {} B an event stored", phone.storage.written_bytes / 300);
        assert!(sent.iter().all(|&bytes| bytes <= bytes_max), "{sent:?}");
        assert_eq!(events(&phone), 300);
    }
}
