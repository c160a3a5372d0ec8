//! A folder of schemas in a revision of a git repository.
//!
//! Objects are read by their ids, with `ls-tree` and `cat-file`: no file of the work tree or of the index
//! is touched, and nothing of the repository's content is run or followed.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use runcomfy_schema::printable::line;

use super::super::{Folder, ModelId};
use super::models::Texts;
use crate::{Error, ErrorKind, Result};

/// A repository, and where the folder is in it.
#[derive(Debug)]
pub(super) struct Repository {
    root: String,
    /// The path of the folder below the root, with `/` behind it; empty for the root itself.
    prefix: String,
}

const MAX_FILES: usize = 20_000;
const MAX_FILE_LEN: u64 = runcomfy_schema::parse::MAX_FILE_LEN as u64;
const MAX_TOTAL_LEN: u64 = 512 << 20;

fn command(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .arg("-C")
        .arg(folder)
        .args(["--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs"])
        // A partial clone fetches what is missing; nothing here goes to the network.
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("LC_ALL", "C")
        .stdin(Stdio::null());
    command
}

fn missing(error: std::io::Error) -> Error {
    let message = "cannot run git; install it, or name a folder to compare with";
    Error::new(ErrorKind::Unavailable, message).because(error)
}

/// What git prints; `None` if it fails.
fn output(folder: &Path, arguments: &[&str]) -> Result<std::result::Result<Vec<u8>, String>> {
    let output = command(folder).args(arguments).output().map_err(missing)?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let said = said.lines().next().unwrap_or_default();
    Ok(Err(line(said.trim_start_matches("fatal: "))))
}

fn text(bytes: Vec<u8>) -> Result<String> {
    let text = String::from_utf8(bytes);
    let text = text.map_err(|_| Error::bad_input("a path of the repository is not UTF-8"))?;
    Ok(text.strip_suffix('\n').map(str::to_owned).unwrap_or(text))
}

impl Repository {
    /// The repository around a folder.
    ///
    /// # Errors
    /// If there is none.
    pub(super) fn around(folder: &Folder) -> Result<Self> {
        let path = folder.path();
        let ask = |what| match output(path, &["rev-parse", what])? {
            Ok(bytes) => text(bytes),
            Err(said) => Err(Error::bad_input(format!(
                "{} is in no git repository ({said}); name a folder to compare with",
                line(&path.display().to_string())
            ))),
        };
        Ok(Self { root: ask("--show-toplevel")?, prefix: ask("--show-prefix")? })
    }

    /// The id of a commit; `None` if there is no such revision.
    pub(super) fn commit(&self, revision: &str) -> Result<Option<String>> {
        let revision = format!("{revision}^{{commit}}");
        // What begins with a dash is no option.
        let arguments = ["rev-parse", "--verify", "--quiet", "--end-of-options", &revision];
        match output(Path::new(&self.root), &arguments)? {
            Ok(bytes) => {
                let id = text(bytes)?;
                let is_id = !id.is_empty() && id.chars().all(|c| c.is_ascii_hexdigit());
                Ok(is_id.then_some(id))
            }
            Err(_) => Ok(None),
        }
    }

    /// The schemas in a commit. Links and submodules are left out, as they are in a folder.
    pub(super) fn schemas(&self, commit: &str) -> Result<Texts> {
        let mut arguments = vec!["ls-tree", "-r", "-z", "-l", "--full-tree", commit];
        if !self.prefix.is_empty() {
            arguments.extend(["--", &self.prefix]);
        }
        let listed = output(Path::new(&self.root), &arguments)?.map_err(|said| {
            Error::bad_input(format!("git cannot list the files of {commit}: {said}"))
        })?;
        let mut blobs = Vec::new();
        let mut total = 0_u64;
        for entry in listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty()) {
            let Some((id, blob, len)) = self.blob(entry) else { continue };
            if len > MAX_FILE_LEN {
                return Err(Error::bad_input(format!("{id} is too long for a schema in {commit}")));
            }
            total = total.saturating_add(len);
            blobs.push((id, blob, len));
            if blobs.len() > MAX_FILES || total > MAX_TOTAL_LEN {
                let message = format!("{commit} has too many schemas, or too long ones");
                return Err(Error::bad_input(message));
            }
        }
        self.texts(blobs)
    }

    /// The model, object id and length of a schema: `<mode> blob <id> <length>\t<path>`.
    fn blob(&self, entry: &[u8]) -> Option<(ModelId, String, u64)> {
        let (facts, path) = std::str::from_utf8(entry).ok()?.split_once('\t')?;
        let [mode, "blob", blob, len] = facts.split_whitespace().collect::<Vec<_>>()[..] else {
            return None;
        };
        let is_file = mode.starts_with("100");
        let id = path.strip_prefix(&self.prefix)?.strip_suffix(".json")?.parse().ok()?;
        let is_blob = blob.chars().all(|c| c.is_ascii_hexdigit());
        (is_file && is_blob).then_some(())?;
        Some((id, blob.to_owned(), len.parse().ok()?))
    }

    fn texts(&self, blobs: Vec<(ModelId, String, u64)>) -> Result<Texts> {
        let failed = |error| Error::io("git stopped while its objects were read", error);
        let mut child = command(Path::new(&self.root))
            .args(["cat-file", "--batch"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(missing)?;
        let (Some(mut ask), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::new(ErrorKind::Unavailable, "git has no input or output"));
        };
        let mut answers = BufReader::new(answers);
        let mut texts = Texts::new();
        for (id, blob, len) in blobs {
            writeln!(ask, "{blob}").map_err(failed)?;
            ask.flush().map_err(failed)?;
            let mut header = String::new();
            answers.by_ref().take(1024).read_line(&mut header).map_err(failed)?;
            if header.trim_end() != format!("{blob} blob {len}") {
                let said = line(header.trim_end());
                return Err(Error::bad_input(format!(
                    "git does not have the old {id} ({said}); fetch it first"
                )));
            }
            let mut bytes = Vec::new();
            // A line feed follows.
            answers.by_ref().take(len + 1).read_to_end(&mut bytes).map_err(failed)?;
            bytes.pop();
            let text = String::from_utf8(bytes);
            let text = text.map_err(|_| Error::bad_input(format!("the old {id} is not UTF-8")))?;
            texts.insert(id, text);
        }
        drop(ask);
        child.wait().map_err(failed)?;
        Ok(texts)
    }
}
