//! The sandbox's port, which a test can close and open again.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{self, IncomingStream};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::connection::{Connection, Control, WeakControl};
use crate::shared::lock;

#[derive(Debug)]
pub(crate) struct Gate {
    /// Wakes the listener. `state.is_open` decides.
    changes: watch::Sender<bool>,
    state: Mutex<GateState>,
}

#[derive(Debug)]
struct GateState {
    is_open: bool,
    connections: Vec<WeakControl>,
}

impl Gate {
    pub(crate) fn new() -> Arc<Self> {
        let state = Mutex::new(GateState { is_open: true, connections: Vec::new() });
        Arc::new(Self { changes: watch::Sender::new(true), state })
    }

    /// Accepts connections from now on, or refuses them. Refusing also resets the open ones.
    pub(crate) fn set_open(&self, open: bool) {
        let mut state = self.state();
        state.is_open = open;
        if !open {
            for control in state.connections.drain(..).filter_map(|weak| weak.upgrade()) {
                control.reset_after(0);
            }
        }
        self.changes.send_replace(open);
    }

    /// Refuses new connections for this time. Open ones continue.
    pub(crate) fn shut_for(self: &Arc<Self>, pause: Duration) {
        self.state().is_open = false;
        self.changes.send_replace(false);
        let gate = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            gate.set_open(true);
        });
    }

    fn state(&self) -> MutexGuard<'_, GateState> {
        lock(&self.state)
    }

    fn add(&self, control: &Control) {
        let mut state = self.state();
        if !state.is_open {
            // The gate closed while the listener was accepting this connection.
            return control.reset_after(0);
        }
        state.connections.retain(WeakControl::is_alive);
        state.connections.push(control.downgrade());
    }
}

/// Accepts connections while the gate is open.
pub(crate) struct Listener {
    gate: Arc<Gate>,
    /// `None` while the gate is closed.
    listener: Option<TcpListener>,
    address: SocketAddr,
}

impl Listener {
    pub(crate) fn new(gate: Arc<Gate>, listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        Ok(Self { gate, listener: Some(listener), address })
    }
}

/// The pause before another attempt to bind the port or to accept a connection.
const RETRY_PAUSE: Duration = Duration::from_millis(5);

impl serve::Listener for Listener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let mut open = self.gate.changes.subscribe();
        loop {
            if !*open.borrow_and_update() {
                self.listener = None;
                // It cannot fail: the gate owns the sender.
                let _ = open.changed().await;
                continue;
            }
            let Some(listener) = &self.listener else {
                self.listener = TcpListener::bind(self.address).await.ok();
                if self.listener.is_none() {
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
                continue;
            };
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = open.changed() => continue,
            };
            match accepted {
                Ok((stream, address)) => {
                    let connection = Connection::new(stream);
                    self.gate.add(connection.control());
                    return (connection, address);
                }
                Err(_) => tokio::time::sleep(RETRY_PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, Listener>> for Control {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.io().control().clone()
    }
}
