//! What can go wrong with a batch.

use runcomfy_client::RequestId;
use runcomfy_schema::debug_as_report;
use runcomfy_types::ModelId;

/// Why a call about a batch failed. `{:?}` shows the causes, too.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database cannot be opened.
    #[error("cannot open the database {store}")]
    Open {
        /// Its path or URL, without a password.
        store: String,
        /// Why.
        #[source]
        source: sqlx::Error,
    },
    /// The text does not name a database.
    #[error(
        "{store:?} names no database: use the path of a file, or postgres://user@host/database"
    )]
    BadStore {
        /// The text, without a password.
        store: String,
    },
    /// Files cannot be saved there.
    #[error("cannot save files at {place}: {reason}")]
    BadPlace {
        /// The place.
        place: String,
        /// Why.
        reason: String,
    },
    /// The place has the files of another batch.
    #[error(
        "{place} belongs to another batch{}; choose another place. If that batch is gone, delete {} there",
        batch.as_ref().map(|name| format!(", {name:?}")).unwrap_or_default(), crate::claim::NOTE
    )]
    OfAnotherBatch {
        /// The folder, or the URL of the object storage.
        place: String,
        /// The name of the batch, if it can be read. It may be that of this one, in another database.
        batch: Option<String>,
    },
    /// The name cannot be that of a batch.
    #[error("{0:?} cannot be the name of a batch: use 1 to 64 letters, digits, `-`, `_` and `.`")]
    BadName(String),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] sqlx::Error),
    /// The database did not answer in time. What was to be written may be written or not; nothing is submitted whose
    /// beginning is not written for sure.
    #[error(
        "the database has not answered for {} s; look whether its host is up and the network reaches it, and try again",
        waited.as_secs()
    )]
    Silent {
        /// How long it was waited for.
        waited: std::time::Duration,
    },
    /// The engine failed.
    #[error("the queue in the database failed")]
    Engine(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A row of the database is damaged.
    #[error("the database is damaged: job {number} has {reason}")]
    Damaged {
        /// The job.
        number: u64,
        /// The problem.
        reason: String,
    },
    /// The batch has a maximum cost, and nobody knows what these jobs cost.
    #[error(
        "{count} jobs have no estimate of their cost, so a maximum cost cannot hold; the first is of the model {model_id}"
    )]
    NoEstimate {
        /// How many.
        count: u64,
        /// The model of the first one.
        model_id: String,
    },
    /// There is no such job.
    #[error("the batch has no job {0}")]
    NoJob(u64),
    /// A request id is known already, as that of another job.
    #[error("{request_id} is job {number} of the batch {batch}")]
    OfAnotherJob {
        /// The id.
        request_id: RequestId,
        /// The batch of the other job.
        batch: String,
        /// Its number.
        number: u64,
    },
    /// The service says that a request id is that of a job of another model.
    #[error("{request_id} is a job of another model{}, and job {number} is of {model_id}", named(found.as_deref()))]
    OfAnotherModel {
        /// The id.
        request_id: RequestId,
        /// The model that the service names, if it can be read.
        found: Option<String>,
        /// The job of the batch.
        number: u64,
        /// Its model.
        model_id: ModelId,
    },
    /// A file cannot be saved.
    #[error("cannot save {}", path.display())]
    NotSaved {
        /// Its path.
        path: std::path::PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The client cannot be used.
    #[error(transparent)]
    Client(#[from] runcomfy_client::Error),
    /// An address of a board cannot be used.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

debug_as_report!(enum Error {
    Open { store, source },
    BadStore { store },
    BadPlace { place, reason },
    OfAnotherBatch { place, batch },
    BadName(name),
    Database(source),
    Silent { waited },
    Engine(source),
    Damaged { number, reason },
    NoEstimate { count, model_id },
    NoJob(number),
    OfAnotherJob { request_id, batch, number },
    OfAnotherModel { request_id, found, number, model_id },
    NotSaved { path, source },
    Client(source),
    Listen { address, source },
});

fn named(model_id: Option<&str>) -> String {
    model_id.map(|id| format!(", {id}")).unwrap_or_default()
}

impl From<apalis_sqlite::Error> for Error {
    fn from(source: apalis_sqlite::Error) -> Self {
        Self::Engine(source.into())
    }
}

impl From<apalis_postgres::Error> for Error {
    fn from(source: apalis_postgres::Error) -> Self {
        Self::Engine(source.into())
    }
}

impl Error {
    /// Whether the database could not be reached, so that the same call may work later.
    pub(crate) fn is_passing(&self) -> bool {
        let source = match self {
            Self::Database(source) => source,
            // With a file, what is in the way does not pass.
            Self::Open { store, source } if store.contains("://") => source,
            Self::Engine(_) | Self::Silent { .. } => return true,
            _ => return false,
        };
        match source {
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed => true,
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                // Connection failures, shutdown, too many connections, serialisation, deadlock and a
                // frozen transaction of PostgreSQL; busy and locked of SQLite, and a full disk.
                code.starts_with("08")
                    || code.starts_with("57P")
                    || code.starts_with("53")
                    || matches!(
                        &*code,
                        "40001" | "40P01" | "25P03" | "5" | "6" | "13" | "261" | "517"
                    )
            }
            _ => false,
        }
    }
}
