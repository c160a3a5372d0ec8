//! What the sandbox was told to do wrong: with the next call of a kind, or with any by chance.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A call of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call {
    /// `POST /models/{model_id}`.
    Submit,
    /// `GET /requests/{request_id}/status`.
    Status,
    /// `GET /requests/{request_id}/result`.
    Result,
    /// `POST /requests/{request_id}/cancel`.
    Cancel,
    /// `GET /models` and `GET /models/{model_id}`.
    Catalog,
    /// The file of an output.
    Output,
}

/// An answer given instead of the right one. The call is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Reply {
    /// An answer of this HTTP status and body, as JSON unless another `content-type` is set.
    #[must_use]
    pub fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// A page, as a proxy gives one.
    #[must_use]
    pub fn html(status: u16) -> Self {
        let body = format!(
            "<html><head><title>{status} by a proxy</title></head><body>proxy</body></html>"
        );
        Self::new(status, body).header("content-type", "text/html")
    }

    /// A redirect.
    #[must_use]
    pub fn redirect(to: impl Into<String>) -> Self {
        Self::new(307, "").header("location", to)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// Something that goes wrong with a call. Whether the call is carried out all the same is what a
/// client cannot see: a submission that was is a job, and counts as accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// Another answer; not carried out.
    Reply(Reply),
    /// The connection is reset, and for so long no other is accepted, as where a server starts anew;
    /// not carried out.
    Refuse(Duration),
    /// The connection is reset before the body is read; not carried out.
    ResetBefore,
    /// The connection is reset while the body is read; not carried out.
    ResetWithin,
    /// Carried out, and the connection is reset instead of an answer.
    ResetAfter,
    /// Carried out, and the connection is reset after so many bytes of the answer, head included.
    ResetAnswer(usize),
    /// Never answered; not carried out.
    Stall,
    /// Carried out, and never answered.
    StallAfter,
    /// Carried out, and answered a byte at a time, with this pause before each.
    Drip(Duration),
    /// Carried out; the answer's body ends in its middle, and says that it is whole.
    Truncated,
    /// Carried out; the answer says that it is something else.
    ContentType(String),
    /// An answer of so many bytes; not carried out.
    Huge(u64),
    /// HTTP 429 with a date in `Retry-After`, so many seconds from now by a clock that is off, or in
    /// the past; not carried out.
    RetryAfterDate(i64),
    /// Carried out; the answer's `status` is another word.
    State(String),
    /// Carried out; the answer has neither `output` nor `error`.
    NoOutput,
}

/// Faults by chance, the same for the same seed and the same calls.
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use = "chaos does nothing until a sandbox gets it"]
pub struct Chaos {
    seed: u64,
    rate: f64,
}

impl Chaos {
    /// Lets one call in five go wrong.
    pub fn seeded(seed: u64) -> Self {
        Self { seed, rate: 0.2 }
    }

    /// The share of calls that go wrong, from 0 to 1.
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = rate.clamp(0.0, 1.0);
        self
    }

    /// The fault of a call, by what it is and how often it was made.
    fn draw(self, call: Call, key: &str, count: u32) -> Option<Fault> {
        let mut random = fastrand::Rng::with_seed(self.seed ^ mixed(key, count));
        (random.f64() < self.rate).then(|| any(call, &mut random))
    }
}

/// FNV-1a: the same on every machine.
fn mixed(key: &str, count: u32) -> u64 {
    let bytes = key.bytes().chain(count.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Any fault that makes sense for the call.
fn any(call: Call, random: &mut fastrand::Rng) -> Fault {
    let code = r#"{"error_code": 500999, "error_message": "internal"}"#;
    let busy =
        |wait: &str| Reply::new(429, r#"{"message": "slow down"}"#).header("retry-after", wait);
    let mut faults = vec![
        Fault::Refuse(Duration::from_millis(random.u64(1..20))),
        Fault::ResetBefore,
        Fault::ResetWithin,
        Fault::ResetAfter,
        Fault::ResetAnswer(random.usize(..300)),
        Fault::Stall,
        Fault::StallAfter,
        Fault::Drip(Duration::from_millis(random.u64(..4))),
        Fault::Truncated,
        Fault::ContentType("text/plain".to_owned()),
        Fault::RetryAfterDate(-3600),
        Fault::RetryAfterDate(1),
        Fault::Reply(busy("0")),
        Fault::Reply(busy("soon")),
        Fault::Reply(Reply::html(502)),
        Fault::Reply(Reply::html(200)),
        Fault::Reply(Reply::new(500, code)),
        Fault::Reply(Reply::new(503, "")),
        Fault::Reply(Reply::new(504, r#"{"detail": "upstream"}"#)),
        Fault::Reply(Reply::new(200, code)),
        Fault::Reply(Reply::new(200, r#"{"request_i"#)),
        Fault::Reply(Reply::redirect("https://elsewhere.example/v1")),
    ];
    match call {
        Call::Submit => faults.extend([
            Fault::Reply(Reply::new(400, r#"{"error": "no"}"#)),
            Fault::Reply(Reply::new(408, "")),
            Fault::Reply(Reply::new(200, r#"{"error_code": 400002}"#)),
        ]),
        Call::Status => faults.extend([
            Fault::State("warming_up".to_owned()),
            Fault::State("in_queue".to_owned()),
            Fault::State("completed".to_owned()),
        ]),
        Call::Result => faults.extend([
            Fault::NoOutput,
            Fault::State("in_progress".to_owned()),
            Fault::Huge(1024 * 1024 * 1024),
        ]),
        Call::Cancel | Call::Catalog | Call::Output => {}
    }
    let index = random.usize(..faults.len());
    faults.swap_remove(index)
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    plan: Mutex<Plan>,
    /// Why every job fails.
    always: Option<String>,
}

#[derive(Debug, Default)]
struct Plan {
    next: VecDeque<(Call, Fault)>,
    failures: VecDeque<String>,
    chaos: Option<Chaos>,
    /// How often each call was made under the chaos.
    counts: HashMap<String, u32>,
    done: usize,
}

impl Faults {
    pub(crate) fn failing(always: Option<String>) -> Self {
        Self { always, ..Self::default() }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, call: Call, fault: Fault) {
        self.plan().next.push_back((call, fault));
    }

    pub(crate) fn set_chaos(&self, chaos: Option<Chaos>) {
        let mut plan = self.plan();
        plan.chaos = chaos;
        plan.counts.clear();
    }

    /// The fault of this call, if there is one. The key tells what it is about.
    pub(crate) fn take(&self, call: Call, key: &str) -> Option<Fault> {
        let mut plan = self.plan();
        let index = plan.next.iter().position(|(other, _)| *other == call);
        let fault = match index.and_then(|index| plan.next.remove(index)) {
            Some((_, fault)) => Some(fault),
            None => {
                let chaos = plan.chaos?;
                let count = plan.counts.entry(key.to_owned()).or_default();
                *count += 1;
                let count = *count;
                chaos.draw(call, key, count)
            }
        };
        plan.done += usize::from(fault.is_some());
        fault
    }

    /// How many calls went wrong so far.
    pub(crate) fn done(&self) -> usize {
        self.plan().done
    }

    pub(crate) fn add_failure(&self, reason: String) {
        self.plan().failures.push_back(reason);
    }

    pub(crate) fn take_failure(&self) -> Option<String> {
        let next = self.plan().failures.pop_front();
        next.or_else(|| self.always.clone())
    }
}
