//! The building blocks of generated models.
//!
//! Apps depend on `runcomfy-models`, which re-exports the public API of this crate beside the generated
//! models, and the examples use it under that name. This crate knows no model and no HTTP; it holds [`Media`], [`Output`], [`Request`],
//! [`ModelInfo`], [`DynamicModel`], [`ValidationErrors`], and what builders, enums and unions of
//! generated code share.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod convert;
mod enums;
mod field;
mod media;
#[doc(hidden)]
pub mod media_encoder;
mod model;
mod model_id;
#[allow(missing_docs, reason = "reachable through `__private` alone")]
mod object;
mod output;
#[allow(missing_docs, reason = "reachable through `__private` alone")]
mod part;
mod read;
mod request;
#[allow(missing_docs, reason = "reachable through `__private` alone")]
mod rule_lists;
#[doc(hidden)]
#[allow(missing_docs, reason = "for generated code")]
pub mod rules;
mod shown;
mod unions;

// Shared with the HTTP client; not part of the public API.
#[doc(hidden)]
pub mod data_uri;
#[doc(hidden)]
pub mod media_type;
#[doc(hidden)]
pub mod truncated;

pub use builder::{Missing, Set};
pub use enums::UnknownValue;
pub use field::IntoField;
pub use media::{Media, MediaError, MediaKind};
pub use model::{AnyInput, DynamicModel, ModelInfo, SchemaError};
pub use model_id::{InvalidModelId, ModelId};
pub use output::{Output, OutputError, OutputFiles, OutputRef};
pub use request::{Keyed, Request};
pub use runcomfy_schema::{FieldInfo, FieldKind, ModelField, ValidationErrors, Violation};

/// The crate of [`Value`], with the macro `json!` for bodies: the version that this API takes.
#[doc(no_inline)]
pub use serde_json;
#[doc(no_inline)]
pub use serde_json::Value;

#[cfg(feature = "macros")]
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
pub use runcomfy_macros::models;

#[cfg(feature = "macros")]
#[doc(hidden)]
pub mod __macros {
    pub use runcomfy_macros::{checked, resolve};
}

/// An input of a model, with its literals checked by the compiler: `input!` of `runcomfy-models`, for an
/// app whose models are all its own.
#[cfg(feature = "macros")]
#[cfg_attr(docsrs, doc(cfg(feature = "macros")))]
#[macro_export]
macro_rules! input {
    // No hash and no list of models: every path means what it means elsewhere.
    ($($call:tt)*) => {
        $crate::__macros::resolve! { "" "" "" ($crate) $($call)* }
    };
}

/// The API for generated code. It is not public: it changes without notice, together with the code
/// generator of the same version.
#[doc(hidden)]
#[allow(missing_docs, reason = "not for people")]
pub mod __private {
    pub use crate::builder::Draft;
    pub use crate::convert::Convert;
    pub use crate::enums::{
        EnumType, Integers, Mixed, Strings, compare, deserialize_enum, display_enum, enum_from_i64,
        enum_from_str, enum_from_value, hash, integer_of, serialize_enum, string_of, value_of,
    };
    pub use crate::field::IntoField;
    pub use crate::model::{closest_ids, model};
    pub use crate::object::{
        HasRules, Typed, Valid, checked, deserialize, from_form, from_json, from_value,
    };
    pub use crate::output::{OutputRef, put, serialize_output, take};
    pub use crate::part::{
        Base, IntoPart, Part, literal, literal_input, not_compiled, part, part_list, part_object,
    };
    pub use crate::read::FromField;
    pub use crate::request::{CheckedBody, checked_body};
    pub use crate::shown::debug_output;
    pub use crate::unions::{FormOf, ReadForm};
    #[cfg(feature = "schemars")]
    #[must_use]
    pub fn json_schema(title: &str, rules: &'static [Rule]) -> schemars::Schema {
        match runcomfy_schema::export::json_schema(rules) {
            Value::Object(mut members) => {
                members.insert("title".to_owned(), title.into());
                members.into()
            }
            _ => schemars::Schema::default(),
        }
    }
    #[cfg(feature = "schemars")]
    pub use crate::enums::enum_rules;
    pub use crate::rules::OBJECT;
    pub use crate::{
        __input as input, __integer_enum as integer_enum, __mixed_enum as mixed_enum,
        __nested as nested, __object as object, __output as output, __string_enum as string_enum,
        __union as union, __union_form as union_form,
    };
    pub use crate::{
        FieldInfo, Media, MediaKind, Missing, ModelInfo, Output, OutputFiles, Request, Set,
        UnknownValue, ValidationErrors,
    };
    pub use core::option::Option::{None, Some};
    pub use runcomfy_schema::keyword::format::Format;
    pub use runcomfy_schema::keyword::media::{Comparison, MediaFact, validation};
    pub use runcomfy_schema::keyword::similar;
    pub use runcomfy_schema::keyword::types::Types;
    pub use runcomfy_schema::pattern::Pattern;
    pub use runcomfy_schema::rule::{
        Additional, List::Static, ObjectSchema, Rule, Shared, Target, fields,
    };

    /// Every generated module imports this with a glob. Its own names take precedence.
    pub mod prelude {
        pub use super::{
            Additional, Constant, Draft, FieldInfo, Fields, IntoField, Media, Missing,
            ObjectSchema, Rule, Set, Static, ValidationErrors,
        };
        pub use crate::rule_lists::*;
        pub use crate::rules::*;
    }
    pub use runcomfy_schema::keyword::values::Values;
    pub use runcomfy_schema::{Constant, Fields, Json, Num};
    #[cfg(feature = "schemars")]
    pub use schemars;
    pub use serde;
    pub use serde_json::Value;
    pub type Map = serde_json::Map<String, Value>;
}
