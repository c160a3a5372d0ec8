//! Prices, limits, and the account.

use runcomfy_sandbox::{Call, Reply};
use serde_json::{Value, json};

use super::support::{IMAGE, KLING, Service, quick};
use crate::support::run;

/// A catalog entry with a price.
fn entry(price: Value, unit: Value, properties: Value) -> String {
    json!({
        "display_name": "Dream", "base_price_usd": price, "price_unit": unit,
        "pricing_note": "Twice that at 4k.",
        "input_schema": {"type": "object", "properties": properties},
    })
    .to_string()
}

#[test]
fn the_price_follows_from_the_input() {
    let seconds = json!({"duration": {"type": "integer", "default": 5}});
    let words = json!({"duration": {"enum": ["auto", "5", "10s"], "default": "auto"}});
    let images = json!({"num_images": {"type": "integer", "minimum": 1, "default": 1}});
    let none = json!({"prompt": {"type": "string"}});
    for (price, unit, properties, flags, expected, usd) in [
        (
            json!(0.07),
            json!("second"),
            &seconds,
            &[][..],
            "$0.35 (5 s at $0.07 per second)",
            json!(0.35),
        ),
        (
            json!(0.07),
            json!("second"),
            &seconds,
            &["--duration", "10"],
            "$0.70 (10 s at $0.07 per second)",
            json!(0.7),
        ),
        (
            json!(0.1),
            json!("second"),
            &words,
            &["--duration", "10s"],
            "$1.00 (10 s at $0.10 per second)",
            json!(1.0),
        ),
        (
            json!(0.1),
            json!("second"),
            &words,
            &[],
            "$0.10 per second; how many seconds is not known",
            json!(null),
        ),
        (
            json!(0.1),
            json!("second"),
            &none,
            &[],
            "$0.10 per second; how many seconds is not known",
            json!(null),
        ),
        (json!(0.0125), json!("output"), &none, &[], "$0.0125 per output", json!(0.0125)),
        (
            json!(0.5),
            json!("image"),
            &images,
            &["--num-images", "4"],
            "$2.00 (4 at $0.50 per image)",
            json!(2.0),
        ),
        (
            json!(0.5),
            json!("token"),
            &none,
            &[],
            "$0.50 per token; how many a run takes is not known",
            json!(null),
        ),
        (
            json!(0.5),
            json!(null),
            &none,
            &[],
            "$0.50; the catalog does not say per what",
            json!(null),
        ),
        (
            json!(null),
            json!("second"),
            &seconds,
            &[],
            "unknown: the catalog states no price",
            json!(null),
        ),
        (
            json!(-1),
            json!("second"),
            &seconds,
            &[],
            "unknown: the catalog states no price",
            json!(null),
        ),
    ] {
        let text = entry(price.clone(), unit, properties.clone());
        // The sandbox has a price for a model whose entry has none.
        let service = Service::of(quick());
        service.sandbox.reply_next(runcomfy_sandbox::Call::Catalog, reply(&text));
        service.sandbox.reply_next(runcomfy_sandbox::Call::Catalog, reply(&text));
        let words = [&["price", "acme/dream"], flags].concat();
        let output = service.rcf(&words);
        assert_eq!((output.code, output.stdout), (0, format!("{expected}\n")), "{price}");
        assert_eq!(output.stderr, "Twice that at 4k.\n");
        service.sandbox.reply_next(runcomfy_sandbox::Call::Catalog, reply(&text));
        service.sandbox.reply_next(runcomfy_sandbox::Call::Catalog, reply(&text));
        let found = service.json(&words)["usd"].clone();
        let is_near = match (found.as_f64(), usd.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() < 1e-9,
            (a, b) => a == b,
        };
        assert!(is_near, "{price}: {found}");
        assert_eq!(service.sandbox.accepted(), 0);
    }
}

fn reply(entry: &str) -> runcomfy_sandbox::Reply {
    let mut entry: Value = serde_json::from_str(entry).unwrap();
    entry["model_id"] = json!("acme/dream");
    runcomfy_sandbox::Reply::new(200, entry.to_string())
}

