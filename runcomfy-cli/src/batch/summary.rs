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

/// `the 40 new jobs: about $84.00`, if there are new jobs.
fn new_cost(status: &BatchStatus) -> Option<String> {
    let jobs = match status.count(State::New) {
        0 => return None,
        1 => "the new job".to_owned(),
        count => format!("the {count} new jobs"),
    };
    Some(match (status.unpriced, status.count(State::New)) {
        (0, _) => format!("{jobs}: about {}", status.estimate),
        (unpriced, new) if unpriced == new => format!("{jobs}: of unknown price"),
        (unpriced, _) => format!(
            "{jobs}: about {} and {} of unknown price",
            status.estimate,
            counted(unpriced, "job")
        ),
    })
}

/// The command that goes on with a batch: `rcf batch work`, in quotes, and what must come before it.
pub(super) fn go_on(status: &BatchStatus, flags: &str) -> String {
    let work = format!("`rcf batch work{flags}`");
    if status.is_paused { format!("`rcf batch resume{flags}`, then {work}") } else { work }
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
    let new = new_cost(status).map(|cost| format!("; {cost}")).unwrap_or_default();
    text += &format!("cost: {} spent or under way{new}\n", money(status));
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
        "committed": status.committed, "estimate": status.estimate, "unpriced": status.unpriced,
        "is_paused": status.is_paused,
        "paused_because": status.paused_because, "workers": workers.collect::<Vec<_>>(),
        "limits": {
            "at_once": status.limits.at_once, "per_minute": status.limits.per_minute,
            "max_cost": status.limits.max_cost,
        },
    })
}
