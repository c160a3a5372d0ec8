//! The queue of jobs. It does no I/O; callers pass the current time.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::call::Call;
use crate::settings::{Lag, Lags, Stage};

#[derive(Debug)]
pub(crate) struct Queue {
    jobs: HashMap<Arc<str>, Job>,
    /// Number and id of the waiting jobs, in order of their numbers.
    waiting: VecDeque<(usize, Arc<str>)>,
    /// The time when each worker becomes free; the heap gives the earliest.
    workers: BinaryHeap<Reverse<Duration>>,
    queue_time: Duration,
    run_time: Duration,
    /// A prefix of the ids, so that two sandboxes do not share ids.
    stamp: u32,
}

/// A submission.
#[derive(Debug, Default)]
pub(crate) struct NewJob {
    pub(crate) model_id: String,
    pub(crate) input: Value,
    /// In microdollars.
    pub(crate) price: i64,
    /// The reason if the job fails at its end.
    pub(crate) failure: Option<String>,
    /// Replaces the usual id.
    pub(crate) id: Option<String>,
    pub(crate) lags: Lags,
}

#[derive(Debug)]
pub(crate) struct Job {
    number: usize,
    pub(crate) model_id: String,
    pub(crate) submitted: Duration,
    pub(crate) input: Value,
    pub(crate) price: i64,
    schedule: Schedule,
    failure: Option<String>,
    lags: Lags,
}

/// Whether a job has started, and when it ends: that is known as soon as it starts.
#[derive(Clone, Copy, Debug)]
enum Schedule {
    Waiting,
    Started { end: Duration },
    Cancelled { at: Duration },
}

/// A job's stage at one moment, with what calls tell about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Snapshot {
    Queued { position: usize },
    Running,
    Succeeded { at: Duration },
    Failed { at: Duration, reason: String },
    Cancelled { at: Duration },
}

impl Snapshot {
    pub(crate) fn stage(&self) -> Stage {
        match self {
            Self::Queued { .. } => Stage::Queued,
            Self::Running => Stage::Running,
            Self::Succeeded { .. } => Stage::Succeeded,
            Self::Failed { .. } => Stage::Failed,
            Self::Cancelled { .. } => Stage::Cancelled,
        }
    }

    fn has_ended(&self) -> bool {
        !matches!(self, Self::Queued { .. } | Self::Running)
    }
}

impl Queue {
    pub(crate) fn new(
        workers: usize,
        queue_time: Duration,
        run_time: Duration,
        stamp: u32,
    ) -> Self {
        Self {
            jobs: HashMap::new(),
            waiting: VecDeque::new(),
            workers: vec![Reverse(Duration::ZERO); workers.max(1)].into(),
            queue_time,
            run_time,
            stamp,
        }
    }

    /// Queues a job, and returns its id.
    pub(crate) fn submit(&mut self, now: Duration, new: NewJob) -> Arc<str> {
        let NewJob { model_id, input, price, failure, id, lags } = new;
        let number = self.jobs.len() + 1;
        let id = match id {
            Some(id) if !self.jobs.contains_key(&*id) => id.into(),
            _ => format!("{:08x}-0000-4000-8000-{number:012x}", self.stamp).into(),
        };
        let schedule = Schedule::Waiting;
        let job = Job { number, model_id, submitted: now, input, price, schedule, failure, lags };
        self.jobs.insert(Arc::clone(&id), job);
        self.waiting.push_back((number, Arc::clone(&id)));
        id
    }

    pub(crate) fn accepted(&self) -> usize {
        self.jobs.len()
    }

