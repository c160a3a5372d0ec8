//! `sync`: brings schemas up to date from the service's catalog.

use std::collections::BTreeSet;
use std::io::Write;

use indicatif::{ProgressBar, ProgressStyle};
use runcomfy_client::{CatalogQuery, Client};
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::line;
use serde_json::{Value, json};

use super::import::entry_of;
use super::tree::Tree;
use super::update::Planner;
use super::{Folder, ModelId, Project, merge};
use crate::report::with_error;
use crate::{Error, ErrorKind, Result, Status, service};

const EXAMPLE: &str = "\
Examples:
  $ rcf schemas sync
  $ rcf schemas sync kling/kling-2-1/master/image-to-video
  $ rcf schemas sync --search seedance
  $ rcf schemas sync --check || echo 'the service has changed'

The token comes from RUNCOMFY_API_TOKEN, or from where the official command line tool keeps it.";

/// Brings schemas up to date from the service's catalog, or adds models from it
///
/// Without a model, updates those that are in the folder, but for files with `"x-own": true`: models of your own.
/// Keys that begin with `x-` stay. An entry that no API can be generated from is reported and left out.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Args {
    /// The models to fetch
    #[arg(value_name = "MODEL ID", conflicts_with_all = ["all", "search"])]
    pub ids: Vec<String>,
    /// Fetches every model of the catalog
    #[arg(long, conflicts_with = "search")]
    pub all: bool,
    /// Fetches the models with this text in their id, name or description
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Writes nothing. The exit code is 1 if a file is not what the catalog says
    #[arg(long)]
    pub check: bool,
    /// Keeps the titles and descriptions of the files that are there
    #[arg(long)]
    pub keep_texts: bool,
    /// Where the facts are from, and as of when. It becomes `x-source`, which rustdoc shows
    #[arg(long, value_name = "TEXT")]
    pub source: Option<String>,
    /// Writes JSON: `models`, `gone` and `skipped`
    #[arg(long)]
    pub json: bool,
}

/// Synchronises the folder with the catalog, by a client with the settings of the environment.
///
/// # Errors
/// If there is no token, the catalog cannot be read, or a model that was asked for cannot be used.
pub fn run(args: &Args, project: &Project, output: &mut dyn Write) -> Result<Status> {
    run_with(args, project, service::client, output)
}

/// Synchronises the folder with the catalog by another client. It is made once the arguments are
/// known to be good.
///
/// # Errors
/// Like [`run`].
pub fn run_with(
    args: &Args,
    project: &Project,
    client: impl FnOnce() -> Result<Client>,
    output: &mut dyn Write,
) -> Result<Status> {
    let ids = args.ids.iter().map(|id| id.parse()).collect::<Result<Vec<ModelId>>>()?;
    let is_listing = args.all || args.search.is_some();
    let folder = project.folder_or_empty()?;
    let in_folder: BTreeSet<ModelId> = folder.ids()?.into_iter().collect();
    let wanted = match (is_listing, ids.is_empty()) {
        (true, _) => None,
        (false, false) => Some(ids.into_iter().collect()),
        (false, true) if in_folder.is_empty() => {
            return Err(Error::bad_input(format!(
                "{} has no schema to bring up to date; name a model, or use --all or --search",
                project.schemas.display()
            )));
        }
        (false, true) => Some(of_the_service(&folder, &in_folder)?),
    };
    let client = client()?;
    let options = merge::Options { keeps_texts: args.keep_texts, source: args.source.clone() };
    let mut sync = Sync {
        args,
        project,
        planner: Planner::new(&folder, options)?,
        folder: &folder,
        in_folder,
        report: Report::default(),
    };
    let bar = progress_bar();
    let done = service::block_on(sync.fetch(&client, wanted.as_ref(), &bar, output));
    bar.finish_and_clear();
    // What was done is reported, also if the catalog failed in the middle.
    match done {
        Err(error) if sync.report.is_empty() => Err(error),
        done => {
            let status = sync.report.end(args, done.as_ref().err(), output);
            done.and(status)
        }
    }
}

