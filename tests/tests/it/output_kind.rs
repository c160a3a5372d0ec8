//! The kind of file that a model makes, and the errors that know it.

use runcomfy_models::community::fantasy_portrait::image_to_video::Input;
use runcomfy_models::{
    AnyInput, Client, DynamicModel, Error, Job, Keyed, MODELS, MediaKind, OutputError, OutputFiles,
    model,
};
use runcomfy_sandbox::{Call, Reply, Sandbox};
use serde_json::{Value, json};

use crate::end_to_end::{input, quick};

const IMAGE: &str = "https://cdn.runcomfy.net/i.png";

/// What the vendors call their models agrees with the kind.
#[test]
fn models_know_what_they_make() {
    for model in MODELS {
        let kind = model.output_kind().unwrap_or_else(|| panic!("{}", model.id));
        let ends =
            |words: &[&str]| model.id.split(['/', '-', '_']).any(|word| words.contains(&word));
        match kind {
            MediaKind::Audio => assert!(!ends(&["video", "image"]), "{}", model.id),
            MediaKind::Image => assert!(!ends(&["video", "audio"]), "{}", model.id),
            _ => assert!(!model.id.ends_with("to-image"), "{}", model.id),
        }
    }
    let kind = |id| model(id).unwrap().output_kind();
    assert_eq!(kind("kling/kling-2-1/master/image-to-video"), Some(MediaKind::Video));
    assert_eq!(kind("acestep-ai/ace-step/text-to-audio"), Some(MediaKind::Audio));
    assert_eq!(kind("blackforestlabs/flux-2-klein/4b/text-to-image"), Some(MediaKind::Image));
}

fn dream(output: Option<&str>) -> DynamicModel {
    let output = output.map(|key| json!({"properties": {key: {"type": "string"}}}));
    let entry = json!({
        "input_schema": {"type": "object", "properties": {}},
        "output_schema": output,
    });
    DynamicModel::parse("acme/dream", entry.to_string()).unwrap()
}

#[test]
fn inputs_without_a_type_know_what_their_model_makes() {
    let video = Some(MediaKind::Video);
    assert_eq!(AnyInput::new(&input()).output_kind(), video);
    assert_eq!(AnyInput::from(input()).output_kind(), video);
    assert_eq!(model(Input::MODEL_ID).unwrap().input(json!(input())).unwrap().output_kind(), video);
    let dreams = [Some("image"), Some("audios"), Some("text"), None].map(|output| {
        let model = dream(output);
        let kind = model.output_kind();
        assert_eq!(model.input(json!({})).unwrap().output_kind(), kind);
        kind
    });
    assert_eq!(dreams, [Some(MediaKind::Image), Some(MediaKind::Audio), None, None]);
    // An input schema alone does not say it.
    let alone = DynamicModel::parse("acme/m", r#"{"type": "object", "properties": {}}"#).unwrap();
    assert_eq!(alone.output_kind(), None);
}

/// The error of `done.image()` for a job with this output.
async fn no_image<O>(sandbox: &Sandbox, job: &Job<O>, output: Value) -> String
where
    O: OutputFiles + From<runcomfy_models::Output>,
{
    let body = json!({"status": "completed", "output": output});
    sandbox.reply_next(Call::Result, Reply::new(200, body.to_string()));
    let error = job.result().await.unwrap().image().unwrap_err();
    let text = error.to_string();
    text.strip_prefix(&format!("request {}: ", job.request_id())).unwrap_or(&text).to_owned()
}

#[tokio::test]
async fn error_names_the_kind_that_the_model_makes() {
    let (sandbox, client) = quick().await;
    let job = client.submit(&input()).await.unwrap();
    let id = job.request_id().as_str();
    let kept: Job = serde_json::from_str(&serde_json::to_string(&job).unwrap()).unwrap();
    let url = "https://cdn.runcomfy.net/v.mp4";
    let says = "the output has no image, but 1 video; this model makes videos: call `.video()`";
    let output = || json!({"video": url});
    // The message is the same for every way to get a job.
    assert_eq!(no_image(&sandbox, &job, output()).await, says);
    let again = client.job::<Input>(id).unwrap();
    assert_eq!(no_image(&sandbox, &again, output()).await, says);
    let typed = client.attach(kept).of::<Input>().unwrap();
    assert_eq!(no_image(&sandbox, &typed, output()).await, says);
    let any = client.submit(&AnyInput::from(input())).await.unwrap();
    assert_eq!(no_image(&sandbox, &any, output()).await, says);
    let keyed = client.submit(&Keyed::new("once", input())).await.unwrap();
    assert_eq!(no_image(&sandbox, &keyed, output()).await, says);
    // The output may be anything else.
    let empty = "the output has no image: it is empty; this model makes videos: call `.video()`";
    assert_eq!(no_image(&sandbox, &job, json!({})).await, empty);
    // Several images are images all the same, and the service is right about what it made.
    let several = no_image(&sandbox, &job, json!({"images": [IMAGE, url]})).await;
    assert_eq!(several, "the output has 2 images, not one; `images` has their URLs");
}

#[tokio::test]
async fn error_without_a_known_kind_says_what_came() {
    let (sandbox, client) = quick().await;
    let job = client.submit(&input()).await.unwrap();
    let untyped = client.job_json(job.request_id().as_str()).unwrap();
    let output = || json!({"video": "https://cdn.runcomfy.net/v.mp4"});
    assert_eq!(
        no_image(&sandbox, &untyped, output()).await,
        "the output has no image, but 1 video"
    );
    // The model makes videos, and there is none: no other call would help.
    let body = json!({"status": "completed", "output": {"seed": 1}});
    sandbox.reply_next(Call::Result, Reply::new(200, body.to_string()));
    let error = job.result().await.unwrap().video().unwrap_err();
    let Error::Output { source, .. } = &error else { panic!("{error}") };
    assert!(matches!(source, OutputError::Missing { .. }), "{error}");
}

async fn fetched(entry: Value) -> (Sandbox, Client, DynamicModel) {
    let (sandbox, client) = quick().await;
    sandbox.reply_next(Call::Catalog, Reply::new(200, entry.to_string()));
    let model = client.dynamic_model("acme/dream").await.unwrap();
    (sandbox, client, model)
}

#[tokio::test]
async fn fetched_model_knows_what_it_makes() {
    let input = json!({"type": "object", "properties": {}});
    let entry = |output: Value| json!({"model_id": "acme/dream", "input_schema": input, "output_schema": output});
    let output = json!({"output": {"type": "object", "properties": {"audio": {}}}});
    let (_, _, model) = fetched(entry(output)).await;
    assert_eq!(model.output_kind(), Some(MediaKind::Audio));
    // An output schema that cannot be used does not keep anybody from checking inputs.
    let (_, _, model) = fetched(entry(json!({"$ref": "#/nowhere"}))).await;
    assert_eq!(model.output_kind(), None);
    assert!(model.input(json!({})).is_ok());
}
