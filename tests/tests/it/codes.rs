//! What the code in an answer says counts more than its HTTP status.

use runcomfy_models::{ApiErrorKind, Error};
use runcomfy_sandbox::{Call, Reply};

use crate::end_to_end::{input, quick};
use crate::simulated::simulated;

#[tokio::test]
async fn code_decides_under_any_status_whether_a_poll_goes_on() {
    for status in [200, 202, 400, 403, 404, 409, 500] {
        for code in [500001, 503002, 429001] {
            let (sandbox, client, _) = simulated().await;
            let job = client.submit(&input()).await.unwrap();
            let body = format!(r#"{{"error_code": {code}, "error_message": "a moment"}}"#);
            (0..7).for_each(|_| sandbox.reply_next(Call::Status, Reply::new(status, &*body)));
            assert!(job.wait().await.is_ok(), "{status} {code}");
        }
        let (sandbox, client, _) = simulated().await;
        let job = client.submit(&input()).await.unwrap();
        let reply = Reply::new(status, r#"{"error_code": 401001, "error_message": "expired"}"#);
        sandbox.reply_next(Call::Status, reply);
        let error = job.status().await.unwrap_err();
        assert_eq!(error.api().unwrap().kind, ApiErrorKind::Unauthorized, "{status}: {error:?}");
        assert!(error.to_string().contains("check the API token"), "{error}");
    }
}

#[tokio::test]
async fn code_of_a_refusal_refuses_a_submission_under_any_success() {
    let (sandbox, client) = quick().await;
    for status in [200, 201, 202] {
        let reply = Reply::new(status, r#"{"error_code": 401001, "message": "bad token"}"#);
        sandbox.reply_next(Call::Submit, reply);
        let error = client.submit(&input()).await.unwrap_err();
        let Error::Api(refusal) = &error else { panic!("{status}: {error:?}") };
        assert_eq!(refusal.kind, ApiErrorKind::Unauthorized);
    }
    // Beside a sign of a job, it proves nothing.
    let reply = Reply::new(202, r#"{"error_code": 401001, "status": "in_queue"}"#);
    sandbox.reply_next(Call::Submit, reply);
    assert!(client.submit(&input()).await.unwrap_err().is_submit_unknown());
}
