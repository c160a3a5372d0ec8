//! What came of a batch: what the sandbox and the disk have, beside what the database says.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;
use std::path::Path;
use std::time::{Duration, Instant};

use runcomfy_batch::{JobRecord, Limits, State};
use runcomfy_sandbox::Sandbox;

use super::database::Change;
use super::log::Seen;
use super::{QUEUE_TIME, RUN_TIME, file};
use crate::calls;

/// What the verdict is made from.
pub(crate) struct Evidence<'a> {
    pub(crate) sandbox: &'a Sandbox,
    pub(crate) seen: &'a Seen,
    pub(crate) jobs: &'a [JobRecord],
    pub(crate) history: &'a [Change],
    pub(crate) limits: Limits,
    pub(crate) folder: &'a Path,
    /// How often a worker was killed, frozen or cut off, or all of them from the service.
    pub(crate) troubles: usize,
}

#[derive(Debug, Default)]
pub struct Verdict {
    /// Jobs by their final states.
    pub states: BTreeMap<State, usize>,
    /// Submissions that the sandbox accepted.
    pub accepted: usize,
    /// Of those, the ones whose job is reported as unknown.
    pub accepted_unknown: usize,
    /// Of those, the ones that the sandbox answered as it should: their worker was troubled.
    pub unanswered: usize,
    /// Submissions that had been accepted when the maximum cost was reached.
    pub after_max_cost: usize,
    /// Submissions that began.
    pub begun: usize,
    /// Jobs that were unknown for a while, until a late word came.
    pub late: usize,
    /// The most jobs at the sandbox at once; those that were unknown for a while are not counted.
    pub at_once: usize,
    /// Calls that the sandbox let go wrong.
    pub faults: usize,
    pub took: Duration,
    /// Everything that must not be.
    pub broken: Vec<String>,
}

/// How many answers may be lost by one trouble. More may be on their way, but rarely are.
const MAX_LOST: usize = 3;

/// The file that the sandbox serves for each job.
const CONTENT: &[u8] = include_bytes!("../../../../runcomfy-sandbox/assets/video.mp4");

impl Verdict {
    pub(crate) fn of(evidence: &Evidence<'_>) -> Self {
        let mut verdict = Self { faults: evidence.sandbox.faults(), ..Self::default() };
        verdict.compare_jobs(evidence);
        verdict.look_at_files(evidence);
        verdict.follow_history(evidence);
        verdict.check_arrivals(evidence);
        verdict
    }

    pub fn count(&self, state: State) -> usize {
        self.states.get(&state).copied().unwrap_or_default()
    }

    fn broken(&mut self, what: String) {
        self.broken.push(what);
    }

