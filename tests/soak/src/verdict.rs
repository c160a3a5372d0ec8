//! The verdict on a soak: compares what the sandbox accepted with what the workers said.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use runcomfy_models::{FileJournal, Journal};
use runcomfy_sandbox::Sandbox;

use crate::calls;
use crate::parent::Line;
use crate::said::Said;

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
    /// Jobs of an earlier worker that were waited for.
    pub resumed: usize,
    /// Jobs that came to their end.
    pub done: usize,
    /// Calls with a fault of the sandbox.
    pub faults: usize,
    pub kills: usize,
    pub outages: usize,
    /// The most descriptors that a worker had open.
    pub descriptors: usize,
    /// The largest growth of a worker's memory in KiB, after the first fifth of its calls.
    pub growth: usize,
    pub took: Duration,
    /// Everything that must not be.
    pub broken: Vec<String>,
}

/// A worker that is killed may have recorded this many ends that it did not print yet.
const MAX_UNPRINTED: usize = 2;

/// The ids of the jobs that the sandbox accepted, by their calls.
type AcceptedJobs = BTreeMap<usize, Vec<String>>;

impl Verdict {
    pub(crate) fn of(
        sandbox: &Sandbox,
        journals: &[PathBuf],
        lines: &[Line],
        calls: usize,
        kills: usize,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut said = Said::read(lines);
        let mut accepted = AcceptedJobs::new();
        for job in sandbox.accepted_jobs() {
            accepted.entry(calls::of_accepted(&job)).or_default().push(job.request_id);
        }
        let mut verdict = Self {
            calls,
            kills,
            accepted: accepted.values().map(Vec::len).sum(),
            unknown: said.unknown.len(),
            refused: said.refused.len(),
            resumed: said.resumed,
            faults: sandbox.faults(),
            descriptors: said.descriptors,
            growth: said.growth,
            ..Self::default()
        };
        verdict.judge_journals(journals)?;
        verdict.broken.append(&mut said.broken);
        verdict.judge_accepted(&accepted, &said);
        verdict.judge_calls(&accepted, &said);
        Ok(verdict)
    }

    /// In the end, no journal has an open submission or job.
    fn judge_journals(&mut self, journals: &[PathBuf]) -> Result<(), Box<dyn std::error::Error>> {
        for journal in journals {
            let unfinished = FileJournal::open(journal)?.unfinished()?;
            let jobs = unfinished.jobs.iter().map(|job| format!("job {}", job.request_id));
            let unknown = unfinished.unknown.iter().map(|lost| lost.submission.to_string());
            self.broken.extend(jobs.chain(unknown).map(|open| format!("{open} is left open")));
        }
        Ok(())
    }

    /// Each accepted job is known as that of its call, or the call was reported as unknown. And what is
    /// known has ended.
    fn judge_accepted(&mut self, accepted: &AcceptedJobs, said: &Said) {
        for (call, jobs) in accepted {
            for id in jobs {
                match said.known.get(id) {
                    Some(known) if known == call => {
                        self.known += 1;
                        self.done += usize::from(said.done.contains(id));
                    }
                    Some(other) => {
                        self.broken.push(format!("job {id} of call {call} is known as {other}"));
                    }
                    None if said.unknown.contains(call) => {}
                    None => self.broken.push(format!("call {call}: job {id} is LOST")),
                }
            }
        }
        let without_end = self.known - self.done;
        if without_end > self.kills * MAX_UNPRINTED {
            self.broken.push(format!("{without_end} jobs have no end"));
        }
    }

    /// Each call was accepted once, or reported as unknown; and no job is known that was not accepted.
    fn judge_calls(&mut self, accepted: &AcceptedJobs, said: &Said) {
        for (call, jobs) in accepted.iter().filter(|(_, jobs)| jobs.len() > 1) {
            self.broken.push(format!("call {call} was accepted {} times", jobs.len()));
        }
        for (id, call) in &said.known {
            if !accepted.get(call).is_some_and(|jobs| jobs.contains(id)) {
                self.broken.push(format!("job {id} is known, and was never accepted"));
            }
        }
        // The last workers run without faults, and repeat the refused calls. So none is left over.
        let is_missing =
            |call: &usize| !accepted.contains_key(call) && !said.unknown.contains(call);
        let missing = (0..self.calls).filter(is_missing);
        self.broken.extend(missing.map(|call| format!("call {call} was never made")));
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
