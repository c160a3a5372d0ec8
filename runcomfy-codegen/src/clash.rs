//! Names that models share, which no model sees alone.

use std::collections::HashMap;

use crate::lower;
use crate::report::{Problem, file_problem};
use crate::source::SchemaFile;

/// Reports model ids that map to the same module.
pub(crate) fn shared_paths(sources: &[SchemaFile]) -> Vec<Problem> {
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut problems = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let Ok(path) = lower::names::module_path(&source.id) else { continue };
        let path = path.join("::");
        if let Some(other) = known.get(&path).and_then(|index| sources.get(*index)) {
            let message = format!(
                "the model ids {:?} and {:?} give one Rust module, `{path}`",
                other.id, source.id
            );
            let help = "keep one of the two files, or move one to an app with schemas of its own";
            problems.push(file_problem(&source.path, message, help));
        } else {
            known.insert(path, index);
        }
    }
    problems
}

/// Reports a type and a module with the same name in one module. It is rare: the type's name must have
/// no capital letter, such as `_4k`.
pub(crate) fn types_called_as_modules(models: &[(&SchemaFile, lower::Model)]) -> Vec<Problem> {
    let mut modules: HashMap<String, usize> = HashMap::new();
    for (index, (_, model)) in models.iter().enumerate() {
        let mut path = String::new();
        for name in &model.path {
            path.push_str("::");
            path.push_str(name);
            if !modules.contains_key(&path) {
                modules.insert(path.clone(), index);
            }
        }
    }
    let mut problems = Vec::new();
    for (source, model) in models {
        for name in model.types.names() {
            let path = format!("::{}::{name}", model.path.join("::"));
            if let Some((other, _)) = modules.get(&path).and_then(|index| models.get(*index)) {
                let message = format!(
                    "the type `{name}` would have the same name as the module of the model {:?}",
                    other.id
                );
                let help = "add \"x-rust-name\": \"...\" to the field that names the type, \
                            or rename its definition";
                problems.push(file_problem(&source.path, message, help));
            }
        }
    }
    problems
}
