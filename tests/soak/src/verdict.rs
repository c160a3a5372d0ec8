//! What came of a soak: what the sandbox accepted, beside what the clients knew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use runcomfy_models::{FileJournal, Journal};
use runcomfy_sandbox::Sandbox;

use crate::calls;
use crate::parent::Line;

#[derive(Debug, Default)]
pub struct Verdict {
    pub calls: usize,
    /// Submissions that the sandbox accepted.
    pub accepted: usize,
    /// Of those, the ones whose id a journal has.
    pub known: usize,
    /// Calls that were reported as of unknown outcome.
    pub unknown: usize,
    /// Calls that were surely not accepted.
    pub refused: usize,
    /// Jobs that were taken up again.
    pub resumed: usize,
    /// Jobs that came to their end.
    pub done: usize,
    /// Calls that the sandbox let go wrong.
    pub faults: usize,
    pub kills: usize,
    pub outages: usize,
    /// The most descriptors that a worker had open.
    pub descriptors: usize,
    /// The most that a worker grew, from a fifth of its calls to its end, in KiB.
    pub growth: usize,
    pub took: Duration,
    /// Everything that must not be.
    pub broken: Vec<String>,
}

/// How many results a worker may take at a moment at which it is killed.
const MAX_UNPRINTED: usize = 2;

impl Verdict {
    pub(crate) fn of(
        sandbox: &Sandbox,
        journals: &[PathBuf],
        said: &[Line],
        calls: usize,
        kills: usize,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut verdict = Self { calls, faults: sandbox.faults(), ..Self::default() };
        let mut broken = Vec::new();

        // What the journals leave open.
        for journal in journals {
            let unfinished = FileJournal::open(journal)?.unfinished()?;
            let jobs = unfinished.jobs.iter().map(|job| format!("job {}", job.request_id));
            let unknown = unfinished.unknown.iter().map(|lost| lost.submission.to_string());
            broken.extend(jobs.chain(unknown).map(|open| format!("{open} is left open")));
        }

        // What the workers said.
        let (mut unknown, mut refused) = (BTreeSet::new(), BTreeSet::new());
        let (mut ids, mut done) = (BTreeMap::new(), BTreeSet::new());
        for line in said {
            let mut words = line.split(' ');
            let word = words.next().unwrap_or_default();
            let words: Vec<_> = words.collect();
            let numbers: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
            if let ("known" | "resumed" | "done", [call, id]) = (word, &*words) {
                let call: usize = call.parse()?;
                if ids.insert(id.to_string(), call).is_some_and(|other| other != call) {
                    broken.push(format!("job {id} is known as two calls"));
                }
                if word == "done" {
                    done.insert(id.to_string());
                }
            }
            match (word, &*numbers) {
                ("unknown", [call]) => drop(unknown.insert(*call)),
                ("refused", [call]) => drop(refused.insert(*call)),
                ("resumed", [_, ..]) => verdict.resumed += 1,
                ("resources", [descriptors, growth]) => {
                    verdict.descriptors = verdict.descriptors.max(*descriptors);
                    verdict.growth = verdict.growth.max(*growth);
                }
                ("known" | "done", [_, ..]) => {}
                _ => broken.push(format!("a worker said: {line}")),
            }
        }

        // What the sandbox accepted.
        let mut accepted: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for job in sandbox.accepted_jobs() {
            accepted.entry(calls::of_accepted(&job)).or_default().push(job.request_id);
        }
        for (call, jobs) in &accepted {
            if jobs.len() > 1 {
                broken.push(format!("call {call} was accepted {} times", jobs.len()));
            }
            for id in jobs {
                verdict.accepted += 1;
                match ids.get(id) {
                    Some(known) if known == call => {
                        verdict.known += 1;
                        verdict.done += usize::from(done.contains(id));
                    }
                    Some(other) => {
                        broken.push(format!("job {id} of call {call} is known as {other}"))
                    }
                    None if unknown.contains(call) => {}
                    None => broken.push(format!("call {call}: job {id} is LOST")),
                }
            }
        }
        for (id, call) in &ids {
            if !accepted.get(call).is_some_and(|jobs| jobs.contains(id)) {
                broken.push(format!("job {id} is known, and was never accepted"));
            }
        }
        for call in (0..calls).filter(|call| !accepted.contains_key(call)) {
            // At the last, in peace, what was refused was made again.
            if !unknown.contains(&call) {
                broken.push(format!("call {call} was never made"));
            }
        }
        // A worker that is killed may have an end in the journal that it did not come to print.
        if verdict.known - verdict.done > kills * MAX_UNPRINTED {
            broken.push(format!("{} jobs have no end", verdict.known - verdict.done));
        }
        (verdict.unknown, verdict.refused) = (unknown.len(), refused.len());
        verdict.broken.append(&mut broken);
        Ok(verdict)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} calls in {:.1} s: {} accepted, {} of them known and {} at their end; {} reported as \
             unknown, {} refused, {} taken up again",
            self.calls,
            self.took.as_secs_f64(),
            self.accepted,
            self.known,
            self.done,
            self.unknown,
            self.refused,
            self.resumed
        )?;
        write!(
            f,
            "{} faults, {} kills, {} outages; at most {} descriptors and {} KiB of growth in a worker",
            self.faults, self.kills, self.outages, self.descriptors, self.growth
        )?;
        self.broken.iter().try_for_each(|broken| write!(f, "\n  BROKEN: {broken}"))
    }
}
