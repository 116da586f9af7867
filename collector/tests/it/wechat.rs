//! Messages through WeChat, by a stand-in that answers as its documentation says.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use huitou_collector::clock::{now_ms, Stopwatch};
use serde_json::{json, Value};

use crate::receiver::{Heard, Receiver};
use crate::support::{report, Place, Server, FACTS_KEY, TOKEN_KEY};

const APPID: &str = "wx-of-the-tea-shop";
const SECRET: &str = "an-app-secret";

fn place() -> Place {
    let place = Place::new();
    let program = json!({
        "app": "tea-shop", "revision": 3,
        "journeys": [{ "id": "hello", "enter_on": "visit", "key": "item", "steps": [{ "do": {
            "kind": "message", "template": "T1",
            "data": { "page": "pages/cart", "fields": { "thing1": "{key} 还在", "date2": "{date}" } } } }] }],
    });
    std::fs::write(place.path("program.json"), program.to_string()).unwrap();
    let keys = json!({ "tea-shop": { "token": [TOKEN_KEY], "facts": [FACTS_KEY],
                                     "wechat": { "appid": APPID, "secret": SECRET, "state": "trial" } } });
    std::fs::write(place.path("keys.json"), keys.to_string()).unwrap();
    place
}

/// What WeChat does by the name of the user; tokens are good for so many messages.
fn wechat(good_for: usize) -> Receiver {
    let (tokens, sent) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    Receiver::start(move |heard: &Heard| {
        let answer = |errcode: i64| Some((200, json!({ "errcode": errcode, "errmsg": "…" }).to_string()));
        if heard.path == "/cgi-bin/stable_token" {
            let asked = heard.json();
            if (&asked["appid"], &asked["secret"]) != (&json!(APPID), &json!(SECRET)) {
                return answer(40013);
            }
            let number = tokens.fetch_add(1, Ordering::Relaxed) + 1;
            return Some((200, json!({ "access_token": format!("t{number}"), "expires_in": 7200 }).to_string()));
        }
        let token = format!("access_token=t{}", tokens.load(Ordering::Relaxed));
        if !heard.path.ends_with(&token) || sent.fetch_add(1, Ordering::Relaxed) % (good_for + 1) == good_for {
            return answer(42001);
        }
        match heard.json()["touser"].as_str().unwrap_or_default() {
            "no-credit" => answer(43101),
            "no-such-user" => answer(40003),
            "no-template" => answer(40037),
            "no-quota-today" => answer(45009),
            "busy" => answer(-1),
            "gateway" => Some((502, "<html>".to_owned())),
            "silence" => None,
            _ => answer(0),
        }
    })
}

fn serve(place: &Place, wechat: &Receiver, more: &[&str]) -> Server {
    place.serve(&[&["--wechat", "--wechat-url", &wechat.url, "--rate-per-minute", "0"], more].concat())
}

fn tell(server: &Server, user: &str, device: u64) {
    let at = now_ms() / 1000 * 1000 - 60_000;
    let mut body = report(user, device, json!([]));
    body["plan"] = json!({ "rev": 1, "trips": [{
        "journey": "hello", "key": "oolong", "at": at, "standing": "running", "ended": at, "variation": 0,
        "held_out": false, "once": false, "by_order": false, "cancel_on": [], "done": [],
        "due": [{ "step": 0, "at": at, "kind": "message", "ref": "T1", "service": false }],
    }] });
    server.client.sync_json(user, &body);
}

fn outcome(place: &Place, user: &str) -> String {
    let sql = "SELECT coalesce(max(iif(standing = 'settled', outcome, standing)), '') FROM deliveries WHERE user = ";
    let start = Stopwatch::start();
    loop {
        let found: String = place.one(&format!("{sql}'{user}'"));
        if !["", "sending"].contains(&found.as_str()) || start.elapsed() > Duration::from_secs(20) {
            return found;
        }
        thread::sleep(Duration::from_millis(50));
    }
}

