//! Measures the project's costs beside those of other crates, and prints the table for
//! `docs/performance.md`.

mod batch;
mod builds;
mod catalog;
mod jobs;
mod macros;
mod peers;
mod runtime;

use std::path::Path;
use std::time::Instant;

use builds::Crate;

fn median(mut samples: Vec<f64>) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples[samples.len() / 2]
}

/// A row of the table.
struct Row {
    what: &'static str,
    against: &'static str,
    unit: &'static str,
    ours: f64,
    theirs: f64,
    goal: f64,
}

/// Of a row that only compares.
const NO_GOAL: f64 = f64::INFINITY;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if jobs::child(&arguments) || batch::child(&arguments) {
        return;
    }
    let work = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/work");
    let quick = arguments.iter().any(|argument| argument == "--quick");
    // Without named parts, measure all.
    let named = |part: &str| arguments.iter().any(|argument| argument == part);
    let all = !["crates", "codegen", "macros", "runtime", "apps", "jobs", "batch"]
        .iter()
        .any(|part| named(part));
    let mut rows = Vec::new();
    if all || named("crates") {
        rows.extend(crates(&work, if quick { 1 } else { 5 }));
    }
    if all || named("codegen") {
        rows.push(codegen());
    }
    if all || named("macros") {
        rows.push(macros(&work, if quick { 3 } else { 15 }));
    }
    if all || named("runtime") {
        rows.extend(runtime());
    }
    if all || named("apps") {
        rows.extend(apps(&work, if quick { 1 } else { 3 }));
    }
    if all || named("jobs") {
        rows.extend(jobs(if quick { 1 } else { 9 }));
    }
    if all || named("batch") {
        rows.extend(batch::rows(if quick { 1_000 } else { 10_000 }));
    }
    print(rows);
}

fn crates(work: &Path, rounds: usize) -> [Row; 3] {
    let models = catalog::models(120);
    let crates = [
        Crate::ours(work, 120),
        Crate::typify(work, &models),
        Crate::plain_serde(work, &models),
        Crate::ours(work, 1000),
    ];
    let [ours, typify, plain, thousand] = builds::crates(crates, rounds);
    let what = "`cargo build` of the generated crate, dependencies built, 120 models";
    let against = "plain `serde` derives, no checks";
    [
        Row {
            what,
            against: "`typify` with builders",
            unit: "s",
            ours,
            theirs: typify,
            goal: 0.33,
        },
        Row { what, against, unit: "s", ours, theirs: plain, goal: 0.5 },
        Row {
            what: "the same, 1,000 models",
            against: "itself at 120",
            unit: "s",
            ours: thousand,
            theirs: ours,
            goal: 9.0,
        },
    ]
}

fn macros(work: &Path, rounds: usize) -> Row {
    let [ours, theirs] = macros::measure(work, rounds);
    Row {
        what: "what 200 calls of `input!` add to `cargo check`, 20 of 120 models",
        against: "the same calls through builders",
        unit: "ms",
        ours,
        theirs,
        goal: 1.5,
    }
}

fn runtime() -> [Row; 2] {
    let runtime::Costs { ours, validator, plain } = runtime::measure();
    let what = "JSON to a checked `Input` and back, per body";
    let against = "`jsonschema` validator and `serde_json`";
    [
        Row { what, against, unit: "ns", ours, theirs: validator, goal: 0.25 },
        Row {
            what,
            against: "plain `serde` structs, no checks",
            unit: "ns",
            ours,
            theirs: plain,
            goal: 1.35,
        },
    ]
}

fn apps(work: &Path, rounds: usize) -> [Row; 2] {
    let [ours, default_features, same_features] = builds::apps(work, rounds);
    let what = "clean build of an app with `runcomfy-models`";
    let against = "`reqwest` as it comes, `tokio`, `serde_json`";
    let same = "the same, `reqwest` with the features and TLS of the client";
    [
        Row { what, against, unit: "s", ours, theirs: default_features, goal: 1.25 },
        Row { what, against: same, unit: "s", ours, theirs: same_features, goal: 1.25 },
    ]
}

fn jobs(rounds: usize) -> [Row; 4] {
    let [ours, theirs] = jobs::calls(rounds);
    let jobs::Polling { ours: calls, every_two_seconds, latest } = jobs::polling();
    let polling = "status calls per job, jobs of 5 s to 20 min";
    [
        Row {
            what: "a job through submit, status and result, with `run_all`",
            against: "a bare `reqwest` loop of the same calls",
            unit: "µs",
            ours,
            theirs,
            // The goal is 95 % of the bare loop's jobs per second.
            goal: 1.0 / 0.95,
        },
        Row {
            what: "memory per waiting job, of 10,000",
            against: "4 KiB",
            unit: "B",
            ours: jobs::memory(),
            theirs: 4096.0,
            goal: 1.0,
        },
        Row {
            what: polling,
            against: "a call every two seconds",
            unit: "calls",
            ours: calls,
            theirs: every_two_seconds,
            goal: 0.5,
        },
        Row {
            what: "the same: how late the latest result was noticed",
            against: "allowed: 5 % of the job, or 1 s",
            unit: "of it",
            ours: latest,
            theirs: 1.0,
            goal: 1.0,
        },
    ]
}

fn print(rows: Vec<Row>) {
    println!("| what | against | ours | theirs | ratio | to reach | |");
    println!("| --- | --- | ---: | ---: | ---: | ---: | --- |");
    for Row { what, against, unit, ours, theirs, goal } in rows {
        let ratio = ours / theirs;
        print!("| {what} | {against} | {ours:.1} {unit} | {theirs:.1} {unit} | {ratio:.2} |");
        match goal {
            NO_GOAL => println!(" | |"),
            _ if ratio <= goal => println!(" {goal:.2} | reached |"),
            _ => println!(" {goal:.2} | **not reached** |"),
        }
    }
}

/// Milliseconds from schemas to formatted source in memory.
fn codegen() -> Row {
    let models = catalog::models(120);
    let folder = tempfile::tempdir().expect("a folder");
    catalog::write(&models, folder.path()).expect("written");
    let (mut ours, mut typify) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        let start = Instant::now();
        let generated = runcomfy_codegen::Generator::new(folder.path()).generate();
        assert_eq!(generated.expect("a catalog").models.len(), models.len());
        ours.push(start.elapsed().as_secs_f64() * 1000.0);
        let start = Instant::now();
        assert!(models.iter().all(|model| !peers::typify(model).is_empty()));
        typify.push(start.elapsed().as_secs_f64() * 1000.0);
    }
    Row {
        what: "codegen alone, 120 schemas to formatted source",
        against: "`typify` to formatted text",
        unit: "ms",
        ours: median(ours),
        theirs: median(typify),
        goal: 0.2,
    }
}
