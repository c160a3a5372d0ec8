//! Faults by chance.

use std::time::Duration;

use super::{Call, Fault, Reply};

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
    pub(super) fn draw(self, call: Call, key: &str, count: u32) -> Option<Fault> {
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
        Call::Cancel | Call::Catalog | Call::Account | Call::Output => {}
    }
    let index = random.usize(..faults.len());
    faults.swap_remove(index)
}
