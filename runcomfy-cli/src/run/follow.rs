//! From a job to its files: the wait, the downloads, and what a user who stops them is told.

use std::error::Error as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use runcomfy_client::{
    CancelOutcome, Completed, DownloadOptions, Downloaded, Error as ClientError, IfExists, Job,
    JobState, JournalError, RequestId, WaitOptions,
};
use runcomfy_models::Value;
use runcomfy_schema::counted::counted;
use serde_json::json;

use super::ask;
use super::common::Say;
use super::estimate::money;
use super::interrupt::{Interrupts, interrupted};
use super::progress::{JobProgress, Progress};
use crate::report::json_text;
use crate::{Result, Status, service};

/// Where files go, and how long a job is waited for.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Waiting {
    /// The folder that files are saved in
    #[arg(long, value_name = "FOLDER", default_value = ".", help_heading = "Files")]
    pub(super) out: PathBuf,
    /// How long to wait for a job, for example 90s, 10m or 2h. The job goes on after that
    // A value with a hyphen gets the error of `time`, and not that of an unknown flag.
    #[arg(
        long,
        value_name = "TIME",
        default_value = "2h",
        value_parser = time,
        allow_hyphen_values = true,
        help_heading = "Files"
    )]
    pub(super) wait_timeout: Duration,
}

fn time(text: &str) -> std::result::Result<Duration, &'static str> {
    humantime::parse_duration(text).map_err(|_| "write a time as 90s, 10m or 2h")
}

/// A job that has ended, and whose files are saved.
#[derive(Debug)]
pub(super) struct Finished {
    done: Completed,
    model_id: Option<String>,
    files: Vec<Downloaded>,
}

/// Follows jobs to their files.
pub(super) struct Follower<'a> {
    pub(super) say: Say,
    pub(super) progress: &'a Progress,
    pub(super) waiting: &'a Waiting,
}

impl Follower<'_> {
    /// Waits for a job and saves its files. If the user stops that, says how to wait for it again, and
    /// offers to cancel it while it is in the queue.
    pub(super) async fn one(&self, job: &Job, interrupts: &mut Interrupts) -> Result<Finished> {
        let state = State::default();
        match interrupts.or(self.to_end(job, &state)).await {
            Some(finished) => finished,
            None => Err(self.leave(job, &state, interrupts).await.about(job.request_id().as_str())),
        }
    }

    /// The same for the only job of a command, and writes the result.
    pub(super) async fn report_one(
        &self,
        job: &Job,
        interrupts: &mut Interrupts,
        output: &mut dyn Write,
    ) -> Result<Status> {
        let finished = self.one(job, interrupts).await?;
        finished.note(self.progress);
        self.say.result(output, &finished.to_json(), |output| finished.write(output))?;
        Ok(Status::Done)
    }

    /// Waits for a job and saves its files.
    pub(super) async fn to_end(&self, job: &Job, state: &State) -> Result<Finished> {
        let progress = self.progress.job(job.request_id());
        let options = WaitOptions::default().timeout(self.waiting.wait_timeout);
        let (on_change, known) = (progress.clone(), state.clone());
        let done = job.wait_with(&options, move |status| {
            known.set(status.state.clone());
            on_change.changed(status);
        });
        let saved = match done.await {
            Ok(done) => {
                state.set(JobState::Completed);
                let model_id = job.model_id().map(|id| id.as_str().to_owned());
                self.save(done, model_id, &progress).await
            }
            Err(error) => Err(service::error(error)),
        };
        progress.end();
        saved
    }

    /// Saves the files of a job, and tells the journal that it is done.
    pub(super) async fn save(
        &self,
        done: Completed,
        model_id: Option<String>,
        progress: &JobProgress,
    ) -> Result<Finished> {
        // A file of an earlier attempt is complete: its name has the request id in it.
        let options = DownloadOptions::default().existing(IfExists::Keep);
        let options = progress.downloads(options);
        let files = done.download_all_with(&self.waiting.out, &options).await;
        let files = files.map_err(service::error)?;
        settle(&done).await?;
        Ok(Finished { done, model_id, files })
    }

    async fn leave(&self, job: &Job, state: &State, interrupts: &mut Interrupts) -> crate::Error {
        let id = job.request_id();
        self.progress.clear();
        let state = state.get();
        let how = format!("`{}`, or `rcf resume` for all jobs", service::take_up(id));
        if state == Some(JobState::Completed) {
            return interrupted(format!(
                "request {id} is complete, but its files are not saved; save them with {how}"
            ));
        }
        let goes_on = format!("request {id} goes on; wait for it again with {how}");
        if state != Some(JobState::InQueue) || !ask::can_ask() {
            return interrupted(goes_on);
        }
        let _ = writeln!(std::io::stderr(), "{goes_on}");
        let cancel = async {
            if !ask::yes("It is still in the queue. Cancel it?").await {
                return interrupted("");
            }
            match cancel(job).await {
                Ok(CancelOutcome::Cancelled) => interrupted(format!("request {id} is cancelled")),
                Ok(outcome) => interrupted(cancel_words(id, &outcome)),
                Err(error) => error,
            }
        };
        interrupts.or(cancel).await.unwrap_or_else(|| interrupted("\n"))
    }
}

