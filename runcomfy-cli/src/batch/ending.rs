//! The end of a command that worked on a batch.

use std::io::Write;
use std::path::Path;

use runcomfy_batch::{Batch, BatchStatus, Outcome, State};
use runcomfy_client::Client;
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::line;
use serde_json::json;

use super::adding::Adding;
use super::error::of_batch;
use super::place::Place;
use super::summary::go_on;
use super::{Finish, missing, results, summary};
use crate::run::Say;
use crate::run::interrupt::Interrupts;
use crate::run::report::error_json;
use crate::{Error, ErrorKind, Result};

/// A batch that a worker has worked on.
pub(super) struct Worked<'a> {
    pub(super) batch: &'a Batch,
    pub(super) client: &'a Client,
    pub(super) place: &'a Place,
    pub(super) outcome: Outcome,
    /// The jobs that were added before.
    pub(super) adding: Option<&'a Adding>,
    /// The folder that has all files of the batch, if there is one.
    pub(super) files: Option<&'a Path>,
    /// The folder of results, if there is one.
    pub(super) results: Option<&'a Path>,
}

impl Worked<'_> {
    /// Fetches missing files, until the user stops it, and writes the results. Also tells what is not well.
    pub(super) async fn end(
        self,
        mut interrupts: Interrupts,
        say: Say,
        output: &mut dyn Write,
    ) -> Result<Finish> {
        let Self { batch, client, place, outcome, adding, files, results } = self;
        let missing = match files {
            Some(folder) => interrupts.or(missing::fetch(batch, client, folder, say)).await,
            None => None,
        };
        let missing = missing.transpose()?.flatten();
        let status = batch.status().await.map_err(of_batch)?;
        let exported = match results {
            Some(folder) => Some(results::export(batch, folder).await?),
            None => None,
        };
        let mut json = summary::json(batch.name(), &status);
        if let Some(adding) = adding {
            json["adding"] = adding.to_json();
        }
        json["results"] = exported.as_ref().map_or(json!(null), results::to_json);
        let verdict = verdict(&outcome, &status, place).or(missing);
        if let Some(error) = &verdict {
            json["error"] = error_json(error);
        }
        say.result(output, &json, |output| {
            writeln!(output, "{}; {}", summary::counts(&status), summary::money(&status))?;
            exported.iter().try_for_each(|files| writeln!(output, "{}", files.sheet.display()))
        })?;
        Ok(verdict.map_or(Finish::Done, Finish::But))
    }
}

/// What is not well after a worker ended.
fn verdict(outcome: &Outcome, status: &BatchStatus, place: &Place) -> Option<Error> {
    let flags = place.flags();
    if let Outcome::NoPermission(reason) = outcome {
        return Some(Error::new(ErrorKind::NoPermission, line(reason)));
    }
    let left = status.left();
    if left > 0 {
        let advice = match outcome {
            Outcome::MaxCost => format!(
                "`rcf batch resume --max-cost USD{flags}` allows more, then `rcf batch work{flags}` goes on"
            ),
            _ => format!("{} goes on", go_on(status, &flags)),
        };
        let why = line(&outcome.to_string());
        let left = if left == 1 { "1 job is".to_owned() } else { format!("{left} jobs are") };
        return Some(Error::new(ErrorKind::TryAgain, format!("{left} left: {why}; {advice}")));
    }
    let unknown = status.count(State::Unknown);
    if unknown > 0 {
        return Some(Error::new(
            ErrorKind::OutcomeUnknown,
            format!(
                "{} may have been accepted, or not. Look at your account: `rcf batch adopt{flags} \
                 NUMBER REQUEST_ID` takes up a job that is there, and `rcf batch retry --unknown NUMBER ...{flags}` \
                 sends those again that are not",
                counted(unknown, "job")
            ),
        ));
    }
    let (failed, cancelled) = (status.count(State::Failed), status.count(State::Cancelled));
    (failed + cancelled > 0).then(|| {
        let which = match (failed, cancelled) {
            (failed, 0) => format!("{} failed", counted(failed, "job")),
            (0, cancelled) => format!("{} cancelled", counted(cancelled, "job")),
            (failed, cancelled) => {
                format!("{} failed, and {cancelled} cancelled", counted(failed, "job"))
            }
        };
        let them = if failed + cancelled == 1 { "it" } else { "them" };
        let flag = if failed > 0 { "--failed" } else { "--cancelled" };
        Error::new(
            ErrorKind::JobFailed,
            format!(
                "{which}; results.csv says why. `rcf batch retry {flag}{flags}` tries {them} again"
            ),
        )
    })
}
