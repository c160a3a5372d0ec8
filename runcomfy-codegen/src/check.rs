//! A folder of schemas, checked without a build: its problems, and the names that it gives.

use std::fmt;
use std::path::Path;

use runcomfy_schema::counted::counted;

use crate::printable::{printable, printable_path};
use crate::{
    Error, GeneratedField, GeneratedModel, GeneratedObject, Generator, NameOrigin, Problem,
};

/// Checks the schemas of a folder, and says which names they give.
///
/// ```no_run
/// // The folder of an app's own models.
/// match runcomfy_codegen::check("schemas") {
///     Ok(checked) => print!("{checked}"),
///     Err(error) => eprint!("{error}"),
/// }
/// ```
///
/// # Errors
/// All errors in the schemas, as in a build.
pub fn check(folder: impl AsRef<Path>) -> Result<Checked, Error> {
    let generated = Generator::new(folder.as_ref()).generate()?;
    let (models, warnings) = (generated.models, generated.warnings);
    Ok(Checked { models, warnings, module: None })
}

/// Schemas without errors: the warnings about them, and the models, with each name and its origin.
///
/// Displays all of it as text.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Checked {
    /// The models, sorted by id.
    pub models: Vec<GeneratedModel>,
    /// The warnings.
    pub warnings: Vec<Problem>,
    module: Option<String>,
}

impl Checked {
    /// Displays the modules below this one, for example below `runcomfy_models`.
    #[must_use]
    pub fn below(mut self, module: impl Into<String>) -> Self {
        self.module = Some(module.into());
        self
    }

    /// What `Display` shows after the warnings: for programs that show them in a way of their own.
    #[must_use]
    pub fn names(&self) -> impl fmt::Display + '_ {
        Models(self)
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for warning in &self.warnings {
            writeln!(f, "{warning}\n")?;
        }
        write!(f, "{}", Models(self))
    }
}

/// The models without the warnings.
struct Models<'c>(&'c Checked);

impl fmt::Display for Models<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(checked) = self;
        for model in &checked.models {
            let below = checked.module.as_ref().map(|module| format!("{module}::"));
            let (id, module) = (&model.id, &model.module);
            writeln!(f, "{id} -> {}{module}", below.unwrap_or_default())?;
            writeln!(f, "  from {}", printable_path(&model.schema))?;
            model.objects.iter().try_for_each(|object| show(object, f))?;
        }
        let models = counted(checked.models.len(), "model");
        writeln!(f, "\n{models}, {}", counted(checked.warnings.len(), "warning"))
    }
}

fn show(object: &GeneratedObject, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "  {}", object.name)?;
    let width = object.fields.iter().map(|field| field.name.chars().count()).max();
    let width = width.unwrap_or_default();
    for GeneratedField { name, key, title, origin, .. } in &object.fields {
        // A key can have any length.
        let quoted = |text: &str| runcomfy_schema::keyword::short(format!("{:?}", printable(text)));
        let from = match origin {
            NameOrigin::RustName => format!("x-rust-name of {}", quoted(key)),
            NameOrigin::Key => format!("key {}", quoted(key)),
            NameOrigin::Title => format!("title {} of {}", quoted(title), quoted(key)),
        };
        writeln!(f, "    {name:width$}  from {from}")?;
    }
    Ok(())
}
