//! The file of a journal: who may open it, and what survives a crash.

use std::io::Write;

use runcomfy_models::{Error, FileJournal, Journal};

use crate::end_to_end::{input, quick};
use crate::journal::client;

#[tokio::test]
async fn line_cut_off_by_a_crash_harms_no_other() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    {
        let journal = FileJournal::open(&path).unwrap();
        let _job = client(&sandbox, journal).submit(&input()).await.unwrap();
    }
    let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"event\":\"accep").unwrap();
    {
        let journal = FileJournal::open(&path).unwrap();
        let _job = client(&sandbox, journal).submit(&input()).await.unwrap();
    }
    let journal = FileJournal::open(&path).unwrap();
    assert_eq!(journal.entries().unwrap().len(), 4);
    assert_eq!(journal.unfinished().unwrap().jobs.len(), 2);
}

#[tokio::test]
async fn first_line_cut_off_by_a_crash_harms_no_other() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    std::fs::write(&path, "{\"body_sha").unwrap();
    // Or that a power failure left as zeros.
    let zeros = folder.path().join("zeros.journal");
    std::fs::write(&zeros, "\0\0\0\0\n").unwrap();
    assert!(FileJournal::open(&zeros).is_ok());
    for jobs in 1..3 {
        let journal = FileJournal::open(&path).unwrap();
        let _job = client(&sandbox, journal.clone()).submit(&input()).await.unwrap();
        assert_eq!(journal.unfinished().unwrap().jobs.len(), jobs);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn journal_is_the_same_through_every_path() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let link = folder.path().join("link");
    let living = FileJournal::open(&path).unwrap();
    let job = client(&sandbox, living.clone()).submit(&input()).await.unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let other = FileJournal::open(&link).unwrap();
    assert!(other.unfinished().unwrap().is_empty());
    // A job holds its client, and that the journal.
    drop((living, job));
    assert_eq!(other.unfinished().unwrap().jobs.len(), 1);
}

#[tokio::test]
async fn locked_journal_takes_results_and_no_submissions() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let journal = FileJournal::open(&path).unwrap();
    let client = client(&sandbox, journal.clone());
    let job = client.submit(&input()).await.unwrap();
    let other = std::fs::File::open(&path).unwrap();
    other.lock().unwrap();
    // Entries that must not be lost are written anyway.
    assert!(job.wait().await.is_ok());
    let error = client.submit(&input()).await.unwrap_err();
    assert!(matches!(error, Error::NotRecorded { .. }), "{error:?}");
    other.unlock().unwrap();
    assert_eq!(sandbox.accepted(), 1);
    assert!(journal.unfinished().unwrap().is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn removed_journal_takes_nothing_more() {
    let (sandbox, _) = quick().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let client = client(&sandbox, FileJournal::open(&path).unwrap());
    std::fs::remove_file(&path).unwrap();
    let error = client.submit(&input()).await.unwrap_err();
    assert!(matches!(error, Error::NotRecorded { .. }), "{error:?}");
    assert!(sandbox.received().is_empty());
}

#[test]
fn foreign_file_is_not_taken_for_a_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    for text in ["buy milk\n", "{\"access_token\": \"x\"}\n", "{\n  \"name\": \"x\"\n}\n"] {
        std::fs::write(&path, text).unwrap();
        let error = FileJournal::open(&path).unwrap_err().to_string();
        let first = text.lines().next().unwrap();
        let named = error.contains("notes.txt is not a journal");
        assert!(named && error.contains(&format!("{first:?}")), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
    }
    let error = FileJournal::open(folder.path().join("no/folder")).unwrap_err().to_string();
    assert!(error.contains("cannot open the journal") && error.contains("that exists"), "{error}");
}

#[test]
fn error_of_a_journal_is_one_of_the_client_for_a_question_mark() {
    let folder = tempfile::tempdir().unwrap();
    let open = || FileJournal::open(folder.path().join("no/folder"));
    let as_client = || -> Result<FileJournal, Error> { Ok(open()?) };
    let error = as_client().unwrap_err();
    assert!(matches!(error, Error::Journal(_)), "{error:?}");
    let own = open().unwrap_err();
    assert_eq!((error.to_string(), format!("{error:?}")), (own.to_string(), format!("{own:?}")));
}

#[cfg(unix)]
#[test]
fn journal_is_private_and_written_through_no_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let _journal = FileJournal::open(&path).unwrap();
    for file in std::fs::read_dir(&folder).unwrap() {
        let mode = file.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let (link, target) = (folder.path().join("link"), folder.path().join("elsewhere"));
    symlink(&target, &link).unwrap();
    let error = FileJournal::open(&link).unwrap_err();
    let why = std::error::Error::source(&error).unwrap().to_string();
    assert!(why.contains("a link that leads to no file"), "{error}: {why}");
    assert!(!target.exists());
    // Nor is a pipe opened, which nobody may ever write to.
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert!(FileJournal::open(&pipe).is_err());
}
