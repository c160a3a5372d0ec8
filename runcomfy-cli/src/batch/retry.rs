//! `rcf batch retry`: tries jobs again.

use std::io::Write;

use runcomfy_batch::{JobRecord, Retry, State};
use runcomfy_schema::counted::counted;
use serde_json::json;

use super::error::of_batch;
use super::summary::go_on;
use super::{Finish, job_number, place::Place};
use crate::run::{Say, ask};
use crate::service::shell_word;
use crate::{Error, ErrorKind, Result};

const EXAMPLE: &str = "\
Examples:
  $ rcf batch retry --failed --out videos
  $ rcf batch retry --unknown 17 23 --out videos
  $ rcf batch work --out videos

A job that completed, but whose files could not be saved, is not submitted again: its files are
fetched. Every other job is a new submission, and costs again; `rcf batch work` submits it.";

/// Tries jobs again that failed, were cancelled, or of which nobody knows whether they were accepted
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Args {
    /// Only jobs with these numbers, as results.csv has them. Without another flag, failed and cancelled ones
    #[arg(value_name = "NUMBER", value_parser = job_number)]
    pub numbers: Vec<u64>,
    /// Jobs that failed
    #[arg(long)]
    pub failed: bool,
    /// Jobs that were cancelled
    #[arg(long)]
    pub cancelled: bool,
    /// Jobs of which nobody knows whether the service accepted them. They may have been paid for: look at your
    /// account first. It needs their numbers, or --yes for all of them
    #[arg(long)]
    pub unknown: bool,
    /// Asks no question
    #[arg(long)]
    pub yes: bool,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub place: Place,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub say: Say,
}

pub(super) async fn run(args: &Args, output: &mut dyn Write) -> Result<Finish> {
    let Args { numbers, failed, cancelled, unknown, yes, place, say } = args;
    let mut retry = Retry::default().only(numbers.iter().copied());
    (retry.failed, retry.cancelled, retry.unknown) = (*failed, *cancelled, *unknown);
    if !(*failed || *cancelled || *unknown) {
        if numbers.is_empty() {
            return Err(Error::usage(
                "say which jobs to try again: --failed, --cancelled, --unknown, or their numbers",
            ));
        }
        (retry.failed, retry.cancelled) = (true, true);
    }
    if *unknown && numbers.is_empty() && !yes {
        return Err(Error::usage(format!(
            "jobs that are unknown may have been paid for. Look at your account, and name the jobs: \
             `rcf batch retry --unknown NUMBER ...{}`; with --yes in place of numbers, it tries all of them again",
            place.flags()
        )));
    }
    let batch = place.open().await?;
    let mut jobs = Vec::new();
    for number in numbers {
        jobs.push(batch.job(*number).await.map_err(of_batch)?);
    }
    if *unknown && !yes && ask::can_ask() {
        let count = jobs.iter().filter(|job| job.state == State::Unknown).count();
        let question = format!(
            "{} may have been accepted, and would be paid for twice. Did you look at your account?",
            counted(count, "job")
        );
        if count > 0 && !ask::yes(&question).await {
            return Err(Error::new(ErrorKind::Interrupted, "no job is tried again"));
        }
    }
    let is_shared = batch.store().is_shared();
    let count = batch.retry(retry).await.map_err(of_batch)?;
    let status = batch.status().await.map_err(of_batch)?;
    say.result(output, &json!({"jobs": count}), |output| match count {
        0 if jobs.is_empty() => {
            let wanted =
                [(failed, "failed"), (cancelled, "was cancelled"), (unknown, "is unknown")];
            let wanted = wanted.iter().filter(|(is_wanted, _)| **is_wanted);
            let wanted: Vec<_> = wanted.map(|(_, state)| *state).collect();
            writeln!(output, "no job {}", wanted.join(" or "))
        }
        0 => {
            let states: Vec<_> = jobs.iter().map(|job| standing(job, place, is_shared)).collect();
            let states = states.join(", ");
            writeln!(output, "no job is tried again: {states}; see `rcf batch retry --help`")
        }
        _ => writeln!(
            output,
            "{} will be tried again: {}",
            counted(count, "job"),
            go_on(&status, &place.flags())
        ),
    })?;
    Ok(Finish::Done)
}

/// The state of a job that is not tried again, and what helps.
fn standing(job: &JobRecord, place: &Place, is_shared: bool) -> String {
    let standing = format!("job {} is {}", job.number, job.state);
    match (&job.state, &job.request_id) {
        (State::Done, Some(id)) => {
            let fetch = match &place.results() {
                Some(out) if is_shared => {
                    format!("rcf download {id} --out {}", shell_word(&out.to_string_lossy()))
                }
                Some(_) => format!("rcf batch work{}", place.flags()),
                None => format!("rcf download {id} --out FOLDER"),
            };
            format!("{standing}; if its files are gone, `{fetch}` fetches them")
        }
        _ => standing,
    }
}
