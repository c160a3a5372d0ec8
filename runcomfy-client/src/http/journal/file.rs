//! A journal in a file: lines of JSON, only ever appended, flushed to the disk, and shared between
//! processes by locks.
//!
//! Beside the journal stands one empty file per open [`FileJournal`], locked for as long as that is
//! open: by it, others can tell whether whoever began a submission is still there to finish it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Map, Value};
use thiserror::Error;
use tracing::warn;

use super::entry::{Ledger, Outcome};
use super::{Journal, JournalEntry, JournalError, Submission, Unfinished};

/// A [`Journal`] in a file. Cheap to clone; clones are one journal.
///
/// Entries are appended as lines of JSON, and what has to survive a crash is flushed to the disk
/// before the submission is sent. Several processes can share a file: what a living process works on
/// is left to it; what a dead one left is taken up by the first that asks. The file system has to
/// know locks, as local ones do.
///
/// ```no_run
/// use runcomfy_client::{Client, FileJournal};
///
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let journal = FileJournal::open("jobs.journal")?;
/// let client = Client::builder().token("...").journal(journal.clone()).build()?;
///
/// let resumed = client.resume(&journal).await?; // what an earlier process left
/// for lost in &resumed.unknown {
///     eprintln!("look at the account: {:?} may have been accepted", lost.submission);
///     journal.settle(&lost.submission)?; // once it was looked into
/// }
/// for job in resumed.jobs {
///     println!("{:?}", job.wait().await?.output);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FileJournal {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    /// Who writes: the owner of what it begins.
    session: String,
    /// Locked as long as this is open.
    alive: File,
    writer: Mutex<Writer>,
    synced: Mutex<Synced>,
}

#[derive(Debug)]
struct Writer {
    file: File,
    /// How many entries were written so far.
    written: u64,
}

/// One flush serves everybody who has written before it.
#[derive(Debug)]
struct Synced {
    file: File,
    upto: u64,
}

/// What is wrong with a journal's file.
#[derive(Debug, Error)]
enum FileError {
    #[error("cannot {what} the journal {}", path.display())]
    Io { what: &'static str, path: PathBuf, source: io::Error },
    #[error(
        "{} is not a journal: its first line is {line:?}, not an entry; give a file of its own",
        path.display()
    )]
    NotAJournal { path: PathBuf, line: String },
}

impl FileJournal {
    /// Opens a journal, or makes one where there is none.
    ///
    /// # Errors
    /// Where the file cannot be opened, locked or read, or is something else.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = std::path::absolute(path.as_ref()).map_err(JournalError::new)?;
        let io = |what| {
            let path = path.clone();
            move |source| JournalError::new(FileError::Io { what, path, source })
        };
        let file = open(&path).map_err(io("open"))?;
        // The file's name has to survive a crash as well as what is in it.
        file.sync_all().map_err(io("flush"))?;
        sync_folder(&path).map_err(io("flush the folder of"))?;
        let session = format!("{:x}-{:016x}", std::process::id(), fastrand::u64(..));
        let alive = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(beside(&path, &session))
            .map_err(io("make a file beside"))?;
        alive.lock().map_err(io("lock a file beside"))?;
        let synced = Synced { file: file.try_clone().map_err(io("open"))?, upto: 0 };
        let inner = Inner {
            session,
            alive,
            writer: Mutex::new(Writer { file, written: 0 }),
            synced: Mutex::new(synced),
            path: path.clone(),
        };
        let journal = Self { inner: Arc::new(inner) };
        let text = journal.inner.writer().read().map_err(io("read"))?;
        let mut lines = text.split_inclusive('\n');
        match lines.next() {
            // One line that was cut off is what a crash leaves of a journal's first entry.
            Some(line) if line.ends_with('\n') && Line::read(line).is_err() => {
                let line = line.trim_end().chars().take(80).collect();
                Err(JournalError::new(FileError::NotAJournal { path, line }))
            }
            _ => Ok(journal),
        }
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Ends a submission in the journal that somebody has looked into, so that it is not reported
    /// again: one whose outcome was unknown, or whose job is gone.
    ///
    /// # Errors
    /// Where that cannot be written.
    pub fn settle(&self, submission: &Submission) -> Result<(), JournalError> {
        self.record(&JournalEntry::Settled { submission: submission.id.clone() })
    }

    /// Every entry so far, of all processes, oldest first.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn entries(&self) -> Result<Vec<JournalEntry>, JournalError> {
        let text =
            self.inner.writer().locked(Writer::read).map_err(|error| self.io("read", error))?;
        Ok(self.inner.lines(&text).filter_map(|line| line.entry).collect())
    }

    fn io(&self, what: &'static str, source: io::Error) -> JournalError {
        JournalError::new(FileError::Io { what, path: self.inner.path.clone(), source })
    }
}

impl Journal for FileJournal {
    fn record(&self, entry: &JournalEntry) -> Result<(), JournalError> {
        let line = Line::of(entry, &self.inner.session);
        let write = |error| self.io("write to", error);
        let number = self.inner.writer().locked(|writer| writer.append(&line)).map_err(write)?;
        // Without the end of a job, it would be asked about once more; that does no harm.
        if !matches!(entry, JournalEntry::Ended { .. }) {
            self.inner.sync(number).map_err(|error| self.io("flush", error))?;
        }
        Ok(())
    }

