//! A checked schema to a model: every choice is made here, names included, so that emitting is
//! writing down.

mod docs;
mod enums;
mod example;
mod fields;
mod markdown;
mod model;
pub(crate) mod names;
mod objects;
mod output;
mod rules;
mod shape;
mod types;
mod unions;
mod view;

pub(crate) use markdown::link;
pub(crate) use model::{
    Additional, EnumType, EnumValues, Field, IntegerType, Literal, MediaKind, Members, Model,
    ObjectType, OutputType, Pattern, Required, Rule, Shape, UnionType,
};

use crate::parse::{Definitions, Document};
use crate::report::{Place, Reporter};
use types::Types;

/// A model in the making.
struct Lowerer<'a, 'r, 'f> {
    /// The model id.
    model: &'a str,
    definitions: &'a Definitions,
    reporter: &'r mut Reporter<'f>,
    types: Types,
}

/// Makes a model of a schema file. `crate_path` is the path under which its example finds the
/// generated crate, where there is one.
pub(crate) fn lower(
    id: &str,
    document: &Document,
    crate_path: Option<&str>,
    reporter: &mut Reporter<'_>,
) -> Option<Model> {
    let path = match names::module_path(id) {
        Ok(path) => path,
        Err(message) => {
            let help = "rename the file: the path below the schemas folder is the model id";
            reporter.error(&Place::root(), message, help);
            return None;
        }
    };
    let input = &document.input;
    let mut lowerer =
        Lowerer { model: id, definitions: &input.definitions, reporter, types: Types::new() };
    let place = input.schema.place.pointer.clone();
    lowerer.types.object_names.insert(place, types::INPUT.to_owned());
    lowerer.object(types::INPUT, &input.schema);
    lowerer.finish_definitions();
    let types = lowerer.types;
    let output =
        document.output.as_ref().and_then(|output| output::lower(&output.schema, reporter));
    if reporter.has_errors() {
        return None;
    }
    let Types { mut objects, enums, unions, aliases, definitions, patterns, .. } = types;
    // An object is lowered after the objects inside it; `Input` is read first.
    objects.reverse();
    let mut model = Model {
        id: id.to_owned(),
        path,
        module_doc: docs::module(id, document),
        objects,
        enums,
        unions,
        aliases,
        definitions,
        patterns,
        output,
    };
    let example = example::of(&model, input, crate_path);
    let input_doc = docs::input(id, document, &example);
    if let Some(input) = model.objects.first_mut() {
        input.doc = input_doc;
    }
    Some(model)
}
