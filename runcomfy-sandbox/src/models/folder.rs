//! Reads models from a folder.

use std::fs;
use std::io;
use std::path::Path;

use super::Models;
use crate::error::Error;

impl Models {
    /// Adds every `<model id>.json` in a folder and its subfolders.
    pub(crate) fn add_folder(&mut self, root: &Path) -> Result<(), Error> {
        if !root.is_dir() {
            let reason = match fs::metadata(root) {
                Ok(_) => "it is not a folder".to_owned(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    "it does not exist".to_owned()
                }
                Err(error) => error.to_string(),
            };
            let source = io::Error::other(format!(
                "{reason}; the schema of the model acme/dream is in acme/dream.json in the folder"
            ));
            return Err(Error::Read { path: root.to_owned(), source });
        }
        self.add_below(root, root)
    }

    fn add_below(&mut self, root: &Path, folder: &Path) -> Result<(), Error> {
        let read = |path: &Path, source| Error::Read { path: path.to_owned(), source };
        for entry in fs::read_dir(folder).map_err(|source| read(folder, source))? {
            let path = entry.map_err(|source| read(folder, source))?.path();
            let metadata = fs::metadata(&path);
            let is_json = path.extension().is_some_and(|extension| extension == "json");
            if metadata.as_ref().is_ok_and(fs::Metadata::is_dir) {
                self.add_below(root, &path)?;
            } else if is_json && metadata.is_ok_and(|metadata| !metadata.is_file()) {
                // Reading a pipe would block until something writes to it.
                return Err(read(&path, io::Error::other("not a regular file")));
            } else if is_json {
                let text = fs::read_to_string(&path).map_err(|source| read(&path, source))?;
                let below = path.strip_prefix(root).unwrap_or(&path).with_extension("");
                let id = below.to_string_lossy().replace('\\', "/");
                self.add(&id, &text).map_err(|message| {
                    Error::Schema(format!(
                        "{}: {message}; `rcf schemas check {}` shows the place",
                        path.display(),
                        root.display()
                    ))
                })?;
            }
        }
        Ok(())
    }
}
