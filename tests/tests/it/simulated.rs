//! A sandbox and its clients, on a clock that jumps: nothing waits for real time.

use std::time::Duration;

use runcomfy_models::Client;
use runcomfy_models::time::TestClock;
use runcomfy_sandbox::Sandbox;

/// A sandbox whose jobs are done at once, and a client on a clock that jumps.
pub(crate) async fn simulated() -> (Sandbox, Client, TestClock) {
    let clock = TestClock::default();
    let sandbox = Sandbox::builder().queue_time(Duration::ZERO).run_time(Duration::ZERO);
    let sandbox = sandbox.start().await.unwrap();
    let client = simulated_client(&sandbox, &clock);
    (sandbox, client, clock)
}

pub(crate) fn simulated_client(sandbox: &Sandbox, clock: &TestClock) -> Client {
    Client::builder()
        .base_url(sandbox.base_url())
        .token(sandbox.token())
        .clock(clock.clone())
        .jitter_seed(1)
        .build()
        .unwrap()
}