    /// Id, model id and input of every job.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.jobs.iter().map(|(id, job)| (&**id, &*job.model_id, &job.input))
    }

    /// A job, and how it stands now.
    pub(crate) fn get(&mut self, now: Duration, id: &str) -> Option<(&Job, Snapshot)> {
        self.advance(now);
        let job = self.jobs.get(id)?;
        let snapshot = match job.schedule {
            Schedule::Waiting => {
                let place = self.waiting.binary_search_by_key(&job.number, |(number, _)| *number);
                Snapshot::Queued { position: place.unwrap_or_default() }
            }
            Schedule::Started { end } if now < end => Snapshot::Running,
            Schedule::Started { end } => match &job.failure {
                None => Snapshot::Succeeded { at: end },
                Some(reason) => Snapshot::Failed { at: end, reason: reason.clone() },
            },
            Schedule::Cancelled { at } => Snapshot::Cancelled { at },
        };
        Some((job, snapshot))
    }

    /// How the response to this call lags, if it does. Counts the call.
    pub(crate) fn take_lag(&mut self, now: Duration, id: &str, call: Call) -> Option<Lag> {
        let Lags { after_accept, after_end } = self.jobs.get(id)?.lags;
        if after_accept.is_none() && after_end.is_none() {
            return None;
        }
        let (_, snapshot) = self.get(now, id)?;
        let lags = &mut self.jobs.get_mut(id)?.lags;
        let take = |lag: &mut Option<(u32, Lag)>| match lag {
            Some((left, lag)) if *left > 0 => {
                *left -= 1;
                Some(*lag)
            }
            _ => None,
        };
        take(&mut lags.after_accept).or_else(|| {
            let applies = call == Call::Result && snapshot.has_ended();
            applies.then(|| take(&mut lags.after_end)).flatten()
        })
    }

    /// Cancels a queued job. Returns whether it was still queued; `None` if there is no such job.
    pub(crate) fn cancel(&mut self, now: Duration, id: &str) -> Option<bool> {
        self.advance(now);
        let job = self.jobs.get_mut(id)?;
        let waits = matches!(job.schedule, Schedule::Waiting);
        if waits {
            job.schedule = Schedule::Cancelled { at: now };
            let place = self.waiting.binary_search_by_key(&job.number, |(number, _)| *number);
            place.ok().and_then(|place| self.waiting.remove(place));
        }
        Some(waits)
    }

    /// Starts, in order, every job that a free worker could have started by now.
    fn advance(&mut self, now: Duration) {
        while let Some(job) = self.waiting.front().and_then(|(_, id)| self.jobs.get_mut(id)) {
            let Some(mut free) = self.workers.peek_mut() else { return };
            let start = free.0.max(job.submitted.saturating_add(self.queue_time));
            if start > now {
                return;
            }
            let end = start.saturating_add(self.run_time);
            *free = Reverse(end);
            job.schedule = Schedule::Started { end };
            self.waiting.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn submit(queue: &mut Queue, failure: Option<&str>) -> Arc<str> {
        let failure = failure.map(str::to_owned);
        queue.submit(Duration::ZERO, NewJob { failure, ..NewJob::default() })
    }

    fn word(queue: &mut Queue, seconds: u32, id: &str) -> String {
        match queue.get(SECOND * seconds, id).unwrap().1 {
            Snapshot::Queued { position } => format!("queued {position}"),
            snapshot => format!("{:?}", snapshot.stage()).to_lowercase(),
        }
    }

    #[test]
    fn one_worker_runs_jobs_in_order() {
        let mut queue = Queue::new(1, SECOND * 2, SECOND * 10, 0);
        let ids: Vec<_> = (0..3).map(|_| submit(&mut queue, None)).collect();
        let mut words =
            |seconds| ids.iter().map(|id| word(&mut queue, seconds, id)).collect::<Vec<_>>();
        assert_eq!(words(0), ["queued 0", "queued 1", "queued 2"]);
        assert_eq!(words(2), ["running", "queued 0", "queued 1"]);
        assert_eq!(words(12), ["succeeded", "running", "queued 0"]);
        // The queue catches up after a long time without calls.
        assert_eq!(words(31), ["succeeded", "succeeded", "running"]);
        assert_eq!(words(32), ["succeeded", "succeeded", "succeeded"]);
    }

    #[test]
    fn each_worker_runs_one_job() {
        let mut queue = Queue::new(2, Duration::ZERO, SECOND * 10, 0);
        let ids: Vec<_> = (0..4).map(|_| submit(&mut queue, None)).collect();
        let words: Vec<_> = ids.iter().map(|id| word(&mut queue, 1, id)).collect();
        assert_eq!(words, ["running", "running", "queued 0", "queued 1"]);
        assert_eq!(word(&mut queue, 10, &ids[3]), "running");
    }

    #[test]
    fn only_queued_jobs_can_be_cancelled() {
        let mut queue = Queue::new(1, Duration::ZERO, SECOND * 10, 0);
        let first = submit(&mut queue, None);
        let second = submit(&mut queue, None);
        let third = submit(&mut queue, Some("broken"));
        assert_eq!(queue.cancel(SECOND, &first), Some(false));
        assert_eq!(word(&mut queue, 1, &third), "queued 1");
        assert_eq!(queue.cancel(SECOND, &second), Some(true));
        assert_eq!(queue.cancel(SECOND, &second), Some(false));
        assert_eq!(queue.cancel(SECOND, "none"), None);
        assert_eq!(word(&mut queue, 2, &third), "queued 0");
        assert_eq!(word(&mut queue, 20, &third), "failed");
        assert_eq!(word(&mut queue, 20, &second), "cancelled");
    }

    #[test]
    fn lags_apply_to_the_given_number_of_calls() {
        let mut queue = Queue::new(1, Duration::ZERO, SECOND, 0);
        let lags =
            Lags { after_accept: Some((2, Lag::NotFound)), after_end: Some((1, Lag::NotReady)) };
        let id = queue.submit(Duration::ZERO, NewJob { lags, ..NewJob::default() });
        let mut lag = |now, call| queue.take_lag(now, &id, call);
        assert_eq!(lag(Duration::ZERO, Call::Status), Some(Lag::NotFound));
        assert_eq!(lag(Duration::ZERO, Call::Cancel), Some(Lag::NotFound));
        assert_eq!(lag(Duration::ZERO, Call::Result), None);
        assert_eq!(lag(SECOND, Call::Status), None);
        assert_eq!(lag(SECOND, Call::Result), Some(Lag::NotReady));
        assert_eq!(lag(SECOND, Call::Result), None);
    }
}
