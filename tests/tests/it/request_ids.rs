//! The request id in an answer: it must be that of the job, and may be a number.

use runcomfy_models::{CancelOutcome, Error, JobState};
use runcomfy_sandbox::{Call, Reply};

use crate::end_to_end::input;
use crate::simulated::simulated;

#[tokio::test]
async fn an_answer_about_another_job_is_never_a_result() {
    let (sandbox, client, _) = simulated().await;
    let job = client.submit(&input()).await.unwrap();
    let id = job.request_id();
    let video = r#""output": {"video": "https://a.runcomfy.net/v.mp4"}"#;
    for body in [
        format!(r#"{{"request_id": "other", "status": "completed", {video}}}"#),
        r#"{"request_id": "other", "status": "failed", "error": "not ours"}"#.to_owned(),
        format!(r#"{{"request_id": 7, "status": "completed", {video}}}"#),
        format!(
            r#"{{"request_id": "{id}", "model_id": "kling/x", "status": "completed", {video}}}"#
        ),
    ] {
        sandbox.reply_next(Call::Result, Reply::new(200, body.clone()));
        let error = job.result().await.unwrap_err();
        assert!(matches!(error, Error::BadAnswer { .. }), "{body}: {error:?}");
        assert!(error.to_string().contains("about another"), "{error}");
        // A wait ignores it.
        sandbox.reply_next(Call::Result, Reply::new(200, body));
        assert!(job.wait().await.is_ok());
    }
    for word in ["in_progress", "failed", "completed"] {
        let body = format!(r#"{{"request_id": "other", "status": "{word}"}}"#);
        sandbox.reply_next(Call::Status, Reply::new(200, body.clone()));
        let error = job.status().await.unwrap_err();
        assert!(matches!(error, Error::BadAnswer { .. }), "{body}: {error:?}");
        sandbox.reply_next(Call::Cancel, Reply::new(200, body));
        assert!(job.cancel().await.is_err());
    }
    // The id of a job may come as a number.
    let job = client.job_json("17").unwrap();
    sandbox.reply_next(Call::Status, Reply::new(200, r#"{"request_id": 17, "status": "success"}"#));
    assert_eq!(job.status().await.unwrap().state, JobState::Completed);
}

#[tokio::test]
async fn an_id_that_is_a_large_number_is_the_same_in_every_answer() {
    let (sandbox, client, _) = simulated().await;
    for id in ["17", "18446744073709551615", "184467440737095516161844674407370955161"] {
        let answer = |rest: &str| Reply::new(200, format!(r#"{{"request_id": {id}, {rest}}}"#));
        sandbox.reply_next(Call::Submit, answer(r#""status_url": "https://a""#));
        let job = client.submit(&input()).await.unwrap();
        assert_eq!(job.request_id(), id);
        sandbox.reply_next(Call::Status, answer(r#""status": "completed""#));
        let video = r#""status": "succeeded", "output": {"video": "https://a.runcomfy.net/v.mp4"}"#;
        sandbox.reply_next(Call::Result, answer(video));
        assert!(job.wait().await.is_ok(), "{id}");
        sandbox.reply_next(Call::Status, answer(r#""status": "failed", "error": "nsfw""#));
        let error = job.wait().await.unwrap_err();
        assert!(matches!(error, Error::Failed { .. }), "{id}: {error:?}");
        sandbox.reply_next(Call::Cancel, answer(r#""outcome": "not_cancellable""#));
        assert_eq!(job.cancel().await.unwrap(), CancelOutcome::NotCancellable);
    }
}
