//! Jobs from rows.

use std::collections::HashMap;
use std::path::Path;

use runcomfy_batch::NewJob;
use runcomfy_client::{Client, ModelId};
use runcomfy_models::Value;
use runcomfy_schema::Json;
use runcomfy_schema::printable::line;
use serde_json::Map;

use super::row::{Given, Own, split};
use super::{Opened, Rows, Source, grid};
use crate::batch::prices::{Priced, Prices};
use crate::flag::flag_of;
use crate::request::{Draft, Model, Models};
use crate::{Error, ErrorKind, Result};

/// Makes jobs of rows, one at a time.
pub(in crate::batch) struct Jobs<'s> {
    source: &'s Source,
    rows: Rows<'s>,
    folder: &'s Path,
    models: Models,
    /// Models by id, or why there is none.
    known: HashMap<String, std::result::Result<Model, String>>,
    prices: &'s mut Prices,
    /// How often an input was there before, by its digest.
    seen: HashMap<String, u32>,
    /// The row whose combinations come next.
    open: Option<OpenRow>,
}

struct OpenRow {
    line: Option<u64>,
    own: Own,
    model: Model,
    fields: Vec<(String, Given)>,
    next: u64,
    count: u64,
}

/// A job, or what is wrong with a row.
pub(in crate::batch) struct Found {
    pub(in crate::batch) line: Option<u64>,
    pub(in crate::batch) job: std::result::Result<Ready, Vec<String>>,
}

/// A job that can be added.
pub(in crate::batch) struct Ready {
    pub(in crate::batch) job: NewJob,
    pub(in crate::batch) model: Model,
    pub(in crate::batch) priced: Priced,
    /// Roughly what it takes in memory.
    pub(in crate::batch) size: usize,
}

impl<'s> Jobs<'s> {
    pub(in crate::batch) fn new(
        source: &'s Source,
        opened: &'s Opened,
        client: Option<Client>,
        prices: &'s mut Prices,
    ) -> Result<Self> {
        Ok(Self {
            source,
            rows: opened.rows()?,
            folder: &opened.folder,
            models: Models::new(client),
            known: HashMap::new(),
            prices,
            seen: HashMap::new(),
            open: None,
        })
    }

    /// The next job, or the next row that makes none.
    ///
    /// # Errors
    /// If the rows cannot be read, or the catalog is needed and cannot be read.
    pub(in crate::batch) async fn next(&mut self) -> Result<Option<Found>> {
        loop {
            if let Some(mut row) = self.open.take() {
                let index = row.next;
                row.next += 1;
                let found = self.job(&row, index).await;
                // What is wrong in one combination is most often wrong in all.
                if found.job.is_ok() && row.next < row.count {
                    self.open = Some(row);
                }
                return Ok(Some(found));
            }
            let Some(row) = self.rows.next()? else { return Ok(None) };
            let line = row.line;
            let opened = match row.members {
                Ok(members) => self.open(line, members).await?,
                Err(problem) => Err(problem),
            };
            match opened {
                Ok(row) => self.open = Some(row),
                Err(problem) => return Ok(Some(Found { line, job: Err(vec![problem]) })),
            }
        }
    }

    async fn open(
        &mut self,
        line: Option<u64>,
        members: Vec<(String, Given)>,
    ) -> Result<std::result::Result<OpenRow, String>> {
        let (own, fields) = match split(members) {
            Ok(row) => row,
            Err(problem) => return Ok(Err(problem)),
        };
        let Some(id) = own.model.as_deref().or(self.source.model.as_deref()) else {
            return Ok(Err(
                "the model is missing: name it under `model`, or all of them with --model"
                    .to_owned(),
            ));
        };
        let model = match self.model(id).await? {
            Ok(model) => model,
            Err(problem) => return Ok(Err(problem)),
        };
        let count = grid::count(&self.source.vary).map_err(Error::usage)?;
        let set = self.source.set.iter().map(|set| &*set.path);
        let written = fields.iter().map(|(name, _)| &**name);
        for (index, vary) in self.source.vary.iter().enumerate() {
            let key = key_of(&model, &vary.name);
            let earlier = self.source.vary.iter().take(index).map(|vary| &*vary.name);
            let twice = |how: &str| Err(Error::usage(format!("{} is set twice: {how}", vary.name)));
            if set.clone().any(|name| key_of(&model, name) == key) {
                return twice("by --set and by --vary");
            }
            if earlier.clone().any(|name| key_of(&model, name) == key) {
                return twice("by two --vary; list its values in one");
            }
            if written.clone().any(|name| key_of(&model, name) == key) {
                return Ok(Err(format!("{} is set here, and --vary sets it, too", vary.name)));
            }
        }
        Ok(Ok(OpenRow { line, own, model, fields, next: 0, count }))
    }

    async fn model(&mut self, id: &str) -> Result<std::result::Result<Model, String>> {
        if let Some(known) = self.known.get(id) {
            return Ok(known.clone());
        }
        let model = match self.models.get(id).await {
            Ok(model) => Ok(model),
            Err(error) if error.kind() == ErrorKind::BadInput => Err(no_model(id, &error)),
            Err(error) => return Err(error),
        };
        self.known.insert(id.to_owned(), model.clone());
        Ok(model)
    }

    async fn job(&mut self, row: &OpenRow, index: u64) -> Found {
        let job = self.ready(row, index).await;
        Found { line: row.line, job }
    }

