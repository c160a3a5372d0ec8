//! How a model's module refers to what it does not define itself.

use std::collections::HashSet;

/// What every module imports from the runtime, or has from the standard prelude.
pub(super) const IMPORTED: [&str; 28] = [
    "ARRAY",
    "AUDIO",
    "Additional",
    "BOOLEAN",
    "Constant",
    "Draft",
    "FieldInfo",
    "Fields",
    "IMAGE",
    "INTEGER",
    "IntoField",
    "Media",
    "Missing",
    "NUMBER",
    "None",
    "OBJECT",
    "ObjectSchema",
    "Option",
    "Result",
    "Rule",
    "STRING",
    "Set",
    "Some",
    "Static",
    "String",
    "UNIQUE",
    "VIDEO",
    "ValidationErrors",
];

/// A name stands alone, unless the model has a type that is called so.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paths {
    taken: HashSet<String>,
}

impl Paths {
    pub(super) fn new<'a>(types: impl Iterator<Item = &'a str>) -> Self {
        let taken = types.filter(|name| IMPORTED.contains(name)).map(str::to_owned);
        Self { taken: taken.collect() }
    }

    /// The path of one of the imported names.
    pub(crate) fn of(&self, name: &'static str) -> String {
        if !self.taken.contains(name) {
            return name.to_owned();
        }
        match name {
            "Option" => "::core::option::Option".to_owned(),
            "None" | "Some" => format!("::core::option::Option::{name}"),
            "Result" => "::core::result::Result".to_owned(),
            "String" => "::std::string::String".to_owned(),
            other => format!("__rt::prelude::{other}"),
        }
    }
}