/// The models but for those that `x-own` calls the keeper's own.
fn of_the_service(folder: &Folder, ids: &BTreeSet<ModelId>) -> Result<BTreeSet<ModelId>> {
    let mut found = BTreeSet::new();
    for id in ids {
        let text = folder.read(id)?.unwrap_or_default();
        // What is wrong with a file is said where it is brought up to date.
        let schema: Value = serde_json::from_str(&text).unwrap_or_default();
        if schema.get("x-own") != Some(&Value::Bool(true)) {
            found.insert(id.clone());
        }
    }
    Ok(found)
}

/// A bar on standard error, if that is a terminal.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {wide_msg}") {
        bar.set_style(style);
    }
    bar
}

struct Sync<'a> {
    args: &'a Args,
    project: &'a Project,
    folder: &'a Folder,
    planner: Planner<'a>,
    in_folder: BTreeSet<ModelId>,
    report: Report,
}

impl Sync<'_> {
    async fn fetch(
        &mut self,
        client: &Client,
        wanted: Option<&BTreeSet<ModelId>>,
        bar: &ProgressBar,
        output: &mut dyn Write,
    ) -> Result<()> {
        /// More models than this are fetched by pages instead of one by one.
        const MAX_SINGLE: usize = 20;
        match wanted {
            Some(wanted) if wanted.len() <= MAX_SINGLE => {
                bar.set_length(wanted.len() as u64);
                for id in wanted {
                    self.single(client, id, bar, output).await?;
                    bar.inc(1);
                }
                Ok(())
            }
            _ => self.pages(client, wanted, bar, output).await,
        }
    }

    /// Fetches the entry of one model.
    async fn single(
        &mut self,
        client: &Client,
        id: &ModelId,
        bar: &ProgressBar,
        output: &mut dyn Write,
    ) -> Result<()> {
        bar.set_message(id.to_string());
        match client.model_text(id.as_str()).await {
            Ok(text) => {
                let entry = Tree::parse(&text).map_err(Error::bad_input);
                let done = entry.and_then(|entry| self.entry(&entry, Some(id), bar, output));
                self.skip_if_unusable(Some(id), true, done)
            }
            Err(error) if service::is_not_found(&error) => {
                self.report.gone.push(id.clone());
                Ok(())
            }
            Err(error) => Err(service::error(error)),
        }
    }

    /// Reads the catalog page by page. A wanted model that is on no page is fetched by its id: the list
    /// may have changed while it was read.
    async fn pages(
        &mut self,
        client: &Client,
        wanted: Option<&BTreeSet<ModelId>>,
        bar: &ProgressBar,
        output: &mut dyn Write,
    ) -> Result<()> {
        const PAGE: u32 = 100;
        let mut query = CatalogQuery::new().include_schema(true).limit(PAGE);
        if let Some(search) = &self.args.search {
            query = query.search(search);
        }
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut pages = service::Pages::default();
        loop {
            let offset = pages.offset();
            let text = client.models_text(&query.clone().offset(offset)).await;
            let page = Tree::parse(&text.map_err(service::error)?).map_err(Error::bad_input)?;
            let Some(Tree::Array(entries)) = page.get("models") else {
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    "the catalog's answer has no list of `models`; try again later",
                ));
            };
            let total = page.get("total").and_then(|total| match total {
                Tree::Number(number) => number.parse::<u64>().ok(),
                _ => None,
            });
            bar.set_length(total.unwrap_or_default().max(u64::from(offset) + entries.len() as u64));
            for entry in entries {
                bar.inc(1);
                let named = entry.get("model_id").and_then(Tree::as_str).unwrap_or_default();
                if !named.is_empty() && !seen.insert(named.to_owned()) {
                    continue;
                }
                let id = named.parse::<ModelId>().ok();
                let is_wanted = match (wanted, &id) {
                    (Some(wanted), Some(id)) => wanted.contains(id),
                    (Some(_), None) => false,
                    (None, _) => true,
                };
                if is_wanted {
                    bar.set_message(line(named));
                    let is_expected = id.as_ref().is_some_and(|id| self.in_folder.contains(id));
                    let done = self.entry(entry, None, bar, output);
                    self.skip_if_unusable(id.as_ref(), is_expected, done)?;
                }
            }
            if pages.is_last(entries.len(), total)? {
                break;
            }
        }
        for id in wanted.into_iter().flatten().filter(|id| !seen.contains(id.as_str())) {
            self.single(client, id, bar, output).await?;
        }
        Ok(())
    }

    /// Updates the file of one model.
    fn entry(
        &mut self,
        entry: &Tree,
        wanted: Option<&ModelId>,
        bar: &ProgressBar,
        output: &mut dyn Write,
    ) -> Result<()> {
        let (id, members) = entry_of(entry)?;
        let named = id.unwrap_or_default();
        let id: ModelId = named.parse()?;
        if let Some(wanted) = wanted.filter(|wanted| **wanted != id) {
            return Err(Error::bad_input(format!(
                "the catalog answered with the entry of {id} instead of {wanted}"
            )));
        }
        let update = self.planner.plan(&id, members)?;
        if !self.args.check {
            update.write(self.folder)?;
        }
        self.report.changed += usize::from(update.is_change());
        self.report.models.push(update.to_json(self.args.check));
        if update.is_change() && !self.args.json {
            let module = self.project.module.as_deref();
            bar.suspend(|| update.show(module, self.args.check, output))?;
        }
        Ok(())
    }

    /// Reports the entry if it cannot be used. Any other failure ends the command.
    fn skip_if_unusable(
        &mut self,
        id: Option<&ModelId>,
        is_expected: bool,
        done: Result<()>,
    ) -> Result<()> {
        match done {
            Err(error) if error.kind() == ErrorKind::BadInput => {
                let id = id.map(ModelId::to_string);
                self.report.skipped.push(Skipped { id, is_expected, error });
                Ok(())
            }
            done => done,
        }
    }
}

