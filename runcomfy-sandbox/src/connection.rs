//! Connections that can be made to break: what HTTP alone cannot do wrong.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::extract::connect_info::Connected;
use axum::serve::{self, IncomingStream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What a call knows of its connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Control {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// How many bytes may still be written before the connection is reset, where there is a bound.
    room: Option<usize>,
    /// Who waits to read.
    reader: Option<Waker>,
}

impl Control {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Resets the connection once so many more bytes were written.
    pub(crate) fn reset_after(&self, bytes: usize) {
        let mut state = self.state();
        state.room = Some(bytes);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }
}

/// A connection that does as its control says.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    control: Control,
}

impl Connection {
    fn broken(&self) -> io::Error {
        // Without lingering, closing is a reset rather than an end.
        let _ = self.stream.set_zero_linger();
        io::ErrorKind::ConnectionReset.into()
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        {
            let mut state = self.control.state();
            if state.room == Some(0) {
                drop(state);
                return Poll::Ready(Err(self.broken()));
            }
            state.reader = Some(context.waker().clone());
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let room = self.control.state().room;
        let bytes = match room {
            Some(0) => return Poll::Ready(Err(self.broken())),
            Some(room) => &bytes[..bytes.len().min(room)],
            None => bytes,
        };
        let written = std::task::ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        if let Some(room) = &mut self.control.state().room {
            *room = room.saturating_sub(written);
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// Opens and closes the port.
#[derive(Debug)]
pub(crate) struct Gate {
    /// For who waits to accept; what counts stands in `inside`.
    open: watch::Sender<bool>,
    inside: Mutex<Inside>,
}

#[derive(Debug)]
struct Inside {
    open: bool,
    connections: Vec<Weak<Mutex<State>>>,
}

impl Gate {
    pub(crate) fn new() -> Arc<Self> {
        let inside = Mutex::new(Inside { open: true, connections: Vec::new() });
        Arc::new(Self { open: watch::Sender::new(true), inside })
    }

    /// Whether connections are accepted. While they are not, those there are get reset.
    pub(crate) fn set_open(&self, open: bool) {
        let mut inside = self.inside();
        inside.open = open;
        if !open {
            for state in inside.connections.drain(..).filter_map(|state| state.upgrade()) {
                Control { state }.reset_after(0);
            }
        }
        self.open.send_replace(open);
    }

    /// Accepts no connection for so long; those there are go on.
    pub(crate) fn shut_for(self: &Arc<Self>, pause: Duration) {
        self.inside().open = false;
        self.open.send_replace(false);
        let gate = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(pause).await;
            gate.set_open(true);
        });
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, control: &Control) {
        let mut inside = self.inside();
        if !inside.open {
            // It came in while the gate was being shut.
            return control.reset_after(0);
        }
        inside.connections.retain(|connection| connection.strong_count() > 0);
        inside.connections.push(Arc::downgrade(&control.state));
    }
}

/// Accepts connections while the gate is open.
pub(crate) struct Listener {
    gate: Arc<Gate>,
    /// `None` while nothing listens.
    listener: Option<TcpListener>,
    address: SocketAddr,
}

impl Listener {
    pub(crate) fn new(gate: Arc<Gate>, listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        Ok(Self { gate, listener: Some(listener), address })
    }
}

/// Before the port is tried again, where it cannot be had or a connection not be accepted.
const PAUSE: Duration = Duration::from_millis(5);

impl serve::Listener for Listener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let mut open = self.gate.open.subscribe();
        loop {
            if !*open.borrow_and_update() {
                self.listener = None;
                // The sender lives as long as the gate.
                let _ = open.changed().await;
                continue;
            }
            let Some(listener) = &self.listener else {
                self.listener = TcpListener::bind(self.address).await.ok();
                if self.listener.is_none() {
                    tokio::time::sleep(PAUSE).await;
                }
                continue;
            };
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                _ = open.changed() => continue,
            };
            match accepted {
                Ok((stream, address)) => {
                    let control = Control::default();
                    self.gate.add(&control);
                    return (Connection { stream, control }, address);
                }
                Err(_) => tokio::time::sleep(PAUSE).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

impl Connected<IncomingStream<'_, Listener>> for Control {
    fn connect_info(stream: IncomingStream<'_, Listener>) -> Self {
        stream.io().control.clone()
    }
}
