//! A checked schema to a model: every choice is made here, names included, so that emitting is
//! writing down.

mod candidates;
mod combination;
mod definition_names;
mod docs;
mod enums;
mod example;
mod fields;
pub(crate) mod item_docs;
mod markdown;
mod model;
mod modules;
mod objects;
mod output;
mod part_names;
mod paths;
mod patterns;
mod ref_form;
mod sample;
mod shape;
mod states;
mod text_sample;
mod types;
mod unions;

pub(crate) use crate::parse::names;
pub(crate) use example::Example;
pub(crate) use model::{
    Conversion, EnumModel, EnumValues, FieldModel, FieldRules, Getter, IntegerType, Literal, Model,
    ObjectType, OutputFieldType, OutputType, PatternStatic, RefForm, RequiredState, Returned,
    Shape, UnionType,
};
pub(crate) use modules::{Module, modules};
pub(crate) use paths::Paths;

use crate::parse::{self, Compiler, Definitions, Document};
use crate::report::{Location, Reporter};
use types::TypeRegistry;

/// A model in progress.
struct Lowerer<'a, 'r, 'f> {
    /// The model id.
    model: &'a str,
    definitions: &'a Definitions,
    reporter: &'r mut Reporter<'f>,
    /// Makes the rules; the schema's own values are judged with them too.
    compiler: Compiler<'a>,
    types: TypeRegistry,
}

/// Makes a model from a schema file. `crate_path` is the path of the generated crate in the model's
/// example, if there is one.
pub(crate) fn lower(
    id: &str,
    document: &Document,
    crate_path: Option<&str>,
    reporter: &mut Reporter<'_>,
) -> Option<Model> {
    let path = module_path(id, reporter)?;
    let input = &document.input;
    let mut lowerer = Lowerer {
        model: id,
        definitions: &input.definitions,
        reporter,
        compiler: Compiler::new(&input.definitions),
        types: TypeRegistry::new(),
    };
    lowerer.types.object_names.extend(input.schema.id.map(|id| (id, types::INPUT.to_owned())));
    let named = definition_names::of(&input.definitions, &input.schema);
    lowerer.types.claim_definitions(named.into_iter());
    lowerer.object(types::INPUT, &input.schema);
    lowerer.compiler.finish();
    let Lowerer { mut compiler, types, reporter, .. } = lowerer;
    report_rules(&compiler, reporter);
    let output =
        document.output.as_ref().and_then(|output| output::lower(&output.schema, reporter));
    if reporter.has_errors() {
        return None;
    }
    let TypeRegistry { made: mut types, object_names, .. } = types;
    // Inner objects are lowered first; readers want `Input` first.
    types.objects.reverse();
    states::name(&mut types);
    let referred = ref_form::choose(&compiler, &object_names, &mut types);
    let patterns = patterns::statics(&types, &referred);
    let example = example::of(&types, &path, &mut compiler, input, crate_path, reporter);
    let markdown = example.as_ref().map_or("", |example| &example.markdown);
    let input = types.objects.first_mut()?;
    let page = docs::Page { id, document, input, example: markdown };
    let (module_doc, summary, input_doc) = (page.module(), page.summary(), page.input());
    input.doc = input_doc;
    Some(Model {
        id: id.to_owned(),
        path,
        module_doc,
        title: document.display_name.clone(),
        summary,
        paths: Paths::new(types.names()),
        types,
        referred,
        patterns,
        output,
        output_kind: document.output_kind(),
        example,
    })
}

/// The modules of a model, outermost first.
fn module_path(id: &str, reporter: &mut Reporter<'_>) -> Option<Vec<String>> {
    names::module_path(id)
        .map_err(|message| {
            let help = "rename the file: the path below the schemas folder is the model id";
            reporter.error(&Location::root(), message, help);
        })
        .ok()
}

/// Reports what was found when the rules were made.
fn report_rules(compiler: &Compiler<'_>, reporter: &mut Reporter<'_>) {
    for place in compiler.empty_objects() {
        reporter.warning(
            place,
            "an object without `properties` takes no members at all",
            "add \"additionalProperties\": true if it takes any",
        );
    }
    if let Some(place) = compiler.unseen_files() {
        reporter.error(place, parse::UNSEEN_FILES, parse::UNSEEN_FILES_HELP);
    }
}
