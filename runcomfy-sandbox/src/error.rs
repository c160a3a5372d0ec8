//! The errors of starting a sandbox.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the sandbox did not start.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The sandbox cannot listen on the port.
    #[error("cannot listen on {address}: {source}; choose another port, or 0 for a free one")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// A schema file or folder cannot be read.
    #[error("cannot read the schemas in {}: {source}", path.display())]
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

/// The message, so that an error returned from `main` reads well; the structure with `{:#?}`.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return fmt::Display::fmt(self, f);
        }
        match self {
            Self::Listen { address, source } => {
                let mut shown = f.debug_struct("Listen");
                shown.field("address", address).field("source", source).finish()
            }
            Self::Read { path, source } => {
                f.debug_struct("Read").field("path", path).field("source", source).finish()
            }
            Self::Schema(message) => f.debug_tuple("Schema").field(message).finish(),
        }
    }
}
