//! `rcf download`: saves the files of a job that has ended.

use std::io::Write;
use std::path::PathBuf;

use super::common::{Jobs, Say};
use super::follow::{Follower, Waiting};
use super::interrupt::{Interrupts, interrupted};
use super::progress::Progress;
use crate::{Result, Status, service};

/// Saves the files of a completed job
///
/// A file that is there already is kept. If it is not the job's, the job's is saved beside it. It writes the paths
/// of the files.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
pub struct Args {
    /// The request id
    #[arg(value_name = "REQUEST ID")]
    pub id: String,
    /// The folder that files are saved in
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub out: PathBuf,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub say: Say,
}

/// Saves the files of a job.
///
/// # Errors
/// If the job has not completed, or the files cannot be saved.
pub fn run(args: &Args, output: &mut dyn Write) -> Result<Status> {
    let Args { id, out, say } = args;
    service::block_on(async {
        let mut interrupts = Interrupts::listen();
        let jobs = Jobs::open()?;
        let job = jobs.job(id)?;
        let progress = Progress::new(*say);
        let waiting = Waiting { out: out.clone(), wait_timeout: std::time::Duration::ZERO };
        let follower = Follower { jobs: &jobs, say: *say, progress: &progress, waiting: &waiting };
        let save = async {
            let done = job.result().await.map_err(|error| follower.error(error))?;
            let shown = progress.job(&done.request_id);
            let model_id = job.model_id().map(|id| id.as_str().to_owned());
            let finished = follower.save(done, model_id, &shown).await;
            shown.end();
            finished
        };
        let finished = interrupts.or(save).await.unwrap_or_else(|| {
            Err(interrupted(format!(
                "not all files are saved; `rcf download {}{}` saves the others",
                service::shell_word(id),
                follower.context().out_flag()
            ))
            .about(id))
        })?;
        finished.note(&progress);
        say.result(output, &finished.to_json(), |output| finished.write(output))?;
        Ok(Status::Done)
    })
}
