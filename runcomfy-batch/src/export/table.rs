//! The table of results.

use std::collections::HashSet;
use std::io::{self, BufRead, Write};

use serde_json::Value;

/// The columns besides those of fields.
const OWN: [&str; 13] = [
    "number",
    "line",
    "model",
    "state",
    "request_id",
    "cost",
    "estimate",
    "begun_at",
    "ended_at",
    "seconds",
    "paths",
    "urls",
    "error",
];

/// A field that is named like one of [`OWN`] has this before its name.
const FIELD_PREFIX: &str = "input.";

/// The fields of all inputs, in order of appearance.
#[derive(Debug, Default)]
pub(super) struct Columns {
    fields: Vec<String>,
    known: HashSet<String>,
}

impl Columns {
    /// Adds the fields of an input.
    pub(super) fn add(&mut self, input: &Value) {
        for key in input.as_object().into_iter().flat_map(|input| input.keys()) {
            if !self.known.contains(key) {
                self.known.insert(key.clone());
                self.fields.push(key.clone());
            }
        }
    }

    /// Writes the rows as a table.
    pub(super) fn write(&self, rows: impl BufRead, output: &mut impl Write) -> io::Result<()> {
        let mut table = csv::Writer::from_writer(output);
        let own = OWN.iter().map(|name| (*name).to_owned());
        let fields = self.fields.iter().map(|field| {
            let is_taken = OWN.contains(&&**field);
            plain(if is_taken { format!("{FIELD_PREFIX}{field}") } else { field.clone() })
        });
        table.write_record(own.chain(fields))?;
        for row in rows.lines() {
            let row: Value = serde_json::from_str(&row?)?;
            let own = OWN.iter().map(|name| cell(row.get(name)));
            let input = row.get("input");
            let fields =
                self.fields.iter().map(|field| cell(input.and_then(|input| input.get(field))));
            table.write_record(own.chain(fields))?;
        }
        table.flush()
    }
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => plain(text.clone()),
        // Paths and URLs. No name of a file and no URL has both characters.
        Some(Value::Array(items)) if items.iter().all(Value::is_string) => {
            let items: Vec<_> = items.iter().filter_map(Value::as_str).collect();
            plain(items.join("; "))
        }
        // A number is no formula, not even a negative one.
        Some(value) => value.to_string(),
    }
}

/// A text that no spreadsheet takes for a formula.
fn plain(text: String) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{text}") } else { text }
}
