//! The output of a job, in every form in which the service may send it.

use std::time::Duration;

use runcomfy_models::{Client, Completed, Error, Job, Output, OutputFiles, Request};
use runcomfy_sandbox::{Call, Reply, Sandbox};
use serde_json::{Map, Value, json};

use crate::end_to_end::{client, input, quick};

const I: &str = "https://cdn.runcomfy.net/i.png";
const J: &str = "https://cdn.runcomfy.net/j.webp?signature=x";
const V: &str = "https://cdn.runcomfy.net/v.mp4";
const W: &str = "https://cdn.runcomfy.net/w.webm";
const A: &str = "https://cdn.runcomfy.net/a.mp3";
/// Of no kind that its name tells.
const X: &str = "https://cdn.runcomfy.net/results/1234";
const DATA: &str = "data:image/png;base64,iVBORw0KGgo=";

/// The known fields: single ones, and lists.
type Fields<'a> = ([Option<&'a str>; 3], [&'a [&'a str]; 3]);

fn fields(output: &Output) -> ([Option<&str>; 3], [Vec<&str>; 3]) {
    let Output { image, video, audio, images, videos, audios, .. } = output;
    (
        [image, video, audio].map(|url| url.as_deref()),
        [images, videos, audios].map(|urls| urls.iter().map(String::as_str).collect()),
    )
}

/// The output as it came, the fields that it fills, and the rest, in `other`.
fn forms() -> Vec<(Value, Fields<'static>, Value)> {
    const NONE: [Option<&str>; 3] = [None; 3];
    const EMPTY: [&[&str]; 3] = [&[]; 3];
    const VIDEO: [Option<&str>; 3] = [None, Some(V), None];
    vec![
        // An object with the known keys.
        (json!({"video": V}), (VIDEO, EMPTY), json!({})),
        (json!({"image": I, "audio": A}), ([Some(I), None, Some(A)], EMPTY), json!({})),
        (json!({"images": [I, J]}), (NONE, [&[I, J], &[], &[]]), json!({})),
        (json!({"videos": [V]}), (VIDEO, [&[], &[V], &[]]), json!({})),
        (json!({"image": I, "images": [I]}), ([Some(I), None, None], [&[I], &[], &[]]), json!({})),
        (json!({"video": V, "videos": [W]}), (VIDEO, [&[], &[W], &[]]), json!({})),
        // The key counts more than the name.
        (json!({"video": X, "audio": V}), ([None, Some(X), Some(V)], EMPTY), json!({})),
        // One URL, and a list of URLs.
        (json!(V), (VIDEO, EMPTY), json!({})),
        (json!(J), ([Some(J), None, None], EMPTY), json!({})),
        (json!(DATA), ([Some(DATA), None, None], EMPTY), json!({})),
        (json!([V]), (VIDEO, [&[], &[V], &[]]), json!({})),
        (json!([V, W]), (NONE, [&[], &[V, W], &[]]), json!({})),
        (json!([A, I, J]), ([None, None, Some(A)], [&[I, J], &[], &[A]]), json!({})),
        // Objects where URLs may stand.
        (json!([{"url": V}]), (VIDEO, [&[], &[V], &[]]), json!({})),
        (json!({"url": V}), (VIDEO, EMPTY), json!({"url": V})),
        (json!({"video": {"url": V}}), (VIDEO, EMPTY), json!({})),
        (json!({"images": [{"url": I}, J]}), (NONE, [&[I, J], &[], &[]]), json!({})),
        (
            json!({"images": [J, {"url": I, "width": 64}], "video": {"url": V, "fps": 24}}),
            (VIDEO, [&[J, I], &[], &[]]),
            json!({"images": [{"url": I, "width": 64}], "video": {"url": V, "fps": 24}}),
        ),
        // One where several could be, and several where one could be.
        (json!({"images": I}), ([Some(I), None, None], [&[I], &[], &[]]), json!({})),
        (json!({"image": [I]}), ([Some(I), None, None], EMPTY), json!({})),
        (json!({"image": [I, J]}), (NONE, [&[I, J], &[], &[]]), json!({})),
        // A member that cannot be used does not hide the others.
        (
            json!({"images": [I, null, 7, "", {"id": 1}, [J], J]}),
            (NONE, [&[I, J], &[], &[]]),
            json!({"images": [null, 7, "", {"id": 1}, [J]]}),
        ),
        (
            json!([V, null, {"url": null}, "text", {"url": X}]),
            (VIDEO, [&[], &[V], &[]]),
            json!({"output": [null, {"url": null}, "text", {"url": X}]}),
        ),
        (
            json!({"image": null, "video": "", "audio": 7, "images": {}, "videos": null}),
            (NONE, EMPTY),
            json!({"video": "", "audio": 7, "images": {}}),
        ),
        (
            json!({"image": 7, "images": [I]}),
            ([Some(I), None, None], [&[I], &[], &[]]),
            json!({"image": 7}),
        ),
        (json!({"image": [I, 7]}), ([Some(I), None, None], EMPTY), json!({"image": [7]})),
        // Files whose kind neither the key nor the name shows.
        (json!(X), (NONE, EMPTY), json!({"output": X})),
        (json!([X, {"url": X}]), (NONE, EMPTY), json!({"output": [X, {"url": X}]})),
        (json!("a text"), (NONE, EMPTY), json!({"output": "a text"})),
        (json!("v.mp4"), (NONE, EMPTY), json!({"output": "v.mp4"})),
        (json!(0.5), (NONE, EMPTY), json!({"output": 0.5})),
        (json!({"url": X, "seed": 1}), (NONE, EMPTY), json!({"url": X, "seed": 1})),
        (json!({"seed": 1, "mask": I}), (NONE, EMPTY), json!({"seed": 1, "mask": I})),
        // Nothing.
        (json!(null), (NONE, EMPTY), json!({})),
        (json!({}), (NONE, EMPTY), json!({})),
        (json!([]), (NONE, EMPTY), json!({})),
        (json!({"images": []}), (NONE, EMPTY), json!({})),
    ]
}

