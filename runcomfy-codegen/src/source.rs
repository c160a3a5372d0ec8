//! The folder of schemas: which files there are, and the model ids their paths say.

use std::fs;
use std::path::{Path, PathBuf};

use crate::report::{Error, Problem, file_problem};

/// A schema file.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// Deeper than any model id; a limit, so that a link that leads back ends somewhere.
const DEEPEST: usize = 32;

/// Reads every `.json` file below a folder, sorted by model id, whatever order the file system has.
pub(crate) fn read(folder: &Path, problems: &mut Vec<Problem>) -> Result<Vec<Source>, Error> {
    let mut paths = Vec::new();
    walk(folder, 0, &mut paths)?;
    let mut sources = Vec::new();
    for path in paths {
        let Some(id) = id_of(folder, &path) else {
            let help = "rename it: the path below the schemas folder is the model id";
            problems.push(file_problem(&path, "the file's name is not UTF-8".to_owned(), help));
            continue;
        };
        match fs::read(&path).map(String::from_utf8) {
            Ok(Ok(text)) => {
                let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
                sources.push(Source { id, path, text });
            }
            Ok(Err(_)) => problems.push(file_problem(
                &path,
                "not UTF-8 text".to_owned(),
                "save the file as UTF-8",
            )),
            Err(error) => {
                problems.push(file_problem(&path, error.to_string(), "make the file readable"))
            }
        }
    }
    sources.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(sources)
}

fn walk(folder: &Path, depth: usize, paths: &mut Vec<PathBuf>) -> Result<(), Error> {
    let unreadable = |error: std::io::Error| {
        Error::of(
            folder,
            format!("cannot read the folder: {error}"),
            "give the path of the folder with the schemas",
        )
    };
    if depth > DEEPEST {
        let message = format!("folders are nested more than {DEEPEST} deep");
        return Err(Error::of(folder, message, "look for a link that leads back"));
    }
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if hidden {
            continue;
        }
        if path.is_dir() {
            walk(&path, depth + 1, paths)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    Ok(())
}

fn id_of(folder: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(folder).ok()?.with_extension("");
    let segments: Option<Vec<_>> = below.iter().map(|segment| segment.to_str()).collect();
    segments.map(|segments| segments.join("/"))
}
