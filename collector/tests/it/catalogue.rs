//! What a shop offers: fitted from what arrived, served, and read again when it changes.

use serde_json::{json, Value};

use crate::support::{report, row, Place, Server};

const ITEMS: &str = r#"{"app":"tea-shop","items":[["black","b",1,9,0],["green","a",1,9,0],["cup","c",1,9,1]]}"#;

/// A user who put these categories into her cart, each twice.
fn bought(server: &Server, user: usize, categories: &[&str]) {
    let mut row = row(user as u64, 1, 1);
    let labels: serde_json::Map<String, Value> =
        categories.iter().map(|category| ((*category).to_owned(), json!([2, 0]))).collect();
    row["e"]["add_cart"] = json!({ "n": 2 * categories.len(), "by": { "category": labels } });
    let name = if user == 0 { String::new() } else { format!("u{user}") };
    server.client.sync_json(&name, &report(&name, user as u64 + 1, json!([row])));
}

fn neighbours(catalogue: &Value) -> &str {
    catalogue["neighbours"].as_str().unwrap()
}

#[test]
fn a_table_is_fitted_from_what_arrived_and_served_without_a_restart() {
    let place = Place::new();
    let path = place.path("catalogue.json");
    std::fs::write(&path, ITEMS).unwrap();
    let server = place.serve(&["--catalogue", &path]);
    let first = server.client.get("/v1/catalogue", &[]);
    assert_eq!((first.status, first.text.as_str()), (200, ITEMS));
    let tag = first.header("etag").to_owned();
    let again = server.client.get("/v1/catalogue?app=tea-shop", &[("If-None-Match", &tag)]);
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    assert_eq!(server.client.get("/v1/catalogue?app=other", &[]).status, 404);

    for user in 0..40 {
        bought(&server, user, if user % 2 == 0 { &["green", "black"] } else { &["cup"] });
    }
    let db = place.path("db.sqlite");
    let fit = [
        "fit",
        "--db",
        &db,
        "--app",
        "tea-shop",
        "--bought",
        "add_cart.category",
        "--catalogue",
        &path,
        "--table",
        &path,
    ];
    let (done, text) = place.run(&fit);
    assert!(done, "{text}");
    let fitted = server.client.get("/v1/catalogue", &[("If-None-Match", &tag)]);
    assert_eq!(fitted.status, 200, "the file changed");
    // Version 1, three rows: black with green 255, green with black 255, cup with nobody.
    assert_eq!(neighbours(&fitted.json()), "AQMAAQH/AQEA/wEA");
    assert_eq!(fitted.json()["items"], serde_json::from_str::<Value>(ITEMS).unwrap()["items"]);

    std::fs::write(&path, "{").unwrap();
    let kept = server.client.get("/v1/catalogue", &[]);
    assert_eq!((kept.status, kept.text), (200, fitted.text), "a broken file changes nothing");
}

#[test]
fn what_a_fit_of_a_table_lacks_is_said() {
    let place = Place::new();
    let server = place.serve(&[]);
    assert_eq!(server.client.get("/v1/catalogue", &[]).status, 404, "none is served");
    bought(&server, 1, &["green"]);
    let (db, table) = (place.path("db.sqlite"), place.path("table.csv"));
    let refused = |more: &[&str], why: &str| {
        let (done, text) = place.run(&[&["fit", "--table", &table], more].concat());
        assert!(!done && text.contains(why), "{text}");
    };
    let of_app = ["--db", &db, "--app", "tea-shop", "--bought"];
    refused(&[], "say who bought what");
    refused(&["--bought", "add_cart.category"], "--db");
    refused(&[&of_app[..], &["add_cart"]].concat(), "EVENT.DIMENSION");
    refused(&[&of_app[..], &["add_cart.colour"]].concat(), "no user of tea-shop");
    refused(&["--baskets", &place.path("program.json")], "no column");
    let program = place.path("program.json");
    refused(&[&of_app[..], &["add_cart.category", "--catalogue", &program]].concat(), "no list `items`");
    assert!(!std::path::Path::new(&table).exists(), "nothing was made");
    let (done, text) = place.run(&[&["fit", "--table", &table], &of_app[..], &["add_cart.category"]].concat());
    assert!(done, "{text}");
    assert_eq!(std::fs::read_to_string(&table).unwrap(), "item,neighbour,sim\n", "one item has no neighbours");
}

#[test]
fn a_catalogue_that_is_none_ends_the_start_with_a_remedy() {
    let place = Place::new();
    std::fs::write(place.path("catalogue.json"), r#"{"items":[]}"#).unwrap();
    let (program, keys) = (place.path("program.json"), place.path("keys.json"));
    let start = ["serve", "--db", &place.path("o.sqlite"), "--program", &program, "--secrets", &keys];
    let (done, text) = place.run(&[&start[..], &["--catalogue", &place.path("catalogue.json")]].concat());
    assert!(!done && text.contains("say whose it is"), "{text}");
}
