//! What she buys and looks at: categories with a rhythm each, and single items.

use super::habit::{decode_day, Often};
use crate::bytes::{Reader, Writer};
use crate::clock::Day;
use crate::event::portrait::{Thing, NAME_BYTES_MAX};
use crate::insight::rhythm::Rhythm;

/// Categories remembered: a household buys from some 20 a month.
pub const CATEGORIES_MAX: usize = 32;
/// Items remembered.
pub const ITEMS_MAX: usize = 128;
/// Of what an entry is worth: each time it was bought is worth as much as having been touched so many days later, up to
/// a year.
const DAYS_A_PURCHASE: i64 = 30;
const PURCHASES_MAX: u32 = 12;

/// What she does in a category.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Category {
    /// As the shop calls it.
    pub name: String,
    /// Days of purchases.
    pub bought: Rhythm,
    /// Views.
    pub viewed: Often,
}

/// What she does with an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// The shop's own id.
    pub id: String,
    /// Position of its category among [`Goods::categories`], if it was told.
    pub category: Option<u8>,
    /// Orders that held it.
    pub bought: Often,
    /// Views.
    pub viewed: Often,
    /// Orders that held it, ever; saturates.
    pub times: u16,
}

/// Both tables. What is worth least goes when one is full.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Goods {
    /// At most [`CATEGORIES_MAX`], in the order in which they were met.
    pub categories: Vec<Category>,
    /// At most [`ITEMS_MAX`], in the order in which they were met.
    pub items: Vec<Item>,
}

fn worth(last: Day, times: u32) -> i64 {
    i64::from(last.number()) + DAYS_A_PURCHASE * i64::from(times.min(PURCHASES_MAX))
}

impl Category {
    fn worth(&self) -> i64 {
        let bought = self.bought.span().map_or(Day::MIN, |(_, last)| last);
        worth(bought.max(self.viewed.last()), self.bought.days())
    }
}

impl Item {
    fn worth(&self) -> i64 {
        worth(self.bought.last().max(self.viewed.last()), self.times.into())
    }
}

/// A name that can be kept.
fn is_name(name: &str) -> bool {
    (1..=NAME_BYTES_MAX).contains(&name.len())
}

impl Goods {
    /// She looked at something.
    pub fn browse(&mut self, thing: &Thing, day: Day) {
        let category = self.category(&thing.category);
        if let Some(category) = self.at(category) {
            category.viewed.add(day);
        }
        if let Some(item) = self.item(&thing.item, category) {
            item.viewed.add(day);
        }
    }

    /// She bought something.
    pub fn buy(&mut self, thing: &Thing, day: Day) {
        let category = self.buy_of(&thing.category, day);
        if let Some(item) = self.item(&thing.item, category) {
            item.bought.add(day);
            item.times = item.times.saturating_add(1);
        }
    }

    /// She bought something of a category.
    pub fn buy_of(&mut self, category: &str, day: Day) -> Option<u8> {
        let position = self.category(category);
        if let Some(category) = self.at(position) {
            category.bought.add(day);
        }
        position
    }

    /// The item of that id.
    pub fn find(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }

    /// The name of an item's category; empty if it was not told.
    pub fn category_of(&self, item: &Item) -> &str {
        let category = item.category.and_then(|position| self.categories.get(usize::from(position)));
        category.map_or("", |category| &category.name)
    }

    fn at(&mut self, position: Option<u8>) -> Option<&mut Category> {
        self.categories.get_mut(usize::from(position?))
    }

