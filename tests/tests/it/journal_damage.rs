//! Journals that others have damaged, cut off or replaced.

use std::fs;
use std::io::Write;

use runcomfy_models::{
    Begin, FileJournal, JobState, Journal, JournalEntry, JournalError, RequestId,
};

use runcomfy_sandbox::Sandbox;

use crate::compaction::{DEAD, entries, id, lines, submission};
use crate::end_to_end::{input, quick};
use crate::journal::client;

/// An error with its causes.
fn whole(error: &JournalError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

#[test]
fn a_journal_that_was_cut_off_takes_no_new_submission() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    fs::write(&path, lines(10..60)).unwrap();
    let first = FileJournal::open(&path).unwrap();
    // Somebody restores an older copy: the same file, with less in it.
    fs::write(&path, lines(10..12)).unwrap();
    let second = FileJournal::open(&path).unwrap();
    assert_eq!(second.begin(&submission(100)).unwrap(), Begin::Recorded);
    let mut again = submission(100);
    again.id = "again".to_owned();
    let begun = first.begin(&again);
    let error = whole(&begun.unwrap_err());
    assert!(error.contains("lines that it had are missing; open it anew"), "{error}");
    // An outcome is written all the same.
    let request_id = id(100).parse().unwrap();
    let accepted = JournalEntry::Accepted { submission: submission(100).id, request_id };
    first.record(&accepted).unwrap();
    assert_eq!(second.unfinished().unwrap().jobs.len(), 1);
}

#[cfg(unix)]
#[test]
fn an_entry_that_no_journal_of_this_path_has_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let journal = FileJournal::open(&path).unwrap();
    assert_eq!(journal.begin(&submission(1)).unwrap(), Begin::Recorded);
    fs::rename(&path, folder.path().join("moved")).unwrap();
    let request_id = id(1).parse().unwrap();
    let accepted = JournalEntry::Accepted { submission: submission(1).id, request_id };
    let error = whole(&journal.record(&accepted).unwrap_err());
    assert!(error.contains("removed or replaced"), "{error}");
    // Where it was moved to, it is found.
    let text = fs::read_to_string(folder.path().join("moved")).unwrap();
    assert!(text.contains(&id(1)), "{text}");
    let other = FileJournal::open(&path).unwrap();
    assert!(journal.record(&accepted).is_err());
    assert!(other.entries().unwrap().is_empty());
    // It leaves the other session alone.
    journal.unfinished().unwrap();
    assert_eq!(other.begin(&submission(2)).unwrap(), Begin::Recorded);
    assert!(FileJournal::open(&path).unwrap().unfinished().unwrap().is_empty());
}

#[test]
fn a_repeated_line_loses_no_job() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let text = lines([2, 3]);
    let each: Vec<_> = text.lines().collect();
    fs::write(&path, format!("{text}{}\n{}\n", each[0], each[2])).unwrap();
    let unfinished = FileJournal::open(&path).unwrap().unfinished().unwrap();
    assert_eq!(unfinished.jobs.len(), 1, "{unfinished:?}");
    assert_eq!(unfinished.unknown.len(), 1, "{unfinished:?}");
    assert!(unfinished.unknown[0].reason.is_some(), "{unfinished:?}");
}

#[test]
fn a_lost_line_break_loses_no_job_and_frees_no_claim() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let text = lines([2, 3, 12]);
    for between in ["", "\r", "\0", " ", "}{"] {
        fs::write(&path, format!("{}\n", text.trim_end().replace('\n', between))).unwrap();
        let journal = FileJournal::open(&path).unwrap();
        for _ in 0..2 {
            let unfinished = journal.unfinished().unwrap();
            assert_eq!(unfinished.jobs.len(), 1, "{between:?}: {unfinished:?}");
            assert_eq!(unfinished.unknown.len(), 1, "{between:?}: {unfinished:?}");
            assert_eq!(journal.submitted_bodies().unwrap().len(), 3, "{between:?}");
            for number in [2, 3, 12] {
                let mut again = submission(number);
                again.id = format!("again-{number}");
                let begun = journal.begin(&again).unwrap();
                assert!(matches!(begun, Begin::AlreadyClaimed(_)), "{between:?}: {number}");
            }
            journal.compact().unwrap();
        }
    }
}

