//! Which items speak for which: EASE (Steck 2019), its best few a row, in whole weights.
#![allow(clippy::indexing_slicing, reason = "positions are those of a matrix made for as many items")]

use std::collections::BTreeSet;

use huitou::insight::recommend::table::{Neighbour, Neighbours, NEIGHBOURS_MAX};
use nalgebra::DMatrix;

use crate::error::Failure;

/// Items of one table; the matrix of more does not fit into memory and time that a merchant has.
pub const ITEMS_MAX: usize = 5_000;
/// How strongly the table believes that nothing goes with anything; 100 to 600 are about as good.
const DOUBT: f64 = 300.0;

/// A row for each item: who speaks for it.
pub type Table = Vec<(u16, Vec<Neighbour>)>;

/// Fits a table on pairs of (person, item); at most `k` neighbours a row. Weights are on one scale, the loudest is 255.
pub fn fit(pairs: &BTreeSet<(usize, u16)>, items: usize, k: usize) -> Result<Table, Failure> {
    if items > ITEMS_MAX || k > NEIGHBOURS_MAX {
        let why = format!("a table has at most {ITEMS_MAX} items and {NEIGHBOURS_MAX} neighbours a row");
        return Err(Failure::new(why));
    }
    let inverse = together(pairs, items).cholesky().map(|decomposed| decomposed.inverse());
    let inverse = inverse.ok_or_else(|| Failure::new("the table could not be fitted: its matrix has no inverse"))?;
    let weight = |item: usize, other: usize| -inverse[(other, item)] / inverse[(item, item)];
    let others = |item: usize| (0..items).filter(move |&other| other != item);
    let loudest = (0..items).flat_map(|item| others(item).map(move |other| weight(item, other))).fold(0.0, f64::max);
    let row = |item: usize| {
        let mut all: Vec<(f64, usize)> = others(item).map(|other| (weight(item, other), other)).collect();
        all.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let whole = all.into_iter().take(k).map(|(weight, other)| (255.0 * weight / loudest, other));
        let heard = whole.filter(|(weight, _)| *weight >= 0.5);
        let row = heard.map(|(weight, other)| Neighbour { item: other as u16, weight: weight.round() as u8 });
        (item as u16, row.collect())
    };
    Ok((0..items).map(row).collect())
}

/// How many people have both, plus doubt on the diagonal.
fn together(pairs: &BTreeSet<(usize, u16)>, items: usize) -> DMatrix<f64> {
    let mut counts = DMatrix::<f64>::identity(items, items) * DOUBT;
    let all: Vec<(usize, u16)> = pairs.iter().copied().filter(|(_, item)| usize::from(*item) < items).collect();
    for basket in all.chunk_by(|a, b| a.0 == b.0) {
        for &(_, one) in basket {
            for &(_, other) in basket {
                counts[(usize::from(one), usize::from(other))] += 1.0;
            }
        }
    }
    counts
}

/// The bytes that a phone reads.
pub fn bytes(table: &Table) -> Result<Vec<u8>, Failure> {
    Neighbours::encode(table).ok_or_else(|| Failure::new("the table's rows are out of order"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bought_together_speaks_for_each_other() {
        // Tea and cake go together; milk goes with everything.
        let mut pairs = BTreeSet::new();
        for person in 0..400usize {
            let tea = person % 2 == 0;
            pairs.extend([(person, if tea { 0 } else { 2 }), (person, if tea { 1 } else { 3 }), (person, 4)]);
        }
        let table = fit(&pairs, 5, 2).unwrap();
        assert_eq!(table[1].1[0].item, 0, "{table:?}");
        assert_eq!(table[2].1[0], Neighbour { item: 3, weight: table[3].1[0].weight });
        assert!(table.iter().flat_map(|(_, row)| row).any(|neighbour| neighbour.weight == 255));
        assert!(Neighbours::new(&bytes(&table).unwrap(), 5).is_some());
        assert!(fit(&pairs, 5_001, 2).is_err());
    }
}
