//! The journal of submissions, by which jobs survive a crash.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::{Either, select};
use runcomfy_models::community::fantasy_portrait::image_to_video::Input;
use runcomfy_models::kling::kling_2_1::master::image_to_video as kling;
use runcomfy_models::time::{Clock, Sleep, TestClock};
use runcomfy_models::{
    Client, Error, FileJournal, Job, JobState, Journal, JournalEntry, JournalError, Submission,
    SubmitOptions, Unfinished, WaitOptions, blocking,
};
use runcomfy_sandbox::{Call, Fault, Reply, Sandbox};

use crate::end_to_end::{input, quick};
use crate::stalls::{drop_when_stalled, until, until_ok};

pub(crate) fn client(sandbox: &Sandbox, journal: impl Journal) -> Client {
    Client::builder()
        .base_url(sandbox.base_url())
        .token(sandbox.token())
        .journal(journal)
        .build()
        .unwrap()
}

/// A clock by which every sleep begins and none ends.
#[derive(Clone, Debug, Default)]
struct EndlessSleeps {
    asleep: Arc<tokio::sync::Notify>,
}

impl Clock for EndlessSleeps {
    fn now(&self) -> Duration {
        Duration::ZERO
    }

    fn date(&self) -> std::time::SystemTime {
        std::time::SystemTime::now()
    }

    fn sleep(&self, _: Duration) -> Sleep {
        self.asleep.notify_one();
        Box::pin(std::future::pending())
    }
}

#[derive(Clone, Debug, Default)]
struct InMemory {
    entries: Arc<Mutex<Vec<(JournalEntry, usize)>>>,
    sandbox: Arc<Mutex<Option<Sandbox>>>,
    broken: bool,
}

impl Journal for InMemory {
    fn record(&self, entry: &JournalEntry) -> Result<(), JournalError> {
        if self.broken {
            return Err(JournalError::new("the disk is full"));
        }
        let received = self.sandbox.lock().unwrap().as_ref().map_or(0, |one| one.received().len());
        self.entries.lock().unwrap().push((entry.clone(), received));
        Ok(())
    }

    fn unfinished(&self) -> Result<Unfinished, JournalError> {
        let entries = self.entries.lock().unwrap();
        Ok(Unfinished::of(entries.iter().map(|(entry, _)| entry.clone())))
    }
}

#[tokio::test]
async fn a_submission_is_written_down_before_it_is_sent_and_after() {
    let (sandbox, _) = quick().await;
    let journal = InMemory::default();
    let client = client(&sandbox, journal.clone());
    *journal.sandbox.lock().unwrap() = Some(sandbox);
    let done = client.run(&input()).await.unwrap();
    let entries = journal.entries.lock().unwrap().clone();
    let [(JournalEntry::Submitting { submission }, 0), (accepted, 1), (ended, _)] = &*entries
    else {
        panic!("{entries:?}")
    };
    let expected = JournalEntry::Accepted {
        submission: submission.id.clone(),
        request_id: done.request_id.clone(),
    };
    assert_eq!(*accepted, expected);
    let state = JobState::Completed;
    let of = Some(submission.id.clone());
    let expected =
        JournalEntry::Ended { request_id: done.request_id.clone(), submission: of, state };
    assert_eq!(*ended, expected);
    assert_eq!(submission.model_id.as_str(), "community/fantasy-portrait/image-to-video");
    assert!(submission.is_of(&input()) && !submission.is_of(&"x"));
    assert!(journal.unfinished().unwrap().is_empty());
    for (entry, _) in &entries {
        let text = serde_json::to_string(entry).unwrap();
        assert_eq!(serde_json::from_str::<JournalEntry>(&text).unwrap(), *entry, "{text}");
    }
}

/// A client without a journal, on a clock of its own.
fn plain_client(sandbox: &Sandbox) -> Client {
    let client = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    client.clock(TestClock::default()).build().unwrap()
}

