//! What a person does with a batch.

use std::time::Duration;

use runcomfy_batch::{Error, NewJob, Outcome, Retry, State, Store};
use runcomfy_sandbox::{Call, Fault};

use crate::support::{client, input, jobs, quick, run, sandbox, states, stores};

#[tokio::test(flavor = "multi_thread")]
async fn paused_batch_submits_nothing() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(3)).await.unwrap();
        batch.pause().await.unwrap();
        assert_eq!(run(&batch, &sandbox).await, Outcome::Paused(None));
        assert_eq!(sandbox.accepted(), 0);
        batch.resume().await.unwrap();
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        assert_eq!(sandbox.accepted(), 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelled_jobs_are_never_submitted() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(3)).await.unwrap();
        let cancelled = batch.cancel(&client(&sandbox)).await.unwrap();
        assert_eq!((cancelled.new, cancelled.submitted, cancelled.go_on), (3, 0, 0));
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        assert_eq!(sandbox.accepted(), 0);

        let mut retry = Retry::default().only([2]);
        retry.cancelled = true;
        assert_eq!(batch.retry(retry).await.unwrap(), 1);
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        assert_eq!(states(&batch).await, [State::Cancelled, State::Done, State::Cancelled]);
        assert_eq!(sandbox.accepted(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_jobs_are_tried_again_and_their_ids_kept() {
    for stored in stores().await {
        let sandbox = quick().price_usd(0.056).start().await.unwrap();
        let batch = stored.batch().await;
        let mut job = NewJob::new(input(0));
        job.estimate = Some("0.28".parse().unwrap());
        batch.add(vec![job]).await.unwrap();
        sandbox.fail_next_job("the model ran out of memory");
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        let job = batch.job(1).await.unwrap();
        assert_eq!(job.state, State::Failed);
        assert!(job.reason.unwrap().contains("out of memory"));
        let first = job.request_id.unwrap();

        assert_eq!(batch.retry(Retry::failed()).await.unwrap(), 1);
        assert_eq!(run(&batch, &sandbox).await, Outcome::Ended);
        let job = batch.job(1).await.unwrap();
        assert_eq!((job.state, job.reason), (State::Done, None));
        assert_eq!(job.earlier, [first.to_string()]);
        assert_ne!(job.request_id.unwrap(), first);
        // Nobody knows whether the failed one was charged, so its estimate counts.
        assert_eq!(batch.status().await.unwrap().committed.to_string(), "$0.56");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_inputs_of_a_list_are_jobs_of_their_own() {
    for stored in stores().await {
        let batch = stored.batch().await;
        let list = || vec![NewJob::new(input(0)), NewJob::new(input(0)), NewJob::new(input(1))];
        assert_eq!(batch.add(list()).await.unwrap().added, 3);
        let again = batch.add(list()).await.unwrap();
        assert_eq!((again.added, again.known), (0, 3));
        let keyed = |key: &str| {
            let mut job = NewJob::new(input(0));
            job.key = Some(key.to_owned());
            job
        };
        let keyed = batch.add(vec![keyed("a"), keyed("b"), keyed("a")]).await.unwrap();
        assert_eq!((keyed.added, keyed.known), (2, 1));
        // Another batch in the same database knows nothing of it.
        let other = stored.store.batch("other").await.unwrap();
        assert_eq!(other.add(list()).await.unwrap().added, 3);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_run_go_on_when_a_batch_is_cancelled() {
    let stored = stores().await.remove(0);
    let sandbox = quick().run_time(Duration::from_millis(100)).start().await.unwrap();
    let batch = stored.batch().await;
    batch.add(jobs(1)).await.unwrap();
    let running = {
        let batch = batch.clone();
        let client = client(&sandbox);
        let worker = runcomfy_batch::Worker::new(batch, client, crate::support::options());
        tokio::spawn(async move {
            worker.run(runcomfy_client::CancellationToken::new(), |_| {}).await.unwrap()
        })
    };
    while batch.status().await.unwrap().count(State::Submitted) == 0 {
        tokio::task::yield_now().await;
    }
    let cancelled = batch.cancel(&client(&sandbox)).await.unwrap();
    assert_eq!(cancelled.new, 0);
    assert_eq!(running.await.unwrap(), Outcome::Ended);
    assert!(batch.job(1).await.unwrap().state.is_final());
}

#[tokio::test]
async fn stores_and_names_that_cannot_be_are_refused() {
    for (store, message) in [
        ("", "names no database"),
        ("mysql://root:secret@host/db", "mysql://root:***@host/db"),
        ("/no/such/folder/batch.db", "cannot open the database /no/such/folder/batch.db"),
    ] {
        let error = Store::open(store).await.unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert!(!format!("{error:?}").contains("secret"), "{error:?}");
    }
    let stored = stores().await.remove(0);
    for name in ["", "a/b", "a b", &"a".repeat(65)] {
        let error = stored.store.batch(name).await.unwrap_err();
        assert!(matches!(error, Error::BadName(_)), "{error}");
    }
    let batch = stored.batch().await;
    assert_eq!(batch.job(7).await.unwrap_err().to_string(), "the batch has no job 7");
}

#[tokio::test(flavor = "multi_thread")]
async fn id_of_another_job_is_not_taken() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(2)).await.unwrap();
        run(&batch, &sandbox).await;
        let other = stored.store.batch("other").await.unwrap();
        other.add(jobs(1)).await.unwrap();
        sandbox.fault_next(Call::Submit, Fault::ResetAfter);
        run(&other, &sandbox).await;
        let taken = batch.job(2).await.unwrap().request_id.unwrap();
        let error = other.adopt(1, &taken).await.unwrap_err();
        assert_eq!(error.to_string(), format!("{taken} is job 2 of the batch test"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn retry_of_an_unknown_job_is_remembered_and_can_be_taken_back() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(2)).await.unwrap();
        sandbox.fault_next(Call::Submit, Fault::ResetAfter);
        run(&batch, &sandbox).await;
        let number =
            1 + states(&batch).await.iter().position(|one| *one == State::Unknown).unwrap() as u64;
        let begun_at = batch.job(number).await.unwrap().begun_at.unwrap();
        batch.retry(Retry::unknown()).await.unwrap();
        assert_eq!(batch.job(number).await.unwrap().earlier, [format!("unknown@{begun_at}")]);
        let known = batch.jobs(0, 10).await.unwrap();
        let known = known.iter().find_map(|job| job.request_id.clone()).unwrap().to_string();
        let id =
            sandbox.accepted_jobs().into_iter().map(|job| job.request_id).find(|id| *id != known);
        let id = id.unwrap().parse().unwrap();
        assert!(batch.adopt(number, &id).await.unwrap());
        run(&batch, &sandbox).await;
        assert_eq!(states(&batch).await, [State::Done; 2]);
        assert_eq!(sandbox.accepted(), 2);
        // A job that was never sent has no id.
        batch.add(jobs(3)).await.unwrap();
        assert!(!batch.adopt(3, &"some-id".parse().unwrap()).await.unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn price_of_a_job_can_be_given_later() {
    for stored in stores().await {
        let batch = stored.batch().await;
        batch.add(jobs(1)).await.unwrap();
        let mut limits = runcomfy_batch::Limits::default();
        limits.max_cost = Some("1".parse().unwrap());
        let error = batch.set_limits(limits).await.unwrap_err();
        assert!(matches!(error, Error::NoEstimate { count: 1, .. }), "{error}");
        let mut priced = NewJob::new(input(0));
        priced.estimate = Some("0.28".parse().unwrap());
        assert_eq!(batch.add(vec![priced]).await.unwrap().known, 1);
        batch.set_limits(limits).await.unwrap();
        assert_eq!(batch.job(1).await.unwrap().estimate.unwrap().to_string(), "$0.28");
    }
}

/// Each process creates the tables, and one of them comes first.
#[tokio::test(flavor = "multi_thread")]
async fn many_open_a_new_database_at_once() {
    let folder = tempfile::tempdir().unwrap();
    for round in 0..5 {
        let path = folder.path().join(format!("{round}.db"));
        let open = || {
            let path = path.to_str().unwrap().to_owned();
            tokio::spawn(async move { Store::open(&path).await?.batch("test").await.map(|_| ()) })
        };
        let opened: Vec<_> = (0..6).map(|_| open()).collect();
        for one in opened {
            one.await.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn database_that_is_away_is_said_so_at_once() {
    let error = Store::open("postgres://rcf@127.0.0.1:1/rcf").await.unwrap_err();
    let error = format!("{error:?}");
    assert!(error.contains("127.0.0.1:1/rcf") && error.contains("refused"), "{error}");
}

#[tokio::test]
async fn database_that_is_away_is_waited_for_only_so_long() {
    let patience = Duration::from_millis(200);
    let mut tries = 0;
    let away = |error: &Error| {
        assert!(matches!(error, Error::Open { .. }), "{error:?}");
        tries += 1;
    };
    let error = Store::open_within("postgres://rcf@127.0.0.1:1/rcf", patience, away).await;
    assert!(matches!(error, Err(Error::Open { .. })), "{error:?}");
    assert!(tries > 1, "{tries}");
    // A person has to mend these.
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none/batch.db");
    for store in ["mysql://host/db", missing.to_str().unwrap()] {
        let waits = |error: &Error| panic!("it waits: {error:?}");
        Store::open_within(store, patience, waits).await.unwrap_err();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cost_of_what_is_added_is_told() {
    for stored in stores().await {
        let batch = stored.batch().await;
        let list = |prices: &[Option<&str>]| -> Vec<NewJob> {
            let job = |(number, price): (usize, &Option<&str>)| {
                let mut job = NewJob::new(input(number));
                job.estimate = price.map(|price| price.parse().unwrap());
                job
            };
            prices.iter().enumerate().map(job).collect()
        };
        let added = batch.add(list(&[Some("0.28"), None])).await.unwrap();
        assert_eq!((added.estimate.to_string().as_str(), added.unpriced), ("$0.28", 1));
        // What the batch has already is not counted.
        let added = batch.add(list(&[Some("0.28"), None, Some("0.56")])).await.unwrap();
        assert_eq!((added.added, added.known), (1, 2));
        assert_eq!((added.estimate.to_string().as_str(), added.unpriced), ("$0.56", 0));
    }
}
