//! Names that a field cannot have, because a method of a generated type has them.
//!
//! Each field has a setter in the builder and a getter in the object. Under one of these names it would
//! collide with another method, or take precedence over one: `input.clone()` would read the field
//! `clone`. The list must not depend on the features of an app, so it has the methods of every trait
//! that a generated object or its builder can implement.

/// The methods of objects and builders, by their source.
const METHODS: [(&str, &[&str]); 14] = [
    (
        "objects and builders themselves",
        &["MODEL_ID", "build", "builder", "from_json", "to_builder"],
    ),
    ("Clone", &["clone", "clone_from"]),
    ("PartialEq", &["eq", "ne"]),
    ("Debug", &["fmt"]),
    ("Display and ToString", &["to_string"]),
    ("FromStr", &["from_str"]),
    ("From and Into", &["from", "into"]),
    ("TryFrom and TryInto", &["try_from", "try_into"]),
    ("ToOwned", &["clone_into", "to_owned"]),
    ("AsRef, AsMut, Borrow and BorrowMut", &["as_mut", "as_ref", "borrow", "borrow_mut"]),
    ("Any", &["type_id"]),
    ("Serialize and Deserialize", &["deserialize", "deserialize_in_place", "serialize"]),
    ("JsonSchema", &["inline_schema", "json_schema", "schema_id", "schema_name"]),
    ("Request", &["checked_body", "job_key", "model_id"]),
];

/// Whether a method of every object or builder has this name.
pub(super) fn is_method(name: &str) -> bool {
    METHODS.iter().any(|(_, names)| names.contains(&name))
}
