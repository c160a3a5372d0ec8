//! A way to a database that can be shut.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::Database;

/// A port that leads to a database while it is open. While it is shut, each new connection ends at once. The
/// connections that are there can fall silent, as on a network that drops everything.
#[derive(Debug)]
pub struct Door {
    url: String,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    is_open: AtomicBool,
    refused: AtomicUsize,
    /// How many connections there were.
    accepted: AtomicUsize,
    /// How many of them are silent: the first ones.
    silent: AtomicUsize,
}

impl Door {
    /// A door that is open or not.
    ///
    /// # Panics
    /// If the system gives no port.
    #[must_use]
    pub fn new(database: &Database, is_open: bool) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let url = database.url_by(listener.local_addr().expect("an address").port());
        let state = Arc::new(State::default());
        let (shared, behind) = (Arc::clone(&state), database.port());
        thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                if !shared.is_open.load(Ordering::Acquire) {
                    shared.refused.fetch_add(1, Ordering::AcqRel);
                } else if let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, behind)) {
                    let number = shared.accepted.fetch_add(1, Ordering::AcqRel);
                    carry(&caller, &server, number, &shared);
                    carry(&server, &caller, number, &shared);
                }
            }
        });
        let door = Self { url, state };
        door.open(is_open);
        door
    }

    /// The URL of the database by this way.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Opens or shuts it. Connections that are there stay.
    pub fn open(&self, is_open: bool) {
        self.state.is_open.store(is_open, Ordering::Release);
    }

    /// Drops all that comes by the connections that are there, and leaves them open. New ones work.
    pub fn silence(&self) {
        self.state.silent.store(self.state.accepted.load(Ordering::Acquire), Ordering::Release);
    }

    /// How many connections it refused.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.state.refused.load(Ordering::Acquire)
    }
}

/// Carries what one stream says to the other, until the connection with this number is silent.
fn carry(from: &TcpStream, to: &TcpStream, number: usize, state: &Arc<State>) {
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else { return };
    let state = Arc::clone(state);
    thread::spawn(move || {
        let mut bytes = [0; 8192];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            let is_silent = number < state.silent.load(Ordering::Acquire);
            if !is_silent && to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}
