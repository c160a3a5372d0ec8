//! The database of batches: a file with SQLite, or PostgreSQL. It also holds the engine's queue.
//!
//! Both take the same SQL. Where they differ, `Db` says so.

mod add;
mod begin;
mod call;
mod files;
mod list;
mod lock;
mod outcome;
mod person;
mod tasks;
#[cfg(test)]
mod tests;

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgConnection, PgPool, SqlitePool};

pub use add::Added;
pub use list::{BatchStatus, Limits, WorkerInfo};
pub use person::{Cancelled, Retry};

pub(crate) use begin::{Beginning, NotNow};
pub(crate) use files::Paths;
pub(crate) use list::{Left, Stored};
pub(crate) use outcome::Ending;

use call::{LIMIT, LONG, TIMEOUT, in_transaction, on_connection, with_connection};

use crate::error::Error;
use crate::patience::Patience;

/// A database of batches. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    db: Db,
    /// How long a call may take.
    limit: Duration,
}

/// A batch of jobs in a database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Batch {
    pub(crate) store: Store,
    name: String,
}

#[derive(Clone, Debug)]
pub(crate) enum Db {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

fn migrations() -> Migrator {
    let mut migrator = sqlx::migrate!("./migrations");
    // The engine has a table of its own.
    migrator.dangerous_set_table_name("runcomfy_migrations");
    migrator
}

impl Store {
    /// Opens a database, and creates its tables: `postgres://user@host/database`, or the path of a file, which
    /// is created.
    ///
    /// # Errors
    /// [`Error::BadStore`] and [`Error::Open`].
    pub async fn open(store: &str) -> Result<Self, Error> {
        let shown = without_password(store);
        let opened = match store.split_once("://") {
            Some(("postgres" | "postgresql", _)) => Db::postgres(store).await,
            None if !store.is_empty() => Db::sqlite(Path::new(store), LIMIT).await,
            _ => return Err(Error::BadStore { store: shown }),
        };
        match opened {
            Ok(db) => Ok(Self { db, limit: LIMIT }),
            Err(Error::Database(source)) => Err(Error::Open { store: shown, source }),
            Err(error @ Error::Silent { .. }) => {
                let source = io::Error::new(io::ErrorKind::TimedOut, error.to_string());
                Err(Error::Open { store: shown, source: sqlx::Error::Io(source) })
            }
            Err(error) => Err(error),
        }
    }

    /// Like [`open`](Self::open), but waits so long for a database that is away or starting. `on_wait` gets the reason
    /// before each pause. What only a person can mend fails at once.
    ///
    /// # Errors
    /// As with [`open`](Self::open).
    pub async fn open_within(
        store: &str,
        patience: Duration,
        mut on_wait: impl FnMut(&Error),
    ) -> Result<Self, Error> {
        Patience::until(patience, || Self::open(store), |error| on_wait(error)).await
    }

    /// A batch in it, which is created if it does not exist.
    ///
    /// # Errors
    /// [`Error::BadName`], and failures of the database.
    pub async fn batch(&self, name: &str) -> Result<Batch, Error> {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
        if !(1..=64).contains(&name.len()) || !name.bytes().all(is_plain) {
            return Err(Error::BadName(name.to_owned()));
        }
        let batch = Batch { store: self.clone(), name: name.to_owned() };
        batch.create().await?;
        Ok(batch)
    }

    /// Whether many machines can use it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.db, Db::Postgres(_))
    }

    pub(crate) fn db(&self) -> &Db {
        &self.db
    }

    /// The same database with connections of its own, which the caller's runtime drives.
    pub(crate) fn reconnected(&self) -> Self {
        let db = match &self.db {
            Db::Sqlite(pool) => {
                let options = (*pool.connect_options()).clone();
                Db::Sqlite(sqlite_pool(1).connect_lazy_with(options))
            }
            Db::Postgres(pool) => {
                let options = (*pool.connect_options()).clone();
                Db::Postgres(postgres_pool(1, self.limit).connect_lazy_with(options))
            }
        };
        Self { db, limit: self.limit }
    }

    fn long_limit(&self) -> Duration {
        self.limit * LONG
    }
}

impl Batch {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The database that it is in.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn db(&self) -> &Db {
        &self.store.db
    }

    /// The name of the engine's queue.
    pub(crate) fn queue(&self) -> String {
        format!("runcomfy:{}", self.name)
    }

    pub(crate) fn reconnected(&self) -> Self {
        Self { store: self.store.reconnected(), name: self.name.clone() }
    }

    /// The same batch with less patience.
    #[cfg(test)]
    pub(crate) fn with_limit(&self, limit: Duration) -> Self {
        Self { store: Store { limit, ..self.store.clone() }, name: self.name.clone() }
    }

    async fn create(&self) -> Result<(), Error> {
        let now = self.now().await?;
        with_connection!(self, connection => {
            sqlx::query(
                "INSERT INTO runcomfy_batches (name, created_at) VALUES ($1, $2) \
                 ON CONFLICT (name) DO NOTHING",
            )
            .bind(&self.name)
            .bind(now)
            .execute(connection)
            .await?;
        });
        Ok(())
    }