fn messages(wechat: &Receiver) -> Vec<Value> {
    let sent = wechat.heard().into_iter().filter(|heard| heard.path.starts_with("/cgi-bin/message/subscribe/send"));
    sent.map(|heard| heard.json()).collect()
}

#[test]
fn a_message_has_what_the_template_needs() {
    let (place, wechat) = (place(), wechat(1000));
    let server = serve(&place, &wechat, &[]);
    tell(&server, "openid-1", 1);
    assert_eq!(outcome(&place, "openid-1"), "sent");
    let sent = messages(&wechat).remove(0);
    assert_eq!((&sent["touser"], &sent["template_id"]), (&json!("openid-1"), &json!("T1")));
    assert_eq!((&sent["page"], &sent["miniprogram_state"]), (&json!("pages/cart"), &json!("trial")));
    assert_eq!(sent["data"]["thing1"]["value"], "oolong 还在");
    let date = sent["data"]["date2"]["value"].as_str().unwrap();
    assert!(date.len() == 10 && date.starts_with("20"), "{date}");
}

#[test]
fn each_answer_means_what_wechat_documents() {
    let (place, wechat) = (place(), wechat(1000));
    let server = serve(&place, &wechat, &[]);
    let expected = [
        ("no-credit", "no_quota"),
        ("no-such-user", "refused"),
        ("no-template", "dead"),
        ("no-quota-today", "waiting"),
        ("busy", "waiting"),
        // It may have got there, and WeChat can't tell a repetition: never again.
        ("gateway", "sent"),
        ("silence", "sent"),
    ];
    for (device, (user, _)) in expected.iter().enumerate() {
        tell(&server, user, device as u64 + 1);
    }
    for (user, word) in expected {
        assert_eq!(outcome(&place, user), word, "{user}");
    }
    let wait = "SELECT at - (SELECT max(at) FROM deliveries WHERE standing = 'settled') FROM deliveries WHERE user = 'no-quota-today'";
    assert!(place.one::<i64>(wait) > 3_000_000, "the day's calls are used up: not before an hour");
    assert_eq!(messages(&wechat).len(), expected.len(), "each was sent once");
    let told = server.client.sync_json("no-credit", &report("no-credit", 1, json!([])));
    assert_eq!(told["journeys"]["results"][0]["outcome"], "no_quota");
    assert_eq!(told["journeys"]["credits"], json!({ "T1": 0 }), "the phone need not believe that it has one");
}

#[test]
fn one_token_serves_many_and_a_stale_one_is_renewed() {
    let (place, wechat) = (place(), wechat(5));
    let server = serve(&place, &wechat, &[]);
    for device in 1..=12 {
        tell(&server, &format!("openid-{device}"), device);
        assert_eq!(outcome(&place, &format!("openid-{device}")), "sent");
    }
    let asked = wechat.heard().iter().filter(|heard| heard.path == "/cgi-bin/stable_token").count();
    assert!((2..=4).contains(&asked), "{asked} tokens for 12 messages, of which every sixth finds a stale one");
    let log = std::fs::read_to_string(place.path("log")).unwrap();
    assert!(!log.contains(SECRET) && !log.contains("access_token"), "no secret gets into the log");
}

#[test]
fn nothing_is_sent_twice_through_kill_9() {
    let (place, wechat) = (place(), wechat(1000));
    for round in 0..4u64 {
        let server = serve(&place, &wechat, &["--actions-per-second", "4"]);
        for user in round * 8..(round + 1) * 8 {
            tell(&server, &format!("openid-{user}"), user + 1);
        }
        thread::sleep(Duration::from_millis(1090 + 23 * round));
        server.kill();
    }
    let _server = serve(&place, &wechat, &["--actions-per-second", "0"]);
    for user in 0..32 {
        assert_eq!(outcome(&place, &format!("openid-{user}")), "sent");
    }
    let mut users: Vec<String> = messages(&wechat).iter().map(|sent| sent["touser"].to_string()).collect();
    let all = users.len();
    users.sort();
    users.dedup();
    assert_eq!(users.len(), all, "WeChat heard of somebody twice");
    assert!(all >= 24, "{all} of 32");
}
