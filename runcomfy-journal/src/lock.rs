//! The lock of a journal's file, which processes share.

use std::fs::TryLockError;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::store::Store;

/// How long to wait while another process holds the lock.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// Does some work while the journal is locked. Waits for the lock for at most `patience`.
pub(crate) fn locked<T>(
    store: &Mutex<Store>,
    patience: Duration,
    work: impl FnOnce(&mut Store) -> io::Result<T>,
) -> io::Result<T> {
    let mut store = lock(store, patience, &SystemWait::default())?;
    let done = work(&mut store);
    store.file.unlock()?;
    done
}

/// A wait for the lock, so that tests need no time.
trait Wait {
    /// How long it has taken so far.
    fn elapsed(&self) -> Duration;

    /// Passes some time until the next try.
    fn pause(&self);
}

struct SystemWait(Instant);

impl Default for SystemWait {
    fn default() -> Self {
        Self(Instant::now())
    }
}

impl Wait for SystemWait {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    fn pause(&self) {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Locks the file. Between two tries, other threads of this process can use the store.
fn lock<'s>(
    store: &'s Mutex<Store>,
    patience: Duration,
    wait: &dyn Wait,
) -> io::Result<MutexGuard<'s, Store>> {
    loop {
        {
            let mut store = lock_within_process(store);
            match store.file.try_lock() {
                Ok(()) => match store.follow() {
                    Ok(false) => return Ok(store),
                    // Another file now, with a lock of its own.
                    Ok(true) => continue,
                    Err(error) => {
                        let _ = store.file.unlock();
                        return Err(error);
                    }
                },
                Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        if wait.elapsed() >= patience {
            let reason = "another process keeps it locked";
            return Err(io::Error::new(io::ErrorKind::WouldBlock, reason));
        }
        wait.pause();
    }
}

pub(crate) fn lock_within_process(store: &Mutex<Store>) -> MutexGuard<'_, Store> {
    store.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Appends an entry that must not be lost, even without the lock, and returns its number among the lines
/// that this store has written. It is written with one call and with a line break before it, because
/// another process may have been stopped in the middle of a line.
pub(crate) fn append_anyway(store: &Mutex<Store>, line: &str) -> io::Result<u64> {
    const SOON: Duration = Duration::from_millis(100);
    locked(store, SOON, |store| store.append(line)).or_else(|_| {
        let mut store = lock_within_process(store);
        loop {
            let number = store.write(&format!("\n{line}\n"))?;
            // A compaction copies lines until the path names the new file. Later lines must be written to
            // that file.
            if !store.follow()? {
                return Ok(number);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::fs::File;

    use super::*;

    /// Counts the pauses, each a second long. Something may happen in each.
    struct Pauses<'a> {
        count: Cell<u32>,
        each: &'a dyn Fn(u32),
    }

    impl Wait for Pauses<'_> {
        fn elapsed(&self) -> Duration {
            Duration::from_secs(self.count.get().into())
        }

        fn pause(&self) {
            self.count.set(self.count.get() + 1);
            (self.each)(self.count.get());
        }
    }

    #[test]
    fn waiting_for_the_lock_ends_and_keeps_nobody_from_the_store() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jobs.journal");
        let store = Mutex::new(Store::open(&path).unwrap());
        let other = File::open(&path).unwrap();
        other.lock().unwrap();
        let is_free = |_| assert!(store.try_lock().is_ok(), "the store is held during a pause");
        let wait = Pauses { count: Cell::new(0), each: &is_free };
        let error = lock(&store, Duration::from_secs(5), &wait).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock, "{error}");
        assert_eq!(wait.count.get(), 5);
        // A lock that is released meanwhile is taken at the next try.
        let release = |count| {
            if count == 3 {
                other.unlock().unwrap();
            }
        };
        let wait = Pauses { count: Cell::new(0), each: &release };
        let locked = lock(&store, Duration::from_secs(5), &wait).unwrap();
        assert_eq!(wait.count.get(), 3);
        assert!(other.try_lock().is_err(), "it is locked now");
        locked.file.unlock().unwrap();
        other.try_lock().unwrap();
    }
}
