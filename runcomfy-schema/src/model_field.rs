//! What a field says of itself: the same for a generated model as for one whose schema arrived at run
//! time.

use std::fmt;

use serde_json::Value;

use crate::field::{Field, FieldInfo, FieldKind};
use crate::json::Constant;
use crate::keyword::types::Types;
use crate::rule::{Bound, Rule, Rules};
use crate::search::find;

/// An input field of a model, whether the model has a generated type or not.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct ModelField<'a> {
    /// The Rust name of the field, used in violations.
    pub name: &'a str,
    /// The key on the wire.
    pub key: &'a str,
    /// The schema's title, or an empty string.
    pub title: &'a str,
    /// The schema's description, or an empty string.
    pub description: &'a str,
    /// Whether a request must have the field.
    pub required: bool,
    /// What the rules refer to by number.
    definitions: &'a [Rules],
    rules: &'a [Rule],
    default: Option<Constant<'a>>,
}

impl<'a> ModelField<'a> {
    #[doc(hidden)]
    #[must_use]
    pub fn new(definitions: &'a [Rules], field: Field<'a>) -> Self {
        let Field { name, key, title, description, required, rules, default } = field;
        Self { name, key, title, description, required, definitions, rules, default }
    }
}

impl From<&FieldInfo> for ModelField<'static> {
    fn from(field: &FieldInfo) -> Self {
        let FieldInfo { name, key, title, description, required, rules, default } = *field;
        Self { name, key, title, description, required, definitions: &[], rules, default }
    }
}

/// Methods of both types, written once.
macro_rules! accessors {
    ($($(#[$attribute:meta])* fn $name:ident($field:ident) -> $type:ty $body:block)*) => {
        impl FieldInfo {
            $($(#[$attribute])* #[must_use] pub fn $name(&self) -> $type {
                ModelField::from(self).$name()
            })*
        }

        impl ModelField<'_> {
            $($(#[$attribute])* #[must_use] pub fn $name(&self) -> $type {
                let $field = self;
                $body
            })*
        }
    };
}

accessors! {
    /// The kind of value that the field takes.
    fn kind(field) -> FieldKind {
        kind(field.definitions, field.rules)
    }

    /// The kind of the items, if the field is a list.
    fn item_kind(field) -> Option<FieldKind> {
        (field.kind() == FieldKind::Array).then(|| {
            let items = field.find(&|rule| match rule {
                Rule::Items { rules, .. } => Some(&**rules),
                _ => None,
            });
            kind(field.definitions, items.unwrap_or_default())
        })
    }

    /// The allowed values, if the schema lists them. Otherwise empty.
    fn values(field) -> Vec<Value> {
        field.find(&|rule| match rule {
            Rule::Values(values) => Some(values.iter().map(Constant::to_value).collect()),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// The value that the service uses if none is sent. Of a required field, it is a demo value: the
    /// service does not use it, and a request must have the field. `None` if the default breaks the
    /// schema's own rules.
    fn default(field) -> Option<Value> {
        field.default.map(Constant::to_value)
    }

    /// The least value (see [`exclusive_minimum`](Self::exclusive_minimum) for the other kind).
    fn minimum(field) -> Option<Value> {
        field.bound(|min, _| min, false)
    }

    /// The greatest value.
    fn maximum(field) -> Option<Value> {
        field.bound(|_, max| max, false)
    }

    /// The value it must be greater than.
    fn exclusive_minimum(field) -> Option<Value> {
        field.bound(|min, _| min, true)
    }

    /// The value it must be less than.
    fn exclusive_maximum(field) -> Option<Value> {
        field.bound(|_, max| max, true)
    }

    /// The least and the greatest number of characters of a string.
    fn length(field) -> (Option<u64>, Option<u64>) {
        field.find(&|rule| match rule {
            Rule::TextLen { min, max } => Some((*min, *max)),
            _ => None,
        })
        .unwrap_or_default()
    }

    /// The least and the greatest number of items of a list.
    fn count(field) -> (Option<u64>, Option<u64>) {
        field.find(&|rule| match rule {
            Rule::ItemsLen { min, max } => Some((*min, *max)),
            _ => None,
        })
        .unwrap_or_default()
    }
}

impl<'a> ModelField<'a> {
    fn find<T>(&self, pick: &dyn Fn(&'a Rule) -> Option<T>) -> Option<T> {
        find(self.definitions, self.rules, pick)
    }

    fn bound(
        &self,
        side: for<'b> fn(Option<&'b Bound>, Option<&'b Bound>) -> Option<&'b Bound>,
        exclusive: bool,
    ) -> Option<Value> {
        let bound = self.find(&|rule| match rule {
            Rule::Range { min, max } => side(min.as_ref(), max.as_ref()).cloned(),
            _ => None,
        });
        let bound = bound.filter(|bound| bound.exclusive == exclusive)?;
        bound.value.to_number().map(Value::Number)
    }
}

impl fmt::Debug for ModelField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelField")
            .field("name", &self.name)
            .field("key", &self.key)
            .field("kind", &self.kind())
            .field("required", &self.required)
            .field("default", &self.default)
            .finish_non_exhaustive()
    }
}

fn kind(definitions: &[Rules], rules: &[Rule]) -> FieldKind {
    let media = find(definitions, rules, &|rule| match rule {
        Rule::Media(kind) => Some(FieldKind::Media(*kind)),
        _ => None,
    });
    let types = find(definitions, rules, &|rule| match rule {
        Rule::Types(types) => Some(types.0 & !Types::NULL),
        _ => None,
    });
    match types {
        Some(Types::STRING) => media.unwrap_or(FieldKind::String),
        Some(Types::INTEGER) => FieldKind::Integer,
        Some(Types::NUMBER) => FieldKind::Number,
        Some(Types::BOOLEAN) => FieldKind::Boolean,
        Some(Types::ARRAY) => FieldKind::Array,
        Some(Types::OBJECT) => FieldKind::Object,
        // The items of a list of files need no `type`.
        None => media.unwrap_or(FieldKind::Any),
        Some(_) => FieldKind::Any,
    }
}
