//! Compaction: a journal in which most submissions are finished is replaced by a shorter file.
//!
//! Open submissions keep their lines, and so do lines that this version cannot read, if they may name
//! a job. Finished submissions keep only their claims and endings, and the digests
//! of their bodies. A process can be killed between any two steps, and other processes can write meanwhile:
//!
//! 1. Without the lock: compact the lines up to some offset into a new file.
//! 2. With the lock: copy the lines after that offset, and flush the new file.
//! 3. Give the journal a second name, `.old`, and rename the new file to the journal's path.
//! 4. Copy the lines that were appended to `.old` without the lock, and remove it. A writer without
//!    the lock checks afterwards that the path still names its file, and otherwise writes again.
//!
//! If a process is killed or fails before the end of step 4, the next one that opens or compacts the
//! journal finishes it.

mod due;

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use tracing::{info, warn};

use crate::entry::{EntryMembers, JournalEntry};
use crate::files::{is_named, private, sync_folder};
use crate::ledger::{Ledger, Outcome};
use crate::line::{self, FINISHED_PER_LINE, Line};
use crate::line_reader::{for_each_line, for_each_line_before};
use crate::lock::{PATIENCE, locked};
use crate::session::{self, NEW, OLD, Session};
use crate::store::{Store, compacted_upto};
pub(crate) use due::Compactor;

/// Replaces the journal by a shorter file.
pub(crate) fn compact(store: &Mutex<Store>, session: &Session) -> io::Result<()> {
    let (from, path, upto, ledger) = locked(store, PATIENCE, |store| {
        store.catch_up_locked()?;
        Ok((File::open(&store.path)?, store.path.clone(), store.read, store.ledger.clone()))
    })?;
    let new_path = session::file(&path, &session.name, NEW);
    let made = make(&from, upto, &ledger, &new_path, session);
    let done = made.and_then(|new| {
        locked(store, PATIENCE, |store| replace(store, &from, upto, new, &new_path, session))
    });
    if done.is_err() {
        let _ = fs::remove_file(&new_path);
    }
    done
}

/// Step 1: the new file, with the state after the lines before `upto`.
fn make(
    from: &File,
    upto: u64,
    ledger: &Ledger,
    path: &Path,
    session: &Session,
) -> io::Result<File> {
    let mut options = OpenOptions::new();
    let to = private(options.read(true).append(true).create_new(true)).open(path)?;
    // Nobody writes to it until it has everything from the old one.
    to.lock()?;
    let mut writer = BufWriter::with_capacity(256 * 1024, &to);
    write_compacted(from, upto, ledger, &mut writer, &session.name)?;
    writer.flush()?;
    drop(writer);
    // Flush most of it now, while nobody waits.
    to.sync_all()?;
    Ok(to)
}

/// `ledger` is the state after the lines before `upto`.
fn write_compacted(
    from: &File,
    upto: u64,
    ledger: &Ledger,
    to: &mut impl Write,
    session: &str,
) -> io::Result<()> {
    writeln!(to, "{}", line::compacted(upto, session))?;
    let claims: Vec<_> = ledger.finished().collect();
    for claims in claims.chunks(FINISHED_PER_LINE) {
        writeln!(to, "{}", line::finished(claims, &[], session))?;
    }
    // An outcome repeats the data of its submission.
    let says_body = |members: &EntryMembers<'_>| {
        let id = members.submission.as_deref().unwrap_or_default();
        let is_first = members.event.as_deref() == Some("submitting") || ledger.is_outcome_only(id);
        is_first && ledger.get(id).is_none() && !ledger.is_not_accepted(id)
    };
    let mut bodies = Vec::new();
    let mut result = Ok(());
    for_each_line_before(from, upto, |bytes| {
        line::for_each_in(bytes, |line| match &line {
            Ok(Line::Entry(members)) if !says_body(members) => {}
            Ok(line) => bodies.extend(line.bodies().into_iter().map(|(_, body)| body)),
            Err(_) => {}
        });
        if bodies.len() >= FINISHED_PER_LINE {
            result = writeln!(to, "{}", line::finished(&[], &bodies, session));
            bodies.clear();
        }
        result.is_ok()
    })?;
    result?;
    let mut result = Ok(());
    if !bodies.is_empty() {
        writeln!(to, "{}", line::finished(&[], &bodies, session))?;
    }
    for (id, open) in ledger.open() {
        for line in line::of_open(id, open) {
            writeln!(to, "{line}")?;
        }
    }
    // Last, so that a newer version believes them.
    for_each_line_before(from, upto, |bytes| {
        if is_kept(bytes, ledger) {
            result = to.write_all(bytes).and_then(|()| to.write_all(b"\n"));
        }
        result.is_ok()
    })?;
    result
}

