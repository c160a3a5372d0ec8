//! Limits hold for all workers together.

use std::time::Duration;

use runcomfy_batch::{Error, JobRecord, Limits, NewJob, Outcome, State, Usd};

use crate::support::{input, jobs, quick, run, sandbox, states, stores};

fn limits(set: impl FnOnce(&mut Limits)) -> Limits {
    let mut limits = Limits::default();
    set(&mut limits);
    limits
}

fn usd(text: &str) -> Usd {
    text.parse().unwrap()
}

/// The largest number of jobs that were between their beginning and their end at once.
fn most_at_once(jobs: &[JobRecord]) -> usize {
    let begun = |job: &JobRecord| job.begun_at.unwrap();
    let at = |time: u64| {
        jobs.iter().filter(move |job| begun(job) <= time && time < job.ended_at.unwrap())
    };
    jobs.iter().map(|job| at(begun(job)).count()).max().unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_in_flight_are_limited_over_all_workers() {
    for stored in stores().await {
        let sandbox = quick().run_time(Duration::from_millis(30)).start().await.unwrap();
        let batch = stored.batch().await;
        batch.add(jobs(20)).await.unwrap();
        batch.set_limits(limits(|limits| limits.at_once = Some(3))).await.unwrap();
        let workers = tokio::join!(run(&batch, &sandbox), run(&batch, &sandbox));
        assert_eq!(workers, (Outcome::Ended, Outcome::Ended));
        let jobs = batch.jobs(0, 100).await.unwrap();
        assert!((1..=3).contains(&most_at_once(&jobs)), "{}", most_at_once(&jobs));
        assert_eq!(states(&batch).await, [State::Done; 20]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn submissions_are_spread_over_the_minute() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(8)).await.unwrap();
        batch.set_limits(limits(|limits| limits.per_minute = Some(600))).await.unwrap();
        let workers = tokio::join!(run(&batch, &sandbox), run(&batch, &sandbox));
        assert_eq!(workers, (Outcome::Ended, Outcome::Ended));
        let jobs = batch.jobs(0, 100).await.unwrap();
        let mut begun: Vec<_> = jobs.iter().map(|job| job.begun_at.unwrap()).collect();
        begun.sort_unstable();
        assert!(begun.windows(2).all(|two| two[1] - two[0] >= 100), "{begun:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn maximum_cost_is_never_passed() {
    for stored in stores().await {
        // For each of five seconds.
        let sandbox = quick().price_usd(0.056).start().await.unwrap();
        let batch = stored.batch().await;
        let cost = |dollars| limits(|limits| limits.max_cost = Some(usd(dollars)));
        batch.set_limits(cost("1.00")).await.unwrap();

        let unpriced = batch.add(jobs(2)).await.unwrap_err();
        assert!(matches!(unpriced, Error::NoEstimate { count: 2, .. }), "{unpriced}");
        let priced = (0..6).map(|number| {
            let mut job = NewJob::new(input(number));
            // Too high: what the service says counts once it is known.
            job.estimate = Some(usd("0.30"));
            job
        });
        batch.add(priced.collect()).await.unwrap();

        assert_eq!(run(&batch, &sandbox).await, Outcome::MaxCost);
        // 2 x 0.28 + 0.30 fits; 3 x 0.28 + 0.30 does not.
        assert_eq!(sandbox.accepted(), 3);
        assert_eq!(batch.status().await.unwrap().committed, usd("0.84"));

        batch.set_limits(cost("1.14")).await.unwrap();
        assert_eq!(run(&batch, &sandbox).await, Outcome::MaxCost);
        assert_eq!(sandbox.accepted(), 4);
        batch.set_limits(Limits::default()).await.unwrap();
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        assert_eq!(batch.status().await.unwrap().committed, usd("1.68"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn high_priorities_come_first() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        let jobs = (0..6).map(|number| {
            let mut job = NewJob::new(input(number));
            job.priority = u32::try_from(number % 3).unwrap();
            job
        });
        batch.add(jobs.collect()).await.unwrap();
        crate::support::run_with(&batch, &sandbox, crate::support::options().at_once(1)).await;
        let mut jobs = batch.jobs(0, 10).await.unwrap();
        jobs.sort_by_key(|job| job.begun_at);
        let priorities: Vec<_> = jobs.iter().map(|job| job.priority).collect();
        assert_eq!(priorities, [2, 2, 1, 1, 0, 0]);
        if !stored.store.is_shared() {
            // PostgreSQL promises no order among equal priorities.
            let order: Vec<_> = jobs.iter().map(|job| job.number).collect();
            assert_eq!(order, [3, 6, 2, 5, 1, 4]);
        }
    }
}
