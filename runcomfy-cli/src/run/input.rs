//! `--input` and `--set`: members of a body as JSON.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use runcomfy_models::Value;
use serde_json::Map;

use crate::request::{Draft, json};
use crate::{Error, Result, service};

/// The members of a body in a file, and the folder that paths in it are relative to.
pub(super) fn read_input(path: &Path) -> Result<(Map<String, Value>, PathBuf)> {
    let is_stdin = path == Path::new("-");
    let name = if is_stdin { "the standard input".to_owned() } else { path.display().to_string() };
    let text = if is_stdin {
        let mut text = String::new();
        std::io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        std::fs::read_to_string(path)
    };
    let text = text.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => {
            Error::bad_input(format!("{name} is not JSON: it is not UTF-8 text"))
        }
        _ => Error::io(format!("cannot read {name}"), error),
    })?;
    let value = json::parse(&text).map_err(|problem| {
        // `it is not JSON` of this file.
        let problem = match problem.strip_prefix("it ") {
            Some(of_it) => format!("{name} {of_it}"),
            None => format!("{name}: {problem}"),
        };
        Error::bad_input(problem)
    })?;
    let Value::Object(members) = value else {
        return Err(Error::bad_input(format!("{name} is not a JSON object; an input is one")));
    };
    let folder = if is_stdin { None } else { path.parent() };
    Ok((members, folder.map(Path::to_owned).unwrap_or_default()))
}

/// `FIELD=VALUE`.
#[derive(Clone, Debug)]
pub(crate) struct Assignment {
    /// A field, or the path to a value inside it: `shots[0].prompt`.
    pub(crate) path: String,
    text: String,
}

/// `KEY=JSON`.
#[derive(Clone, Debug)]
pub(super) struct Extra {
    pub(super) key: String,
    pub(super) value: Value,
}

impl FromStr for Extra {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let (key, text) = match text.split_once('=') {
            Some((key, text)) if !key.is_empty() => (key, text),
            _ => return Err("write it as KEY=JSON".to_owned()),
        };
        let failed = |problem: String| {
            // A bare word is a text whose quotes the shell took, or that never had any.
            let is_word = !text.is_empty() && !text.starts_with(['{', '[', '"']);
            match is_word {
                true => {
                    let json = Value::from(text);
                    let word = service::shell_word(&format!("{key}={json}")).into_owned();
                    format!("{text:?} is not JSON; write a text with quotes: --extra {word}")
                }
                false => match problem.strip_prefix("it is ") {
                    Some(problem) => {
                        let reason = problem.strip_prefix("not JSON: ").unwrap_or(problem);
                        format!("{text:?} is not JSON: {reason}")
                    }
                    None => format!("the value of {key:?}: {problem}"),
                },
            }
        };
        json::parse(text).map(|value| Self { key: key.to_owned(), value }).map_err(failed)
    }
}

impl FromStr for Assignment {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text.split_once('=') {
            Some((path, text)) if !path.is_empty() => {
                Ok(Self { path: path.to_owned(), text: text.to_owned() })
            }
            _ => Err("write it as FIELD=VALUE"),
        }
    }
}

impl Assignment {
    /// The value: JSON if the text is JSON, and else the text.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| Value::from(&*self.text))
    }

    /// The key that is twice in an object of the value, as a message.
    pub(super) fn repeated(&self) -> Option<String> {
        json::repeated(&self.text).filter(|_| !self.value().is_string())
    }

    /// Sets the field. Its schema decides whether a text such as `5` is a number.
    pub(crate) fn apply(&self, draft: &mut Draft<'_>) -> Result<()> {
        match self.value() {
            Value::String(text) => draft.set_text(&self.path, &text),
            // A field that takes text would take the word.
            Value::Null if !self.path.contains(['.', '[']) => {
                draft.set_json(&self.path, Value::Null)
            }
            _ => draft.set_text(&self.path, &self.text),
        }
    }
}
