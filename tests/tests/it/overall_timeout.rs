//! `ClientBuilder::overall_timeout`: the bound of a call with its attempts and pauses.

use std::time::Duration;

use runcomfy_models::time::Clock;
use runcomfy_models::{Client, Error};
use runcomfy_sandbox::{Call, Reply};

use crate::end_to_end::input;
use crate::simulated::simulated;

#[tokio::test]
async fn an_overall_time_out_bounds_every_call() {
    let (sandbox, _, clock) = simulated().await;
    let builder = || {
        Client::builder()
            .base_url(sandbox.base_url())
            .token(sandbox.token())
            .clock(clock.clone())
            .overall_timeout(Duration::from_secs(8))
    };
    // Pauses that the service asks for are included.
    let client = builder().build().unwrap();
    let job = client.submit(&input()).await.unwrap();
    let start = clock.now();
    sandbox.reply_next(Call::Submit, Reply::new(429, "").header("retry-after", "60"));
    let error = client.submit(&input()).await.unwrap_err();
    assert_eq!(error.api().unwrap().status, 429, "{error:?}");
    assert!(clock.now() - start <= Duration::from_secs(8), "{:?}", clock.now() - start);
    // And so are those that another call was asked for.
    let start = clock.now();
    let error = client.submit(&input()).await.unwrap_err();
    assert!(matches!(error, Error::NotSubmitted { attempts: 0, .. }), "{error:?}");
    assert!(error.to_string().contains("pause"), "{error}");
    let error = job.status().await.unwrap_err();
    assert!(matches!(error, Error::NoAnswer { attempts: 0, .. }), "{error:?}");
    assert!(clock.now() - start <= Duration::from_secs(8), "{:?}", clock.now() - start);
}