    /// Each accepted submission is known, and each job has come to its end.
    fn compare_jobs(&mut self, evidence: &Evidence<'_>) {
        let mut accepted: BTreeMap<u64, Vec<String>> = BTreeMap::new();
        for job in evidence.sandbox.accepted_jobs() {
            let number = calls::of_accepted(&job) as u64;
            accepted.entry(number).or_default().push(job.request_id);
            self.accepted += 1;
        }
        let mut unknown = HashSet::new();
        for job in evidence.jobs {
            let number = job.number;
            *self.states.entry(job.state).or_default() += 1;
            let ids = accepted.remove(&number).unwrap_or_default();
            if job.input["prompt"].as_str() != Some(&format!("call {number}")) {
                self.broken(format!("job {number} has the input of another one"));
            }
            if ids.len() > 1 {
                self.broken(format!("job {number} was accepted {} times", ids.len()));
            }
            let known: Vec<&str> = job
                .request_id
                .iter()
                .map(|id| id.as_str())
                .chain(job.earlier.iter().map(String::as_str))
                .collect();
            for id in &known {
                if !ids.iter().any(|accepted| accepted == id) {
                    self.broken(format!("job {number} has the id {id}, which was never accepted"));
                }
            }
            match job.state {
                State::Unknown => {
                    self.accepted_unknown += ids.len();
                    unknown.extend(ids);
                    if job.reason.is_none() {
                        self.broken(format!("job {number} is unknown, and nobody says why"));
                    }
                }
                State::Done | State::Failed => {
                    for id in ids.iter().filter(|id| !known.contains(&&***id)) {
                        self.broken(format!("job {number} is {}: {id} is LOST", job.state));
                    }
                    // The sandbox lets no job fail.
                    let is_paid = !ids.is_empty();
                    if is_paid != (job.state == State::Done) {
                        let reason = job.reason.as_deref().unwrap_or_default();
                        self.broken(format!(
                            "job {number} is {} with {} jobs at the sandbox: {reason}",
                            job.state,
                            ids.len()
                        ));
                    }
                }
                state => self.broken(format!("job {number} is left {state}")),
            }
        }
        let is_unknown = |id: &String| unknown.contains(id);
        let answered = evidence.seen.arrivals.iter().filter(|arrival| !arrival.is_faulty);
        self.unanswered =
            answered.filter(|arrival| arrival.request_id.as_ref().is_some_and(is_unknown)).count();
        if self.unanswered > MAX_LOST * evidence.troubles {
            self.broken(format!("{} jobs are unknown without a reason", self.unanswered));
        }
        for (number, ids) in accepted {
            self.broken(format!("{ids:?} were accepted for job {number}, which is in no batch"));
        }
    }

    /// Each job that is done has its file, whole, and no other file has a final name.
    fn look_at_files(&mut self, evidence: &Evidence<'_>) {
        let mut expected = BTreeSet::new();
        for job in evidence.jobs.iter().filter(|job| job.state == State::Done) {
            let path = format!("{}.mp4", file(job.number));
            // Nobody can tell half a file with the length of a half.
            let name = job.request_id.as_ref().map(|id| format!("{id}.mp4")).unwrap_or_default();
            let is_halved = evidence.seen.halved.contains(&name);
            let half = &CONTENT[..CONTENT.len() / 2];
            let is_whole = |content: &[u8]| content == CONTENT || is_halved && content == half;
            match std::fs::read(evidence.folder.join(&path)) {
                Ok(content) if is_whole(&content) => match &*job.files {
                    [saved] if saved.path == path && saved.size == content.len() as u64 => {}
                    files => self.broken(format!("job {} has the files {files:?}", job.number)),
                },
                Ok(content) => {
                    self.broken(format!("{path} has {} bytes, and is damaged", content.len()))
                }
                Err(error) => self.broken(format!("{path}: {error}")),
            }
            expected.insert(path);
        }
        let folders = std::fs::read_dir(evidence.folder).into_iter().flatten().flatten();
        let entries =
            folders.flat_map(|folder| std::fs::read_dir(folder.path())).flatten().flatten();
        for entry in entries {
            let path = entry.path();
            let path =
                path.strip_prefix(evidence.folder).unwrap_or(&path).to_string_lossy().into_owned();
            if path.ends_with(".mp4") && !expected.contains(&path) {
                self.broken(format!("{path} belongs to no job that is done"));
            }
        }
    }

    /// Each change of a state is one that may be, and each beginning kept to the limits.
    fn follow_history(&mut self, evidence: &Evidence<'_>) {
        use State::{Done, Failed, New, Submitted, Submitting, Unknown};

        /// A worker may be frozen, or without an answer, between the time that it reads and what it writes.
        const LONGEST_STALL: i64 = 30_000;

        let at_once = evidence.limits.at_once.map_or(usize::MAX, |limit| limit as usize);
        let step = evidence.limits.per_minute.map_or(0, |limit| 60_000 / i64::from(limit));
        let mut in_flight = BTreeSet::new();
        let (mut last_begin, mut late) = (0, BTreeSet::new());
        for change in evidence.history {
            let Change { number, old, new, begun_at, at } = *change;
            match (old, new) {
                (New, Submitting) => {
                    self.begun += 1;
                    in_flight.insert(number);
                    if in_flight.len() > at_once {
                        self.broken(format!("job {number} began as one of {}", in_flight.len()));
                    }
                    if begun_at < last_begin + step {
                        self.broken(format!(
                            "job {number} began {} ms early",
                            last_begin + step - begun_at
                        ));
                    }
                    if !(0..LONGEST_STALL).contains(&(at - begun_at)) {
                        self.broken(format!("job {number} began at {at}, and says {begun_at}"));
                    }
                    last_begin = begun_at;
                }
                (Submitting, New | Unknown) | (Submitted, Done | Failed) => {
                    in_flight.remove(&number);
                }
                (Submitting, Submitted) | (New, Failed) => {}
                // The late word of a worker that was taken for dead.
                (Unknown, Submitted | New) => drop(late.insert(number)),
                _ => self.broken(format!("job {number} went from {old} to {new}")),
            }
        }
        self.late = late.len();
    }

