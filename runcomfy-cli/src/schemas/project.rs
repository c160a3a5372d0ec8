//! What a command works on.

use std::path::{Path, PathBuf};

use super::Folder;
use crate::Result;

/// The schemas of an app or a library.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Project {
    /// The folder of the schemas.
    pub schemas: PathBuf,
    /// The path of the module that the generated modules are in, for example `runcomfy_models`.
    pub module: Option<String>,
}

impl Project {
    /// A project with its schemas in this folder.
    pub fn new(schemas: impl Into<PathBuf>) -> Self {
        Self { schemas: schemas.into(), module: None }
    }

    /// Says in which module the generated modules are.
    #[must_use]
    pub fn with_module(mut self, module: impl Into<String>) -> Self {
        self.module = Some(module.into());
        self
    }

    /// This project, or one with its schemas in another folder, if one is given.
    #[must_use]
    pub fn in_folder(&self, folder: Option<&Path>) -> Self {
        match folder {
            None => self.clone(),
            // The module is that of the project's own folder.
            Some(folder) => Self::new(folder),
        }
    }

    /// The folder, to read from it and write to it.
    ///
    /// # Errors
    /// If it is not a folder.
    pub fn folder(&self) -> Result<Folder> {
        Folder::open(&self.schemas)
    }

    /// The folder. If it is not there, it is empty, and is created when a file is written.
    ///
    /// # Errors
    /// If something else than a folder is there.
    pub(crate) fn folder_or_empty(&self) -> Result<Folder> {
        if self.schemas.exists() { self.folder() } else { Ok(Folder::missing(&self.schemas)) }
    }
}
