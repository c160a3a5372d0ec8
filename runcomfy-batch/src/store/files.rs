//! The names of files: what tells a batch from others, and the paths that the files of a job are saved at.

use serde_json::{Value, json};
use ulid::Ulid;

use super::{Batch, signed, with_connection};
use crate::error::Error;

/// The paths of the files of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paths {
    /// The id of the folder that they are below. In another one, others may have them.
    pub(crate) place: String,
    pub(crate) paths: Vec<String>,
}

impl Paths {
    fn to_text(&self) -> String {
        json!({"place": self.place, "paths": self.paths}).to_string()
    }

    fn read(text: &str) -> Option<Self> {
        let paths: Value = serde_json::from_str(text).ok()?;
        let place = paths.get("place")?.as_str()?.to_owned();
        let paths = paths.get("paths")?.as_array()?.iter();
        let paths = paths.map(|path| path.as_str().map(str::to_owned)).collect::<Option<_>>()?;
        Some(Self { place, paths })
    }
}

impl Batch {
    /// What tells it from other batches of its name.
    pub(crate) async fn id(&self) -> Result<String, Error> {
        let id: String = with_connection!(self, connection => {
            // A batch of an earlier version has none.
            sqlx::query_scalar(
                "UPDATE runcomfy_batches SET id = COALESCE(id, $2) WHERE name = $1 RETURNING id",
            )
            .bind(&self.name)
            .bind(Ulid::generate().to_string())
            .fetch_one(connection)
            .await?
        });
        Ok(id)
    }

    /// The paths of the files of a submitted job, if they were chosen. `None` if this worker does not have the job.
    pub(crate) async fn paths(
        &self,
        number: u64,
        worker: &str,
    ) -> Result<Option<Option<Paths>>, Error> {
        let found: Option<Option<String>> = with_connection!(self, connection => {
            sqlx::query_scalar(
                "SELECT paths FROM runcomfy_jobs \
                 WHERE batch = $1 AND number = $2 AND state = 'submitted' AND worker = $3",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(worker)
            .fetch_optional(connection)
            .await?
        });
        Ok(found.map(|paths| paths.as_deref().and_then(Paths::read)))
    }

    /// Records the paths of the files of a submitted job. Returns false if this worker does not have the job.
    pub(crate) async fn set_paths(
        &self,
        number: u64,
        worker: &str,
        paths: &Paths,
    ) -> Result<bool, Error> {
        let set = with_connection!(self, connection => {
            sqlx::query(
                "UPDATE runcomfy_jobs SET paths = $4 \
                 WHERE batch = $1 AND number = $2 AND state = 'submitted' AND worker = $3",
            )
            .bind(&self.name)
            .bind(signed(number))
            .bind(worker)
            .bind(paths.to_text())
            .execute(connection)
            .await?
            .rows_affected()
        });
        Ok(set > 0)
    }
}
