//! `rcf resume`: the jobs of earlier commands whose files are not saved.

use std::collections::HashSet;
use std::io::Write;
use std::time::{Duration, SystemTime};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use runcomfy_client::{
    Job, Journal as _, JournalEntry, JournalError, RequestId, Resumed, UnknownSubmission,
};
use runcomfy_models::Value;
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::line;
use serde_json::json;

use super::common::{Jobs, Say};
use super::follow::{Finished, Follower, State, Waiting};
use super::interrupt::{Interrupts, interrupted};
use super::progress::Progress;
use super::recorded;
use crate::report::{error_json, json_text, with_error};
use crate::{Error, ErrorKind, Result, Status, service};

const ABOUT: &str = "\
Every command that submits a job records that in a journal, before and after the submission.
A job is unfinished until its files are saved.

The outcome of a submission is unknown if the answer to it was lost. The service may have accepted
it, and then it costs money. Look for it among the account's recent requests:
  $ rcf resume --settle ID          it was accepted: `rcf wait REQUEST_ID` fetches its files
  $ rcf resume --not-accepted ID    it was not accepted: it can be submitted again

The journal is in $RUNCOMFY_STATE_DIR, else $XDG_STATE_HOME/runcomfy, else
~/.local/state/runcomfy. Each other address, such as that of a sandbox, has a journal of its own.";

/// Waits for the unfinished jobs of earlier commands, and saves their files
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = ABOUT)]
#[non_exhaustive]
pub struct Args {
    /// Lists the jobs, and does not wait for them
    #[arg(long)]
    pub list: bool,
    /// Forgets a job by its request id, or an accepted submission by its own id
    #[arg(long, value_name = "ID", conflicts_with = "list")]
    pub settle: Vec<String>,
    /// Forgets a submission that was not accepted
    #[arg(long, value_name = "ID", conflicts_with = "list")]
    pub not_accepted: Vec<String>,
    #[command(flatten)]
    waiting: Waiting,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub say: Say,
}

/// Waits for the jobs of earlier commands.
///
/// # Errors
/// If the journal cannot be read, a job fails or cannot be waited for, or the outcome of a submission is unknown.
pub fn run(args: &Args, output: &mut dyn Write) -> Result<Status> {
    service::block_on(async {
        let mut interrupts = Interrupts::listen();
        let jobs = Jobs::open()?;
        let resumed = jobs.client.resume(&jobs.journal).await.map_err(service::error)?;
        if !args.settle.is_empty() || !args.not_accepted.is_empty() {
            return settle(args, &jobs, &resumed, output);
        }
        let elsewhere = elsewhere(&jobs, &resumed);
        if args.list {
            return list(args.say, &resumed, &elsewhere, output);
        }
        let Resumed { jobs: unfinished, unknown, .. } = resumed;
        if !elsewhere.is_empty() {
            args.say.note(&elsewhere_words(elsewhere.len()));
        } else if unfinished.is_empty() && unknown.is_empty() {
            args.say.note("no job is unfinished");
        }
        let progress = Progress::new(args.say);
        let follower =
            Follower { jobs: &jobs, say: args.say, progress: &progress, waiting: &args.waiting };
        let mut report = Report::default();
        let followed = {
            let all = follow_all(&follower, &unfinished, &mut report, output);
            interrupts.or(all).await
        };
        progress.clear();
        followed.transpose()?;
        report.unknown = unknown;
        report.left = unfinished.len() - report.ended;
        report.elsewhere = elsewhere;
        report.end(&follower, output)
    })
}

/// Follows all jobs at once. Each result is written when it is there.
async fn follow_all(
    follower: &Follower<'_>,
    jobs: &[Job],
    report: &mut Report,
    output: &mut dyn Write,
) -> Result<()> {
    let follow = |job| async move { (job, follower.to_end(job, &State::default()).await) };
    let mut all: FuturesUnordered<_> = jobs.iter().map(follow).collect();
    while let Some((job, result)) = all.next().await {
        report.ended += 1;
        match result {
            Ok(finished) => {
                finished.note(follower.progress);
                if !follower.say.json {
                    finished.write(output)?;
                    output.flush()?;
                }
                report.finished.push(finished);
            }
            Err(error) => {
                follower.progress.note(&format!("{}: {error}", job.request_id()));
                report.failed.push((job.clone(), error));
            }
        }
    }
    Ok(())
}

