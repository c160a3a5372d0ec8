//! The folder of schemas: reads and writes nothing outside it.

use std::fs::{self, Metadata};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use runcomfy_schema::printable::line;
use tempfile::NamedTempFile;

use super::ModelId;
use crate::{Error, Result};

/// A folder of schemas. Each file is called `<model id>.json`.
///
/// Nothing is read or written through a link below the folder, because a repository may contain links to
/// any path. The folder itself may be a link: its user named it.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
    /// As its user named it, for messages.
    name: PathBuf,
}

/// What writing a file came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Written {
    /// The file is new.
    Created,
    /// The file had another content.
    Updated,
    /// The file had this content already.
    Unchanged,
}

const MAX_FILE_LEN: u64 = runcomfy_schema::parse::MAX_FILE_LEN as u64;

impl Folder {
    /// Opens a folder.
    ///
    /// # Errors
    /// If it is not there, or is not a folder.
    pub fn open(path: &Path) -> Result<Self> {
        let root = path.canonicalize().map_err(|error| {
            let message = format!("cannot open the folder of schemas {}", path.display());
            Error::io(format!("{message}; give the right one with --folder"), error)
        })?;
        if root.is_dir() {
            return Ok(Self { root, name: path.to_owned() });
        }
        Err(Error::bad_input(format!(
            "{} is not a folder; give the folder of the schemas with --folder",
            path.display()
        )))
    }

    /// A folder that is not there, and so is empty.
    pub(crate) fn missing(path: &Path) -> Self {
        Self { root: path.to_owned(), name: path.to_owned() }
    }

    /// The ids of the models that have a file, sorted. Other files are left out, and links.
    ///
    /// # Errors
    /// If a folder cannot be read.
    pub fn ids(&self) -> Result<Vec<ModelId>> {
        const MAX_FILES: usize = 20_000;
        let mut ids = Vec::new();
        let mut open = vec![(self.root.clone(), String::new())];
        while let Some((folder, above)) = open.pop() {
            let failed = |error| Error::io(format!("cannot read {}", folder.display()), error);
            let entries = match fs::read_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries.map_err(failed)?,
            };
            for entry in entries {
                let entry = entry.map_err(failed)?;
                let kind = entry.file_type().map_err(failed)?;
                let name = entry.file_name();
                let Some(name) = name.to_str().map(|name| format!("{above}{name}")) else {
                    continue;
                };
                if kind.is_dir() {
                    open.push((entry.path(), format!("{name}/")));
                } else if kind.is_file() {
                    ids.extend(name.strip_suffix(".json").and_then(|id| id.parse().ok()));
                }
            }
            if ids.len() + open.len() > MAX_FILES {
                let root = self.root.display();
                return Err(Error::bad_input(format!("{root} has more than {MAX_FILES} files")));
            }
        }
        ids.sort();
        Ok(ids)
    }

    /// The folder's path, without links.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The path of a model's file.
    #[must_use]
    pub fn path_of(&self, id: &ModelId) -> PathBuf {
        let mut path = self.root.clone();
        path.extend(id.segments());
        // `with_extension` would cut the id after its last dot.
        path.as_mut_os_string().push(".json");
        path
    }

    /// The path of a model's file as the user knows it: below the folder that was named.
    #[must_use]
    pub fn name_of(&self, id: &ModelId) -> String {
        line(&self.name.join(format!("{id}.json")).display().to_string())
    }

    /// The text of a model's file, or `None` if there is no such file.
    ///
    /// # Errors
    /// If a link is in the way, or the file cannot be read.
    pub fn read(&self, id: &ModelId) -> Result<Option<String>> {
        let path = self.path_of(id);
        let Some(found) = self.look(&path)? else { return Ok(None) };
        if !found.is_file() {
            return Err(Error::bad_input(format!("{} is not a file; move it", self.name_of(id))));
        }
        let failed = |error| Error::io(format!("cannot read {}", self.name_of(id)), error);
        let mut text = String::new();
        let file = fs::File::open(&path).map_err(failed)?;
        file.take(MAX_FILE_LEN + 1).read_to_string(&mut text).map_err(failed)?;
        if text.len() as u64 > MAX_FILE_LEN {
            return Err(Error::bad_input(format!("{} is too long for a schema", self.name_of(id))));
        }
        Ok(Some(text))
    }

    /// Writes a model's file: all of it, or nothing.
    ///
    /// # Errors
    /// If a link is in the way, or the file cannot be written.
    pub fn write(&self, id: &ModelId, text: &str) -> Result<Written> {
        let path = self.path_of(id);
        let before = self.read(id)?;
        if before.as_deref() == Some(text) {
            return Ok(Written::Unchanged);
        }
        let failed = |error| Error::io(format!("cannot write {}", self.name_of(id)), error);
        let parent = path.parent().unwrap_or(&self.root);
        fs::create_dir_all(parent).map_err(failed)?;
        replace(parent, &path, text).map_err(failed)?;
        Ok(if before.is_some() { Written::Updated } else { Written::Created })
    }

    /// The metadata of a path below the folder. Refuses a link on the way to it.
    fn look(&self, path: &Path) -> Result<Option<Metadata>> {
        let mut parts: Vec<_> =
            path.ancestors().take_while(|part| *part != self.root.as_path()).collect();
        parts.reverse();
        let mut found = None;
        for part in parts {
            found = match fs::symlink_metadata(part) {
                Ok(metadata) if metadata.is_symlink() => {
                    return Err(Error::bad_input(format!(
                        "{} is a link; refusing to go through it. Remove it",
                        part.display()
                    )));
                }
                Ok(metadata) => Some(metadata),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => {
                    return Err(Error::io(format!("cannot read {}", part.display()), error));
                }
            };
        }
        Ok(found)
    }
}