    /// The time in milliseconds since 1970. Many machines agree on that of PostgreSQL.
    async fn now(&self) -> Result<i64, Error> {
        match self.db() {
            Db::Sqlite(_) => Ok(system_now()),
            Db::Postgres(pool) => on_connection!(pool, self.store.limit, connection => {
                sqlx::query_scalar(POSTGRES_NOW).fetch_one(connection).await?
            }),
        }
    }
}

fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).acquire_timeout(TIMEOUT)
}

/// `limit` is how long a call may take.
fn postgres_pool(connections: u32, limit: Duration) -> PgPoolOptions {
    let limit = limit.min(TIMEOUT);
    // A process that is frozen in a transaction would keep the row of the batch from all others.
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(TIMEOUT)
        .after_connect(|connection, _| {
            Box::pin(async move {
                let set = "SET idle_in_transaction_session_timeout = '15s'; \
                           SET client_min_messages = 'error'";
                sqlx::raw_sql(set).execute(connection).await.map(|_| ())
            })
        })
        // If the future of a `BEGIN` is dropped, as when the engine ends, sqlx 0.9 returns the connection with an
        // open transaction. What the next caller writes would be lost. This also shows that the connection lives.
        .test_before_acquire(false)
        .before_acquire(|connection, _| {
            Box::pin(
                async move { sqlx::raw_sql("ROLLBACK").execute(connection).await.map(|_| true) },
            )
        })
        // The pool itself pings a connection that comes back, and waits for the answer without a bound. So it does
        // that only with one that has just answered; a silent one is closed, and its place is free.
        .after_release(move |connection, _| {
            Box::pin(async move {
                let answered = tokio::time::timeout(limit, connection.ping()).await;
                answered.unwrap_or_else(|_| {
                    let silent = Error::Silent { waited: limit };
                    Err(io::Error::new(io::ErrorKind::TimedOut, silent.to_string()).into())
                })?;
                Ok(true)
            })
        })
}

impl Db {
    /// `limit` is how long another process may keep the lock for creating the file and its tables.
    async fn sqlite(path: &Path, limit: Duration) -> Result<Self, Error> {
        // A commit survives a loss of power: it says that a submission begins.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(TIMEOUT);
        // SQLite has no lock for two processes that create the tables at once, and the first connection to
        // a new file does not wait for another one that sets the mode of its journal.
        let lock = lock_file(path, limit).await?;
        let pool = sqlite_pool(4).connect_with(options).await?;
        SqliteStorage::migrations().run(&pool).await.map_err(sqlx::Error::from)?;
        migrations().run(&pool).await.map_err(sqlx::Error::from)?;
        drop(lock);
        Ok(Self::Sqlite(pool))
    }

    async fn postgres(url: &str) -> Result<Self, Error> {
        let options: PgConnectOptions = url.parse()?;
        // A pool would try again for a while, and then say nothing but that.
        let connected = tokio::time::timeout(TIMEOUT, PgConnection::connect_with(&options)).await;
        let silent = |waited| move |_| Error::Silent { waited };
        let connection = connected.map_err(silent(TIMEOUT))??;
        let set_up = async {
            connection.close().await?;
            let pool = postgres_pool(8, LIMIT).connect_with(options).await?;
            PostgresStorage::setup(&pool).await?;
            migrations().run(&pool).await.map_err(sqlx::Error::from)?;
            Ok(Self::Postgres(pool))
        };
        tokio::time::timeout(LIMIT, set_up).await.map_err(silent(LIMIT))?
    }
}

/// A lock on a file beside the database. On the database itself, it would be in SQLite's way.
async fn lock_file(path: &Path, limit: Duration) -> Result<File, sqlx::Error> {
    /// How soon to look again whether another process has let go of it.
    const LOOK_AGAIN: Duration = Duration::from_millis(20);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push("-lock");
    let path = path.with_file_name(name);
    let file = File::create(&path)?;
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error.into()),
            Err(TryLockError::WouldBlock) if start.elapsed() >= limit => {
                let reason = format!(
                    "another process has had the lock {} for {} s, to create the tables; if it hangs, end it, \
                     and try again",
                    path.display(),
                    limit.as_secs()
                );
                return Err(io::Error::new(io::ErrorKind::TimedOut, reason).into());
            }
            Err(TryLockError::WouldBlock) => tokio::time::sleep(LOOK_AGAIN).await,
        }
    }
}

const POSTGRES_NOW: &str = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";

fn system_now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}

/// The text without the password of a URL.
fn without_password(store: &str) -> String {
    match url::Url::parse(store) {
        Ok(mut url) if url.password().is_some() => {
            let hidden = url.set_password(Some("***"));
            if hidden.is_ok() { url.to_string() } else { url.scheme().to_owned() }
        }
        _ => store.to_owned(),
    }
}

/// A number that the database keeps as a signed one.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
