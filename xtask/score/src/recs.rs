//! `score recs`: what to show to each person.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result};
use huitou::clock::Day;
use huitou::insight::recent::Recent;
use huitou::insight::recommend::table::{Neighbour, Neighbours, NEIGHBOURS_MAX};
use huitou::insight::recommend::{recommend, Deed, Item, Kind, Shelf, Wish};
use huitou_collector::fit::days::rows;

/// Of each kind.
const SHOWN: usize = 10;
/// As which day the cut is scored: only distances count.
const CUT_DAY: i64 = 29_000;

/// All that the files hold, by positions.
pub(crate) struct Shop {
    pub(crate) ids: Vec<String>,
    pub(crate) items: Vec<Item>,
    /// What each person did.
    pub(crate) people: BTreeMap<String, Vec<Deed>>,
}

/// Lists of one person, as positions of items.
pub(crate) struct Lists {
    pub(crate) mixed: Vec<u16>,
    pub(crate) new: Vec<u16>,
}

pub(crate) fn score([history, items, table]: [&Path; 3], out: &Path) -> Result<()> {
    let shop = Shop::read(history, items)?;
    let neighbours = [shop.table(table)?];
    let mut found = Vec::new();
    for (id, deeds) in &shop.people {
        let Lists { mut mixed, new } = shop.lists(deeds, &neighbours);
        let fresh: Vec<u16> = new.into_iter().filter(|item| !mixed.contains(item)).collect();
        mixed.extend(fresh);
        let names = mixed.iter().filter_map(|&item| shop.ids.get(usize::from(item)));
        found.extend(names.map(|name| [id.clone(), name.clone()]));
    }
    crate::write(out, ["id", "item"], found.into_iter())
}

impl Shop {
    pub(crate) fn read(history: &Path, items: &Path) -> Result<Shop> {
        let listed = rows(items, ["item", "users", "category"])?;
        let categories: BTreeSet<&String> = listed.iter().map(|[_, _, category]| category).collect();
        let categories: BTreeMap<&String, u16> = categories.into_iter().zip(0..).collect();
        let item = |[_, users, category]: &[String; 3]| Item {
            category: categories.get(category).copied().unwrap_or_default(),
            popularity: users.parse().unwrap_or_default(),
            is_durable: false,
        };
        let catalogue = listed.iter().map(item).collect();
        let ids: Vec<String> = listed.iter().map(|[id, ..]| id.clone()).collect();
        Ok(Shop { people: people(history, &positions(&ids))?, items: catalogue, ids })
    }

    /// The table of a file `item,neighbour,sim` as a phone would hold it.
    pub(crate) fn table(&self, file: &Path) -> Result<Neighbours> {
        let positions = positions(&self.ids);
        let mut table: BTreeMap<u16, Vec<(f64, u16)>> = BTreeMap::new();
        for [item, neighbour, similarity] in rows(file, ["item", "neighbour", "sim"])? {
            let known = positions.get(item.as_str()).zip(positions.get(neighbour.as_str()));
            let similarity: f64 = similarity.parse().with_context(|| format!("{similarity} is no number"))?;
            if let (Some((&item, &neighbour)), true) = (known, similarity > 0.0) {
                table.entry(item).or_default().push((similarity, neighbour));
            }
        }
        let loudest = table.values().flatten().map(|(similarity, _)| *similarity).fold(0.0, f64::max);
        let row = |(item, mut row): (u16, Vec<(f64, u16)>)| {
            row.sort_by(|a, b| b.0.total_cmp(&a.0));
            let neighbour =
                |&(weight, item): &(f64, u16)| Neighbour { item, weight: (255.0 * weight / loudest).round() as u8 };
            (item, row.iter().take(NEIGHBOURS_MAX).map(neighbour).collect())
        };
        let table: Vec<(u16, Vec<Neighbour>)> = table.into_iter().map(row).collect();
        let bytes = Neighbours::encode(&table).context("a pair stands in the table twice")?;
        Neighbours::new(&bytes, self.items.len()).context("the table is larger than a phone takes")
    }

    pub(crate) fn lists(&self, deeds: &[Deed], neighbours: &[Neighbours]) -> Lists {
        let shelf = Shelf { items: &self.items, neighbours };
        let of =
            |kind: Kind| recommend(&shelf, deeds, &Wish::of(kind, SHOWN)).into_iter().map(|pick| pick.item).collect();
        Lists { mixed: of(Kind::Mixed), new: of(Kind::New) }
    }
}

pub(crate) fn positions(ids: &[String]) -> BTreeMap<&str, u16> {
    ids.iter().map(String::as_str).zip(0..).collect()
}

/// What each person's phone would have counted of each item.
fn people(history: &Path, positions: &BTreeMap<&str, u16>) -> Result<BTreeMap<String, Vec<Deed>>> {
    let today = Day::MIN.plus(CUT_DAY);
    let mut counts: BTreeMap<String, BTreeMap<u16, Recent>> = BTreeMap::new();
    for [id, days_before, item] in rows(history, ["id", "t_days_before_cut", "item"])? {
        let days_before: f64 = days_before.parse().with_context(|| format!("{days_before} is no number of days"))?;
        let person = counts.entry(id).or_default();
        if let Some(&item) = positions.get(item.as_str()) {
            person.entry(item).or_default().add(today.plus(-(days_before as i64)));
        }
    }
    let deed = |(&item, recent): (&u16, &Recent)| Deed {
        item,
        bought: recent.weight(today),
        viewed: 0.0,
        bought_days_ago: recent.days_since(today).unwrap_or_default(),
    };
    Ok(counts.into_iter().map(|(id, items)| (id, items.iter().map(deed).collect())).collect())
}
