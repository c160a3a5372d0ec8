//! A checked schema to a model: every choice is made here, names included, so that emitting is
//! writing down.

mod docs;
mod example;
mod fields;
mod model;
pub(crate) mod names;
mod output;
mod rules;
mod shape;

pub(crate) use model::{
    Additional, EnumType, EnumValues, Field, IntegerType, Literal, MediaKind, Model, ObjectType,
    OutputType, Required, Rule, Shape,
};

use crate::parse::Document;
use crate::report::{Place, Reporter};

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
    let mut types = fields::Types::new();
    fields::lower_object(&mut types, fields::INPUT, id, &document.input, reporter);
    let output = document.output.as_ref().and_then(|schema| output::lower(schema, reporter));
    if reporter.has_errors() {
        return None;
    }
    let fields::Types { mut objects, enums, .. } = types;
    // An object is lowered after the objects inside it; `Input` is read first.
    objects.reverse();
    let mut model = Model {
        id: id.to_owned(),
        path,
        module_doc: docs::module(id, document),
        objects,
        enums,
        output,
    };
    let example = example::of(&model, &document.input, crate_path);
    let input_doc = docs::input(id, document, &example);
    if let Some(input) = model.objects.first_mut() {
        input.doc = input_doc;
    }
    Some(model)
}
