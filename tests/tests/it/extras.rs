//! Keys that a submission has besides those of the model's schema.

use futures_util::StreamExt;
use runcomfy_models::community::fantasy_portrait::image_to_video::Input;
use runcomfy_models::{
    AnyInput, Client, DynamicModel, Error, FileJournal, Output, Request, RunError, SubmitOptions,
    time::TestClock,
};
use runcomfy_sandbox::{Call, Reply};
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use crate::end_to_end::{input, quick};
use crate::journal;

fn lora() -> Value {
    json!({"path": "my-style.safetensors", "scale": 0.8})
}

fn with_lora() -> SubmitOptions {
    SubmitOptions::default().extra("lora", lora())
}

/// The answer of a model that takes the key, which the sandbox's models do not.
fn accepted() -> Reply {
    Reply::new(200, r#"{"request_id": "r-1"}"#)
}

/// A request type that was written by hand.
struct Own(Value);

impl Serialize for Own {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Request for Own {
    type Output = Output;
    const MODEL_ID: &'static str = "acme/own";
}

#[tokio::test]
async fn extra_keys_are_in_the_body() {
    let (sandbox, client) = quick().await;
    let options = with_lora().extra("draft", false).extra("draft", true);
    let own = Own(json!({"prompt": "x"}));
    let dream = DynamicModel::parse("acme/dream", r#"{"type": "object", "properties": {}}"#);
    let dream = dream.unwrap().input(json!({})).unwrap();
    let any = AnyInput::from(input());
    let replies = || sandbox.reply_next(Call::Submit, accepted());
    (0..4).for_each(|_| replies());
    let _ = client.submit_with(&input(), &options).await.unwrap();
    let _ = client.submit_with(&any, &options).await.unwrap();
    let _ = client.submit_with(&dream, &options).await.unwrap();
    let _ = client.submit_with(&own, &options).await.unwrap();
    let inputs = [json!(input()), json!(any), json!(dream), json!(own)];
    let received = sandbox.received();
    assert_eq!(received.len(), inputs.len());
    for (received, input) in received.iter().zip(inputs) {
        let mut expected = input;
        expected["lora"] = lora();
        expected["draft"] = json!(true);
        let body: Value = serde_json::from_str(&received.body).unwrap();
        assert_eq!(body, expected, "{}", received.path);
    }
}

#[tokio::test]
async fn declared_key_is_refused_before_anything_is_sent() {
    let (sandbox, client) = quick().await;
    let schema = r#"{"type": "object",
        "properties": {"lora": {"type": "object", "additionalProperties": true}},
        "patternProperties": {"^x-": {"type": "string"}}}"#;
    let dream = DynamicModel::parse("acme/dream", schema).unwrap().input(json!({})).unwrap();
    let any = AnyInput::from(input());
    let (mine, list) = (Own(json!({"lora": 1})), Own(json!([1])));
    for (refused, parts) in [
        // Whether it is set or not.
        (client.submit_with(&input(), &extra("149_steps")).await, ["`steps`", "`.steps(..)`"]),
        (client.submit_with(&input(), &extra("143_image")).await, ["`image`", "`.image(..)`"]),
        (client.submit_with(&any, &extra("149_steps")).await, ["`steps`", "`.steps(..)`"]),
        // The Rust name of a field, which would be sent as it is.
        (client.submit_with(&input(), &extra("steps")).await, ["\"149_steps\"", "`submit_json`"]),
        (client.submit_with(&dream, &extra("lora")).await, ["`lora`", "`.lora(..)`"]),
        (client.submit_with(&dream, &extra("x-seed")).await, ["has rules for its value", "JSON"]),
        (client.submit_with(&mine, &extra("lora")).await, ["has it already", "acme/own"]),
        (client.submit_with(&list, &extra("lora")).await, ["not a JSON object", "acme/own"]),
    ] {
        let error = refused.unwrap_err();
        assert!(matches!(error, Error::ExtraKey { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains("nothing was sent"), "{text}");
        for part in parts {
            assert!(text.contains(part), "{text}");
        }
    }
    assert!(sandbox.received().is_empty());
    let hostile = client.submit_with(&mine, &extra("lora").extra("a\u{1b}[2J", 1)).await;
    assert!(!hostile.unwrap_err().to_string().contains('\u{1b}'));
}

fn extra(key: &str) -> SubmitOptions {
    SubmitOptions::default().extra(key, 1)
}

#[tokio::test]
async fn an_extra_key_makes_another_submission_for_the_journal() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let file = FileJournal::open(folder.path().join("jobs.journal")).unwrap();
    let client = journal::client(&sandbox, file);
    let key = |options: SubmitOptions| options.key("once");
    let plain = client.submit_with(&input(), &key(SubmitOptions::default())).await.unwrap();
    for _ in 0..2 {
        sandbox.reply_next(Call::Submit, accepted());
    }
    let with = client.submit_with(&input(), &key(with_lora())).await.unwrap();
    let again = client.submit_with(&input(), &key(with_lora())).await.unwrap_err();
    assert!(again.is_already_submitted(), "{again}");
    let [plain, with] = [plain, with].map(|job| job.submission().unwrap().clone());
    assert_ne!(plain.claim, with.claim);
    assert!(plain.is_of(&input()) && !with.is_of(&input()));
    let mut body = json!(input());
    body["lora"] = lora();
    let other = SubmitOptions::default().extra("lora", json!({"path": "other"}));
    assert!(client.submit_with(&input(), &key(other)).await.is_ok());
    assert_eq!(sandbox.received().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn extra_keys_go_through_the_blocking_client() {
    let (sandbox, _) = quick().await;
    sandbox.reply_next(Call::Submit, accepted());
    let builder = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    let (sent, refused) = std::thread::spawn(move || {
        let client = builder.build_blocking().unwrap();
        let refused = client.submit_with(&input(), &extra("149_steps"));
        (client.submit_with::<Input>(&input(), &with_lora()).is_ok(), refused.is_err())
    })
    .join()
    .unwrap();
    assert!(sent && refused);
    assert!(sandbox.received()[0].body.contains("my-style.safetensors"));
}

#[tokio::test(flavor = "multi_thread")]
async fn inputs_of_a_list_have_options_of_their_own() {
    let (sandbox, _) = quick().await;
    // The sandbox does not know the job of the replies, so the waits end in errors.
    let builder = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    let client = builder.clock(TestClock::default()).build().unwrap();
    (0..3).for_each(|_| sandbox.reply_next(Call::Submit, accepted()));
    let inputs = [input(), input(), input()];
    let options = |index| if index == 1 { with_lora() } else { SubmitOptions::default() };
    let results: Vec<_> = client.run_all(&inputs, 1).submit_options(options).collect().await;
    assert_eq!(results.len(), 3);
    let bodies = sandbox.received().into_iter().filter(|one| one.method == "POST");
    let bodies = bodies.map(|one| serde_json::from_str::<Value>(&one.body).unwrap());
    let extras: Vec<_> = bodies.map(|body| body.get("lora").cloned()).collect();
    assert_eq!(extras, [None, Some(lora()), None]);
    // A declared key is refused for the input that has it, and stops no other.
    let declared = |index| {
        let options = SubmitOptions::default();
        if index == 0 { options.extra("149_steps", 7) } else { options }
    };
    let results: Vec<_> = client.run_all(&inputs, 2).submit_options(declared).collect().await;
    let refused = |result: &Result<_, RunError<_>>| {
        result.as_ref().is_err_and(|error| matches!(error.error, Error::ExtraKey { .. }))
    };
    let refused: Vec<_> =
        results.iter().filter(|(_, result)| refused(result)).map(|(index, _)| *index).collect();
    assert_eq!(refused, [0]);
    // The blocking client has them, too, and a key makes a claim of its own.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let (url, token) = (sandbox.base_url().to_owned(), sandbox.token().to_owned());
    let before = sandbox.accepted();
    std::thread::spawn(move || {
        let builder = Client::builder().base_url(url).token(token);
        let client = builder.journal(FileJournal::open(path).unwrap()).build_blocking().unwrap();
        for (key, done) in [("a", true), ("a", false), ("b", true)] {
            let results = client.run_all([input()], 1);
            let options = move |_| SubmitOptions::default().key(key);
            let results: Vec<_> = results.submit_options(options).collect();
            assert_eq!(results[0].1.is_ok(), done, "{key}: {results:?}");
        }
    })
    .join()
    .unwrap();
    assert_eq!(sandbox.accepted() - before, 2);
}
