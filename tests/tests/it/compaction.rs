//! Compaction replaces a long journal by a shorter one with the same content.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use runcomfy_models::{
    Begin, ClaimHolder, FileJournal, Journal, JournalEntry, JournalError, Submission, Unfinished,
};

/// A session that has no lock, so it is dead.
pub const DEAD: &str = "1-00000000000000aa";

/// A submission as an earlier process recorded it.
pub fn submission(number: usize) -> Submission {
    let text = format!(
        r#"{{"event": "submitting", "submission": "{number:x}-0000000000000000",
            "model_id": "acme/dream", "submitted_at": "Sun, 06 Nov 1994 08:49:37 GMT",
            "body_sha256": "{number:064x}", "claim": "{number:032x}"}}"#
    );
    match serde_json::from_str(&text).unwrap() {
        JournalEntry::Submitting { submission } => submission,
        other => panic!("{other:?}"),
    }
}

pub fn id(number: usize) -> String {
    format!("request-{number}")
}

/// The entries of a submission. Its number decides how it went.
pub fn entries(number: usize) -> Vec<JournalEntry> {
    let submission = submission(number);
    let of = submission.id.clone();
    let request_id = id(number).parse::<runcomfy_models::RequestId>().unwrap();
    let begun = JournalEntry::Submitting { submission };
    let accepted =
        JournalEntry::Accepted { submission: of.clone(), request_id: request_id.clone() };
    let reason = "the connection broke".to_owned();
    let unknown = JournalEntry::Unknown { submission: of.clone(), reason: reason.clone() };
    let state = "completed".parse().unwrap();
    let ended = JournalEntry::Ended { request_id, submission: Some(of.clone()), state };
    match number % 1000 {
        1 => vec![begun],
        2 => vec![begun, accepted],
        3 => vec![begun, unknown],
        4 => vec![begun, JournalEntry::NotAccepted { submission: of, reason }],
        5 => vec![begun, unknown, JournalEntry::Settled { submission: of }],
        6 => vec![accepted],
        _ => vec![begun, accepted, ended],
    }
}

pub fn lines(numbers: impl IntoIterator<Item = usize>) -> String {
    let mut text = String::new();
    for entry in numbers.into_iter().flat_map(entries) {
        let mut line = serde_json::to_value(entry).unwrap();
        line["session"] = DEAD.into();
        writeln!(text, "{line}").unwrap();
    }
    text
}

const COUNT: usize = 20_000;

/// The content of a journal, which compaction keeps.
#[derive(Debug, PartialEq)]
struct Says {
    unfinished: Unfinished,
    bodies: HashSet<String>,
}

fn says(journal: &FileJournal) -> Says {
    Says { unfinished: journal.unfinished().unwrap(), bodies: journal.submitted_bodies().unwrap() }
}

/// The same, computed from the entries alone.
fn expected(numbers: impl IntoIterator<Item = usize> + Clone) -> Says {
    let unfinished = Unfinished::of(numbers.clone().into_iter().flat_map(entries));
    let is_submitted = |number: &usize| ![4, 6].contains(&(number % 1000));
    let bodies = numbers.into_iter().filter(is_submitted);
    Says { unfinished, bodies: bodies.map(|number| submission(number).body_sha256).collect() }
}

fn is_free(journal: &FileJournal, number: usize) -> bool {
    let mut new = submission(number);
    new.id = format!("again-{number}");
    match journal.begin(&new).unwrap() {
        Begin::Recorded => true,
        Begin::AlreadyClaimed(_) => false,
    }
}

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap();
    names.map(|name| name.unwrap().file_name().into_string().unwrap()).collect()
}

/// The submission that holds the claim of this one.
fn holder(journal: &FileJournal, number: usize) -> ClaimHolder {
    match journal.begin(&submission(number)).unwrap() {
        Begin::AlreadyClaimed(holder) => holder,
        Begin::Recorded => panic!("{number} is free"),
    }
}

