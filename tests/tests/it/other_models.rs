//! Jobs that are taken up with the type of another model.

use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video::Input as OtherInput;
use runcomfy_models::{CancelOutcome, Client, Error, RequestId};
use runcomfy_sandbox::{Call, Fault, Reply};

use crate::end_to_end::input;
use crate::simulated::simulated;

const MODEL: &str = "community/fantasy-portrait/image-to-video";

async fn failures(client: &Client, id: &RequestId) -> Vec<Error> {
    let job = client.job::<OtherInput>(id).unwrap();
    vec![
        job.wait().await.map(drop).unwrap_err(),
        job.result().await.map(drop).unwrap_err(),
        client
            .job_json(id)
            .unwrap()
            .of::<OtherInput>()
            .unwrap()
            .wait()
            .await
            .map(drop)
            .unwrap_err(),
    ]
}

#[tokio::test]
async fn result_of_another_model_is_an_error_at_once() {
    let (sandbox, client, clock) = simulated().await;
    let job = client.submit(&input()).await.unwrap();
    let id = job.request_id().clone();
    assert!(job.wait().await.is_ok());
    let (calls, sleeps) = (sandbox.received().len(), clock.sleeps().len());
    for error in failures(&client, &id).await {
        let Error::OtherModel { request_id, found, expected } = &error else { panic!("{error:?}") };
        assert_eq!((request_id, found.as_str(), *expected), (&id, MODEL, OtherInput::MODEL_ID));
        let text = error.to_string();
        assert!(text.contains(MODEL) && text.contains("Client::job_json"), "{text}");
    }
    // A status and a result each, or the result alone.
    assert_eq!((sandbox.received().len() - calls, clock.sleeps().len() - sleeps), (5, 0));
    assert!(client.job_json(&id).unwrap().wait().await.is_ok());
}

#[tokio::test]
async fn status_of_another_model_is_an_error_at_once() {
    let (sandbox, client, _) = simulated().await;
    let id = client.submit(&input()).await.unwrap().request_id().clone();
    let status =
        format!(r#"{{"request_id": "{id}", "model_id": "{MODEL}", "status": "in_queue"}}"#);
    let job = client.job::<OtherInput>(&id).unwrap();
    sandbox.reply_next(Call::Status, Reply::new(200, status.clone()));
    assert!(matches!(job.status().await.unwrap_err(), Error::OtherModel { .. }));
    sandbox.reply_next(Call::Status, Reply::new(200, status.clone()));
    assert!(matches!(job.wait().await.unwrap_err(), Error::OtherModel { .. }));
    // A cancellation is carried out for any model.
    sandbox.reply_next(Call::Cancel, Reply::new(202, status.replace("in_queue", "cancelled")));
    assert!(job.cancel().await.is_ok());
    // So is one whose answer names no outcome: the status is then asked for.
    sandbox.reply_next(Call::Cancel, Reply::new(202, "{}"));
    sandbox.reply_next(Call::Status, Reply::new(200, status));
    assert_eq!(job.cancel().await.unwrap(), CancelOutcome::Requested);
}

/// It may be the answer to another call, or another name of the same model.
#[tokio::test]
async fn other_answers_about_another_model_may_pass() {
    let (sandbox, client, _) = simulated().await;
    let id = client.submit(&input()).await.unwrap().request_id().clone();
    for body in [
        format!(r#"{{"model_id": "{MODEL}", "status": "in_queue"}}"#),
        format!(r#"{{"request_id": "{id}", "model_id": "no id", "status": "in_queue"}}"#),
        format!(r#"{{"request_id": "other", "model_id": "{MODEL}", "status": "in_queue"}}"#),
    ] {
        let job = client.job::<OtherInput>(&id).unwrap();
        sandbox.reply_next(Call::Status, Reply::new(200, body.clone()));
        let error = job.status().await.unwrap_err();
        assert!(matches!(error, Error::BadAnswer { .. }), "{body}: {error:?}");
    }
    // The job was submitted here, so its model is known.
    let job = client.submit(&input()).await.unwrap();
    sandbox.fault_next(Call::Result, Fault::OtherModel("kling/other".to_owned()));
    assert!(job.wait().await.is_ok());
}
