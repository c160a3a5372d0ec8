//! The sandbox's catalog and account, over plain HTTP.

use std::collections::BTreeSet;

use runcomfy_models::MODELS;
use serde_json::{Value, json};

use crate::sandbox::{MODEL, Service};

/// A catalog entry with these members.
fn entry(members: Value) -> String {
    let mut entry = json!({"input_schema": {"type": "object", "properties": {"duration": {}}}});
    entry.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    entry.to_string()
}

async fn catalog() -> Service {
    let upscale = entry(json!({
        "description": "Makes PICTURES larger", "kind": "workflow", "input_schema": {"type": "object"}
    }));
    let speak = entry(json!({"display_name": "Say Aloud", "kind": "inference"}));
    Service::with(|builder| {
        builder
            .model("acme/photo/upscale", upscale)
            .model("acme/voice/text-to-speech", speak)
            .model("acme/cut/pro/video-edit/1080p", entry(json!({})))
    })
    .await
}

async fn ids(service: &Service, query: &str) -> Vec<String> {
    let page = service.get(&format!("/v1/models{query}")).await.json();
    let models = page["models"].as_array().unwrap();
    models.iter().map(|model| model["model_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_search_ignores_case_and_looks_at_id_name_and_description() {
    let service = catalog().await;
    for (query, found) in [
        ("?search=PHOTO", &["acme/photo/upscale"][..]),
        ("?search=pictures%20LARGER", &["acme/photo/upscale"]),
        ("?search=say%20aloud", &["acme/voice/text-to-speech"]),
        ("?search=no-such-thing", &[]),
        ("?kind=workflow", &["acme/photo/upscale"]),
        ("?kind=inference", &["acme/voice/text-to-speech"]),
        ("?category=edit-video&search=acme", &["acme/cut/pro/video-edit/1080p"]),
        ("?category=text-to-speech&search=acme", &["acme/voice/text-to-speech"]),
        ("?category=text-to-speech&kind=model", &[]),
    ] {
        assert_eq!(ids(&service, query).await, found, "{query}");
    }
    // An entry's kind is `model` unless it says another.
    assert_eq!(ids(&service, "?kind=model&limit=500").await.len(), MODELS.len() + 1);
}

#[tokio::test]
async fn pages_are_within_bounds_and_make_up_the_whole() {
    let service = catalog().await;
    let all = ids(&service, "?limit=500").await;
    let total = service.get("/v1/models?limit=1").await.json()["total"].as_u64().unwrap();
    assert_eq!((all.len() as u64, all.len()), (total, MODELS.len() + 3));
    let mut paged = Vec::new();
    for offset in (0..=all.len() + 7).step_by(7) {
        paged.extend(ids(&service, &format!("?limit=7&offset={offset}")).await);
    }
    assert_eq!(paged, all);
    for (query, status) in [
        ("limit=1", 200),
        ("limit=500", 200),
        ("limit=0", 422),
        ("limit=501", 422),
        ("limit=-1", 422),
        ("limit=many", 422),
        ("offset=-1", 422),
        ("offset=99999999999999999999", 422),
    ] {
        let answer = service.get(&format!("/v1/models?{query}")).await;
        assert_eq!(answer.status, status, "{query}");
        if status == 422 {
            let name = query.split('=').next().unwrap();
            assert_eq!(answer.json()["detail"][0]["loc"], json!(["query", name]));
        }
    }
}

#[tokio::test]
async fn schemas_come_along_where_they_are_asked_for() {
    let service = catalog().await;
    for (query, there) in [
        ("", false),
        ("?include_schema=false", false),
        ("?include_schema=true", true),
        ("?include_schema=True", true),
        ("?include_schema=1", true),
    ] {
        let page = service.get(&format!("/v1/models{query}")).await.json();
        for model in page["models"].as_array().unwrap() {
            assert_eq!(model.get("input_schema").is_some(), there, "{query}");
            assert_eq!(model.get("output_schema").is_some(), there, "{query}");
        }
    }
}

#[tokio::test]
async fn an_entry_has_every_documented_field() {
    let service = catalog().await;
    let entry = service.get(&format!("/v1/models/{MODEL}")).await.json();
    let inputs =
        ["prompt", "image_url", "aspect_ratio", "cfg_scale", "duration", "negative_prompt"];
    for (key, expected) in [
        ("model_id", json!(MODEL)),
        ("display_name", json!("Kling 2.1 Master, image to video")),
        ("description", json!("A video from a text prompt and an image to begin with.")),
        ("kind", json!("model")),
        ("categories", json!(["image-to-video"])),
        ("model_url", json!(format!("https://www.runcomfy.com/models/{MODEL}"))),
        ("base_price_usd", json!(0.0)),
        ("price_unit", json!("second")),
        ("pricing_note", json!("The sandbox charges nothing")),
        ("inputs", json!(inputs)),
        ("required_inputs", json!(["prompt", "image_url"])),
    ] {
        assert_eq!(entry[key], expected, "{key}");
    }
    assert_eq!(entry["input_schema"]["type"], "object");
    assert_eq!(entry["output_schema"]["output"]["properties"]["video"]["format"], "uri");
    // What an entry does not say follows from its id and its schema.
    let entry = service.get("/v1/models/acme/photo/upscale").await.json();
    assert_eq!(
        (&entry["price_unit"], &entry["display_name"]),
        (&json!("output"), &json!("Photo Upscale"))
    );
    let none = service.get("/v1/models/no/such/model").await;
    assert_eq!((none.status, &none.json()["error_code"]), (404, &json!(404_001)));
}

#[tokio::test]
async fn categories_are_capability_words() {
    let service = catalog().await;
    let answer = service.get("/v1/models/categories").await;
    let found = answer.json();
    let found: Vec<_> =
        found["categories"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert_eq!(answer.status, 200);
    let words: BTreeSet<_> = found.iter().copied().collect();
    assert!(words.len() == found.len() && words.iter().copied().eq(found), "{words:?}");
    for word in
        ["edit-video", "image-to-video", "reference-to-video", "text-to-speech", "upscale-image"]
    {
        assert!(words.contains(word), "{words:?}");
    }
    // No word is a quality, a size or the name of a family.
    for word in ["pro", "fast", "4k", "1080p", "draft", "flare", "fusionx"] {
        assert!(!words.contains(word), "{words:?}");
    }
}

#[tokio::test]
async fn jobs_are_paid_from_a_balance_that_may_be_used_up() {
    let service = Service::with(|builder| {
        builder
            .balance_usd(1.0)
            .require_balance(true)
            .model("acme/clip/text-to-video", entry(json!({"base_price_usd": 0.07})))
            .model("acme/photo/text-to-image", entry(json!({"base_price_usd": "0.3"})))
    })
    .await;
    let balance = async || service.get("/prod/v2/balance").await.json();
    let expected =
        json!({"balance_usd": 1.0, "balance_microdollars": 1_000_000, "currency": "USD"});
    assert_eq!(balance().await, expected);
    let submit = async |model: &str, input: Value| {
        service.post(&format!("/v1/models/acme/{model}"), &input).await
    };
    // By the second, and by the output.
    let clip = submit("clip/text-to-video", json!({"duration": "10"})).await.json();
    assert_eq!(balance().await["balance_microdollars"], 300_000);
    let photo = submit("photo/text-to-image", json!({})).await.json();
    assert_eq!(balance().await["balance_usd"], 0.0);
    let refused = submit("photo/text-to-image", json!({})).await;
    assert_eq!((refused.status, &refused.json()["error_code"]), (402, &json!(400_002)));
    assert_eq!(service.sandbox.accepted(), 2);
    // A cancelled job costs nothing.
    let path = |job: &Value| format!("/v1/requests/{}", job["request_id"].as_str().unwrap());
    service.post(&format!("{}/cancel", path(&photo)), &json!({})).await;
    service.post(&format!("{}/cancel", path(&photo)), &json!({})).await;
    assert_eq!(balance().await["balance_microdollars"], 300_000);
    service.set_seconds(60);
    for (job, cost) in [(&clip, 0.7), (&photo, 0.0)] {
        let result = service.get(&format!("{}/result?include_cost=true", path(job))).await.json();
        assert_eq!(result["cost"], cost, "{result}");
    }
    // The last job may cost more than there is, and a balance may be negative from the beginning.
    assert_eq!(submit("clip/text-to-video", json!({"duration": 10})).await.status, 200);
    assert_eq!(service.sandbox.balance_usd(), -0.4);
    service.sandbox.set_balance_usd(-2.5);
    assert_eq!(balance().await["balance_usd"], -2.5);
    assert_eq!(submit("clip/text-to-video", json!({})).await.status, 402);
    // Nobody is refused unless it is asked for.
    let free = Service::with(|builder| builder.balance_usd(-1.0)).await;
    assert_eq!(free.submit().await.status, 200);
}

#[tokio::test]
async fn schemas_that_cannot_be_read_are_named_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let start = || runcomfy_sandbox::Sandbox::builder().schemas(folder.path().join("own")).start();
    let error = start().await.unwrap_err().to_string();
    assert!(
        error.starts_with("cannot read the schemas in ")
            && error.contains("own: it does not exist; ")
    );
    assert!(error.ends_with("is in acme/dream.json in the folder"), "{error}");

    let file = folder.path().join("own/acme/dream.json");
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    for (text, reason) in [
        ("{", "the schema of acme/dream is not JSON: EOF while parsing"),
        (
            r#"{"properties": {"steps": {"minimum": "1"}}}"#,
            "the schema of acme/dream is not a JSON Schema: at /properties/steps/minimum, \"1\" is not",
        ),
        ("[]", "the schema of acme/dream is not a JSON Schema: [] is not"),
    ] {
        std::fs::write(&file, text).unwrap();
        let error = start().await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("{}: {reason}", file.display())), "{error}");
        let advice = format!("`rcf schemas check {}`", folder.path().join("own").display());
        assert!(error.contains(&advice), "{error}");
    }
}
