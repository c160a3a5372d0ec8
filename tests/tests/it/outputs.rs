//! What a job gives, in every form in which the service may say it.

use runcomfy_models::{Client, Completed, Output};
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
        // A useless member does not take its neighbours with it.
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
        // What no key and no name tells the kind of.
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
