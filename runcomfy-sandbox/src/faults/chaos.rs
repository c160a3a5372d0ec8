//! Random faults.

use std::time::Duration;

use super::{Fault, Reply};
use crate::call::Call;
use crate::settings::Lag;

/// Random faults. The same seed and the same calls give the same faults.
#[derive(Clone, Copy, Debug, PartialEq)]
#[must_use = "chaos does nothing until a sandbox gets it"]
pub struct Chaos {
    seed: u64,
    rate: f64,
}

impl Chaos {
    /// Makes one call in five fail.
    pub fn seeded(seed: u64) -> Self {
        Self { seed, rate: 0.2 }
    }

    /// The share of calls that fail, from 0 to 1.
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = rate.clamp(0.0, 1.0);
        self
    }

    /// The fault of the `count`th call with this key, if it gets one.
    pub(super) fn draw(self, call: Call, key: &str, count: u32) -> Option<Fault> {
        let mut random = fastrand::Rng::with_seed(self.seed ^ hash(key, count));
        (random.f64() < self.rate).then(|| any_fault(call, &mut random))
    }
}

/// FNV-1a, which gives the same result on every machine.
fn hash(key: &str, count: u32) -> u64 {
    let bytes = key.bytes().chain(count.to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Draws a fault that makes sense for the call. No fault claims that a job failed or was cancelled
/// if it was not: a client would rightly believe that.
fn any_fault(call: Call, random: &mut fastrand::Rng) -> Fault {
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
            Fault::Reply(Reply::new(409, "")),
            Fault::Reply(Reply::html(413)),
            Fault::Reply(Reply::gateway(502, unknown_id(random))),
            Fault::Reply(Reply::gateway(503, unknown_id(random))),
            Fault::Reply(Reply::gateway(429, unknown_id(random)).header("retry-after", "0")),
            Fault::NumericId(number(random)),
            Fault::CutNumericId(number(random), random.usize(..20)),
            Fault::Padded(81 * 1024 * 1024),
            Fault::LagAfterAccept(random.u32(1..4), lag(random)),
            Fault::LagAfterEnd(random.u32(1..4), lag(random)),
        ]),
        Call::Status => faults.extend([
            Fault::OtherRequest(unknown_id(random)),
            Fault::HttpStatus(500),
            Fault::HttpStatus(409),
            Fault::ErrorCode(500_123),
            Fault::State("warming_up".to_owned()),
            Fault::State("in_queue".to_owned()),
            Fault::State("completed".to_owned()),
        ]),
        Call::Result => faults.extend([
            Fault::NoOutput,
            Fault::State("in_progress".to_owned()),
            Fault::Huge(1024 * 1024 * 1024),
            Fault::OtherRequest(unknown_id(random)),
            Fault::OtherModel("elsewhere/other/text-to-image".to_owned()),
            Fault::HttpStatus(500),
            Fault::HttpStatus(409),
            Fault::ErrorCode(500_123),
        ]),
        Call::Cancel => {
            faults.extend([Fault::HttpStatus(204), Fault::OtherRequest(unknown_id(random))]);
        }
        Call::Catalog | Call::Account | Call::Output => {}
    }
    let index = random.usize(..faults.len());
    faults.swap_remove(index)
}

/// A request id that no job has.
fn unknown_id(random: &mut fastrand::Rng) -> String {
    format!("{:08x}-0000-4000-9000-{:012x}", random.u32(..), random.u64(..1 << 48))
}

/// A JSON number with or without a fraction. It may exceed 64 bits.
fn number(random: &mut fastrand::Rng) -> String {
    let digits = random.usize(8..30);
    let first = random.digit(9);
    let first = if first == '0' { '9' } else { first };
    let digits: String = (1..digits).map(|_| random.digit(10)).collect();
    let fraction = if random.u8(..4) == 0 { ".5" } else { "" };
    format!("{first}{digits}{fraction}")
}

fn lag(random: &mut fastrand::Rng) -> Lag {
    let lags = [Lag::NotFound, Lag::TooEarly, Lag::ClientClosed, Lag::NotReady, Lag::Stale];
    lags[random.usize(..lags.len())]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    #[test]
    fn chaos_draws_every_fault_and_claims_no_false_end() {
        let chaos = Chaos::seeded(7).rate(1.0);
        let calls =
            [Call::Submit, Call::Status, Call::Result, Call::Cancel, Call::Catalog, Call::Account];
        let mut names = BTreeSet::new();
        for (call, count) in calls.into_iter().flat_map(|call| (0..2000).map(move |n| (call, n))) {
            let fault = chaos.draw(call, "key", count).expect("a fault");
            assert_eq!(chaos.draw(call, "key", count), Some(fault.clone()));
            let said = match &fault {
                Fault::State(word) => Some(word.clone()),
                Fault::Reply(reply) => serde_json::from_str::<Value>(&reply.body)
                    .ok()
                    .and_then(|body| Some(body.get("status")?.to_string())),
                Fault::NumericId(number) | Fault::CutNumericId(number, _) => {
                    assert!(serde_json::from_str::<serde_json::Number>(number).is_ok(), "{number}");
                    None
                }
                _ => None,
            };
            let ends = ["failed", "cancelled", "canceled", "error"];
            assert!(
                said.is_none_or(|said| !ends.iter().any(|end| said.contains(end))),
                "{fault:?}"
            );
            let shown = format!("{call:?} {fault:?}");
            names.insert(shown.split(['(', '{']).next().unwrap_or_default().to_owned());
        }
        for name in [
            "Submit NumericId",
            "Submit CutNumericId",
            "Submit Padded",
            "Submit LagAfterAccept",
            "Submit LagAfterEnd",
            "Status OtherRequest",
            "Status HttpStatus",
            "Status ErrorCode",
            "Result OtherRequest",
            "Result OtherModel",
            "Result HttpStatus",
            "Cancel HttpStatus",
            "Account Stall",
        ] {
            assert!(names.contains(name), "{name} is never drawn: {names:?}");
        }
    }
}