/// The last known state of a job.
#[derive(Clone, Debug, Default)]
pub(super) struct State(Arc<Mutex<Option<JobState>>>);

impl State {
    fn set(&self, state: JobState) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(state);
    }

    fn get(&self) -> Option<JobState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Cancels a job, and lets the journal know of it.
pub(super) async fn cancel(job: &Job) -> Result<CancelOutcome> {
    let outcome = job.cancel().await.map_err(service::error)?;
    if outcome == CancelOutcome::Cancelled {
        // The journal learns of an end by the result. If this fails, `rcf resume` asks once more.
        let _ = job.result().await;
    }
    Ok(outcome)
}

/// What came of a cancellation.
pub(super) fn cancel_words(id: &RequestId, outcome: &CancelOutcome) -> String {
    match outcome {
        CancelOutcome::Cancelled => format!("request {id} is cancelled"),
        CancelOutcome::Requested => {
            format!(
                "the service will cancel request {id}; check it with `rcf status {}`",
                service::shell_word(id)
            )
        }
        CancelOutcome::NotCancellable => {
            format!("request {id} is not in the queue any more, so it cannot be cancelled")
        }
        other => format!("request {id}: {other}"),
    }
}

/// Tells the journal that a job is done. One that it does not know, or is done with, needs no entry.
async fn settle(done: &Completed) -> Result<()> {
    match done.settle().await {
        Err(ClientError::NotSettled { source, .. })
            if done.submission().is_none() && !is_of_file(&source) =>
        {
            Ok(())
        }
        settled => settled.map_err(service::error),
    }
}

/// Whether the file of the journal is to blame.
fn is_of_file(error: &JournalError) -> bool {
    let mut cause = error.source();
    while let Some(one) = cause {
        if one.is::<std::io::Error>() {
            return true;
        }
        cause = one.source();
    }
    false
}

impl Finished {
    /// Says how many files there are, and what they cost, besides the result.
    pub(super) fn note(&self, progress: &Progress) {
        let cost =
            self.done.cost.map(|cost| format!("; it cost {}", money(cost))).unwrap_or_default();
        let files = counted(self.files.len(), "file");
        progress.note(&format!("{}: saved {files}{cost}", self.done.request_id));
    }

    /// Writes the paths of the files, or the output if there are none.
    pub(super) fn write(&self, output: &mut dyn Write) -> std::io::Result<()> {
        if self.files.is_empty() {
            return writeln!(output, "{}", json_text(&output_of(&self.done)));
        }
        self.files.iter().try_for_each(|file| writeln!(output, "{}", shown_path(&file.path)))
    }

    /// For `--json`.
    pub(super) fn to_json(&self) -> Value {
        let Self { done, model_id, files } = self;
        let mut json = completed_json(done);
        let file = |file: &Downloaded| {
            json!({
                "path": file.path.to_string_lossy(),
                "url": if file.url.starts_with("data:") { None } else { Some(&file.url) },
                "size": file.size,
                "content_type": file.content_type,
                "kind": file.kind.map(|kind| kind.to_string()),
            })
        };
        if let Value::Object(members) = &mut json {
            members.insert("model_id".to_owned(), model_id.as_deref().into());
            members.insert("files".to_owned(), files.iter().map(file).collect());
        }
        json
    }
}

/// A completed job, for `--json`.
pub(super) fn completed_json(done: &Completed) -> Value {
    let mut json = serde_json::to_value(done).unwrap_or_default();
    if let Value::Object(members) = &mut json {
        members.insert("state".to_owned(), "completed".into());
    }
    json
}

/// The output of a job as JSON.
pub(super) fn output_of(done: &Completed) -> Value {
    serde_json::to_value(&done.output).unwrap_or_default()
}

/// A path without `./`, on one line.
fn shown_path(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    runcomfy_schema::printable::printable(&path.to_string_lossy()).into_owned()
}
