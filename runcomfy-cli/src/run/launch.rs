//! Spending money: the price, the question, and the submission.

use runcomfy_client::{Job, SubmitOptions};
use runcomfy_schema::printable::line;

use super::ask;
use super::command_line::OwnFlags;
use super::common::{Jobs, Say};
use super::estimate::{Estimate, estimate, money};
use super::interrupt::{Interrupts, interrupted};
use super::prepare::{Input, Prepared};
use super::progress::Progress;
use crate::{Error, ErrorKind, Result, service};

/// What may be spent, and whether somebody is asked.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct Spending {
    /// Submits nothing if the price is higher than this, in US dollars, or is not known
    #[arg(long, value_name = "USD", value_parser = dollars, help_heading = "Money")]
    pub(super) max_cost: Option<f64>,
    /// Submits without a question. In a pipe, there is none in any case
    #[arg(long, short, help_heading = "Money")]
    pub(super) yes: bool,
}

fn dollars(text: &str) -> std::result::Result<f64, String> {
    let number = text.trim_start_matches('$').parse::<f64>().ok();
    number
        .filter(|usd| usd.is_finite() && *usd >= 0.0)
        .ok_or_else(|| "it is a number of US dollars, such as 0.50".to_owned())
}

/// Says the price, asks, and submits.
pub(super) async fn launch<F: OwnFlags>(
    prepared: &Prepared<F>,
    input: &Input,
    jobs: &Jobs,
    spending: &Spending,
    say: Say,
    interrupts: &mut Interrupts,
) -> Result<Job> {
    let asks = !spending.yes && ask::can_ask();
    // Nobody sees the price of a quiet run.
    if asks || !say.quiet || spending.max_cost.is_some() {
        let body = input.body();
        let price = estimate(&jobs.client, &prepared.model, &body);
        let price = interrupts.or_leave(async { Ok(price.await) }).await?;
        allow(&price, spending.max_cost)?;
        say.note(&format!("price: {}", price.words));
        if asks {
            let question = match price.usd {
                Some(usd) => format!("Submit it for {}?", money(usd)),
                None => "Submit it?".to_owned(),
            };
            if !interrupts.or_leave(async { Ok(ask::yes(&question).await) }).await? {
                return Err(interrupted("nothing was submitted"));
            }
        }
    }
    submit(prepared, input, jobs, interrupts).await
}

/// Refuses a price that is too high, or not known.
fn allow(price: &Estimate, max_cost: Option<f64>) -> Result<()> {
    let Some(max) = max_cost else { return Ok(()) };
    let refusal = match price.usd {
        Some(usd) if usd <= max => return Ok(()),
        Some(_) => format!("the price is higher than {}: {}", money(max), price.words),
        None => {
            format!("whether the price is at most {} is not known: {}", money(max), price.words)
        }
    };
    Err(Error::new(ErrorKind::NoPermission, format!("{refusal}; nothing was submitted")))
}

async fn submit<F: OwnFlags>(
    prepared: &Prepared<F>,
    input: &Input,
    jobs: &Jobs,
    interrupts: &mut Interrupts,
) -> Result<Job> {
    let id = prepared.model.id();
    let submission = async {
        match input {
            Input::Checked(input) => {
                let mut options = SubmitOptions::default();
                for (key, value) in prepared.call.extras() {
                    options = options.extra(key, value);
                }
                jobs.client.submit_with(input, &options).await
            }
            Input::Unchecked(body) => jobs.client.submit_json(id, body).await,
        }
    };
    let mut submission = std::pin::pin!(submission);
    // The outcome of a submission that is under way is soon known, and costs money if nobody learns it.
    let outcome = match interrupts.or(&mut submission).await {
        Some(outcome) => outcome,
        None => {
            Say::default()
                .note("waiting for the answer to the submission; Ctrl-C again leaves at once");
            let outcome = interrupts.or(&mut submission).await.ok_or_else(|| {
                Error::new(
                    ErrorKind::Interrupted,
                    "nobody knows whether the submission was accepted: see `rcf resume` before you submit again",
                )
            })?;
            let job = outcome.map_err(service::error)?;
            let id = job.request_id();
            return Err(interrupted(format!(
                "request {id} was submitted, and goes on; take it up again with `{}`",
                service::take_up(id)
            )));
        }
    };
    outcome.map_err(service::error)
}

/// Says that there is a job.
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
