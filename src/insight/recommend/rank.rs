//! Scores of all items, then the best of them, one by one.

use crate::insight::model::number::amount;

use super::table::Neighbour;
use super::{Deed, Item, Kind, Pick, Reason, Shelf, Wish};

/// A view speaks less than a purchase. Guessed: no public log has both.
const VIEW: f64 = 0.2;
/// Of what is new: how much an item of the categories that she buys most counts beside neighbours.
const CATEGORY: f64 = 0.2;
/// Of what is new: how much the most popular item counts; decides where nothing is known of her.
const POPULAR: f64 = 0.05;
/// Of what she bought: how much the most popular item counts beside one purchase today.
const POPULAR_AGAIN: f64 = 0.1;
/// New items stand behind anything bought within the last year, but for what was bought once long ago.
const NEW_AMONG_OWN: f64 = 0.05;

/// Nobody does more; sums of this stay finite.
const DEEDS_MAX: f64 = 1e6;

/// What is known of an item for this person.
#[derive(Clone, Copy, Default)]
struct Mark {
    bought: f64,
    viewed: f64,
    is_resting: bool,
    /// Sum of the neighbours that she has, and the loudest of them.
    neighbours: f64,
    loudest: (f64, u16),
    /// Her category speaks louder for it than its popularity does.
    is_near: bool,
    is_taken: bool,
    score: f64,
}

/// The best items for a wish, best first; fewer than wanted if no more fit. Equal scores go to the lower id. Numbers
/// that are none count as 0, and an unknown item asked for gives nothing.
pub fn recommend(shelf: &Shelf, deeds: &[Deed], wish: &Wish) -> Vec<Pick> {
    let mut marks = vec![Mark::default(); shelf.items.len()];
    for deed in deeds {
        if let Some(mark) = marks.get_mut(usize::from(deed.item)) {
            mark.bought = amount(deed.bought, DEEDS_MAX);
            mark.viewed = amount(deed.viewed, DEEDS_MAX);
            let is_durable = shelf.items.get(usize::from(deed.item)).is_some_and(|item| item.is_durable);
            mark.is_resting = is_durable && mark.bought > 0.0 && deed.bought_days_ago < wish.durable_days;
        }
    }
    match wish.kind {
        Kind::Similar(seed) if usize::from(seed) < marks.len() => hear_of(shelf, &mut marks, seed),
        Kind::Similar(_) => return Vec::new(),
        _ => hear(shelf, &mut marks),
    }
    score(shelf.items, &mut marks, wish.kind);
    best(shelf.items, &marks, wish)
}

/// Who of her own speaks for each item.
fn hear(shelf: &Shelf, marks: &mut [Mark]) {
    let presence: Vec<f64> =
        marks.iter().map(|own| if own.bought > 0.0 { 1.0 } else { own.viewed.min(1.0) * VIEW }).collect();
    for shard in shelf.neighbours {
        for (speaker, own) in (0..).zip(&presence).filter(|(_, own)| **own > 0.0) {
            for Neighbour { item, weight } in shard.of(speaker) {
                if let Some(mark) = marks.get_mut(usize::from(item)) {
                    mark.add(own * f64::from(weight), speaker);
                }
            }
        }
    }
}

/// Who speaks for an item, or is spoken for by it.
fn hear_of(shelf: &Shelf, marks: &mut [Mark], seed: u16) {
    for shard in shelf.neighbours {
        for Neighbour { item, weight } in shard.of(seed) {
            if let Some(mark) = marks.get_mut(usize::from(item)) {
                mark.add(f64::from(weight), seed);
            }
        }
        for (speaker, mark) in (0..).zip(marks.iter_mut()) {
            shard
                .of(speaker)
                .filter(|other| other.item == seed)
                .for_each(|other| mark.add(f64::from(other.weight), seed));
        }
    }
    if let Some(mark) = marks.get_mut(usize::from(seed)) {
        mark.is_taken = true;
    }
}

impl Mark {
    fn add(&mut self, weight: f64, from: u16) {
        self.neighbours += weight;
        if weight > self.loudest.0 {
            self.loudest = (weight, from);
        }
    }
}

/// Sums by category.
struct Affinity {
    own: Vec<f64>,
    popularity: Vec<f64>,
}

impl Affinity {
    fn of(items: &[Item], marks: &[Mark], kind: Kind) -> Affinity {
        let categories = items.iter().fold(0, |most, item| most.max(usize::from(item.category) + 1));
        let mut sums = Affinity { own: vec![0.0; categories], popularity: vec![0.0; categories] };
        for (position, (item, mark)) in items.iter().zip(marks).enumerate() {
            let own = match kind {
                Kind::Similar(seed) => f64::from(u8::from(usize::from(seed) == position)),
                _ => mark.bought + VIEW * mark.viewed,
            };
            let category = usize::from(item.category);
            if let (Some(sum), Some(all)) = (sums.own.get_mut(category), sums.popularity.get_mut(category)) {
                *sum += own;
                *all += f64::from(item.popularity);
            }
        }
        sums
    }

