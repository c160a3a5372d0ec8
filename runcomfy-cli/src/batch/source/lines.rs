//! Jobs as lines of JSON.

use std::collections::HashSet;
use std::io::{self, BufRead, Read as _};

use runcomfy_models::Value;
use runcomfy_schema::json::{raw, syntax};
use runcomfy_schema::printable::printable;
use serde_json::value::RawValue;

use super::MAX_ROW_LEN;
use super::row::{Given, Row};

/// Reads lines of JSON, one at a time.
pub(super) struct Lines<R> {
    reader: R,
    line: u64,
}

impl<R: BufRead> Lines<R> {
    /// Of a text whose byte order mark was read already.
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: 0 }
    }

    /// The next line that is not blank.
    pub(super) fn next(&mut self) -> io::Result<Option<Row>> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            let read = self.reader.by_ref().take(MAX_ROW_LEN + 1).read_until(b'\n', &mut bytes)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            let members = if read as u64 > MAX_ROW_LEN && !bytes.ends_with(b"\n") {
                skip_line(&mut self.reader)?;
                Err(super::too_long())
            } else if bytes.trim_ascii().is_empty() {
                continue;
            } else {
                members(&bytes)
            };
            return Ok(Some(Row { line: Some(self.line), members }));
        }
    }
}

fn skip_line(reader: &mut impl BufRead) -> io::Result<()> {
    loop {
        let buffer = reader.fill_buf()?;
        match buffer.iter().position(|byte| *byte == b'\n') {
            Some(end) => {
                reader.consume(end + 1);
                return Ok(());
            }
            None if buffer.is_empty() => return Ok(()),
            None => {
                let len = buffer.len();
                reader.consume(len);
            }
        }
    }
}

/// The members of an object.
fn members(line: &[u8]) -> Result<Vec<(String, Given)>, String> {
    let text = super::utf8(line)?.trim_end();
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let column = column(text, syntax::offset_of(text, &error));
        format!("column {column}: not JSON: {}", syntax::reason(&error))
    })?;
    if !value.is_object() {
        let (found, advice) = match &value {
            Value::Array(_) => ("a list", "; `jq -c '.[]' FILE` makes lines of one"),
            Value::String(_) => ("a string", ""),
            Value::Number(_) => ("a number", ""),
            _ => ("no object", ""),
        };
        return Err(format!(
            "a job is a JSON object, such as {{\"model\": \"...\", \"prompt\": \"...\"}}; this is {found}{advice}"
        ));
    }
    let mut members = Vec::new();
    for (key, value) in members_of(text, text)? {
        let value =
            serde_json::from_str(value.get()).map_err(|error| format!("not JSON: {error}"))?;
        members.push((key, Given::Json(value)));
    }
    Ok(members)
}

/// The members of an object, none of which is there twice, at any depth. `line` is the text that the object
/// is a part of.
fn members_of<'t>(object: &'t str, line: &str) -> Result<Vec<(String, &'t RawValue)>, String> {
    let broken = |error: serde_json::Error| format!("not JSON: {}", syntax::reason(&error));
    let mut seen = HashSet::new();
    let mut members = Vec::new();
    for (raw_key, value) in raw::members::<&RawValue>(object).map_err(broken)? {
        let key: String = serde_json::from_str(raw_key.get()).map_err(broken)?;
        if !seen.insert(key.clone()) {
            let offset = (raw_key.get().as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
            let column = column(line, offset.min(line.len()));
            return Err(format!("column {column}: {} is there twice", printable(&key)));
        }
        check(value, line)?;
        members.push((key, value));
    }
    Ok(members)
}

fn check(value: &RawValue, line: &str) -> Result<(), String> {
    let text = value.get().trim_start();
    if text.starts_with('{') {
        members_of(text, line)?;
    } else if text.starts_with('[') {
        let items = raw::items(text).map_err(|error| format!("not JSON: {error}"))?;
        items.into_iter().try_for_each(|item| check(item, line))?;
    }
    Ok(())
}

/// The column of an offset, in characters from 1, as an editor counts them.
fn column(text: &str, offset: usize) -> usize {
    runcomfy_schema::truncate::start(text, offset).chars().count() + 1
}
