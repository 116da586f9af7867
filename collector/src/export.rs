//! `export`: a table or view as CSV or NDJSON.

use std::io::Write;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use serde_json::{Map, Value};

use crate::error::Failure;
use crate::secret::hex;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// RFC 4180, with a line of names first.
    Csv,
    /// One JSON object a line; JSON columns are objects in it.
    Ndjson,
}

/// Writes all rows of a table or view; gives how many.
pub fn export(db: &Connection, table: &str, format: Format, out: &mut dyn Write) -> Result<u64, Failure> {
    check_name(db, table)?;
    let mut statement = db.prepare(&format!("SELECT * FROM \"{table}\"")).map_err(failed)?;
    let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
    if format == Format::Csv {
        write_line(out, &csv_line(columns.iter().map(String::as_str)))?;
    }
    let mut rows = statement.query([]).map_err(failed)?;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(failed)? {
        let line = match format {
            Format::Csv => csv_row(row, columns.len())?,
            Format::Ndjson => json_row(row, &columns)?,
        };
        write_line(out, &line)?;
        count += 1;
    }
    out.flush().map_err(unwritten)?;
    Ok(count)
}

fn check_name(db: &Connection, table: &str) -> Result<(), Failure> {
    let sql =
        "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite%' ORDER BY name";
    let names: Vec<String> =
        db.prepare(sql).and_then(|mut s| s.query_map([], |row| row.get(0))?.collect()).map_err(failed)?;
    if names.iter().any(|name| name == table) {
        return Ok(());
    }
    Err(Failure::new(format!("no table {table:?}; there are {}", names.join(", "))))
}

fn csv_row(row: &Row, columns: usize) -> Result<String, Failure> {
    let cells = (0..columns).map(|at| Ok(csv_cell(row.get_ref(at).map_err(failed)?)));
    let cells: Vec<String> = cells.collect::<Result<_, Failure>>()?;
    Ok(csv_line(cells.iter().map(String::as_str)))
}

fn csv_cell(value: ValueRef) -> String {
    match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(n) => n.to_string(),
        ValueRef::Real(x) => x.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => hex(bytes),
    }
}

fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    cells.map(quoted).collect::<Vec<_>>().join(",")
}

fn quoted(cell: &str) -> String {
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_owned(),
    }
}

fn json_row(row: &Row, columns: &[String]) -> Result<String, Failure> {
    let mut object = Map::new();
    for (at, name) in columns.iter().enumerate() {
        object.insert(name.clone(), json_value(name, row.get_ref(at).map_err(failed)?));
    }
    Ok(Value::Object(object).to_string())
}

fn json_value(name: &str, value: ValueRef) -> Value {
    match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(n) => n.into(),
        ValueRef::Real(x) => x.into(),
        ValueRef::Blob(bytes) => hex(bytes).into(),
        ValueRef::Text(text) => {
            let text = String::from_utf8_lossy(text).into_owned();
            let parsed = (name == "body").then(|| serde_json::from_str(&text).ok()).flatten();
            parsed.unwrap_or(Value::String(text))
        }
    }
}

fn write_line(out: &mut dyn Write, line: &str) -> Result<(), Failure> {
    writeln!(out, "{line}").map_err(unwritten)
}

fn failed(error: rusqlite::Error) -> Failure {
    Failure::new(format!("database: {error}"))
}

fn unwritten(error: std::io::Error) -> Failure {
    Failure::new(format!("could not write: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exported(format: Format) -> String {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "CREATE TABLE t (a INTEGER, b TEXT, body TEXT, c BLOB);
             INSERT INTO t VALUES (1, 'x,\"y\"\n', '{\"n\":[1]}', x'00ff'), (NULL, '用', 'no json', NULL);",
        )
        .unwrap();
        let mut out = Vec::new();
        assert_eq!(export(&db, "t", format, &mut out).unwrap(), 2);
        assert!(export(&db, "t; DROP TABLE t", format, &mut Vec::new()).is_err());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn csv_quotes_what_needs_it() {
        assert_eq!(exported(Format::Csv), "a,b,body,c\n1,\"x,\"\"y\"\"\n\",\"{\"\"n\"\":[1]}\",00ff\n,用,no json,\n");
    }

    #[test]
    fn ndjson_opens_the_body() {
        let text = exported(Format::Ndjson);
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0], serde_json::json!({"a":1,"b":"x,\"y\"\n","body":{"n":[1]},"c":"00ff"}));
        assert_eq!(lines[1], serde_json::json!({"a":null,"b":"用","body":"no json","c":null}));
    }
}
