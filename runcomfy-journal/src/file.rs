//! A journal in a file: lines of JSON that are only appended, flushed to the disk, and shared between
//! processes with locks.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use crate::claim::Claim;
use crate::compact::{self, Compactor};
use crate::entry::{JournalEntry, Submission};
use crate::file_error::{FileError, gone};
use crate::files::sync_folder;
use crate::flush::Flushed;
use crate::holder::{ClaimHolder, ClaimState};
use crate::ledger::{Holder, Outcome, Unfinished};
use crate::line::{self, Line};
use crate::line_reader::for_each_line;
use crate::lock::{PATIENCE, append_anyway, lock_within_process, locked};
use crate::request_id::RequestId;
use crate::session::{self, Owner, Session, Sessions};
use crate::store::Store;
use crate::{Begin, Journal, JournalError};

/// A [`Journal`] in a file. Cheap to clone; clones are one journal.
///
/// A job is finished once its result was returned. If your program still has work to do then, such as
/// saving the files, use [`until_settled`](Self::until_settled).
///
/// Entries are appended as lines of JSON. What must survive a crash is flushed to the disk before the
/// submission is sent. Several processes can share a file. The jobs of a living process are left to it;
/// those of a dead process go to the first process that asks. What one process has
/// [claimed](Submission::claim), no other submits. The file system must support locks, as local ones
/// do.
///
/// The beginning of a submission waits for the lock of the file. An outcome must not be lost, and is
/// written even while another process keeps the file locked.
///
/// On Unix, only the owner can read the file. When most of its submissions are finished, it is compacted
/// (on Unix): finished submissions keep only their claims and the digests of their bodies.
///
/// ```
/// # extern crate runcomfy_journal as runcomfy_models;
/// use runcomfy_models::{FileJournal, Journal};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("jobs.journal");
/// let journal = FileJournal::open(path)?;
/// let unfinished = journal.unfinished()?; // what an earlier process left
/// for job in &unfinished.jobs {
///     println!("{} has not ended", job.request_id);
/// }
/// for lost in &unfinished.unknown {
///     // Reported until you have checked: `journal.settle(&lost.submission)?` if it was accepted,
///     // `journal.not_accepted(&lost.submission)?` if it was not.
///     println!("check your account: {} may have been accepted", lost.submission);
/// }
/// # Ok(())
/// # }
/// ```
///
/// A client with the journal (`ClientBuilder::journal`) resumes the jobs: `Client::resume`.
#[derive(Clone, Debug)]
pub struct FileJournal {
    inner: Arc<Inner>,
    until_settled: bool,
}

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    /// The owner of the submissions that this process begins.
    session: Session,
    store: Mutex<Store>,
    flushed: Flushed,
    compactor: Compactor,
}

