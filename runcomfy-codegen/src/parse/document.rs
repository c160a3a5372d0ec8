//! A schema file: the bare input schema as a page prints it, or a catalog entry around it.

use super::json::{self, Node, Value};
use super::keywords;
use super::schema::{Schema, TypeSet};
use crate::report::{Place, Reporter};

/// What a schema file says.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// `display_name` of a catalog entry.
    pub(crate) display_name: String,
    /// `description` of a catalog entry.
    pub(crate) description: String,
    pub(crate) input: Schema,
    /// The schema of the result's `output`.
    pub(crate) output: Option<Schema>,
}

/// Reads a file's text; `id` is the model id that its path says. `None` where something was
/// reported that leaves nothing to go on with.
pub(crate) fn parse(id: &str, text: &str, reporter: &mut Reporter<'_>) -> Option<Document> {
    let root = json::parse(text, reporter)?;
    if !matches!(root.value, Value::Object(_)) {
        not_an_object(&root.place, reporter);
        return None;
    }
    let Some(input) = root.member("input_schema") else {
        let input = object_schema(&root, reporter);
        return Some(Document {
            display_name: String::new(),
            description: String::new(),
            input,
            output: None,
        });
    };
    if let Some(Node { value: Value::String(named), place }) = root.member("model_id")
        && named != id
    {
        reporter.error(
            place,
            format!("this is the catalog entry of {named:?}, but the file's path says {id:?}"),
            format!("move the file to {named}.json in the schemas folder"),
        );
    }
    let text_of = |key: &str| match root.member(key).map(|node| &node.value) {
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    let output = root.member("output_schema").filter(|node| node.value != Value::Null);
    Some(Document {
        display_name: text_of("display_name"),
        description: text_of("description"),
        input: object_schema(input, reporter),
        output: output.map(|output| output_schema(output, reporter)),
    })
}

fn object_schema(node: &Node, reporter: &mut Reporter<'_>) -> Schema {
    let schema = keywords::read(node, reporter);
    if let Some(first) = schema.values.as_ref().and_then(|values| values.first()) {
        reporter.error(
            &first.place,
            "the whole input cannot be one of a list of values",
            "remove `enum` or `const` from the input schema itself, or list it in `x-unenforced` there",
        );
    }
    let is_object = match schema.types {
        Some(types) => types == TypeSet::OBJECT,
        None => schema.properties.is_some(),
    };
    if !is_object && !type_is_wrong(node) {
        not_an_object(&schema.place, reporter);
    }
    schema
}

/// Pages print the output schema inside `{"output": ...}`.
fn output_schema(node: &Node, reporter: &mut Reporter<'_>) -> Schema {
    match node.member("output") {
        Some(inner) if node.member("type").is_none() => keywords::read(inner, reporter),
        _ => keywords::read(node, reporter),
    }
}

/// A `type` that was reported already needs no second report.
fn type_is_wrong(node: &Node) -> bool {
    node.member("type").is_some_and(|node| match &node.value {
        Value::String(name) => TypeSet::named(name).is_none(),
        _ => true,
    })
}

fn not_an_object(place: &Place, reporter: &mut Reporter<'_>) {
    reporter.error(
        place,
        "not the schema of an object",
        "a model's input is an object: give its schema as the model's page prints it, \
         {\"type\": \"object\", \"properties\": {...}}, or a catalog entry with `input_schema`",
    );
}
