//! The sandbox over plain HTTP, compared with the service's reference, call by call.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use runcomfy_sandbox::{
    Builder, CancelAnswer, EarlyResult, Fault, OutputForm, Reply, Sandbox, Stage,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) const MODEL: &str = "kling/kling-2-1/master/image-to-video";
const IMAGE_URL: &str = "https://example.com/a.png";

/// What came back from one call.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Response {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// One call by hand, with no library between.
pub(crate) async fn call(authorization: &str, method: &str, url: &str, body: &str) -> Response {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let request = format!(
        "{method} /{path} HTTP/1.0\r\nhost: {host}\r\nauthorization: {authorization}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Response { status, head, body: answer[end + 4..].to_vec() }
}

/// A sandbox whose jobs wait until second 10 and run until second 20 of a clock that the test sets.
pub(crate) struct Service {
    pub(crate) sandbox: Sandbox,
    seconds: Arc<AtomicU64>,
}

impl Service {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(change: impl FnOnce(Builder) -> Builder) -> Self {
        let seconds = Arc::new(AtomicU64::new(0));
        let now = Arc::clone(&seconds);
        let builder = Sandbox::builder()
            .clock(move || Duration::from_secs(now.load(Ordering::SeqCst)))
            .queue_time(Duration::from_secs(10))
            .run_time(Duration::from_secs(10));
        Self { sandbox: change(builder).start().await.unwrap(), seconds }
    }

    pub(crate) fn set_seconds(&self, seconds: u64) {
        self.seconds.store(seconds, Ordering::SeqCst);
    }

    pub(crate) fn origin(&self) -> String {
        self.sandbox.base_url().trim_end_matches("/v1").to_owned()
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        let token = format!("Bearer {}", self.sandbox.token());
        call(&token, "GET", &format!("{}{path}", self.origin()), "").await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        let token = format!("Bearer {}", self.sandbox.token());
        call(&token, "POST", &format!("{}{path}", self.origin()), &body.to_string()).await
    }

    pub(crate) async fn submit(&self) -> Response {
        self.post(&format!("/v1/models/{MODEL}"), &input()).await
    }

    /// Submits a job; gives the path of the calls about it.
    pub(crate) async fn job(&self) -> String {
        let id = self.submit().await.json()["request_id"].as_str().unwrap().to_owned();
        format!("/v1/requests/{id}")
    }

    /// The `status` in the job's status and in its result.
    async fn words(&self, job: &str) -> (Value, Value) {
        let status = self.get(&format!("{job}/status")).await.json();
        let result = self.get(&format!("{job}/result")).await.json();
        (status["status"].clone(), result["status"].clone())
    }
}

fn input() -> Value {
    json!({ "prompt": "p", "image_url": IMAGE_URL })
}

#[tokio::test]
async fn an_accepted_submission_names_the_job_and_its_calls() {
    let service = Service::new().await;
    let answer = service.submit().await;
    let body = answer.json();
    let id = body["request_id"].as_str().unwrap();
    let url = |what| format!("{}/v1/requests/{id}/{what}", service.origin());
    let expected = json!({
        "request_id": id, "status_url": url("status"), "result_url": url("result"),
        "cancel_url": url("cancel")
    });
    assert_eq!((answer.status, &body), (200, &expected));
    assert_eq!(service.get(&format!("/v1/requests/{id}/status")).await.status, 200);
    let accepted = Service::with(|builder| builder.submit_status(202)).await;
    assert_eq!(accepted.submit().await.status, 202);
    assert_eq!(accepted.sandbox.accepted(), 1);
}

#[tokio::test]
async fn status_and_result_have_words_of_their_own() {
    let service = Service::new().await;
    let words = |status: &str, result: &str| (json!(status), json!(result));
    let good = service.job().await;
    service.sandbox.fail_next_job("out of memory");
    let bad = service.job().await;
    let cancelled = service.job().await;
    assert_eq!(service.words(&good).await, words("in_queue", "in_queue"));
    service.post(&format!("{cancelled}/cancel"), &json!({})).await;
    service.set_seconds(15);
    assert_eq!(service.words(&good).await, words("in_progress", "in_progress"));
    service.set_seconds(60);
    assert_eq!(service.words(&good).await, words("completed", "succeeded"));
    // `completed` means that it ended.
    assert_eq!(service.words(&bad).await, words("completed", "failed"));
    assert_eq!(service.words(&cancelled).await, words("cancelled", "cancelled"));
    let bad = service.get(&format!("{bad}/result")).await.json();
    assert_eq!((&bad["error"], bad.get("output")), (&json!("out of memory"), None));
}

#[tokio::test]
async fn other_words_are_a_setting() {
    let service = Service::with(|builder| {
        builder
            .workers(2)
            .status_word(Stage::Queued, "pending")
            .status_word(Stage::Failed, "failed")
            .status_word(Stage::Succeeded, "success")
            .result_word(Stage::Running, "processing")
            .result_word(Stage::Failed, "error")
    })
    .await;
    let words = |status: &str, result: &str| (json!(status), json!(result));
    let good = service.job().await;
    service.sandbox.fail_next_job("no");
    let bad = service.job().await;
    assert_eq!(service.words(&good).await, words("pending", "in_queue"));
    service.set_seconds(15);
    assert_eq!(service.words(&good).await, words("in_progress", "processing"));
    service.set_seconds(20);
    assert_eq!(service.words(&good).await, words("success", "succeeded"));
    assert_eq!(service.words(&bad).await, words("failed", "error"));
}

#[tokio::test]
async fn a_status_has_its_position_while_it_waits() {
    let service = Service::new().await;
    let (_first, second) = (service.job().await, service.job().await);
    let status = service.get(&format!("{second}/status")).await.json();
    let id = second.rsplit('/').next().unwrap();
    let url = |what| format!("{}{second}/{what}", service.origin());
    let expected = json!({
        "request_id": id, "status": "in_queue", "queue_position": 1,
        "status_url": url("status"), "result_url": url("result")
    });
    assert_eq!(status, expected);
    service.set_seconds(60);
    assert_eq!(service.get(&format!("{second}/status")).await.json().get("queue_position"), None);
}

#[tokio::test]
async fn a_stage_can_last_as_long_as_the_sandbox() {
    for (queue_time, state) in [(Duration::MAX, "in_queue"), (Duration::ZERO, "in_progress")] {
        let lasting = |builder: Builder| builder.queue_time(queue_time).run_time(Duration::MAX);
        let service = Service::with(lasting).await;
        service.set_seconds(1);
        let status = format!("{}/status", service.job().await);
        service.set_seconds(1_000_000_000);
        assert_eq!(service.get(&status).await.json()["status"], state);
    }
}

#[tokio::test]
async fn a_result_repeats_the_job_and_costs_only_where_asked() {
    let service = Service::new().await;
    let job = service.job().await;
    service.set_seconds(60);
    let result = service.get(&format!("{job}/result")).await.json();
    assert_eq!((&result["input"], &result["model_id"]), (&input(), &json!(MODEL)));
    let seconds = |key: &str| -> u64 {
        let time = result[key].as_str().unwrap().strip_suffix('Z').unwrap();
        time.rsplit(':').next().unwrap().parse().unwrap()
    };
    assert_eq!((seconds("finished_at") + 60 - seconds("created_at")) % 60, 20);
    for (query, has_cost) in [
        ("", false),
        ("?include_cost=false", false),
        ("?include_cost=0", false),
        ("?include_cost=true", true),
        ("?include_cost=True", true),
        ("?include_cost=1", true),
        ("?include_cost=true&other=1", true),
    ] {
        let result = service.get(&format!("{job}/result{query}")).await;
        assert_eq!(
            (result.status, result.json().get("cost").is_some()),
            (200, has_cost),
            "{query}"
        );
    }
    let service = Service::with(|builder| builder.repeat_input(false)).await;
    let job = service.job().await;
    assert_eq!(service.get(&format!("{job}/result")).await.json().get("input"), None);
}

#[tokio::test]
async fn a_result_before_the_end_is_the_state_or_not_ready() {
    let service = Service::new().await;
    let early = service.get(&format!("{}/result", service.job().await)).await;
    let body = early.json();
    assert_eq!((early.status, &body["status"]), (200, &json!("in_queue")));
    assert!(body.get("output").is_none() && body.get("finished_at").is_none(), "{body}");

    let service = Service::with(|builder| builder.early_result(EarlyResult::NotReady)).await;
    let job = service.job().await;
    for seconds in [0, 15] {
        service.set_seconds(seconds);
        let early = service.get(&format!("{job}/result")).await;
        assert_eq!((early.status, &early.json()["error_code"]), (400, &json!(400_005)));
    }
    service.set_seconds(20);
    assert_eq!(service.get(&format!("{job}/result")).await.json()["status"], "succeeded");
}

#[tokio::test]
async fn a_cancellation_is_answered_in_each_form() {
    let id = json!("<id>");
    let not = json!({"request_id": id, "status": "in_progress", "outcome": "not_cancellable"});
    for (form, status, cancelled, not_cancellable) in [
        (
            CancelAnswer::Full,
            202,
            json!({"request_id": id, "status": "cancelled", "outcome": "cancelled"}),
            not.clone(),
        ),
        (
            CancelAnswer::OutcomeOnly,
            202,
            json!({"outcome": "cancelled"}),
            json!({"outcome": "not_cancellable"}),
        ),
        (
            CancelAnswer::Requested,
            202,
            json!({"request_id": id, "outcome": "cancellation_requested"}),
            not.clone(),
        ),
        (
            CancelAnswer::RequestedStatus,
            202,
            json!({"request_id": id, "status": "cancellation_requested"}),
            not.clone(),
        ),
        (
            CancelAnswer::Contradictory,
            202,
            json!({"request_id": id, "status": "completed", "outcome": "cancelled"}),
            not.clone(),
        ),
        (CancelAnswer::Empty, 202, Value::Null, Value::Null),
        (CancelAnswer::NoContent, 204, Value::Null, Value::Null),
    ] {
        let service = Service::with(|builder| builder.cancel_answer(form)).await;
        let (runs, waits) = (service.job().await, service.job().await);
        service.set_seconds(15);
        for (job, expected, after) in
            [(&waits, cancelled, "cancelled"), (&runs, not_cancellable, "in_progress")]
        {
            let answer = service.post(&format!("{job}/cancel"), &json!({})).await;
            assert_eq!(answer.status, status, "{form:?}");
            let id = job.rsplit('/').next().unwrap();
            let body = answer.text().replace(id, "<id>");
            assert_eq!(serde_json::from_str(&body).unwrap_or(Value::Null), expected, "{form:?}");
            assert_eq!(service.words(job).await, (json!(after), json!(after)), "{form:?}");
        }
    }
    let service = Service::new().await;
    let none = service.post("/v1/requests/none/cancel", &json!({})).await;
    assert_eq!((none.status, &none.json()["error_code"]), (404, &json!(404_001)));
}

#[tokio::test]
async fn an_output_has_each_form_and_its_files_are_there() {
    let schema =
        |output: Value| json!({"input_schema": {"type": "object"}, "output_schema": output});
    let one = json!({"type": "string", "format": "uri"});
    let list = json!({"type": "array", "items": one});
    let urls = |output: &Value| -> Vec<String> {
        let text = output.to_string();
        let parts = text.split('"').filter(|part| part.starts_with("http://"));
        parts.map(str::to_owned).collect()
    };
    for (output_schema, form, expected) in [
        (Value::Null, OutputForm::BySchema, r#"{"video":"1"}"#),
        (
            json!({"output": {"type": "object", "properties": {"videos": list}}}),
            OutputForm::BySchema,
            r#"{"videos":["1","2"]}"#,
        ),
        (one, OutputForm::BySchema, r#""1""#),
        (json!({"output": list}), OutputForm::BySchema, r#"["1","2"]"#),
        (list, OutputForm::Object, r#"{"video":"1"}"#),
        (Value::Null, OutputForm::Url, r#""1""#),
        (Value::Null, OutputForm::Urls, r#"["1","2"]"#),
        (Value::Null, OutputForm::UrlObjects, r#"[{"url":"1"},{"url":"2"}]"#),
        (Value::Null, OutputForm::ObjectOfUrlObjects, r#"{"videos":[{"url":"1"},{"url":"2"}]}"#),
    ] {
        let mut entry = schema(output_schema);
        if entry["output_schema"].is_null() {
            entry.as_object_mut().unwrap().remove("output_schema");
        }
        let entry = entry.to_string();
        let service = Service::with(|builder| {
            builder.output_form(form).model("acme/dream/text-to-video", &entry)
        });
        let service = service.await;
        let submitted =
            service.post("/v1/models/acme/dream/text-to-video", &json!({})).await.json();
        let path = format!("/v1/requests/{}/result", submitted["request_id"].as_str().unwrap());
        service.set_seconds(60);
        let output = service.get(&path).await.json()["output"].clone();
        let mut shown = output.to_string();
        for (number, url) in urls(&output).iter().enumerate() {
            shown = shown.replace(&format!("\"{url}\""), &format!("\"{}\"", number + 1));
            let file = call("", "GET", url, "").await;
            assert_eq!((file.status, &file.body[4..8]), (200, &b"ftyp"[..]), "{url}");
        }
        assert_eq!(shown, expected, "{form:?} {entry}");
    }
}

#[tokio::test]
async fn an_output_is_there_only_once_its_job_has_succeeded() {
    let service = Service::with(|builder| builder.workers(9)).await;
    let name = |job: &str| format!("/outputs/{}.mp4", job.rsplit('/').next().unwrap());
    let good = name(&service.job().await);
    service.sandbox.fail_next_job("no");
    let bad = name(&service.job().await);
    for seconds in [0, 15, 20] {
        service.set_seconds(seconds);
        let found = service.get(&good).await.status;
        assert_eq!(found, if seconds == 20 { 200 } else { 404 }, "{seconds}");
    }
    for path in
        [&bad, &good.replace(".mp4", ".png"), &good.replace(".mp4", "-2.mp4"), "/outputs/a.mp4"]
    {
        assert_eq!(service.get(path).await.status, 404, "{path}");
    }
    // Files of the test, under any content type.
    let url = service.sandbox.add_file("a.mp4", "text/html", "<html>sign in</html>");
    let file = call("", "GET", &url, "").await;
    assert!(file.head.contains("content-type: text/html"), "{}", file.head);
    assert_eq!((file.status, file.text()), (200, "<html>sign in</html>"));
}

#[tokio::test]
async fn outputs_can_be_on_another_host() {
    let host = "https://playgrounds-storage-public.runcomfy.net";
    let service = Service::with(|builder| builder.output_origin(host)).await;
    let job = service.job().await;
    service.set_seconds(60);
    let output = service.get(&format!("{job}/result")).await.json()["output"].clone();
    let path = output["video"].as_str().unwrap().strip_prefix(host).expect("the host").to_owned();
    assert_eq!(service.get(&path).await.status, 200);
}

#[tokio::test]
async fn the_token_is_wanted_under_a_scheme_of_any_case() {
    let service = Service::new().await;
    let url = format!("{}/v1/models", service.origin());
    for (authorization, status) in [
        ("Bearer sandbox-token", 200),
        ("bearer sandbox-token", 200),
        ("BEARER  sandbox-token", 200),
        ("Bearer sandbox-token2", 400),
        ("Bearer", 400),
        ("Basic sandbox-token", 400),
        ("sandbox-token", 400),
        ("", 400),
    ] {
        let answer = call(authorization, "GET", &url, "").await;
        assert_eq!(answer.status, status, "{authorization}");
        if status == 400 {
            assert_eq!(answer.json()["error_code"], 400_004);
        }
    }
    let service = Service::with(|builder| builder.token_status(401)).await;
    let answer = call("", "GET", &format!("{}/prod/v2/balance", service.origin()), "").await;
    assert_eq!((answer.status, &answer.json()["error_code"]), (401, &json!(400_004)));
}

#[tokio::test]
async fn media_that_could_not_be_fetched_are_refused() {
    let service =
        Service::with(|builder| builder.unfetchable("https://example.com/gone.png")).await;
    service.sandbox.add_unfetchable("https://example.com/gone.mp4");
    let fantasy = "community/fantasy-portrait/image-to-video";
    let with = |image: &str| json!({"143_image": image, "160_video": "a.mp4", "155_positive_prompt": "http://localhost"});
    for good in [IMAGE_URL, "Runcomfy_example_1268_1.png", "data:image/png;base64,iVBORw0KGgo="] {
        let answer = service.post(&format!("/v1/models/{fantasy}"), &with(good)).await;
        assert_eq!(answer.status, 200, "{good}: {answer:?}");
    }
    for bad in [
        "http://example.com/a.png",
        "https://localhost/a.png",
        "https://192.168.0.1/a.png",
        "https://nowhere.invalid/a.png",
        "https://example.com/gone.png",
        "https://example.com/gone.mp4",
        "",
    ] {
        let answer = service.post(&format!("/v1/models/{fantasy}"), &with(bad)).await;
        let body = answer.json();
        assert_eq!(answer.status, 422, "{bad}");
        let detail = body["detail"].as_array().unwrap();
        assert_eq!(detail.len(), 1, "{body}");
        assert_eq!(detail[0]["loc"], json!(["body", "143_image"]));
        assert!(detail[0]["msg"].as_str().unwrap().contains("cannot be fetched"), "{body}");
    }
    assert_eq!(service.sandbox.accepted(), 3);
}

#[tokio::test]
async fn a_call_has_one_line_of_log_without_the_token() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&lines);
    let service = Service::with(|builder| {
        builder.log(move |line| sink.lock().unwrap().push(line.to_owned()))
    })
    .await;
    let job = service.job().await;
    let id = job.rsplit('/').next().unwrap();
    service.get(&format!("{job}/status?a={}", service.sandbox.token())).await;
    service.get(&format!("/v1/{}", service.sandbox.token())).await;
    service.sandbox.reply_next(runcomfy_sandbox::Call::Catalog, Reply::new(503, "sandbox-token"));
    service.get("/v1/models").await;
    service.sandbox.fault_next(runcomfy_sandbox::Call::Status, Fault::Truncated);
    service.get(&format!("{job}/status")).await;
    let lines = lines.lock().unwrap();
    let expected = [
        format!("POST /v1/models/{MODEL} 200 _ ms request {id}"),
        format!("GET {job}/status 200 _ ms"),
        "GET /v1/[token] 404 _ ms".to_owned(),
        "GET /v1/models 503 _ ms fault Reply".to_owned(),
        format!("GET {job}/status 200 _ ms fault Truncated"),
    ];
    assert_eq!(lines.len(), expected.len(), "{lines:?}");
    for (line, expected) in lines.iter().zip(&expected) {
        let mut words: Vec<_> = line.split(' ').collect();
        assert!(words[0].ends_with('Z') && words[4].parse::<f64>().is_ok(), "{line}");
        words[4] = "_";
        assert_eq!(words[1..].join(" "), *expected);
    }
}
