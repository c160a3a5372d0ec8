//! Connections that the sandbox can reset. HTTP alone cannot produce such failures.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::shared::lock;

/// Resets a connection. Calls get one with their connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Control {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    /// How many bytes may still be written before the reset; `None` for no limit.
    bytes_left: Option<usize>,
    /// Wakes the task that waits to read.
    reader: Option<Waker>,
}

impl Control {
    fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Resets the connection after this many more written bytes.
    pub(crate) fn reset_after(&self, bytes: usize) {
        let mut state = self.state();
        state.bytes_left = Some(bytes);
        if let Some(reader) = state.reader.take() {
            reader.wake();
        }
    }

    pub(crate) fn downgrade(&self) -> WeakControl {
        WeakControl(Arc::downgrade(&self.state))
    }
}

/// A [`Control`] that does not keep the state of a closed connection.
#[derive(Debug)]
pub(crate) struct WeakControl(Weak<Mutex<State>>);

impl WeakControl {
    pub(crate) fn upgrade(&self) -> Option<Control> {
        self.0.upgrade().map(|state| Control { state })
    }

    pub(crate) fn is_alive(&self) -> bool {
        self.0.strong_count() > 0
    }
}

/// A connection that its [`Control`] can reset.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    control: Control,
}

impl Connection {
    pub(crate) fn new(stream: TcpStream) -> Self {
        Self { stream, control: Control::default() }
    }

    pub(crate) fn control(&self) -> &Control {
        &self.control
    }

    fn reset(&self) -> io::Error {
        // Without lingering, closing the socket sends RST instead of FIN.
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
            if state.bytes_left == Some(0) {
                drop(state);
                return Poll::Ready(Err(self.reset()));
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
        let bytes_left = self.control.state().bytes_left;
        let bytes = match bytes_left {
            Some(0) => return Poll::Ready(Err(self.reset())),
            Some(left) => &bytes[..bytes.len().min(left)],
            None => bytes,
        };
        let written = std::task::ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        if let Some(left) = &mut self.control.state().bytes_left {
            *left = left.saturating_sub(written);
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
