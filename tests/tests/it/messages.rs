//! The messages of errors: where something went wrong, why, and what to do next.

use std::error::Error as StdError;
use std::time::Duration;

use runcomfy_codegen::Generator;
use runcomfy_models::community::fantasy_portrait::image_to_video::{Input, Resolution};
use runcomfy_models::time::TestClock;
use runcomfy_models::{
    Client, ConfigError, DynamicModel, Error, FileJournal, Media, ModelId, Output, RequestId,
    RunError, WaitOptions,
};
use runcomfy_sandbox::{Call, Reply, Sandbox};
use serde_json::json;

use crate::end_to_end::{client, input, quick, stuck};

const MODEL: &str = "community/fantasy-portrait/image-to-video";

/// A client of an address where nobody listens.
fn nowhere() -> Client {
    let builder = Client::builder().base_url("http://127.0.0.1:1/v1").token("t");
    builder.clock(TestClock::default()).attempts(1).build().unwrap()
}

/// Errors of every public type, each made where a user meets it.
async fn errors() -> Vec<Box<dyn StdError>> {
    let (sandbox, client) = quick().await;
    sandbox.reply_next(Call::Submit, Reply::new(401, r#"{"message": "who are you"}"#));
    let refused = client.submit(&input()).await.unwrap_err();
    let api = refused.api().unwrap().clone();
    let violations = Input::from_json("{}").unwrap_err();
    let violation = violations.iter().next().unwrap().clone();
    let journal = FileJournal::open("/no/such/folder/jobs.journal").unwrap_err();
    let not_connected = nowhere().submit(&input()).await.unwrap_err();
    let run = RunError::<()>::from(nowhere().submit(&input()).await.unwrap_err());
    let token = Client::builder().build().unwrap_err();
    let Error::Config(config) = Client::builder().build().unwrap_err() else { panic!("{token}") };
    let generated = Generator::from_texts([("a/b", "{]")]).generate().unwrap_err();
    let busy = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = busy.local_addr().unwrap().port();
    let sandbox = Sandbox::builder().port(port).start().await.unwrap_err();
    vec![
        Box::new(refused),
        Box::new(api),
        Box::new(violation),
        Box::new(violations),
        Box::new(journal),
        Box::new(not_connected),
        Box::new(run),
        Box::new(token),
        Box::new(config),
        Box::new(generated),
        Box::new(sandbox),
        Box::new(Media::path("/no/such/file.png").unwrap_err()),
        Box::new("a b".parse::<ModelId>().unwrap_err()),
        Box::new("a b".parse::<RequestId>().unwrap_err()),
        Box::new("1x1".parse::<Resolution>().unwrap_err()),
        Box::new(DynamicModel::parse("a/b", "[]").unwrap_err()),
        Box::new(Output::default().video().unwrap_err()),
    ]
}

#[tokio::test]
async fn debug_of_errors_is_the_message_with_its_causes() {
    for error in errors().await {
        let (message, shown, structure) =
            (error.to_string(), format!("{error:?}"), format!("{error:#?}"));
        let causes = shown.strip_prefix(&message).unwrap_or_else(|| panic!("{shown}"));
        let mut causes = causes.lines();
        assert_eq!(causes.next().unwrap_or_default(), "", "{shown}");
        for cause in causes {
            assert!(cause.starts_with("caused by: "), "{shown}");
        }
        // The innermost cause is there, and once.
        let mut innermost = &*error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        let innermost = innermost.to_string();
        assert_eq!(shown.matches(&innermost).count(), 1, "{shown}");
        let name = structure.split([' ', '(', '\n']).next().unwrap();
        assert!(name.chars().all(char::is_alphanumeric) && structure != message, "{structure}");
    }
}

#[test]
fn errors_say_what_to_do() {
    let id = || "r-1".parse::<RequestId>().unwrap();
    let json = serde_json::from_str::<u8>("x").unwrap_err();
    for (error, advice) in [
        (Error::Cancelled { request_id: id() }, "submit it again"),
        (Error::Body(json), "correct its `Serialize`"),
        (ConfigError::NotUtf8 { variable: "RUNCOMFY_TOKEN" }.into(), "correct it, or unset it"),
        (
            ConfigError::TokenFile { path: "/x".into(), source: "no token in it".into() }.into(),
            "set RUNCOMFY_API_TOKEN to the token",
        ),
        (Media::url("https://").unwrap_err().into(), "one looks like https://example.com/face.png"),
        (
            Media::url("https:/a.png").unwrap_err().into(),
            "one looks like https://example.com/face.png",
        ),
    ] {
        let text = error.to_string();
        assert!(text.contains(advice), "{text}");
    }
}

#[tokio::test]
async fn unknown_model_is_named_with_the_url() {
    let (sandbox, client) = quick().await;
    let base = sandbox.base_url();
    let error = client.submit_json("no/such/model", &json!({})).await.unwrap_err().to_string();
    for part in [
        &*format!("HTTP 404 to POST {base}/models/no/such/model"),
        "has no model no/such/model",
        "`Client::models`",
        "`runcomfy_models::closest_ids`",
    ] {
        assert!(error.contains(part), "{error}");
    }
    let error = client.model("no/such/model").await.unwrap_err().to_string();
    assert!(error.contains("has no model no/such/model"), "{error}");
    let error = client.job_json("r-1").unwrap().status().await.unwrap_err().to_string();
    assert!(error.contains(&format!("HTTP 404 to GET {base}/requests/r-1/status")), "{error}");
    assert!(error.contains("knows no request r-1"), "{error}");
}

#[tokio::test]
async fn base_url_without_its_version_is_recognised() {
    let (sandbox, _) = quick().await;
    let base = sandbox.base_url();
    let root = base.strip_suffix("/v1").unwrap();
    let client = Client::builder().base_url(root).token(sandbox.token()).build().unwrap();
    let job = client.job_json("r-1").unwrap();
    for error in [
        client.submit(&input()).await.unwrap_err(),
        job.status().await.unwrap_err(),
        client.categories().await.unwrap_err(),
    ] {
        let error = error.to_string();
        assert!(error.contains("HTTP 404") && error.contains(&format!("use {base}, ")), "{error}");
        assert!(!error.contains("no model") && !error.contains("no request"), "{error}");
    }
}

#[tokio::test]
async fn failed_connection_has_host_port_and_reason() {
    let folder = tempfile::tempdir().unwrap();
    let client = nowhere();
    let url = "http://127.0.0.1:1/v.mp4";
    for error in [
        client.submit(&input()).await.unwrap_err(),
        client.job_json("r-1").unwrap().status().await.unwrap_err(),
        client.models(&Default::default()).await.unwrap_err(),
        client.download(url, folder.path().join("v.mp4")).await.unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(text.contains("cannot connect to 127.0.0.1:1: Connection refused"), "{text}");
    }
}

#[tokio::test]
async fn details_of_a_refusal_are_one_per_line() {
    let (sandbox, client) = quick().await;
    let body = r#"{"detail": [
        {"type": "less_than_equal", "loc": ["body", "149_steps"], "msg": "Input should be less than or equal to 20", "input": 25},
        {"type": "missing", "loc": ["body", "shots", 1, "duration"], "msg": "Field required"}]}"#;
    sandbox.reply_next(Call::Submit, Reply::new(422, body));
    let error = client.submit(&input()).await.unwrap_err().to_string();
    let lines: Vec<_> = error.lines().collect();
    assert_eq!(lines[0], "the service answered HTTP 422:");
    assert_eq!(lines[1], "149_steps: Input should be less than or equal to 20");
    assert_eq!(lines[2], "shots[1].duration: Field required");
    assert!(lines[3].contains("`submit_json` sends a body unchecked"), "{error}");
    assert_eq!(lines.len(), 4, "{error}");
    // An unchecked input needs other advice.
    sandbox.reply_next(Call::Submit, Reply::new(422, body));
    let error = client.submit_json(MODEL, &json!({})).await.unwrap_err().to_string();
    assert!(!error.contains("submit_json") && error.contains(MODEL), "{error}");
    assert!(error.contains("`Client::model`"), "{error}");
    // A failed job says it in the same way.
    let job = client.submit(&input()).await.unwrap();
    let failed = r#"{"status": "failed", "error": {"message": "bad input", "errors": {"image": ["is too small", "is dark"]}}}"#;
    sandbox.reply_next(Call::Result, Reply::new(200, failed));
    let error = job.result().await.unwrap_err().to_string();
    let lines: Vec<_> = error.lines().skip(1).collect();
    assert_eq!(lines[..2], ["image: is too small", "image: is dark"], "{error}");
    assert!(lines[2].contains("costs again"), "{error}");
}