impl FileJournal {
    /// Opens a journal, or creates one.
    ///
    /// # Errors
    /// If the file cannot be opened, locked or read, or is not a journal.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let io = |what| {
            let path = path.as_ref().to_owned();
            move |source| JournalError::new(FileError::Io { what, path, source })
        };
        let mut store = Store::open(path.as_ref()).map_err(io("open"))?;
        // The file's name must survive a crash, too.
        store.file.sync_all().map_err(io("flush"))?;
        sync_folder(&store.path).map_err(io("flush the folder of"))?;
        // Read most of a long file before others have to wait for the lock.
        store.catch_up().map_err(io("read"))?;
        let path = store.path.clone();
        if let Some(line) = store.foreign_line().filter(|_| !store.ends_readably()) {
            let line = line.to_owned();
            return Err(JournalError::new(FileError::NotAJournal { path, line }));
        }
        let store = Mutex::new(store);
        let session = locked(&store, PATIENCE, |store| {
            let session = Session::begin(&store.path)?;
            compact::finish_left(store, &session)?;
            store.catch_up_locked()?;
            Ok(session)
        });
        let session = session.map_err(io("lock and read"))?;
        let inner = Inner {
            path,
            session,
            store,
            flushed: Flushed::default(),
            compactor: Compactor::default(),
        };
        inner.compactor.run_if_due(&inner.store, &inner.session);
        Ok(Self { inner: Arc::new(inner), until_settled: false })
    }

    /// By default, a completed job is finished once its result was returned. With this, it stays
    /// unfinished until you settle it (`Completed::settle`). Use this if a job counts as done only after
    /// your own work, for example once its files are saved. A job that failed or was cancelled is
    /// finished in either case.
    ///
    /// This changes only this handle and its clones. Give them to the client and to `resume`.
    #[must_use]
    pub fn until_settled(mut self) -> Self {
        self.until_settled = true;
        self
    }

    /// The path of the file, with links resolved.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Finishes a submission that you have checked, so that it is not reported again: its outcome was
    /// unknown and it was accepted, or its job is gone. Its [claim](Submission::claim) stays.
    ///
    /// # Errors
    /// If the entry cannot be written.
    pub fn settle(&self, submission: &Submission) -> Result<(), JournalError> {
        self.record(&JournalEntry::Settled { submission: submission.id.clone() })
    }

    /// Finishes a submission that you have checked, and that the service did not accept. It is not
    /// reported again, and its [claim](Submission::claim) is free again.
    ///
    /// # Errors
    /// If the entry cannot be written, if the journal knows the submission's job, or if another process
    /// is still submitting it.
    pub fn not_accepted(&self, submission: &Submission) -> Result<(), JournalError> {
        self.check_not_accepted(&submission.id)?;
        let reason = "checked by a person: it was not accepted".to_owned();
        self.record(&JournalEntry::NotAccepted { submission: submission.id.clone(), reason })
    }

    fn check_not_accepted(&self, id: &str) -> Result<(), JournalError> {
        let Inner { store, session, .. } = &*self.inner;
        let holder = locked(store, PATIENCE, |store| {
            store.catch_up_locked()?;
            let mut sessions = Sessions::of(session);
            // The caller knows what this process submits.
            let owner = |name: &str| match sessions.owner(name) {
                Owner::This => Owner::Dead,
                other => other,
            };
            Ok(store.ledger.get(id).map(|open| ClaimHolder::of(Holder::Open(open), owner)))
        });
        match holder.map_err(|error| self.io("read", error))? {
            Some(ClaimHolder { request_id: Some(id), .. }) => Err(JournalError::new(format!(
                "the service has accepted it, as request {id}: get the job by this id, or \
                 `settle` it if the job is gone"
            ))),
            Some(ClaimHolder { state: ClaimState::Submitting, .. }) => Err(JournalError::new(
                "a running process is submitting it: leave it to that process",
            )),
            _ => Ok(()),
        }
    }

    /// The entries of all processes, oldest first. Submissions that were finished when the journal was
    /// compacted have no entries.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn entries(&self) -> Result<Vec<JournalEntry>, JournalError> {
        let mut entries = Vec::new();
        self.for_each_line(|line| {
            if let Line::Entry(members) = line {
                entries.extend(members.entry());
            }
        })?;
        Ok(entries)
    }

    /// The digests of all bodies that were accepted, or may have been. With [`Submission::digest_of`], a
    /// program finds the inputs that it need not submit again. If several processes run at once, use
    /// [claims](Submission::claim) instead: another process can submit after this returns.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn submitted_bodies(&self) -> Result<HashSet<String>, JournalError> {
        let mut known = HashMap::new();
        let mut finished = HashSet::new();
        self.for_each_line(|line| {
            if let Line::Entry(members) = &line
                && let Ok(JournalEntry::NotAccepted { submission, .. }) = members.entry()
            {
                known.remove(&submission);
            }
            for (submission, body) in line.bodies() {
                match submission {
                    Some(submission) => drop(known.insert(submission.to_owned(), body)),
                    None => drop(finished.insert(body)),
                }
            }
        })?;
        finished.extend(known.into_values());
        Ok(finished)
    }

    /// Compacts the file now: finished submissions keep only their claims and the digests of their
    /// bodies. This happens automatically if it at least halves a file of many megabytes. Other
    /// processes can use the journal meanwhile. On systems other than Unix it does nothing.
    ///
    /// # Errors
    /// If a file cannot be written beside it, or another process keeps it locked. The journal is then
    /// unchanged.
    pub fn compact(&self) -> Result<(), JournalError> {
        self.inner
            .compactor
            .run(&self.inner.store, &self.inner.session)
            .map_err(|error| self.io("compact", error))
    }

    /// Reads the current file.
    fn for_each_line(&self, mut each: impl FnMut(Line<'_>)) -> Result<(), JournalError> {
        let read = File::open(&self.inner.path).and_then(|file| {
            for_each_line(BufReader::with_capacity(256 * 1024, file), |bytes| {
                line::for_each_in(bytes, |line| line.into_iter().for_each(&mut each));
                true
            })
        });
        read.map(|_| ()).map_err(|error| self.io("read", error))
    }

    fn io(&self, what: &'static str, source: io::Error) -> JournalError {
        JournalError::new(FileError::Io { what, path: self.inner.path.clone(), source })
    }
}

