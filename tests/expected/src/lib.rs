//! The generated source of a few small schemas, kept in the repository: `<shape>.json` and the
//! `<shape>.rs` that comes of it lie in this package's folder, and `cargo xtask bless` rewrites the latter.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use runcomfy_codegen::Generator;

/// Why the shapes could not be read, generated or written.
pub type Error = Box<dyn std::error::Error>;

/// The file of the generated include file, beside those of the shapes.
const INDEX: &str = "index";

/// Where the schemas and the expected sources lie.
#[must_use]
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The file of the expected source of a shape, or of the index.
#[must_use]
pub fn expected_file(name: &str) -> PathBuf {
    folder().join(name).with_extension("rs")
}

/// What the generator makes of every shape today, by the shape's name, and its index.
///
/// # Errors
/// If a schema cannot be read, or the generator refuses one.
pub fn generate() -> Result<BTreeMap<String, String>, Error> {
    let mut schemas = Vec::new();
    for name in names("json")? {
        let text = fs::read_to_string(folder().join(&name).with_extension("json"))?;
        schemas.push((format!("expected/{name}"), text));
    }
    let generated = Generator::from_texts(schemas).crate_path("acme_models").generate()?;
    let mut sources = BTreeMap::from([(INDEX.to_owned(), generated.index)]);
    for model in generated.models {
        let name = model.id.trim_start_matches("expected/").to_owned();
        sources.insert(name, model.source);
    }
    Ok(sources)
}

/// Makes what the generator says today the expected source; returns the files that changed.
///
/// # Errors
/// If the sources cannot be generated, or a file cannot be read or written.
pub fn bless() -> Result<Vec<PathBuf>, Error> {
    let sources = generate()?;
    let mut changed = Vec::new();
    for (name, source) in &sources {
        let file = expected_file(name);
        if fs::read(&file).ok().as_deref() != Some(source.as_bytes()) {
            fs::write(&file, source)?;
            changed.push(file);
        }
    }
    for name in names("rs")?.into_iter().filter(|name| !sources.contains_key(name)) {
        let file = expected_file(&name);
        fs::remove_file(&file)?;
        changed.push(file);
    }
    Ok(changed)
}

/// The names of this folder's files that have an extension.
///
/// # Errors
/// If the folder cannot be read.
pub fn names(extension: &str) -> Result<Vec<String>, Error> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder())? {
        let path = entry?.path();
        if path.extension().is_some_and(|found| found == extension)
            && let Some(name) = path.file_stem().and_then(|name| name.to_str())
        {
            names.push(name.to_owned());
        }
    }
    names.sort();
    Ok(names)
}
