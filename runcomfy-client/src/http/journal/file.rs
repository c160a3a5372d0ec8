//! A journal in a file: lines of JSON, only ever appended, flushed to the disk, and shared between
//! processes by locks.
//!
//! Beside the journal stands one empty file per open [`FileJournal`], locked for as long as that is
//! open: by it, others can tell whether whoever began a submission is still there to finish it.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use thiserror::Error;
use tracing::warn;

use super::super::files::{is_named, sync_folder};
use super::super::state::JobState;
use super::entry::{Ledger, Outcome};
use super::{Journal, JournalEntry, JournalError, Submission, Unfinished};

/// A [`Journal`] in a file. Cheap to clone; clones are one journal.
///
/// A job is finished in it once its result was returned. For a program that would lose something if it
/// were killed right then, files that are not saved yet, there is [`until_settled`](Self::until_settled).
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
///     // Until somebody has looked into it, and `journal.settle(&lost.submission)?` says so.
///     eprintln!("look at the account: {} may have been accepted", lost.submission);
/// }
/// for job in &resumed.jobs {
///     match job.wait().await {
///         Ok(done) => println!("{:?}", done.output),
///         Err(error) => eprintln!("{error}"),
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FileJournal {
    inner: Arc<Inner>,
    until_settled: bool,
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
    failed: bool,
}

/// What is wrong with a journal's file.
#[derive(Debug, Error)]
enum FileError {
    #[error("cannot {what} the journal {}; it has to be a file of its own, in a folder that exists", path.display())]
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
        let io = |what| {
            let path = path.as_ref().to_owned();
            move |source| JournalError::new(FileError::Io { what, path, source })
        };
        let file = open(path.as_ref()).map_err(io("open"))?;
        // Whoever comes by another way has to find the same files beside it.
        let path = fs::canonicalize(path.as_ref()).map_err(io("find"))?;
        // The file's name has to survive a crash as well as what is in it.
        file.sync_all().map_err(io("flush"))?;
        sync_folder(&path).map_err(io("flush the folder of"))?;
        let session = format!("{:x}-{:016x}", std::process::id(), fastrand::u64(..));
        let synced = file.try_clone().map_err(io("open"))?;
        let writer = Mutex::new(Writer { file, written: 0 });
        let (alive, text) = locked(&writer, PATIENCE, |writer| {
            let alive = begin_session(&path, &session)?;
            Ok((alive, writer.read()?))
        })
        .map_err(io("lock and read"))?;
        let journal = Self {
            inner: Arc::new(Inner {
                path: path.clone(),
                session,
                alive,
                writer,
                synced: Mutex::new(Synced { file: synced, upto: 0, failed: false }),
            }),
            until_settled: false,
        };
        // What a crash can leave: a first entry that was cut off, or never reached the disk.
        let readable = text.lines().any(|line| Line::read(line).is_ok());
        match text.split_once('\n') {
            Some((line, _))
                if !readable && !line.is_empty() && !line.chars().all(|c| c == '\0') =>
            {
                let line = line.chars().take(80).collect();
                Err(JournalError::new(FileError::NotAJournal { path, line }))
            }
            _ => Ok(journal),
        }
    }

    /// Keeps a completed job unfinished until it is settled
    /// ([`Completed::settle`](crate::Completed::settle)), rather than until its result was returned:
    /// for a program that would be sorry for what it had in hand when it was killed, as files that
    /// were not saved yet. A job that failed or was cancelled is finished in either case.
    ///
    /// It is a matter of this handle and its clones; give it to the client and to
    /// [`resume`](crate::Client::resume).
    #[must_use]
    pub fn until_settled(mut self) -> Self {
        self.until_settled = true;
        self
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
        let text = locked(&self.inner.writer, PATIENCE, Writer::read);
        let text = text.map_err(|error| self.io("read", error))?;
        Ok(self.inner.lines(&text).filter_map(|line| line.entry).collect())
    }

    /// The digests of all bodies that were accepted, or may have been: by
    /// [`Submission::digest_of`] a program finds which of its inputs it need not submit any more.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn submitted_bodies(&self) -> Result<HashSet<String>, JournalError> {
        let mut bodies = HashMap::new();
        for entry in self.entries()? {
            match entry {
                JournalEntry::Submitting { submission } => {
                    bodies.insert(submission.id, submission.body_sha256);
                }
                JournalEntry::NotAccepted { submission, .. } => drop(bodies.remove(&submission)),
                _ => {}
            }
        }
        Ok(bodies.into_values().collect())
    }

    fn io(&self, what: &'static str, source: io::Error) -> JournalError {
        JournalError::new(FileError::Io { what, path: self.inner.path.clone(), source })
    }
}