#[test]
fn a_price_above_the_limit_is_refused() {
    let service = Service::of(quick().price_usd(0.28));
    let run = |limit: &str| {
        service.rcf(&["submit", KLING, "--prompt", "x", "--image-url", IMAGE, "--max-cost", limit])
    };
    let output = run("1.39");
    assert_eq!(
        (output.code, &*output.stderr),
        (
            77,
            "error: the price is higher than $1.39: $1.40 (5 s at $0.28 per second); nothing was submitted\n"
        )
    );
    let output = run("1.4");
    assert_eq!((output.code, &*output.stderr), (0, "price: $1.40 (5 s at $0.28 per second)\n"));
    // What is not known may be too much.
    let no_price = json!({
        "model_id": KLING, "display_name": "Kling", "base_price_usd": null,
        "input_schema": {"type": "object", "properties": {}},
    });
    service.sandbox.reply_next(Call::Catalog, Reply::new(200, no_price.to_string()));
    let output = run("5");
    let expected = "error: the price may be higher than $5.00: unknown: the catalog states no price; nothing was \
                    submitted\n";
    assert_eq!((output.code, &*output.stderr), (77, expected));
    assert_eq!(service.sandbox.accepted(), 1);
    // Without a limit, it runs.
    service.sandbox.reply_next(Call::Catalog, Reply::new(200, "[]"));
    let output = service.rcf(&["submit", KLING, "--prompt", "x", "--image-url", IMAGE]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(
        output.stderr.starts_with("price: unknown: cannot read the catalog"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_catalog_that_cannot_be_asked_is_no_refused_price() {
    let service = Service::new();
    let words = ["submit", KLING, "--prompt", "x", "--image-url", IMAGE, "--max-cost", "5"];
    service.sandbox.reply_next(Call::Catalog, Reply::new(200, "[]"));
    let error = service.fail(&words, 69);
    let start = "error: the price may be higher than $5.00: unknown: cannot read the catalog";
    assert!(error.starts_with(start) && error.contains("; nothing was submitted\n"), "{error}");
    assert_eq!(service.sandbox.accepted(), 0);
}

#[test]
fn a_refused_token_is_reported_once() {
    for status in [400, 401] {
        let service = Service::of(quick().token_status(status));
        for more in [&[][..], &["--max-cost", "5"]] {
            let words = ["run", KLING, "--prompt", "x", "--image-url", IMAGE];
            let mut command = service.command(&[&words, more].concat());
            let output = run(command.env("RUNCOMFY_API_TOKEN", "wrong"), "");
            assert_eq!(output.code, 77, "{}", output.stderr);
            let is_one = output.stderr.starts_with("error: the service answered HTTP");
            assert!(is_one && output.stderr.lines().count() == 1, "{}", output.stderr);
        }
        // Nothing was sent after the first refusal.
        let received = service.sandbox.received();
        assert!(received.iter().all(|call| call.method == "GET"), "{received:?}");
    }
}

#[test]
fn a_negative_limit_is_refused_in_plain_words() {
    let service = Service::new();
    let words = ["run", KLING, "--prompt", "x", "--image-url", IMAGE];
    for (flag, value, says) in [
        ("--max-cost", "-1", "give a number of US dollars, such as 0.50"),
        ("--wait-timeout", "-5s", "write a time as 90s, 10m or 2h"),
    ] {
        let mut all = vec![words.to_vec()];
        if flag == "--wait-timeout" {
            all.extend([vec!["wait", "x"], vec!["resume"]]);
        }
        for words in all {
            let error = service.fail(&[&words[..], &[flag, value]].concat(), 64);
            assert!(error.contains(says) && !error.contains("-- "), "{error}");
        }
    }
}

#[test]
fn a_wrong_value_has_no_price() {
    let service = Service::new();
    let error = service.fail(&["price", KLING, "--duration", "7"], 65);
    assert!(error.contains("duration: 7 is not one of 5, 10\n"), "{error}");
    assert!(!error.contains("prompt"), "{error}");
    assert_eq!(service.sandbox.received().len(), 0);
}

#[test]
fn the_balance_is_in_dollars() {
    let service = Service::new();
    assert_eq!(service.succeed(&["balance"]), "$100.00\n");
    service.sandbox.set_balance_usd(-0.125);
    assert_eq!(service.succeed(&["balance"]), "-$0.125\n");
}
