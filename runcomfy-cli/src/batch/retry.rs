//! `rcf batch retry`: tries jobs again.

use std::io::Write;

use runcomfy_batch::{Retry, State};
use runcomfy_schema::counted::counted;
use serde_json::json;

use super::error::of_batch;
use super::{Finish, place::Place};
use crate::run::{Say, ask};
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
    #[arg(value_name = "NUMBER")]
    pub numbers: Vec<u64>,
    /// Jobs that failed
    #[arg(long)]
    pub failed: bool,
    /// Jobs that were cancelled
    #[arg(long)]
    pub cancelled: bool,
    /// Jobs of which nobody knows whether the service accepted them. They may have been paid for: look at your
    /// account first
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
    let batch = place.open().await?;
    let mut states = Vec::new();
    for number in numbers {
        states.push((*number, batch.job(*number).await.map_err(of_batch)?.state));
    }
    if *unknown && !yes && ask::can_ask() {
        let count = batch.status().await.map_err(of_batch)?.count(State::Unknown);
        let count = if numbers.is_empty() { count } else { numbers.len() as u64 };
        let question = format!(
            "{} may have been accepted, and would be paid for twice. Did you look at your account?",
            counted(count, "job")
        );
        if count > 0 && !ask::yes(&question).await {
            return Err(Error::new(ErrorKind::Interrupted, "no job is tried again"));
        }
    }
    let count = batch.retry(retry).await.map_err(of_batch)?;
    say.result(output, &json!({"jobs": count}), |output| match count {
        0 if states.is_empty() => writeln!(output, "there is no such job"),
        0 => {
            let states: Vec<_> =
                states.iter().map(|(number, state)| format!("job {number} is {state}")).collect();
            let states = states.join(", ");
            writeln!(output, "no job is tried again: {states}; see `rcf batch retry --help`")
        }
        _ => writeln!(
            output,
            "{} will be tried again: `rcf batch work{}`",
            counted(count, "job"),
            place.flags()
        ),
    })?;
    Ok(Finish::Done)
}
