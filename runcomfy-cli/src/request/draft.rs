//! A body in the making: members by name, checked together at the end.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};

use runcomfy_client::ModelField;
use runcomfy_models::{AnyInput, Value, Violation};
use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::possible::Possible;
use runcomfy_schema::printable::printable;

use super::convert::{from_text, structured, with_files};
use super::media::for_a_person;
use super::{Model, path};
use crate::flag::flag_of;
use crate::{Error, Result};

/// The members of a body.
///
/// A member is named by the Rust name of its field, by the same with `-` for `_`, or by the key on the
/// wire. A name that is none of these becomes a key, and [`finish`](Self::finish) says what is wrong
/// with it. So does it with files that cannot be read: all problems are reported together.
#[derive(Debug)]
pub(crate) struct Draft<'a> {
    model: &'a Model,
    fields: Vec<ModelField<'a>>,
    folder: PathBuf,
    members: serde_json::Map<String, Value>,
    /// The keys that were set since the last [`layer`](Self::layer), each with its name there.
    set: HashMap<String, String>,
    /// Files that cannot be read, by key.
    problems: Vec<(String, String)>,
}

impl<'a> Draft<'a> {
    /// An empty body. Paths of files begin at the folder.
    pub(crate) fn new(model: &'a Model, folder: &Path) -> Self {
        Self {
            model,
            fields: model.fields(),
            folder: folder.to_owned(),
            members: serde_json::Map::new(),
            set: HashMap::new(),
            problems: Vec::new(),
        }
    }

    /// Begins a layer: what is set from now on replaces what was set before, and its paths begin at the
    /// folder.
    pub(crate) fn layer(&mut self, folder: &Path) {
        folder.clone_into(&mut self.folder);
        self.set.clear();
    }

    /// Sets a member from text, which is converted to what the field takes. A list takes several texts,
    /// each an item, or a JSON array. Text in a media field is a URL, a `data:` URI, the path of a file,
    /// or `hosted:NAME`.
    ///
    /// A name that is no field may be the path to a value inside one: `shots[0].prompt`.
    ///
    /// # Errors
    /// If the member is set already, and is no list; if it is set by another name of its field; or if the
    /// path leads nowhere.
    pub(crate) fn set_text(&mut self, name: &str, text: &str) -> Result<()> {
        if self.field(name).is_none()
            && let Some((name, steps)) = path::parse(name)
        {
            return self.set_inside(name, &steps, text);
        }
        let (key, is_again) = self.begin_member(name)?;
        let place = self.model.place().member(&key);
        if place.takes_type(Types::ARRAY) {
            let before = self.members.get(&key).cloned();
            self.put(key, |folder| list(before, text, &place, folder));
        } else if is_again {
            return Err(twice(name));
        } else {
            self.put(key, |folder| from_text(text, &place, folder));
        }
        Ok(())
    }

