//! The days on which people did something, from a CSV file with `id,date` and perhaps `v`, an amount.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use chrono::NaiveDate;
use flate2::read::MultiGzDecoder;
use huitou::clock::Day;
use huitou::insight::rhythm::Rhythm;

use crate::error::Failure;

/// What stands first in a gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The date that a cut is scored as: models know distances between days only, and the engine's calendar begins in 2020.
const CUT_AS: i64 = 29_000;

/// One person's days: number since 1970-01-01 and amount, in order, each day once.
pub type Days = Vec<(i32, f64)>;

/// Everybody's days by id.
pub type People = BTreeMap<String, Days>;

/// The text of a file, unpacked if it is a gzip file.
pub fn text(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
    let mut text = String::new();
    if bytes.starts_with(&GZIP) {
        MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text)
    } else {
        bytes.as_slice().read_to_string(&mut text)
    }
    .map_err(|error| Failure::io("unpack", path, &error))?;
    Ok(text)
}

/// The rows of a CSV file with these columns, in this order, whatever else it has.
pub fn rows<const N: usize>(path: &Path, columns: [&str; N]) -> Result<Vec<[String; N]>, Failure> {
    let text = text(path)?;
    let mut csv = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let bad = |why: String| Failure::new(format!("{}: {why}", path.display()));
    let header = csv.headers().map_err(|error| bad(error.to_string()))?.clone();
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(columns) {
        let found = header.iter().position(|column| column.trim() == name);
        *place = found.ok_or_else(|| bad(format!("no column {name:?} in the first line")))?;
    }
    let mut all = Vec::new();
    for record in csv.records() {
        let record = record.map_err(|error| bad(error.to_string()))?;
        all.push(places.map(|place| record.get(place).unwrap_or_default().trim().to_owned()));
    }
    Ok(all)
}

/// The number of a date since 1970-01-01.
pub fn day_number(date: &str) -> Option<i32> {
    let date: NaiveDate = date.get(..10)?.parse().ok()?;
    i32::try_from(date.signed_duration_since(NaiveDate::from_ymd_opt(1970, 1, 1)?).num_days()).ok()
}

/// Reads `id,date` and, where there is such a column, `v`; amounts of one day are added up.
pub fn read(path: &Path) -> Result<People, Failure> {
    let with_amounts = rows(path, ["id", "date", "v"]);
    let rows = match with_amounts {
        Ok(rows) => rows,
        Err(_) => rows(path, ["id", "date"])?.into_iter().map(|[id, date]| [id, date, String::new()]).collect(),
    };
    let mut people: BTreeMap<String, BTreeMap<i32, f64>> = BTreeMap::new();
    for [id, date, amount] in rows {
        let day = day_number(&date).ok_or_else(|| Failure::new(format!("{}: {date:?} is no date", path.display())))?;
        *people.entry(id).or_default().entry(day).or_default() += amount.parse().unwrap_or(0.0);
    }
    Ok(people.into_iter().map(|(id, days)| (id, days.into_iter().collect())).collect())
}

/// What a phone would hold at the end of the day `cut`, and that day as the phone's.
pub fn rhythm(days: &[(i32, f64)], cut: i32) -> (Rhythm, Day) {
    let today = Day::MIN.plus(CUT_AS);
    let mut rhythm = Rhythm::default();
    for &(day, amount) in days.iter().filter(|(day, _)| *day <= cut) {
        rhythm.add(today.plus(i64::from(day) - i64::from(cut)));
        rhythm.spend((amount.max(0.0) * 100.0).round() as u64);
    }
    (rhythm, today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_read_plain_and_packed() {
        let folder = tempfile::tempdir().unwrap();
        let text = "id,v,date\nb,1.5,2017-01-03\na,2,2017-01-01\nb,2,2017-01-03\n";
        let plain = folder.path().join("a.csv");
        std::fs::write(&plain, text).unwrap();
        let packed = folder.path().join("a.csv.gz");
        let mut gzip =
            flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
        std::io::Write::write_all(&mut gzip, text.as_bytes()).unwrap();
        gzip.finish().unwrap();
        let people = read(&plain).unwrap();
        assert_eq!(people, read(&packed).unwrap());
        assert_eq!(people["b"], [(17_169, 3.5)]);
        let (rhythm, today) = rhythm(&people["b"], 17_170);
        assert_eq!((rhythm.days(), rhythm.silence_days(today), rhythm.spent_fen()), (1, 1, 350));
        assert!(rows(&plain, ["id", "x"]).unwrap_err().to_string().contains("no column \"x\""));
    }
}