/// Whether a line is kept as it is: this version cannot read it, and it may name a job.
fn is_kept(bytes: &[u8], ledger: &Ledger) -> bool {
    const KEY: &[u8] = b"\"request_id\"";
    let names_job = bytes.windows(KEY.len()).any(|part| part == KEY);
    let mut is_kept = false;
    if names_job && bytes.len() <= line::MAX_LEN {
        line::for_each_in(bytes, |found| {
            is_kept = match (&found, Line::read(bytes)) {
                (Ok(line), Ok(Line::Entry(members))) if line.is_unreadable() => {
                    // That of a finished submission would open it again.
                    members.accepted().is_none_or(|(id, _)| ledger.get(id).is_some())
                }
                (Ok(_), _) => false,
                (Err(_), _) => true,
            };
        });
    }
    is_kept
}

/// Steps 2 to 4; the journal is locked.
fn replace(
    store: &mut Store,
    from: &File,
    upto: u64,
    new: File,
    new_path: &Path,
    session: &Session,
) -> io::Result<()> {
    finish_left(store, session)?;
    // If another process has replaced it since, nothing is left to do.
    if store.is_gone || !is_named(from, &store.path)? {
        return fs::remove_file(new_path);
    }
    store.catch_up_locked()?;
    let covered = copy_behind(from, upto, &new)?;
    new.sync_all()?;
    let old_path = session::file(&store.path, &session.name, OLD);
    fs::hard_link(&store.path, &old_path)?;
    fs::rename(new_path, &store.path)?;
    sync_folder(&store.path)?;
    let size = |file: &File| file.metadata().map_or(0, |file| file.len());
    info!(path = %store.path.display(), before = size(from), after = size(&new), "compacted");
    let old = Arc::clone(&store.file);
    store.switch_to(new);
    carry_over(from, covered, store)?;
    store.file.sync_all()?;
    fs::remove_file(&old_path)?;
    // A process that waits for its lock then finds that it is no longer the journal.
    old.unlock()
}

/// Appends the complete lines of a file after an offset, and returns the offset of their end. A last
/// line without a line break may still be written by a process without the lock.
fn copy_behind(mut from: &File, place: u64, mut to: &File) -> io::Result<u64> {
    from.seek(SeekFrom::Start(place))?;
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    bytes.truncate(end);
    to.write_all(&bytes)?;
    Ok(place + end as u64)
}

/// Finishes compactions that were killed or failed. The journal is locked.
pub(crate) fn finish_left(store: &mut Store, session: &Session) -> io::Result<()> {
    if store.is_gone {
        return Ok(());
    }
    for new in session::left_by_dead(session, NEW) {
        let _ = fs::remove_file(new);
    }
    // A living session has one only while it holds the lock, or after a failure. The next compaction
    // counts from another offset, so none may be left.
    for path in session::left(session, OLD) {
        let old = File::open(&path)?;
        // If the path was not renamed yet, this is the journal itself.
        if !is_named(&old, &store.path)?
            && let Some(upto) = compacted_upto(&store.file)?
        {
            warn!(path = %path.display(), "taken up a compaction that was stopped");
            carry_over(&old, upto, store)?;
            store.file.sync_all()?;
        }
        fs::remove_file(path)?;
    }
    Ok(())
}

/// Copies the outcomes that were appended to the old file after the part that the new one replaces.
/// The new file may have some of them already, and later ones too: skips what would undo those.
fn carry_over(mut old: &File, place: u64, store: &mut Store) -> io::Result<()> {
    store.catch_up()?;
    old.seek(SeekFrom::Start(place))?;
    let mut lines = Vec::new();
    for_each_line(io::BufReader::new(old), |line| {
        lines.push(line.to_owned());
        true
    })?;
    for bytes in lines {
        let Ok(Line::Entry(members)) = Line::read(&bytes) else { continue };
        let Ok(entry) = members.entry() else { continue };
        let outcome = |id: &str| store.ledger.get(id).map(|open| &open.outcome);
        let is_news = match &entry {
            // Written only with the lock.
            JournalEntry::Submitting { .. } => false,
            JournalEntry::Accepted { submission, .. } => {
                matches!(outcome(submission), Some(Outcome::Pending | Outcome::Unknown(_)))
            }
            JournalEntry::Unknown { submission, .. } => {
                matches!(outcome(submission), Some(Outcome::Pending))
            }
            JournalEntry::NotAccepted { .. }
            | JournalEntry::Ended { .. }
            | JournalEntry::Settled { .. }
            | JournalEntry::JobSettled { .. } => true,
        };
        if is_news {
            store.append(&String::from_utf8_lossy(&bytes))?;
            store.catch_up()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_half_written_is_left_for_later() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name| {
            let mut options = OpenOptions::new();
            options.read(true).append(true).create_new(true).open(folder.path().join(name)).unwrap()
        };
        let (mut old, new) = (file("old"), file("new"));
        // Without the lock an entry can be written while another copies.
        old.write_all(b"{}\n{1}\n{2").unwrap();
        assert_eq!(copy_behind(&old, 3, &new).unwrap(), 7);
        assert_eq!(std::fs::read_to_string(folder.path().join("new")).unwrap(), "{1}\n");
    }
}
