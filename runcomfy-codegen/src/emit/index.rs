//! The file that nests the models' modules and lists them.

use super::call;
use super::source::Source;
use crate::lower::Model;
use crate::write::HEADER;

/// A module: a model's, a parent's, or both.
#[derive(Default)]
struct Module<'a> {
    model: Option<&'a Model>,
    /// In the order of their names.
    children: Vec<(&'a str, Module<'a>)>,
}

impl<'a> Module<'a> {
    fn child(&mut self, name: &'a str) -> &mut Self {
        let found = self.children.binary_search_by_key(&name, |(name, _)| name);
        let index = found.unwrap_or_else(|index| {
            self.children.insert(index, (name, Self::default()));
            index
        });
        &mut self.children[index].1
    }

    /// The models in the module and below it, in the order of their paths.
    fn models(&self) -> Vec<&'a Model> {
        let below = self.children.iter().flat_map(|(_, child)| child.models());
        self.model.into_iter().chain(below).collect()
    }

    /// The documentation of a module that is no model's: how many models it has. `depth` is the number
    /// of modules around it. A vendor's module lists them, since one reads there which model to take.
    fn doc(&self, depth: usize) -> String {
        let models = self.models();
        let Some(first) = models.first() else { return String::new() };
        let id: Vec<_> = first.id.split('/').take(depth + 1).collect();
        let (count, plural) = (models.len(), if models.len() == 1 { "" } else { "s" });
        let mut doc = format!("{count} model{plural} of `{}`.", id.join("/"));
        if depth == 0 {
            doc.push_str("\n\n| Module | What it makes |\n| --- | --- |");
            for model in models {
                let path = model.path.get(1..).unwrap_or_default().join("::");
                let line = format!("\n| [`{path}`](mod@self::{path}) | {} |", model.summary);
                doc.push_str(&line);
            }
        }
        doc
    }
}

/// The source of the include file; `file_name` gives the name of a model's own file beside it, and
/// `lists_models` says whether `input!` knows them by their paths below the crate.
pub(crate) fn index(
    models: &[Model],
    runtime: &str,
    lists_models: bool,
    file_name: impl Fn(&Model) -> String,
) -> String {
    let mut root = Module::default();
    for model in models {
        let mut module = &mut root;
        for name in &model.path {
            module = module.child(name);
        }
        module.model = Some(model);
    }
    let mut source = Source::default();
    source.line(&format!("{HEADER}. Changes here are lost."));
    for (name, module) in &root.children {
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
        nested(&mut source, name, module, 0, &file_name);
    }
    source.line("");
    source.doc("Every model, sorted by id.");
    source.line("#[allow(dead_code, unreachable_pub)]");
    source.open(&format!("pub static MODELS: &[{runtime}::ModelInfo] = &["));
    for model in models {
        source.line(&format!("{}::__MODEL,", model.path.join("::")));
    }
    source.close("];");
    if lists_models {
        source.line("");
        call::index(&mut source, models.iter().map(|model| &*model.id));
    }
    source.finish()
}

pub(crate) const INCLUDE: &str = "::core::include!(";

/// The line that includes a model's file.
pub(crate) fn inclusion(file: &str) -> String {
    let file = format!("/{file}");
    format!("{INCLUDE}::core::concat!(::core::env!(\"OUT_DIR\"), {file:?}));")
}

fn nested(
    source: &mut Source,
    name: &str,
    module: &Module<'_>,
    depth: usize,
    file_name: &impl Fn(&Model) -> String,
) {
    source.open(&format!("pub mod {name} {{"));
    match module.model {
        Some(model) => source.inner_doc(&model.module_doc),
        None => source.inner_doc(&module.doc(depth)),
    }
    source.line("");
    if let Some(model) = module.model {
        source.line(&inclusion(&file_name(model)));
    }
    for (child, module) in &module.children {
        nested(source, child, module, depth + 1, file_name);
    }
    source.close("}");
}
