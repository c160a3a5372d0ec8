//! Calls of the database. Each has an upper bound: a network that drops everything has none.
//!
//! If a call that writes takes longer than its bound, nobody knows whether it was carried out, or still will be. The
//! same is true when a connection breaks. So each statement names the state that it starts from, and can be made
//! again.

use std::time::Duration;

use crate::error::Error;

/// How long a call waits for a connection to the database before it fails.
pub(super) const TIMEOUT: Duration = Duration::from_secs(10);

/// How long it may then take. A call may wait for a transaction of a frozen worker, which ends after 15 seconds. On a
/// network that drops everything, only this ends it.
pub(super) const LIMIT: Duration = Duration::from_secs(60);

/// The same for calls that move files or many jobs, as a multiple.
pub(super) const LONG: u32 = 10;

pub(crate) fn not_acquired(error: sqlx::Error) -> Error {
    match error {
        sqlx::Error::PoolTimedOut => Error::Silent { waited: TIMEOUT },
        error => error.into(),
    }
}

/// Runs calls on a connection of a pool, for this long at most. If the database does not answer in time, the
/// connection is given up: the pool would wait for it until the system does.
macro_rules! on_connection {
    ($pool:expr, $limit:expr, $connection:ident => $body:expr) => {
        match $pool.acquire().await {
            Ok(mut acquired) => {
                let limit: std::time::Duration = $limit;
                let calls = async {
                    let $connection = &mut *acquired;
                    Ok::<_, $crate::error::Error>($body)
                };
                match tokio::time::timeout(limit, calls).await {
                    Ok(done) => done,
                    Err(_) => {
                        drop(acquired.detach());
                        Err($crate::error::Error::Silent { waited: limit })
                    }
                }
            }
            Err(error) => Err($crate::store::call::not_acquired(error)),
        }
    };
}

/// Runs calls with a connection to either database, and gives their value. For calls that move much, `long`
/// stands before the name of the connection.
macro_rules! with_connection {
    ($batch:expr, $connection:ident => $body:expr) => {
        $crate::store::call::with_connection!($batch, $batch.store().limit, $connection => $body)
    };
    ($batch:expr, long $connection:ident => $body:expr) => {
        $crate::store::call::with_connection!($batch, $batch.store().long_limit(), $connection => $body)
    };
    ($batch:expr, $limit:expr, $connection:ident => $body:expr) => {
        match $batch.store().db() {
            $crate::store::Db::Sqlite(pool) => {
                $crate::store::call::on_connection!(pool, $limit, $connection => $body)?
            }
            $crate::store::Db::Postgres(pool) => {
                $crate::store::call::on_connection!(pool, $limit, $connection => $body)?
            }
        }
    };
}

/// Runs code in a transaction of either database, and commits it if the code succeeds. With SQLite, it has
/// the lock for writing from the start. `long` is as above.
macro_rules! in_transaction {
    ($batch:expr, $transaction:ident => $body:expr) => {
        $crate::store::call::in_transaction!($batch, $batch.store().limit, $transaction => $body)
    };
    ($batch:expr, long $transaction:ident => $body:expr) => {
        $crate::store::call::in_transaction!($batch, $batch.store().long_limit(), $transaction => $body)
    };
    ($batch:expr, $limit:expr, $transaction:ident => $body:expr) => {
        match $batch.store().db() {
            $crate::store::Db::Sqlite(pool) => {
                $crate::store::call::on_connection!(pool, $limit, connection => {
                    let mut $transaction =
                        sqlx::Connection::begin_with(connection, "BEGIN IMMEDIATE").await?;
                    let value = $body?;
                    $transaction.commit().await?;
                    value
                })
            }
            $crate::store::Db::Postgres(pool) => {
                $crate::store::call::on_connection!(pool, $limit, connection => {
                    let mut $transaction = sqlx::Connection::begin(connection).await?;
                    let value = $body?;
                    $transaction.commit().await?;
                    value
                })
            }
        }
    };
}

pub(crate) use {in_transaction, on_connection, with_connection};
