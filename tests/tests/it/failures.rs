//! Every failure of the service, and how the client reacts.

use std::time::Duration;

use runcomfy_models::time::TestClock;
use runcomfy_models::{ApiErrorKind, Client, Error, MODELS};
use runcomfy_sandbox::{Call, Reply, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::end_to_end::{input, quick};

/// Sends one request without the client, and returns the body of the answer.
pub(crate) async fn raw_get(url: &str, token: &str) -> String {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request =
        format!("GET /{path} HTTP/1.0\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.to_owned()
}

fn patient(sandbox: &Sandbox, clock: &TestClock) -> Client {
    Client::builder()
        .base_url(sandbox.base_url())
        .token(sandbox.token())
        .clock(clock.clone())
        .jitter_seed(1)
        .build()
        .unwrap()
}

const HTML: &str = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>";

#[tokio::test]
async fn refused_submission_keeps_the_services_message() {
    let (sandbox, client) = quick().await;
    for (status, body, kind, words) in [
        (
            400,
            r#"{"error_code": 400001, "error_message": "invalid identifier"}"#,
            ApiErrorKind::BadRequest,
            "invalid identifier",
        ),
        (401, r#"{"message": "who are you"}"#, ApiErrorKind::Unauthorized, "who are you"),
        (402, r#"{"error": "no balance left"}"#, ApiErrorKind::PaymentRequired, "no balance left"),
        (403, r#"{"detail": "not yours"}"#, ApiErrorKind::Forbidden, "not yours"),
        (404, "", ApiErrorKind::NotFound, "empty body"),
        (422, r#"{"detail": [{"msg": "bad"}]}"#, ApiErrorKind::InvalidInput, "bad"),
        (
            200,
            r#"{"error_code": 400002, "error_message": "no balance left"}"#,
            ApiErrorKind::PaymentRequired,
            "no balance left",
        ),
        (200, r#"{"error_code": "404001"}"#, ApiErrorKind::NotFound, "404001"),
    ] {
        sandbox.reply_next(Call::Submit, Reply::new(status, body));
        let error = client.submit(&input()).await.unwrap_err();
        let Error::Api(api) = &error else { panic!("{status} {body}: {error:?}") };
        assert_eq!((api.kind, api.status, api.body.as_str()), (kind, status, body));
        assert!(error.to_string().contains(words), "{error}");
        assert!(error.to_string().contains(&status.to_string()), "{error}");
    }
    assert_eq!(sandbox.accepted(), 0);
}

#[tokio::test]
async fn a_submission_that_may_have_been_accepted_is_not_sent_again() {
    let (sandbox, client) = quick().await;
    for (status, body) in [
        (504, r#"{"error_code": 504001, "error_message": "upstream timed out"}"#),
        (200, r#"{"error_code": 500123}"#),
        (500, ""),
        (502, HTML),
        (504, "{}"),
        (200, "{}"),
        (200, "not JSON"),
        (200, r#"{"request_id": ""}"#),
        (307, ""),
        (408, ""),
    ] {
        let before = sandbox.received().len();
        sandbox
            .reply_next(Call::Submit, Reply::new(status, body).header("location", "/v1/elsewhere"));
        let error = client.submit(&input()).await.unwrap_err();
        assert!(error.is_submit_unknown(), "{status} {body}: {error:?}");
        assert!(error.to_string().contains("community/fantasy-portrait/image-to-video"));
        assert_eq!(sandbox.received().len(), before + 1, "{status} {body}");
    }
    let both = r#"{"request_id": "r1", "error_code": 429007}"#;
    sandbox.reply_next(Call::Submit, Reply::new(200, both));
    let error = client.submit(&input()).await.unwrap_err();
    assert!(error.is_submit_unknown() && error.request_id().is_none(), "{error:?}");
    assert!(error.to_string().contains("r1"), "{error}");
    sandbox.reply_next(Call::Submit, Reply::new(502, HTML).header("content-type", "text/html"));
    let error = client.submit(&input()).await.unwrap_err();
    assert_eq!(error.api().unwrap().message.as_deref(), Some("502 Bad Gateway"));
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_leaves_the_outcome_unknown() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let mut connections = 0;
        while let Ok((mut stream, _)) = listener.accept().await {
            connections += 1;
            let _ = stream.read(&mut [0; 1024]).await;
            drop(stream);
            if connections == 10 {
                break;
            }
        }
        connections
    });
    let client =
        Client::builder().base_url(&base).token("t").clock(TestClock::default()).build().unwrap();
    let error = client.submit(&input()).await.unwrap_err();
    assert!(error.is_submit_unknown(), "{error:?}");
    server.abort();
    assert!(server.await.is_err(), "the submission was sent ten times");
}

#[tokio::test]
async fn without_a_connection_nothing_was_accepted() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    drop(listener);
    let clock = TestClock::default();
    let client = Client::builder()
        .base_url(base)
        .token("t")
        .clock(clock.clone())
        .attempts(3)
        .build()
        .unwrap();
    let error = client.submit(&input()).await.unwrap_err();
    assert!(matches!(error, Error::NotSubmitted { attempts: 3, .. }), "{error:?}");
    assert!(error.to_string().contains("safe to submit again"), "{error}");
    assert_eq!(clock.sleeps().len(), 2);
}

#[tokio::test]
async fn retry_after_is_obeyed() {
    let sandbox = Sandbox::builder()
        .queue_time(Duration::ZERO)
        .run_time(Duration::ZERO)
        .start()
        .await
        .unwrap();
    let clock = TestClock::default();
    let client = patient(&sandbox, &clock);
    sandbox.reply_next(Call::Submit, Reply::new(429, "").header("retry-after", "7"));
    sandbox.reply_next(
        Call::Submit,
        Reply::new(429, "").header("retry-after", "Thu, 01 Jan 1970 00:00:30 GMT"),
    );
    let job = client.submit(&input()).await.unwrap();
    assert_eq!(sandbox.accepted(), 1);
    let sleeps = clock.sleeps();
    assert!(
        sleeps[0] >= Duration::from_secs(7) && sleeps[0] < Duration::from_secs(8),
        "{sleeps:?}"
    );
    assert!(
        sleeps[1] >= Duration::from_secs(22) && sleeps[1] < Duration::from_secs(24),
        "{sleeps:?}"
    );

    for (status, body) in [(500, HTML), (429, ""), (503, "{}")] {
        sandbox.reply_next(Call::Status, Reply::new(status, body));
    }
    assert!(job.status().await.unwrap().state.is_final());
    assert_eq!(clock.sleeps().len(), 5);

    for _ in 0..5 {
        sandbox.reply_next(Call::Submit, Reply::new(429, r#"{"message": "slow down"}"#));
    }
    let error = client.submit(&input()).await.unwrap_err();
    assert_eq!(error.api().unwrap().kind, ApiErrorKind::RateLimited);
    assert_eq!(sandbox.accepted(), 1);
}

#[tokio::test]
async fn reads_that_fail_keep_the_request_id() {
    let (sandbox, _) = quick().await;
    let once = Client::builder().base_url(sandbox.base_url()).token(sandbox.token()).attempts(1);
    let client = once.build().unwrap();
    let job = client.submit(&input()).await.unwrap();
    let id = job.request_id().clone();
    for (call, reply) in [
        (Call::Status, Reply::new(200, "not JSON")),
        (Call::Status, Reply::new(200, "{}")),
        (Call::Status, Reply::new(404, r#"{"error_code": 404001, "error_message": "gone"}"#)),
        (Call::Status, Reply::new(302, "")),
        (Call::Status, Reply::new(200, r#"{"error_code": 403001, "error_message": "not yours"}"#)),
    ] {
        sandbox.reply_next(call, reply.clone());
        let error = job.status().await.unwrap_err();
        assert_eq!(error.request_id(), Some(&id), "{reply:?}: {error:?}");
        assert!(error.to_string().contains(id.as_str()), "{error}");
    }
    for body in [r#"{"status": "completed"}"#, r#"{"status": "completed", "output": null}"#] {
        sandbox.reply_next(Call::Result, Reply::new(200, body));
        let error = job.result().await.unwrap_err();
        assert!(matches!(error, Error::BadAnswer { .. }), "{error:?}");
        assert_eq!(error.request_id(), Some(&id));
    }
    sandbox.reply_next(
        Call::Result,
        Reply::new(200, r#"{"status": "failed", "error": {"message": "nsfw"}}"#),
    );
    assert!(job.result().await.unwrap_err().to_string().contains("nsfw"));
    assert!(job.result().await.is_ok());
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_shown_nowhere() {
    let sandbox = Sandbox::builder().token("to/ken/sekrit").start().await.unwrap();
    let secret = "sekrit-TOKEN-123";
    let client = Client::builder().base_url(sandbox.base_url()).token(secret).build().unwrap();
    let error = client.submit(&input()).await.unwrap_err();
    assert_eq!(error.api().unwrap().kind, ApiErrorKind::Unauthorized);
    let mut shown = format!("{client:?} {error} {error:?}");
    // A server that repeats what it got.
    let own = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    shown += &format!("{own:?}");
    let own = own.build().unwrap();
    for quoted in [sandbox.token().to_owned(), sandbox.token().replace('/', "\\/")] {
        let echo = format!(r#"{{"message": "bad header: Bearer {quoted}"}}"#);
        sandbox.reply_next(Call::Submit, Reply::new(400, echo));
        let error = own.submit(&input()).await.unwrap_err();
        shown += &format!("{error} {error:?}");
    }
    assert!(!shown.contains(secret) && !shown.contains(sandbox.token()), "{shown}");
    assert!(shown.contains("[token]"));
}

#[tokio::test]
async fn a_token_that_looks_like_an_answer_changes_none() {
    let sandbox =
        Sandbox::builder().token("request_id").queue_time(Duration::ZERO).run_time(Duration::ZERO);
    let sandbox = sandbox.start().await.unwrap();
    let done = crate::end_to_end::client(&sandbox).run(&input()).await.unwrap();
    assert!(done.output.video.is_some());
}

#[tokio::test]
async fn bad_request_ids_are_refused_before_anything_is_sent() {
    let (sandbox, client) = quick().await;
    for id in ["", "..", "a/b", "a?b", "a b", "a%2f"] {
        assert!(matches!(client.job_json(id), Err(Error::RequestId(_))), "{id}");
    }
    assert!(sandbox.received().is_empty());
    let job = client.job_json("a:b=c").unwrap();
    assert_eq!(job.status().await.unwrap_err().api().unwrap().kind, ApiErrorKind::NotFound);
    assert_eq!(sandbox.received()[0].path, "/v1/requests/a:b=c/status");
    assert!(MODELS.iter().all(|model| model.id.parse::<runcomfy_models::ModelId>().is_ok()));
}

#[tokio::test]
async fn retry_budget_is_shared_between_calls() {
    // Nothing listens there any more.
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let client = Client::builder()
        .base_url(format!("http://{address}/v1"))
        .token("secret")
        .clock(TestClock::default())
        .jitter_seed(1)
        .build()
        .unwrap();
    let mut attempts = Vec::new();
    for _ in 0..60 {
        // Clones share the budget.
        let job = client.clone().job_json("request-1").unwrap();
        match job.status().await.unwrap_err() {
            Error::NoAnswer { attempts: made, .. } => attempts.push(made),
            other => panic!("{other}"),
        }
    }
    assert_eq!(attempts[0], 5);
    assert_eq!(attempts[59], 1);
    // Sixty calls, and a hundred retries among them.
    assert_eq!(attempts.iter().sum::<u32>(), 160);
}
