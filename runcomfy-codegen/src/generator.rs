//! The face of the crate: a folder of schemas in, a folder of source files out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use runcomfy_schema::validate::on_large_stack;

use crate::printable::is_hidden;
use crate::report::{Error, Problem, Reporter, Severity, file_problem};
use crate::source::Source;
use crate::{emit, lower, parse, source, write};

/// Generates the API of every schema in a folder.
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
    runtime: String,
    crate_path: Option<String>,
}

/// Where the schemas are.
#[derive(Clone, Debug)]
enum Schemas {
    Folder(PathBuf),
    /// Model ids and texts.
    Texts(Vec<(String, String)>),
}

/// What was generated.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Generated {
    /// The models, sorted by id.
    pub models: Vec<GeneratedModel>,
    /// What is odd in the schemas.
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
    /// The path of its module below the include file, as in `kling::kling_2_1::master`.
    pub module: String,
    /// Its source.
    pub source: String,
    file: String,
}

/// The include file, and the folder of the models' files beside it.
const INDEX: &str = "runcomfy.rs";
const FOLDER: &str = "runcomfy";

/// What was found where the source was written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Written {
    /// What lies among the generated files without being one.
    pub warnings: Vec<Problem>,
}

impl Generator {
    /// A generator for the schemas in this folder. A relative path is taken from the folder that the
    /// program runs in, which is the package's own for a build script.
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

    fn of(schemas: Schemas) -> Self {
        Self { schemas, runtime: "::runcomfy_client".to_owned(), crate_path: None }
    }

    /// The folder, or where a folder would be.
    fn place(&self) -> &Path {
        match &self.schemas {
            Schemas::Folder(folder) => folder,
            Schemas::Texts(_) => Path::new("schemas"),
        }
    }

    fn sources(&self, problems: &mut Vec<Problem>) -> Result<Vec<Source>, Error> {
        match &self.schemas {
            Schemas::Folder(folder) => source::read(folder, problems),
            Schemas::Texts(texts) => {
                let mut sources: Vec<_> = texts
                    .iter()
                    .map(|(id, text)| Source::new(id.clone(), format!("{id}.json").into(), text))
                    .collect();
                sources.sort_by(|a, b| a.id.cmp(&b.id));
                Ok(sources)
            }
        }
    }

    /// Where the generated code finds the runtime: `::runcomfy_client`, unless said otherwise. An
    /// app that depends on `runcomfy-models` alone says `::runcomfy_models`.
    pub fn runtime(mut self, path: impl Into<String>) -> Self {
        self.runtime = path.into();
        self
    }

    /// The public path of the module that the include file is put into, as in `runcomfy_models`.
    /// With it, every model's example is compiled and run by `cargo test`; the path must also lead
    /// to the runtime's `ValidationErrors`.
    pub fn crate_path(mut self, path: impl Into<String>) -> Self {
        self.crate_path = Some(path.into());
        self
    }

