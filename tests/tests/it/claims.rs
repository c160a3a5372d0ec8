//! Claims: nothing in a journal is submitted twice, by however many processes and starts.

use std::collections::HashMap;
use std::path::Path;

use futures_util::StreamExt;
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;
use runcomfy_models::{
    ClaimState, Client, Error, FileJournal, Journal, JournalEntry, Keyed, RunError, SubmitOptions,
};
use runcomfy_sandbox::{Call, Fault, Reply, Sandbox};

use crate::end_to_end::quick;
use crate::stalls::until;

fn input(number: usize) -> Input {
    let prompt = format!("number {number}");
    Input::builder().prompt(prompt).image_url("https://example.com/a.png").build().unwrap()
}

/// A process of its own: a session of the journal, and a client.
fn process(sandbox: &Sandbox, path: &Path) -> (FileJournal, Client) {
    let journal = FileJournal::open(path).unwrap();
    let client = Client::builder()
        .base_url(sandbox.base_url())
        .token(sandbox.token())
        .journal(journal.clone())
        .build()
        .unwrap();
    (journal, client)
}

/// How many inputs became jobs, and the claims that others held.
async fn run(client: &Client, inputs: impl IntoIterator<Item = Input>) -> (usize, Vec<ClaimState>) {
    let inputs: Vec<_> = inputs.into_iter().collect();
    let results: Vec<_> = client.run_all(&inputs, 8).collect().await;
    let (mut done, mut held) = (0, Vec::new());
    for (_, result) in results {
        match result {
            Ok(_) => done += 1,
            Err(RunError { error: Error::AlreadySubmitted { holder, .. }, .. }) => {
                held.push(holder.state);
            }
            Err(error) => panic!("{error:?}"),
        }
    }
    (done, held)
}

#[tokio::test]
async fn overlapping_processes_submit_each_input_once() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let processes: Vec<_> = (0..3)
        .map(|_| {
            let (_journal, client) = process(&sandbox, &path);
            tokio::spawn(async move { run(&client, (0..40).map(input)).await })
        })
        .collect();
    let mut done = 0;
    for process in processes {
        let (finished, held) = process.await.unwrap();
        assert_eq!(finished + held.len(), 40);
        done += finished;
    }
    assert_eq!(done, 40);
    let mut prompts = HashMap::new();
    for job in sandbox.accepted_jobs() {
        *prompts.entry(job.input["prompt"].to_string()).or_insert(0) += 1;
    }
    assert!(prompts.len() == 40 && prompts.values().all(|count| *count == 1), "{prompts:?}");
    // And a later start submits none.
    let (_journal, client) = process(&sandbox, &path);
    assert_eq!(run(&client, (0..40).map(input)).await, (0, vec![ClaimState::Finished; 40]));
    // The error says which job it was, and how it ended.
    let error = client.run_all([input(7)], 1).next().await.unwrap().1.unwrap_err();
    let jobs = sandbox.accepted_jobs();
    let job = jobs.iter().find(|job| job.input["prompt"] == "number 7").unwrap();
    assert_eq!(error.request_id().unwrap().as_str(), job.request_id.as_str());
    let text = error.to_string();
    let says = format!("it is request {}, which has completed", job.request_id);
    assert!(text.contains(&says), "{text}");
    assert_eq!(sandbox.accepted(), 40);
}

#[tokio::test]
async fn equal_inputs_in_a_list_or_under_other_keys_are_separate_jobs() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let (_journal, client) = process(&sandbox, &path);
    let twice = || [input(1), input(2), input(1)];
    assert_eq!(run(&client, twice()).await, (3, vec![]));
    assert_eq!(run(&client, twice()).await.0, 0);
    // A longer list has one more of the same.
    let longer = [input(1), input(1), input(1)];
    assert_eq!(run(&client, longer).await.0, 1);
    for (key, accepted) in [("take 2", 1), ("take 2", 0), ("take 3", 1)] {
        let keyed = [Keyed::new(key, input(1))];
        let before = sandbox.accepted();
        let _: Vec<_> = client.run_all(&keyed, 1).collect().await;
        assert_eq!(sandbox.accepted() - before, accepted, "{key}");
        // The key is not sent.
        assert_eq!(
            serde_json::to_string(&keyed[0]).unwrap(),
            serde_json::to_string(&input(1)).unwrap()
        );
    }
    // A single submission claims what its key says, and nothing without one.
    let options = SubmitOptions::default().key("take 3");
    let error = client.submit_with(&input(1), &options).await.unwrap_err();
    assert!(matches!(error, Error::AlreadySubmitted { .. }), "{error:?}");
    assert!(client.submit_with(&input(2), &options).await.is_ok());
    let error = client.submit(&Keyed::new("take 3", input(2))).await.unwrap_err();
    let Error::AlreadySubmitted { holder, .. } = &error else { panic!("{error:?}") };
    assert_eq!(holder.state, ClaimState::Accepted);
    assert_eq!(error.request_id(), holder.request_id.as_ref());
    let text = error.to_string();
    assert!(text.contains(holder.request_id.as_ref().unwrap().as_str()), "{text}");
    for _ in 0..2 {
        assert!(client.submit(&input(1)).await.is_ok());
    }
    // Without a journal, everything is submitted.
    let (before, plain) = (sandbox.accepted(), crate::end_to_end::client(&sandbox));
    let _: Vec<_> = plain.run_all(twice(), 1).collect().await;
    assert_eq!(sandbox.accepted() - before, 3);
}

