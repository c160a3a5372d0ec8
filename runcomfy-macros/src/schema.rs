//! The schemas of models, read once per crate: all calls of a macro run in one process of the compiler.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use runcomfy_schema::Rules;
use runcomfy_schema::parse::RuntimeSchema;
use runcomfy_schema::possible::Possible;
use runcomfy_schema::validate::on_large_stack;

use crate::bug;

/// The rules of a model.
pub(crate) struct ModelRules {
    pub(crate) rules: Rules,
    pub(crate) definitions: Vec<Rules>,
}

impl ModelRules {
    pub(crate) fn root(&self) -> Possible<'_> {
        Possible::new(&self.definitions, &self.rules)
    }
}

/// By the hashes that the generator has made of them.
type Known = HashMap<String, Arc<ModelRules>>;

static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

/// The schema with this hash; `text` gives it if it was not read yet.
///
/// # Errors
/// The problems of the schema. The generator has read it before, so there should be none.
pub(crate) fn of(
    hash: String,
    id: &str,
    text: impl FnOnce() -> String,
) -> Result<Arc<ModelRules>, String> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if let Some(schema) = known.get(&hash) {
        return Ok(Arc::clone(schema));
    }
    let text = text();
    let read = on_large_stack(|| runcomfy_schema::parse::runtime_schema(id, &text));
    let read = read.unwrap_or_else(|| Err(vec!["the system gives no thread".to_owned()]));
    let RuntimeSchema { rules, definitions, .. } = read.map_err(|problems| {
        let problems = problems.join("; ");
        let with = format_args!("the schema of {id}");
        bug::message(with, format_args!("`input!` cannot read what was generated: {problems}"))
    })?;
    let schema = Arc::new(ModelRules { rules, definitions });
    known.insert(hash, Arc::clone(&schema));
    Ok(schema)
}