#[test]
fn every_form_fills_the_same_fields() {
    for (form, (single, lists), other) in forms() {
        let output = Output::from(form.clone());
        let lists = lists.map(<[&str]>::to_vec);
        assert_eq!(fields(&output), (single, lists), "{form}");
        assert_eq!(Value::from(output.other.clone()), other, "{form}");
        let again = serde_json::to_value(&output).unwrap();
        assert_eq!(Output::from(again.clone()), output, "{form} became {again}");
        let read: Output = serde_json::from_str(&again.to_string()).unwrap();
        assert_eq!(read, output, "{form} became {again}");
    }
}

#[test]
fn documented_objects_are_written_as_they_came() {
    for form in [
        json!({"video": V}),
        json!({"images": [I]}),
        json!({"images": [I, J], "image": J}),
        json!({"images": [J, {"url": I, "width": 64}, null], "seed": 5}),
        json!({"image": {"url": I, "width": 64}}),
        json!({"audio": A, "other": {"audio": [A]}}),
    ] {
        assert_eq!(serde_json::to_value(Output::from(form.clone())).unwrap(), form);
    }
}

#[test]
fn every_url_is_reachable_once() {
    for (form, urls) in [
        (json!({"image": I, "images": [I, J], "mask": I}), vec![I, J]),
        (json!([{"url": V, "poster": {"url": I}}, X, 1]), vec![V, I, X]),
        (json!(X), vec![X]),
        (json!({"text": "see https://a.example", "raw": DATA}), vec![DATA]),
    ] {
        assert_eq!(Output::from(form.clone()).urls().collect::<Vec<_>>(), urls, "{form}");
    }
}

/// Any JSON, rich in what outputs are made of.
fn any(random: &mut fastrand::Rng, depth: usize) -> Value {
    const KEYS: [&str; 9] =
        ["image", "images", "video", "videos", "audio", "audios", "url", "output", "seed"];
    const TEXTS: [&str; 9] = [I, J, V, W, A, X, DATA, "", "text"];
    match random.usize(..if depth == 0 { 5 } else { 9 }) {
        0 => Value::Null,
        1 => random.u8(..).into(),
        2..=4 => random.choice(TEXTS).unwrap().into(),
        5 | 6 => (0..random.usize(..5)).map(|_| any(random, depth - 1)).collect(),
        _ => {
            let key = |random: &mut fastrand::Rng| random.choice(KEYS).unwrap().to_owned();
            let members = (0..random.usize(..5)).map(|_| (key(random), any(random, depth - 1)));
            members.collect::<Map<_, _>>().into()
        }
    }
}

#[test]
fn unknown_output_is_read_without_loss() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..20_000 {
        let form = any(&mut random, 3);
        let output = Output::from(form.clone());
        let again = serde_json::to_value(&output).unwrap();
        assert_eq!(Output::from(again.clone()), output, "{form} became {again}");
        for url in TEXT_URLS {
            let is_there = form.to_string().contains(url);
            assert_eq!(output.urls().any(|found| found == url), is_there, "{url} of {form}");
        }
    }
}

