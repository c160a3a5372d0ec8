//! When a journal is compacted.

use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tracing::warn;

use super::compact;
use crate::lock::lock_within_process;
use crate::session::Session;
use crate::store::Store;

/// Compact only if it saves at least this many bytes.
const MIN_GAIN: u64 = 8 * 1024 * 1024;

/// Whether compacting would at least halve the file. The sizes are estimates.
fn is_due(store: &Store) -> bool {
    const OPEN: u64 = 800;
    const FINISHED: u64 = 110;
    let needed =
        store.ledger.open_count() as u64 * OPEN + store.ledger.finished_count() as u64 * FINISHED;
    // `read` is the size of the file without the lines that others have just added.
    store.read.saturating_sub(needed) >= MIN_GAIN.max(needed)
}

/// Compacts a journal, one time after the other.
#[derive(Debug, Default)]
pub(crate) struct Compactor {
    is_running: AtomicBool,
    /// A shorter file is not compacted automatically, because an earlier compaction failed.
    from: AtomicU64,
}

impl Compactor {
    /// Only logs a failure: a long journal is no reason to refuse a submission.
    pub(crate) fn run_if_due(&self, store: &Mutex<Store>, session: &Session) {
        let (is_due, size) = {
            let store = lock_within_process(store);
            (is_due(&store), store.read)
        };
        if !is_due || size < self.from.load(Ordering::Relaxed) {
            return;
        }
        if let Err(error) = self.run(store, session) {
            // Another try would delay each submission.
            self.from.store(size.saturating_mul(2), Ordering::Relaxed);
            let path = lock_within_process(store).path.clone();
            warn!(path = %path.display(), %error, "the journal cannot be compacted");
        }
    }

    pub(crate) fn run(&self, store: &Mutex<Store>, session: &Session) -> io::Result<()> {
        if cfg!(not(unix)) || self.is_running.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        let done = compact(store, session);
        self.is_running.store(false, Ordering::SeqCst);
        done
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::line;
    use crate::lock::{PATIENCE, locked};
    use crate::session;

    #[test]
    fn failed_compaction_is_not_retried_with_every_submission() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.journal");
        let store = Mutex::new(Store::open(&path).unwrap());
        let session = Session::begin(&path).unwrap();
        let compactor = Compactor::default();
        let new = session::file(&path, &session.name, session::NEW);
        let fill = |size: usize| {
            let line = line::finished(&[], &vec!["00".repeat(32); 256], &session.name) + "\n";
            let text = line.repeat(size / line.len() + 1);
            locked(&store, PATIENCE, |store| {
                store.append(text.trim_end())?;
                store.catch_up_locked()
            })
            .unwrap();
        };
        let size = || std::fs::metadata(&path).unwrap().len();
        // A folder with the name of the new file makes every try fail.
        std::fs::create_dir(&new).unwrap();
        fill(9_000_000);
        compactor.run_if_due(&store, &session);
        std::fs::remove_dir(&new).unwrap();
        let before = size();
        compactor.run_if_due(&store, &session);
        assert_eq!(size(), before);
        // A journal that has doubled is compacted.
        fill(9_000_000);
        compactor.run_if_due(&store, &session);
        assert_ne!(size(), before * 2);
    }
}
