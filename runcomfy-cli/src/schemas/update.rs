//! Puts a model into a folder of schemas, or brings its file up to date.

use std::collections::BTreeMap;
use std::io::Write;

use runcomfy_codegen::{GeneratedModel, Generator, Problem};
use runcomfy_schema::counted::counted;
use runcomfy_schema::parse::names::module_path;
use runcomfy_schema::printable::line;
use serde_json::{Value, json};

use super::changes::{self, Change};
use super::problems::{to_json, to_text};
use super::tree::{Members, Tree};
use super::violations::violations;
use super::{Folder, ModelId, Written, check, merge};
use crate::{Error, Result};

/// A schema that the generator needs to know no more of than its name.
const PLACEHOLDER: &str = r#"{"type": "object", "properties": {"x": {}}}"#;

/// What a model's file will be.
#[derive(Debug)]
pub(super) struct Update {
    pub(super) id: ModelId,
    /// The path of the file, as the user knows it.
    pub(super) path: String,
    text: String,
    is_new: bool,
    pub(super) changes: Vec<Change>,
    /// Fields that get another name in Rust: type and key, old name, new name.
    renamed: Vec<(String, String, String)>,
    warnings: Vec<Problem>,
    module: String,
    fields: usize,
}

/// What a folder needs for its updates: the other models in it.
#[derive(Debug)]
pub(super) struct Planner<'a> {
    folder: &'a Folder,
    /// Their modules.
    others: BTreeMap<ModelId, Vec<String>>,
    options: merge::Options,
}

impl<'a> Planner<'a> {
    pub(super) fn new(folder: &'a Folder, options: merge::Options) -> Result<Self> {
        let others = folder.ids()?.into_iter().map(|id| (id.clone(), module(&id))).collect();
        Ok(Self { folder, others, options })
    }

    /// Says what the file of a model will be, given the members of its catalog entry. Writes nothing.
    ///
    /// # Errors
    /// If no API can be generated from it, or the file that is there cannot be read.
    pub(super) fn plan(&mut self, id: &ModelId, entry: Members) -> Result<Update> {
        let path = self.folder.name_of(id);
        let before = self.folder.read(id)?;
        let old = before.as_deref().map(|text| old_entry(id, text, &path)).transpose()?;
        let entry = canonical(id, self.with_source(entry));
        let new = match old.clone().map(|old| self.without_source(old)) {
            Some(old) => merge::merge(&old, &entry, &self.options),
            None => entry,
        };
        let text = new.to_file();
        let generated = self.generate(id, &text, &path)?;
        let model = generated.models.into_iter().find(|model| model.id == id.as_str());
        let names_before = before.as_deref().and_then(|text| {
            let before = Generator::from_texts([(id.as_str(), text)]).generate().ok()?;
            before.models.first().map(names)
        });
        let names_now = model.as_ref().map(names).unwrap_or_default();
        let renamed = names_before.unwrap_or_default().into_iter().filter_map(|(key, old)| {
            let new = names_now.get(&key).filter(|new| **new != old)?;
            Some((key, old, new.clone()))
        });
        let fields = model.as_ref().and_then(|model| model.objects.first());
        let update = Update {
            id: id.clone(),
            path,
            is_new: before.is_none(),
            changes: old.as_ref().map(|old| changes::between(old, &new)).unwrap_or_default(),
            renamed: renamed.collect(),
            warnings: generated.warnings,
            fields: fields.map_or(0, |input| input.fields.len()),
            module: model.map(|model| model.module).unwrap_or_default(),
            // A file that means the same stays as it is.
            text: match before {
                Some(before) if old.is_some_and(|old| old.is_same(&new)) => before,
                _ => text,
            },
        };
        self.others.insert(id.clone(), module(id));
        Ok(update)
    }

    /// Adds the source that the user gave.
    fn with_source(&self, mut entry: Members) -> Members {
        if let Some(source) = &self.options.source {
            entry.retain(|(key, _)| key != "x-source");
            entry.push(("x-source".to_owned(), Tree::String(source.clone())));
        }
        entry
    }

    /// Removes the source of the old file, if the user gave another.
    fn without_source(&self, old: Tree) -> Tree {
        match old {
            Tree::Object(mut members) if self.options.source.is_some() => {
                members.retain(|(key, _)| key != "x-source");
                Tree::Object(members)
            }
            old => old,
        }
    }

    /// Generates the model beside those of the folder whose modules are its own, above it, or below it.
    fn generate(
        &self,
        id: &ModelId,
        text: &str,
        path: &str,
    ) -> Result<runcomfy_codegen::Generated> {
        let own = module(id);
        let is_near = |(other, module): &(&ModelId, &Vec<String>)| {
            *other != id && (own.starts_with(module) || module.starts_with(&own))
        };
        let others = self.others.iter().filter(is_near);
        let texts = others
            .map(|(other, _)| (other.as_str(), PLACEHOLDER))
            .chain([(id.as_str(), text)])
            .map(|(id, text)| (id.to_owned(), text.to_owned()));
        Generator::from_texts(texts).generate().map_err(|error| {
            let error = check::refusal(error.problems());
            Error::bad_input(format!("{path} is not written: {error}"))
        })
    }
}

