//! What was generated: the models with their names and source, and the files to write.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use runcomfy_schema::media::MediaKind;

use crate::api::Lowered;
use crate::report::{Error, Problem};
use crate::{emit, lower, write};

/// The generated source.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The models, sorted by id.
    pub models: Vec<GeneratedModel>,
    /// The warnings about the schemas.
    pub warnings: Vec<Problem>,
    /// The text of the include file.
    pub index: String,
}

/// A model's generated module.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GeneratedModel {
    /// The model id.
    pub id: String,
    /// Its schema file.
    pub schema: PathBuf,
    /// The path of its module below the include file, for example `kling::kling_2_1::master`.
    pub module: String,
    /// Its display name; empty if the schema has none.
    pub title: String,
    /// What it makes, from what, as Markdown on one line: the first sentence of its description;
    /// without one, what it takes.
    pub summary: String,
    /// The kind of file that it makes. `None` if its schema does not say so, or names several kinds.
    pub output_kind: Option<MediaKind>,
    /// Its types with fields: the `Input` first, then the objects inside it.
    pub objects: Vec<GeneratedObject>,
    /// Its source.
    pub source: String,
    pub(crate) file: String,
    pub(crate) lowered: Lowered,
}

/// A generated type with fields.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GeneratedObject {
    /// The name of the type.
    pub name: String,
    /// Its fields.
    pub fields: Vec<GeneratedField>,
}

impl GeneratedObject {
    pub(crate) fn of(object: &lower::ObjectType) -> Self {
        let field = |field: &lower::FieldModel| GeneratedField {
            name: field.name.clone(),
            key: field.key.clone(),
            title: field.title.clone(),
            is_required: field.required,
            origin: field.origin.into(),
        };
        Self { name: object.name.clone(), fields: object.fields.iter().map(field).collect() }
    }
}

/// A field of a generated type.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GeneratedField {
    /// Its name in Rust.
    pub name: String,
    /// Its key in the JSON body.
    pub key: String,
    /// Its title in the schema, which may be empty.
    pub title: String,
    /// Whether an object without it is refused.
    pub is_required: bool,
    /// What the name was made from.
    pub origin: NameOrigin,
}

/// What a field's name was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NameOrigin {
    /// `x-rust-name`.
    RustName,
    /// The key, without the id of a workflow node before it.
    Key,
    /// The title, because the key says nothing.
    Title,
}

impl From<lower::names::Origin> for NameOrigin {
    fn from(origin: lower::names::Origin) -> Self {
        match origin {
            lower::names::Origin::RustName => Self::RustName,
            lower::names::Origin::Key => Self::Key,
            lower::names::Origin::Title => Self::Title,
        }
    }
}

/// The include file, and the folder of the models' files beside it.
const INDEX: &str = "runcomfy.rs";
pub(crate) const FOLDER: &str = "runcomfy";

/// The result of [`Generated::write`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Written {
    /// A warning for each foreign file among the generated ones.
    pub warnings: Vec<Problem>,
}

impl Generated {
    /// The source of all modules in one text, which includes no file.
    #[must_use]
    pub fn inlined(&self) -> String {
        let mut text = String::new();
        for line in self.index.lines() {
            let line = line.trim_start();
            let is_its = |model: &&GeneratedModel| line == emit::inclusion(&model.file);
            let is_inclusion = line.starts_with(emit::INCLUDE);
            let model = is_inclusion.then(|| self.models.iter().find(is_its)).flatten();
            text.push_str(model.map_or(line, |model| &model.source));
            text.push('\n');
        }
        text
    }

    /// Writes the include file `runcomfy.rs`, and one file per model into the folder `runcomfy` beside
    /// it. Unchanged files are left alone; files of models that are gone are removed.
    ///
    /// Only files that begin with the generator's header are overwritten or removed, and nothing is
    /// written through a link. Any other file in the folder `runcomfy` is left alone, and reported as a
    /// warning in the result.
    ///
    /// # Errors
    /// If the folder cannot be written, or a foreign file, folder or link has the name of a generated
    /// one.
    pub fn write(&self, folder: &Path) -> Result<Written, Error> {
        let models = folder.join(FOLDER);
        write::folder(&models)?;
        let mut kept = HashSet::new();
        for model in &self.models {
            let path = folder.join(&model.file);
            write::file(&path, &model.source)?;
            kept.insert(path);
        }
        write::file(&folder.join(INDEX), &self.index)?;
        Ok(Written { warnings: write::clean(&models, &kept)? })
    }
}