    async fn ready(
        &mut self,
        row: &OpenRow,
        index: u64,
    ) -> std::result::Result<Ready, Vec<String>> {
        let OpenRow { line, own, model, fields, .. } = row;
        let varied = grid::combination(&self.source.vary, index);
        let here = Path::new("");
        let mut problems = Vec::new();
        let mut draft = Draft::new(model, here);
        for set in &self.source.set {
            note(&mut problems, set.apply(&mut draft));
        }
        draft.layer(here);
        for (name, given) in &varied {
            note(&mut problems, set(&mut draft, name, given));
        }
        draft.layer(self.folder);
        for (name, given) in fields {
            note(&mut problems, set(&mut draft, name, given));
        }
        let input = match draft.finish() {
            Ok(input) if problems.is_empty() => input,
            finished => {
                problems.extend(finished.err().iter().flat_map(|error| {
                    error.to_string().lines().map(str::to_owned).collect::<Vec<_>>()
                }));
                return Err(problems);
            }
        };
        let body = input.to_value();
        let mut given: HashMap<String, Vec<&Given>> = HashMap::new();
        for (name, value) in fields
            .iter()
            .map(|(name, value)| (&**name, value))
            .chain(varied.iter().map(|(name, value)| (*name, value)))
        {
            given.entry(key_of(model, name).to_owned()).or_default().push(value);
        }
        let priced = self.prices.of(model, &body).await;
        let shown = shown(model, &body, &given, &self.source.set);
        let size = text_len(&body);
        let mut job = NewJob::new(input);
        (job.line, job.priority) = (*line, own.priority);
        job.key = self.key(own, model, body).map_err(|problem| vec![problem])?;
        job.shown = Some(shown);
        job.estimate = priced.usd;
        Ok(Ready { job, model: model.clone(), priced, size })
    }

    /// The key of a job. Equal lines are jobs of their own, and the same ones when the file is read again.
    fn key(
        &mut self,
        own: &Own,
        model: &Model,
        body: Value,
    ) -> std::result::Result<Option<String>, String> {
        if own.key.is_some() {
            return Ok(own.key.clone());
        }
        let digest = runcomfy_journal::canonical_sha256(&Json::from(body))
            .map_err(|error| error.to_string())?;
        let count = self.seen.entry(format!("{} {digest}", model.id())).or_default();
        *count += 1;
        Ok((*count > 1).then(|| format!("again {count}")))
    }
}

/// Why there is no such model, on one line.
fn no_model(id: &str, error: &Error) -> String {
    const MAX_CLOSE: usize = 3;
    if id.parse::<ModelId>().is_err() {
        return line(&error.to_string());
    }
    let close: Vec<_> = runcomfy_models::closest_ids(id).take(MAX_CLOSE).collect();
    let hint = match &*close {
        [] => "`rcf models search WORD` finds one".to_owned(),
        close => format!("did you mean {}?", close.join(", ")),
    };
    format!("there is no model {}; {hint}", line(id))
}

fn note(problems: &mut Vec<String>, result: Result<()>) {
    problems.extend(result.err().map(|error| line(&error.to_string())));
}

fn set(draft: &mut Draft<'_>, name: &str, given: &Given) -> Result<()> {
    match given {
        Given::Text(text) => draft.set_text(name, text),
        Given::Json(value) => draft.set_json(name, value.clone()),
    }
}

/// The key of the field that a name means, also of one that leads into a field.
fn key_of<'a>(model: &'a Model, name: &'a str) -> &'a str {
    let fields = model.fields();
    let find = |name: &str| {
        let by = |is: &dyn Fn(&runcomfy_client::ModelField<'a>) -> bool| {
            fields.iter().find(|field| is(field)).map(|field| field.key)
        };
        by(&|field| field.name == name)
            .or_else(|| by(&|field| field.key == name))
            .or_else(|| by(&|field| flag_of(field.name).as_deref() == Some(name)))
    };
    let start = name.split(['.', '[']).next().unwrap_or(name);
    find(name).or_else(|| find(start)).unwrap_or(name)
}

/// The input as a person wrote it: Rust names, and the paths of files instead of their content.
fn shown(
    model: &Model,
    body: &Value,
    given: &HashMap<String, Vec<&Given>>,
    set: &[crate::run::input::Assignment],
) -> Value {
    let fields = model.fields();
    let mut shown = Map::new();
    for (key, value) in body.as_object().into_iter().flatten() {
        let name = fields.iter().find(|field| field.key == key).map_or(&**key, |field| field.name);
        let value = if has_content(value) {
            let texts = given
                .get(key)
                .map(|given| given.iter().map(|one| written(one)).collect::<Vec<_>>());
            let texts = texts.unwrap_or_else(|| {
                let set = set.iter().filter(|set| key_of(model, &set.path) == key);
                set.map(|set| without_content(set.value())).collect()
            });
            match <[Value; 1]>::try_from(texts) {
                Ok([one]) => one,
                Err(texts) => Value::Array(texts),
            }
        } else {
            value.clone()
        };
        shown.insert(name.to_owned(), value);
    }
    Value::Object(shown)
}

fn written(given: &Given) -> Value {
    match given {
        Given::Text(text) => {
            let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(&**text));
            without_content(value)
        }
        Given::Json(value) => without_content(value.clone()),
    }
}

/// The start of a `data:` URI that is shown.
const SHOWN_LEN: usize = 40;

/// Whether a value has the content of a file.
fn has_content(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with("data:"),
        Value::Array(items) => items.iter().any(has_content),
        Value::Object(members) => members.values().any(has_content),
        _ => false,
    }
}

fn without_content(value: Value) -> Value {
    match value {
        Value::String(text) if text.starts_with("data:") && text.len() > SHOWN_LEN => {
            Value::String(format!("{}...", runcomfy_schema::truncate::start(&text, SHOWN_LEN)))
        }
        Value::Array(items) => items.into_iter().map(without_content).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(key, value)| (key, without_content(value))).collect()
        }
        value => value,
    }
}

fn text_len(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(text_len).sum(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| key.len() + text_len(value)).sum()
        }
        _ => 8,
    }
}