#[test]
fn accepted_submission_cannot_be_marked_not_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let first = FileJournal::open(&path).unwrap();
    assert_eq!(first.begin(&submission(1)).unwrap(), Begin::Recorded);
    // It is on its way, and by another process.
    let second = FileJournal::open(&path).unwrap();
    let error = whole(&second.not_accepted(&submission(1)).unwrap_err());
    assert!(error.contains("is submitting it"), "{error}");
    let request_id = id(1).parse().unwrap();
    let accepted = JournalEntry::Accepted { submission: submission(1).id, request_id };
    first.record(&accepted).unwrap();
    for journal in [&first, &second] {
        let error = whole(&journal.not_accepted(&submission(1)).unwrap_err());
        assert!(error.contains(&id(1)) && error.contains("settle"), "{error}");
    }
    assert_eq!(first.unfinished().unwrap().jobs.len(), 1);
    let mut again = submission(1);
    again.id = "again".to_owned();
    assert!(matches!(first.begin(&again).unwrap(), Begin::AlreadyClaimed(_)));
    // One with an unknown outcome can.
    let JournalEntry::Unknown { reason, .. } = &entries(3)[1] else { panic!() };
    assert_eq!(first.begin(&submission(4)).unwrap(), Begin::Recorded);
    let unknown = JournalEntry::Unknown { submission: submission(4).id, reason: reason.clone() };
    first.record(&unknown).unwrap();
    second.not_accepted(&submission(4)).unwrap();
    assert!(first.unfinished().unwrap().unknown.is_empty());
}

#[test]
fn a_foreign_file_with_an_empty_first_line_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    for text in ["\nbuy milk\n", "\n\n\n{\"a\": 1}\nx\n"] {
        fs::write(&path, text).unwrap();
        let error = FileJournal::open(&path).unwrap_err().to_string();
        assert!(error.contains("is not a journal"), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
    // A crash can leave empty lines, and a journal begins behind them.
    let mut file = fs::File::create(&path).unwrap();
    file.write_all(b"\n\n").unwrap();
    let journal = FileJournal::open(&path).unwrap();
    assert_eq!(journal.begin(&submission(1)).unwrap(), Begin::Recorded);
    assert!(FileJournal::open(&path).is_ok());
}

#[test]
fn journal_error_advises_on_its_cause() {
    let folder = tempfile::tempdir().unwrap();
    // Its own name is allowed, and that of the session's lock beside it is too long.
    let long = folder.path().join("j".repeat(240));
    let error = whole(&FileJournal::open(&long).unwrap_err());
    assert!(error.contains("beside it"), "{error}");
    assert!(!error.contains("a folder that exists"), "{error}");
    let missing = folder.path().join("no/folder");
    let error = FileJournal::open(&missing).unwrap_err().to_string();
    assert!(error.contains("in a folder that exists"), "{error}");
    let path = folder.path().join("jobs.journal");
    let _journal = FileJournal::open(&path).unwrap();
    let lock = fs::File::open(&path).unwrap();
    lock.lock().unwrap();
    let error = whole(&FileJournal::open(&path).unwrap_err());
    assert!(error.contains("another process keeps it locked"), "{error}");
    assert!(!error.contains("a folder that exists"), "{error}");
}

#[test]
fn a_journal_with_half_a_line_can_be_opened_again_and_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let text = lines([2]);
    fs::write(&path, &text[..30]).unwrap();
    for _ in 0..3 {
        // A program that is stopped before it writes anything.
        let journal = FileJournal::open(&path).unwrap();
        assert!(journal.unfinished().unwrap().is_empty());
    }
    let journal = FileJournal::open(&path).unwrap();
    assert_eq!(journal.begin(&submission(1)).unwrap(), Begin::Recorded);
    drop(journal);
    assert_eq!(FileJournal::open(&path).unwrap().unfinished().unwrap().unknown.len(), 1);
    // A whole line whose break did not reach the disk counts.
    fs::write(&path, text.trim_end()).unwrap();
    for _ in 0..2 {
        assert_eq!(FileJournal::open(&path).unwrap().unfinished().unwrap().jobs.len(), 1);
    }
}

#[test]
fn body_accepted_after_all_is_not_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let journal = FileJournal::open(&path).unwrap();
    let (submission, request_id) = (submission(1), id(1).parse::<RequestId>().unwrap());
    let of = submission.id.clone();
    assert_eq!(journal.begin(&submission).unwrap(), Begin::Recorded);
    let begun = JournalEntry::Submitting { submission };
    // A person said that it was not accepted; then the answer came.
    let state = JobState::Completed;
    for entry in [
        JournalEntry::NotAccepted { submission: of.clone(), reason: "so it seemed".to_owned() },
        JournalEntry::Accepted { submission: of.clone(), request_id: request_id.clone() },
        JournalEntry::Ended { request_id, submission: Some(of), state },
    ] {
        let mut line = serde_json::to_value(&entry).unwrap();
        if let JournalEntry::Accepted { .. } = entry {
            // As the process that submitted it wrote it.
            for (key, value) in serde_json::to_value(&begun).unwrap().as_object().unwrap() {
                line[key] = value.clone();
            }
            line["event"] = "accepted".into();
        }
        line["session"] = DEAD.into();
        let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
        writeln!(file, "{line}").unwrap();
    }
    let before = journal.submitted_bodies().unwrap();
    assert_eq!(before.len(), 1);
    journal.compact().unwrap();
    assert_eq!(journal.submitted_bodies().unwrap(), before);
}

