//! How evenly, and how independently.

use anyhow::{Context, Result};
use huitou::experiment::bucket::hash;

/// Names as people number them, and names that have nothing in common.
const ALIKE: [&str; 10] =
    ["exp-01", "exp-02", "exp-03", "exp-04", "exp-05", "exp-06", "exp-07", "exp-08", "exp-09", "exp-10"];
const UNLIKE: [&str; 10] = [
    "buy-colour",
    "新年礼包",
    "points-x2",
    "checkout_copy_long",
    "k3",
    "streak reminder",
    "COUPON",
    "home/hero",
    "tea",
    "9f86d081",
];

/// Standard deviations that a χ² may be off, and standard errors that a correlation may be: of some hundred figures
/// chance exceeds neither.
const Z_MAX: f64 = 4.0;
pub(crate) const PHI_ERRORS_MAX: f64 = 4.0;
const TENTHS: usize = 10;

/// All figures of one kind of ids under one version.
pub(crate) struct Found {
    /// Of each seed, how far χ² over its buckets is from what chance makes, in standard deviations.
    even_z: Vec<f64>,
    pub(crate) alike: Pairs,
    pub(crate) unlike: Pairs,
    phi_max: f64,
}

/// The worst of all pairs of ten seeds.
#[derive(Debug)]
pub(crate) struct Pairs {
    /// The largest correlation of two halves.
    pub(crate) phi_worst: f64,
    /// The smallest and the largest share of people that are in the same half twice.
    pub(crate) same: (f64, f64),
    /// The largest z of χ² over 10 × 10 tenths.
    pub(crate) z_worst: f64,
}

impl Found {
    pub(crate) fn uneven_worst(&self) -> f64 {
        self.even_z.iter().fold(0.0, |worst, z| worst.max(z.abs()))
    }

    /// Seeds whose buckets are not even; too even is not even either.
    pub(crate) fn uneven(&self) -> usize {
        self.even_z.iter().filter(|z| z.abs() > Z_MAX).count()
    }

    /// What chance does not explain.
    pub(crate) fn faults(&self) -> Vec<&'static str> {
        let is_bad = |pairs: &Pairs| pairs.phi_worst > self.phi_max || pairs.z_worst > Z_MAX;
        let faults = [("uneven", self.uneven() > 0), ("alike", is_bad(&self.alike)), ("unlike", is_bad(&self.unlike))];
        faults.iter().filter(|(_, is_found)| *is_found).map(|(name, _)| *name).collect()
    }
}

/// Hashes every id under every seed.
pub(crate) fn measure(ids: &[String], version: u32) -> Result<Found> {
    let mut even_z = Vec::new();
    let mut group = |seeds: &[&str]| -> Result<Pairs> {
        let mut tenths = Vec::new();
        for seed in seeds {
            let (z, of_seed) = one_seed(ids, seed, version)?;
            even_z.push(z);
            tenths.push(of_seed);
        }
        Ok(pairs(&tenths))
    };
    let (alike, unlike) = (group(&ALIKE)?, group(&UNLIKE)?);
    Ok(Found { even_z, alike, unlike, phi_max: PHI_ERRORS_MAX / (ids.len() as f64).sqrt() })
}

/// z of the buckets, and each id's tenth.
fn one_seed(ids: &[String], seed: &str, version: u32) -> Result<(f64, Vec<u8>)> {
    let buckets = if version == 1 { 1_000 } else { 10_000 };
    let (mut counts, mut tenths) = (vec![0u32; buckets], Vec::with_capacity(ids.len()));
    for id in ids {
        let number = hash(seed, id, version).context("no such version of the hash")?;
        let bucket = (number * buckets as f64).round() as usize;
        counts.get_mut(bucket).map(|count| *count += 1).context("a number that is not below 1")?;
        tenths.push((bucket * TENTHS / buckets) as u8);
    }
    let expected = ids.len() as f64 / buckets as f64;
    let chi2 = counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
    Ok((standardised(chi2, (buckets - 1) as f64), tenths))
}

fn standardised(chi2: f64, freedom: f64) -> f64 {
    (chi2 - freedom) / (2.0 * freedom).sqrt()
}

fn pairs(seeds: &[Vec<u8>]) -> Pairs {
    let mut worst = Pairs { phi_worst: 0.0, same: (1.0, 0.0), z_worst: f64::MIN };
    for (at, one) in seeds.iter().enumerate() {
        for other in seeds.iter().skip(at + 1) {
            let table = crossed(one, other);
            let (phi, same) = halves(&table);
            worst.phi_worst = worst.phi_worst.max(phi.abs());
            worst.same = (worst.same.0.min(same), worst.same.1.max(same));
            worst.z_worst = worst.z_worst.max(independence_z(&table));
        }
    }
    worst
}

/// People by their tenths under two seeds.
type Table = [[u32; TENTHS]; TENTHS];

fn crossed(one: &[u8], other: &[u8]) -> Table {
    let mut table = [[0; TENTHS]; TENTHS];
    for (&row, &column) in one.iter().zip(other) {
        if let Some(cell) = table.get_mut(usize::from(row)).and_then(|row| row.get_mut(usize::from(column))) {
            *cell += 1;
        }
    }
    table
}

/// The correlation of the halves, and the share of people in the same one.
fn halves(table: &Table) -> (f64, f64) {
    let mut cells = [[0.0; 2]; 2];
    for (row, counts) in table.iter().enumerate() {
        for (column, &count) in counts.iter().enumerate() {
            let half = |tenth: usize| usize::from(tenth >= TENTHS / 2);
            if let Some(cell) = cells.get_mut(half(row)).and_then(|row| row.get_mut(half(column))) {
                *cell += f64::from(count);
            }
        }
    }
    let [[a, b], [c, d]] = cells;
    let phi = (a * d - b * c) / ((a + b) * (c + d) * (a + c) * (b + d)).sqrt();
    (phi, (a + d) / (a + b + c + d))
}

/// z of Pearson's χ² of the table against its margins.
fn independence_z(table: &Table) -> f64 {
    let rows = table.map(|row| f64::from(row.iter().sum::<u32>()));
    let columns: Vec<f64> =
        (0..TENTHS).map(|at| table.iter().filter_map(|row| row.get(at)).map(|&count| f64::from(count)).sum()).collect();
    let total: f64 = rows.iter().sum();
    let mut chi2 = 0.0;
    for (row, in_row) in table.iter().zip(rows) {
        for (&count, in_column) in row.iter().zip(&columns) {
            let expected = in_row * in_column / total;
            chi2 += (f64::from(count) - expected).powi(2) / expected;
        }
    }
    standardised(chi2, ((TENTHS - 1) * (TENTHS - 1)) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_people_twice_are_not_independent() {
        let tenths: Vec<u8> = (0..10_000u32).map(|id| (id % 10) as u8).collect();
        let opposite: Vec<u8> = tenths.iter().map(|tenth| 9 - tenth).collect();
        let found = pairs(&[tenths.clone(), tenths.clone()]);
        assert_eq!((found.phi_worst, found.same), (1.0, (1.0, 1.0)));
        assert!(found.z_worst > 1_000.0);
        assert_eq!(pairs(&[tenths, opposite]).same, (0.0, 0.0));
    }
}
