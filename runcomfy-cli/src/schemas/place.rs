//! What a value in a schema is: a schema, schemas by name, or data.

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A file: a catalog entry.
    Entry,
    /// A schema. Its keys are keywords.
    Schema,
    /// Schemas by name, as in `properties`. Its keys are names, also those that begin with `x-`.
    Schemas,
    /// A list of schemas, as in `anyOf`.
    List,
    /// Definitions by kind, as in `components`.
    Components,
    /// Data, as in `default`.
    Data,
}

impl Place {
    /// What the value of a key is.
    pub(crate) fn below(self, key: &str) -> Self {
        match self {
            Self::Entry => match key {
                "input_schema" | "output_schema" => Self::Schema,
                _ => Self::Data,
            },
            Self::Schema => match key {
                "properties" | "patternProperties" | "$defs" | "definitions"
                | "dependentSchemas" => Self::Schemas,
                "components" => Self::Components,
                "allOf" | "anyOf" | "oneOf" | "prefixItems" => Self::List,
                "items"
                | "additionalProperties"
                | "additionalItems"
                | "contains"
                | "not"
                | "if"
                | "then"
                | "else"
                | "propertyNames"
                | "unevaluatedProperties"
                | "unevaluatedItems"
                | "contentSchema" => Self::Schema,
                // Of an output schema in the form `{"output": {...}}`.
                "output" => Self::Schema,
                _ => Self::Data,
            },
            Self::Schemas => Self::Schema,
            Self::Components => match key {
                "schemas" => Self::Schemas,
                _ => Self::Data,
            },
            Self::List | Self::Data => Self::Data,
        }
    }

    /// What an item of a list is. `items` may be a list of schemas.
    pub(crate) fn item(self) -> Self {
        match self {
            Self::List | Self::Schema => Self::Schema,
            _ => Self::Data,
        }
    }

    /// Whether a key here is one that a keeper adds.
    pub(crate) fn is_own_key(self, key: &str) -> bool {
        matches!(self, Self::Entry | Self::Schema) && key.starts_with("x-")
    }

    /// Whether the value of a key here is a text for people, in some language.
    pub(crate) fn is_text(self, key: &str) -> bool {
        match self {
            Self::Entry => matches!(key, "display_name" | "description"),
            Self::Schema => matches!(key, "title" | "description"),
            _ => false,
        }
    }
}
