//! The public API: schemas in (of a folder or a file, or as texts), source files out.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use runcomfy_schema::validate::on_large_stack;

use crate::api::Lowered;
use crate::generated::{FOLDER, Generated, GeneratedModel, GeneratedObject};
use crate::handed::Handed;
use crate::printable::is_hidden;
use crate::report::{Error, Problem, Reporter, Severity};
use crate::source::SchemaFile;
use crate::{bug, clash, emit, lower, parse, runtime, source};

/// Generates the API of schemas: those in a [folder](Self::new), the one in a [file](Self::from_file), or
/// [texts](Self::from_texts).
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), runcomfy_codegen::Error> {
///     runcomfy_codegen::Generator::new("schemas").build()
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "a generator does nothing until `build` or `generate` is called"]
pub struct Generator {
    schemas: Schemas,
    /// `None` to find it among the app's dependencies.
    runtime: Option<String>,
    crate_path: Option<String>,
    /// The vendors to leave out.
    skipped: Vec<String>,
    place_in_crate: String,
}

/// Where the schemas are.
#[derive(Clone, Debug)]
enum Schemas {
    Folder(PathBuf),
    /// A model id and its file.
    File(String, PathBuf),
    /// Model ids and texts.
    Texts(Vec<(String, String)>),
}

impl Generator {
    /// A generator for the schemas in this folder. A relative path starts at the current directory,
    /// which is the package's own for a build script.
    pub fn new(schemas: impl Into<PathBuf>) -> Self {
        Self::of(Schemas::Folder(schemas.into()))
    }

    /// A generator for schemas given by model id and text.
    ///
    /// ```
    /// let schema = r#"{"type": "object", "properties": {"steps": {"type": "integer"}}}"#;
    /// let generated = runcomfy_codegen::Generator::from_texts([("acme/dream", schema)]).generate()?;
    /// assert!(generated.models[0].source.contains("pub fn steps"));
    /// # Ok::<(), runcomfy_codegen::Error>(())
    /// ```
    pub fn from_texts<I, T>(schemas: impl IntoIterator<Item = (I, T)>) -> Self
    where
        I: Into<String>,
        T: Into<String>,
    {
        let texts = schemas.into_iter().map(|(id, text)| (id.into(), text.into()));
        Self::of(Schemas::Texts(texts.collect()))
    }

    /// A generator for the schema in one file, of the model with this id.
    pub fn from_file(id: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self::of(Schemas::File(id.into(), path.into()))
    }

    fn of(schemas: Schemas) -> Self {
        Self {
            schemas,
            runtime: None,
            crate_path: None,
            skipped: Vec::new(),
            place_in_crate: String::new(),
        }
    }

    /// What a report names that is not about a single schema: the folder, the file, or `schemas` for
    /// texts.
    fn named_in_reports(&self) -> &Path {
        match &self.schemas {
            Schemas::Folder(path) | Schemas::File(_, path) => path,
            Schemas::Texts(_) => Path::new("schemas"),
        }
    }

    fn sources(&self, problems: &mut Vec<Problem>) -> Result<Vec<SchemaFile>, Error> {
        match &self.schemas {
            Schemas::Folder(folder) => source::read(folder, &self.skipped, problems),
            Schemas::File(id, path) => source::read_file(id, path),
            Schemas::Texts(texts) => {
                let mut sources: Vec<_> = texts
                    .iter()
                    .filter(|(id, _)| !source::is_skipped(id, &self.skipped))
                    .map(|(id, text)| {
                        SchemaFile::new(id.clone(), format!("{id}.json").into(), text)
                    })
                    .collect();
                source::sort(&mut sources);
                Ok(sources)
            }
        }
    }

    /// The path of the runtime crate in generated code: `::runcomfy_models`, `::runcomfy_client`, or
    /// `::runcomfy_types` for a crate without HTTP.
    ///
    /// Without it, [`build`](Self::build) asks cargo which of them the app depends on, and under which
    /// name. [`generate`](Self::generate) takes `::runcomfy_client`.
    pub fn runtime(mut self, path: impl Into<String>) -> Self {
        self.runtime = Some(path.into());
        self
    }