const TEXT_URLS: [&str; 7] = [I, J, V, W, A, X, DATA];

/// The result of a job that gives this output, by a model with the common `Output`.
async fn result(sandbox: &Sandbox, client: &Client, output: &Value) -> Completed {
    let job = client.submit(&input()).await.unwrap();
    let body =
        json!({"request_id": job.request_id().as_str(), "status": "completed", "output": output});
    sandbox.reply_next(Call::Result, Reply::new(200, body.to_string()));
    job.result().await.unwrap()
}

#[tokio::test]
async fn a_job_gives_its_output_in_any_form() {
    let (sandbox, client) = quick().await;
    for form in [json!({"video": V}), json!(V), json!([V]), json!([{"url": V}])] {
        let done = result(&sandbox, &client, &form).await;
        assert_eq!(done.output.video.as_deref(), Some(V), "{form}");
    }
}

#[tokio::test]
async fn a_model_with_an_output_of_its_own_reads_every_form() {
    use runcomfy_tests::models::entries::own_output::{Input, Output};
    let schema = runcomfy_tests::schema(Input::MODEL_ID)["input_schema"].to_string();
    let sandbox = Sandbox::builder().model(Input::MODEL_ID, schema).start().await.unwrap();
    let client = client(&sandbox);
    let job = client.submit(&Input::builder().build().unwrap()).await.unwrap();
    for (form, score, url) in [
        (json!({"video": V, "score": 0.5, "url": 7}), Some(0.5), None),
        (json!({"video": {"url": V}, "score": "high"}), None, None),
        (json!({"url": V, "score": 1}), Some(1.0), Some(V)),
        (json!(V), None, None),
        (json!([V]), None, None),
        (json!([{"url": V}]), None, None),
    ] {
        let body = json!({"status": "completed", "output": form}).to_string();
        sandbox.reply_next(Call::Result, Reply::new(200, body));
        let output: Output = job.result().await.unwrap().output;
        assert_eq!(output.video.as_deref(), Some(V), "{form}");
        assert_eq!((output.score, output.url.as_deref()), (score, url), "{form}");
    }
}

#[test]
fn only_file_of_a_kind_or_an_error_with_the_output() {
    for (form, error) in [
        (json!({"video": V, "seed": 1}), None),
        (json!([V, I]), None),
        (json!({"video": V, "videos": [V, W]}), None),
        (json!([V, W]), Some("the output has 2 videos, not one; `videos` has their URLs")),
        (json!({}), Some("the output has no video: it is empty")),
        (json!(I), Some("the output has no video, but 1 image")),
        (json!({"audios": [A, A, V]}), Some("the output has no video, but 2 audio files")),
        (
            json!({"image": I, "images": [I, J], "audio": A, "log": "x\ny", "a\u{1b}b": 7}),
            Some(
                "the output has no video, but 2 images, 1 audio file and 2 other members: `a\\u{1b}b`, `log`",
            ),
        ),
        (json!({"video": 7}), Some("the output has no video, but 1 member: `video`")),
    ] {
        let output = Output::from(form.clone());
        match error {
            None => assert_eq!(output.video(), Ok(V), "{form}"),
            Some(error) => {
                let mut shown = output.video().unwrap_err().to_string();
                // The members are in the order in which `serde_json` keeps them.
                if shown.contains("`log`, ") {
                    shown = shown.replace("`log`, `a\\u{1b}b`", "`a\\u{1b}b`, `log`");
                }
                assert_eq!(shown, error, "{form}");
            }
        }
    }
    let output = Output::from(json!({"image": I, "audios": [A]}));
    assert_eq!((output.image(), output.audio()), (Ok(I), Ok(A)));
    let many: Map<_, _> = (0..5000).map(|n| (format!("key {n:04}"), n.into())).collect();
    let error = Output::from(Value::from(many)).image().unwrap_err().to_string();
    assert!(error.ends_with("`key 0009` and 4990 more") && error.len() < 300, "{error}");
}

/// As a function of an app has it, over inputs of any model.
async fn video_of<R: Request<Output: OutputFiles>>(job: &Job<R::Output>) -> Result<String, Error> {
    Ok(job.result().await?.video()?.to_owned())
}

