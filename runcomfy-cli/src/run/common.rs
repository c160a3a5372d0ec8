//! What all commands share: their flags, the client and the journal.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use runcomfy_client::{ApiErrorKind, Client, Error as ClientError, FileJournal, Job};
use serde_json::{Value, json};

use super::recorded;
use crate::report::json_text;
use crate::service::{self, Context};
use crate::{Error, ErrorKind, Result};

/// How much a command says, and in what form.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
#[command(next_help_heading = "Output")]
#[non_exhaustive]
pub struct Say {
    /// Writes one JSON document to the standard output
    #[arg(long)]
    pub json: bool,
    /// Writes only results and errors
    #[arg(long, short, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Also writes each call to the service
    #[arg(long, short)]
    pub verbose: bool,
}

impl Say {
    /// Writes the result of a command: JSON, or else text.
    pub(crate) fn result(
        self,
        output: &mut dyn Write,
        json: &Value,
        text: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<()> {
        if self.json {
            writeln!(output, "{}", json_text(json))?;
        } else {
            text(output)?;
        }
        // So that a reader sees each result before the next one is there.
        output.flush()?;
        Ok(())
    }

    /// With `--verbose`, writes what the client says of its calls to the standard error.
    pub(crate) fn begin(self) {
        use tracing_subscriber::filter::{LevelFilter, Targets};
        use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
        use tracing_subscriber::util::SubscriberInitExt as _;
        if self.verbose {
            let log = tracing_subscriber::fmt::layer().without_time().with_ansi(false);
            // Not what the libraries below say of their connections.
            let ours = Targets::new().with_target("runcomfy", LevelFilter::DEBUG);
            let log = log.with_writer(std::io::stderr).with_filter(ours);
            // A program with a log of its own keeps that.
            let _ = tracing_subscriber::registry().with(log).try_init();
        }
    }

    /// Says something besides the result.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            // A command does not fail because nobody reads its notes.
            let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
        }
    }
}

/// A client that tells a journal of its jobs.
#[derive(Debug)]
pub(super) struct Jobs {
    pub(super) client: Client,
    pub(super) journal: FileJournal,
}

impl Jobs {
    /// With the settings of the environment.
    pub(super) fn open() -> Result<Self> {
        let builder = Client::builder_from_env().map_err(service::error)?;
        let path = journal_path()?;
        // A job is done once its files are saved.
        let journal = FileJournal::open(&path)
            .map_err(|error| Error::new(ErrorKind::Io, error.to_string()).because(error))?
            .until_settled();
        let client = builder.journal(journal.clone()).build().map_err(service::error)?;
        Ok(Self { client, journal })
    }

    /// The job with this request id, and with its model if the journal knows it.
    pub(super) fn job(&self, id: &str) -> Result<Job> {
        let job = self.client.job_json(id).map_err(service::error)?;
        let submission = recorded::of_job(&self.journal, id).and_then(|one| one.submission);
        Ok(match submission {
            Some(submission) => self.job_of(id, submission.model_id.as_str()).unwrap_or(job),
            None => job,
        })
    }

    /// A job of a model. `None` if one of the ids is none.
    pub(super) fn job_of(&self, request_id: &str, model_id: &str) -> Option<Job> {
        let ids = json!({"request_id": request_id, "model_id": model_id});
        serde_json::from_value(ids).ok().map(|job| self.client.attach(job))
    }

    /// The error of a call about a job. The journal can forget only what it knows.
    pub(super) fn error(&self, error: ClientError, context: &Context<'_>) -> Error {
        let id = match &error {
            ClientError::Api(refusal) if refusal.kind == ApiErrorKind::NotFound => {
                refusal.request_id.as_ref()
            }
            _ => None,
        };
        let recorded = id.and_then(|id| recorded::of_job(&self.journal, id.as_str()));
        let is_recorded = recorded.is_some_and(|one| one.is_open);
        service::error_in(error, &Context { is_recorded, ..*context })
    }
}

/// The file of the journal, in a folder that exists.
fn journal_path() -> Result<PathBuf> {
    let folder = state_folder(&|name| std::env::var_os(name).map(PathBuf::from))?;
    let io = |error| {
        let folder = folder.display();
        let text = format!(
            "cannot make the folder {folder}, where jobs are recorded; set RUNCOMFY_STATE_DIR to another one"
        );
        Error::io(text, error)
    };
    fs::create_dir_all(&folder).map_err(io)?;
    // Jobs of another address, such as a sandbox, mean nothing to the service.
    let address = std::env::var("RUNCOMFY_MODEL_API_BASE").unwrap_or_default();
    Ok(folder.join(journal_name(&address)))
}

/// The user's folder for what a program remembers.
fn state_folder(variable: &dyn Fn(&str) -> Option<PathBuf>) -> Result<PathBuf> {
    let set = |name: &str| variable(name).filter(|path| !path.as_os_str().is_empty());
    if let Some(folder) = set("RUNCOMFY_STATE_DIR") {
        return Ok(folder);
    }
    // The standard of these variables has relative paths ignored.
    if let Some(folder) = set("XDG_STATE_HOME").filter(|path| path.is_absolute()) {
        return Ok(folder.join("runcomfy"));
    }
    if let Some(home) = set("HOME").or_else(std::env::home_dir) {
        return Ok(home.join(Path::new(".local/state/runcomfy")));
    }
    Err(Error::usage(
        "there is no home folder to keep the journal of jobs in; set RUNCOMFY_STATE_DIR",
    ))
}

fn journal_name(address: &str) -> String {
    let address = address.trim_end_matches('/');
    if address.is_empty() || address == "https://model-api.runcomfy.net/v1" {
        return "jobs.journal".to_owned();
    }
    let words = address.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    format!("jobs-{}.journal", words.collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_is_kept_where_the_environment_says() {
        let folder = |set: &[(&str, &str)]| {
            let variable = |name: &str| {
                set.iter().find(|(known, _)| *known == name).map(|(_, path)| PathBuf::from(path))
            };
            state_folder(&variable).unwrap()
        };
        let all = [("RUNCOMFY_STATE_DIR", "here"), ("XDG_STATE_HOME", "/x"), ("HOME", "/home/me")];
        assert_eq!(folder(&all), Path::new("here"));
        assert_eq!(folder(&all[1..]), Path::new("/x/runcomfy"));
        assert_eq!(folder(&all[2..]), Path::new("/home/me/.local/state/runcomfy"));
        let odd = [("RUNCOMFY_STATE_DIR", ""), ("XDG_STATE_HOME", "x"), ("HOME", "/home/me")];
        assert_eq!(folder(&odd), Path::new("/home/me/.local/state/runcomfy"));
    }

    #[test]
    fn each_address_has_its_own_journal() {
        for (address, name) in [
            ("", "jobs.journal"),
            ("https://model-api.runcomfy.net/v1", "jobs.journal"),
            ("http://127.0.0.1:4000/v1/", "jobs-http-127-0-0-1-4000-v1.journal"),
        ] {
            assert_eq!(journal_name(address), name);
        }
    }
}
