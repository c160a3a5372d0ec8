//! The line between a worker and the database, which the parent can cut and stall.

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Clone, Copy, Debug, Default)]
struct Line {
    is_refused: bool,
    is_stalled: bool,
    /// How often the open connections were reset.
    resets: usize,
}

/// Listens on a port of its own. Dropping it cuts the line.
#[derive(Debug)]
pub(crate) struct Proxy {
    port: u16,
    line: watch::Sender<Line>,
}

impl Proxy {
    /// A proxy of a port of this machine.
    pub(crate) async fn start(behind: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let (line, state) = watch::channel(Line::default());
        tokio::spawn(async move {
            let mut ended = state.clone();
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    _ = ended.wait_for(|_| false) => return,
                };
                let Ok((client, _)) = accepted else { continue };
                if !state.borrow().is_refused {
                    tokio::spawn(carry(client, behind, state.clone()));
                }
            }
        });
        Ok(Self { port, line })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Ends all connections. The server may have carried out what it was sent, and its answer is lost.
    pub(crate) fn reset(&self) {
        self.line.send_modify(|line| line.resets += 1);
    }

    /// Ends all new connections at once.
    pub(crate) fn refuse(&self, is_refused: bool) {
        self.line.send_modify(|line| line.is_refused = is_refused);
    }

    /// Carries nothing, and ends no connection.
    pub(crate) fn stall(&self, is_stalled: bool) {
        self.line.send_modify(|line| line.is_stalled = is_stalled);
    }
}

async fn carry(client: TcpStream, behind: u16, mut line: watch::Receiver<Line>) {
    let resets = line.borrow().resets;
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, behind)).await else { return };
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::select! {
        () = forward(from_client, to_server, line.clone()) => {}
        () = forward(from_server, to_client, line.clone()) => {}
        _ = line.wait_for(|line| line.resets > resets) => {}
    }
}

async fn forward(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut line: watch::Receiver<Line>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(length @ 1..) = from.read(&mut buffer).await else { return };
        if line.wait_for(|line| !line.is_stalled).await.is_err() {
            return;
        }
        if to.write_all(&buffer[..length]).await.is_err() {
            return;
        }
    }
}
