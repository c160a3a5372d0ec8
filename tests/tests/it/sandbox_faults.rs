//! The faults of the sandbox, over plain HTTP: what the answer looks like, and whether the call
//! was carried out.

use runcomfy_sandbox::{Call, Fault, Lag, Reply};
use serde_json::{Value, json};

use crate::sandbox::Service;

const BEYOND_U64: &str = "123456789012345678901234567890";

#[tokio::test]
async fn a_submission_that_is_carried_out_is_accepted_under_every_id() {
    let service = Service::new().await;
    for number in ["7", "18446744073709551615", BEYOND_U64, "12.5"] {
        let accepted = service.sandbox.accepted();
        service.sandbox.fault_next(Call::Submit, Fault::NumericId(number.to_owned()));
        let answer = service.submit().await;
        let start = format!("{{\"request_id\":{number},\"");
        assert!(answer.text().starts_with(&start), "{answer:?}");
        assert_eq!(service.sandbox.accepted(), accepted + 1);
        // The job is known by these digits.
        let status = service.get(&format!("/v1/requests/{number}/status")).await.json();
        assert_eq!(status["request_id"], number);
    }
    // An id that a job has already is not given again.
    service.sandbox.fault_next(Call::Submit, Fault::NumericId("7".to_owned()));
    let usual = service.submit().await.json()["request_id"].clone();
    assert!(usual.as_str().is_some_and(|id| id.len() == 36), "{usual}");
}

#[tokio::test]
async fn a_number_can_be_cut_within_its_digits() {
    let service = Service::new().await;
    for (number, kept, body) in [
        (BEYOND_U64, 0, "{\"request_id\":"),
        ("4711", 2, "{\"request_id\":47"),
        ("12.75", 3, "{\"request_id\":12."),
        ("99", 10, "{\"request_id\":99"),
    ] {
        service.sandbox.fault_next(Call::Submit, Fault::CutNumericId(number.to_owned(), kept));
        let answer = service.submit().await;
        assert_eq!((answer.status, answer.text()), (200, body));
        assert!(answer.head.contains(&format!("content-length: {}", body.len())), "{answer:?}");
        assert_eq!(service.get(&format!("/v1/requests/{number}/status")).await.status, 200);
    }
    // A refusal has no id to cut.
    service.sandbox.fault_next(Call::Submit, Fault::CutNumericId("1".to_owned(), 1));
    let refused = service.post("/v1/models/no/such/model", &json!({})).await;
    assert_eq!((refused.status, &refused.json()["error_code"]), (404, &json!(404_001)));
}

#[tokio::test]
async fn an_answer_is_padded_behind_its_end() {
    const MIB_17: usize = 17 * 1024 * 1024;
    let service = Service::new().await;
    service.sandbox.fault_next(Call::Submit, Fault::Padded(MIB_17 as u64));
    let answer = service.submit().await;
    let start = answer.body.len() - MIB_17;
    assert!(answer.head.contains(&format!("content-length: {}", answer.body.len())));
    assert!(answer.body[start..].iter().all(|byte| *byte == b' '));
    assert!(answer.json()["request_id"].is_string());
    assert!(start < 1000 && service.sandbox.accepted() == 1);
}

#[tokio::test]
async fn true_words_come_in_odd_places_and_about_others() {
    let service = Service::new().await;
    service.sandbox.fail_next_job("out of memory");
    let job = service.job().await;
    let result = format!("{job}/result");
    service.set_seconds(60);
    let truth = service.get(&result).await.json();
    assert_eq!((&truth["status"], &truth["error"]), (&json!("failed"), &json!("out of memory")));
    let with = |key: &str, value: Value| {
        let mut changed = truth.clone();
        changed[key] = value;
        changed
    };
    let mut coded = with("error_code", json!(500_123));
    coded["error_message"] = json!("something is wrong");
    for (fault, status, body) in [
        (Fault::HttpStatus(500), 500, truth.clone()),
        (Fault::HttpStatus(404), 404, truth.clone()),
        (Fault::ErrorCode(500_123), 200, coded),
        (Fault::OtherRequest("other".to_owned()), 200, with("request_id", json!("other"))),
        (Fault::OtherModel("a/b".to_owned()), 200, with("model_id", json!("a/b"))),
        (Fault::State("succeeded".to_owned()), 200, with("status", json!("succeeded"))),
    ] {
        service.sandbox.fault_next(Call::Result, fault.clone());
        let answer = service.get(&result).await;
        assert_eq!((answer.status, answer.json()), (status, body), "{fault:?}");
        assert_eq!(service.get(&result).await.json(), truth, "{fault:?} lasts");
    }
    // A status that has no body.
    service.sandbox.fault_next(Call::Cancel, Fault::HttpStatus(204));
    let answer = service.post(&format!("{job}/cancel"), &json!({})).await;
    assert_eq!((answer.status, answer.text()), (204, ""));
    assert!(!answer.head.contains("content-length"), "{}", answer.head);
    // A file is no object to change.
    let url = service.sandbox.add_file("list.json", "application/json", "[1]");
    service.sandbox.fault_next(Call::Output, Fault::State("x".to_owned()));
    assert_eq!(crate::sandbox::call("", "GET", &url, "").await.text(), "[1]");
}

