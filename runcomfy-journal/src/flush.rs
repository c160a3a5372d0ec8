//! Flushes of a journal's file to the disk. One flush serves all entries that were written before it.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::lock::lock_within_process;
use crate::store::Store;

/// Which entries are on the disk.
#[derive(Debug, Default)]
pub(crate) struct Flushed(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    upto: u64,
    /// Whether a flush has failed. Nobody knows then what is on the disk.
    failed: bool,
}

impl Flushed {
    /// Flushes the entry with this number, and all before it.
    pub(crate) fn upto(&self, number: u64, store: &Mutex<Store>) -> io::Result<()> {
        self.state().flush(number, store)
    }

    /// Flushes the beginning of a submission, and all before it. It fails after any flush that failed: the
    /// submission must not be sent then.
    pub(crate) fn upto_begun(&self, number: u64, store: &Mutex<Store>) -> io::Result<()> {
        let mut state = self.state();
        if state.failed {
            return Err(io::Error::other("an earlier flush has failed; open the journal anew"));
        }
        state.flush(number, store)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn flush(&mut self, number: u64, store: &Mutex<Store>) -> io::Result<()> {
        if self.upto >= number {
            return Ok(());
        }
        let (written, file) = {
            let store = lock_within_process(store);
            (store.written, Arc::clone(&store.file))
        };
        let flushed = file.sync_data();
        self.failed |= flushed.is_err();
        flushed?;
        self.upto = written;
        Ok(())
    }
}