/// The results of all jobs.
#[derive(Default)]
struct Report {
    ended: usize,
    finished: Vec<Finished>,
    failed: Vec<(Job, Error)>,
    unknown: Vec<UnknownSubmission>,
    /// Jobs that the user stopped the wait for.
    left: usize,
    /// Jobs that other processes wait for.
    elsewhere: Vec<Job>,
}

impl Report {
    fn end(self, follower: &Follower<'_>, output: &mut dyn Write) -> Result<Status> {
        let ended = self.status(follower);
        let Self { finished, failed, unknown, left, elsewhere, .. } = self;
        if follower.say.json {
            let failed = failed.iter().map(|(job, error)| {
                let mut json = job_json(job);
                if let Value::Object(members) = &mut json {
                    members.insert("error".to_owned(), error_json(error));
                }
                json
            });
            let mut json = json!({
                "jobs": finished.iter().map(Finished::to_json).chain(failed).collect::<Value>(),
                "unknown": unknown.iter().map(unknown_json).collect::<Value>(),
                "unfinished": left,
                "elsewhere": elsewhere.iter().map(job_json).collect::<Value>(),
            });
            with_error(&mut json, ended.as_ref().err());
            writeln!(output, "{}", json_text(&json))?;
        }
        ended
    }

    fn status(&self, follower: &Follower<'_>) -> Result<Status> {
        let Self { failed, unknown, left, .. } = self;
        if *left > 0 {
            let jobs = counted(*left, "job");
            let them = if *left == 1 { "it" } else { "them" };
            return Err(interrupted(format!(
                "stopped with {jobs} unfinished; `rcf resume{}` waits for {them}",
                follower.context().out_flag()
            )));
        }
        // An unknown outcome is the one that needs a person.
        if !unknown.is_empty() {
            return Err(unknown_error(unknown));
        }
        match &**failed {
            [] => Ok(Status::Done),
            [(_, error), ..] => {
                let (jobs, ids) = (counted(failed.len(), "job"), ids(failed));
                let text = format!("no result of {jobs}: {ids}");
                Err(Error::new(error.kind(), text))
            }
        }
    }
}

fn ids(failed: &[(Job, Error)]) -> String {
    let ids: Vec<_> = failed.iter().map(|(job, _)| job.request_id().as_str()).collect();
    ids.join(", ")
}

/// The unfinished jobs that other processes wait for.
fn elsewhere(jobs: &Jobs, resumed: &Resumed) -> Vec<Job> {
    let here: HashSet<&RequestId> = resumed.jobs.iter().map(Job::request_id).collect();
    let open = recorded::all(&jobs.journal).into_iter().filter(|one| one.is_open);
    let job = |one: recorded::Recorded| {
        let id = one.request_id.filter(|id| !here.contains(id))?;
        match one.submission {
            Some(submission) => jobs.job_of(id.as_str(), submission.model_id.as_str()),
            None => jobs.client.job_json(id.as_str()).ok(),
        }
    };
    open.filter_map(job).collect()
}

fn elsewhere_words(count: usize) -> String {
    let jobs = counted(count, "job");
    format!("another rcf waits for {jobs}; see `rcf resume --list`")
}

fn unknown_error(unknown: &[UnknownSubmission]) -> Error {
    let lines: Vec<_> = unknown.iter().map(unknown_line).collect();
    let (them, settle) = match unknown {
        [one] => ("it", service::settle(&one.submission.id)),
        _ => ("them", service::settle("ID")),
    };
    Error::new(
        ErrorKind::OutcomeUnknown,
        format!(
            "nobody knows whether the service accepted {}:\n{}\nLook for {them} among the account's recent requests. \
             {settle}",
            counted(unknown.len(), "submission"),
            lines.join("\n")
        ),
    )
}

fn list(say: Say, resumed: &Resumed, elsewhere: &[Job], output: &mut dyn Write) -> Result<Status> {
    let Resumed { jobs, unknown, .. } = resumed;
    let all = jobs.iter().map(|job| (job, false)).chain(elsewhere.iter().map(|job| (job, true)));
    let marked = |(job, is_elsewhere): (&Job, bool)| {
        let mut json = job_json(job);
        if let Value::Object(members) = &mut json {
            members.insert("elsewhere".to_owned(), is_elsewhere.into());
        }
        json
    };
    let json = json!({
        "jobs": all.map(marked).collect::<Value>(),
        "unknown": unknown.iter().map(unknown_json).collect::<Value>(),
    });
    say.result(output, &json, |output| {
        jobs.iter().try_for_each(|job| writeln!(output, "{}", job_line(job)))?;
        let line = |job| format!("{}; another rcf waits for it", job_line(job));
        elsewhere.iter().try_for_each(|job| writeln!(output, "{}", line(job)))?;
        unknown.iter().try_for_each(|one| writeln!(output, "{}", unknown_line(one)))
    })?;
    if jobs.is_empty() && unknown.is_empty() && elsewhere.is_empty() {
        say.note("no job is unfinished");
    }
    Ok(Status::Done)
}

