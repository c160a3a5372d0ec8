//! Models without a type: checked by their schema, and sent like any other.

use std::time::Duration;

use futures_util::StreamExt;
use runcomfy_models::model;
use runcomfy_sandbox::{Call, Reply, Sandbox};
use runcomfy_types::{AnyInput, DynamicModel};
use serde_json::{Value, json};

use crate::end_to_end::client;

#[test]
fn inputs_of_many_models_stand_in_one_list() {
    let kling = model("kling/kling-2-1/master/image-to-video").unwrap();
    let body = json!({"prompt": "a lighthouse", "image_url": "https://example.com/a.png"});
    let dream = DynamicModel::parse(
        "acme/dream",
        r#"{"type": "object", "properties": {"149_steps": {"type": "integer", "maximum": 20}}}"#,
    )
    .unwrap();
    let inputs =
        [kling.input(body.clone()).unwrap(), dream.input(json!({"149_steps": 12})).unwrap()];
    assert_eq!(inputs.each_ref().map(|input| input.model_id()), [kling.id, "acme/dream"]);
    assert_eq!(inputs[0].to_value(), body);
    assert_eq!(serde_json::to_value(&inputs[1]).unwrap(), json!({"149_steps": 12}));
    let error = kling.input(json!({"prompt": "x"})).unwrap_err().to_string();
    assert_eq!(error, "image_url: is required, but missing");
    assert!(model("no/such/model").is_none());
}

#[test]
fn a_schema_that_cannot_be_used_says_why() {
    let error = DynamicModel::parse(
        "acme/m",
        r#"{"type": "object", "properties": {"a": {"type": "text"}}}"#,
    );
    let error = error.unwrap_err();
    assert_eq!(error.problems().len(), 1);
    assert!(
        error.to_string().contains("the type \"text\" is unknown (at /properties/a/type)"),
        "{error}"
    );
    assert!(DynamicModel::parse("a b", "{}").is_err());
    assert!(DynamicModel::parse("acme/m", "").is_err());
}

#[test]
fn a_catalog_entry_is_read_as_well() {
    let text = r#"{"model_id": "acme/m", "input_schema": {"type": "object", "properties": {"a": {"type": "integer"}}}}"#;
    let model = DynamicModel::parse("acme/m", text).unwrap();
    assert!(model.validate(&json!({"a": 1})).is_ok());
    assert!(model.validate(&Value::Null).is_err());
}

#[tokio::test]
async fn a_model_of_the_catalog_is_checked_and_sent_like_any_other() {
    let schema = r#"{"type": "object", "required": ["prompt"], "properties": {
        "prompt": {"type": "string"}, "149_steps": {"type": "integer", "maximum": 20}}}"#;
    let sandbox = Sandbox::builder().model("acme/dream/text-to-image", schema);
    let sandbox = sandbox.queue_time(Duration::ZERO).run_time(Duration::ZERO);
    let sandbox = sandbox.start().await.unwrap();
    let client = client(&sandbox);
    let dream = client.dynamic_model("acme/dream/text-to-image").await.unwrap();
    let error = dream.input(json!({"prompt": "x", "149_steps": 25})).unwrap_err();
    assert!(error.to_string().contains("steps (149_steps): 25"), "{error}");
    let any = dream.input(json!({"prompt": "x", "149_steps": 12})).unwrap();
    let done = client.run(&any).await.unwrap();
    assert!(done.output.image.is_some(), "{done:?}");
    // Mixed with inputs of other models, each is a job of its own model.
    let body = json!({"prompt": "a lighthouse", "image_url": "https://example.com/a.png"});
    let kling = model("kling/kling-2-1/master/image-to-video").unwrap().input(body).unwrap();
    let results: Vec<_> = client.run_all([any, kling], 2).collect().await;
    assert!(results.iter().all(|(_, result)| result.is_ok()), "{results:?}");
    let mut models: Vec<_> = sandbox.accepted_jobs().into_iter().map(|job| job.model_id).collect();
    models.sort_unstable();
    let dream = "acme/dream/text-to-image";
    assert_eq!(models, [dream, dream, "kling/kling-2-1/master/image-to-video"]);
    let job = client.job_json(&done.request_id).unwrap().of::<AnyInput>().unwrap();
    assert!(job.wait().await.is_ok());
    // What the catalog does not have, or has no schema of.
    let error = client.dynamic_model("no/such/model").await.unwrap_err();
    assert_eq!(error.api().unwrap().status, 404);
    let entry = r#"{"model_id": "acme/dream/text-to-image", "input_schema": null}"#;
    sandbox.reply_next(Call::Catalog, Reply::new(200, entry));
    let error = client.dynamic_model("acme/dream/text-to-image").await.unwrap_err();
    assert!(error.to_string().contains("no `input_schema`"), "{error}");
}
