//! Answers that never come, without waiting for them: a call's time-out passes once its answer stalls.

use std::fmt::Debug;
use std::pin::pin;
use std::time::{Duration, Instant};

use futures_util::future::{Either, select};
use runcomfy_models::time::TestClock;
use runcomfy_sandbox::Sandbox;

/// Waits until a condition holds, which other tasks or threads make true. If they
/// do not, the test fails after the bound instead of hanging.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    const BOUND: Duration = Duration::from_secs(120);
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < BOUND, "what the test waits for did not happen in {BOUND:?}");
        tokio::task::yield_now().await;
    }
}

/// Makes a call until it succeeds: each failure takes away replies that a test has prepared. A test that
/// prepared fewer than `failures` fails instead of hanging.
pub(crate) async fn until_ok<T, E: Debug>(
    failures: usize,
    mut call: impl AsyncFnMut() -> Result<T, E>,
) -> T {
    let mut left = failures;
    loop {
        match call().await {
            Ok(answer) => return answer,
            Err(error) => {
                left = left.checked_sub(1).unwrap_or_else(|| panic!("it fails again: {error:?}"));
            }
        }
    }
}

/// Makes a call. Whenever an answer to it stalls, its time-out passes.
pub(crate) async fn impatiently<T>(
    sandbox: &Sandbox,
    clock: &TestClock,
    call: impl Future<Output = T>,
) -> T {
    let mut call = pin!(call);
    let mut stalled = Box::pin(sandbox.stalled());
    loop {
        match select(call.as_mut(), stalled).await {
            Either::Left((answer, _)) => return answer,
            Either::Right(_) => {
                // The next attempt may stall before it is listened for.
                stalled = Box::pin(sandbox.stalled());
                clock.pass_timeouts();
            }
        }
    }
}

/// Makes a call and drops it once its answer stalls.
pub(crate) async fn drop_when_stalled<T>(sandbox: &Sandbox, call: impl Future<Output = T>) {
    match select(pin!(call), pin!(sandbox.stalled())).await {
        Either::Left(_) => panic!("the answer did not stall"),
        Either::Right(_) => {}
    }
}
