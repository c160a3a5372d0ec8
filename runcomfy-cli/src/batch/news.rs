//! What is told of trouble and of silence, so that a person who looks on learns of both, and not too often.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use runcomfy_batch::Event;
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::line;

/// How often the same trouble is told, and after what time it is told that nothing happens.
const INTERVAL: Duration = Duration::from_secs(30);

/// Kinds of trouble that are told apart. A service that makes up messages has no more.
const MAX_KINDS: usize = 50;

/// What happened to the jobs of a worker.
#[derive(Debug)]
pub(super) struct News {
    last: Instant,
    /// The silence that is told next.
    silence: Duration,
    troubles: HashMap<String, Trouble>,
}

#[derive(Debug, Default)]
struct Trouble {
    /// The jobs that have it.
    jobs: BTreeSet<u64>,
    told: Option<Instant>,
}

impl News {
    pub(super) fn new(now: Instant) -> Self {
        Self { last: now, silence: INTERVAL, troubles: HashMap::new() }
    }

    /// Takes note of an event. Returns what to tell of trouble.
    pub(super) fn event(&mut self, now: Instant, event: &Event) -> Option<String> {
        (self.last, self.silence) = (now, INTERVAL);
        match event {
            Event::Trouble { number, reason } => self.trouble(now, *number, reason),
            Event::Submitted { number, .. } | Event::Status { number, .. } => {
                self.goes_on(*number);
                None
            }
            Event::Ended(job) => {
                self.goes_on(job.number);
                None
            }
            _ => None,
        }
    }

    fn trouble(&mut self, now: Instant, number: u64, reason: &str) -> Option<String> {
        self.goes_on(number);
        let mut kind = kind_of(reason);
        if self.troubles.len() >= MAX_KINDS && !self.troubles.contains_key(&kind) {
            kind.clear();
        }
        let trouble = self.troubles.entry(kind).or_default();
        trouble.jobs.insert(number);
        let is_told = trouble.told.is_some_and(|told| now.duration_since(told) < INTERVAL);
        if is_told {
            return None;
        }
        trouble.told = Some(now);
        let reason = line(reason);
        Some(match trouble.jobs.len() {
            1 => format!("job {number}: {reason}; trying again"),
            jobs => format!("{reason}; {} wait; trying again", counted(jobs, "job")),
        })
    }

    /// A job has no trouble any more.
    fn goes_on(&mut self, number: u64) {
        for trouble in self.troubles.values_mut() {
            trouble.jobs.remove(&number);
        }
    }

    /// The silence so far, if it is to be told: after half a minute, a minute, two minutes, and so on.
    pub(super) fn silence(&mut self, now: Instant) -> Option<Duration> {
        let silence = now.duration_since(self.last);
        if silence < self.silence {
            return None;
        }
        self.silence = self.silence.saturating_mul(2);
        Some(silence)
    }
}

/// A reason without ids, numbers and URLs, which differ from job to job.
fn kind_of(reason: &str) -> String {
    let is_common =
        |word: &&str| !word.contains(|letter: char| letter.is_numeric() || letter == '/');
    reason.split_whitespace().filter(is_common).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trouble(number: u64, reason: &str) -> Event {
        Event::Trouble { number, reason: reason.to_owned() }
    }

    #[test]
    fn the_same_trouble_is_told_once_in_half_a_minute() {
        let start = Instant::now();
        let mut news = News::new(start);
        let mut tell =
            |seconds, event: Event| news.event(start + Duration::from_secs(seconds), &event);
        let down = |number: u64| {
            trouble(number, &format!("cannot reach http://h/v1/job-{number}: refused"))
        };
        assert_eq!(
            tell(1, down(1)).unwrap(),
            "job 1: cannot reach http://h/v1/job-1: refused; trying again"
        );
        assert_eq!((2..=9).find_map(|number| tell(2, down(number))), None);
        // Another trouble is told at once.
        assert_eq!(
            tell(3, trouble(9, "the disk is full")).unwrap(),
            "job 9: the disk is full; trying again"
        );
        assert_eq!(tell(30, down(2)), None);
        assert_eq!(
            tell(31, down(2)).unwrap(),
            "cannot reach http://h/v1/job-2: refused; 8 jobs wait; trying again"
        );
        assert_eq!(tell(60, down(2)), None);
        let id: runcomfy_models::RequestId =
            "9c1f03d2-0000-4000-8000-000000000001".parse().unwrap();
        for number in 3..=8 {
            tell(61, Event::Submitted { number, request_id: id.clone() });
        }
        assert!(tell(62, down(2)).unwrap().contains("; 2 jobs wait; "));
    }

    #[test]
    fn messages_without_end_do_not_fill_the_memory() {
        let start = Instant::now();
        let mut news = News::new(start);
        let letters = |number: u64| "x".repeat(usize::try_from(number).unwrap());
        let told =
            (1..=1_000).filter_map(|number| news.event(start, &trouble(number, &letters(number))));
        assert_eq!(told.count(), MAX_KINDS + 1);
    }

    #[test]
    fn silence_is_told_after_ever_longer_times() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut news = News::new(start);
        let told: Vec<_> =
            (0..=300).filter(|seconds| news.silence(at(*seconds)).is_some()).collect();
        assert_eq!(told, [30, 60, 120, 240]);
        news.event(at(301), &trouble(1, "x"));
        let told: Vec<_> =
            (301..=400).filter(|seconds| news.silence(at(*seconds)).is_some()).collect();
        assert_eq!(told, [331, 361]);
    }
}