    /// The public path of the module around the include file, for example `runcomfy_models`. With it,
    /// `cargo test` compiles and runs every model's example. The runtime's `ValidationErrors` must be
    /// reachable under this path too.
    pub fn crate_path(mut self, path: impl Into<String>) -> Self {
        self.crate_path = Some(path.into());
        self
    }

    /// Leaves out the models of these vendors; a vendor is the first segment of a model id. Their files
    /// are not read, so that they cost nothing.
    ///
    /// ```
    /// let schema = r#"{"type": "object", "properties": {}}"#;
    /// let generated = runcomfy_codegen::Generator::from_texts([("acme/dream", schema), ("umbra/dusk", schema)])
    ///     .skip_vendors(["umbra"])
    ///     .generate()?;
    /// assert_eq!(generated.models.len(), 1);
    /// # Ok::<(), runcomfy_codegen::Error>(())
    /// ```
    pub fn skip_vendors<V: Into<String>>(mut self, vendors: impl IntoIterator<Item = V>) -> Self {
        self.skipped.extend(vendors.into_iter().map(Into::into));
        self
    }

    /// Finds the runtime crate as [`build`](Self::build) does, for a macro that generates in the middle
    /// of a build.
    ///
    /// # Errors
    /// If cargo does not answer, or the app does not depend on a runtime crate.
    #[doc(hidden)]
    pub fn find_runtime(self) -> Result<Self, Error> {
        let found = runtime::find()?.path;
        Ok(self.runtime(found))
    }

    /// Where the generated code stands, if a crate may hold it in several places.
    #[doc(hidden)]
    pub fn place_in_crate(mut self, place: impl Into<String>) -> Self {
        self.place_in_crate = place.into();
        self
    }

    /// For a build script: generates into `OUT_DIR`, and tells cargo when to run the script again. A
    /// file is written only if its content changes.
    ///
    /// Every printed line begins with `cargo::rerun-if-changed=` or `cargo::warning=`, for any schema
    /// and any file name.
    ///
    /// # Errors
    /// The errors of [`generate`](Self::generate); anything that blocks writing (see
    /// [`Generated::write`]); an app without a runtime crate (see [`runtime`](Self::runtime)); and a
    /// folder whose path contains control characters, since cargo cannot watch it. `main` may return the
    /// error: its `Debug` is the whole report.
    pub fn build(mut self) -> Result<(), Error> {
        if let Schemas::Folder(watched) | Schemas::File(_, watched) = &self.schemas {
            let path = watched.display().to_string();
            if path.contains(char::is_control) {
                return Err(Error::of(
                    watched,
                    "the path contains a control character, so cargo cannot watch it".to_owned(),
                    "rename it, or give a path relative to the package",
                ));
            }
            println!("cargo::rerun-if-changed={path}");
        }
        if self.runtime.is_none() {
            let found = runtime::find()?;
            for manifest in &found.manifests {
                let path = manifest.display().to_string();
                // Cargo cannot watch another one. It runs the script again for most changes there.
                if !path.contains(char::is_control) {
                    println!("cargo::rerun-if-changed={path}");
                }
            }
            self.runtime = Some(found.path);
        }
        let Some(out) = std::env::var_os("OUT_DIR") else {
            return Err(Error::of(
                self.named_in_reports(),
                "the variable OUT_DIR is not set".to_owned(),
                "call `build` in a build script; elsewhere use `generate` and `Generated::write`",
            ));
        };
        let mut problems = Vec::new();
        let sources = self.sources(&mut problems)?;
        if let Schemas::Folder(_) = &self.schemas {
            for source in &sources {
                let path = source.path.display().to_string();
                // A hidden character is reported as a wrong model id below. The folder is watched anyway.
                if !path.contains(is_hidden) {
                    println!("cargo::rerun-if-changed={path}");
                }
            }
        }
        let generated = self.generate_from(&sources, problems)?;
        warn(&generated.warnings);
        warn(&generated.write(Path::new(&out))?.warnings);
        Ok(())
    }

