//! `rcf batch export`: writes the results as files.

use std::io::Write;

use super::{Finish, place::Place, results};
use crate::Result;
use crate::run::Say;

/// Writes the results of a batch: results.jsonl, results.csv, and a contact sheet, index.html
///
/// `rcf batch run` does that at its end. Use this while workers are at work, or for the results of others.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[expect(missing_docs, reason = "its parts are documented")]
pub struct Args {
    #[command(flatten)]
    pub place: Place,
    #[command(flatten)]
    pub say: Say,
}

pub(super) async fn run(args: &Args, output: &mut dyn Write) -> Result<Finish> {
    let folder = args.place.folder()?;
    let batch = args.place.open().await?;
    let files = results::export(&batch, &folder).await?;
    let mut json = results::to_json(&files);
    json["jobs"] = files.jobs.into();
    args.say.result(output, &json, |output| {
        for path in [&files.lines, &files.table, &files.sheet] {
            writeln!(output, "{}", path.display())?;
        }
        Ok(())
    })?;
    Ok(Finish::Done)
}
