//! The results of a batch as files.

use std::path::Path;
use std::pin::pin;

use futures_util::TryStreamExt as _;
use runcomfy_batch::{Batch, Export, Exported};
use serde_json::{Value, json};

use super::error::of_batch;
use super::pages::pages;
use crate::{Error, Result};

/// Writes the results of a batch into a folder.
pub(super) async fn export(batch: &Batch, folder: &Path) -> Result<Exported> {
    batch.claim_folder(folder).await.map_err(of_batch)?;
    let io =
        |error| Error::io(format!("cannot write the results into {}", folder.display()), error);
    let mut export = Export::create(folder, batch.name()).map_err(io)?;
    let mut pages = pin!(pages(batch));
    while let Some(jobs) = pages.try_next().await? {
        for job in &jobs {
            export.add(job).map_err(io)?;
        }
    }
    export.finish().map_err(io)
}

pub(super) fn to_json(files: &Exported) -> Value {
    json!({"jsonl": files.lines, "csv": files.table, "html": files.sheet})
}
