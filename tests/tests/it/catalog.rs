//! The catalog and the account, in forms that the sandbox does not give.

use std::collections::HashMap;

use runcomfy_models::{CatalogModel, CatalogQuery, Error, blocking};
use runcomfy_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::end_to_end::client;
use crate::secrets::shown;
use crate::service::{Response, Service, TOKEN, answer};

/// A service that answers these calls with these texts.
async fn service(calls: &[(&str, &str)]) -> Service {
    let answers = calls.iter();
    let answers = answers.map(|(path, body)| ((*path).to_owned(), answer("text/plain", *body)));
    let answers: HashMap<String, Response> = answers.collect();
    Service::start(|_| answers).await
}

async fn page(entries: &Value) -> runcomfy_models::CatalogPage {
    let page = json!({"models": entries, "total": "384"}).to_string();
    let service = service(&[("/v1/models", &page)]).await;
    service.client().models(&CatalogQuery::new()).await.unwrap()
}

#[tokio::test]
async fn an_entry_is_read_with_all_its_fields() {
    let entry = json!({
        "model_id": "acme/dream/text-to-video", "display_name": "Dream", "description": "It dreams.",
        "kind": "model", "categories": ["text-to-video", "video"],
        "model_url": "https://www.runcomfy.com/models/acme/dream/text-to-video",
        "base_price_usd": 0.05, "price_unit": "second", "pricing_note": "More for 1080p",
        "inputs": ["prompt", "seed"], "required_inputs": ["prompt"],
        "input_schema": {"type": "object"}, "output_schema": {"output": {"type": "object"}},
        "vendor": "Acme",
    });
    let page = page(&json!([entry])).await;
    assert_eq!((page.total, page.skipped.len()), (Some(384), 0));
    let CatalogModel { model_id, display_name, description, kind, categories, model_url, .. } =
        &page.models[0];
    assert_eq!(model_id.as_str(), "acme/dream/text-to-video");
    assert_eq!(display_name.as_deref(), Some("Dream"));
    assert_eq!(description.as_deref(), Some("It dreams."));
    assert_eq!(kind.as_deref(), Some("model"));
    assert_eq!(*categories, ["text-to-video", "video"]);
    assert!(model_url.as_ref().unwrap().ends_with("/acme/dream/text-to-video"));
    let CatalogModel { base_price_usd, price_unit, pricing_note, inputs, required_inputs, .. } =
        &page.models[0];
    assert_eq!((*base_price_usd, price_unit.as_deref()), (Some(0.05), Some("second")));
    assert_eq!(pricing_note.as_deref(), Some("More for 1080p"));
    assert_eq!(
        (&**inputs, &**required_inputs),
        (&["prompt".to_owned(), "seed".to_owned()][..], &["prompt".to_owned()][..])
    );
    let CatalogModel { input_schema, output_schema, other, .. } = &page.models[0];
    assert_eq!(*input_schema, Some(json!({"type": "object"})));
    assert_eq!(*output_schema, Some(json!({"output": {"type": "object"}})));
    assert_eq!(Value::from(other.clone()), json!({"vendor": "Acme"}));
}

#[tokio::test]
async fn entry_with_odd_members_is_read() {
    for (odd, left) in [
        (json!({"base_price_usd": "0.05"}), json!({})),
        (json!({"base_price_usd": null, "categories": null, "input_schema": null}), json!({})),
        (json!({"base_price_usd": "free"}), json!({"base_price_usd": "free"})),
        (json!({"categories": "text-to-video"}), json!({})),
        (json!({"categories": ["text-to-video", 7]}), json!({"categories": [7]})),
        (
            json!({"display_name": 7, "inputs": {"a": 1}}),
            json!({"display_name": 7, "inputs": {"a": 1}}),
        ),
    ] {
        let mut entry = odd.clone();
        entry["model_id"] = "acme/dream".into();
        let page = page(&json!([entry])).await;
        assert!(page.skipped.is_empty(), "{odd}");
        let model = &page.models[0];
        assert_eq!(Value::from(model.other.clone()), left, "{odd}");
        let price = (odd["base_price_usd"] == "0.05").then_some(0.05);
        assert_eq!(model.base_price_usd, price, "{odd}");
        let has_category = odd["categories"].to_string().contains("text-to-video");
        assert_eq!(model.categories == ["text-to-video"], has_category, "{odd}");
    }
}

