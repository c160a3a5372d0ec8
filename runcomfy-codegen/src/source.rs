//! The folder of schemas: its files, and the model ids that their paths stand for. Only regular files
//! are opened, and no more is read than a schema may hold.
//!
//! Links are followed, since `schemas` in the packages is a link. The number of entries (20,000)
//! and the bytes read (256 MiB) are limited, because links can multiply both. A name that cargo
//! cannot be told, because of control characters, is an error; the folder above such a file is
//! watched instead.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::enumerate::enumerate_few;
use crate::parse::MAX_FILE_LEN;
use crate::printable::printable_path;
use crate::report::{Error, Problem, file_problem, file_warning};

/// A schema file.
#[derive(Debug)]
pub(crate) struct SchemaFile {
    pub(crate) id: String,
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

impl SchemaFile {
    pub(crate) fn new(id: String, path: PathBuf, text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        Self { id, path, text }
    }
}

/// Whether a model is of one of these vendors. The vendor is the first segment of the id.
pub(crate) fn is_skipped(id: &str, vendors: &[String]) -> bool {
    id.split('/').next().is_some_and(|vendor| vendors.iter().any(|skipped| skipped == vendor))
}

/// Reads every `.json` file below a folder, sorted by model id. The files of skipped vendors are not
/// opened.
pub(crate) fn read(
    folder: &Path,
    skipped: &[String],
    problems: &mut Vec<Problem>,
) -> Result<Vec<SchemaFile>, Error> {
    let before = problems.len();
    let mut walk = Walk {
        problems,
        paths: Vec::new(),
        others: Vec::new(),
        open: Vec::new(),
        left: MAX_ENTRIES,
        bytes: 0,
    };
    if let Err(error) = walk.folder(folder) {
        return Err(no_folder(folder, &error));
    }
    let Walk { paths, others, left, .. } = walk;
    if left == 0 {
        return Err(Error::new(std::mem::take(problems)));
    }
    if paths.is_empty() && problems.len() == before {
        return Err(no_schemas(folder, &others));
    }
    for path in &others {
        if let Some(name) = meant(path) {
            let help = format!("did you mean {name:?}? A schema file is called `<model id>.json`");
            problems.push(file_warning(path, "not a schema file by its name".to_owned(), &help));
        }
    }
    let mut sources = Vec::new();
    for path in paths {
        let Some(id) = id_of(folder, &path) else {
            let help = "rename it: the path below the schemas folder is the model id";
            problems.push(file_problem(&path, "the file's name is not UTF-8".to_owned(), help));
            continue;
        };
        if is_skipped(&id, skipped) {
            continue;
        }
        match text_of(&path) {
            Ok(text) => sources.push(SchemaFile::new(id, path, &text)),
            Err(problem) => problems.push(*problem),
        }
    }
    sort(&mut sources);
    Ok(sources)
}

/// Reads the schema of one model.
pub(crate) fn read_file(id: &str, path: &Path) -> Result<Vec<SchemaFile>, Error> {
    let found = fs::metadata(path).map_err(|error| {
        let message = format!("cannot be read: {error}");
        Error::of(path, message, "give the path of a schema file")
    })?;
    if !found.is_file() {
        let message = "this is not a file".to_owned();
        return Err(Error::of(path, message, "give the path of a schema file"));
    }
    let text = text_of(path).map_err(|problem| Error::new(vec![*problem]))?;
    Ok(vec![SchemaFile::new(id.to_owned(), path.to_owned(), &text)])
}

/// The problem of a folder that cannot be read.
fn no_folder(folder: &Path, error: &io::Error) -> Error {
    let place = absolute(folder);
    if place.is_file() {
        let message = "this is a file, but the schemas are read from a folder".to_owned();
        return Error::of(&place, message, "give the folder that the file lies in");
    }
    if error.kind() != io::ErrorKind::NotFound {
        let message = format!("cannot read the folder: {error}");
        return Error::of(&place, message, "make it readable, or give another folder");
    }
    let above = place.ancestors().skip(1).find(|above| above.is_dir());
    let found = above.map_or_else(String::new, |above| {
        format!("; {} has {}", printable_path(above), listed(entries_of(above)))
    });
    let message = format!("cannot read the folder: it does not exist{found}");
    let help =
        "create it with the schemas as `<model id>.json`, or give the path of another folder";
    Error::of(&place, message, help)
}

/// The problem of a folder without schema files.
fn no_schemas(folder: &Path, others: &[PathBuf]) -> Error {
    let place = absolute(folder);
    let near = others.iter().find_map(|path| Some((path, meant(path)?)));
    let help = match near {
        Some((path, name)) => {
            let path = printable_path(path.strip_prefix(folder).unwrap_or(path));
            format!("did you mean {name:?} instead of {path:?}?")
        }
        None => "put the schema of a model at `<model id>.json` in it, or give another folder"
            .to_owned(),
    };
    let found = entries_of(&place);
    let message = match found.is_empty() {
        true => "the folder is empty".to_owned(),
        false => {
            let found = listed(found);
            format!("no schema file (`<model id>.json`) is in this folder, but {found}")
        }
    };
    Error::of(&place, message, &help)
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

/// The names in a folder, those of folders with a `/` behind them.
fn entries_of(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().take(MAX_ENTRIES);
    let mut names: Vec<String> = entries
        .map(|entry| {
            let name = printable_path(Path::new(&entry.file_name()));
            if entry.path().is_dir() { format!("{name}/") } else { name }
        })
        .collect();
    names.sort();
    names
}

/// A few names in one sentence.
fn listed(names: Vec<String>) -> String {
    const MAX_SHOWN: usize = 10;
    enumerate_few(names, MAX_SHOWN).unwrap_or_else(|| "nothing".to_owned())
}

/// The right name of a file whose name is nearly that of a schema file.
fn meant(path: &Path) -> Option<String> {
    const NEARLY: [&str; 8] = ["jsn", "jso", "josn", "jsno", "sjon", "jason", "jsonn", "jsom"];
    let name = path.file_name()?.to_str()?;
    let (stem, extension) = name.rsplit_once('.')?;
    let extension = extension.to_ascii_lowercase();
    // Some systems hide the last extension of a file.
    let is_text = extension == "txt" && stem.ends_with(".json");
    let stem = if is_text { stem.strip_suffix(".json")? } else { stem };
    (is_text || NEARLY.contains(&&*extension)).then(|| format!("{stem}.json"))
}

/// Sorts by model id.
pub(crate) fn sort(sources: &mut [SchemaFile]) {
    sources.sort_by(|a, b| a.id.cmp(&b.id));
}

fn text_of(path: &Path) -> Result<String, Box<Problem>> {
    let unreadable = |error: io::Error| {
        let message = format!("cannot be read: {error}");
        Box::new(file_problem(path, message, "make the file readable"))
    };
    let file = File::open(path).map_err(unreadable)?;
    // The file may grow while it is read, or report no length.
    let mut bytes = Vec::new();
    let limit = MAX_FILE_LEN as u64;
    file.take(limit + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > MAX_FILE_LEN {
        return Err(Box::new(too_long(path, "too many bytes for a schema".to_owned())));
    }
    String::from_utf8(bytes).map_err(|_| {
        Box::new(file_problem(path, "not UTF-8 text".to_owned(), "save the file as UTF-8"))
    })
}

fn too_long(path: &Path, message: String) -> Problem {
    let help = format!("a schema file holds at most {MAX_FILE_LEN} bytes");
    file_problem(path, message, &help).at_start()
}

/// More segments than any model id has.
const MAX_DEPTH: usize = 32;

/// Limits the walk, because links can make many paths out of few folders.
const MAX_ENTRIES: usize = 20_000;

/// Limits the bytes read: a file may be reached by many paths, too.
const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// A walk through the folder.
struct Walk<'a> {
    problems: &'a mut Vec<Problem>,
    /// The schema files found.
    paths: Vec<PathBuf>,
    /// Other files.
    others: Vec<PathBuf>,
    /// The folders from the root to the current one, with links resolved: a link back to one of them
    /// would make the walk endless.
    open: Vec<PathBuf>,
    /// How many more entries may be visited.
    left: usize,
    /// The size of the files found.
    bytes: u64,
}

impl Walk<'_> {
    fn folder(&mut self, folder: &Path) -> io::Result<()> {
        self.open.push(fs::canonicalize(folder)?);
        let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
        // Reports have the same order on every machine.
        entries.sort_unstable_by_key(fs::DirEntry::file_name);
        for entry in entries {
            if !entry.file_name().as_encoded_bytes().starts_with(b".") {
                self.entry(&entry.path());
            }
        }
        self.open.pop();
        Ok(())
    }

    fn entry(&mut self, path: &Path) {
        match self.left {
            0 => return,
            1 => self.error(
                path,
                format!("more than {MAX_ENTRIES} files and folders"),
                "look for links that lead to folders with links, or give a folder of schemas alone",
            ),
            _ => {}
        }
        self.left -= 1;
        let is_named_json =
            path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
        // Follows links, and opens nothing: opening a pipe without a writer blocks.
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => self.inner_folder(path, is_named_json),
            Ok(found) if is_named_json => self.file(path, &found),
            Ok(_) => self.others.push(path.to_owned()),
            Err(error) if is_named_json => self.error(
                path,
                format!("cannot be read: {error}"),
                "make the file readable; if it is a link, correct or remove it",
            ),
            // It may be a folder of schemas.
            Err(error) => self.problems.push(file_warning(
                path,
                format!("cannot be read, and is left out: {error}"),
                "if it is a link, correct or remove it",
            )),
        }
    }

