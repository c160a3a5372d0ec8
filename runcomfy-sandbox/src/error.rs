//! The errors of starting a sandbox.

use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The sandbox cannot listen on the port.
    #[error("cannot listen on {address}; choose another port, or 0 for a free one")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A schema file or folder cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A schema is invalid.
    #[error("{0}")]
    Schema(String),
}