/// Forgets jobs and submissions that a person has looked for. If one of the ids is wrong, forgets none.
fn settle(args: &Args, jobs: &Jobs, resumed: &Resumed, output: &mut dyn Write) -> Result<Status> {
    let unknown = |id: &str| resumed.unknown.iter().find(|one| one.submission.id == id);
    let job = |id: &str| resumed.jobs.iter().find(|job| job.request_id().as_str() == id);
    let settle = args.settle.iter().filter(|id| unknown(id).is_none() && job(id).is_none());
    let not_accepted = args.not_accepted.iter().filter(|id| unknown(id).is_none());
    let wrong: Vec<&String> = settle.chain(not_accepted).collect();
    if !wrong.is_empty() {
        return Err(nothing_of(&wrong, &elsewhere(jobs, resumed)));
    }
    let journal = &jobs.journal;
    let failed = |error: JournalError| Error::new(ErrorKind::Io, error.to_string()).because(error);
    for id in &args.settle {
        if let Some(one) = unknown(id) {
            journal.settle(&one.submission).map_err(failed)?;
        } else if let Some(job) = job(id) {
            let request_id = job.request_id().clone();
            journal.record(&JournalEntry::JobSettled { request_id }).map_err(failed)?;
        }
    }
    for one in args.not_accepted.iter().filter_map(|id| unknown(id)) {
        journal.not_accepted(&one.submission).map_err(failed)?;
    }
    let settled: Vec<_> = args.settle.iter().chain(&args.not_accepted).collect();
    args.say.result(output, &json!({"settled": settled}), |output| {
        settled.iter().try_for_each(|id| writeln!(output, "{} is settled", line(id)))
    })?;
    Ok(Status::Done)
}

fn nothing_of(ids: &[&String], elsewhere: &[Job]) -> Error {
    let line = |id: &&String| match elsewhere.iter().any(|job| job.request_id().as_str() == **id) {
        true => format!("{} is a job that another rcf waits for", line(id)),
        false => {
            format!("{} is neither an unfinished job nor a submission of unknown outcome", line(id))
        }
    };
    let lines: Vec<_> = ids.iter().map(line).collect();
    Error::bad_input(format!(
        "{}; nothing is settled, and `rcf resume --list` lists what is unfinished",
        lines.join("\n")
    ))
}

fn job_line(job: &Job) -> String {
    let model = job.model_id().map(|id| format!(" {}", id.as_str())).unwrap_or_default();
    let time =
        job.submission().map(|submission| format!(", submitted {}", time(submission.submitted_at)));
    format!("{}{model}{}", job.request_id(), time.unwrap_or_default())
}

fn job_json(job: &Job) -> Value {
    json!({
        "request_id": job.request_id(),
        "model_id": job.model_id().map(|id| id.as_str()),
        "submitted_at": job.submission().map(|submission| time(submission.submitted_at)),
    })
}

fn unknown_line(one: &UnknownSubmission) -> String {
    let UnknownSubmission { submission, reason, .. } = one;
    let reason = reason.as_deref().map(|reason| format!(": {}", line(reason)));
    format!(
        "{}: outcome unknown, to {}, submitted {}{}",
        submission.id,
        submission.model_id.as_str(),
        time(submission.submitted_at),
        reason.unwrap_or_default()
    )
}

fn unknown_json(one: &UnknownSubmission) -> Value {
    let UnknownSubmission { submission, reason, .. } = one;
    json!({
        "id": submission.id,
        "model_id": submission.model_id.as_str(),
        "submitted_at": time(submission.submitted_at),
        "reason": reason,
    })
}

/// `2026-09-30T12:00:00Z`
fn time(time: SystemTime) -> String {
    /// The end of the year 9999, the last that has a text.
    const LAST: Duration = Duration::from_secs(253_402_300_799);
    let age = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().min(LAST);
    humantime::format_rfc3339_seconds(SystemTime::UNIX_EPOCH + age).to_string()
}
