//! The pages for people, and the stand-ins of the demonstration.

use base64::Engine;
use serde_json::json;

use crate::support::{report, row, Place};

#[test]
fn the_page_shows_what_arrived() {
    let place = Place::new();
    let server = place.serve(&["--demo"]);
    let login = server.client.post("/v1/login", &[], r#"{"user":"林小屿"}"#.as_bytes());
    let token = login.json()["token"].as_str().unwrap().to_owned();
    let mut body = row(1, 1, 4321);
    body["f"] = json!({ "purchase": [30, 20, 10] });
    body["x"] = json!({ "undeclared_event": 7 });
    body["o"] = json!([["o-1", 4900]]);
    let body = report("林小屿", 1, json!([body])).to_string();
    assert_eq!(server.client.sync(&token, crate::support::JSON, body.as_bytes()).status, 200);
    let paid = server.client.post("/demo/pay", &[], r#"{"user":"林小屿","order_id":"o-1","paid_fen":4900}"#.as_bytes());
    assert!(paid.json()["n"].as_u64().unwrap() > 0, "{}", paid.text);

    let nobody = server.client.post("/demo/pay", &[], br#"{"user":"","order_id":"o-2","paid_fen":1}"#);
    assert_eq!((nobody.status, nobody.text.as_str()), (200, r#"{"n":null}"#));
    let bearer = format!("Bearer {token}");
    let of_token = [("Authorization", bearer.as_str())];
    let paid = server.client.post("/demo/pay", &of_token, br#"{"user":null,"order_id":"o-3","paid_fen":1}"#);
    assert!(paid.json()["n"].as_u64().unwrap() > 0, "the token's user: {}", paid.text);

    let page = server.client.get("/", &[]);
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    for text in ["林小屿", "4,321", "add_cart", "未声明的事件", "¥49.00", "o-1", "/users/%E6%9E%97%E5%B0%8F%E5%B1%BF"]
    {
        assert!(page.text.contains(text), "{text} is missing in {}", page.text);
    }
    let person = server.client.get("/users/%E6%9E%97%E5%B0%8F%E5%B1%BF", &[]);
    assert_eq!(person.status, 200);
    for text in ["林小屿", "4,321", "o-1"] {
        assert!(person.text.contains(text), "{text} is missing in {}", person.text);
    }
    assert_eq!(server.client.get("/users/nobody", &[]).status, 404);
    assert_eq!(server.client.get("/anonymous", &[]).status, 404);
    assert_eq!(server.client.get("/?app=other", &[]).status, 404);
    assert!(server.client.get("/assets/page.css", &[]).text.contains("--green"));
    assert!(server.client.get("/assets/page.js", &[]).text.contains("fetch"));
}

#[test]
fn pages_are_closed_unless_there_is_a_password() {
    let place = Place::new();
    let server = place.serve(&[]);
    server.client.sync_json("u1", &report("u1", 1, json!([row(1, 1, 1)])));
    for path in ["/", "/users/u1", "/anonymous"] {
        assert_eq!(server.client.get(path, &[]).status, 404, "{path}");
    }
    server.kill();
    let password = "a long password for the pages of the shop";
    let server = place.serve_with(&[], &[("HUITOU_PAGE_PASSWORD", password)]);
    let basic = |text: &str| format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(text));
    let get = |path: &str, given: &str| server.client.get(path, &[("Authorization", given)]);
    for path in ["/", "/users/u1"] {
        assert_eq!(get(path, &basic(&format!("anyone:{password}"))).status, 200);
        for wrong in [String::new(), basic("anyone:"), basic("anyone:wrong"), basic(password), "Basic !".into()] {
            let answer = get(path, &wrong);
            assert_eq!(answer.status, 401, "{wrong}");
            assert!(answer.header("www-authenticate").starts_with("Basic"));
        }
    }
}

#[test]
fn the_demonstration_makes_its_own_keys_once() {
    let place = Place::new();
    let db = place.path("demo.sqlite");
    let start = || {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_huitou-collector"));
        command.args([
            "serve",
            "--demo",
            "--listen",
            "127.0.0.1:0",
            "--db",
            &db,
            "--program",
            &place.path("program.json"),
        ]);
        command.env_remove("HUITOU_SECRETS").env_remove("HUITOU_TOKEN_SECRET");
        let log = std::fs::File::create(place.path("demo.log")).unwrap();
        let mut child = command.stdout(std::process::Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line).unwrap();
        (child, crate::support::Client::new(line.trim().strip_prefix("listening on ").unwrap()))
    };
    let (mut child, client) = start();
    let token = client.post("/v1/login", &[], br#"{"user":"u1"}"#).json()["token"].as_str().unwrap().to_owned();
    child.kill().unwrap();
    child.wait().unwrap();
    let keys = std::fs::read_to_string(format!("{db}.secrets.json")).unwrap();
    let (mut child, client) = start();
    let body = report("u1", 1, json!([])).to_string();
    assert_eq!(client.sync(&token, crate::support::JSON, body.as_bytes()).status, 200, "the keys stayed");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(std::fs::read_to_string(format!("{db}.secrets.json")).unwrap(), keys);
    let log = std::fs::read_to_string(place.path("demo.log")).unwrap();
    let keys: serde_json::Value = serde_json::from_str(&keys).unwrap();
    assert!(!log.contains(keys["tea-shop"]["token"][0].as_str().unwrap()));
}