#[tokio::test]
async fn unrecordable_submission_is_not_sent() {
    let (sandbox, _) = quick().await;
    let client = client(&sandbox, InMemory { broken: true, ..InMemory::default() });
    let error = client.submit(&input()).await.unwrap_err();
    assert!(matches!(error, Error::NotRecorded { .. }), "{error:?}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "the disk is full");
    let text = error.to_string();
    assert!(text.contains("the disk is full") && text.contains("nothing was sent"), "{text}");
    assert!(sandbox.received().is_empty());
}

#[tokio::test]
async fn an_unfinished_job_is_taken_up_again_and_a_finished_one_is_not() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let (finished, id) = {
        let journal = FileJournal::open(&path).unwrap();
        let client = client(&sandbox, journal.clone());
        let finished = client.run(&input()).await.unwrap().request_id;
        sandbox.fail_next_job("out of memory");
        client.run(&input()).await.unwrap_err();
        sandbox.reply_next(Call::Submit, Reply::new(402, ""));
        client.run(&input()).await.unwrap_err();
        (finished, client.submit(&input()).await.unwrap().request_id().clone())
    };
    assert_ne!(finished, id);
    let journal = FileJournal::open(&path).unwrap();
    let submitted = journal.submitted_bodies().unwrap();
    assert!(submitted.contains(&Submission::digest_of(&input()).unwrap()));
    assert_eq!(submitted.len(), 1);
    // A client that knows nothing of the journal.
    let resumed = plain_client(&sandbox).resume(&journal).await.unwrap();
    assert!(resumed.unknown.is_empty(), "{resumed:?}");
    let [job] = &*resumed.jobs else { panic!("{resumed:?}") };
    assert_eq!(*job.request_id(), id);
    assert!(job.submission().unwrap().is_of(&input()));
    assert!(job.clone().of::<Input>().is_ok());
    let other = job.clone().of::<kling::Input>().unwrap_err();
    let other = other.to_string();
    assert!(other.contains("not of kling/") && other.contains("without a type"), "{other}");
    // Where the job is gone, only the journal is left to end.
    let gone = Reply::new(404, r#"{"error_code": 404001}"#);
    let of_no_journal = plain_client(&sandbox).job_json(&id).unwrap();
    const REPLIES: usize = 100;
    for (job, advice) in [(job, "FileJournal::settle"), (&of_no_journal, "check the id")] {
        // A job that was just submitted may be unknown for a while.
        (0..REPLIES).for_each(|_| sandbox.reply_next(Call::Status, gone.clone()));
        let error = job.status().await.unwrap_err().to_string();
        assert!(error.contains(advice), "{error}");
        until_ok(REPLIES, async || job.status().await).await;
    }
    assert!(job.wait().await.unwrap().output.video.is_some());
    drop((resumed, journal));
    let journal = FileJournal::open(&path).unwrap();
    assert!(journal.unfinished().unwrap().is_empty());
    assert_eq!(sandbox.accepted(), 3);
    // The lock files of a session are removed with it.
    drop(journal);
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[tokio::test]
async fn an_unknown_outcome_is_reported_until_it_is_settled() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let journal = FileJournal::open(&path).unwrap();
    let client = client(&sandbox, journal.clone());
    sandbox.fault_next(Call::Submit, Fault::ResetAfter);
    assert!(client.submit(&input()).await.unwrap_err().is_submit_unknown());
    // Dropped halfway.
    sandbox.fault_next(Call::Submit, Fault::StallAfter);
    drop_when_stalled(&sandbox, client.submit(&input())).await;
    // Dropped between two attempts: the service has nothing of it, so nothing is unknown.
    let clock = EndlessSleeps::default();
    let waiting = Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    let waiting = waiting.clock(clock.clone()).journal(journal.clone()).build().unwrap();
    sandbox.reply_next(Call::Submit, Reply::new(429, "").header("retry-after", "30"));
    let waits = input();
    match select(pin!(waiting.submit(&waits)), pin!(clock.asleep.notified())).await {
        Either::Left((submitted, _)) => panic!("{submitted:?}"),
        Either::Right(_) => {}
    }
    // This answer is cut off, but has the id of the job: the job can be found.
    let odd = r#"{"request_id": "r1", "status_url": "https://a"#;
    sandbox.reply_next(Call::Submit, Reply::new(200, odd));
    let error = client.submit(&input()).await.unwrap_err();
    assert!(error.is_submit_unknown() && error.request_id().unwrap() == "r1");

    // All of it belongs to the first session as long as that is open.
    let second = FileJournal::open(&path).unwrap();
    assert!(second.unfinished().unwrap().is_empty());
    let resumed = client.resume(&journal).await.unwrap();
    assert_eq!(resumed.jobs[0].request_id(), "r1");
    let [reset, dropped] = &*resumed.unknown else { panic!("{resumed:?}") };
    assert!(reset.reason.is_some());
    assert!(dropped.reason.as_ref().unwrap().contains("dropped"), "{dropped:?}");
    journal.settle(&reset.submission).unwrap();
    assert_eq!(client.resume(&journal).await.unwrap().unknown.len(), 1);
    journal.settle(&dropped.submission).unwrap();
    journal.settle(resumed.jobs[0].submission().unwrap()).unwrap();
    assert!(journal.unfinished().unwrap().is_empty());
}

#[tokio::test]
async fn jobs_of_a_living_process_are_not_resumed() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let first = FileJournal::open(&path).unwrap();
    let client = client(&sandbox, first.clone());
    let job = client.submit(&input()).await.unwrap();
    let second = FileJournal::open(&path).unwrap();
    let third = FileJournal::open(&path).unwrap();
    assert!(second.unfinished().unwrap().is_empty());
    assert_eq!(first.unfinished().unwrap().jobs.len(), 1);
    drop((client, first, job));
    // The first to ask takes it.
    assert_eq!(second.unfinished().unwrap().jobs.len(), 1);
    assert!(third.unfinished().unwrap().is_empty());
    assert_eq!(second.unfinished().unwrap().jobs.len(), 1);
    drop(second);
    assert_eq!(third.unfinished().unwrap().jobs.len(), 1);
}