#[test]
fn finished_submission_keeps_its_request_id_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let uuid = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
    let mut text = lines([5, 2007, 3007]).replace("request-3007", uuid);
    for (number, state) in [(4007, "failed"), (5007, "cancelled")] {
        text +=
            &lines([number]).replace("\"state\":\"completed\"", &format!("\"state\":\"{state}\""));
    }
    // As a version that recorded no ends left it.
    let claim = "AAAAAAAAAAAAAAAAAAAXdw"; // of 6007
    text += &format!(
        "{{\"event\":\"finished\",\"claims\":[\"{claim}\"],\"bodies\":[],\"session\":\"{DEAD}\"}}\n"
    );
    fs::write(&path, text).unwrap();
    let journal = FileJournal::open(&path).unwrap();
    let another = "; to run the input again as another job, give it another key (`Keyed`)";
    for compacted in [false, true] {
        if compacted {
            journal.compact().unwrap();
        }
        for (number, id, message) in [
            (5, None, "its job has ended, or was settled".to_owned()),
            (
                2007,
                Some("request-2007"),
                "it is request request-2007, which has completed: `Client::job` with this id gives the result"
                    .to_owned(),
            ),
            (
                3007,
                Some(uuid),
                format!("it is request {uuid}, which has completed: `Client::job` with this id gives the result"),
            ),
            (4007, Some("request-4007"), "it is request request-4007, which has failed".to_owned()),
            (5007, Some("request-5007"), "it is request request-5007, which was cancelled".to_owned()),
            (6007, None, "its job has ended, or was settled".to_owned()),
        ] {
            let holder = holder(&journal, number);
            assert_eq!(holder.to_string(), format!("{message}{another}"), "compacted: {compacted}");
            assert_eq!(holder.request_id.as_ref().map(|id| id.as_str()), id);
        }
    }
}

#[test]
fn compaction_keeps_the_content_of_a_long_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let text = lines(0..COUNT);
    assert!(text.len() > 10_000_000, "{}", text.len());
    fs::write(&path, &text).unwrap();
    let journal = FileJournal::open(&path).unwrap();
    let compacted = fs::metadata(&path).unwrap().len();
    assert!(compacted < 2_500_000, "{compacted}");
    let expected = expected(0..COUNT);
    assert_eq!(says(&journal), expected);
    assert_eq!(expected.unfinished.jobs.len(), 40);
    assert_eq!(expected.unfinished.unknown.len(), 40);
    for number in 0..20 {
        // A refusal frees the claim; a job known from its acceptance alone has none.
        assert_eq!(is_free(&journal, number), [4, 6].contains(&number), "{number}");
    }
    // Compacted again, and opened again, it still does.
    journal.compact().unwrap();
    drop(journal);
    let journal = FileJournal::open(&path).unwrap();
    journal.compact().unwrap();
    let mut again = says(&journal);
    again.unfinished.unknown.retain(|lost| !lost.submission.id.starts_with("again"));
    again.bodies.retain(|body| expected.bodies.contains(body));
    assert_eq!(again.unfinished, expected.unfinished);
    assert_eq!(again.bodies, expected.bodies);
    assert_eq!(names(folder.path()).len(), 2, "{:?}", names(folder.path()));
}

#[test]
fn other_processes_continue_in_the_compacted_journal() -> Result<(), JournalError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let first = FileJournal::open(&path)?;
    let second = FileJournal::open(&path)?;
    let begun = |number| submission(COUNT + 10 + number);
    for number in 0..4 {
        assert_eq!(first.begin(&begun(number))?, Begin::Recorded);
    }
    let accept = |journal: &FileJournal, number: usize| {
        let request_id = id(number).parse().unwrap();
        journal.record(&JournalEntry::Accepted { submission: begun(number).id, request_id })
    };
    accept(&first, 0)?;
    second.compact()?;
    // The first still has the replaced file open.
    accept(&first, 1)?;
    assert_eq!(first.begin(&begun(4))?, Begin::Recorded);
    first.compact()?;
    second.compact()?;
    accept(&first, 2)?;
    assert!(matches!(second.begin(&begun(3))?, Begin::AlreadyClaimed(_)));
    assert_eq!(first.unfinished()?.jobs.len(), 3);
    drop(first);
    let unfinished = second.unfinished()?;
    let ids: Vec<_> = unfinished.jobs.iter().map(|job| job.request_id.to_string()).collect();
    assert_eq!(ids, [id(0), id(1), id(2)]);
    assert_eq!(unfinished.unknown.len(), 2);
    Ok(())
}

#[test]
fn outcome_written_during_a_compaction_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let journals: Vec<_> = (0..2).map(|_| FileJournal::open(&path).unwrap()).collect();
    // One compacts all the time, while the other records outcomes.
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                journals[0].compact().unwrap();
            }
        });
        for number in 0..300 {
            // Not one that is refused by its number.
            let submission = submission(number * 10 + 7);
            assert_eq!(journals[1].begin(&submission).unwrap(), Begin::Recorded);
            let request_id = id(number).parse().unwrap();
            let entry = JournalEntry::Accepted { submission: submission.id, request_id };
            journals[1].record(&entry).unwrap();
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
    assert_eq!(journals[1].unfinished().unwrap().jobs.len(), 300);
    assert_eq!(journals[1].entries().unwrap().len(), 600);
}

