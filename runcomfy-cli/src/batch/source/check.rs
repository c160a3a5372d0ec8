//! All jobs, checked before the first is added.

use std::collections::{BTreeMap, BTreeSet};

use runcomfy_batch::Usd;
use runcomfy_schema::counted::counted;

use super::jobs::{Found, Jobs};
use super::{Opened, Source};
use crate::request::Model;
use crate::{Error, Result};

/// Problems that are listed. The rest is counted.
const MAX_LISTED: usize = 100;

/// What all valid jobs of a source add up to.
#[derive(Debug, Default)]
pub(in crate::batch) struct Checked {
    pub(in crate::batch) jobs: u64,
    /// The lines with a job.
    lines: u64,
    /// The sum of all estimates.
    pub(in crate::batch) cost: Usd,
    /// Models of which the price of a job is not known, and why.
    pub(in crate::batch) unpriced: BTreeMap<String, String>,
    pub(in crate::batch) models: BTreeMap<String, Model>,
    /// What is wrong, with its line.
    problems: Vec<String>,
    problem_count: usize,
    /// The lines with problems.
    invalid: BTreeSet<Option<u64>>,
}

/// Checks all jobs.
///
/// # Errors
/// If the rows cannot be read; and every problem of every line, unless invalid lines are left out.
pub(in crate::batch) async fn check(
    source: &Source,
    opened: &Opened,
    mut jobs: Jobs<'_>,
) -> Result<Checked> {
    let mut checked = Checked::default();
    let mut last_line = None;
    while let Some(Found { line, job }) = jobs.next().await.map_err(|error| opened.wrap(error))? {
        match job {
            Ok(ready) => {
                checked.jobs += 1;
                checked.lines += u64::from(line.is_none() || line != last_line);
                checked.cost = checked.cost.plus(ready.priced.usd.unwrap_or_default());
                let id = ready.model.id();
                if ready.priced.usd.is_none() && !checked.unpriced.contains_key(id) {
                    checked.unpriced.insert(id.to_owned(), ready.priced.words);
                }
                if !checked.models.contains_key(id) {
                    checked.models.insert(id.to_owned(), ready.model.clone());
                }
            }
            Err(problems) => {
                checked.invalid.insert(line);
                checked.problem_count += problems.len();
                let room = MAX_LISTED.saturating_sub(checked.problems.len());
                checked.problems.extend(problems.into_iter().take(room).map(
                    |problem| match line {
                        Some(line) => format!("line {line}: {problem}"),
                        None => problem,
                    },
                ));
            }
        }
        last_line = line;
    }
    if let Some(list) = checked.list().filter(|_| !source.skip_invalid || checked.jobs == 0) {
        return Err(Error::bad_input(checked.refusal(opened, &list)));
    }
    if checked.jobs == 0 {
        return Err(Error::bad_input(format!("{} has no jobs", opened.name)));
    }
    Ok(checked)
}

impl Checked {
    /// The problems, one per line.
    pub(in crate::batch) fn list(&self) -> Option<String> {
        let mut list = self.problems.join("\n");
        let more = self.problem_count - self.problems.len();
        if more > 0 {
            list += &format!("\nand {}", counted(more, "more problem"));
        }
        (self.problem_count > 0).then_some(list)
    }

    /// How many lines are left out.
    pub(in crate::batch) fn skipped(&self) -> usize {
        self.invalid.len()
    }

    fn refusal(&self, opened: &Opened, list: &str) -> String {
        if opened.name.is_empty() {
            return format!("the job is not valid; nothing was submitted:\n{list}");
        }
        let all = self.lines + self.invalid.len() as u64;
        let hint = if self.jobs > 0 { "\n`--skip-invalid` leaves these lines out" } else { "" };
        format!(
            "{}: {} of {} {} not valid; nothing was submitted:\n{list}{hint}",
            opened.name,
            self.invalid.len(),
            counted(all, "line"),
            if self.invalid.len() == 1 { "is" } else { "are" }
        )
    }
}

impl Opened {
    fn wrap(&self, error: Error) -> Error {
        if self.name.is_empty() || error.kind() != crate::ErrorKind::BadInput {
            return error;
        }
        self.named(&error)
    }
}
