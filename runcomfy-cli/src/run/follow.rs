//! From a job to its files: the wait, the downloads, and what a user who stops them is told.

use std::error::Error as _;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use runcomfy_client::{
    CancelOutcome, Completed, DownloadOptions, Error as ClientError, Job, JobState, JournalError,
    RequestId, WaitOptions,
};
use runcomfy_models::Value;
use runcomfy_schema::counted::counted;
use serde_json::json;

use super::ask;
use super::common::{Jobs, Say};
use super::estimate::money;
use super::interrupt::{Interrupts, interrupted};
use super::progress::{JobProgress, Progress};
use super::saved::{Saved, save};
use crate::report::json_text;
use crate::service::{self, Context};
use crate::{Error, Result, Status};

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
    files: Vec<Saved>,
}

/// Follows jobs to their files.
pub(super) struct Follower<'a> {
    pub(super) jobs: &'a Jobs,
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

    /// Follows the only job of a command as [`one`](Self::one) does, and writes the result.
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
            Err(error) => Err(self.error(error)),
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
        let options = progress.downloads(DownloadOptions::default());
        let files = save(&done, &self.jobs.client, &self.waiting.out, &options).await;
        let files = files.map_err(|error| self.error(error))?;
        settle(&done).await?;
        Ok(Finished { done, model_id, files })
    }

    /// The error of a call about a job.
    pub(super) fn error(&self, error: ClientError) -> Error {
        self.jobs.error(error, &self.context())
    }

    pub(super) fn context(&self) -> Context<'_> {
        Context { out: Some(&self.waiting.out), ..Context::default() }
    }

    /// What the user is told who stops a wait, as an error: see [`interrupt`](super::interrupt).
    async fn leave(&self, job: &Job, state: &State, interrupts: &mut Interrupts) -> Error {
        let id = job.request_id();
        self.progress.clear();
        let state = state.get();
        let out = self.context().out_flag();
        let how = format!("`{}{out}`, or `rcf resume{out}` for all jobs", service::take_up(id));
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
        let stays = || interrupted(&goes_on).told();
        let cancel = async {
            if !ask::yes("It is still in the queue. Cancel it?").await {
                return stays();
            }
            match cancel(job, self.jobs).await {
                Ok(CancelOutcome::Cancelled) => interrupted(format!("request {id} is cancelled")),
                Ok(outcome) => interrupted(cancel_words(id, &outcome)),
                Err(error) => error,
            }
        };
        interrupts.or(cancel).await.unwrap_or_else(|| {
            // The question did not end its line.
            let _ = writeln!(std::io::stderr());
            stays()
        })
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
pub(super) async fn cancel(job: &Job, jobs: &Jobs) -> Result<CancelOutcome> {
    let outcome = job.cancel().await.map_err(|error| jobs.error(error, &Context::default()))?;
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
                "the service may still cancel request {id}; check it with `rcf status {}`",
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
        let id = &self.done.request_id;
        for Saved { file, is_kept, beside } in &self.files {
            if let Some(other) = beside {
                progress
                    .note(&format!("{id}: {} is another file, so it was kept", shown_path(other)));
            }
            if *is_kept {
                let path = shown_path(&file.path);
                progress.note(&format!("{id}: {path} is there already, so it was kept"));
            }
        }
        let kept = self.files.iter().filter(|file| file.is_kept).count();
        let mut files = format!("saved {}", counted(self.files.len() - kept, "file"));
        if kept > 0 {
            files.push_str(&format!(", kept {kept}"));
        }
        progress.note(&format!("{id}: {files}{cost}"));
    }

    /// Writes the paths of the files, or the output if there are none.
    pub(super) fn write(&self, output: &mut dyn Write) -> std::io::Result<()> {
        if self.files.is_empty() {
            return writeln!(output, "{}", json_text(&output_of(&self.done)));
        }
        self.files.iter().try_for_each(|saved| writeln!(output, "{}", shown_path(&saved.file.path)))
    }

    /// For `--json`.
    pub(super) fn to_json(&self) -> Value {
        let Self { done, model_id, files } = self;
        let mut json = completed_json(done);
        let file = |Saved { file, is_kept, .. }: &Saved| {
            json!({
                "path": file.path.to_string_lossy(),
                "url": if file.url.starts_with("data:") { None } else { Some(&file.url) },
                "size": file.size,
                "kept": is_kept,
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
