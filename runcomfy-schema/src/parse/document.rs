//! A schema file: an input schema as a model's page shows it, or a catalog entry that contains one.

use super::diagnostics::{Diagnostics, Location};
use super::json::{self, Node, Value};
use super::schema::{Definitions, Root, Schema};
use super::{contradiction, definitions};
use crate::keyword::types::Types;

/// The content of a schema file.
#[derive(Clone, Debug)]
pub struct Document {
    /// `display_name` of a catalog entry.
    pub display_name: String,
    /// `description` of a catalog entry.
    pub description: String,
    /// `model_url` of a catalog entry: the model's page.
    pub model_url: String,
    /// `x-source` of the file: where its facts are from, and as of when.
    pub source: String,
    /// Whether `x-own` says that the service's catalog does not have the model.
    pub is_own: bool,
    pub input: Root,
    /// The schema of the result's `output`.
    pub output: Option<Root>,
}

/// Reads a file's text. `id` is the model id that the file's path stands for. `None` if a reported
/// error leaves nothing to continue with.
pub fn parse(id: &str, text: &str, diagnostics: &mut Diagnostics) -> Option<Document> {
    let root = json::parse(text, diagnostics)?;
    if !matches!(root.value, Value::Object(_)) {
        not_an_object(&root.location, diagnostics);
        return None;
    }
    let text_of = |key: &str| match root.member(key).map(|node| &node.value) {
        Some(Value::String(text)) => text.clone(),
        _ => String::new(),
    };
    let source = text_of("x-source");
    let is_own = root.member("x-own").is_some_and(|node| node.value == Value::Bool(true));
    let Some(input) = root.member("input_schema") else {
        let input = object_schema(&root, &root, diagnostics);
        return Some(Document {
            display_name: String::new(),
            description: String::new(),
            model_url: String::new(),
            source,
            is_own,
            input,
            output: None,
        });
    };
    if let Some(Node { value: Value::String(named), location }) = root.member("model_id")
        && named != id
    {
        diagnostics.error(
            location,
            format!("this is the catalog entry of {named:?}, but the file's path says {id:?}"),
            format!("move the file to {named}.json in the schemas folder"),
        );
    }
    let output = root.member("output_schema").filter(|node| node.value != Value::Null);
    Some(Document {
        display_name: text_of("display_name"),
        description: text_of("description"),
        model_url: text_of("model_url"),
        source,
        is_own,
        input: object_schema(&root, input, diagnostics),
        output: output.map(|output| output_schema(&root, output, diagnostics)),
    })
}

fn object_schema(file: &Node, node: &Node, diagnostics: &mut Diagnostics) -> Root {
    let mut root = definitions::read(file, node, node, diagnostics);
    let Root { schema, definitions } = &mut root;
    if let Some(first) = schema.enum_values.as_ref().and_then(|values| values.first()) {
        diagnostics.error(
            &first.location,
            "the whole input cannot be one of a list of values",
            "remove `enum` or `const` from the input schema itself, or list it in `x-unenforced` there",
        );
    }
    // A body is always an object, even if the schema allows other values.
    let is_object = match schema.types {
        Some(types) => types.has(Types::OBJECT),
        None => describes_object(schema, definitions, &mut MAX_PARTS.clone()),
    };
    if is_object {
        schema.types = Some(Types(Types::OBJECT));
        // A reference to the whole file means the same object.
        for copy in definitions.0.values_mut().filter(|copy| copy.id == schema.id) {
            copy.types = schema.types;
        }
        contradiction::check(&root, diagnostics);
    } else if !type_is_wrong(node) {
        not_an_object(&schema.location, diagnostics);
    }
    root
}

/// No input has more parts.
const MAX_PARTS: usize = 1000;

/// Whether a schema without `type` describes an object, by its keys or by its parts.
fn describes_object(schema: &Schema, definitions: &Definitions, left: &mut usize) -> bool {
    if *left == 0 {
        return false;
    }
    *left -= 1;
    schema.properties.is_some() || {
        let target = definitions.chain(schema).nth(1);
        let parts = schema.all_of.iter().chain(&schema.any_of).chain(&schema.one_of);
        target.into_iter().chain(parts).any(|part| {
            part.types.is_some_and(|types| types.has(Types::OBJECT))
                || (part.types.is_none() && describes_object(part, definitions, left))
        })
    }
}

/// Pages show the output schema inside `{"output": ...}`.
fn output_schema(file: &Node, node: &Node, diagnostics: &mut Diagnostics) -> Root {
    match node.member("output") {
        Some(inner) if node.member("type").is_none() => {
            definitions::read(file, node, inner, diagnostics)
        }
        _ => definitions::read(file, node, node, diagnostics),
    }
}

/// Whether `type` itself is wrong, which was reported.
fn type_is_wrong(node: &Node) -> bool {
    node.member("type").is_some_and(|node| match &node.value {
        Value::String(name) => Types::named(name).is_none(),
        _ => true,
    })
}

fn not_an_object(location: &Location, diagnostics: &mut Diagnostics) {
    diagnostics.error(
        location,
        "not the schema of an object",
        "a model's input is an object: give its schema as the model's page prints it, \
         {\"type\": \"object\", \"properties\": {...}}, or a catalog entry with `input_schema`",
    );
}
