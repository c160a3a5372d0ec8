//! `rcf status`: where jobs stand.

use std::io::Write;

use runcomfy_client::JobStatus;
use runcomfy_models::Value;
use runcomfy_schema::printable::printable;
use serde_json::json;

use super::common::Say;
use super::prepare::client;
use super::progress::shown;
use crate::{Result, Status, service};

/// Says where jobs stand
///
/// The states are `in queue`, `in progress`, `completed`, `failed` and `cancelled`. Of a failed job, the service
/// may say `completed` here: whether it went well is in its result.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
pub struct Args {
    /// The request ids
    #[arg(value_name = "REQUEST ID", required = true)]
    pub ids: Vec<String>,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub say: Say,
}

/// Says where jobs stand.
///
/// # Errors
/// If a job cannot be asked about.
pub fn run(args: &Args, output: &mut dyn Write) -> Result<Status> {
    let client = client()?;
    service::block_on(async {
        let mut all = Vec::new();
        for id in &args.ids {
            let job = client.job_json(id).map_err(service::error)?;
            let status = job.status().await.map_err(service::error)?;
            if !args.say.json {
                writeln!(output, "{}", line(&status))?;
            }
            all.push(status_json(&status));
        }
        // Most commands ask about one job.
        let json = match &*all {
            [only] => only.clone(),
            _ => Value::Array(all),
        };
        args.say.result(output, &json, |_| Ok(()))?;
        Ok(Status::Done)
    })
}

fn line(status: &JobStatus) -> String {
    let message = status.message.as_deref().map(|message| format!(": {}", printable(message)));
    format!("{} {}{}", status.request_id, shown(status), message.unwrap_or_default())
}

fn status_json(status: &JobStatus) -> Value {
    json!({
        "request_id": status.request_id,
        "state": status.state.as_str(),
        "queue_position": status.queue_position,
        "message": status.message,
    })
}