impl Journal for FileJournal {
    fn record(&self, entry: &JournalEntry) -> Result<(), JournalError> {
        let line = Line::of(entry, &self.inner.session);
        let write = |error| self.io("write to", error);
        let begins = matches!(entry, JournalEntry::Submitting { .. });
        let number = if begins {
            locked(&self.inner.writer, PATIENCE, |writer| {
                if !is_named(&writer.file, &self.inner.path)? {
                    return Err(io::Error::other("it was removed or replaced; open it anew"));
                }
                writer.append(&line)
            })
        } else {
            append_anyway(&self.inner.writer, &line)
        };
        let number = number.map_err(write)?;
        // Without the end of a job, it would be asked about once more; that does no harm.
        if !matches!(entry, JournalEntry::Ended { .. }) {
            self.inner.sync(number, begins).map_err(|error| self.io("flush", error))?;
        }
        Ok(())
    }

    fn unfinished(&self) -> Result<Unfinished, JournalError> {
        let inner = &*self.inner;
        let read = |error| self.io("read", error);
        let unfinished = locked(&inner.writer, PATIENCE, |writer| {
            let text = writer.read()?;
            let mut ledger = Ledger::default();
            let mut owners = HashMap::new();
            // What was begun by others, and came to this process.
            let mut taken_over = HashSet::new();
            for Line { session, entry, taken } in inner.lines(&text) {
                match (entry, taken) {
                    (Some(JournalEntry::Submitting { submission }), _) => {
                        owners.insert(submission.id.clone(), session);
                        ledger.add(JournalEntry::Submitting { submission });
                    }
                    (Some(JournalEntry::Ended { state: JobState::Completed, .. }), _)
                        if self.until_settled => {}
                    (Some(entry), _) => ledger.add(entry),
                    (None, Some(submission)) => {
                        if session == inner.session {
                            taken_over.insert(submission.clone());
                        }
                        owners.insert(submission, session);
                    }
                    (None, None) => {}
                }
            }
            let mut unfinished = Unfinished::default();
            let mut dead = HashMap::new();
            let mut taken = Vec::new();
            for (submission, outcome) in ledger.open() {
                let owner = owners.remove(&submission.id).unwrap_or_default();
                if owner == inner.session {
                    // What this process is about to send, it will hear of.
                    let about_to_be_sent =
                        matches!(outcome, Outcome::None) && !taken_over.contains(&submission.id);
                    if !about_to_be_sent {
                        unfinished.add(submission, outcome);
                    }
                } else if inner.is_dead(&owner, &mut dead) {
                    taken.push(Line::taken(&submission.id, &inner.session));
                    unfinished.add(submission, outcome);
                }
            }
            // All or none: what cannot be taken over is reported to whoever asks next.
            if !taken.is_empty() {
                writer.append(&taken.join("\n"))?;
            }
            remove_dead_sessions(&inner.path, &inner.session);
            Ok(unfinished)
        });
        unfinished.map_err(read)
    }
}