#[tokio::test]
async fn made_up_answers_are_not_carried_out() {
    let service = Service::new().await;
    for (reply, status, body) in [
        (
            Reply::gateway(502, "gateway-1"),
            502,
            json!({"message": "upstream error", "request_id": "gateway-1"}),
        ),
        (
            Reply::ended(409, "cancelled", "by hand"),
            409,
            json!({"status": "cancelled", "error": "by hand"}),
        ),
    ] {
        service.sandbox.reply_next(Call::Submit, reply);
        let answer = service.submit().await;
        assert_eq!((answer.status, answer.json()), (status, body));
    }
    assert_eq!(service.sandbox.accepted(), 0);
    service.sandbox.reply_next(Call::Account, Reply::html(503));
    assert_eq!(service.get("/prod/v2/balance").await.status, 503);
}

#[tokio::test]
async fn any_number_of_seconds_gives_a_date_that_http_can_write() {
    let service = Service::new().await;
    for (seconds, date) in
        [(i64::MIN, "Thu, 01 Jan 1970 00:00:00 GMT"), (i64::MAX, "Fri, 31 Dec 9999 23:59:59 GMT")]
    {
        service.sandbox.fault_next(Call::Submit, Fault::RetryAfterDate(seconds));
        let answer = service.submit().await;
        assert_eq!(answer.status, 429);
        assert!(answer.head.contains(&format!("retry-after: {date}")), "{answer:?}");
    }
    assert_eq!(service.sandbox.accepted(), 0);
}

/// The status of an answer, with its state or its error code.
async fn said(service: &Service, path: &str) -> (u16, Value) {
    let answer = service.get(path).await;
    let body = answer.json();
    let said = body.get("status").or_else(|| body.get("error_code")).cloned();
    (answer.status, said.unwrap_or_default())
}

#[tokio::test]
async fn a_job_can_lag_after_its_acceptance() {
    for (lag, expected) in [
        (Lag::NotFound, (404, json!(404_001))),
        (Lag::TooEarly, (425, json!(425_001))),
        (Lag::ClientClosed, (499, json!(499_001))),
        (Lag::NotReady, (400, json!(400_005))),
        (Lag::Stale, (200, json!("in_queue"))),
    ] {
        let service = Service::new().await;
        service.sandbox.fault_next(Call::Submit, Fault::LagAfterAccept(2, lag));
        let (late, prompt) = (service.job().await, service.job().await);
        service.set_seconds(15);
        let status = format!("{late}/status");
        assert_eq!(said(&service, &status).await, expected, "{lag:?}");
        assert_eq!(said(&service, &format!("{late}/result")).await, expected, "{lag:?}");
        assert_eq!(said(&service, &status).await, (200, json!("in_progress")), "{lag:?}");
        assert_eq!(said(&service, &format!("{prompt}/status")).await, (200, json!("in_queue")));
    }
    // A cancellation that lags has no effect.
    let service = Service::with(|builder| builder.lag_after_accept(1, Lag::NotFound)).await;
    let job = service.job().await;
    assert_eq!(service.post(&format!("{job}/cancel"), &json!({})).await.status, 404);
    assert_eq!(said(&service, &format!("{job}/status")).await, (200, json!("in_queue")));
}

#[tokio::test]
async fn a_result_can_lag_after_the_end() {
    for (lag, expected) in [
        (Lag::NotFound, (404, json!(404_001))),
        (Lag::TooEarly, (425, json!(425_001))),
        (Lag::ClientClosed, (499, json!(499_001))),
        (Lag::NotReady, (400, json!(400_005))),
        (Lag::Stale, (200, json!("in_progress"))),
    ] {
        let service = Service::with(|builder| builder.lag_after_end(2, lag)).await;
        let job = service.job().await;
        let (status, result) = (format!("{job}/status"), format!("{job}/result"));
        // Before the end nothing lags.
        assert_eq!(said(&service, &result).await, (200, json!("in_queue")));
        service.set_seconds(20);
        for _ in 0..2 {
            assert_eq!(said(&service, &status).await, (200, json!("completed")), "{lag:?}");
            assert_eq!(said(&service, &result).await, expected, "{lag:?}");
        }
        assert_eq!(said(&service, &result).await, (200, json!("succeeded")), "{lag:?}");
    }
}
