//! Spending money: the price, the question, and the submission.

use std::path::Path;

use runcomfy_client::{Error as ClientError, Job, RequestId, SubmitOptions};
use runcomfy_schema::printable::line;

use super::ask;
use super::command_line::OwnFlags;
use super::common::{Jobs, Say};
use super::estimate::{Estimate, estimate, money};
use super::interrupt::{Interrupts, interrupted};
use super::prepare::{Input, Prepared};
use super::progress::Progress;
use crate::service::{self, Context};
use crate::{Error, ErrorKind, Result};

/// What may be spent, and whether somebody is asked.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Spending {
    /// Submits nothing if the price is higher than this, in US dollars, or is not known
    // A value with a hyphen gets the error of `dollars`, and not that of an unknown flag.
    #[arg(
        long,
        value_name = "USD",
        value_parser = dollars,
        allow_hyphen_values = true,
        help_heading = "Money"
    )]
    pub(super) max_cost: Option<f64>,
    /// Submits without asking. Without a terminal, nothing is asked in any case
    #[arg(long, short, help_heading = "Money")]
    pub(super) yes: bool,
}

fn dollars(text: &str) -> std::result::Result<f64, String> {
    let number = text.trim_start_matches('$').parse::<f64>().ok();
    number
        .filter(|usd| usd.is_finite() && *usd >= 0.0)
        .ok_or_else(|| "give a number of US dollars, such as 0.50".to_owned())
}

/// A submission, and its conditions.
pub(super) struct Launch<'a, F> {
    pub(super) prepared: &'a Prepared<F>,
    pub(super) input: &'a Input,
    pub(super) jobs: &'a Jobs,
    pub(super) spending: &'a Spending,
    /// The folder that the files will go to, if they are saved.
    pub(super) out: Option<&'a Path>,
    pub(super) say: Say,
}

impl<F: OwnFlags> Launch<'_, F> {
    /// Says the price, asks, and submits.
    pub(super) async fn submit(&self, interrupts: &mut Interrupts) -> Result<Job> {
        let asks = !self.spending.yes && ask::can_ask();
        // Nobody sees the price of a quiet run.
        if asks || !self.say.quiet || self.spending.max_cost.is_some() {
            interrupts.or_leave(self.settle_price(asks)).await?;
        }
        if let Some(out) = self.out {
            // Better now than when the job is paid for.
            std::fs::create_dir_all(out).map_err(|error| {
                let out = out.display();
                Error::io(format!("cannot make the folder {out}; nothing was submitted"), error)
            })?;
        }
        // Ctrl-C may have come since the last call.
        if interrupts.is_pending().await {
            return Err(interrupted("nothing was submitted"));
        }
        self.submit_now(interrupts).await
    }

    /// Says the price, refuses one that is too high, and asks.
    async fn settle_price(&self, asks: bool) -> Result<()> {
        let Self { prepared, input, jobs, spending, say, .. } = self;
        let price = match estimate(&jobs.client, &prepared.model, &input.body()).await {
            Ok(price) => {
                allow(&price, spending.max_cost, ErrorKind::NoPermission)?;
                price
            }
            // The submission would be refused for the same reason.
            Err(error) if error.kind() == ErrorKind::NoPermission => return Err(error),
            // Without a limit, a run does not depend on an answer of the catalog.
            Err(error) => {
                let price = Estimate::unknown(&error);
                allow(&price, spending.max_cost, error.kind())?;
                price
            }
        };
        say.note(&format!("price: {}", price.words));
        // A person decides by all that is known.
        if let Some(note) = price.note.as_deref().filter(|_| asks) {
            say.note(note);
        }
        let question = match price.usd {
            Some(usd) => format!("Submit it for {}?", money(usd)),
            None => "Submit it?".to_owned(),
        };
        if asks && !ask::yes(&question).await {
            return Err(interrupted("nothing was submitted"));
        }
        Ok(())
    }

    /// Submits. Once it is being sent, Ctrl-C does not stop it at once: see [`interrupt`](super::interrupt).
    async fn submit_now(&self, interrupts: &mut Interrupts) -> Result<Job> {
        let mut submission = std::pin::pin!(self.send());
        if let Some(outcome) = interrupts.or(&mut submission).await {
            return outcome.or_else(|error| self.failed(error));
        }
        // The answer comes soon, and a job that nobody knows of costs money.
        Say::default()
            .note("waiting for the answer to the submission; press Ctrl-C again to stop at once");
        let Some(outcome) = interrupts.or(&mut submission).await else {
            return Err(interrupted(
                "nobody knows whether the submission was accepted: see `rcf resume` before you submit again",
            ));
        };
        let job = outcome.or_else(|error| self.failed(error))?;
        let id = job.request_id();
        Err(interrupted(format!(
            "request {id} was submitted, and goes on; wait for it with `{}{}`",
            service::take_up(id),
            Context { out: self.out, ..Context::default() }.out_flag()
        ))
        .about(id.as_str()))
    }

    /// The error of a submission; its job, if that is known although the answer is incomplete.
    fn failed(&self, error: ClientError) -> Result<Job> {
        let mut submission = None;
        if let ClientError::SubmitUnknown { model_id, request_id, submission: in_journal, .. } =
            &error
        {
            let job = |id: &RequestId| self.jobs.job_of(id.as_str(), model_id.as_str());
            if let Some(job) = request_id.as_ref().and_then(job) {
                return Ok(job);
            }
            submission.clone_from(in_journal);
        }
        let is_checked = matches!(self.input, Input::Checked(_));
        let context = Context {
            is_unchecked: !is_checked || self.prepared.call.extras().next().is_some(),
            submission: submission.as_ref().map(|one| &*one.id),
            out: self.out,
            ..Context::default()
        };
        Err(service::error_in(error, &context))
    }

    async fn send(&self) -> std::result::Result<Job, ClientError> {
        let Self { prepared, input, jobs, .. } = self;
        match input {
            Input::Checked(input) => {
                let mut options = SubmitOptions::default();
                for (key, value) in prepared.call.extras() {
                    options = options.extra(key, value);
                }
                jobs.client.submit_with(input, &options).await
            }
            Input::Unchecked(body) => jobs.client.submit_json(prepared.model.id(), body).await,
        }
    }
}

/// Refuses a price that is too high, or not known. The kind says why it is not.
fn allow(price: &Estimate, max_cost: Option<f64>, kind: ErrorKind) -> Result<()> {
    let Some(max) = max_cost else { return Ok(()) };
    let (max, words) = match price.usd {
        Some(usd) if usd <= max => return Ok(()),
        Some(_) => (money(max), "is"),
        None => (money(max), "may be"),
    };
    Err(Error::new(
        kind,
        format!("the price {words} higher than {max}: {}; nothing was submitted", price.words),
    ))
}

/// Says that a job was submitted.
pub(super) fn note_submitted(job: &Job, progress: &Progress) {
    let model = job.model_id().map(|id| format!(" to {}", line(id.as_str()))).unwrap_or_default();
    progress.note(&format!("{}: submitted{model}", job.request_id()));
}

#[cfg(test)]
mod tests {
    use super::dollars;

    #[test]
    fn a_limit_is_a_number_of_dollars() {
        for (text, usd) in [("0.50", Some(0.5)), ("$2", Some(2.0)), ("0", Some(0.0))] {
            assert_eq!(dollars(text).ok(), usd);
        }
        for text in ["", "-1", "NaN", "inf", "2 EUR"] {
            assert!(dollars(text).is_err(), "{text}");
        }
    }
}
