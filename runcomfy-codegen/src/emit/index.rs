//! The file that nests the models' modules and lists them.

use super::call;
use super::source_text::SourceText;
use crate::handed::Handed;
use crate::lower::{Model, Module, item_docs, modules};
use crate::write::HEADER;

/// The source of the include file; `file_name` gives the name of a model's own file beside it. `handed` has
/// the ids of the models, if `input!` knows these by their paths below the crate.
pub(crate) fn index(
    models: &[Model],
    runtime: &str,
    handed: Option<&Handed>,
    file_name: impl Fn(&Model) -> String,
) -> String {
    let mut source = SourceText::default();
    source.line(&format!("{HEADER}. Changes here are lost."));
    for (name, module) in &modules(models).children {
        source.line("");
        source.open("#[allow(");
        // An app may deny each of these for its own code. It uses only some of the items, and the
        // module may be private.
        for lint in [
            "clippy::all",
            "clippy::pedantic",
            "dead_code",
            "non_camel_case_types",
            "non_snake_case",
            "non_upper_case_globals",
            "rustdoc::bare_urls",
            "unreachable_pub",
            "unused_imports",
        ] {
            source.line(&format!("{lint},"));
        }
        source.close(")]");
        nested(&mut source, name, module, &file_name);
    }
    source.line("");
    source.doc(item_docs::MODELS);
    source.line("#[allow(dead_code, unreachable_pub)]");
    source.open(&format!("pub static MODELS: &[{runtime}::ModelInfo] = &["));
    for model in models {
        source.line(&format!("{}::__MODEL,", model.path.join("::")));
    }
    source.close("];");
    lookups(&mut source, runtime);
    if let Some(handed) = handed {
        source.line("");
        call::index(&mut source, handed);
    }
    source.finish()
}

/// The functions that find a model by its id.
fn lookups(source: &mut SourceText, runtime: &str) {
    let allowed = "#[allow(dead_code, unreachable_pub)]";
    source.line("");
    source.doc(item_docs::MODEL);
    source.line(allowed);
    source.line("#[must_use]");
    source.open(&format!(
        "pub fn model(id: &str) -> ::core::option::Option<&'static {runtime}::ModelInfo> {{"
    ));
    source.line(&format!("{runtime}::__private::model(MODELS, id)"));
    source.close("}");
    source.line("");
    source.doc(item_docs::CLOSEST_IDS);
    source.line(allowed);
    source.open(
        "pub fn closest_ids(id: &str) -> impl ::core::iter::Iterator<Item = &'static str> + use<> {",
    );
    source.line(&format!("{runtime}::__private::closest_ids(MODELS, id)"));
    source.close("}");
}

pub(crate) const INCLUDE: &str = "::core::include!(";

/// The line that includes a model's file.
pub(crate) fn inclusion(file: &str) -> String {
    let file = format!("/{file}");
    format!("{INCLUDE}::core::concat!(::core::env!(\"OUT_DIR\"), {file:?}));")
}

fn nested(
    source: &mut SourceText,
    name: &str,
    module: &Module<'_>,
    file_name: &impl Fn(&Model) -> String,
) {
    source.open(&format!("pub mod {name} {{"));
    source.inner_doc(&module.doc);
    source.line("");
    if let Some(model) = module.model {
        source.line(&inclusion(&file_name(model)));
    }
    for (child, module) in &module.children {
        nested(source, child, module, file_name);
    }
    source.close("}");
}
