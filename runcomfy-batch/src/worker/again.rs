//! Files that somebody deleted are saved again.

use std::path::Path;

use runcomfy_client::{Client, DownloadOptions};

use super::save::move_to;
use crate::error::Error;
use crate::store::Batch;

impl Batch {
    /// Saves the files of a done job again that are [missing](crate::JobRecord::missing_files) below a folder, each
    /// at its old path. The service is asked for the result; nothing is submitted, and the job stays as it is.
    ///
    /// # Errors
    /// [`Error::NoJob`]; [`Error::Client`], also if the service does not have the result or a file any more;
    /// [`Error::NotSaved`]; failures of the database.
    pub async fn save_again(
        &self,
        client: &Client,
        number: u64,
        folder: &Path,
    ) -> Result<(), Error> {
        let job = self.job(number).await?;
        let missing: Vec<&str> = job.missing_files(folder).map(|file| &*file.path).collect();
        let (Some(request_id), false) = (&job.request_id, missing.is_empty()) else {
            return Ok(());
        };
        let done = client.job_json(request_id)?.result().await?;
        let not_saved = |path: &Path| {
            let path = path.to_owned();
            |source| Error::NotSaved { path, source }
        };
        std::fs::create_dir_all(folder).map_err(not_saved(folder))?;
        let temporary = tempfile::Builder::new().prefix(".rcf-").tempdir_in(folder);
        let temporary = temporary.map_err(not_saved(folder))?;
        let options = DownloadOptions::default().names(|index, _| index.to_string().into());
        let files = done.download_all_with(temporary.path(), &options).await?;
        for (file, saved) in files.iter().zip(&job.files) {
            if missing.contains(&&*saved.path) {
                let path = folder.join(&saved.path);
                if let Some(parent) = path.parent() {
                    std::fs::create_dir_all(parent).map_err(not_saved(parent))?;
                }
                move_to(&file.path, &path).map_err(not_saved(&path))?;
            }
        }
        Ok(())
    }
}