#[tokio::test]
async fn words_of_the_service_command_no_terminal() {
    let (sandbox, client) = quick().await;
    let body = json!({"message": "\u{1b}[2Jgone\u{202e}", "errors": {"a\u{1b}b": "x\u{7}"}});
    sandbox.reply_next(Call::Submit, Reply::new(400, body.to_string()));
    let error = client.submit(&input()).await.unwrap_err().to_string();
    let is_hidden = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
    assert!(!error.contains(is_hidden) && error.contains("gone"), "{error:?}");
}

#[tokio::test]
async fn redirect_of_a_submission_is_explained() {
    let (sandbox, client) = quick().await;
    for status in [301, 303, 307] {
        let reply =
            Reply::new(status, "").header("location", "https://elsewhere.example/v1?key=s3");
        sandbox.reply_next(Call::Submit, reply);
        let error = client.submit(&input()).await.unwrap_err();
        // The service may have accepted it before it redirected.
        assert!(error.is_submit_unknown(), "{error}");
        assert_eq!(error.api().unwrap().status, status);
        let text = error.to_string();
        assert!(
            text.contains(", a redirect to https://elsewhere.example/v1?...; redirects"),
            "{text}"
        );
        assert!(!text.contains("s3"), "{text}");
    }
}

#[tokio::test]
async fn short_wait_is_not_zero_seconds() {
    let (sandbox, _) = stuck().await;
    let builder = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    let client = builder.clock(TestClock::default()).build().unwrap();
    let job = client.submit(&input()).await.unwrap();
    for (timeout, shown) in [
        (Duration::from_millis(100), "after 100 ms of waiting"),
        (Duration::from_secs(750), "after 12 min 30 s of waiting"),
    ] {
        let options = WaitOptions::default().timeout(timeout);
        let error = job.wait_with(&options, |_| {}).await.unwrap_err().to_string();
        assert!(error.contains(shown), "{error}");
    }
}

#[tokio::test]
async fn file_errors_name_the_file_and_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing/jobs.journal");
    let error = FileJournal::open(&missing).unwrap_err().to_string();
    assert!(error.contains(missing.to_str().unwrap()), "{error}");
    assert!(error.contains("No such file or directory"), "{error}");
    // A folder cannot be made where a file is.
    let (sandbox, client) = quick().await;
    let done = client.run(&input()).await.unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("videos")] {
        let error = done.download_all(&path).await.unwrap_err().to_string();
        assert!(error.contains(path.to_str().unwrap()), "{error}");
        assert!(error.contains("File exists") || error.contains("Not a directory"), "{error}");
    }
    drop(sandbox);
}

#[tokio::test]
async fn unknown_outcome_says_what_happened() {
    let (sandbox, _) = quick().await;
    let client = client(&sandbox);
    sandbox.reply_next(Call::Submit, Reply::new(502, "<title>502 Bad Gateway</title>"));
    let error = client.submit(&input()).await.unwrap_err().to_string();
    assert!(error.contains("502 Bad Gateway; it may have been accepted"), "{error}");
}