/// Replaces a file by rename: a reader sees the whole old file or the whole new one, and a link that
/// appears there meanwhile is replaced, not followed.
pub(super) fn replace(parent: &Path, path: &Path, text: &str) -> io::Result<()> {
    // The user knows nothing of the temporary file, which the error would name.
    let unnamed =
        |error: io::Error| error.raw_os_error().map_or(error, io::Error::from_raw_os_error);
    let mut file = NamedTempFile::with_prefix_in(".rcf-", parent).map_err(unnamed)?;
    file.write_all(text.as_bytes())?;
    set_mode(file.as_file(), path)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Gives a new file the mode of the one that it replaces. Temporary files are readable by their owner
/// alone.
#[cfg(unix)]
fn set_mode(file: &fs::File, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::symlink_metadata(path).map_or(0o644, |old| old.permissions().mode() & 0o777);
    file.set_permissions(fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn set_mode(_: &fs::File, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> ModelId {
        text.parse().unwrap()
    }

    #[test]
    fn files_are_written_whole_or_not_at_all() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::missing(&temporary.path().join("a/schemas"));
        let model = id("acme/dream-2.5/4k");
        assert_eq!(folder.read(&model).unwrap(), None);
        assert_eq!(folder.write(&model, "1").unwrap(), Written::Created);
        assert_eq!(folder.write(&model, "1").unwrap(), Written::Unchanged);
        assert_eq!(folder.write(&model, "22").unwrap(), Written::Updated);
        assert_eq!(folder.read(&model).unwrap().as_deref(), Some("22"));
        let parent = folder.path().join("acme/dream-2.5");
        let names: Vec<_> =
            fs::read_dir(&parent).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names, ["4k.json"]);
        // A folder is in the way of the file.
        fs::create_dir(parent.join("x.json")).unwrap();
        assert!(folder.write(&id("acme/dream-2.5/x"), "1").is_err());
        assert_eq!(fs::read_dir(&parent).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let temporary = tempfile::tempdir().unwrap();
        let elsewhere = temporary.path().join("elsewhere");
        fs::create_dir_all(temporary.path().join("schemas/acme")).unwrap();
        let folder = Folder::open(&temporary.path().join("schemas")).unwrap();
        fs::create_dir(&elsewhere).unwrap();
        fs::write(elsewhere.join("m.json"), "{}").unwrap();
        let link = |to: &str, from: &str| {
            std::os::unix::fs::symlink(elsewhere.join(to), folder.path().join(from)).unwrap();
        };
        link("", "linked");
        link("x", "acme/dangling.json");
        link("m.json", "acme/m.json");
        for model in ["linked/m", "linked/a/m", "acme/m", "acme/dangling"] {
            let error = folder.write(&id(model), "new").unwrap_err().to_string();
            assert!(error.contains("is a link"), "{model}: {error}");
            assert!(folder.read(&id(model)).unwrap_err().to_string().contains("is a link"));
        }
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1);
        assert_eq!(fs::read_to_string(elsewhere.join("m.json")).unwrap(), "{}");
        folder.write(&id("acme/new/n"), "{}").unwrap();
    }
}
