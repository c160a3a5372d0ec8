//! Soaks of batches that are bounded; `cargo xtask soak batch` runs longer ones.

use std::time::Duration;

use runcomfy_batch::State;
use runcomfy_soak::batch::{Soak, Verdict, run};

fn soak(seed: u64) -> Soak {
    Soak {
        program: env!("CARGO_BIN_EXE_soak").into(),
        seed,
        sqlite: false,
        jobs: 120,
        workers: 4,
        kills: 4,
        freezes: 2,
        cuts: 2,
        outages: 2,
        longest: Duration::from_secs(300),
    }
}

async fn check(soak: Soak) {
    // `Database::new` has said that PostgreSQL is not installed.
    let Some(verdict) = run(&soak).await.unwrap_or_else(|error| panic!("{soak:?}: {error}")) else {
        return;
    };
    println!("{verdict}");
    assert!(verdict.broken.is_empty(), "{soak:?}: {verdict}");
    // That it was hard enough to mean something.
    let Verdict { faults, after_max_cost, accepted_unknown, .. } = verdict;
    assert!(faults > 50 && accepted_unknown > 0, "{soak:?}: {verdict}");
    assert!(after_max_cost > 50 && verdict.count(State::Done) > after_max_cost, "{verdict}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_workers_with_postgresql_submit_each_job_at_most_once() {
    check(soak(4)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_worker_with_sqlite_submits_each_job_at_most_once() {
    check(Soak { sqlite: true, workers: 1, ..soak(4) }).await;
}
