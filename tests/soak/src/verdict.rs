//! What came of a soak: what the sandbox accepted, beside what the clients knew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use runcomfy_models::{FileJournal, JournalEntry};
use runcomfy_sandbox::Sandbox;

use crate::calls::{self, Calls};
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

impl Verdict {
    pub(crate) fn of(
        sandbox: &Sandbox,
        journals: &[PathBuf],
        said: &[Line],
        calls: usize,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut verdict = Self { calls, faults: sandbox.faults(), ..Self::default() };
        let numbers = Calls::below(calls);
        let mut broken = Vec::new();

        // What the journals know.
        let (mut begun, mut ids, mut ended, mut not_accepted) =
            (BTreeMap::new(), BTreeMap::new(), BTreeSet::new(), BTreeSet::new());
        for journal in journals {
            for entry in FileJournal::open(journal)?.entries()? {
                match entry {
                    JournalEntry::Submitting { submission } => {
                        let call = numbers.of(&submission);
                        if begun.insert(submission.id, call).is_some() {
                            broken.push(format!("call {call} has an id twice"));
                        }
                    }
                    JournalEntry::Accepted { submission, request_id } => {
                        match begun.get(&submission) {
                            Some(call) => drop(ids.insert(request_id.to_string(), *call)),
                            None => broken.push(format!("job {request_id} was never begun")),
                        }
                    }
                    JournalEntry::NotAccepted { submission, .. } => {
                        not_accepted.extend(begun.get(&submission).copied());
                    }
                    JournalEntry::Ended { request_id, .. } => {
                        ended.insert(request_id.to_string());
                    }
                    _ => {}
                }
            }
        }
        let each: BTreeSet<_> = begun.values().collect();
        if begun.len() != calls || each.len() != calls {
            verdict.broken.push(format!(
                "{} calls were begun, {} different ones",
                begun.len(),
                each.len()
            ));
        }

        verdict.broken.append(&mut broken);

        // What the workers said.
        let (mut unknown, mut refused) = (BTreeSet::new(), BTreeSet::new());
        let mut started = 0;
        for line in said {
            let mut words = line.split(' ');
            let word = words.next().unwrap_or_default();
            let numbers: Vec<usize> = words.filter_map(|word| word.parse().ok()).collect();
            match (word, &*numbers) {
                ("unknown", [call]) => drop(unknown.insert(*call)),
                ("refused", [call]) => drop(refused.insert(*call)),
                ("resumed", [_, ..]) => verdict.resumed += 1,
                ("resources", [descriptors, kilobytes]) => {
                    verdict.descriptors = verdict.descriptors.max(*descriptors);
                    if line.contains("start") {
                        started = *kilobytes;
                    } else if started > 0 {
                        verdict.growth = verdict.growth.max(kilobytes.saturating_sub(started));
                    }
                }
                ("known" | "done", [_, ..]) => {}
                _ => verdict.broken.push(format!("a worker said: {line}")),
            }
        }

        // What the sandbox accepted.
        let mut accepted: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for job in sandbox.accepted_jobs() {
            accepted.entry(calls::of_accepted(&job)).or_default().push(job.request_id);
        }
        for (call, jobs) in &accepted {
            if jobs.len() > 1 {
                verdict.broken.push(format!("call {call} was accepted {} times", jobs.len()));
            }
            for id in jobs {
                verdict.accepted += 1;
                match ids.get(id) {
                    Some(known) if known == call => {
                        verdict.known += 1;
                        if ended.contains(id) {
                            verdict.done += 1;
                        } else {
                            verdict.broken.push(format!("call {call}: job {id} has no end"));
                        }
                    }
                    Some(other) => {
                        verdict.broken.push(format!("job {id} of call {call} is known as {other}"))
                    }
                    None if unknown.contains(call) => {}
                    None => verdict.broken.push(format!("call {call}: job {id} is LOST")),
                }
            }
            if refused.contains(call) || not_accepted.contains(call) {
                verdict
                    .broken
                    .push(format!("call {call} was accepted, and the client says that it was not"));
            }
        }
        for (id, call) in &ids {
            if !accepted.get(call).is_some_and(|jobs| jobs.contains(id)) {
                verdict.broken.push(format!("job {id} is known, and was never accepted"));
            }
        }
        (verdict.unknown, verdict.refused) = (unknown.len(), not_accepted.len());
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
