//! The log of the sandbox, as lines that are written when a call has ended.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A submission that reached the sandbox.
#[derive(Clone, Debug)]
pub(crate) struct Arrival {
    pub(crate) at: Instant,
    /// The id of the job, if it was accepted.
    pub(crate) request_id: Option<String>,
    /// Whether the sandbox let the call go wrong.
    pub(crate) is_faulty: bool,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Arc<Mutex<Seen>>);

#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) arrivals: Vec<Arrival>,
    /// The files that were served by halves, with a length that says that they are whole.
    pub(crate) halved: BTreeSet<String>,
}

impl Log {
    pub(crate) fn add(&self, line: &str) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let words: Vec<&str> = line.split(' ').collect();
        let after = |word| {
            words.iter().position(|other| *other == word).and_then(|at| words.get(at + 1)).copied()
        };
        if let Some(name) = after("GET").and_then(|path| path.strip_prefix("/outputs/"))
            && after("fault") == Some("Truncated")
        {
            seen.halved.insert(name.to_owned());
        }
        if after("POST").is_some_and(|path| path.starts_with("/v1/models/")) {
            let took = words
                .iter()
                .position(|word| *word == "ms")
                .and_then(|at| words.get(at.checked_sub(1)?)?.parse::<f64>().ok());
            let took = Duration::from_secs_f64(took.unwrap_or_default() / 1e3);
            let request_id = after("request").map(str::to_owned);
            let is_faulty = after("fault").is_some();
            seen.arrivals.push(Arrival { at: Instant::now() - took, request_id, is_faulty });
        }
    }

    pub(crate) fn seen(&self) -> Seen {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
