//! The keys of an object, in the order of its fields.

use std::collections::{HashMap, HashSet};

use crate::parse::Schema;
use crate::parse::names::FieldSource;

/// A key that an object declares or requires.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub key: &'a str,
    pub schema: Option<&'a Schema>,
    pub required: bool,
}

impl<'a> Entry<'a> {
    /// The required keys first, in the order of `required`, like the service's own examples.
    #[must_use]
    pub fn all(schema: &'a Schema) -> Vec<Self> {
        let properties = schema.properties.as_deref().unwrap_or_default();
        let mut declared: HashMap<&str, usize> = HashMap::new();
        for (index, property) in properties.iter().enumerate() {
            declared.insert(&property.key, index);
        }
        let mut required: HashSet<&str> = HashSet::new();
        let mut entries = Vec::new();
        for (key, _) in &schema.required {
            required.insert(key);
            let property = declared.get(&**key).and_then(|index| properties.get(*index));
            let schema = property.map(|property| &property.schema);
            entries.push(Self { key, schema, required: true });
        }
        for property in properties {
            if !required.contains(&*property.key) {
                let schema = Some(&property.schema);
                entries.push(Self { key: &property.key, schema, required: false });
            }
        }
        entries
    }

    /// The sources of the fields' names.
    #[must_use]
    pub fn sources(entries: &[Self]) -> Vec<FieldSource<'a>> {
        entries.iter().map(Self::source).collect()
    }

    /// The source of the field's name.
    #[must_use]
    pub fn source(&self) -> FieldSource<'a> {
        let rust_name = self.schema.and_then(|schema| schema.rust_name.as_ref());
        FieldSource {
            key: self.key,
            title: self.schema.map_or("", |schema| &schema.title),
            rust_name: rust_name.map(|(name, _)| name.as_str()),
        }
    }
}
