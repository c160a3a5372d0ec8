//! Sessions: which processes have a journal open, and which ended without closing it.
//!
//! Each session has an empty file beside the journal, locked while the journal is open. The system
//! unlocks it however the process ends. So other processes can tell whether the process that began a
//! submission is still running.
//!
//! Other sessions do not touch the submissions of a living session. They take over those of a dead one,
//! with a line in the journal.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use crate::files::private;

/// This process's session. It ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) name: String,
    journal: PathBuf,
    alive: File,
}

impl Session {
    /// Begins a session. The journal must be locked.
    pub(crate) fn begin(journal: &Path) -> io::Result<Self> {
        let name = format!("{:x}-{:016x}", std::process::id(), fastrand::u64(..));
        let path = file(journal, &name, LOCK);
        let made = private(OpenOptions::new().write(true).create_new(true)).open(path);
        let alive = made.map_err(|error| {
            io::Error::new(error.kind(), format!("a lock cannot be made beside it: {error}"))
        })?;
        match alive.try_lock() {
            Ok(()) => Ok(Self { name, journal: journal.to_owned(), alive }),
            Err(TryLockError::Error(error)) => Err(error),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let _ = fs::remove_file(file(&self.journal, &self.name, LOCK));
        let _ = self.alive.unlock();
    }
}

/// The session that works on a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    /// This session.
    This,
    /// Another session, which is alive.
    Elsewhere,
    /// A session whose process has ended.
    Dead,
}

/// Which sessions are alive. Each is checked once.
#[derive(Debug)]
pub(crate) struct Sessions<'a> {
    journal: &'a Path,
    own: &'a str,
    known: HashMap<String, bool>,
}

impl<'a> Sessions<'a> {
    pub(crate) fn of(session: &'a Session) -> Self {
        Self { journal: &session.journal, own: &session.name, known: HashMap::new() }
    }

    pub(crate) fn owner(&mut self, name: &str) -> Owner {
        match name == self.own {
            true => Owner::This,
            false if self.is_alive(name) => Owner::Elsewhere,
            false => Owner::Dead,
        }
    }

    pub(crate) fn is_alive(&mut self, name: &str) -> bool {
        if name == self.own {
            return true;
        }
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        let alive = !is_name(name) || !is_free(&file(self.journal, name, LOCK));
        self.known.insert(name.to_owned(), alive);
        alive
    }
}

/// The endings of the names of a session's files.
pub(crate) const LOCK: &str = ".lock";
/// A compacted journal that is still being written.
pub(crate) const NEW: &str = ".new";
/// The journal that a compacted one is about to replace.
pub(crate) const OLD: &str = ".old";

/// The file of a session beside the journal.
pub(crate) fn file(journal: &Path, session: &str, end: &str) -> PathBuf {
    let mut name = OsString::from(journal);
    name.push(format!(".{session}{end}"));
    name.into()
}

/// The files with this ending that dead sessions left. The journal must be locked.
pub(crate) fn left_by_dead(session: &Session, end: &str) -> Vec<PathBuf> {
    let mut sessions = Sessions::of(session);
    left_by(session, end, |owner| !sessions.is_alive(owner))
}

/// The files with this ending that any session left.
pub(crate) fn left(session: &Session, end: &str) -> Vec<PathBuf> {
    left_by(session, end, |_| true)
}

fn left_by(session: &Session, end: &str, mut is_meant: impl FnMut(&str) -> bool) -> Vec<PathBuf> {
    let journal = &*session.journal;
    let (Some(folder), Some(name)) = (journal.parent(), journal.file_name()) else {
        return Vec::new();
    };
    let prefix = format!("{}.", name.to_string_lossy());
    let mut left = Vec::new();
    for found in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = found.file_name().to_string_lossy().into_owned();
        let owner = name.strip_prefix(&prefix).and_then(|rest| rest.strip_suffix(end));
        let Some(owner) = owner.filter(|owner| is_name(owner)) else { continue };
        let is_file = found.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && is_meant(owner) {
            left.push(found.path());
        }
    }
    left
}

/// Removes the locks that crashes left. The journal must be locked.
pub(crate) fn remove_dead(session: &Session) {
    for path in left_by_dead(session, LOCK) {
        if fs::metadata(&path).is_ok_and(|file| file.len() == 0) {
            let _ = fs::remove_file(path);
        }
    }
}

/// Whether nobody holds a session's file. If that cannot be found out, somebody may hold it.
fn is_free(path: &Path) -> bool {
    // Opening a pipe could block forever.
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => return false,
        _ => {}
    }
    match File::open(path) {
        Ok(file) => file.try_lock().is_ok(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Whether this is a session's name: two hexadecimal numbers. It becomes part of a file name.
pub(crate) fn is_name(text: &str) -> bool {
    let hex = |part: &str| !part.is_empty() && part.bytes().all(|c| c.is_ascii_hexdigit());
    text.len() <= 40
        && text
            .split_once('-')
            .is_some_and(|(process, random)| hex(process) && hex(random) && random.len() == 16)
}
