//! The client against the sandbox: a real server, over HTTP.

use std::time::Duration;

use runcomfy_models::community::fantasy_portrait::image_to_video::Input;
use runcomfy_models::{
    CancelOutcome, Client, Error, Job, JobState, Media, Output, WaitOptions, blocking,
};
use runcomfy_sandbox::Sandbox;
use serde_json::{Value, json};

pub(crate) fn input() -> Input {
    let [image, video] = ["a.png", "a.mp4"].map(|name| Media::hosted(name).unwrap());
    Input::builder().image(image).video(video).positive_prompt("woman acting").build().unwrap()
}

pub(crate) fn client(sandbox: &Sandbox) -> Client {
    Client::builder().base_url(sandbox.base_url()).token(sandbox.token()).build().unwrap()
}

/// Jobs are done as soon as anybody asks.
pub(crate) async fn quick() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().queue_time(Duration::ZERO).run_time(Duration::ZERO);
    let sandbox = sandbox.start().await.unwrap();
    let client = client(&sandbox);
    (sandbox, client)
}

/// Jobs stay in the queue.
pub(crate) async fn stuck() -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().clock(|| Duration::ZERO).start().await.unwrap();
    let client = client(&sandbox);
    (sandbox, client)
}

#[tokio::test]
async fn an_input_becomes_a_video() {
    let (sandbox, client) = quick().await;
    let done = client.run(&input()).await.unwrap();
    assert_eq!(sandbox.accepted(), 1);
    assert_eq!(done.cost, Some(0.0));
    assert!(done.created_at.unwrap().ends_with('Z') && done.finished_at.is_some());
    let url = done.output.video.as_deref().expect("a video");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("video.mp4");
    let size = client.download(url, &path).await.unwrap();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!(bytes.len() as u64, size);
    assert_eq!(&bytes[4..8], b"ftyp");
    let again = client.download(url, &path).await.unwrap_err().to_string();
    assert!(again.contains("exists already"), "{again}");
    let elsewhere = client.download("https://example.com/v.mp4", folder.path().join("x")).await;
    assert!(elsewhere.unwrap_err().to_string().contains("is not a RunComfy host"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}

#[tokio::test]
async fn sent_body_is_the_serialised_input() {
    let (sandbox, client) = quick().await;
    let job = client.submit(&input()).await.unwrap();
    let received = sandbox.received();
    assert_eq!(received[0].method, "POST");
    assert_eq!(received[0].path, "/v1/models/community/fantasy-portrait/image-to-video");
    assert_eq!(received[0].body, serde_json::to_string(&input()).unwrap());
    job.status().await.unwrap();
    assert_eq!(sandbox.received()[1].path, format!("/v1/requests/{}/status", job.request_id()));
}

#[tokio::test]
async fn step_by_step_and_again_after_a_restart() {
    let (sandbox, client) = stuck().await;
    let first = client.submit(&input()).await.unwrap();
    let second = client.submit(&input()).await.unwrap();
    let status = second.status().await.unwrap();
    assert_eq!((status.state, status.queue_position), (JobState::InQueue, Some(1)));
    let early = first.result().await.unwrap_err();
    let in_queue = Some(JobState::InQueue);
    assert!(matches!(&early, Error::NotFinished { state, .. } if *state == in_queue), "{early}");
    assert_eq!(early.request_id(), Some(first.request_id()));

    let id = second.request_id().to_string();
    drop(second);
    let again = client.job::<Input>(&id).unwrap();
    assert_eq!(again.cancel().await.unwrap(), CancelOutcome::Cancelled);
    // As when the answer to the first was lost, and the call was made again.
    assert_eq!(again.cancel().await.unwrap(), CancelOutcome::Cancelled);
    let ended = again.wait().await.unwrap_err();
    assert!(matches!(ended, Error::Cancelled { .. }), "{ended}");
    assert_eq!(sandbox.accepted(), 2);
    // Jobs of different models can be kept together.
    let _jobs: Vec<Job> = vec![first, client.job_json(&id).unwrap()];
}

#[tokio::test]
async fn running_job_is_not_cancelled_and_is_known_before_the_wait() {
    let (sandbox, client) = quick().await;
    let mut id = String::new();
    let (input, options) = (input(), WaitOptions::default());
    let done = client.run_with(&input, &options, |job| id = job.request_id().to_string()).await;
    let done = done.unwrap();
    assert_eq!(done.request_id, id.as_str());
    let job = client.job_json(&id).unwrap();
    assert_eq!(job.cancel().await.unwrap(), CancelOutcome::NotCancellable);
    assert_eq!(sandbox.accepted(), 1);
}

#[tokio::test]
async fn a_failed_job_says_why() {
    let (sandbox, client) = quick().await;
    sandbox.fail_next_job("out of memory");
    let error = client.run(&input()).await.unwrap_err();
    assert!(error.to_string().contains("failed: out of memory"), "{error}");
    assert!(error.request_id().is_some());
}

#[tokio::test]
async fn json_goes_unchecked_and_the_service_judges() {
    let (sandbox, client) = quick().await;
    let body = json!({"prompt": "x", "image_url": "https://example.com/a.png"});
    let job = client.submit_json("kling/kling-2-1/master/image-to-video", &body).await.unwrap();
    let done = job.wait().await.unwrap();
    let _: &Output = &done.output;
    assert!(done.output.video.is_some());
    let wrong = json!({"prompt": "x", "durations": 7});
    let error =
        client.submit_json("kling/kling-2-1/master/image-to-video", &wrong).await.unwrap_err();
    let api = error.api().expect("an API error");
    assert_eq!(api.status, 422);
    assert!(error.to_string().contains("durations"), "{error}");
    let error = client.submit_json("no/such/model", &body).await.unwrap_err();
    assert_eq!(error.api().unwrap().status, 404);
    for id in ["", "../requests", "a//b", "a?b"] {
        let error = client.submit_json(id, &body).await.unwrap_err();
        assert!(matches!(error, Error::ModelId(_)), "{error}");
    }
    assert_eq!(sandbox.accepted(), 1);
}

#[tokio::test]
async fn the_sandbox_serves_the_catalog() {
    let (sandbox, _) = quick().await;
    let get = async |path: &str| -> Value {
        let url = format!("{}{path}", sandbox.base_url());
        let answer = crate::failures::raw_get(&url, sandbox.token()).await;
        serde_json::from_str(&answer).unwrap()
    };
    let all = get("/models").await;
    assert_eq!(all["total"], runcomfy_models::MODELS.len());
    assert!(all["models"][0].get("input_schema").is_none());
    let one = get("/models?search=kling-2-1/master/image&include_schema=true&limit=1").await;
    assert_eq!((&one["total"], one["models"].as_array().unwrap().len()), (&json!(1), 1));
    assert_eq!(one["models"][0]["input_schema"]["type"], "object");
    let entry = get("/models/kling/kling-2-1/master/image-to-video").await;
    assert_eq!(entry["model_id"], "kling/kling-2-1/master/image-to-video");
    assert_eq!(get("/models?category=nothing").await["total"], 0);
}

#[tokio::test]
async fn the_sandbox_judges_the_older_forms_of_json_schema() {
    let schema = r#"{"type": "Object", "properties": {"a": {
        "type": "float", "required": false, "minimum": 0, "exclusiveMinimum": true}}}"#;
    let sandbox = Sandbox::builder().model("acme/old", schema).start().await.unwrap();
    let client = client(&sandbox);
    assert!(client.submit_json("acme/old", &json!({"a": 0.5})).await.is_ok());
    for wrong in [json!({"a": 0}), json!({"b": 1})] {
        let error = client.submit_json("acme/old", &wrong).await.unwrap_err();
        assert_eq!(error.api().unwrap().status, 422, "{wrong}");
    }
}