#[tokio::test]
async fn refusal_frees_a_claim_and_unknown_outcome_keeps_it() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let (journal, client) = process(&sandbox, &path);
    sandbox.reply_next(Call::Submit, Reply::new(402, r#"{"error_code": 400002}"#));
    let results: Vec<_> = client.run_all([input(1)], 1).collect().await;
    let failed = results[0].1.as_ref().unwrap_err();
    assert_eq!(failed.api().unwrap().status, 402);
    assert!(failed.submission().unwrap().is_of(&input(1)));
    assert_eq!(run(&client, [input(1)]).await.0, 1);

    for _ in 0..2 {
        sandbox.fault_next(Call::Submit, Fault::ResetBefore);
    }
    let results: Vec<_> = client.run_all([input(2), input(3)], 1).collect().await;
    assert!(results.iter().all(|(_, result)| result.as_ref().unwrap_err().is_submit_unknown()));
    assert_eq!(run(&client, [input(2), input(3)]).await, (0, vec![ClaimState::Unknown; 2]));
    let error = client.run_all([input(2)], 1).next().await.unwrap().1.unwrap_err().to_string();
    assert!(error.contains("not_accepted") && error.contains("GMT"), "{error}");
    // A person has looked: one was not accepted, the other was.
    let unknown = journal.unfinished().unwrap().unknown;
    let [second, third] = &*unknown else { panic!("{unknown:?}") };
    journal.not_accepted(&second.submission).unwrap();
    journal.settle(&third.submission).unwrap();
    assert!(journal.unfinished().unwrap().is_empty());
    assert_eq!(run(&client, [input(2)]).await, (1, vec![]));
    assert_eq!(run(&client, [input(3)]).await, (0, vec![ClaimState::Finished]));
}

#[tokio::test]
async fn claim_of_a_dead_process_follows_its_submission() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    {
        let (_journal, client) = process(&sandbox, &path);
        let options = SubmitOptions::default().key("a");
        let _job = client.submit_with(&input(1), &options).await.unwrap();
        let _job = client.submit_with(&input(2), &options).await.unwrap();
    }
    // As if the process had been killed before the second answer came.
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<_> = text.lines().collect();
    std::fs::write(&path, lines[..3].join("\n") + "\n").unwrap();
    let (journal, client) = process(&sandbox, &path);
    for (number, state) in [(1, ClaimState::Accepted), (2, ClaimState::Unknown)] {
        let error = client.submit(&Keyed::new("a", input(number))).await.unwrap_err();
        let Error::AlreadySubmitted { holder, .. } = error else { panic!("{error:?}") };
        assert_eq!(holder.state, state);
        assert!(holder.submission.unwrap().is_of(&input(number)));
    }
    assert_eq!(journal.unfinished().unwrap().unknown.len(), 1);
    assert_eq!(sandbox.accepted(), 2);
}

#[tokio::test]
async fn claim_of_a_living_process_is_kept() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let (_first, slow) = process(&sandbox, &path);
    let (second, client) = process(&sandbox, &path);
    sandbox.fault_next(Call::Submit, Fault::Stall);
    let stalled = tokio::spawn(async move {
        let _ = slow.submit(&Keyed::new("a", input(1))).await;
    });
    until(|| !sandbox.received().is_empty()).await;
    let error = client.submit(&Keyed::new("a", input(1))).await.unwrap_err();
    let Error::AlreadySubmitted { holder, .. } = &error else { panic!("{error:?}") };
    assert_eq!(holder.state, ClaimState::Submitting);
    assert!(error.to_string().contains("leave it to"), "{error}");
    // It is dropped: now its outcome is unknown.
    stalled.abort();
    assert!(stalled.await.unwrap_err().is_cancelled());
    let error = client.submit(&Keyed::new("a", input(1))).await.unwrap_err();
    let Error::AlreadySubmitted { holder, .. } = &error else { panic!("{error:?}") };
    assert_eq!(holder.state, ClaimState::Unknown);
    // It is recorded once.
    let entries = second.entries().unwrap();
    let unknown = entries.iter().filter(|entry| matches!(entry, JournalEntry::Unknown { .. }));
    assert_eq!((unknown.count(), entries.len()), (1, 2), "{entries:?}");
}

#[tokio::test]
async fn accepted_job_of_a_running_process_is_left_to_it() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let (first, owner) = process(&sandbox, &path);
    let (_second, other) = process(&sandbox, &path);
    let keyed = Keyed::new("a", input(1));
    let job = owner.submit(&keyed).await.unwrap();
    let holder = async |client: &Client| {
        let error = client.submit(&keyed).await.unwrap_err();
        let text = error.to_string();
        assert!(text.contains(job.request_id().as_str()), "{text}");
        let Error::AlreadySubmitted { holder, .. } = error else { panic!("{error:?}") };
        assert_eq!(holder.state, ClaimState::Accepted);
        assert_eq!(text.contains("resume"), !holder.is_elsewhere, "{text}");
        assert_eq!(text.contains("leave it to"), holder.is_elsewhere, "{text}");
        holder.is_elsewhere
    };
    assert!(!holder(&owner).await);
    assert!(holder(&other).await);
    let _ = holder;
    drop((first, owner));
    // The job holds the owner's journal, too.
    let id = job.request_id().clone();
    drop(job);
    let error = other.submit(&keyed).await.unwrap_err().to_string();
    assert!(error.contains("resume") && error.contains(id.as_str()), "{error}");
}

#[tokio::test]
async fn run_errors_contain_the_job() {
    let (sandbox, client) = quick().await;
    sandbox.fail_next_job("out of memory");
    let results: Vec<_> = client.run_all([input(1)], 1).collect().await;
    let failed = results[0].1.as_ref().unwrap_err();
    let job = failed.job.as_ref().unwrap();
    assert_eq!(failed.request_id(), Some(job.request_id()));
    assert_eq!(failed.to_string(), failed.error.to_string());
    assert!(job.status().await.unwrap().state.is_final());
}