impl Inner {
    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Flushes the entry of this number to the disk, with all before it. After a flush has failed,
    /// nobody knows what is on the disk, and nothing new is to `begin`.
    fn sync(&self, number: u64, begin: bool) -> io::Result<()> {
        let mut synced = self.synced.lock().unwrap_or_else(PoisonError::into_inner);
        if begin && synced.failed {
            return Err(io::Error::other("an earlier flush has failed; open the journal anew"));
        }
        if synced.upto < number {
            let upto = self.writer().written;
            let flushed = synced.file.sync_data();
            synced.failed |= flushed.is_err();
            flushed?;
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
    fn is_dead(&self, session: &str, known: &mut HashMap<String, bool>) -> bool {
        *known.entry(session.to_owned()).or_insert_with(|| is_free(&beside(&self.path, session)))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let _ = fs::remove_file(beside(&self.path, &self.session));
        let _ = self.alive.unlock();
    }
}

/// Does something while no other process can; not if that takes longer than `patience`. Between the
/// tries, others of this process can do without.
fn locked<T>(
    writer: &Mutex<Writer>,
    patience: Duration,
    work: impl FnOnce(&mut Writer) -> io::Result<T>,
) -> io::Result<T> {
    let start = Instant::now();
    loop {
        {
            let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
            match writer.file.try_lock() {
                Ok(()) => {
                    let done = work(&mut writer);
                    writer.file.unlock()?;
                    return done;
                }
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        if start.elapsed() >= patience {
            let reason = "another process keeps it locked";
            return Err(io::Error::new(io::ErrorKind::WouldBlock, reason));
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Appends an entry that must not be lost for want of a lock. It is written in one piece, which
/// others can only be in the middle of where they were stopped in a line; so it has one of its own.
fn append_anyway(writer: &Mutex<Writer>, line: &str) -> io::Result<u64> {
    const SOON: Duration = Duration::from_millis(100);
    locked(writer, SOON, |writer| writer.append(line)).or_else(|_| {
        let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write(format!("\n{line}\n"))
    })
}

impl Writer {
    /// Appends a line, and gives its number.
    fn append(&mut self, line: &str) -> io::Result<u64> {
        let mut text = String::with_capacity(line.len() + 2);
        if self.ends_within_a_line()? {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        self.write(text)
    }

    fn write(&mut self, text: String) -> io::Result<u64> {
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
        let session = text("session")
            .filter(|session| is_session(session))
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

/// How long another process may take over its turn with the file.
const PATIENCE: Duration = Duration::from_secs(5);

/// Makes a session's file, and locks it; to be done while the journal is locked.
fn begin_session(path: &Path, session: &str) -> io::Result<File> {
    let alive = OpenOptions::new().write(true).create_new(true).open(beside(path, session))?;
    match alive.try_lock() {
        Ok(()) => Ok(alive),
        Err(TryLockError::Error(error)) => Err(error),
        Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
    }
}

/// Whether nobody holds a session's file. Where that cannot be told, somebody may.
fn is_free(path: &Path) -> bool {
    match File::open(path) {
        Ok(file) => file.try_lock().is_ok(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Removes what crashes left beside the journal; to be done while that is locked.
fn remove_dead_sessions(path: &Path, own: &str) {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else { return };
    let prefix = format!("{}.", name.to_string_lossy());
    for file in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        let session = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(".lock"));
        let Some(session) = session.filter(|session| is_session(session)) else { continue };
        let empty = file.metadata().is_ok_and(|file| file.len() == 0);
        if session != own && empty && is_free(&file.path()) {
            let _ = fs::remove_file(file.path());
        }
    }
}

/// Two numbers in hexadecimal digits. It becomes part of a file's name.
fn is_session(text: &str) -> bool {
    let hex = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_hexdigit());
    text.split_once('-')
        .is_some_and(|(process, random)| hex(process) && hex(random) && random.len() == 16)
}

/// The file that is locked as long as a session lasts.
fn beside(path: &Path, session: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(format!(".{session}.lock"));
    name.into()
}