#[tokio::test]
async fn unknown_outcome_of_a_dead_process_is_reported_until_settled() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    {
        let journal = FileJournal::open(&path).unwrap();
        let _job = client(&sandbox, journal).submit(&input()).await.unwrap();
    }
    // As if the process had been killed after it sent the request, before the answer.
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.lines().next().unwrap().to_owned() + "\n").unwrap();
    let journal = FileJournal::open(&path).unwrap();
    for _ in 0..3 {
        let unfinished = journal.unfinished().unwrap();
        let [unknown] = &*unfinished.unknown else { panic!("{unfinished:?}") };
        assert_eq!(unknown.reason, None);
        assert!(unknown.submission.is_of(&input()));
    }
    let unknown = journal.unfinished().unwrap().unknown.remove(0);
    journal.settle(&unknown.submission).unwrap();
    assert!(journal.unfinished().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_is_written_down_even_where_the_runtime_ends() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let journal = FileJournal::open(&path).unwrap();
    let client = client(&sandbox, journal.clone());
    let sandbox = Arc::new(sandbox);
    let received = Arc::clone(&sandbox);
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        for _ in 0..20 {
            let client = client.clone();
            runtime.spawn(async move { client.submit(&input()).await.map(|_| ()) });
        }
        // The runtime ends while submissions are under way.
        runtime.block_on(until(|| received.received().len() >= 5));
        runtime.shutdown_background();
    })
    .join()
    .unwrap();
    drop(journal);
    // Unfinished calls keep the journal open until their outcomes are written.
    let is_lock = |entry: std::io::Result<std::fs::DirEntry>| {
        entry.unwrap().path().extension().is_some_and(|end| end == "lock")
    };
    until(|| !std::fs::read_dir(&folder).unwrap().any(is_lock)).await;
    let unfinished = FileJournal::open(&path).unwrap().unfinished().unwrap();
    // Every accepted submission is known, or recorded as unknown.
    let known = unfinished.jobs.len();
    assert!(known <= sandbox.accepted());
    assert!(known + unfinished.unknown.len() >= sandbox.accepted(), "{unfinished:?}");
}

