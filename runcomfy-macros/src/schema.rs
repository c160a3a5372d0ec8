//! The schemas of models, read once per crate: all calls of a macro run in one process of the compiler.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use runcomfy_schema::Rules;
use runcomfy_schema::possible::Possible;
use runcomfy_schema::validate::on_large_stack;

/// The rules of a model.
pub(crate) struct Schema {
    pub(crate) rules: Rules,
    pub(crate) definitions: Vec<Rules>,
}

impl Schema {
    pub(crate) fn root(&self) -> Possible<'_> {
        Possible::new(&self.definitions, &self.rules)
    }
}

type Known = HashMap<String, Arc<Schema>>;

static KNOWN: Mutex<Option<Known>> = Mutex::new(None);

/// The schema with this text.
///
/// # Errors
/// The problems of the schema. The generator has read it before, so there should be none.
pub(crate) fn of(id: &str, text: &str) -> Result<Arc<Schema>, String> {
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    if let Some(schema) = known.get(text) {
        return Ok(Arc::clone(schema));
    }
    let read = on_large_stack(|| runcomfy_schema::parse::rules(id, text));
    let read = read.unwrap_or_else(|| Err(vec!["the system gives no thread".to_owned()]));
    let (rules, definitions) = read.map_err(|problems| {
        let problems = problems.join("; ");
        format!(
            "this is a bug of runcomfy-codegen, please report it: it has generated the model {id}, \
             but `input!` cannot read its schema: {problems}"
        )
    })?;
    let schema = Arc::new(Schema { rules, definitions });
    known.insert(text.to_owned(), Arc::clone(&schema));
    Ok(schema)
}
