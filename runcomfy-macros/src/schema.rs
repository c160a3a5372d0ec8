//! The schemas of models, read once per crate: all calls of a macro run in one process of the compiler.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use runcomfy_schema::Rules;
use runcomfy_schema::parse::RuntimeSchema;
use runcomfy_schema::possible::Possible;
use runcomfy_schema::validate::on_large_stack;

use crate::bug;
use crate::getters::Getters;

/// The rules of a model.
pub(crate) struct ModelRules {
    pub(crate) rules: Rules,
    pub(crate) definitions: Vec<Rules>,
    getters: OnceLock<Option<Getters>>,
}

impl ModelRules {
    pub(crate) fn root(&self) -> Possible<'_> {
        Possible::new(&self.definitions, &self.rules)
    }

    /// The getters of the model with this id. Few calls need them, so they are made at the first that
    /// does; `text` gives the schema.
    pub(crate) fn getters(&self, id: &str, text: impl FnOnce() -> String) -> Option<&Getters> {
        self.getters.get_or_init(|| Getters::of(id, text())).as_ref()
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
    let read = || runcomfy_schema::parse::runtime_schema(id, &text);
    let read = if is_shallow(&text) {
        read()
    } else {
        let read = on_large_stack(read);
        read.unwrap_or_else(|| Err(vec!["the system gives no thread".to_owned()]))
    };
    let RuntimeSchema { rules, definitions, .. } = read.map_err(|problems| {
        let problems = problems.join("; ");
        let with = format_args!("the schema of {id}");
        bug::message(with, format_args!("`input!` cannot read what was generated: {problems}"))
    })?;
    let schema = Arc::new(ModelRules { rules, definitions, getters: OnceLock::new() });
    known.insert(hash, Arc::clone(&schema));
    Ok(schema)
}

/// Whether an ordinary stack is enough for this schema. On a busy machine, a thread for each schema takes
/// longer than all the rest.
fn is_shallow(text: &str) -> bool {
    const MAX_DEPTH: usize = 32;
    let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
    text.bytes().all(|byte| {
        match byte {
            b'"' if !is_escaped => in_string = !in_string,
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        is_escaped = in_string && !is_escaped && byte == b'\\';
        depth <= MAX_DEPTH
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_schemas_get_a_stack_of_their_own() {
        let schema =
            |depth: usize| format!("{}{}", "{\"items\":[".repeat(depth), "]}".repeat(depth));
        assert!(is_shallow("") && is_shallow(&schema(16)) && is_shallow(&schema(16).repeat(9)));
        assert!(!is_shallow(&schema(17)) && !is_shallow(&schema(10_000)));
        // Brackets inside strings are none.
        assert!(is_shallow(&format!("[{:?}]", "\\\"[{".repeat(99))));
        assert!(!is_shallow(&"[\"\\\"}}]]\",".repeat(33)));
    }
}