    /// What she does in the item's category, times the item's share of it.
    fn to(&self, item: &Item) -> f64 {
        let category = usize::from(item.category);
        let (own, all) = (self.own.get(category), self.popularity.get(category));
        match (own, all) {
            (Some(&own), Some(&all)) if all > 0.0 => own * f64::from(item.popularity) / all,
            _ => 0.0,
        }
    }
}

fn score(items: &[Item], marks: &mut [Mark], kind: Kind) {
    let affinity = Affinity::of(items, marks, kind);
    let (mut most_heard, mut nearest, mut most_bought_by) = (0.0, 0.0, 1);
    for (item, mark) in items.iter().zip(marks.iter()) {
        most_bought_by = item.popularity.max(most_bought_by);
        if mark.bought == 0.0 || matches!(kind, Kind::Similar(_)) {
            most_heard = mark.neighbours.max(most_heard);
            nearest = affinity.to(item).max(nearest);
        }
    }
    let share = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 0.0 };
    for (item, mark) in items.iter().zip(marks) {
        let popular = f64::from(item.popularity) / f64::from(most_bought_by);
        let near = CATEGORY * share(affinity.to(item), nearest);
        let fresh = share(mark.neighbours, most_heard) + near + POPULAR * popular + VIEW * mark.viewed.min(1.0);
        let is_own = mark.bought > 0.0;
        mark.is_near = near > POPULAR * popular;
        mark.is_taken |= mark.is_resting;
        match kind {
            Kind::Again => mark.is_taken |= !is_own,
            Kind::New => mark.is_taken |= is_own,
            Kind::Similar(_) => mark.is_taken |= mark.neighbours == 0.0 && near == 0.0,
            Kind::Mixed => {}
        }
        mark.score = match kind {
            Kind::Again | Kind::Mixed if is_own => mark.bought + POPULAR_AGAIN * popular,
            Kind::Mixed => NEW_AMONG_OWN * fresh,
            _ => fresh,
        };
    }
}

/// Takes the best one again and again; once a category has its share, what is left of it waits behind all others.
fn best(items: &[Item], marks: &[Mark], wish: &Wish) -> Vec<Pick> {
    let score = |mark: &Mark| if mark.is_taken { f64::NEG_INFINITY } else { mark.score };
    let mut left: Vec<f64> = marks.iter().map(score).collect();
    let (mut waiting, mut picks) = (vec![f64::NEG_INFINITY; left.len()], Vec::new());
    while picks.len() < wish.n {
        let Some(position) = highest(&left).or_else(|| highest(&waiting)) else { break };
        let (Some(mark), Some(item)) = (marks.get(position), items.get(position)) else { break };
        for pool in [&mut left, &mut waiting] {
            pool.iter_mut().skip(position).take(1).for_each(|score| *score = f64::NEG_INFINITY);
        }
        picks.push(Pick { item: position as u16, reason: reason(mark, wish.kind), score: mark.score });
        let category = |pick: &Pick| items.get(usize::from(pick.item)).map(|item| item.category);
        if picks.iter().filter(|pick| category(pick) == Some(item.category)).count() == wish.per_category_max {
            close(items, item.category, (&mut left, &mut waiting));
        }
    }
    picks
}

/// Moves what is left of a category to where it waits.
fn close(items: &[Item], category: u16, (left, waiting): (&mut [f64], &mut [f64])) {
    for ((item, left), waiting) in items.iter().zip(left).zip(waiting) {
        if item.category == category {
            core::mem::swap(left, waiting);
        }
    }
}

/// The first of the highest scores; `None` if all are taken.
fn highest(left: &[f64]) -> Option<usize> {
    let (mut found, mut most) = (None, f64::NEG_INFINITY);
    for (position, &score) in left.iter().enumerate() {
        if score > most {
            (found, most) = (Some(position), score);
        }
    }
    found
}

fn reason(mark: &Mark, kind: Kind) -> Reason {
    let (loudest, from) = mark.loudest;
    if mark.bought > 0.0 && matches!(kind, Kind::Again | Kind::Mixed) {
        Reason::Bought
    } else if loudest > 0.0 {
        Reason::GoesWith(from)
    } else if mark.viewed > 0.0 {
        Reason::Viewed
    } else if mark.is_near {
        Reason::Category
    } else {
        Reason::Popular
    }
}

#[cfg(test)]
mod tests {
    use super::super::table::Neighbours;
    use super::*;

    /// Tea 0..3, cups 3..5, a kettle 5, cake 6..9; popularity falls with the id.
    fn items() -> Vec<Item> {
        let category = |id: u16| [0, 0, 0, 1, 1, 2, 3, 3, 3][usize::from(id)];
        (0..9).map(|id| Item { category: category(id), popularity: 100 - u32::from(id), is_durable: id == 5 }).collect()
    }