    fn inner_folder(&mut self, path: &Path, is_named_json: bool) {
        if is_named_json {
            return self.error(
                path,
                "a folder, but named like a schema file".to_owned(),
                "rename the folder, or put the schema file itself here",
            );
        }
        if self.open.len() > MAX_DEPTH {
            let message = format!("folders are nested more than {MAX_DEPTH} deep");
            return self.error(path, message, "move the schemas up: no model id is as long");
        }
        let open = self.open.len();
        let leads_back = fs::canonicalize(path).map(|target| self.open.contains(&target));
        let result = match leads_back {
            Ok(false) => self.folder(path),
            Ok(true) => {
                let message = "a link that leads back to a folder that it lies in".to_owned();
                return self.error(path, message, "remove the link");
            }
            Err(error) => Err(error),
        };
        self.open.truncate(open);
        if let Err(error) = result {
            self.error(path, format!("cannot read the folder: {error}"), "make it readable");
        }
    }

    fn file(&mut self, path: &Path, found: &Metadata) {
        if !found.is_file() {
            return self.error(
                path,
                "named like a schema file, but a pipe, a socket or a device; it was not opened"
                    .to_owned(),
                "remove it, or put a file in its place",
            );
        }
        let right = path.with_extension("json");
        if right != path {
            let name = right.file_name().unwrap_or_default().to_string_lossy();
            let help = format!("rename it to {name:?}, or remove it");
            let message = "the ending of a schema file is `.json`, in small letters".to_owned();
            return self.error(path, message, &help);
        }
        if found.len() > MAX_FILE_LEN as u64 {
            let message = format!("{} bytes are too many for a schema", found.len());
            return self.problems.push(too_long(path, message));
        }
        self.bytes += found.len();
        if self.bytes > MAX_BYTES {
            self.left = 0;
            let message = format!("the schema files hold more than {MAX_BYTES} bytes together");
            return self.error(path, message, "look for links, or give a folder of schemas alone");
        }
        self.paths.push(path.to_owned());
    }

    fn error(&mut self, path: &Path, message: String, help: &str) {
        self.problems.push(file_problem(path, message, help));
    }
}

fn id_of(folder: &Path, path: &Path) -> Option<String> {
    let below = path.strip_prefix(folder).ok()?.with_extension("");
    let segments: Option<Vec<_>> = below.iter().map(|segment| segment.to_str()).collect();
    segments.map(|segments| segments.join("/"))
}