    fn unfinished(&self) -> Result<Unfinished, JournalError> {
        let inner = &*self.inner;
        let read = |error| self.io("read", error);
        let unfinished = inner.writer().locked(|writer| {
            let text = writer.read()?;
            let mut ledger = Ledger::default();
            let mut owners = HashMap::new();
            for Line { session, entry, taken } in inner.lines(&text) {
                match (entry, taken) {
                    (Some(JournalEntry::Submitting { submission }), _) => {
                        owners.insert(submission.id.clone(), session);
                        ledger.add(JournalEntry::Submitting { submission });
                    }
                    (Some(entry), _) => ledger.add(entry),
                    (None, Some(submission)) => drop(owners.insert(submission, session)),
                    (None, None) => {}
                }
            }
            let mut unfinished = Unfinished::default();
            let mut dead = HashMap::new();
            for (submission, outcome) in ledger.open() {
                let owner = owners.remove(&submission.id).unwrap_or_default();
                if owner == inner.session {
                    // What this process is about to send, it will hear of.
                    if !matches!(outcome, Outcome::None) {
                        unfinished.add(submission, outcome);
                    }
                } else if inner.is_dead(&owner, &mut dead)? {
                    writer.append(&Line::taken(&submission.id, &inner.session))?;
                    unfinished.add(submission, outcome);
                }
            }
            for (owner, _) in dead.into_iter().filter(|(_, dead)| *dead) {
                // That nobody is there any more shows without it, too.
                let _ = fs::remove_file(beside(&inner.path, &owner));
            }
            Ok(unfinished)
        });
        unfinished.map_err(read)
    }
}

impl Inner {
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Flushes the entry of this number to the disk, with all before it.
    fn sync(&self, number: u64) -> io::Result<()> {
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if synced.upto < number {
            let upto = self.writer().written;
            synced.file.sync_data()?;
            synced.upto = upto;
        }
        Ok(())
    }

    fn lines<'a>(&self, text: &'a str) -> impl Iterator<Item = Line> + use<'a> {
        let path = self.path.clone();
        text.lines().enumerate().filter(|(_, line)| !line.is_empty()).filter_map(
            move |(index, line)| {
                let read = Line::read(line);
                if let Err(reason) = &read {
                    // A crash can leave a line half written; what it was to say has not happened.
                    let (path, line) = (path.display(), index + 1);
                    warn!(%path, line, %reason, "a line of the journal cannot be read");
                }
                read.ok()
            },
        )
    }

    /// Whether the process that wrote as this session has ended.
    fn is_dead(&self, session: &str, known: &mut HashMap<String, bool>) -> io::Result<bool> {
        if let Some(dead) = known.get(session) {
            return Ok(*dead);
        }
        let dead = match File::open(beside(&self.path, session)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(error),
            Ok(file) => match file.try_lock() {
                Ok(()) => true,
                Err(TryLockError::WouldBlock) => false,
                Err(TryLockError::Error(error)) => return Err(error),
            },
        };
        known.insert(session.to_owned(), dead);
        Ok(dead)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let _ = fs::remove_file(beside(&self.path, &self.session));
        let _ = self.alive.unlock();
    }
}

impl Writer {
    /// Does something while no other process can.
    fn locked<T>(&mut self, work: impl FnOnce(&mut Self) -> io::Result<T>) -> io::Result<T> {
        self.file.lock()?;
        let done = work(self);
        self.file.unlock()?;
        done
    }

    /// Appends a line, and gives its number.
    fn append(&mut self, line: &str) -> io::Result<u64> {
        let mut text = String::with_capacity(line.len() + 2);
        if self.ends_within_a_line()? {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        self.file.write_all(text.as_bytes())?;
        self.written += 1;
        Ok(self.written)
    }

    /// Whether somebody was stopped while writing.
    fn ends_within_a_line(&mut self) -> io::Result<bool> {
        if self.file.seek(SeekFrom::End(0))? == 0 {
            return Ok(false);
        }
        self.file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        self.file.read_exact(&mut last)?;
        Ok(last != *b"\n")
    }

    fn read(&mut self) -> io::Result<String> {
        self.file.rewind()?;
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// A line of the file.
struct Line {
    session: String,
    entry: Option<JournalEntry>,
    /// The submission that the session took over from a dead one.
    taken: Option<String>,
}

impl Line {
    fn of(entry: &JournalEntry, session: &str) -> String {
        let mut map = entry.to_map();
        map.insert("session".to_owned(), session.into());
        Value::Object(map).to_string()
    }

    fn taken(submission: &str, session: &str) -> String {
        serde_json::json!({ "event": "taken", "submission": submission, "session": session })
            .to_string()
    }

    fn read(line: &str) -> Result<Self, String> {
        let map: Map<String, Value> =
            serde_json::from_str(line).map_err(|error| error.to_string())?;
        let text = |key| map.get(key).and_then(Value::as_str).map(str::to_owned);
        // It becomes part of a file's name.
        let session = text("session")
            .filter(|session| session.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
            .ok_or("the member `session` is missing or is none")?;
        if map.get("event").and_then(Value::as_str) == Some("taken") {
            return Ok(Self { session, entry: None, taken: text("submission") });
        }
        Ok(Self { session, entry: Some(JournalEntry::from_map(&map)?), taken: None })
    }
}

fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).append(true).create(true).open(path)
}

/// The file that is locked as long as a session lasts.
fn beside(path: &Path, session: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{session}.lock"));
    name.into()
}

/// Where folders are flushed at all, so that a new file's name is on the disk.
fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    let _ = path;
    Ok(())
}
