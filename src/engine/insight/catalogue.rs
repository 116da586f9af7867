//! What the shop offers, as the app hands it over at each start: nothing of it is stored.

use crate::bytes::from_base64;
use crate::clock::Day;
use crate::error::Error;
use crate::insight::portrait::Portrait;
use crate::insight::recommend::table::Neighbours;
use crate::insight::recommend::{Deed, Item};
use crate::program::not_read;
use crate::program::value::{parse_within, Limits, Value};

/// The largest catalogue: 5,000 items with a table of 20 neighbours each.
pub const CATALOGUE_BYTES_MAX: usize = 1024 * 1024;
/// The most items.
pub const ITEMS_MAX: usize = 5_000;
const DURABLE: i64 = 1;
const OUT_OF_STOCK: i64 = 2;

/// An item besides what a ranking needs.
#[derive(Debug, Default)]
pub struct Entry {
    /// The shop's own id.
    pub id: String,
    /// What it costs.
    pub price_fen: u64,
    /// It is not to be had.
    pub is_out: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub struct Catalogue {
    /// In the order in which they were handed over.
    pub items: Vec<Item>,
    /// The same items.
    pub entries: Vec<Entry>,
    /// Names that [`Item::category`] points to.
    pub categories: Vec<String>,
    /// Who speaks for whom.
    pub neighbours: Vec<Neighbours>,
    /// Positions of items plus one by a hash of their ids, 0 where nothing is; twice as many places as items.
    places: Vec<u16>,
}

impl Catalogue {
    /// Reads `{"items": [[id, category, price_fen, popularity 0..=255, flags]], "neighbours": base64 or a list of them}`.
    ///
    /// # Errors
    /// `catalogue_too_big`, `catalogue_not_json`, `catalogue_invalid` with the path of what is wrong; nothing changes then.
    pub fn read(text: &str) -> Result<Catalogue, Error> {
        let limits = Limits { bytes_max: CATALOGUE_BYTES_MAX, depth_max: 4, fields_max: 8 };
        let raw = parse_within(text, limits)
            .map_err(|fault| not_read(text, fault, ["catalogue_too_big", "catalogue_not_json"]))?;
        let mut catalogue = Catalogue::default();
        let items = raw.get("items").and_then(Value::as_list).filter(|items| items.len() <= ITEMS_MAX);
        let items = items.ok_or_else(|| bad("items", "expected a list of at most 5,000 items"))?;
        catalogue.places = vec![0; (2 * items.len()).next_power_of_two()];
        for item in items {
            let message = "expected [id, category, price_fen, popularity, flags], each id once";
            catalogue.add(item).ok_or_else(|| bad("items", message))?;
        }
        catalogue.hear(raw.get("neighbours")).ok_or_else(|| bad("neighbours", "expected tables as fit writes them"))?;
        Ok(catalogue)
    }

    fn add(&mut self, item: &Value) -> Option<()> {
        let [id, category, price_fen, rest @ ..] = item.as_list()? else { return None };
        let number = |position: usize| rest.get(position).map_or(Some(0), Value::as_i64);
        let (id, category) = (id.as_str().filter(|id| !id.is_empty())?, category.as_str()?);
        let (popularity, flags) = (u32::try_from(number(0)?).ok().filter(|&popularity| popularity < 256)?, number(1)?);
        let price_fen = u64::try_from(price_fen.as_i64()?).ok()?;
        let place = self.place(id);
        let slot = self.places.get_mut(place).filter(|slot| **slot == 0)?;
        *slot = self.items.len() as u16 + 1;
        let category = self.category(category);
        self.items.push(Item { category, popularity, is_durable: flags & DURABLE != 0 });
        self.entries.push(Entry { id: id.to_owned(), price_fen, is_out: flags & OUT_OF_STOCK != 0 });
        Some(())
    }

    fn category(&mut self, name: &str) -> u16 {
        let found = self.categories.iter().position(|known| known == name);
        let position = found.unwrap_or_else(|| {
            self.categories.push(name.to_owned());
            self.categories.len() - 1
        });
        position as u16
    }

    fn hear(&mut self, neighbours: Option<&Value>) -> Option<()> {
        match neighbours {
            None | Some(Value::Null) => {}
            Some(Value::Text(text)) => self.hear_of(text)?,
            Some(shards) => {
                for shard in shards.as_list()? {
                    self.hear_of(shard.as_str()?)?;
                }
            }
        }
        Some(())
    }

    fn hear_of(&mut self, text: &str) -> Option<()> {
        let shard = Neighbours::new(&from_base64(text)?, self.items.len())?;
        self.neighbours.push(shard);
        Some(())
    }

    /// Where an id stands among the places, or would.
    fn place(&self, id: &str) -> usize {
        let mut hash = 0x811c_9dc5u32;
        for byte in id.bytes() {
            hash = (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        }
        let mask = self.places.len().wrapping_sub(1);
        let mut place = hash as usize & mask;
        while let Some(position) = self.at(place) {
            if self.entries.get(position).is_some_and(|entry| entry.id == id) {
                break;
            }
            place = (place + 1) & mask;
        }
        place
    }

    fn at(&self, place: usize) -> Option<usize> {
        usize::from(*self.places.get(place)?).checked_sub(1)
    }

    /// The position of an item.
    pub fn find(&self, id: &str) -> Option<usize> {
        self.at(self.place(id))
    }

    /// What a person did with what is offered.
    pub fn deeds(&self, portrait: &Portrait, today: Day) -> Vec<Deed> {
        let mut deeds = Vec::new();
        for habit in &portrait.goods.items {
            if let Some(position) = self.find(&habit.id) {
                let days = today.since(habit.bought.last()).max(0) as u32;
                let (bought, viewed) = (habit.bought.weight(today), habit.viewed.weight(today));
                deeds.push(Deed { item: position as u16, bought, viewed, bought_days_ago: days });
            }
        }
        deeds
    }
}

fn bad(path: &str, message: &str) -> Error {
    Error::new("catalogue_invalid", message).at(path)
}