    /// For a build script: generates into `OUT_DIR`, and tells cargo when to do so again. A file is
    /// written only if its content changes.
    ///
    /// Every line that it prints begins with `cargo::rerun-if-changed=` or `cargo::warning=`, whatever
    /// the schemas say and whatever the files are called.
    ///
    /// # Errors
    /// Everything that is wrong with the schemas, what stands in the way of the generated files (see
    /// [`Generated::write`]), and a folder whose path cargo cannot be told, because it has a line break
    /// or another control character in it. `main` may return it: its `Debug` is the report.
    pub fn build(self) -> Result<(), Error> {
        if let Schemas::Folder(folder) = &self.schemas {
            let path = folder.display().to_string();
            if path.contains(char::is_control) {
                return Err(Error::of(
                    folder,
                    "a path with a control character in it, which cargo cannot watch".to_owned(),
                    "rename the folder, or give a path that is relative to the package",
                ));
            }
            println!("cargo::rerun-if-changed={path}");
        }
        let Some(out) = std::env::var_os("OUT_DIR") else {
            return Err(Error::of(
                self.place(),
                "the variable OUT_DIR is not set".to_owned(),
                "call `build` in a build script; elsewhere use `generate` and `Generated::write`",
            ));
        };
        let mut problems = Vec::new();
        let sources = self.sources(&mut problems)?;
        if let Schemas::Folder(_) = &self.schemas {
            for source in &sources {
                let path = source.path.display().to_string();
                // Such a name is no model id, which is reported below; the folder is watched with all
                // that lies in it.
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
    /// Everything that is wrong with the schemas.
    pub fn generate(&self) -> Result<Generated, Error> {
        let mut problems = Vec::new();
        let sources = self.sources(&mut problems)?;
        self.generate_from(&sources, problems)
    }

    /// Schemas nest deeper than the stack of a thread may be, so this has a stack of its own.
    fn generate_from(
        &self,
        sources: &[Source],
        problems: Vec<Problem>,
    ) -> Result<Generated, Error> {
        on_large_stack(|| self.generate_here(sources, problems)).unwrap_or_else(|| {
            Err(Error::of(
                self.place(),
                "the system gives no thread to read the schemas in".to_owned(),
                "free some memory, or raise the limit on threads",
            ))
        })
    }

    fn generate_here(
        &self,
        sources: &[Source],
        mut problems: Vec<Problem>,
    ) -> Result<Generated, Error> {
        if !lower::names::is_path(&self.runtime) {
            let message = format!("{:?} is not a path to the runtime", self.runtime);
            let help = "give a path such as `::runcomfy_client`";
            return Err(Error::of(self.place(), message, help));
        }
        if let Some(path) = self.crate_path.as_ref().filter(|path| !lower::names::is_path(path)) {
            let message = format!("{path:?} is not a path to the generated modules");
            let help = "give a path such as `runcomfy_models`";
            return Err(Error::of(self.place(), message, help));
        }
        let runtime = self.runtime.as_str();
        let mut models = Vec::new();
        for source in sources {
            let mut reporter = Reporter::new(&source.path, &source.text);
            if let Some(document) = parse::parse(&source.id, &source.text, &mut reporter) {
                models.extend(
                    lower::lower(&source.id, &document, self.crate_path.as_deref(), &mut reporter)
                        .map(|model| (source, model)),
                );
            }
            problems.extend(reporter.into_problems());
        }
        problems.extend(shared_paths(sources));
        problems.extend(types_called_as_modules(&models));
        if problems.iter().any(|problem| problem.severity() == Severity::Error) {
            return Err(Error::new(problems));
        }
        let (sources, models): (Vec<_>, Vec<_>) = models.into_iter().unzip();
        let file = |model: &lower::Model| format!("{FOLDER}/{}.rs", model.path.join("."));
        let index = emit::index(&models, runtime, file);
        let models = models.iter().zip(sources).map(|(model, source)| GeneratedModel {
            id: model.id.clone(),
            schema: source.path.clone(),
            module: model.path.join("::"),
            source: emit::model(model, runtime),
            file: file(model),
        });
        Ok(Generated { models: models.collect(), warnings: problems, index })
    }
}

fn warn(warnings: &[Problem]) {
    for warning in warnings {
        println!("cargo::warning={}", warning.one_line());
    }
}

/// Two ids that give one module are an error that names both.
fn shared_paths(sources: &[Source]) -> Vec<Problem> {
    let mut known: BTreeMap<Vec<String>, &Source> = BTreeMap::new();
    let mut problems = Vec::new();
    for source in sources {
        let Ok(path) = lower::names::module_path(&source.id) else { continue };
        if let Some(other) = known.get(&path) {
            let message = format!(
                "the model ids {:?} and {:?} give one Rust module, `{}`",
                other.id,
                source.id,
                path.join("::")
            );
            let help = "keep one of the two files, or move one to an app with schemas of its own";
            problems.push(file_problem(&source.path, message, help));
        } else {
            known.insert(path, source);
        }
    }
    problems
}

/// A type and a module of one name in one module: few types have a name without a capital letter, as
/// `_4k` has, and fewer a model below theirs that is called so.
fn types_called_as_modules(models: &[(&Source, lower::Model)]) -> Vec<Problem> {
    let mut modules: BTreeMap<&[String], &str> = BTreeMap::new();
    for (source, model) in models {
        for end in 1..=model.path.len() {
            modules.entry(&model.path[..end]).or_insert(&source.id);
        }
    }
    let mut problems = Vec::new();
    for (source, model) in models {
        for name in model.type_names() {
            let path: Vec<_> = model.path.iter().cloned().chain([name.to_owned()]).collect();
            if let Some(other) = modules.get(path.as_slice()) {
                let message = format!(
                    "the type `{name}` would be called as the module of the model {other:?}"
                );
                let help = "add \"x-rust-name\": \"...\" to the field that the type is named after, \
                            or rename its definition";
                problems.push(file_problem(&source.path, message, help));
            }
        }
    }
    problems
}

impl Generated {
    /// Writes the include file `runcomfy.rs`, and the models' files into the folder `runcomfy` beside
    /// it; what has not changed is left alone, and files of models that are gone are removed.
    ///
    /// Only files that begin with the generator's own header are overwritten or removed, and nothing
    /// is written through a link. Whatever else lies in the folder `runcomfy` is left alone, and is a
    /// warning of what is returned.
    ///
    /// # Errors
    /// Where the folder cannot be written, or where something that was not generated stands in the
    /// place of a file or of the folder.
    pub fn write(&self, folder: &Path) -> Result<Written, Error> {
        let models = folder.join(FOLDER);
        write::folder(&models)?;
        let mut kept = BTreeSet::new();
        for model in &self.models {
            let path = folder.join(&model.file);
            write::file(&path, &model.source)?;
            kept.insert(path);
        }
        write::file(&folder.join(INDEX), &self.index)?;
        Ok(Written { warnings: write::clean(&models, &kept)? })
    }
}
