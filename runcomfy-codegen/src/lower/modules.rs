//! The tree of the models' modules, with the documentation of those that are no model's.

use runcomfy_schema::counted::counted;

use super::model::Model;

/// A module: a model's, a parent's, or both.
#[derive(Default)]
pub(crate) struct Module<'a> {
    pub(crate) doc: String,
    pub(crate) model: Option<&'a Model>,
    /// In the order of their names.
    pub(crate) children: Vec<(&'a str, Module<'a>)>,
}

/// The module that contains those of all models.
pub(crate) fn modules(models: &[Model]) -> Module<'_> {
    let mut root = Module::default();
    for model in models {
        let mut module = &mut root;
        for name in &model.path {
            module = module.child(name);
        }
        module.model = Some(model);
    }
    for (_, child) in &mut root.children {
        child.document(0);
    }
    root
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

    /// Writes the documentation of the module and of those below it; returns the models in them, in
    /// the order of their paths. `depth` is the number of modules around it.
    fn document(&mut self, depth: usize) -> Vec<&'a Model> {
        let below = self.children.iter_mut().flat_map(|(_, child)| child.document(depth + 1));
        let models: Vec<_> = self.model.into_iter().chain(below).collect();
        self.doc = match self.model {
            Some(model) => model.module_doc.clone(),
            None => parent(&models, depth),
        };
        models
    }
}

/// The documentation of a module that is no model's: how many models it has. A vendor's module lists
/// them, since one reads there which model to take.
fn parent(models: &[&Model], depth: usize) -> String {
    let Some(first) = models.first() else { return String::new() };
    let id: Vec<_> = first.id.split('/').take(depth + 1).collect();
    let mut doc = format!("{} of `{}`.", counted(models.len(), "model"), id.join("/"));
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
