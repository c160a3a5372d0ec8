//! A row of a file of jobs.

use runcomfy_models::Value;
use runcomfy_schema::printable::printable;

/// What a row says, by name, or what is wrong with it.
#[derive(Debug)]
pub(super) struct Row {
    /// `None` if there is no file.
    pub(super) line: Option<u64>,
    pub(super) members: Result<Vec<(String, Given)>, String>,
}

/// A value as it is written.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Given {
    /// In a table or on the command line. The field decides what it means.
    Text(String),
    /// In a line of JSON.
    Json(Value),
}

/// What is before the name of a field that is named like a column with a meaning of its own.
const FIELD_PREFIX: &str = "input.";

/// What a row says besides the fields of its model.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Own {
    pub(super) model: Option<String>,
    pub(super) key: Option<String>,
    pub(super) priority: u32,
}

/// Separates what a row says of its job from the fields of the model.
pub(super) fn split(members: Vec<(String, Given)>) -> Result<(Own, Vec<(String, Given)>), String> {
    let (mut own, mut fields) = (Own::default(), Vec::new());
    for (name, given) in members {
        match &*name {
            "model" => own.model = Some(text(&name, &given)?),
            "key" => own.key = Some(text(&name, &given)?),
            "priority" => {
                let text = match &given {
                    Given::Text(text) => text.clone(),
                    Given::Json(value) => value.to_string(),
                };
                own.priority = text.trim().parse().map_err(|_| {
                    format!(
                        "priority: {} is not an integer from 0 to {}",
                        printable(&text),
                        u32::MAX
                    )
                })?;
            }
            name => {
                let field = name.strip_prefix(FIELD_PREFIX).unwrap_or(name);
                fields.push((field.to_owned(), given));
            }
        }
    }
    Ok((own, fields))
}

fn text(name: &str, given: &Given) -> Result<String, String> {
    match given {
        Given::Text(text) | Given::Json(Value::String(text)) => Ok(text.trim().to_owned()),
        Given::Json(value @ Value::Number(_)) => Ok(value.to_string()),
        Given::Json(value) => Err(format!("{name}: {value} is not a text")),
    }
}