#[tokio::test]
async fn a_result_that_nobody_took_is_not_at_its_end() {
    let (sandbox, _) = quick().await;
    let journal = InMemory::default();
    let client = client(&sandbox, journal.clone());
    let inputs = vec![input(); 8];
    let mut results = client.run_all(&inputs, 8);
    let (_, first) = results.next().await.unwrap();
    assert!(first.is_ok());
    until(|| sandbox.received().len() >= 24).await;
    drop(results);
    assert_eq!((sandbox.accepted(), journal.unfinished().unwrap().jobs.len()), (8, 7));
}

#[tokio::test]
async fn a_result_can_be_kept_unfinished_until_it_is_settled() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    {
        let journal = FileJournal::open(&path).unwrap().until_settled();
        let client = client(&sandbox, journal);
        client.run(&input()).await.unwrap().settle().await.unwrap();
        client.run(&input()).await.unwrap();
        sandbox.fail_next_job("out of memory");
        client.run(&input()).await.unwrap_err();
    }
    let journal = FileJournal::open(&path).unwrap().until_settled();
    let client = client(&sandbox, journal.clone());
    let resumed = client.resume(&journal).await.unwrap();
    let [job] = &*resumed.jobs else { panic!("{resumed:?}") };
    let done = job.wait().await.unwrap();
    assert_eq!(done.submission(), job.submission());
    done.settle().await.unwrap();
    assert!(journal.unfinished().unwrap().is_empty());
    assert_eq!(sandbox.accepted(), 3);
}

#[tokio::test]
async fn a_job_can_be_kept_as_text() {
    let (sandbox, client) = quick().await;
    let job = client.submit(&input()).await.unwrap();
    let text = serde_json::to_string(&job).unwrap();
    let expected = format!(
        r#"{{"request_id":"{}","model_id":"community/fantasy-portrait/image-to-video"}}"#,
        job.request_id()
    );
    assert_eq!(text, expected);
    let kept: Job = serde_json::from_str(&text).unwrap();
    let error = kept.wait().await.unwrap_err();
    assert!(matches!(error, Error::Detached { .. }), "{error}");
    assert_eq!(error.request_id(), Some(job.request_id()));
    let update = kept.updates().next().await.unwrap().unwrap_err();
    assert!(matches!(update, Error::Detached { .. }));
    assert!(client.attach(kept).wait().await.is_ok());
    assert!(serde_json::from_str::<Job>(r#"{"request_id": "../x"}"#).is_err());
    assert_eq!(sandbox.accepted(), 1);
}

#[test]
fn a_blocking_client_resumes_too() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sandbox = Sandbox::builder().queue_time(Duration::ZERO).run_time(Duration::ZERO);
    let sandbox = runtime.block_on(sandbox.start()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let journal = FileJournal::open(folder.path().join("jobs.journal")).unwrap();
    let client = blocking::Client::builder().base_url(sandbox.base_url()).token(sandbox.token());
    let client = client.journal(journal.clone()).build_blocking().unwrap();
    drop(client.submit(&input()).unwrap());
    let resumed = client.resume(&journal).unwrap();
    let job = resumed.jobs.into_iter().next().unwrap();
    let states: Vec<_> = job.updates().map(|status| status.unwrap().state).collect();
    assert_eq!(states, [JobState::Completed]);
    let done = job.wait_with(&WaitOptions::default(), |_| {}).unwrap();
    let saved = done.download_all(folder.path()).unwrap();
    assert_eq!(saved.len(), 1);
    let kept: blocking::Job = serde_json::from_str(&serde_json::to_string(&job).unwrap()).unwrap();
    assert!(matches!(kept.status(), Err(Error::Detached { .. })));
    assert!(matches!(kept.updates().next(), Some(Err(Error::Detached { .. }))));
    assert!(client.attach(kept).status().is_ok());
    let inputs = vec![input(); 5];
    let mut indices: Vec<_> =
        client.run_all(&inputs, 2).map(|(index, result)| result.map(|_| index).unwrap()).collect();
    indices.sort_unstable();
    assert_eq!(indices, [0, 1, 2, 3, 4]);
}

#[tokio::test]
async fn job_opened_by_its_id_is_settled_or_an_error_has_the_reason() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let journal = FileJournal::open(&path).unwrap().until_settled();
    let client = client(&sandbox, journal.clone());
    for attached in [false, true] {
        let job = client.submit(&input()).await.unwrap();
        let again = match attached {
            true => {
                let kept = serde_json::to_string(&job).unwrap();
                client.attach(serde_json::from_str::<Job>(&kept).unwrap())
            }
            false => client.job_json(job.request_id()).unwrap(),
        };
        let done = again.wait().await.unwrap();
        assert_eq!(journal.unfinished().unwrap().jobs.len(), 1);
        done.settle().await.unwrap();
        assert!(journal.unfinished().unwrap().is_empty(), "attached: {attached}");
    }
    // A job of another client: this journal knows nothing of it.
    let plain = crate::end_to_end::client(&sandbox);
    let job = plain.submit(&input()).await.unwrap();
    let done = client.job_json(job.request_id()).unwrap().wait().await.unwrap();
    let error = done.settle().await.unwrap_err();
    assert!(matches!(error, Error::NotSettled { .. }), "{error:?}");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("without this journal"), "{source}");
}

