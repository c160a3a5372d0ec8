//! A way to a database that can be shut.

use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use crate::Database;

/// A port that leads to a database while it is open. While it is shut, each new connection ends at once.
#[derive(Debug)]
pub struct Door {
    url: String,
    state: Arc<State>,
}

#[derive(Debug, Default)]
struct State {
    is_open: AtomicBool,
    refused: AtomicUsize,
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
                    carry(&caller, &server);
                    carry(&server, &caller);
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

    /// How many connections it refused.
    #[must_use]
    pub fn refused(&self) -> usize {
        self.state.refused.load(Ordering::Acquire)
    }
}

/// Carries what one stream says to the other.
fn carry(from: &TcpStream, to: &TcpStream) {
    let (Ok(mut from), Ok(mut to)) = (from.try_clone(), to.try_clone()) else { return };
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Both);
    });
}
