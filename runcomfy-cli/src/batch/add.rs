//! `rcf batch add`: adds jobs, and sends nothing.

use std::io::Write;

use runcomfy_client::Client;

use super::Finish;
use super::adding::add;
use super::limits::LimitArgs;
use super::place::Place;
use super::source::Source;
use crate::Result;
use crate::run::Say;

const EXAMPLE: &str = "\
Example:
  $ cat jobs.jsonl
  {\"model\": \"kling/kling-2-1/master/image-to-video\", \"prompt\": \"dusk\", \"image_url\": \"a.png\"}
  {\"model\": \"kling/kling-2-1/master/image-to-video\", \"prompt\": \"fog\", \"image_url\": \"a.png\"}
  $ rcf batch add jobs.jsonl --out videos
  2 jobs added, for about $2.80

Besides fields, a line has `model`, `priority` (higher ones first) and `key`: a line with another
key is another job, though its fields are the same. A field with one of these names is
`input.model`, and so on. Jobs that the batch has already are not added again.";

/// Adds jobs to a batch, and sends nothing
///
/// All lines are checked first. If one is not valid, none is added.
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
    pub limits: LimitArgs,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub say: Say,
}

pub(super) async fn run(args: &Args, output: &mut dyn Write) -> Result<Finish> {
    let Args { source, place, limits, say } = args;
    place.check()?;
    // Without a token, models with generated types can be added all the same.
    let client = Client::from_env().ok();
    let create = async || place.create(None).await;
    let (_, adding) = add(source, limits, None, create, client.as_ref(), false, *say).await?;
    say.result(output, &adding.to_json(), |output| writeln!(output, "{}", adding.words()))?;
    Ok(Finish::Done)
}