#[tokio::test]
async fn unreadable_entry_is_skipped_and_reported() {
    let long = format!("a b {TOKEN} {}", "x".repeat(10_000));
    let page = page(&json!([
        {"model_id": "a/b"}, {"display_name": "C"}, null, {"model_id": "../d"}, {"model_id": 7},
        {"model_id": long}, {"model_id": "e/f"}
    ]))
    .await;
    let ids: Vec<_> = page.models.iter().map(|model| model.model_id.as_str()).collect();
    assert_eq!(ids, ["a/b", "e/f"]);
    let skipped: Vec<_> = page.skipped.iter().map(ToString::to_string).collect();
    assert_eq!(
        skipped[..4],
        [
            "entry 1: it has no `model_id`",
            "entry 2: it is not an object",
            "entry 3 (\"../d\"): its `model_id` is not a model id",
            "entry 4: it has no `model_id`",
        ]
    );
    assert!(skipped[4].starts_with("entry 5 (\"a b [token] xxx") && skipped[4].len() < 1000);
}

#[tokio::test]
async fn answer_that_is_not_a_catalog_is_an_error() {
    for body in ["[]", "{}", r#"{"models": {}}"#, r#"{"categories": "x"}"#] {
        let service = service(&[("/v1/models", body), ("/v1/models/categories", body)]).await;
        let client = service.client();
        for error in [
            client.models(&CatalogQuery::new()).await.unwrap_err(),
            client.categories().await.unwrap_err(),
        ] {
            assert!(matches!(error, Error::Catalog { .. }), "{error:?}");
            assert!(error.to_string().contains("cannot read the catalog"), "{error}");
        }
    }
}

#[tokio::test]
async fn limit_above_the_services_is_refused_before_sending() {
    let sandbox = Sandbox::start().await.unwrap();
    let client = client(&sandbox);
    for limit in [0, 501, u32::MAX] {
        let error = client.models(&CatalogQuery::new().limit(limit)).await.unwrap_err();
        assert!(error.to_string().contains("outside 1..=500"), "{error}");
    }
    assert!(sandbox.received().is_empty());
    for limit in [1, 500] {
        assert!(client.models(&CatalogQuery::new().limit(limit)).await.is_ok());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn categories_and_balance_are_read() {
    let calls = [
        ("/v1/models/categories", r#"{"categories": ["text-to-video", null, "edit-video"]}"#),
        (
            "/prod/v2/balance",
            r#"{"balance_usd": "-1.5", "balance_microdollars": -1500000, "currency": "USD", "plan": 1}"#,
        ),
    ];
    let service = service(&calls).await;
    let client = service.client();
    assert_eq!(client.categories().await.unwrap(), ["text-to-video", "edit-video"]);
    let balance = client.balance().await.unwrap();
    assert_eq!((balance.usd, balance.microdollars), (-1.5, Some(-1_500_000)));
    assert_eq!((balance.currency.as_deref(), balance.other.len()), (Some("USD"), 1));
    let base = format!("{}/v1", service.origin);
    // On a thread that no runtime knows.
    let blocking = std::thread::spawn(move || {
        let client = blocking::Client::builder().base_url(base).token(TOKEN);
        let client = client.build_blocking().unwrap();
        (client.categories().unwrap().len(), client.balance().unwrap())
    });
    assert_eq!(blocking.join().unwrap(), (2, balance));
}

#[tokio::test]
async fn balance_is_read_in_any_form_or_is_an_error() {
    for (body, usd, microdollars) in [
        (r#"{"balance_usd": 12.5}"#, Some(12.5), None),
        (r#"{"balance_microdollars": "12500000"}"#, Some(12.5), Some(12_500_000)),
        (r#"{"balance_usd": null, "balance_microdollars": -1}"#, Some(-1e-6), Some(-1)),
        (r#"{"balance_usd": "much"}"#, None, None),
        ("[]", None, None),
        ("12.5", None, None),
    ] {
        let service = service(&[("/prod/v2/balance", body)]).await;
        match service.client().balance().await {
            Ok(balance) => {
                assert_eq!(
                    (Some(balance.usd), balance.microdollars),
                    (usd, microdollars),
                    "{body}"
                );
            }
            Err(error) => {
                assert_eq!(usd, None, "{body}: {error}");
                assert!(shown(&error).contains("cannot read the account's balance"), "{error}");
            }
        }
    }
}

#[tokio::test]
async fn an_entry_of_another_model_is_refused() {
    let entry = r#"{"model_id": "evil/other", "input_schema": {"type": "object"}}"#;
    let service = service(&[("/v1/models/acme/dream", entry)]).await;
    let client = service.client();
    for error in [
        client.dynamic_model("acme/dream").await.map(drop).unwrap_err(),
        client.model("acme/dream").await.map(drop).unwrap_err(),
    ] {
        let text = error.to_string();
        assert!(matches!(error, Error::Catalog { .. }), "{error:?}");
        assert!(text.contains("evil/other") && text.contains("acme/dream"), "{text}");
    }
    // The text is for those who read it themselves.
    assert_eq!(client.model_text("acme/dream").await.unwrap(), entry);
}