#[cfg(unix)]
#[test]
fn killed_compaction_is_finished_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let beside = |end: &str| folder.path().join(format!("jobs.journal.{DEAD}{end}"));
    let long = lines(0..COUNT);
    // Killed while the new file was written, or before it took the path.
    fs::write(&path, lines(1..4)).unwrap();
    fs::write(beside(".new"), &long[..long.len() / 2]).unwrap();
    fs::hard_link(&path, beside(".old")).unwrap();
    let journal = FileJournal::open(&path).unwrap();
    assert_eq!(says(&journal), expected(1..4));
    drop(journal);
    assert_eq!(names(folder.path()), ["jobs.journal"]);

    // Killed afterwards: the last lines of the old file are in no other.
    fs::write(&path, &long).unwrap();
    drop(FileJournal::open(&path).unwrap());
    let late = |number: usize| {
        let mut line = serde_json::to_value(&entries(2)[1]).unwrap();
        line["submission"] = submission(number).id.into();
        line["request_id"] = id(number).into();
        line["session"] = DEAD.into();
        format!("{line}\n")
    };
    // The new file has its submission, and one that has ended since.
    fs::write(beside(".old"), format!("{long}{}{}", late(1001), late(999))).unwrap();
    let journal = FileJournal::open(&path).unwrap();
    let jobs = journal.unfinished().unwrap().jobs;
    assert_eq!(jobs.iter().filter(|job| job.request_id == id(1001).as_str()).count(), 1);
    assert_eq!(jobs.len(), 41);
    drop(journal);
    assert_eq!(names(folder.path()), ["jobs.journal"]);
}

#[cfg(unix)]
#[test]
fn unlocked_write_into_a_replaced_file_is_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let journal = FileJournal::open(&path).unwrap();
    let begun = submission(7);
    assert_eq!(journal.begin(&begun).unwrap(), Begin::Recorded);
    // As another process leaves it that compacts the journal, and keeps the old file locked.
    let other = folder.path().join("other.journal");
    fs::copy(&path, &other).unwrap();
    FileJournal::open(&other).unwrap().compact().unwrap();
    let old = fs::File::open(&path).unwrap();
    old.lock().unwrap();
    fs::rename(&other, &path).unwrap();
    let request_id = id(7).parse().unwrap();
    let entry = JournalEntry::Accepted { submission: begun.id, request_id };
    journal.record(&entry).unwrap();
    assert!(journal.entries().unwrap().contains(&entry), "{:?}", journal.entries());
    assert_eq!(journal.unfinished().unwrap().jobs.len(), 1);
}

/// The name of the only session that has the journal open.
#[cfg(unix)]
fn session_of(path: &Path) -> String {
    let prefix = format!("{}.", path.file_name().unwrap().to_str().unwrap());
    let names = names(path.parent().unwrap());
    let session =
        |name: &String| Some(name.strip_prefix(&prefix)?.strip_suffix(".lock")?.to_owned());
    names.iter().find_map(session).unwrap()
}

/// An acceptance that was written without the lock.
#[cfg(unix)]
fn late(number: usize) -> String {
    let mut line = serde_json::to_value(&entries(2)[1]).unwrap();
    line["submission"] = submission(number).id.into();
    line["request_id"] = id(number).into();
    line["session"] = DEAD.into();
    format!("{line}\n")
}

#[cfg(unix)]
#[test]
fn failed_compaction_is_finished_before_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let long = lines(0..COUNT);
    fs::write(&path, &long).unwrap();
    let own = FileJournal::open(&path).unwrap();
    // As if the disk was full just after the shorter file took the path: what others wrote
    // last is in the longer one alone.
    let old = folder.path().join(format!("jobs.journal.{}.old", session_of(&path)));
    fs::write(&old, format!("{long}{}", late(1001))).unwrap();

    // It counts from a place that the next compaction moves.
    let other = FileJournal::open(&path).unwrap();
    for number in 0..500 {
        let submission = submission(COUNT + number * 10 + 7);
        assert_eq!(other.begin(&submission).unwrap(), Begin::Recorded);
        other.record(&JournalEntry::Settled { submission: submission.id }).unwrap();
    }
    let before = fs::read_to_string(&path).unwrap();
    other.compact().unwrap();
    assert!(!old.exists());
    let has_late = |number| {
        let jobs = own.unfinished().unwrap().jobs;
        jobs.iter().any(|job| job.request_id == id(number).as_str())
    };
    assert!(has_late(1001));
    // And it does not keep its own session from the next.
    fs::write(&old, format!("{before}{}", late(2001))).unwrap();
    own.compact().unwrap();
    assert!(!old.exists() && has_late(2001));
    drop((own, other));
    assert_eq!(names(folder.path()), ["jobs.journal"]);
}
