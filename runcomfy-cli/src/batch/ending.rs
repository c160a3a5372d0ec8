//! The end of a command that worked on a batch.

use runcomfy_batch::{BatchStatus, Outcome, State};
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::line;

use super::place::Place;
use super::summary::go_on;
use crate::{Error, ErrorKind};

/// What is not well after a worker ended.
pub(super) fn verdict(outcome: &Outcome, status: &BatchStatus, place: &Place) -> Option<Error> {
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