    /// The position of a category, made if it is missing; `None` for a name that is none.
    fn category(&mut self, name: &str) -> Option<u8> {
        if !is_name(name) {
            return None;
        }
        if let Some(found) = self.categories.iter().position(|category| category.name == name) {
            return Some(found as u8);
        }
        let fresh = Category { name: name.to_owned(), ..Category::default() };
        if self.categories.len() < CATEGORIES_MAX {
            self.categories.push(fresh);
            return Some((self.categories.len() - 1) as u8);
        }
        let mut least = (0, i64::MAX);
        for (position, category) in self.categories.iter().enumerate() {
            if category.worth() < least.1 {
                least = (position, category.worth());
            }
        }
        let position = Some(least.0 as u8);
        for item in &mut self.items {
            if item.category == position {
                item.category = None;
            }
        }
        if let Some(place) = self.at(position) {
            *place = fresh;
        }
        position
    }

    /// The item of that id, made if it is missing.
    fn item(&mut self, id: &str, category: Option<u8>) -> Option<&mut Item> {
        if !is_name(id) {
            return None;
        }
        let found = self.items.iter().position(|item| item.id == id);
        let position = match found {
            Some(found) => found,
            None => self.place_for(Item { id: id.to_owned(), ..Item::default() }),
        };
        let item = self.items.get_mut(position)?;
        item.category = category.or(item.category);
        Some(item)
    }

    fn place_for(&mut self, fresh: Item) -> usize {
        if self.items.len() < ITEMS_MAX {
            self.items.push(fresh);
            return self.items.len() - 1;
        }
        let mut least = (0, i64::MAX);
        for (position, item) in self.items.iter().enumerate() {
            if item.worth() < least.1 {
                least = (position, item.worth());
            }
        }
        if let Some(place) = self.items.get_mut(least.0) {
            *place = fresh;
        }
        least.0
    }

    /// The clock was set back: days after this one have not been.
    pub fn forget_after(&mut self, day: Day) {
        for category in &mut self.categories {
            category.bought.forget_after(day);
            category.viewed.forget_after(day);
        }
        for item in &mut self.items {
            item.bought.forget_after(day);
            item.viewed.forget_after(day);
        }
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        w.count(self.categories.len());
        for category in &self.categories {
            w.text(&category.name);
            category.bought.encode(w);
            category.viewed.encode(w);
        }
        w.count(self.items.len());
        for item in &self.items {
            w.text(&item.id);
            w.byte(item.category.map_or(0, |position| position + 1));
            w.varint(item.times.into());
            item.bought.encode(w);
            item.viewed.encode(w);
        }
    }

    pub(super) fn decode(r: &mut Reader) -> Option<Goods> {
        let categories = r.list(|r| {
            let name = r.text().filter(|name| is_name(name))?.to_owned();
            Some(Category { name, bought: Rhythm::decode(r)?, viewed: Often::decode(r)? })
        })?;
        let count = categories.len();
        let items = r.list(|r| {
            let id = r.text().filter(|id| is_name(id))?.to_owned();
            let category = r.byte()?.checked_sub(1);
            let times = u16::try_from(r.varint()?).ok()?;
            let is_known = category.is_none_or(|position| usize::from(position) < count);
            let item = Item { id, category, times, bought: Often::decode(r)?, viewed: Often::decode(r)? };
            is_known.then_some(item)
        })?;
        (count <= CATEGORIES_MAX && items.len() <= ITEMS_MAX).then_some(Goods { categories, items })
    }
}

/// An item that she wants to hear of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// The shop's own id.
    pub item: String,
    /// Its price when she asked.
    pub price_fen: Option<u64>,
    /// Whether it was to be had then.
    pub in_stock: Option<bool>,
}

/// A flow, by its name: positions may mean something else under another program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowHabit {
    /// As the program calls it.
    pub name: String,
    /// The step reached by the attempt that is open, and the day of its first one.
    pub open: Option<(u8, Day)>,
    /// Attempts that another one followed before they ended.
    pub unfinished: Often,
    /// Where the latest of them broke off.
    pub broke_at: u8,
    /// Attempts that came to their end.
    pub finished: Often,
}

