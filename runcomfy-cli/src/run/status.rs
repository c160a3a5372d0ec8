//! `rcf status`: the states of jobs.

use std::io::Write;

use runcomfy_client::{Client, JobStatus};
use runcomfy_models::Value;
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::printable;
use serde_json::json;

use super::common::{Jobs, Say};
use super::prepare::client;
use super::progress::shown;
use crate::report::error_json;
use crate::service::{self, Context};
use crate::{Error, Result, Status};

/// Writes the states of jobs
///
/// The states are `in queue`, `in progress`, `completed`, `failed` and `cancelled`. Of a failed job, the service
/// may say `completed` here: `rcf result` says whether it failed.
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

/// Writes the states of jobs.
///
/// # Errors
/// If the service does not say the state of a job. The others are written.
pub fn run(args: &Args, output: &mut dyn Write) -> Result<Status> {
    let client = client()?;
    service::block_on(async {
        if let [id] = &*args.ids {
            let status = ask(&client, id).await?;
            let text = |output: &mut dyn Write| writeln!(output, "{}", line(&status));
            args.say.result(output, &status_json(&status), text)?;
            return Ok(Status::Done);
        }
        let (mut all, mut failed) = (Vec::new(), Vec::new());
        for id in &args.ids {
            match ask(&client, id).await {
                Ok(status) => {
                    if !args.say.json {
                        writeln!(output, "{}", line(&status))?;
                    }
                    all.push(status_json(&status));
                }
                Err(error) => {
                    // An error, which a quiet command says, too.
                    Say::default().note(&format!("{}: {error}", printable(id)));
                    all.push(json!({"request_id": id, "error": error_json(&error)}));
                    failed.push((id, error.kind()));
                }
            }
        }
        args.say.result(output, &Value::Array(all), |_| Ok(()))?;
        let Some((_, kind)) = failed.first() else { return Ok(Status::Done) };
        let ids: Vec<_> = failed.iter().map(|(id, _)| printable(id)).collect();
        let jobs = counted(failed.len(), "job");
        Err(Error::new(*kind, format!("the status of {jobs} is not known: {}", ids.join(", "))))
    })
}

async fn ask(client: &Client, id: &str) -> Result<JobStatus> {
    let job = client.job_json(id).map_err(service::error)?;
    job.status().await.map_err(|error| match service::is_not_found(&error).then(Jobs::open) {
        Some(Ok(jobs)) => jobs.error(error, &Context::default()),
        _ => service::error(error),
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
