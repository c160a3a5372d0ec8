//! `cargo xtask import`: adds a model to the schemas.

use std::path::{Path, PathBuf};

use lexopt::prelude::*;

use crate::Result;
use crate::check::check;
use crate::page::{self, Model};

pub(crate) fn run(arguments: &mut lexopt::Parser, schemas: &Path) -> Result<()> {
    let (mut file, mut id) = (None, None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("id") => id = Some(arguments.value()?.string()?),
            Value(path) if file.is_none() => file = Some(path),
            other => return Err(other.unexpected().into()),
        }
    }
    let file = file.ok_or(
        "give a file with the text of a model's page, a catalog entry or a schema: `cargo xtask import <FILE>`",
    )?;
    let text =
        std::fs::read_to_string(&file).map_err(|error| format!("cannot read {file:?}: {error}"))?;
    let path = write(schemas, &page::read(&text, id)?)?;
    println!("wrote {}\n", path.display());
    check(schemas)
}

/// Writes a schema file. Refuses to follow links: a repository may contain links to any path.
fn write(schemas: &Path, model: &Model) -> std::result::Result<PathBuf, String> {
    let path = schemas.join(format!("{}.json", model.id));
    let folders = path.ancestors().skip(1).take_while(|folder| *folder != schemas);
    for part in folders.chain([path.as_path()]) {
        if part.is_symlink() {
            return Err(format!(
                "{} is a link; refusing to write through it. Remove it",
                part.display()
            ));
        }
    }
    let failed = |error: std::io::Error| format!("cannot write {}: {error}", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(&path, &model.schema).map_err(failed)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let (schemas, elsewhere) = (folder.path().join("schemas"), folder.path().join("elsewhere"));
        std::fs::create_dir_all(schemas.join("acme")).unwrap();
        std::fs::create_dir(&elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, schemas.join("linked")).unwrap();
        std::os::unix::fs::symlink(elsewhere.join("x"), schemas.join("acme/m.json")).unwrap();
        for id in ["linked/m", "linked/a/m", "acme/m"] {
            let model = Model { id: id.to_owned(), schema: "{}".to_owned() };
            assert!(write(&schemas, &model).unwrap_err().contains("is a link"), "{id}");
        }
        assert_eq!(std::fs::read_dir(&elsewhere).unwrap().count(), 0);
        let model = Model { id: "acme/new/n".to_owned(), schema: "{}".to_owned() };
        assert!(write(&schemas, &model).unwrap().is_file());
    }
}
