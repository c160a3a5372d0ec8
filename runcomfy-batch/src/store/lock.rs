//! The lock on a batch, and the transaction of either database that holds it.

use sqlx::{FromRow, PgConnection, SqliteConnection};

use super::{Batch, POSTGRES_NOW, system_now};
use crate::error::Error;

/// A connection to either database, so that a step of a transaction can be a function.
pub(super) enum EitherConnection<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl<'c> From<&'c mut SqliteConnection> for EitherConnection<'c> {
    fn from(connection: &'c mut SqliteConnection) -> Self {
        Self::Sqlite(connection)
    }
}

impl<'c> From<&'c mut PgConnection> for EitherConnection<'c> {
    fn from(connection: &'c mut PgConnection) -> Self {
        Self::Postgres(connection)
    }
}

impl<'c> From<&'c mut EitherConnection<'_>> for EitherConnection<'c> {
    fn from(connection: &'c mut EitherConnection<'_>) -> Self {
        match connection {
            EitherConnection::Sqlite(connection) => Self::Sqlite(connection),
            EitherConnection::Postgres(connection) => Self::Postgres(connection),
        }
    }
}

/// Runs calls on an [`EitherConnection`], and gives their value.
macro_rules! on_either {
    ($either:expr, $connection:ident => $body:expr) => {
        match $either {
            $crate::store::lock::EitherConnection::Sqlite(connection) => {
                let $connection = &mut **connection;
                $body
            }
            $crate::store::lock::EitherConnection::Postgres(connection) => {
                let $connection = &mut **connection;
                $body
            }
        }
    };
}

pub(super) use on_either;

impl EitherConnection<'_> {
    /// The time inside a transaction, in milliseconds since 1970.
    pub(super) async fn now(&mut self) -> Result<i64, Error> {
        match self {
            Self::Sqlite(_) => Ok(system_now()),
            Self::Postgres(connection) => {
                Ok(sqlx::query_scalar(POSTGRES_NOW).fetch_one(&mut **connection).await?)
            }
        }
    }
}

/// The row of a batch, as it stands while its lock is held.
#[derive(Debug, FromRow)]
pub(super) struct LockedBatch {
    pub(super) last_number: i64,
    pub(super) paused: i64,
    pub(super) at_once: Option<i64>,
    pub(super) per_minute: Option<i64>,
    pub(super) max_cost: Option<i64>,
    pub(super) next_begin: i64,
    pub(super) not_before: i64,
    pub(super) committed_at_most: Option<i64>,
}

impl Batch {
    /// Locks the row of the batch until the transaction ends, and reads it. Workers that need the lock go one by
    /// one: each sees all that the one before it wrote.
    ///
    /// An update that changes nothing takes the lock in both databases; SQLite has no `SELECT ... FOR UPDATE`.
    pub(super) async fn lock(
        &self,
        transaction: impl Into<EitherConnection<'_>>,
    ) -> Result<LockedBatch, Error> {
        Ok(on_either!(&mut transaction.into(), connection => {
            sqlx::query_as(
                "UPDATE runcomfy_batches SET last_number = last_number WHERE name = $1 \
                 RETURNING last_number, paused, at_once, per_minute, max_cost, next_begin, \
                 not_before, committed_at_most",
            )
            .bind(&self.name)
            .fetch_one(connection)
            .await?
        }))
    }
}
