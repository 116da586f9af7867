//! The table of neighbours for people: as CSV, or within the catalogue that phones take.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use serde_json::{Map, Value};

use super::{days, neighbours};
use crate::error::Failure;

/// Neighbours of each item: 10 lose little against 20, 20 fit.
const NEIGHBOURS: usize = 20;

/// Who bought what: a person and an item, each pair once.
pub type Bought = BTreeSet<(String, String)>;

/// Reads a CSV file with `id,item`.
pub fn baskets(path: &Path) -> Result<Bought, Failure> {
    Ok(days::rows(path, ["id", "item"])?.into_iter().map(|[id, item]| (id, item)).collect())
}

/// `item,neighbour,sim` of the items that most people bought.
pub fn csv(bought: &Bought, items_max: usize) -> Result<String, Failure> {
    let mut buyers: BTreeMap<&str, usize> = BTreeMap::new();
    bought.iter().for_each(|(_, item)| *buyers.entry(item).or_default() += 1);
    let mut items: Vec<&str> = buyers.keys().copied().collect();
    items.sort_by_key(|item| (std::cmp::Reverse(buyers.get(item)), *item));
    items.truncate(items_max.min(neighbours::ITEMS_MAX));
    let mut text = String::from("item,neighbour,sim\n");
    for (item, row) in fit(bought, &items)? {
        for neighbour in row {
            let names = items.get(usize::from(item)).zip(items.get(usize::from(neighbour.item)));
            let Some((item, other)) = names else { continue };
            text.push_str(&format!("{},{},{}\n", cell(item), cell(other), neighbour.weight));
        }
    }
    Ok(text)
}

/// A catalogue (JSON, `items` as phones take them) with a table of its own items, whatever table it had.
pub fn catalogue(bought: &Bought, text: &str) -> Result<String, Failure> {
    let bad = |why: &str| Failure::new(format!("the catalogue can't be used: {why}"));
    let mut all: Map<String, Value> = serde_json::from_str(text).map_err(|error| bad(&error.to_string()))?;
    let items = all.get("items").and_then(Value::as_array).ok_or_else(|| bad("it has no list `items`"))?;
    let ids: Option<Vec<&str>> = items.iter().map(|item| item.get(0)?.as_str()).collect();
    let ids = ids.ok_or_else(|| bad("an item does not begin with its id"))?;
    let table = neighbours::bytes(&fit(bought, &ids)?)?;
    all.insert("neighbours".to_owned(), STANDARD.encode(table).into());
    let lines: Vec<String> =
        all.iter().map(|(name, value)| format!("{}: {}", Value::from(name.as_str()), rows(value))).collect();
    Ok(format!("{{\n{}\n}}\n", lines.join(",\n")))
}

/// A list with a line for each of its lists, so that people can read and compare it; anything else as it is.
fn rows(value: &Value) -> String {
    match value.as_array() {
        Some(items) if items.first().is_some_and(Value::is_array) => {
            let lines: Vec<String> = items.iter().map(Value::to_string).collect();
            format!("[\n{}\n]", lines.join(",\n"))
        }
        _ => value.to_string(),
    }
}

/// Positions are those of `items`; what else was bought does not count.
fn fit(bought: &Bought, items: &[&str]) -> Result<neighbours::Table, Failure> {
    let places: BTreeMap<&str, u16> = items.iter().copied().zip(0..).collect();
    let people: BTreeSet<&str> = bought.iter().map(|(id, _)| id.as_str()).collect();
    let people: BTreeMap<&str, usize> = people.into_iter().zip(0..).collect();
    let pair = |(id, item): &(String, String)| Some((*people.get(id.as_str())?, *places.get(item.as_str())?));
    neighbours::fit(&bought.iter().filter_map(pair).collect(), items.len(), NEIGHBOURS)
}

fn cell(text: &str) -> String {
    match text.contains([',', '"', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use huitou::engine::insight::catalogue::Catalogue;

    /// Half of them buy tea and cake, the others coffee and milk.
    fn bought() -> Bought {
        let half = |n: usize| if n.is_multiple_of(2) { ["tea", "cake"] } else { ["coffee", "milk"] };
        (0..60).flat_map(|n| half(n).map(|item| (format!("p{n}"), item.to_owned()))).collect()
    }

    #[test]
    fn a_catalogue_gets_a_table_in_its_own_order() {
        let text = r#"{"neighbours":"old","items":[["milk","a",1,9],["tea","b",1,9],["new","b",1,9],["cake","c",1,9,0]],"app":"x"}"#;
        let made = catalogue(&bought(), text).unwrap();
        assert!(made.contains("\n\"items\": [\n[\"milk\",\"a\",1,9],\n"), "{made}");
        let read = Catalogue::read(&made).unwrap();
        let spoken_for = |speaker| read.neighbours[0].of(speaker).map(|other| other.item).collect::<Vec<_>>();
        assert_eq!(
            [0, 1, 2, 3].map(spoken_for),
            [vec![], vec![3], vec![], vec![1]],
            "tea and cake; coffee is not on offer"
        );
        assert_eq!(catalogue(&bought(), &made).unwrap(), made, "again the same");
    }

    #[test]
    fn what_is_no_catalogue_is_refused_with_its_reason() {
        for (text, why) in
            [("{", "EOF"), ("{}", "no list"), (r#"{"items":[[]]}"#, "its id"), (r#"{"items":[7]}"#, "its id")]
        {
            let told = catalogue(&bought(), text).unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
        }
    }

    #[test]
    fn the_csv_has_the_best_bought() {
        assert_eq!(csv(&bought(), 2).unwrap(), "item,neighbour,sim\n", "nobody has both cake and coffee");
        assert_eq!(
            csv(&bought(), 9).unwrap(),
            "item,neighbour,sim\ncake,tea,255\ncoffee,milk,255\nmilk,coffee,255\ntea,cake,255\n"
        );
    }
}