    /// Generates without writing.
    ///
    /// # Errors
    /// All errors in the schemas; a folder without any; a folder or file that cannot be read; a
    /// [`runtime`](Self::runtime) or [`crate_path`](Self::crate_path) that is not a path; and a system that
    /// gives no thread.
    pub fn generate(&self) -> Result<Generated, Error> {
        let mut problems = Vec::new();
        let sources = self.sources(&mut problems)?;
        self.generate_from(&sources, problems)
    }

    /// Generates on a large stack: a schema may nest deeper than an ordinary thread's stack allows.
    fn generate_from(
        &self,
        sources: &[SchemaFile],
        problems: Vec<Problem>,
    ) -> Result<Generated, Error> {
        on_large_stack(|| self.generate_here(sources, problems)).unwrap_or_else(|| {
            Err(Error::of(
                self.named_in_reports(),
                "the system gives no thread to read the schemas in".to_owned(),
                "free some memory, or raise the limit on threads",
            ))
        })
    }

    fn generate_here(
        &self,
        sources: &[SchemaFile],
        mut problems: Vec<Problem>,
    ) -> Result<Generated, Error> {
        let runtime = self.runtime.as_deref().unwrap_or(runtime::DEFAULT);
        if !lower::names::is_path(runtime) {
            let message = format!("{runtime:?} is not a path to the runtime");
            let help = "give a path such as `::runcomfy_client`";
            return Err(Error::of(self.named_in_reports(), message, help));
        }
        if let Some(path) = self.crate_path.as_ref().filter(|path| !lower::names::is_path(path)) {
            let message = format!("{path:?} is not a path to the generated modules");
            let help = "give a path such as `runcomfy_models`";
            return Err(Error::of(self.named_in_reports(), message, help));
        }
        let mut models = Vec::new();
        for source in sources {
            let mut reporter = Reporter::new(&source.path, &source.text);
            let lowered = bug::caught(source, || {
                let document = parse::parse(&source.id, &source.text, &mut reporter)?;
                lower::lower(&source.id, &document, self.crate_path.as_deref(), &mut reporter)
            });
            problems.extend(reporter.into_problems());
            match lowered {
                Ok(model) => models.extend(model.map(|model| (source, model))),
                Err(bug) => problems.push(*bug),
            }
        }
        problems.extend(clash::shared_paths(sources));
        problems.extend(clash::types_called_as_modules(&models));
        let mut problems = warnings_alone(problems)?;
        let (sources, models): (Vec<_>, Vec<_>) = models.into_iter().unzip();
        let file = |model: &lower::Model| format!("{FOLDER}/{}.rs", model.path.join("."));
        let ids = models.iter().map(|model| &*model.id);
        let handed = self.crate_path.is_some().then(|| Handed::of_index(ids, &self.skipped));
        let index = emit::index(&models, runtime, handed.as_ref(), file);
        let mut generated = Vec::new();
        for (model, source) in models.into_iter().zip(sources) {
            let emitted = bug::caught(source, || {
                let handed = Handed::of_model(&model.id, &source.text, &self.place_in_crate);
                emit::model(&model, &handed, runtime)
            });
            match emitted {
                Ok(text) => generated.push(GeneratedModel {
                    id: model.id.clone(),
                    schema: source.path.clone(),
                    module: model.path.join("::"),
                    title: model.title.clone(),
                    summary: model.summary.clone(),
                    output_kind: model.output_kind,
                    source: text,
                    objects: model.types.objects.iter().map(GeneratedObject::of).collect(),
                    file: file(&model),
                    lowered: Lowered(Arc::new(model)),
                }),
                Err(bug) => problems.push(*bug),
            }
        }
        Ok(Generated { models: generated, warnings: warnings_alone(problems)?, index })
    }
}

/// The problems, if no error is among them.
fn warnings_alone(problems: Vec<Problem>) -> Result<Vec<Problem>, Error> {
    if problems.iter().any(|problem| problem.severity() == Severity::Error) {
        return Err(Error::new(problems));
    }
    Ok(problems)
}

fn warn(warnings: &[Problem]) {
    for warning in warnings {
        println!("cargo::warning={}", warning.one_line());
    }
}
