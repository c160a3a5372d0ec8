//! The queue: who waits, who runs, who is done. Pure: told what time it is, and of nothing else.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use serde_json::Value;

#[derive(Debug)]
pub(crate) struct Queue {
    jobs: HashMap<String, Job>,
    waiting: VecDeque<String>,
    /// When each worker is free.
    workers: Vec<Duration>,
    queue_time: Duration,
    run_time: Duration,
    /// Tells the ids of this queue from those of another.
    stamp: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) model_id: String,
    pub(crate) submitted: Duration,
    input: Value,
    phase: Phase,
    failure: Option<String>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    Waiting,
    Started { end: Duration },
    Cancelled { at: Duration },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    InQueue { position: usize },
    InProgress,
    Completed { at: Duration },
    Failed { at: Duration, reason: String },
    Cancelled { at: Duration },
}

impl State {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::InQueue { .. } => "in_queue",
            Self::InProgress => "in_progress",
            Self::Completed { .. } => "completed",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
        }
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
            workers: vec![Duration::ZERO; workers.max(1)],
            queue_time,
            run_time,
            stamp,
        }
    }

    /// Takes a job on; gives its id. With a `failure` it fails at its end.
    pub(crate) fn submit(
        &mut self,
        now: Duration,
        model_id: &str,
        input: Value,
        failure: Option<String>,
    ) -> String {
        let id = format!("{:08x}-0000-4000-8000-{:012x}", self.stamp, self.jobs.len() + 1);
        let model_id = model_id.to_owned();
        let job = Job { model_id, submitted: now, input, phase: Phase::Waiting, failure };
        self.jobs.insert(id.clone(), job);
        self.waiting.push_back(id.clone());
        id
    }

    pub(crate) fn accepted(&self) -> usize {
        self.jobs.len()
    }

    /// Id, model id and input of every job.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str, &Value)> {
        self.jobs.iter().map(|(id, job)| (&**id, &*job.model_id, &job.input))
    }

    pub(crate) fn get(&mut self, now: Duration, id: &str) -> Option<(Job, State)> {
        self.advance(now);
        let job = self.jobs.get(id)?;
        let state = match job.phase {
            Phase::Waiting => {
                let position = self.waiting.iter().position(|waiting| waiting == id);
                State::InQueue { position: position.unwrap_or_default() }
            }
            Phase::Started { end } if now < end => State::InProgress,
            Phase::Started { end } => match &job.failure {
                None => State::Completed { at: end },
                Some(reason) => State::Failed { at: end, reason: reason.clone() },
            },
            Phase::Cancelled { at } => State::Cancelled { at },
        };
        Some((job.clone(), state))
    }

    /// Cancels what is queued; `None` where there is no such job.
    pub(crate) fn cancel(&mut self, now: Duration, id: &str) -> Option<bool> {
        self.advance(now);
        let job = self.jobs.get_mut(id)?;
        let waits = matches!(job.phase, Phase::Waiting);
        if waits {
            job.phase = Phase::Cancelled { at: now };
            self.waiting.retain(|waiting| waiting != id);
        }
        Some(waits)
    }

    /// Starts every job that had its turn by now: the first in line, when a worker is free.
    fn advance(&mut self, now: Duration) {
        while let Some(job) = self.waiting.front().and_then(|id| self.jobs.get_mut(id)) {
            let Some(free) = self.workers.iter_mut().min() else { return };
            let start = (*free).max(job.submitted + self.queue_time);
            if start > now {
                return;
            }
            let end = start + self.run_time;
            *free = end;
            job.phase = Phase::Started { end };
            self.waiting.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn word(queue: &mut Queue, seconds: u32, id: &str) -> String {
        match queue.get(SECOND * seconds, id).unwrap().1 {
            State::InQueue { position } => format!("in_queue {position}"),
            state => state.word().to_owned(),
        }
    }

    #[test]
    fn jobs_wait_for_their_turn_and_run_one_after_the_other() {
        let mut queue = Queue::new(1, SECOND * 2, SECOND * 10, 0);
        let ids: Vec<_> =
            (0..3).map(|_| queue.submit(Duration::ZERO, "a", Value::Null, None)).collect();
        let mut words =
            |seconds| ids.iter().map(|id| word(&mut queue, seconds, id)).collect::<Vec<_>>();
        assert_eq!(words(0), ["in_queue 0", "in_queue 1", "in_queue 2"]);
        assert_eq!(words(2), ["in_progress", "in_queue 0", "in_queue 1"]);
        assert_eq!(words(12), ["completed", "in_progress", "in_queue 0"]);
        // Nobody looked for a long time: the same as if somebody had.
        assert_eq!(words(31), ["completed", "completed", "in_progress"]);
        assert_eq!(words(32), ["completed", "completed", "completed"]);
    }

    #[test]
    fn only_what_is_queued_can_be_cancelled() {
        let mut queue = Queue::new(1, Duration::ZERO, SECOND * 10, 0);
        let first = queue.submit(Duration::ZERO, "a", Value::Null, None);
        let second = queue.submit(Duration::ZERO, "a", Value::Null, None);
        let third = queue.submit(Duration::ZERO, "a", Value::Null, Some("broken".into()));
        assert_eq!(queue.cancel(SECOND, &first), Some(false));
        assert_eq!(queue.cancel(SECOND, &second), Some(true));
        assert_eq!(queue.cancel(SECOND, &second), Some(false));
        assert_eq!(queue.cancel(SECOND, "none"), None);
        assert_eq!(word(&mut queue, 2, &third), "in_queue 0");
        assert_eq!(word(&mut queue, 20, &third), "failed");
        assert_eq!(word(&mut queue, 20, &second), "cancelled");
    }
}
