//! Where a batch stands, in words and as JSON.

use std::time::Duration;

use runcomfy_batch::{BatchStatus, State};
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::line;
use serde_json::{Map, Value, json};

/// `120 done, 3 failed, 77 new`
pub(super) fn counts(status: &BatchStatus) -> String {
    let order = [
        State::Done,
        State::Failed,
        State::Cancelled,
        State::Unknown,
        State::Submitted,
        State::Submitting,
        State::New,
    ];
    let counts = order.iter().map(|state| (state, status.count(*state)));
    let counts: Vec<_> = counts
        .filter(|(_, count)| *count > 0)
        .map(|(state, count)| format!("{count} {state}"))
        .collect();
    counts.join(", ")
}

/// `$33.60 of at most $50.00`
pub(super) fn money(status: &BatchStatus) -> String {
    match status.limits.max_cost {
        Some(max) => format!("{} of at most {max}", status.committed),
        None => status.committed.to_string(),
    }
}

/// `no news for 30 s: 3 jobs at the service, 1 being submitted`, if a job is under way.
pub(super) fn silence(time: Duration, status: &BatchStatus) -> Option<String> {
    let (submitted, submitting) = (status.count(State::Submitted), status.count(State::Submitting));
    (submitted + submitting > 0).then(|| {
        format!(
            "no news for {} s: {} at the service, {submitting} being submitted",
            time.as_secs(),
            counted(submitted, "job")
        )
    })
}

/// Lines for a person.
pub(super) fn text(name: &str, status: &BatchStatus) -> String {
    let mut text = format!("{name}: {}: {}\n", counted(status.total(), "job"), counts(status));
    text += &format!("cost: {}, estimates and jobs under way included\n", money(status));
    let limits = [
        status.limits.at_once.map(|count| format!("{count} at once")),
        status.limits.per_minute.map(|count| format!("{count} per minute")),
    ];
    let limits: Vec<_> = limits.into_iter().flatten().collect();
    if !limits.is_empty() {
        text += &format!("limits: {}\n", limits.join(", "));
    }
    if status.is_paused {
        let because = status.paused_because.as_deref().map(|reason| format!(": {}", line(reason)));
        text += &format!("paused{}\n", because.unwrap_or_default());
    }
    for worker in &status.workers {
        text += &format!("worker {}, seen {} s ago\n", line(&worker.name), worker.seen);
    }
    text
}

pub(super) fn json(name: &str, status: &BatchStatus) -> Value {
    let counts: Map<String, Value> =
        State::ALL.iter().map(|state| (state.to_string(), status.count(*state).into())).collect();
    let workers =
        status.workers.iter().map(|worker| json!({"name": worker.name, "seen": worker.seen}));
    json!({
        "name": name, "jobs": status.total(), "counts": counts, "left": status.left(),
        "committed": status.committed, "is_paused": status.is_paused,
        "paused_because": status.paused_because, "workers": workers.collect::<Vec<_>>(),
        "limits": {
            "at_once": status.limits.at_once, "per_minute": status.limits.per_minute,
            "max_cost": status.limits.max_cost,
        },
    })
}