impl Journal for FileJournal {
    fn record(&self, entry: &JournalEntry) -> Result<(), JournalError> {
        let inner = &*self.inner;
        let unsettled = self.until_settled && entry.is_completed_end();
        let submission = match entry {
            JournalEntry::Accepted { submission, .. }
            | JournalEntry::Unknown { submission, .. } => inner.submission(submission),
            JournalEntry::JobSettled { request_id } if !inner.has_job(request_id) => {
                if !self.until_settled {
                    return Ok(());
                }
                return Err(JournalError::new(
                    "the journal has no unfinished job of this id: it was submitted without this \
                     journal, or is settled already",
                ));
            }
            _ => None,
        };
        let line = line::entry(entry, &inner.session.name, submission.as_ref(), unsettled);
        let number = append_anyway(&inner.store, &line);
        let number = number.map_err(|error| self.io("write to", error))?;
        // If the end of a job is lost, the job is only asked about once more.
        if !matches!(entry, JournalEntry::Ended { .. }) {
            inner.flushed.upto(number, &inner.store).map_err(|error| self.io("flush", error))?;
        }
        // The line went to a file that no path names any more.
        if lock_within_process(&inner.store).is_gone {
            return Err(self.io("write to", gone()));
        }
        Ok(())
    }

    fn begin(&self, submission: &Submission) -> Result<Begin, JournalError> {
        let inner = &*self.inner;
        let begun = JournalEntry::Submitting { submission: submission.clone() };
        let line = line::entry(&begun, &inner.session.name, None, false);
        let written = locked(&inner.store, PATIENCE, |store| {
            if store.is_gone {
                return Err(gone());
            }
            store.catch_up_locked()?;
            let holder = Claim::of(submission).and_then(|claim| store.ledger.holder(claim));
            if let Some(holder) = holder {
                let mut sessions = Sessions::of(&inner.session);
                return Ok(Err(ClaimHolder::of(holder, |session| sessions.owner(session))));
            }
            store.append(&line).map(Ok)
        });
        match written.map_err(|error| self.io("write to", error))? {
            Err(holder) => Ok(Begin::AlreadyClaimed(holder)),
            Ok(number) => {
                inner
                    .flushed
                    .upto_begun(number, &inner.store)
                    .map_err(|error| self.io("flush", error))?;
                inner.compactor.run_if_due(&inner.store, &inner.session);
                Ok(Begin::Recorded)
            }
        }
    }

    fn unfinished(&self) -> Result<Unfinished, JournalError> {
        let inner = &*self.inner;
        let unfinished = locked(&inner.store, PATIENCE, |store| {
            store.catch_up_locked()?;
            let mut sessions = Sessions::of(&inner.session);
            let mut unfinished = Unfinished::default();
            let mut taken = Vec::new();
            let open = store.ledger.open();
            for (id, open) in open.into_iter().filter(|(_, open)| self.until_settled || !open.ended)
            {
                if open.owner == inner.session.name {
                    // This process still waits for the outcome of what it is sending.
                    if open.taken_over || open.outcome != Outcome::Pending {
                        unfinished.add(open);
                    }
                } else if !sessions.is_alive(&open.owner) {
                    taken.push(line::taken(id, &inner.session.name));
                    unfinished.add(open);
                }
            }
            // All or none: if this fails, the next caller gets all of them.
            if !taken.is_empty() {
                store.append(&taken.join("\n"))?;
            }
            if !store.is_gone {
                session::remove_dead(&inner.session);
            }
            Ok(unfinished)
        });
        unfinished.map_err(|error| self.io("read", error))
    }
}

impl Inner {
    /// The store, with the lines written so far, as far as they can be read.
    fn store(&self) -> MutexGuard<'_, Store> {
        let mut store = lock_within_process(&self.store);
        let _ = store.catch_up();
        store
    }

    /// An open submission, whose data its outcome repeats.
    fn submission(&self, id: &str) -> Option<Submission> {
        self.store().ledger.get(id)?.submission.clone()
    }

    fn has_job(&self, request_id: &RequestId) -> bool {
        self.store().ledger.has_job(request_id)
    }
}
