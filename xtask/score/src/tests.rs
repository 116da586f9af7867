//! Every command on files of its own.

use std::path::PathBuf;

use crate::{churn, cycle, recs};

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        std::fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn rows(&self, name: &str) -> Vec<(String, String)> {
        let text = std::fs::read_to_string(self.path(name)).unwrap();
        text.lines().map(|line| line.split_once(',').unwrap()).map(|(a, b)| (a.to_owned(), b.to_owned())).collect()
    }
}

const FLEET: &str = r#"{"cut": "2017-09-30", "horizon_days": 7, "unit_days": 7, "nbd": [1, 2],
    "mbgnbd": {"k": 1, "r": 1, "alpha": 2, "a": 1, "b": 3}, "logit7": {"w": [0, 1, 0, 0, 0, 0, 0], "b": 0}}"#;

#[test]
fn chances_are_those_of_the_model_that_was_asked_for() {
    let folder = Folder::new();
    let events = folder.file("e.csv", "id,date,v\nb,2017-09-30,1\na,2017-09-16,1\na,2017-09-30,2\nc,2017-10-01,2\n");
    let (fleet, out) = (folder.file("f.json", FLEET), folder.path("o.csv"));
    let chances = |model: Option<&str>| {
        churn::score(&events, &fleet, &out, model).unwrap();
        let rows = folder.rows("o.csv");
        assert_eq!(rows[0], ("id".to_owned(), "prob".to_owned()));
        rows[1..].iter().map(|(id, chance)| (id.clone(), chance.parse::<f64>().unwrap())).collect::<Vec<_>>()
    };
    let logistic = chances(None);
    assert_eq!(logistic.len(), 2, "c came after the cut");
    // ln(1 + x) of one repeated day: the logistic of ln 2 is 2/3; of none it is 1/2.
    assert!((logistic[0].1 - 2.0 / 3.0).abs() < 1e-12 && (logistic[1].1 - 0.5).abs() < 1e-12, "{logistic:?}");
    assert_eq!(chances(Some("logistic")), logistic);
    // P(alive) is 1 / (1 + a / b) today; two weeks and α make 4, one week more 5.
    let mbg = chances(Some("mbg"));
    assert!((mbg[1].1 - 0.75 * (1.0 - 2.0 / 3.0)).abs() < 1e-12, "{mbg:?}");
    assert!((mbg[0].1 - 0.8 * (1.0 - 16.0 / 25.0)).abs() < 1e-12, "{mbg:?}");
    assert!(churn::score(&events, &fleet, &out, Some("magic")).is_err());
}

#[test]
fn the_next_purchase_is_never_before_tomorrow() {
    let folder = Folder::new();
    let history = folder.file(
        "h.csv",
        "id,date\n1|TEA,2017-08-01\n1|TEA,2017-08-08\n1|TEA,2017-08-15\n2|NEW,2017-09-01\n2|NEW,2017-09-15\n",
    );
    let fleet = r#"{"cut": "2017-09-15", "glob": [1.6, 2.4, 44], "within": 0.8, "between": 0.36,
                    "cats": {"TEA": [1.6, 3, 30]}, "catmed": {"TEA": 10, "SOAP": 60, "OIL": 40}}"#;
    let (fleet, out) = (folder.file("f.json", fleet), folder.path("o.csv"));
    cycle::score(&history, &fleet, &out).unwrap();
    let days: Vec<f64> = folder.rows("o.csv")[1..].iter().map(|(_, days)| days.parse().unwrap()).collect();
    assert!(days.len() == 2 && days[0] > 32.0 && days[1] > 14.0 && days[1] < 40.0, "{days:?}");
}

#[test]
fn lists_begin_with_what_she_buys_and_end_with_what_is_new() {
    let folder = Folder::new();
    let history = folder.file("h.csv", "id,t_days_before_cut,item,category\nann,3,t,TEA\nann,40,t,TEA\nann,90,c,CUP\n");
    let items: String = (0..14).map(|n| format!("x{n},{},SOAP\n", 50 - n)).collect();
    let items = folder.file("i.csv", &format!("item,users,category\nt,90,TEA\nc,80,CUP\n{items}"));
    let table = folder.file("t.csv", "item,neighbour,sim\nx13,t,0.9\nt,x5,0.2\n");
    let out = folder.path("o.csv");
    recs::score([&history, &items, &table], &out).unwrap();
    let rows = folder.rows("o.csv");
    let listed: Vec<&str> = rows[1..].iter().map(|(_, item)| item.as_str()).collect();
    assert_eq!(listed[..3], ["t", "c", "x13"]);
    assert!(listed.len() == 12 && rows[1].0 == "ann", "ten, and two more that are new: {listed:?}");
}