    /// What the sandbox saw keeps to the limits, too.
    fn check_arrivals(&mut self, evidence: &Evidence<'_>) {
        const WINDOW: Duration = Duration::from_secs(5);

        let mut times: Vec<Instant> =
            evidence.seen.arrivals.iter().map(|arrival| arrival.at).collect();
        times.sort();
        if self.begun < times.len() {
            self.broken(format!("{} submissions arrived, and {} began", times.len(), self.begun));
        }
        if let (Some(per_minute), Some(at_once)) =
            (evidence.limits.per_minute, evidence.limits.at_once)
        {
            // Those that began before the window may arrive in it.
            let most = per_minute as usize * WINDOW.as_secs() as usize / 60 + 1 + at_once as usize;
            let first_behind = |start: Instant| times.partition_point(|at| *at <= start + WINDOW);
            let most_seen =
                times.iter().enumerate().map(|(index, at)| first_behind(*at) - index).max();
            if most_seen.unwrap_or_default() > most {
                self.broken(format!(
                    "{most_seen:?} submissions arrived within {WINDOW:?}, not {most}"
                ));
            }
        }
        // A job is at the sandbox from its acceptance to its end. One that was unknown for a while did not
        // count among those in flight meanwhile.
        let was_unknown: BTreeSet<u64> = evidence
            .history
            .iter()
            .filter(|change| change.new == State::Unknown)
            .map(|change| change.number)
            .collect();
        let counted: HashSet<String> = evidence
            .sandbox
            .accepted_jobs()
            .into_iter()
            .filter(|job| !was_unknown.contains(&(calls::of_accepted(job) as u64)))
            .map(|job| job.request_id)
            .collect();
        let mut edges: Vec<(Instant, isize)> = Vec::new();
        for arrival in &evidence.seen.arrivals {
            if arrival.request_id.as_ref().is_some_and(|id| counted.contains(id)) {
                edges.extend([(arrival.at, 1), (arrival.at + QUEUE_TIME + RUN_TIME, -1)]);
            }
        }
        edges.sort();
        let (mut now, mut most) = (0_isize, 0_isize);
        for (_, change) in edges {
            now += change;
            most = most.max(now);
        }
        self.at_once = usize::try_from(most).unwrap_or_default();
        if evidence.limits.at_once.is_some_and(|limit| self.at_once > limit as usize) {
            self.broken(format!("{most} jobs were at the sandbox at once"));
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} submissions began in {:.1} s, {} were accepted ({} until the maximum cost): {} jobs are done, {} failed, \
             {} unknown ({} of them accepted, {} without a fault)",
            self.begun,
            self.took.as_secs_f64(),
            self.accepted,
            self.after_max_cost,
            self.count(State::Done),
            self.count(State::Failed),
            self.count(State::Unknown),
            self.accepted_unknown,
            self.unanswered,
        )?;
        write!(
            f,
            "{} faults; {} jobs were unknown for a while; at most {} at the sandbox at once",
            self.faults, self.late, self.at_once
        )?;
        self.broken.iter().try_for_each(|broken| write!(f, "\n  BROKEN: {broken}"))
    }
}
