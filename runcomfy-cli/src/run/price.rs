//! `rcf price`: what a run costs.

use std::io::Write;

use runcomfy_models::Value;

use super::command_line::{Body, ModelArgs, OwnFlags};
use super::common::Say;
use super::estimate::of_entry;
use super::prepare::{Prepared, client, run_with};
use crate::{Result, Status, service};

const EXAMPLE: &str = "\
Example:
  $ rcf price kling/kling-2-1/master/image-to-video --duration 10
  $2.80 (10 s at $0.28 per second)

It is the base price of the catalog. Options such as a resolution may cost more. Fields that the
price does not depend on can be left out.";

#[derive(Clone, Debug, clap::Args)]
pub(super) struct Flags {
    #[command(flatten)]
    body: Body,
    #[command(flatten)]
    say: Say,
}

impl OwnFlags for Flags {
    const VERB: &'static str = "price";
    const ABOUT: &'static str = "Says what a run costs, and sends nothing";
    const EXAMPLE: &'static str = EXAMPLE;
    const SENDS: bool = false;

    fn body(&self) -> &Body {
        &self.body
    }
}

/// Says what a run costs.
///
/// # Errors
/// If a field has no valid value, there is no such model, or the catalog cannot be read.
pub fn run(args: &ModelArgs, output: &mut dyn Write) -> Result<Status> {
    run_with(args, output, estimate)
}

async fn estimate(request: Prepared<Flags>, output: &mut dyn Write) -> Result<Status> {
    let say = request.call.flags.say;
    let body = request.partial()?;
    let client = client()?;
    let estimate = match client.model(request.model.id()).await {
        Ok(entry) => of_entry(&entry, &request.model, &body),
        Err(error) => return Err(service::error(error)),
    };
    let mut json = estimate.to_json();
    if let Value::Object(members) = &mut json {
        members.insert("model_id".to_owned(), request.model.id().into());
    }
    say.result(output, &json, |output| writeln!(output, "{}", estimate.words))?;
    if let Some(note) = estimate.note.filter(|_| !say.json) {
        say.note(&note);
    }
    Ok(Status::Done)
}