/// The lines of a journal with one accepted job, and the job's id.
async fn accepted_by_another(sandbox: &Sandbox, path: &std::path::Path) -> (String, String) {
    let journal = FileJournal::open(path).unwrap();
    let job = client(sandbox, journal).submit(&input()).await.unwrap();
    let id = job.request_id().to_string();
    drop(job);
    let text = std::fs::read_to_string(path).unwrap();
    let (submitting, accepted) = text.trim_end().split_once('\n').unwrap();
    (submitting.to_owned(), accepted.to_owned() + &format!("\u{0}{id}"))
}

#[tokio::test]
async fn an_accepted_job_outlives_damage_to_its_beginning() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let (submitting, accepted) = accepted_by_another(&sandbox, &path).await;
    let (accepted, id) = accepted.split_once('\0').unwrap();
    let changed = submitting.replace("\"submission\":\"", "\"submission\":\"0");
    // An older version's line repeated nothing of the submission.
    let mut bare: serde_json::Map<_, _> = serde_json::from_str(accepted).unwrap();
    for key in ["model_id", "submitted_at", "body_sha256"] {
        assert!(bare.remove(key).is_some(), "{key}");
    }
    let bare = serde_json::Value::Object(bare).to_string();
    for (text, accepted) in [
        (format!("{submitting}\n"), accepted),
        (String::new(), accepted),
        (String::new(), &bare),
        (format!("{}\n", &submitting[10..]), accepted),
        (format!("{}\n", &submitting[..40]), &bare),
        (format!("\u{feff}{submitting}\n"), accepted),
        (format!("{submitting}\r\n"), accepted),
        (format!("{}\n", submitting.replace("image-to-video", "image to video")), accepted),
        (format!("{changed}\n"), &bare),
        (format!("{}\n", submitting.replace("{", "[")), accepted),
    ] {
        std::fs::write(&path, format!("{text}{accepted}\r\n")).unwrap();
        let journal = FileJournal::open(&path).unwrap();
        let resumed = client(&sandbox, journal.clone()).resume(&journal).await.unwrap();
        let [job] = &*resumed.jobs else { panic!("{text:?}: {resumed:?}") };
        assert_eq!(job.request_id(), id, "{text:?}");
        if *accepted != bare {
            assert!(job.submission().unwrap().is_of(&input()), "{text:?}");
        }
        assert!(job.wait().await.is_ok());
        assert!(journal.unfinished().unwrap().jobs.is_empty(), "{text:?}");
    }
    // Bytes that are no text at all.
    let mut bytes = submitting.clone().into_bytes();
    bytes[30] = 0xff;
    bytes.push(b'\n');
    bytes.extend_from_slice(accepted.as_bytes());
    std::fs::write(&path, bytes).unwrap();
    assert_eq!(FileJournal::open(&path).unwrap().unfinished().unwrap().jobs.len(), 1);
}

#[test]
fn an_id_that_cannot_be_read_survives_compaction_and_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let refunded = format!(
        r#"{{"event":"refunded","request_id":"{}","session":"{DEAD}","version":2}}"#,
        id(12)
    );
    let damaged = r#"{"event":"accepted","submission":"d-0","request_id":"request-13","sess"#;
    let text = lines([2, 3, 12]).replace(&id(2), "urn:job/2");
    fs::write(&path, format!("{text}{refunded}\n{damaged}\n")).unwrap();
    let journal = FileJournal::open(&path).unwrap();
    for _ in 0..2 {
        let unfinished = journal.unfinished().unwrap();
        assert_eq!((unfinished.jobs.len(), unfinished.unknown.len()), (0, 2), "{unfinished:?}");
        let unknown = &unfinished.unknown[0];
        assert_eq!(unknown.submission.id, submission(2).id, "{unfinished:?}");
        assert!(unknown.reason.as_ref().unwrap().contains("\"urn:job/2\""), "{unknown:?}");
        journal.compact().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        for kept in [r#""request_id":"urn:job/2""#, &*refunded, damaged] {
            assert_eq!(text.matches(kept).count(), 1, "{kept} in {text}");
        }
    }
    // Its claim is held until somebody settles it; then nothing is left of it.
    let mut again = submission(2);
    again.id = "again".to_owned();
    assert!(matches!(journal.begin(&again).unwrap(), Begin::AlreadyClaimed(_)));
    journal.settle(&submission(2)).unwrap();
    for _ in 0..2 {
        journal.compact().unwrap();
        let unfinished = journal.unfinished().unwrap();
        assert_eq!(unfinished.unknown.len(), 1, "{unfinished:?}");
    }
}
