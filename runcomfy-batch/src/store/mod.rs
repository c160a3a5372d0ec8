//! The database of batches: a file with SQLite, or PostgreSQL. It also holds the engine's queue.
//!
//! Both take the same SQL. Where they differ, `Db` says so.

mod add;
mod begin;
mod list;
mod outcome;
mod person;
mod tasks;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, PgConnection, PgPool, SqlitePool};

pub use add::Added;
pub use list::{BatchStatus, Limits, WorkerInfo};
pub use person::{Cancelled, Retry};

pub(crate) use begin::NotNow;
pub(crate) use list::{Left, Stored};
pub(crate) use outcome::Ending;

use crate::error::Error;

/// A database of batches. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    db: Db,
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

/// Runs code with the pool of either database.
macro_rules! with_pool {
    ($db:expr, $pool:ident => $body:expr) => {
        match $db {
            $crate::store::Db::Sqlite($pool) => $body,
            $crate::store::Db::Postgres($pool) => $body,
        }
    };
}

/// Runs code in a transaction of either database, and commits it if the code succeeds. With SQLite, it has
/// the lock for writing from the start.
macro_rules! in_transaction {
    ($db:expr, $transaction:ident => $body:expr) => {
        match $db {
            $crate::store::Db::Sqlite(pool) => {
                let mut $transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
                let value = $body?;
                $transaction.commit().await?;
                Ok(value)
            }
            $crate::store::Db::Postgres(pool) => {
                let mut $transaction = pool.begin().await?;
                let value = $body?;
                $transaction.commit().await?;
                Ok(value)
            }
        }
    };
}

pub(crate) use {in_transaction, with_pool};

/// How long a call waits for the database before it fails.
const TIMEOUT: Duration = Duration::from_secs(10);

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
            None if !store.is_empty() => Db::sqlite(Path::new(store)).await,
            _ => return Err(Error::BadStore { store: shown }),
        };
        match opened {
            Ok(db) => Ok(Self { db }),
            Err(Error::Database(source)) => Err(Error::Open { store: shown, source }),
            Err(error) => Err(error),
        }
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
                Db::Postgres(postgres_pool(1).connect_lazy_with(options))
            }
        };
        Self { db }
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

    async fn create(&self) -> Result<(), Error> {
        let now = self.db().now().await?;
        with_pool!(self.db(), pool => {
            sqlx::query(
                "INSERT INTO runcomfy_batches (name, created_at) VALUES ($1, $2) \
                 ON CONFLICT (name) DO NOTHING",
            )
            .bind(&self.name)
            .bind(now)
            .execute(pool)
            .await?;
        });
        Ok(())
    }
}

fn sqlite_pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new().max_connections(connections).acquire_timeout(TIMEOUT)
}

fn postgres_pool(connections: u32) -> PgPoolOptions {
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
}

impl Db {
    async fn sqlite(path: &Path) -> Result<Self, Error> {
        // A commit survives a loss of power: it says that a submission begins.
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(TIMEOUT);
        let pool = sqlite_pool(4).connect_with(options).await?;
        // SQLite has no lock for two processes that create the tables at once.
        let lock = lock(path).await?;
        SqliteStorage::migrations().run(&pool).await.map_err(sqlx::Error::from)?;
        migrations().run(&pool).await.map_err(sqlx::Error::from)?;
        drop(lock);
        Ok(Self::Sqlite(pool))
    }

    async fn postgres(url: &str) -> Result<Self, Error> {
        let options: PgConnectOptions = url.parse()?;
        // A pool would try again for a while, and then say nothing but that.
        let connected = tokio::time::timeout(TIMEOUT, PgConnection::connect_with(&options)).await;
        connected.map_err(|_| sqlx::Error::PoolTimedOut)??.close().await?;
        let pool = postgres_pool(8).connect_with(options).await?;
        PostgresStorage::setup(&pool).await?;
        migrations().run(&pool).await.map_err(sqlx::Error::from)?;
        Ok(Self::Postgres(pool))
    }

    /// The time in milliseconds since 1970. Many machines agree on that of PostgreSQL.
    async fn now(&self) -> Result<i64, Error> {
        match self {
            Self::Sqlite(_) => Ok(system_now()),
            Self::Postgres(pool) => Ok(sqlx::query_scalar(POSTGRES_NOW).fetch_one(pool).await?),
        }
    }
}

/// A lock on a file beside the database. On the database itself, it would be in SQLite's way.
async fn lock(path: &Path) -> Result<File, Error> {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push("-lock");
    let path = path.with_file_name(name);
    let locked = tokio::task::spawn_blocking(move || {
        let file = File::create(path)?;
        file.lock().map(|()| file)
    });
    let locked = locked.await.map_err(|error| sqlx::Error::Io(std::io::Error::other(error)))?;
    Ok(locked.map_err(sqlx::Error::Io)?)
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