#[tokio::test]
async fn the_error_about_a_file_has_the_request_id() {
    let (sandbox, client) = quick().await;
    let done = result(&sandbox, &client, &json!({"videos": [V, W]})).await;
    let error = done.video().unwrap_err();
    assert_eq!(error.request_id(), Some(&done.request_id));
    let expected = format!("request {}: the output has 2 videos", done.request_id);
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert!(done.image().is_err() && done.audio().is_err());
    // Without the job, `?` works, too.
    let of_output = |output: &Output| -> Result<String, Error> { Ok(output.video()?.to_owned()) };
    assert_eq!(of_output(&done.output).unwrap_err().request_id(), None);
}

#[tokio::test]
async fn completed_job_serialises_to_the_services_response() {
    let (sandbox, client) = quick().await;
    let job = client.submit(&input()).await.unwrap();
    let output = json!({"videos": [V, W], "seed": 7});
    let body = json!({"status": "completed", "output": output, "created_at": "2026-09-01T14:00:00+02:00",
        "finished_at": 1_788_264_000_250_u64, "cost": 0.25});
    sandbox.reply_next(Call::Result, Reply::new(200, body.to_string()));
    let done = job.result().await.unwrap();
    let expected = json!({"request_id": job.request_id().as_str(), "output": output,
        "created_at": "2026-09-01T14:00:00+02:00", "finished_at": "1788264000250", "cost": 0.25});
    assert_eq!(serde_json::to_value(&done).unwrap(), expected);
    // The service's text beside the moment.
    let (created, finished) = (done.created_at.unwrap(), done.finished_at.unwrap());
    assert_eq!(created, "2026-09-01T14:00:00+02:00");
    let took = finished.time().unwrap().duration_since(created.time().unwrap()).unwrap();
    assert_eq!(took.as_millis(), 250);
    // What the service does not say is left out.
    sandbox.reply_next(Call::Result, Reply::new(200, r#"{"status": "completed", "output": {}}"#));
    let done = serde_json::to_value(job.result().await.unwrap()).unwrap();
    assert_eq!(done, json!({"request_id": job.request_id().as_str(), "output": {}}));
}

#[tokio::test]
async fn generated_output_has_all_that_the_common_one_has() {
    use runcomfy_tests::models::entries::own_output::{Input, Output};
    let schema = runcomfy_tests::schema(Input::MODEL_ID)["input_schema"].to_string();
    let sandbox = Sandbox::builder().model(Input::MODEL_ID, schema);
    let sandbox = sandbox.queue_time(Duration::ZERO).run_time(Duration::ZERO);
    let sandbox = sandbox.start().await.unwrap();
    let client = client(&sandbox);
    let files = client.run(&Input::builder().build().unwrap()).await.unwrap();
    let file = files.output.as_output().urls().next().unwrap().to_owned();
    let job = client.submit(&Input::builder().build().unwrap()).await.unwrap();
    // `url` and `score` are fields of the type; `url` is a file all the same.
    let form = json!({"url": file, "score": 0.5, "extra": true});
    let body = json!({"status": "completed", "output": form}).to_string();
    let reply = || sandbox.reply_next(Call::Result, Reply::new(200, body.clone()));
    reply();
    let done = job.result().await.unwrap();
    assert!(done.output.url.is_some() && done.output.score == Some(0.5));
    let common = runcomfy_models::Output::from(form.clone());
    assert_eq!(serde_json::to_value(&done).unwrap()["output"], json!(common));
    let again: Output = serde_json::from_value(form).unwrap();
    assert_eq!(again, done.output);
    let error = done.audio().unwrap_err().to_string();
    for member in ["`url`", "`score`", "`extra`"] {
        assert!(error.contains(member), "{error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let saved = done.download_all(folder.path()).await.unwrap();
    assert_eq!(saved.len(), 1);
    assert_eq!(saved[0].url, file);
    reply();
    assert_eq!(video_of::<Input>(&job).await.ok(), done.video().ok().map(str::to_owned));
}

#[test]
fn debug_is_bounded() {
    let long = format!("data:image/png;base64,{}", "iVBORw0K".repeat(100_000));
    let output = Output::from(json!({
        "image": long, "videos": [V, long], "nested": [{"deep": long}], (long.as_str()): 1, "text": "é".repeat(10_000)
    }));
    for shown in [format!("{output:?}"), format!("{output:#?}")] {
        let start: String = shown.chars().take(3000).collect();
        assert!(shown == start && !shown.contains("iVBORw0K"), "{start}");
        assert!(shown.contains("image/png") && shown.contains(V) && shown.contains("800022"));
    }
}