/// The module of a model; empty if it cannot have one, which the generator reports.
fn module(id: &ModelId) -> Vec<String> {
    module_path(id.as_str()).unwrap_or_default()
}

/// The members of the entry in the order of schema files.
pub(super) fn canonical(id: &ModelId, entry: Members) -> Tree {
    const ORDER: [&str; 5] = ["display_name", "description", "kind", "categories", "model_url"];
    let rank = |key: &str| match key {
        "input_schema" => ORDER.len() + 1,
        "output_schema" => ORDER.len() + 2,
        key => ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len()),
    };
    let mut members = entry;
    members.sort_by_key(|(key, _)| rank(key));
    members.insert(0, ("model_id".to_owned(), Tree::String(id.to_string())));
    Tree::Object(members)
}

/// The entry in a file that is there. A file may be the schema alone.
fn old_entry(id: &ModelId, text: &str, path: &str) -> Result<Tree> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tree = Tree::parse(text).map_err(|error| {
        Error::bad_input(format!(
            "{} is not JSON, so its own keys cannot be kept: {error}; correct or remove it",
            path
        ))
    })?;
    if tree.get("input_schema").is_some() {
        return Ok(tree);
    }
    let (mut entry, mut schema) = (Vec::new(), Vec::new());
    for (key, value) in tree.members() {
        let list = if key == "x-source" { &mut entry } else { &mut schema };
        list.push((key.clone(), value.clone()));
    }
    entry.push(("input_schema".to_owned(), Tree::Object(schema)));
    Ok(canonical(id, entry))
}

/// The Rust names of a model's fields, by type and key.
fn names(model: &GeneratedModel) -> BTreeMap<String, String> {
    let fields = model.objects.iter().flat_map(|object| {
        let name = |field: &runcomfy_codegen::GeneratedField| {
            (format!("{}: {:?}", object.name, field.key), field.name.clone())
        };
        object.fields.iter().map(name).collect::<Vec<_>>()
    });
    fields.collect()
}

impl Update {
    /// Whether the file would change.
    pub(super) fn is_change(&self) -> bool {
        self.is_new || !self.changes.is_empty()
    }

    /// What is wrong with a body by the new schema.
    ///
    /// # Errors
    /// If the schema cannot be used.
    pub(super) fn violations(&self, body: &Tree) -> Result<Vec<String>> {
        violations(&self.id, &self.text, body)
    }

    /// Writes the file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(super) fn write(&self, folder: &Folder) -> Result<Written> {
        folder.write(&self.id, &self.text)
    }

    /// `created`, `updated` or `unchanged`.
    fn status(&self) -> &'static str {
        match (self.is_new, self.is_change()) {
            (true, _) => "created",
            (false, true) => "updated",
            (false, false) => "unchanged",
        }
    }

    /// Says what the update is.
    pub(super) fn show(
        &self,
        module: Option<&str>,
        is_dry: bool,
        output: &mut dyn Write,
    ) -> Result<()> {
        const MAX_SHOWN: usize = 40;
        let (status, path) = (self.status(), &self.path);
        match is_dry && self.is_change() {
            true => writeln!(output, "{path} would be {status}")?,
            false => writeln!(output, "{status} {path}")?,
        }
        if self.is_new {
            let above = module.map(|module| format!("{module}::")).unwrap_or_default();
            writeln!(output, "  {above}{}, {}", self.module, counted(self.fields, "field"))?;
        }
        let (texts, facts): (Vec<_>, Vec<_>) = self.changes.iter().partition(|one| one.is_text);
        for change in facts.iter().take(MAX_SHOWN) {
            writeln!(output, "  {}", change.line())?;
        }
        if facts.len() > MAX_SHOWN {
            writeln!(output, "  and {} more", facts.len() - MAX_SHOWN)?;
        }
        if !texts.is_empty() {
            let nouns =
                if texts.len() == 1 { "title or description" } else { "titles or descriptions" };
            writeln!(output, "  ~ {} {nouns} (--keep-texts keeps those of the file)", texts.len())?;
        }
        for (key, old, new) in &self.renamed {
            writeln!(
                output,
                "  the Rust name changes: {} was `{old}`, and is `{new}`; \"x-rust-name\": \"{old}\" keeps it",
                line(key)
            )?;
        }
        if !self.warnings.is_empty() {
            write!(output, "\n{}", to_text(&self.warnings, &std::io::stdout()))?;
        }
        Ok(())
    }

    pub(super) fn to_json(&self, is_dry: bool) -> Value {
        let changes: Value = self.changes.iter().map(Change::to_json).collect();
        let renamed: Value = self
            .renamed
            .iter()
            .map(|(key, old, new)| json!({"field": key, "old": old, "new": new}))
            .collect();
        json!({
            "id": self.id.as_str(),
            "file": self.path,
            "status": self.status(),
            "written": !is_dry && self.is_change(),
            "module": self.module,
            "changes": changes,
            "renamed": renamed,
            "warnings": to_json(&self.warnings),
        })
    }
}