/// An entry that cannot be used.
struct Skipped {
    id: Option<String>,
    /// Whether somebody depends on it: it was named, or has a file.
    is_expected: bool,
    error: Error,
}

/// What the command says at its end.
#[derive(Default)]
struct Report {
    models: Vec<Value>,
    changed: usize,
    /// Models that the catalog does not have.
    gone: Vec<ModelId>,
    skipped: Vec<Skipped>,
}

impl Report {
    fn is_empty(&self) -> bool {
        self.models.is_empty() && self.gone.is_empty() && self.skipped.is_empty()
    }

    /// `failure` is what ended the command before all models were fetched.
    fn end(self, args: &Args, failure: Option<&Error>, output: &mut dyn Write) -> Result<Status> {
        let ended = self.status(args);
        let Self { models, changed, gone, skipped } = self;
        if args.json {
            let skipped: Value = skipped
                .iter()
                .map(|one| json!({"id": one.id, "reason": format!("{:?}", one.error)}))
                .collect();
            let gone: Value = gone.iter().map(|id| Value::from(id.as_str())).collect();
            let mut value = json!({"models": models, "gone": gone, "skipped": skipped});
            with_error(&mut value, failure.or(ended.as_ref().err()));
            writeln!(output, "{value:#}")?;
        } else {
            for one in skipped.iter().filter(|one| !one.is_expected) {
                let id = one.id.as_deref().unwrap_or("an entry");
                writeln!(output, "skipped {}: {:?}\n", line(id), one.error)?;
            }
            for id in &gone {
                writeln!(output, "not in the catalog: {id}")?;
            }
            let count = models.len();
            let verb = if args.check { "differ" } else { "changed" };
            writeln!(
                output,
                "{}: {changed} {verb}, {} up to date, {} skipped, {} not in the catalog",
                counted(count, "model"),
                count - changed,
                skipped.len(),
                gone.len()
            )?;
        }
        ended
    }

    fn status(&self, args: &Args) -> Result<Status> {
        let Self { changed, gone, skipped, .. } = self;
        let expected: Vec<_> = skipped.iter().filter(|one| one.is_expected).collect();
        if !expected.is_empty() {
            let lines: Vec<_> = expected
                .iter()
                .map(|one| format!("{}: {:?}", one.id.as_deref().unwrap_or("an entry"), one.error))
                .collect();
            return Err(Error::bad_input(lines.join("\n\n")));
        }
        if !args.ids.is_empty() && !gone.is_empty() && !args.check {
            let ids: Vec<_> = gone.iter().map(ModelId::as_str).collect();
            return Err(Error::bad_input(format!(
                "the catalog has no model {}; `--search` finds models by a part of their name",
                ids.join(", ")
            )));
        }
        let is_difference = args.check && (*changed > 0 || !gone.is_empty());
        Ok(if is_difference { Status::Differs } else { Status::Done })
    }
}