#[test]
fn the_blocking_client_does_the_same() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sandbox = runtime
        .block_on(Sandbox::builder().queue_time(Duration::ZERO).run_time(Duration::ZERO).start())
        .unwrap();
    let client = blocking::Client::builder()
        .base_url(sandbox.base_url())
        .token(sandbox.token())
        .build_blocking()
        .unwrap();
    let done = client.run(&input()).unwrap();
    assert!(done.output.video.is_some());
    let job = client.submit(&input()).unwrap();
    let mut states = Vec::new();
    // A callback can make calls of its own.
    let on_change = |status: &runcomfy_models::JobStatus| {
        states.push(format!("{status} {}", job.cancel().unwrap()));
    };
    job.wait_with(&WaitOptions::default(), on_change).unwrap();
    assert_eq!(states, ["completed not_cancellable"]);
    let inside = runtime.block_on(async { client.run(&input()) });
    assert!(matches!(inside, Err(Error::BlockingInAsync)));
    // Many inputs give one error, which is about none of them.
    let inside = runtime.block_on(async {
        let results = client.run_all([input(), input()], 2);
        results.map(|(index, result)| (index, result.unwrap_err().error)).collect::<Vec<_>>()
    });
    assert!(matches!(inside[..], [(0, Error::BlockingInAsync)]), "{inside:?}");
    let cloned = client.clone();
    let inside = runtime.block_on(async {
        tokio::task::spawn_blocking(move || cloned.run(&input())).await.unwrap()
    });
    let text = inside.unwrap_err().to_string();
    assert!(text.contains("`spawn_blocking`") && text.contains("std::thread::spawn"), "{text}");
    let dropped = client.clone();
    runtime.block_on(async move { drop(dropped) });
}

#[test]
fn clients_and_jobs_cross_threads() {
    fn check<T: Send + Sync + Clone + std::fmt::Debug + 'static>() {}
    fn send<T: Send>(_: &T) {}
    check::<Client>();
    check::<Job>();
    check::<blocking::Client>();
    fn futures(client: &Client, job: &Job, input: &Input) {
        send(&client.run(input));
        send(&client.submit(input));
        send(&job.wait());
    }
    let _ = futures;
    fn error<T: std::error::Error + Send + Sync + 'static>() {}
    error::<Error>();
}
