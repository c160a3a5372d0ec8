//! Every fault that the sandbox knows, on every call: what became of the submission, and whether the
//! client says so.

use std::time::Duration;

use runcomfy_models::time::{Clock, TestClock};
use runcomfy_models::{ApiErrorKind, CatalogQuery, Client, Error, WaitOptions};
use runcomfy_sandbox::{Call, Fault, Lag, Reply, Sandbox};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::end_to_end::input;
use crate::stalls::{impatiently, until, until_ok};

/// A client on a clock of its own, by which it waits for an answer that never comes until
/// [`impatiently`] lets its time-out pass.
pub(crate) fn timed(sandbox: &Sandbox) -> (Client, TestClock) {
    let clock = TestClock::default();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .token(sandbox.token())
        .clock(clock.clone())
        .jitter_seed(1)
        .build()
        .unwrap();
    (client, clock)
}

/// Each fault, and whether the call is carried out in spite of it.
pub(crate) fn faults() -> Vec<(Fault, bool)> {
    let code = r#"{"error_code": 500999, "error_message": "internal"}"#;
    vec![
        (Fault::ResetBefore, false),
        (Fault::ResetWithin, false),
        (Fault::ResetAfter, true),
        (Fault::ResetAnswer(10), true),
        (Fault::ResetAnswer(150), true),
        (Fault::Stall, false),
        (Fault::StallAfter, true),
        (Fault::StallWithin(0), true),
        (Fault::StallWithin(60), true),
        (Fault::Truncated, true),
        (Fault::Huge(1024 * 1024 * 1024), false),
        (Fault::Reply(Reply::html(200)), false),
        (Fault::Reply(Reply::html(500)), false),
        (Fault::Reply(Reply::html(502)), false),
        (Fault::Reply(Reply::new(500, code)), false),
        (Fault::Reply(Reply::new(503, "")), false),
        (Fault::Reply(Reply::new(504, r#"{"message": "late"}"#)), false),
        (Fault::Reply(Reply::new(520, r#"{"detail": "odd"}"#)), false),
        (Fault::Reply(Reply::new(200, code)), false),
        (Fault::Reply(Reply::new(200, r#"{"request_i"#)), false),
        (Fault::Reply(Reply::new(200, "")), false),
        (Fault::Reply(Reply::new(408, "")), false),
        (Fault::Reply(Reply::redirect("https://elsewhere.example/v1")), false),
        (Fault::Reply(Reply::redirect("/v1/models")), false),
    ]
}

async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::builder().queue_time(Duration::ZERO).run_time(Duration::ZERO);
    sandbox.start().await.unwrap()
}

#[tokio::test]
async fn failed_submission_is_sent_once_and_reported_as_unknown() {
    let sandbox = sandbox().await;
    let (client, clock) = timed(&sandbox);
    for (fault, carried_out) in faults() {
        let (accepted, received) = (sandbox.accepted(), sandbox.received().len());
        sandbox.fault_next(Call::Submit, fault.clone());
        let submitted = impatiently(&sandbox, &clock, client.submit(&input())).await;
        let error = submitted.unwrap_err();
        assert!(error.is_submit_unknown(), "{fault:?}: {error:?}");
        assert_eq!(sandbox.received().len(), received + 1, "{fault:?} was sent again");
        assert_eq!(sandbox.accepted(), accepted + usize::from(carried_out), "{fault:?}");
        let text = error.to_string();
        assert!(text.contains("image-to-video") && text.contains("GMT"), "{text}");
        // An answer that was cut off can still name the job.
        let how = if error.request_id().is_some() { "request id" } else { "recent requests" };
        let cut = matches!(fault, Fault::Truncated | Fault::ResetAnswer(_) | Fault::StallWithin(_));
        assert!(error.request_id().is_none() || cut, "{fault:?}: {error}");
        assert!(text.contains(how), "{text}");
        assert!(std::error::Error::source(&error).is_some(), "{text}");
    }
}

#[tokio::test]
async fn truncated_acceptance_names_the_job_and_an_error_gives_a_hint() {
    let sandbox = sandbox().await;
    let (client, _) = timed(&sandbox);
    let job = r#"{"request_id": "paid-1", "status_url": "https://a/status"}"#;
    for (reply, is_job) in [
        (
            Reply::new(200, r#"{"input": {"request_id": "mine"}, "request_id": "paid-1", "x": "#),
            true,
        ),
        (Reply::new(202, r#"{"request_id": "paid-1", "status_url": "https://a"#), true),
        (Reply::new(200, r#"{"request_id": "paid-1", "error_code": 400002}"#), false),
        (Reply::new(302, r#"{"request_id": "paid-1"}"#), false),
        (Reply::new(502, r#"{"request_id": "paid-1"}"#), false),
        (Reply::new(429, job).header("retry-after", "0"), false),
        (Reply::new(409, job), false),
    ] {
        let received = sandbox.received().len();
        sandbox.reply_next(Call::Submit, reply.clone());
        let error = client.submit(&input()).await.unwrap_err();
        let Error::SubmitUnknown { request_id, hint, .. } = &error else {
            panic!("{reply:?}: {error:?}")
        };
        let (of_job, other) = if is_job { (request_id, hint) } else { (hint, request_id) };
        assert_eq!(of_job.as_ref().unwrap(), "paid-1", "{reply:?}");
        assert_eq!(*other, None, "{reply:?}");
        assert_eq!(error.request_id().is_some(), is_job, "{reply:?}");
        assert!(error.to_string().contains("paid-1"), "{error}");
        assert_eq!(sandbox.received().len(), received + 1, "{reply:?} was sent again");
    }
    // The signs of a job are enough, without an id that can be read.
    for body in
        [r#"{"status_url": "https://a/status"}"#, r#"{"request_id": "a/b", "status": "in_queue"}"#]
    {
        let received = sandbox.received().len();
        sandbox.reply_next(Call::Submit, Reply::new(429, body).header("retry-after", "0"));
        let error = client.submit(&input()).await.unwrap_err();
        assert!(error.is_submit_unknown(), "{body}: {error:?}");
        assert_eq!(sandbox.received().len(), received + 1, "{body} was sent again");
    }
    // A trace id in a 429 says nothing of a job: it is sent again.
    let busy = Reply::new(429, r#"{"request_id": "trace-1"}"#).header("retry-after", "0");
    sandbox.reply_next(Call::Submit, busy);
    assert_ne!(client.submit(&input()).await.unwrap().request_id(), "trace-1");
    // A clear refusal counts. Under a status that is not documented, its id may be a job's.
    for (status, is_clear) in [
        (400, true),
        (401, true),
        (402, true),
        (403, true),
        (404, true),
        (405, true),
        (413, true),
        (415, true),
        (422, true),
        (409, false),
        (425, false),
        (451, false),
    ] {
        sandbox.reply_next(Call::Submit, Reply::new(status, r#"{"request_id": "trace-1"}"#));
        let error = client.submit(&input()).await.unwrap_err();
        assert_eq!(error.api().unwrap().status, status, "{error:?}");
        assert_eq!(error.is_submit_unknown(), !is_clear, "{error:?}");
        sandbox.reply_next(Call::Submit, Reply::new(status, ""));
        assert!(!client.submit(&input()).await.unwrap_err().is_submit_unknown(), "{status}");
    }
    // A refusal that may come from a gateway.
    for status in [302, 408, 499, 503] {
        let refusal = Reply::new(status, r#"{"error_code": 400001}"#);
        sandbox.reply_next(Call::Submit, refusal);
        assert!(client.submit(&input()).await.unwrap_err().is_submit_unknown(), "{status}");
    }
    assert_eq!(sandbox.accepted(), 1);
}

#[tokio::test]
async fn request_too_large_for_a_gateway_names_its_size() {
    let sandbox = sandbox().await;
    let page = "<html><title>413 Request Entity Too Large</title></html>";
    let reply = Reply::new(413, page).header("content-type", "text/html");
    sandbox.reply_next(Call::Submit, reply);
    let error = timed(&sandbox).0.submit(&input()).await.unwrap_err();
    assert_eq!(error.api().unwrap().kind, ApiErrorKind::TooLarge);
    let size = serde_json::to_string(&input()).unwrap().len();
    let text = error.to_string();
    assert!(text.contains(&format!("{size} bytes")) && text.contains("https: URLs"), "{text}");
}

#[tokio::test]
async fn an_id_at_the_beginning_of_an_endless_answer_is_found() {
    // With its length announced, and without.
    for announced in [true, false] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"}") {
                request.push(stream.read_u8().await.unwrap());
            }
            let length = match announced {
                true => "content-length: 84934656\r\n",
                false => "connection: close\r\n",
            };
            let head =
                format!("HTTP/1.1 200 OK\r\n{length}\r\n{{\"request_id\": \"paid-1\", \"x\": \"");
            stream.write_all(head.as_bytes()).await.unwrap();
            let megabyte = vec![b'x'; 1024 * 1024];
            for _ in 0..81 {
                if stream.write_all(&megabyte).await.is_err() {
                    break;
                }
            }
        });
        let client = Client::builder().base_url(base).token("t").build().unwrap();
        let error = client.submit(&input()).await.unwrap_err();
        assert!(error.is_submit_unknown(), "{error:?}");
        assert_eq!(error.request_id().unwrap(), "paid-1", "{error:?}");
    }
}

#[tokio::test]
async fn a_connection_that_ends_within_the_answer_can_still_have_named_the_job() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"}") {
            let mut byte = [0];
            stream.read_exact(&mut byte).await.unwrap();
            request.push(byte[0]);
        }
        let answer =
            b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"request_id\": \"paid-1\", \"st";
        stream.write_all(answer).await.unwrap();
    });
    let client = Client::builder().base_url(base).token("t").build().unwrap();
    let error = client.submit(&input()).await.unwrap_err();
    assert!(error.is_submit_unknown(), "{error:?}");
    assert_eq!(error.request_id().unwrap(), "paid-1");
}

#[tokio::test]
async fn missing_result_is_waited_for_as_long_as_an_outage() {
    /// More than both waits ask for.
    const REPLIES: usize = 2000;
    let clock = TestClock::default();
    let sandbox = sandbox().await;
    let client = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    let client = client.clock(clock.clone()).build().unwrap();
    for reply in [
        Reply::new(500, r#"{"message": "storage is gone"}"#),
        Reply::new(200, r#"{"status": "completed"}"#),
        Reply::new(200, r#"{"status": "in_progress"}"#),
    ] {
        let job = client.submit(&input()).await.unwrap();
        let start = clock.now();
        for _ in 0..REPLIES {
            sandbox.reply_next(Call::Result, reply.clone());
        }
        let error = job.wait().await.unwrap_err();
        let waited = clock.now() - start;
        assert!(waited >= Duration::from_secs(300) && waited < Duration::from_secs(400), "{error}");
        assert_eq!(error.request_id(), Some(job.request_id()));
        // The wait's own bound comes first where it is shorter, and keeps what went wrong.
        let options = WaitOptions::default().timeout(Duration::from_secs(60));
        let error = job.wait_with(&options, |_| {}).await.unwrap_err();
        assert!(matches!(error, Error::WaitTimeout { source: Some(_), .. }), "{error:?}");
        until_ok(REPLIES, async || job.result().await).await;
    }
}

#[tokio::test]
async fn throttled_submission_is_sent_again() {
    let sandbox = sandbox().await;
    let (client, _) = timed(&sandbox);
    for fault in [
        Fault::RetryAfterDate(30),
        Fault::RetryAfterDate(-3600),
        Fault::RetryAfterDate(3600 * 24 * 365),
        Fault::Reply(Reply::new(429, "").header("retry-after", "7")),
        Fault::Reply(Reply::new(429, "").header("retry-after", "99999999999999999999")),
        Fault::Reply(Reply::html(429)),
    ] {
        let accepted = sandbox.accepted();
        sandbox.fault_next(Call::Submit, fault.clone());
        assert!(client.submit(&input()).await.is_ok(), "{fault:?}");
        assert_eq!(sandbox.accepted(), accepted + 1, "{fault:?}");
    }
}

#[tokio::test]
async fn answer_with_a_wrong_content_type_is_read_by_its_content() {
    let sandbox = sandbox().await;
    sandbox.fault_next(Call::Submit, Fault::ContentType("text/plain".to_owned()));
    sandbox.fault_next(Call::Status, Fault::ContentType("text/html".to_owned()));
    sandbox.fault_next(Call::Result, Fault::ContentType("image/png".to_owned()));
    assert!(timed(&sandbox).0.run(&input()).await.is_ok());
}

#[tokio::test]
async fn refused_connection_means_not_accepted_and_the_wait_continues() {
    let sandbox = sandbox().await;
    let (client, clock) = timed(&sandbox);
    let job = client.submit(&input()).await.unwrap();
    sandbox.refuse_connections(true);
    let error = client.submit(&input()).await.unwrap_err();
    // A connection that was open is reset; after that, there is none.
    let error = match error {
        Error::SubmitUnknown { .. } => client.submit(&input()).await.unwrap_err(),
        error => error,
    };
    assert!(matches!(error, Error::NotSubmitted { attempts: 5, .. }), "{error:?}");
    let waiting = tokio::spawn(async move {
        job.wait_with(&WaitOptions::default().outage_timeout(Duration::from_secs(7000)), |_| {})
            .await
    });
    // It keeps asking while nobody answers.
    let tried = clock.sleeps().len() + 10;
    until(|| clock.sleeps().len() >= tried).await;
    sandbox.refuse_connections(false);
    assert!(waiting.await.unwrap().is_ok());
    assert_eq!(sandbox.accepted(), 1);
}

#[tokio::test]
async fn refused_connections_are_retried() {
    let sandbox = sandbox().await;
    let client = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    let client = client.clock(TestClock::default()).attempts(u32::MAX);
    let client = client.overall_timeout(Duration::MAX).build().unwrap();
    sandbox.fault_next(Call::Submit, Fault::Refuse(Duration::from_millis(5)));
    assert!(client.submit(&input()).await.unwrap_err().is_submit_unknown());
    // Tried until there is a connection, and accepted once.
    assert!(client.submit(&input()).await.is_ok());
    assert_eq!((sandbox.accepted(), sandbox.received().len()), (1, 2));
}

#[tokio::test]
async fn wait_survives_every_read_fault() {
    let sandbox = sandbox().await;
    let (client, clock) = timed(&sandbox);
    for call in [Call::Status, Call::Result] {
        let mut faults: Vec<_> = faults().into_iter().map(|(fault, _)| fault).collect();
        faults.extend([
            Fault::RetryAfterDate(3600),
            Fault::State("warming_up".to_owned()),
            Fault::State("in_queue".to_owned()),
            Fault::State("in_progress".to_owned()),
            Fault::NoOutput,
        ]);
        for fault in faults {
            let job = client.submit(&input()).await.unwrap();
            sandbox.fault_next(call, fault.clone());
            let done = impatiently(&sandbox, &clock, job.wait()).await;
            assert!(done.is_ok(), "{call:?} {fault:?}: {done:?}");
        }
    }
}

#[tokio::test]
async fn a_state_that_goes_backwards_is_passed_on() {
    let sandbox = sandbox().await;
    let (client, _) = timed(&sandbox);
    let job = client.submit(&input()).await.unwrap();
    for state in ["in_progress", "in_queue", "in_progress", "completed", "in_progress"] {
        sandbox.fault_next(Call::Status, Fault::State(state.to_owned()));
    }
    sandbox.fault_next(Call::Result, Fault::State("in_progress".to_owned()));
    let mut states = Vec::new();
    let options = WaitOptions::default();
    let done = job.wait_with(&options, |status| states.push(status.to_string())).await;
    assert!(done.is_ok());
    assert_eq!(
        states,
        ["in_progress", "in_queue", "in_progress", "completed", "in_progress", "completed"]
    );
}

#[tokio::test]
async fn the_catalog_is_read_as_patiently() {
    let sandbox = sandbox().await;
    let (client, clock) = timed(&sandbox);
    for (fault, _) in faults() {
        sandbox.fault_next(Call::Catalog, fault.clone());
        let page = impatiently(&sandbox, &clock, client.models(&CatalogQuery::new())).await;
        assert!(page.as_ref().is_ok_and(|page| page.models.len() >= 4), "{fault:?}: {page:?}");
    }
    let query = CatalogQuery::new().search("kling-2-1").include_schema(true).limit(1);
    let page = client.models(&query).await.unwrap();
    assert_eq!((page.models.len(), page.total), (1, Some(1)));
    assert_eq!(page.models[0].input_schema.as_ref().unwrap()["type"], "object");
    let model = client.model("kling/kling-2-1/master/image-to-video").await.unwrap();
    assert_eq!(model.model_id.as_str(), "kling/kling-2-1/master/image-to-video");
    assert_eq!((model.base_price_usd, model.price_unit.as_deref()), (Some(0.0), Some("second")));
    let error = client.model("no/such/model").await.unwrap_err();
    assert_eq!(error.api().unwrap().status, 404);
    assert!(matches!(client.model("..").await, Err(Error::ModelId(_))));
}

#[tokio::test]
async fn endless_answer_is_cut() {
    let sandbox = sandbox().await;
    let once = Client::builder().base_url(sandbox.base_url()).token(sandbox.token()).attempts(1);
    let client = once.build().unwrap();
    let job = client.submit(&input()).await.unwrap();
    sandbox.fault_next(Call::Result, Fault::Huge(1024 * 1024 * 1024));
    let error = job.result().await.unwrap_err();
    assert!(matches!(error, Error::NoAnswer { .. }), "{error:?}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("longer than"), "{source}");
}

#[tokio::test]
async fn oversized_request_is_refused_before_sending() {
    let sandbox = sandbox().await;
    let mut content = b"\x89PNG\r\n\x1a\n".to_vec();
    content.resize(30 * 1024 * 1024, 0);
    let image = runcomfy_models::Media::bytes(&content).unwrap();
    let wide = runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video::Input::builder()
        .image_url_1(image.clone())
        .image_url_2(image)
        .prompt("x")
        .build();
    // Each fits, and both together do not; what the schema says of a single file comes first.
    let error = match wide {
        Ok(input) => timed(&sandbox).0.submit(&input).await.unwrap_err(),
        Err(violations) => panic!("{violations}"),
    };
    assert!(matches!(error, Error::RequestTooLarge { .. }), "{error}");
    assert!(sandbox.received().is_empty());
}

#[tokio::test]
async fn ids_that_are_numbers_keep_their_digits_or_are_none() {
    let sandbox = sandbox().await;
    let (client, clock) = timed(&sandbox);
    for number in ["7", "18446744073709551616", "340282366920938463463374607431768211456123456789"]
    {
        sandbox.fault_next(Call::Submit, Fault::NumericId(number.to_owned()));
        let job = client.submit(&input()).await.unwrap();
        assert_eq!(job.request_id(), number);
        assert!(job.wait().await.is_ok(), "{number}");
        // More digits may have followed.
        sandbox.fault_next(Call::Submit, Fault::CutNumericId(format!("4{number}"), 1));
        let error = client.submit(&input()).await.unwrap_err();
        let Error::SubmitUnknown { request_id: None, hint: None, .. } = error else {
            panic!("{error:?}")
        };
    }
    // A number that is none of a job's.
    sandbox.reply_next(Call::Submit, Reply::new(200, r#"{"request_id": 1.5}"#));
    assert!(client.submit(&input()).await.unwrap_err().is_submit_unknown());
    // An acceptance that is longer than any real one, even if it repeats the input.
    sandbox.fault_next(Call::Submit, Fault::Padded(81 * 1024 * 1024));
    let submitted = impatiently(&sandbox, &clock, client.submit(&input())).await;
    let error = submitted.unwrap_err();
    let id = error.request_id().unwrap_or_else(|| panic!("{error:?}"));
    assert!(client.job_json(id).unwrap().wait().await.is_ok());
}

#[tokio::test]
async fn wait_survives_late_and_odd_answers() {
    let sandbox = sandbox().await;
    for (call, fault) in [
        (Call::Submit, Fault::LagAfterAccept(6, Lag::NotFound)),
        (Call::Submit, Fault::LagAfterAccept(6, Lag::TooEarly)),
        (Call::Submit, Fault::LagAfterAccept(6, Lag::ClientClosed)),
        (Call::Submit, Fault::LagAfterAccept(6, Lag::NotReady)),
        (Call::Submit, Fault::LagAfterEnd(6, Lag::NotFound)),
        (Call::Submit, Fault::LagAfterEnd(6, Lag::NotReady)),
        (Call::Status, Fault::OtherRequest("other".to_owned())),
        (Call::Result, Fault::OtherRequest("other".to_owned())),
        (Call::Result, Fault::OtherModel("kling/other".to_owned())),
        (Call::Status, Fault::Reply(Reply::gateway(502, "gateway-1"))),
        (Call::Result, Fault::Reply(Reply::gateway(503, "gateway-1"))),
        (Call::Status, Fault::Padded(81 * 1024 * 1024)),
    ] {
        let (client, _) = timed(&sandbox);
        sandbox.fault_next(call, fault.clone());
        let done = client.run(&input()).await;
        assert!(done.is_ok(), "{call:?} {fault:?}: {done:?}");
    }
    // A clear state is believed under any status, and beside any code.
    for fault in [Fault::HttpStatus(500), Fault::HttpStatus(404), Fault::ErrorCode(500_123)] {
        let (client, _) = timed(&sandbox);
        sandbox.fail_next_job("out of memory");
        sandbox.fault_next(Call::Result, fault.clone());
        let error = client.run(&input()).await.unwrap_err();
        assert!(matches!(error, Error::Failed { .. }), "{fault:?}: {error:?}");
        assert!(error.to_string().contains("out of memory"), "{error}");
    }
}
