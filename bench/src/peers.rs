//! Code for the same catalog by other means: `typify` with builders, and plain `serde` derives.

use std::fmt::Write as _;

use serde_json::Value;
use typify::{TypeSpace, TypeSpaceSettings};

use crate::catalog::Model;

/// The schema with `number` for `float`, which is not a type of JSON Schema.
pub fn standard(schema: &Value) -> Value {
    let text = schema.to_string().replace("\"type\":\"float\"", "\"type\":\"number\"");
    serde_json::from_str(&text).expect("still JSON")
}

/// `typify`'s formatted code for one model.
pub fn typify(model: &Model) -> String {
    let schema = serde_json::from_value::<schemars_08::schema::RootSchema>(standard(&model.schema));
    let mut space = TypeSpace::new(TypeSpaceSettings::default().with_struct_builder(true));
    space.add_root_schema(schema.expect("a schema")).expect("a valid schema");
    let file = syn_2::parse2(space.to_stream()).expect("typify's own code");
    prettyplease_2::unparse(&file)
}

/// Code as written by hand: a struct and its enums, with derives and no checks.
pub fn plain_serde(model: &Model) -> String {
    let mut fields = String::new();
    let mut enums = String::new();
    let required = model.schema["required"].as_array().cloned().unwrap_or_default();
    for (key, property) in model.schema["properties"].as_object().into_iter().flatten() {
        let name = if key.starts_with(|c: char| c.is_ascii_digit()) {
            format!("field_{key}")
        } else {
            key.clone()
        };
        let type_ = match (property["type"].as_str(), property["enum"].as_array()) {
            (Some("string"), Some(values)) => {
                let type_ = format!("Enum{}", enums.matches("enum ").count());
                let _ = writeln!(
                    enums,
                    "#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]\npub enum {type_} {{"
                );
                for (index, value) in values.iter().enumerate() {
                    let _ = writeln!(enums, "    #[serde(rename = {value})]\n    V{index},");
                }
                enums.push_str("}\n\n");
                type_
            }
            (Some("string"), None) => "String".to_owned(),
            (Some("integer"), _) => "i64".to_owned(),
            (Some("boolean"), _) => "bool".to_owned(),
            _ => "f64".to_owned(),
        };
        let _ =
            writeln!(fields, "    /// {}", property["description"].as_str().unwrap_or_default());
        let _ = if required.contains(&Value::String(key.clone())) {
            writeln!(fields, "    #[serde(rename = {key:?})]\n    pub {name}: {type_},")
        } else {
            writeln!(
                fields,
                "    #[serde(rename = {key:?}, default, skip_serializing_if = \"Option::is_none\")]\n    pub {name}: Option<{type_}>,"
            )
        };
    }
    format!(
        "use serde::{{Deserialize, Serialize}};\n\n{enums}#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]\npub struct Input {{\n{fields}}}\n"
    )
}
