//! The engine's tasks: one for each job that has not come to an end.

use apalis_core::task::builder::TaskBuilder;
use apalis_core::task::task_id::TaskId;
use ulid::Generator;

use super::{Batch, Db, in_transaction, signed, with_connection};
use crate::error::Error;

/// How many tasks one transaction makes.
const MAX_TASKS: i64 = 500;

/// How often the engine hands out a task again after the worker's own attempts.
const MAX_ATTEMPTS: usize = 1_000_000;

/// PostgreSQL keeps a priority in 32 bits, with a sign.
const MAX_PRIORITY: usize = i32::MAX as usize - 1;

/// The priority of tasks that come before all others.
const FIRST: i32 = i32::MAX;

/// The jobs without a task that the engine still works on. `{tasks}` is the engine's table.
macro_rules! without_task {
    ($tasks:literal) => {
        concat!(
            "SELECT number, priority FROM runcomfy_jobs AS job \
             WHERE batch = $1 AND state IN ('new', 'submitting', 'submitted') \
             AND NOT EXISTS (SELECT 1 FROM ",
            $tasks,
            " AS task WHERE task.id = job.task_id AND (task.status IN ('Pending', 'Queued', 'Running') \
             OR (task.status = 'Failed' AND task.attempts < task.max_attempts))) \
             ORDER BY priority DESC, number LIMIT $2"
        )
    };
}

/// Gives back the tasks of a worker. `{tasks}` is the engine's table.
macro_rules! release {
    ($tasks:literal) => {
        concat!(
            "UPDATE ",
            $tasks,
            " SET lock_by = NULL, lock_at = NULL, status = CASE \
             WHEN job.state IN ('new', 'submitting', 'submitted') THEN 'Pending' ELSE 'Done' END \
             FROM runcomfy_jobs AS job \
             WHERE job.batch = $1 AND job.task_id = ",
            $tasks,
            ".id AND status IN ('Queued', 'Running') AND substr(lock_by, 1, length($2)) = $2"
        )
    };
}

/// Puts the tasks of jobs at the service first that no worker has. `{tasks}` is the engine's table.
macro_rules! prefer {
    ($tasks:literal) => {
        concat!(
            "UPDATE ",
            $tasks,
            " SET priority = $2 FROM runcomfy_jobs AS job \
             WHERE job.batch = $1 AND job.state IN ('submitting', 'submitted') AND job.task_id = ",
            $tasks,
            ".id AND (status = 'Pending' OR (status = 'Failed' AND attempts < max_attempts))"
        )
    };
}

impl Batch {
    /// Makes the engine hand out first the jobs at the service that no worker has. Returns how many there are.
    pub(crate) async fn prefer_orphans(&self) -> Result<u64, Error> {
        let prefer = match self.db() {
            Db::Sqlite(_) => prefer!("Jobs"),
            Db::Postgres(_) => prefer!("apalis.jobs"),
        };
        Ok(with_connection!(self, connection => {
            let update = sqlx::query(prefer).bind(&self.name).bind(FIRST);
            update.execute(connection).await?.rows_affected()
        }))
    }

    /// Gives back the tasks of a worker that stops, so that others take them up at once. It counts as dead from
    /// now on.
    pub(crate) async fn release(&self, worker: &str) -> Result<(), Error> {
        // The engine's name of a worker has a number at its end.
        let name = format!("{worker}-");
        let (release, unsee) = match self.db() {
            Db::Sqlite(_) => (
                release!("Jobs"),
                "UPDATE Workers SET last_seen = 0 WHERE substr(id, 1, length($1)) = $1",
            ),
            Db::Postgres(_) => (
                release!("apalis.jobs"),
                "UPDATE apalis.workers SET last_seen = to_timestamp(0) \
                 WHERE substr(id, 1, length($1)) = $1",
            ),
        };
        with_connection!(self, connection => {
            let release = sqlx::query(release).bind(&self.name).bind(&name);
            release.execute(&mut *connection).await?;
            sqlx::query(unsee).bind(&name).execute(connection).await?;
        });
        Ok(())
    }

    /// Makes a task of each job that needs one and has none: of a new job, and of one whose task ended too
    /// early. So a crash at any point loses no job.
    pub(crate) async fn dispatch(&self) -> Result<(), Error> {
        while self.dispatch_some().await? == MAX_TASKS {}
        Ok(())
    }

    async fn dispatch_some(&self) -> Result<i64, Error> {
        let queue = self.queue();
        in_transaction!(self, long transaction => async {
            // Two workers must not make two tasks of a job.
            self.lock(&mut *transaction).await?;
            let jobs: Vec<(i64, i64)> = match self.db() {
                Db::Sqlite(_) => sqlx::query_as(without_task!("Jobs")),
                Db::Postgres(_) => sqlx::query_as(without_task!("apalis.jobs")),
            }
            .bind(&self.name)
            .bind(MAX_TASKS)
            .fetch_all(&mut *transaction)
            .await?;
            // In the order of the jobs: of equal priorities, the engine takes the lowest id first.
            let mut ids = Generator::new();
            let mut tasks = Vec::with_capacity(jobs.len());
            for (number, priority) in &jobs {
                let id = ids.generate().map_err(|error| Error::Engine(error.to_string().into()))?;
                sqlx::query("UPDATE runcomfy_jobs SET task_id = $3 WHERE batch = $1 AND number = $2")
                    .bind(&self.name)
                    .bind(number)
                    .bind(id.to_string())
                    .execute(&mut *transaction)
                    .await?;
                let priority = usize::try_from(*priority).unwrap_or_default().min(MAX_PRIORITY);
                let task = TaskBuilder::new(number.to_string().into_bytes())
                    .task_id(TaskId::from_ulid(id))
                    .priority(priority)
                    .max_attempts(MAX_ATTEMPTS)
                    .build();
                tasks.push(task);
            }
            Push::push(&mut *transaction, &queue, tasks).await?;
            Ok::<_, Error>(signed(jobs.len() as u64))
        }.await)
    }
}

/// A connection that tasks can be written with.
trait Push {
    async fn push(&mut self, queue: &str, tasks: Vec<Task>) -> Result<(), Error>;
}

type Task = apalis_core::task::Task<Vec<u8>>;

impl Push for sqlx::SqliteConnection {
    async fn push(&mut self, queue: &str, tasks: Vec<Task>) -> Result<(), Error> {
        Ok(apalis_sqlite::queries::push_tasks(self, queue, &tasks).await?)
    }
}

impl Push for sqlx::PgConnection {
    async fn push(&mut self, queue: &str, tasks: Vec<Task>) -> Result<(), Error> {
        Ok(apalis_postgres::queries::push_tasks(self, queue, tasks).await?)
    }
}
