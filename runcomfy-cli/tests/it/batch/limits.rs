//! What a batch may cost, and how fast it may be.

use runcomfy_sandbox::Builder;
use serde_json::json;

use super::support::{KLING, lines};
use crate::run::support::{Service, quick};

const RUN: [&str; 5] = ["batch", "run", "jobs.jsonl", "--out", "videos"];

/// A job of five seconds costs half a dollar.
fn priced() -> Builder {
    quick().workers(100).price_usd(0.1)
}

#[test]
fn nothing_is_submitted_beyond_the_maximum_cost() {
    let service = Service::of(priced());
    service.write("jobs.jsonl", lines(10));
    let output = service.rcf(&[&RUN[..], &["--max-cost", "1.70", "-q"]].concat());
    assert_eq!(
        (output.code, &*output.stdout),
        (75, "3 done, 7 new; $1.50 of at most $1.70\nvideos/index.html\n")
    );
    assert_eq!(
        output.stderr,
        "error: 7 jobs are left: the next job would pass the maximum cost; `rcf batch resume --max-cost USD --out \
         videos` allows more, then `rcf batch work --out videos` goes on\n"
    );
    assert_eq!(service.sandbox.accepted(), 3);
    // The limit stays with the batch.
    assert_eq!(service.rcf(&RUN).code, 75);
    assert_eq!(service.sandbox.accepted(), 3);
    service.succeed(&["batch", "resume", "--max-cost", "2.50", "--out", "videos"]);
    assert_eq!(service.rcf(&["batch", "work", "--out", "videos"]).code, 75);
    assert_eq!(service.sandbox.accepted(), 5);
    service.succeed(&["batch", "work", "--max-cost", "none", "--out", "videos"]);
    assert_eq!(service.sandbox.accepted(), 10);
    assert!((service.sandbox.balance_usd() - 95.0).abs() < 1e-9);
}

#[test]
fn estimates_are_told_before_anything_is_sent() {
    let service = Service::of(priced());
    service.write("jobs.jsonl", lines(3));
    let added =
        service.succeed(&["batch", "add", "jobs.jsonl", "--set", "duration=10", "--out", "videos"]);
    assert_eq!(added, "3 jobs added, for about $3.00\n");
    let status = service.succeed(&["batch", "status", "--out", "videos"]);
    let cost = "cost: $0.00 spent or under way; the 3 new jobs: about $3.00\n";
    assert!(status.contains(cost), "{status}");
    let status = service.json(&["batch", "status", "--out", "videos", "-q"]);
    assert_eq!((&status["committed"], &status["estimate"]), (&json!(0.0), &json!(3.0)));
    assert_eq!(service.sandbox.accepted(), 0);
}

#[test]
fn maximum_cost_needs_a_price() {
    let schema = json!({
        "base_price_usd": 0.1, "price_unit": "token",
        "input_schema": {"type": "object", "properties": {"prompt": {"type": "string"}}},
    });
    let service = Service::of(priced().model("acme/dream", schema.to_string()));
    let run = |more: &[&str]| {
        let all =
            ["batch", "run", "--model", "acme/dream", "--vary", "prompt=a,b", "--out", "o", "-q"];
        service.rcf(&[&all[..], more].concat())
    };
    let output = run(&["--max-cost", "1"]);
    assert_eq!(output.code, 65);
    assert_eq!(
        output.stderr,
        "error: --max-cost cannot hold, because the price of a job is not known:\n  acme/dream: $0.10 per token; \
         how many a run takes is not known\nstate it with --price MODEL=USD\n"
    );
    assert_eq!(service.sandbox.accepted(), 0);
    let output = run(&["--max-cost", "1", "--price", "acme/dream=0.95"]);
    assert_eq!((output.code, service.sandbox.accepted()), (75, 1), "{}", output.stderr);
    for (price, reason) in
        [("acme/dream", "it has the form MODEL=USD"), ("acme/dream=-1", "is not an amount")]
    {
        let output = run(&["--price", price]);
        assert!(output.code == 64 && output.stderr.contains(reason), "{}", output.stderr);
    }
}

#[test]
fn price_below_that_of_the_catalog_does_not_loosen_the_maximum_cost() {
    let service = Service::of(priced());
    service.write("jobs.jsonl", lines(6));
    let price = format!("{KLING}=0.01");
    let output = service.rcf(&[&RUN[..], &["--max-cost", "1", "--price", &price]].concat());
    assert_eq!(
        (output.code, &*output.stdout),
        (75, "2 done, 4 new; $1.00 of at most $1.00\nvideos/index.html\n")
    );
    let note = format!(
        "--price {KLING}=$0.01: the catalog says $0.50 for a job, and the larger price counts\n"
    );
    assert!(output.stderr.starts_with(&note), "{}", output.stderr);
    assert_eq!(service.sandbox.accepted(), 2);
    // A larger one counts as well.
    let add = ["batch", "add", "jobs.jsonl", "--out", "others", "--price"];
    let added = service.succeed(&[&add[..], &[&format!("{KLING}=2")]].concat());
    assert_eq!(added, "6 jobs added, for about $12.00\n");
}

#[test]
fn limits_stay_with_the_batch() {
    let service = Service::new();
    service.write("jobs.jsonl", lines(1));
    service.succeed(&[
        "batch",
        "add",
        "jobs.jsonl",
        "--out",
        "o",
        "--at-once",
        "3",
        "--per-minute",
        "60",
    ]);
    service.succeed(&["batch", "resume", "--out", "o", "--per-minute", "none"]);
    let status = service.json(&["batch", "status", "--out", "o"]);
    assert_eq!(status["limits"], json!({"at_once": 3, "per_minute": null, "max_cost": null}));
    // Without a token, jobs can be added, but a maximum cost has no prices.
    let add = [
        "batch",
        "add",
        "--model",
        KLING,
        "--set",
        "prompt=x",
        "--set",
        "image_url=hosted:a.png",
        "--out",
        "p",
    ];
    let add = |more: &[&str]| {
        let mut command = service.command(&[&add[..], more].concat());
        crate::support::run(command.env_remove("RUNCOMFY_API_TOKEN"), "")
    };
    let output = add(&[]);
    assert_eq!((output.code, &*output.stdout), (0, "1 job added\n"), "{}", output.stderr);
    let reason = "there is no token to ask the catalog with";
    assert_eq!(output.stderr, format!("the price of {KLING} is not known: {reason}\n"));
    let output = add(&["--max-cost", "5"]);
    assert!(output.code == 65 && output.stderr.contains(reason), "{}", output.stderr);
}
