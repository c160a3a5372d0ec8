//! The database of a soak, seen past the library: a trigger writes down each change of a job's state.

use runcomfy_batch::State;
use runcomfy_test_postgres::Database;
use sqlx::{PgPool, SqlitePool};
use tempfile::TempDir;

/// Where the batch is.
#[derive(Debug)]
pub(crate) enum Place {
    Sqlite(TempDir),
    Postgres(Database),
}

impl Place {
    /// The path or URL for the parent.
    pub(crate) fn store(&self) -> String {
        match self {
            Self::Sqlite(folder) => folder.path().join("batch.db").to_string_lossy().into_owned(),
            Self::Postgres(database) => database.url(),
        }
    }
}

/// A change of a job's state.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) number: u64,
    pub(crate) old: State,
    pub(crate) new: State,
    /// When the last submission began, as the library wrote it, and by the clock of the database.
    pub(crate) begun_at: i64,
    pub(crate) at: i64,
}

const SQLITE: &str = "\
CREATE TABLE soak_history (seq INTEGER PRIMARY KEY AUTOINCREMENT, at BIGINT, begun_at BIGINT, \
    number BIGINT, old TEXT, new TEXT);
CREATE TRIGGER soak_history AFTER UPDATE OF state ON runcomfy_jobs WHEN OLD.state <> NEW.state BEGIN
    INSERT INTO soak_history (at, begun_at, number, old, new) VALUES \
        (CAST(unixepoch('subsec') * 1000 AS BIGINT), COALESCE(NEW.begun_at, 0), NEW.number, \
        OLD.state, NEW.state);
END;";

const POSTGRES: &str = "\
CREATE TABLE soak_history (seq BIGSERIAL PRIMARY KEY, at BIGINT, begun_at BIGINT, number BIGINT, \
    old TEXT, new TEXT);
CREATE FUNCTION soak_history() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO soak_history (at, begun_at, number, old, new) VALUES \
        (CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT), COALESCE(NEW.begun_at, 0), \
        NEW.number, OLD.state, NEW.state);
    RETURN NULL;
END $$;
CREATE TRIGGER soak_history AFTER UPDATE ON runcomfy_jobs FOR EACH ROW \
    WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION soak_history();";

/// Starts the history.
pub(crate) async fn watch(place: &Place) -> Result<(), sqlx::Error> {
    match place {
        Place::Sqlite(_) => {
            let pool = SqlitePool::connect(&place.store()).await?;
            sqlx::raw_sql(SQLITE).execute(&pool).await?;
            pool.close().await;
        }
        Place::Postgres(_) => {
            let pool = PgPool::connect(&place.store()).await?;
            sqlx::raw_sql(POSTGRES).execute(&pool).await?;
            pool.close().await;
        }
    }
    Ok(())
}

type Row = (i64, i64, i64, String, String);

/// All changes so far, in order.
pub(crate) async fn history(
    place: &Place,
) -> Result<Vec<Change>, Box<dyn std::error::Error + Send + Sync>> {
    const READ: &str = "SELECT at, begun_at, number, old, new FROM soak_history ORDER BY seq";
    let rows: Vec<Row> = match place {
        Place::Sqlite(_) => {
            sqlx::query_as(READ).fetch_all(&SqlitePool::connect(&place.store()).await?).await?
        }
        Place::Postgres(_) => {
            sqlx::query_as(READ).fetch_all(&PgPool::connect(&place.store()).await?).await?
        }
    };
    let change = |(at, begun_at, number, old, new): Row| {
        let (number, old, new) = (u64::try_from(number)?, old.parse()?, new.parse()?);
        Ok(Change { number, old, new, begun_at, at })
    };
    rows.into_iter().map(change).collect()
}
