//! The keys of an object, in the order of its fields.

use std::collections::BTreeMap;

use crate::parse::Schema;
use crate::parse::names::FieldSource;

/// A key that an object declares or requires.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    pub key: &'a str,
    pub schema: Option<&'a Schema>,
    pub is_required: bool,
}

impl<'a> Entry<'a> {
    /// The required keys first, in the order of `required`, like the service's own examples.
    #[must_use]
    pub fn all(schema: &'a Schema) -> Vec<Self> {
        let properties = schema.properties.as_deref().unwrap_or_default();
        let declared: BTreeMap<&str, &Schema> =
            properties.iter().map(|property| (&*property.key, &property.schema)).collect();
        let required: BTreeMap<&str, ()> =
            schema.required.iter().map(|(key, _)| (&**key, ())).collect();
        let first = schema.required.iter().map(|(key, _)| Self {
            key,
            schema: declared.get(&**key).copied(),
            is_required: true,
        });
        let rest = properties.iter().filter(|one| !required.contains_key(&*one.key));
        let rest = rest.map(|property| Self {
            key: &property.key,
            schema: Some(&property.schema),
            is_required: false,
        });
        first.chain(rest).collect()
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