    fn set_inside(&mut self, name: &str, steps: &[path::Step<'_>], text: &str) -> Result<()> {
        let key = self.field(name).map_or(name, |field| field.key).to_owned();
        let place = self.model.place().member(&key);
        let mut value = self.members.get(&key).cloned().unwrap_or_default();
        // A step that leads nowhere is an error of the caller, and a file is one of the body.
        let file_problem = RefCell::new(None);
        let folder = &self.folder;
        let made = path::set(&mut value, &place, steps, &|place| {
            Ok(from_text(text, place, folder).unwrap_or_else(|problem| {
                file_problem.replace(Some(problem));
                Value::Null
            }))
        });
        made.map_err(|problem| {
            Error::bad_input(format!("{}: {}", printable(name), printable(&problem)))
        })?;
        self.set.entry(key.clone()).or_insert_with(|| name.to_owned());
        match file_problem.into_inner() {
            Some(problem) => self.problems.push((key, problem)),
            None => _ = self.members.insert(key, value),
        }
        Ok(())
    }

    /// Sets a member to JSON. Its strings in media fields, at any depth, are what [`set_text`](Self::set_text)
    /// takes there.
    ///
    /// # Errors
    /// If the member is set already, by this or another name of its field.
    pub(crate) fn set_json(&mut self, name: &str, value: Value) -> Result<()> {
        let (key, is_again) = self.begin_member(name)?;
        if is_again {
            return Err(twice(name));
        }
        let place = self.model.place().member(&key);
        self.put(key, |folder| with_files(value, &place, folder));
        Ok(())
    }

    /// The body as it is.
    ///
    /// # Errors
    /// Files that cannot be read.
    pub(crate) fn unchecked(self) -> Result<Value> {
        let Self { fields, members, problems, .. } = self;
        if problems.is_empty() {
            Ok(Value::Object(members))
        } else {
            Err(refusal(&lines(&fields, &problems)))
        }
    }

    /// The body as it is, if it can become a valid one by more fields.
    ///
    /// # Errors
    /// All violations but missing fields.
    pub(crate) fn partial(self) -> Result<Value> {
        let Self { model, fields, members, problems, .. } = self;
        let body = Value::Object(members);
        let is_missing =
            |one: &Violation| one.keyword() == "required" && one.path().matches('/').count() == 1;
        let mut lines = lines(&fields, &problems);
        let violations = model.input(body.clone()).err().into_iter().flatten();
        lines.extend(
            violations.filter(|one| !is_missing(one)).map(|one| for_a_person(&one.to_string())),
        );
        if lines.is_empty() { Ok(body) } else { Err(refusal(&lines)) }
    }

    /// Checks the body.
    ///
    /// # Errors
    /// All violations, one per line, in the library's words.
    pub(crate) fn finish(self) -> Result<AnyInput> {
        let Self { model, fields, members, problems, .. } = self;
        let checked = model.input(Value::Object(members));
        if problems.is_empty() {
            return checked.map_err(|errors| Error::bad_input(for_a_person(&errors.to_string())));
        }
        let mut lines = lines(&fields, &problems);
        // The member of a file that cannot be read is missing only because of that.
        let pointers: Vec<_> = problems.iter().map(|(key, _)| pointer(key)).collect();
        let is_new = |one: &Violation| {
            let known = |pointer: &String| {
                let rest = one.path().strip_prefix(&**pointer);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            !pointers.iter().any(known)
        };
        let violations = checked.err().into_iter().flatten();
        lines.extend(violations.filter(is_new).map(|one| for_a_person(&one.to_string())));
        Err(refusal(&lines))
    }

    /// Begins to set a member. Returns its key, and whether it was set in this layer before. If it was not,
    /// this removes what an earlier layer set, and its problems.
    ///
    /// # Errors
    /// If this layer set it by another name of its field.
    fn begin_member(&mut self, name: &str) -> Result<(String, bool)> {
        let key = self.field(name).map_or(name, |field| field.key).to_owned();
        match self.set.get(&key) {
            None => {
                self.set.insert(key.clone(), name.to_owned());
                self.members.remove(&key);
                self.problems.retain(|(known, _)| *known != key);
                Ok((key, false))
            }
            Some(other) if other == name => Ok((key, true)),
            Some(other) => Err(Error::bad_input(format!(
                "{} and {} are two names of one field; give one of them",
                printable(other),
                printable(name)
            ))),
        }
    }

    fn field(&self, name: &str) -> Option<&ModelField<'a>> {
        let is = |is: &dyn Fn(&ModelField<'a>) -> bool| self.fields.iter().find(|field| is(field));
        is(&|field| field.name == name)
            .or_else(|| is(&|field| field.key == name))
            .or_else(|| is(&|field| flag_of(field.name).as_deref() == Some(name)))
    }

    fn put(
        &mut self,
        key: String,
        value: impl FnOnce(&Path) -> std::result::Result<Value, String>,
    ) {
        match value(&self.folder) {
            Ok(value) => _ = self.members.insert(key, value),
            Err(problem) => self.problems.push((key, problem)),
        }
    }
}

/// A list with one text more.
fn list(
    before: Option<Value>,
    text: &str,
    place: &Possible<'_>,
    folder: &Path,
) -> std::result::Result<Value, String> {
    let mut items = match before {
        // A single value is allowed, too, and was taken for one.
        Some(Value::Array(items)) => items,
        Some(single) => vec![single],
        None if place.takes_type(Types::STRING) => return from_text(text, place, folder),
        None => Vec::new(),
    };
    let item = place.item(items.len());
    match structured(text) {
        Some(Value::Array(more)) if !item.takes_type(Types::ARRAY) => {
            for value in more {
                items.push(with_files(value, &place.item(items.len()), folder)?);
            }
        }
        _ => items.push(from_text(text, &item, folder)?),
    }
    Ok(Value::Array(items))
}

/// A line for each file that cannot be read.
fn lines(fields: &[ModelField<'_>], problems: &[(String, String)]) -> Vec<String> {
    let line = |(key, message): &(String, String)| {
        format!("{}: {}", shown(fields, key), printable(message))
    };
    problems.iter().map(line).collect()
}

fn refusal(lines: &[String]) -> Error {
    Error::bad_input(lines.join("\n"))
}

fn twice(name: &str) -> Error {
    Error::bad_input(format!("{} is set twice; it takes one value", printable(name)))
}

/// The JSON pointer of a member of the body.
fn pointer(key: &str) -> String {
    format!("/{}", runcomfy_schema::pointer::escape(key))
}

/// `steps (149_steps)`, as violations name a field.
fn shown(fields: &[ModelField<'_>], key: &str) -> String {
    let name = fields.iter().find(|field| field.key == key).map_or(key, |field| field.name);
    let (name, key) = (printable(name), printable(key));
    if name == key { key.into_owned() } else { format!("{name} ({key})") }
}
