//! `rcf models`.

use runcomfy_sandbox::{Call, Reply};
use serde_json::json;

use super::support::{KLING, Service, quick};

#[test]
fn models_are_listed_with_their_prices() {
    let entry = json!({
        "display_name": "A dream", "description": "Dreams of things.", "kind": "workflow",
        "categories": ["dreams"], "base_price_usd": 0.07, "price_unit": "second",
        "input_schema": {"type": "object", "properties": {"a": {"type": "string"}}},
    });
    let service = Service::of(quick().model("acme/dream", entry.to_string()));
    for words in [
        &["models", "search", "DREAMS", "of"][..],
        &["models", "list", "--kind", "workflow"],
        &["models", "list", "--category", "dreams"],
        &["models", "search", "dream", "--category", "dreams"],
    ] {
        assert_eq!(service.succeed(words), "acme/dream  $0.07/second      A dream\n", "{words:?}");
    }
    let output = service.rcf(&["models", "search", "nothing like this"]);
    assert_eq!((output.code, &*output.stdout, &*output.stderr), (0, "", "no model matches\n"));
    assert!(service.succeed(&["models", "categories"]).lines().any(|line| line == "dreams"));
    let all = service.json(&["models", "list"]);
    assert_eq!(all["models"].as_array().unwrap().len(), runcomfy_models::MODELS.len() + 1);
}

#[test]
fn many_models_are_read_page_by_page() {
    let mut builder = quick();
    for number in 0..450 {
        builder = builder.model(
            format!("acme/m{number}"),
            r#"{"type": "object", "properties": {"a": {"type": "string"}}}"#,
        );
    }
    let service = Service::of(builder);
    let lines = service.succeed(&["models", "list"]);
    assert_eq!(lines.lines().count(), runcomfy_models::MODELS.len() + 450);
    let pages = service.sandbox.received().len();
    assert_eq!(pages, (runcomfy_models::MODELS.len() + 450).div_ceil(200));
}

#[test]
fn part_of_a_catalog_is_no_list_of_the_models() {
    let service = Service::new();
    let page = |total| json!({"models": [{"model_id": "acme/dream"}], "total": total}).to_string();
    let empty = json!({"models": [], "total": 7}).to_string();
    service.sandbox.reply_next(Call::Catalog, Reply::new(200, page(7)));
    service.sandbox.reply_next(Call::Catalog, Reply::new(200, empty));
    let error = service.fail(&["models", "list"], 69);
    assert!(error.contains("nothing after 1 of its 7 models; try again later"), "{error}");
    for _ in 0..1001 {
        service.sandbox.reply_next(Call::Catalog, Reply::new(200, page(2_000_000)));
    }
    let error = service.fail(&["models", "list"], 69);
    assert!(error.contains("did not end after 1000 pages; try again later"), "{error}");
}

#[test]
fn a_model_is_shown_with_its_fields() {
    let service = Service::of(quick().price_usd(0.28));
    let text = service.succeed(&["models", "show", KLING]);
    for line in [
        KLING,
        "price: $0.28/second",
        "makes: video",
        "--image-url (image)",
        "  required",
        "  values: 5, 10; default: 5",
        "  0 to 1; default: 0.5",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}: {text}");
    }
    // Without a token, what the program knows.
    let mut command = service.command(&["models", "show", KLING]);
    let output = crate::support::run(command.env_remove("RUNCOMFY_API_TOKEN"), "");
    assert_eq!(output.code, 0);
    assert!(output.stdout.contains("--image-url (image)"), "{}", output.stdout);
    assert!(
        output.stderr.starts_with("nothing from the catalog is shown: no API token"),
        "{}",
        output.stderr
    );
    let mut command = service.command(&["models", "list", "--built-in"]);
    let output = crate::support::run(command.env_remove("RUNCOMFY_API_TOKEN"), "");
    assert_eq!(output.stdout.lines().count(), runcomfy_models::MODELS.len());
    assert!(
        service.fail(&["models", "show", "acme/none"], 65).contains("there is no model acme/none")
    );
}

#[test]
fn verbose_says_what_is_asked_and_no_token() {
    let service = Service::new();
    let output = service.rcf(&["balance", "-v"]);
    assert_eq!((output.code, &*output.stdout), (0, "$100.00\n"));
    assert!(output.stderr.contains("/prod/v2/balance"), "{}", output.stderr);
    assert!(!output.stderr.contains("hyper"), "{}", output.stderr);
    assert!(!output.stderr.contains(service.sandbox.token()), "{}", output.stderr);
}