    fn table() -> [Neighbours; 1] {
        let speak = |pairs: &[(u16, u8)]| pairs.iter().map(|&(item, weight)| Neighbour { item, weight }).collect();
        let rows = [(1, speak(&[(6, 40)])), (5, speak(&[(0, 90)])), (8, speak(&[(0, 200), (1, 90)]))];
        [Neighbours::new(&Neighbours::encode(&rows).unwrap(), 9).unwrap()]
    }

    fn bought(item: u16, bought: f64, bought_days_ago: u32) -> Deed {
        Deed { item, bought, bought_days_ago, viewed: 0.0 }
    }

    fn picks(deeds: &[Deed], wish: Wish) -> Vec<(u16, Reason)> {
        let (items, neighbours) = (items(), table());
        let shelf = Shelf { items: &items, neighbours: &neighbours };
        recommend(&shelf, deeds, &wish).iter().map(|pick| (pick.item, pick.reason)).collect()
    }

    #[test]
    fn what_she_buys_comes_first_then_what_goes_with_it() {
        let deeds = [bought(0, 0.9, 3), bought(4, 2.5, 1)];
        let found = picks(&deeds, Wish::of(Kind::Mixed, 4));
        assert_eq!(found[..3], [(4, Reason::Bought), (0, Reason::Bought), (8, Reason::GoesWith(0))]);
        let again: Vec<u16> = picks(&deeds, Wish::of(Kind::Again, 4)).iter().map(|pick| pick.0).collect();
        assert_eq!(again, [4, 0], "no more than there are");
        let new = picks(&deeds, Wish::of(Kind::New, 9));
        assert_eq!((new.len(), new[0], new[1]), (7, (8, Reason::GoesWith(0)), (5, Reason::GoesWith(0))));
        assert!(new.contains(&(3, Reason::Category)) && new.contains(&(6, Reason::Popular)), "{new:?}");
    }

    #[test]
    fn nothing_known_is_what_most_people_buy() {
        let found = picks(&[], Wish::of(Kind::Mixed, 3));
        assert_eq!(found, [(0, Reason::Popular), (1, Reason::Popular), (3, Reason::Popular)], "two of three are tea");
        let viewed = Deed { item: 7, viewed: 2.0, ..Deed::default() };
        assert_eq!(picks(&[viewed], Wish::of(Kind::Mixed, 1)), [(7, Reason::Viewed)]);
    }

    #[test]
    fn a_category_has_its_share_while_others_are_left() {
        let wish = Wish { per_category_max: 1, ..Wish::of(Kind::Mixed, 9) };
        let ids: Vec<u16> = picks(&[], wish).iter().map(|pick| pick.0).collect();
        assert_eq!(ids, [0, 3, 5, 6, 1, 2, 4, 7, 8]);
    }

    #[test]
    fn a_kettle_is_not_bought_twice_a_year() {
        let shows =
            |days: u32, kind: Kind| picks(&[bought(5, 1.0, days)], Wish::of(kind, 9)).iter().any(|pick| pick.0 == 5);
        assert!(!shows(364, Kind::Mixed) && !shows(364, Kind::Again) && !shows(0, Kind::Similar(0)));
        assert!(shows(365, Kind::Mixed) && shows(365, Kind::Again));
    }

    #[test]
    fn similar_items_are_neighbours_of_either_side_and_of_the_category() {
        let found = picks(&[], Wish::of(Kind::Similar(0), 9));
        assert_eq!(found[0], (8, Reason::GoesWith(0)));
        let ids: Vec<u16> = found.iter().map(|pick| pick.0).collect();
        assert_eq!(ids, [8, 5, 1, 2], "neighbours, then tea");
        assert_eq!(picks(&[], Wish::of(Kind::Similar(6), 9))[0], (1, Reason::GoesWith(6)));
        assert_eq!(picks(&[], Wish::of(Kind::Similar(9), 9)), []);
    }

    #[test]
    fn nonsense_has_an_answer() {
        let deeds = [bought(0, f64::NAN, 0), bought(1, -3.0, 0), bought(700, 5.0, 0)];
        assert_eq!(picks(&deeds, Wish::of(Kind::Mixed, 3)), picks(&[], Wish::of(Kind::Mixed, 3)));
        assert_eq!(picks(&[bought(2, f64::INFINITY, 0)], Wish::of(Kind::Mixed, 1)), [(2, Reason::Bought)]);
        assert_eq!(picks(&[], Wish::of(Kind::Mixed, 0)), []);
        let empty = Shelf { items: &[], neighbours: &[] };
        assert_eq!(recommend(&empty, &deeds, &Wish::of(Kind::Mixed, 5)), []);
    }
}
