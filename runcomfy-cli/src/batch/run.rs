//! `rcf batch run`: adds jobs, works on them, and writes the results.

use std::io::Write;

use runcomfy_client::Client;

use super::adding::add;
use super::ending::Worked;
use super::error::of_batch;
use super::limits::LimitArgs;
use super::place::Place;
use super::source::Source;
use super::working::{WorkArgs, ask_first, check_files, work};
use super::{Finish, names};
use crate::run::Say;
use crate::run::interrupt::Interrupts;
use crate::{Result, service};

const EXAMPLE: &str = "\
Examples:
  $ rcf batch run jobs.jsonl --out videos --max-cost 50
  $ rcf batch run shots.csv --model kling/kling-2-1/master/image-to-video --set duration=10 \\
      --out videos
  $ rcf batch run --model happyhorse/happyhorse-1.0/text-to-video --set prompt='a lighthouse' \\
      --vary seed=1..20 --vary duration=5,10 --out seeds

The same command again goes on where it was: jobs that the batch has already are not added
again, and none is submitted twice. Files of done jobs that are missing are fetched again.

Exit codes: 0 all jobs are done, 70 some failed, 75 some are left, 76 nobody knows of some
whether the service accepted them.";

/// Runs all jobs of a file: checks them, submits them, saves their files, and writes the results
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Args {
    #[command(flatten)]
    pub(super) source: Source,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub place: Place,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub work: WorkArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub limits: LimitArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub say: Say,
}

pub(super) async fn run(args: &Args, output: &mut dyn Write) -> Result<Finish> {
    let Args { source, place, work: work_args, limits, say } = args;
    let folder = &*place.folder()?;
    let client = Client::from_env().map_err(service::error)?;
    check_files(work_args)?;
    let create = async || {
        let batch = place.create(Some(*say)).await?;
        batch.claim_folder(folder).await.map_err(of_batch)?;
        Ok(batch)
    };
    let template = (!work_args.no_files).then_some(&work_args.name_template);
    let (batch, adding) = add(source, limits, template, create, Some(&client), true, *say).await?;
    say.note(&adding.words());
    let mut interrupts = Interrupts::listen();
    ask_first(&batch, work_args, &mut interrupts).await?;
    let mut named = work_args.clone();
    named.name_template = names::named(named.name_template, &adding.models);
    let save = (!work_args.no_files).then_some(folder);
    // Ctrl-C while it works counts as well.
    let until_stopped = interrupts.clone();
    let outcome = work(&batch, &client, &named, save, place, interrupts, *say).await?;
    let worked = Worked {
        batch: &batch,
        client: &client,
        place,
        outcome,
        adding: Some(&adding),
        files: save.filter(|_| work_args.files.is_none()),
        results: Some(folder),
    };
    worked.end(until_stopped, *say, output).await
}
