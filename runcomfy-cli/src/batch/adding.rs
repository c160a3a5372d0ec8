//! Jobs of a source become jobs of a batch.

use std::collections::BTreeMap;

use runcomfy_batch::{Added, Batch, NameTemplate, NewJob, Usd};
use runcomfy_client::Client;
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::line;
use serde_json::{Value, json};

use super::error::of_batch;
use super::limits::LimitArgs;
use super::names;
use super::prices::Prices;
use super::source::{Checked, Jobs, Source, check};
use crate::request::Model;
use crate::run::Say;
use crate::{Error, Result};

/// What was added.
pub(super) struct Adding {
    added: Added,
    /// Lines that were left out.
    skipped: usize,
    pub(super) models: BTreeMap<String, Model>,
}

/// Jobs that are added in one transaction.
const MAX_CHUNK: usize = 2_000;
/// In bytes: what their inputs take together.
const MAX_CHUNK_LEN: usize = 32 << 20;

/// Checks all jobs, sets the limits, and adds the jobs.
///
/// # Errors
/// If any of them is not valid; then none is added.
pub(super) async fn add(
    source: &Source,
    limits: &LimitArgs,
    template: Option<&NameTemplate>,
    batch: impl AsyncFnOnce() -> Result<Batch>,
    client: Option<&Client>,
    needs_token: bool,
    say: Say,
) -> Result<(Batch, Adding)> {
    let opened = source.open()?;
    let mut prices = Prices::new(&source.price, client.cloned());
    let jobs = Jobs::new(source, &opened, client.cloned(), &mut prices)?;
    let checked = check(source, &opened, jobs).await?;
    check_prices(source, &checked)?;
    if let Some(template) = template {
        names::check(template, &checked.models)?;
    }
    if needs_token {
        prices.check_token().await?;
    }
    let batch = batch().await?;
    let old = batch.status().await.map_err(of_batch)?;
    if limits.over(old.limits).max_cost.is_some() {
        need_prices(&checked)?;
    }
    limits.set(&batch).await?;
    if let Some(list) = checked.list() {
        say.note(&format!("{list}\nleft out: {}", counted(checked.skipped(), "line")));
    }
    for (model, (given, usd)) in &prices.too_low {
        say.note(&format!(
            "--price {model}={given}: the catalog says {usd} for a job, and the larger price counts"
        ));
    }
    for (model, reason) in &checked.unpriced {
        say.note(&format!("the price of {model} is not known: {reason}"));
    }
    let mut jobs = Jobs::new(source, &opened, client.cloned(), &mut prices)?;
    let mut adding =
        Adding { added: Added::default(), skipped: checked.skipped(), models: checked.models };
    let (mut chunk, mut len) = (Vec::new(), 0);
    while let Some(found) = jobs.next().await? {
        // A file that has changed since it was checked must not slip through.
        let ready = match found.job {
            Ok(ready) => ready,
            Err(_) if source.skip_invalid => continue,
            Err(problems) => {
                return Err(Error::bad_input(format!(
                    "{} changed while it was read: {}",
                    opened.name,
                    problems.join("\n")
                )));
            }
        };
        len += ready.size;
        chunk.push(ready.job);
        if chunk.len() == MAX_CHUNK || len > MAX_CHUNK_LEN {
            adding.add(&batch, std::mem::take(&mut chunk)).await?;
            len = 0;
        }
    }
    adding.add(&batch, chunk).await?;
    Ok((batch, adding))
}

impl Adding {
    async fn add(&mut self, batch: &Batch, jobs: Vec<NewJob>) -> Result<()> {
        let added = batch.add(jobs).await.map_err(of_batch)?;
        self.added.added += added.added;
        self.added.known += added.known;
        self.added.estimate = self.added.estimate.plus(added.estimate);
        self.added.unpriced += added.unpriced;
        Ok(())
    }

    /// In words: `200 jobs added, for about $56.00; 10 were there already`.
    pub(super) fn words(&self) -> String {
        let mut words = format!("{} added", counted(self.added.added, "job"));
        if self.added.estimate > Usd::ZERO {
            words += &format!(", for about {}", self.added.estimate);
            if self.added.unpriced > 0 {
                words += &format!(" and {} of unknown price", counted(self.added.unpriced, "job"));
            }
        }
        match self.added.known {
            0 => {}
            1 => words += "; 1 was there already",
            known => words += &format!("; {known} were there already"),
        }
        words
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "added": self.added.added, "known": self.added.known, "skipped_lines": self.skipped,
            "estimate": self.added.estimate, "unpriced": self.added.unpriced,
        })
    }
}

/// Refuses prices of models that no job has: one may be misspelled.
fn check_prices(source: &Source, checked: &Checked) -> Result<()> {
    // A line that is left out may have the model.
    if checked.skipped() > 0 {
        return Ok(());
    }
    let mut models = source.price.iter().map(|price| &*price.model);
    match models.find(|model| !checked.models.contains_key(*model)) {
        Some(model) => {
            Err(Error::usage(format!("--price: no job is of the model {}", line(model))))
        }
        None => Ok(()),
    }
}

fn need_prices(checked: &Checked) -> Result<()> {
    if checked.unpriced.is_empty() {
        return Ok(());
    }
    let models = checked.unpriced.iter().map(|(model, reason)| format!("\n  {model}: {reason}"));
    Err(Error::bad_input(format!(
        "--max-cost cannot hold, because the price of a job is not known:{}\nstate it with --price MODEL=USD",
        models.collect::<String>()
    )))
}