impl FlowHabit {
    /// An attempt reached a step.
    pub fn reach(&mut self, step: u8, is_last: bool, day: Day) {
        if let (0, Some((reached, begun))) = (step, self.open) {
            self.unfinished.add(begun);
            self.broke_at = reached;
        }
        let begun = self.open.filter(|_| step > 0).map_or(day, |(_, begun)| begun);
        self.open = (!is_last).then_some((step, begun));
        if is_last {
            self.finished.add(day);
        }
    }

    /// The step at which the open attempt stands, else where the latest unfinished one broke off.
    pub fn last_step(&self) -> u8 {
        self.open.map_or(self.broke_at, |(step, _)| step)
    }

    pub(super) fn encode(&self, w: &mut Writer) {
        w.text(&self.name);
        w.byte(self.open.map_or(0, |(step, _)| step + 1));
        if let Some((_, day)) = self.open {
            w.varint(day.number() as u64);
        }
        w.byte(self.broke_at);
        self.unfinished.encode(w);
        self.finished.encode(w);
    }

    pub(super) fn decode(r: &mut Reader) -> Option<FlowHabit> {
        let name = r.text()?.to_owned();
        let open = match r.byte()?.checked_sub(1) {
            Some(step) => Some((step, decode_day(r)?)),
            None => None,
        };
        let broke_at = r.byte()?;
        Some(FlowHabit { name, open, broke_at, unfinished: Often::decode(r)?, finished: Often::decode(r)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(number: i32) -> Day {
        Day::from_number(20_000 + number).unwrap()
    }

    fn thing(item: &str, category: &str) -> Thing {
        Thing { item: item.into(), category: category.into() }
    }

    #[test]
    fn what_was_bought_often_outlives_what_was_looked_at() {
        let mut goods = Goods::default();
        for purchase in 0..3 {
            goods.buy(&thing("tea", "green"), day(purchase));
        }
        for number in 0..ITEMS_MAX as i32 + 20 {
            goods.browse(&thing(&format!("cup {number}"), &format!("ware {}", number % 40)), day(10 + number / 8));
        }
        assert_eq!((goods.items.len(), goods.categories.len()), (ITEMS_MAX, CATEGORIES_MAX));
        assert_eq!(goods.find("tea").map(|tea| (tea.times, goods.category_of(tea))), Some((3, "green")));
        assert!(goods.find("cup 0").is_none() && goods.find("cup 147").is_some());
        for item in &goods.items {
            let number: Option<i32> = item.id.strip_prefix("cup ").map(|number| number.parse().unwrap());
            let expected = number.map_or("green".to_owned(), |number| format!("ware {}", number % 40));
            let found = goods.category_of(item);
            assert!(found.is_empty() || found == expected, "{} is said to be of {found}", item.id);
        }
    }

    #[test]
    fn names_that_are_none_are_passed_over() {
        let mut goods = Goods::default();
        goods.browse(&thing("", ""), day(0));
        goods.buy(&thing(&"x".repeat(41), &"y".repeat(41)), day(0));
        assert_eq!(goods, Goods::default());
        goods.buy(&thing("tea", ""), day(0));
        goods.buy(&thing("tea", "green"), day(1));
        goods.browse(&thing("tea", ""), day(2));
        assert_eq!(goods.category_of(&goods.items[0]), "green", "told once is enough");
    }

    #[test]
    fn an_attempt_is_unfinished_once_another_follows() {
        let mut flow = FlowHabit::default();
        for (step, is_last, number) in [(0, false, 0), (1, false, 0), (0, false, 5), (1, false, 5), (2, true, 6)] {
            flow.reach(step, is_last, day(number));
        }
        assert_eq!((flow.unfinished.is_empty(), flow.broke_at, flow.open), (false, 1, None));
        assert_eq!((flow.unfinished.last(), flow.finished.last()), (day(0), day(6)));
        flow.reach(0, false, day(9));
        assert_eq!((flow.open, flow.unfinished.last()), (Some((0, day(9))), day(0)), "still going on");
    }
}