#[tokio::test]
async fn a_dropped_submission_is_written_down_once() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let journal = FileJournal::open(folder.path().join("jobs.journal")).unwrap();
    let client = client(&sandbox, journal.clone());
    // Dropped after this many polls: while it is recorded, and later.
    for turns in 0..40 {
        let input = input();
        let mut submission = std::pin::pin!(client.submit(&input));
        for _ in 0..turns {
            if std::future::poll_fn(|context| {
                std::task::Poll::Ready(submission.as_mut().poll(context).is_ready())
            })
            .await
            {
                break;
            }
            tokio::task::yield_now().await;
        }
    }
    tokio::task::spawn_blocking(|| {}).await.unwrap();
    // After a drop, another thread finishes the write.
    let settled = |entries: &[JournalEntry]| {
        let begun = entries.iter().filter(|one| matches!(one, JournalEntry::Submitting { .. }));
        begun.count() * 2 == entries.len()
    };
    until(|| settled(&journal.entries().unwrap())).await;
    let entries = journal.entries().unwrap();
    let mut outcomes = std::collections::HashMap::new();
    for entry in &entries {
        match entry {
            JournalEntry::Submitting { .. } => {}
            JournalEntry::NotAccepted { submission, .. }
            | JournalEntry::Unknown { submission, .. }
            | JournalEntry::Accepted { submission, .. } => {
                *outcomes.entry(submission).or_insert(0) += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(settled(&entries), "{entries:?}");
    assert!(outcomes.len() > 20, "few of the submissions began: {outcomes:?}");
    assert!(outcomes.values().all(|count| *count == 1), "{outcomes:?}");
}

#[tokio::test]
async fn client_with_another_journal_records_there_alone() {
    let (sandbox, _) = quick().await;
    let (first, second) = (InMemory::default(), InMemory::default());
    let client = client(&sandbox, first.clone());
    let other = client.with_journal(second.clone());
    let _ = other.submit(&input()).await.unwrap();
    let count = |journal: &InMemory| journal.entries.lock().unwrap().len();
    assert_eq!((count(&first), count(&second)), (0, 2));
    let _ = client.submit(&input()).await.unwrap();
    assert_eq!((count(&first), count(&second)), (2, 2));
}

/// The caller decides what to do after each failure.
#[tokio::test]
async fn submission_is_tried_as_often_as_its_options_say() {
    for attempts in [1, 2] {
        let (sandbox, client) = quick().await;
        for _ in 0..attempts {
            sandbox.reply_next(Call::Submit, Reply::new(429, "").header("retry-after", "0"));
        }
        let options = SubmitOptions::default().attempts(attempts);
        let error = client.submit_with(&input(), &options).await.unwrap_err();
        assert_eq!(error.api().unwrap().status, 429, "{error}");
        assert_eq!((sandbox.received().len(), sandbox.accepted()), (attempts as usize, 0));
        let _ = client.submit_with(&input(), &options).await.unwrap();
    }
}
