//! SHA-256 as text.

use std::io;

use ring::digest::{Context, SHA256};
use serde::Serialize;

/// The SHA-256 of the bytes that are written into it.
pub(crate) struct Digest(Context);

impl Digest {
    pub(crate) fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    /// In hexadecimal digits.
    pub(crate) fn finish(self) -> String {
        self.0.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The SHA-256 of the pieces as one, in hexadecimal digits.
pub fn sha256<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Digest::new();
    pieces.into_iter().for_each(|piece| digest.0.update(piece));
    digest.finish()
}

/// The SHA-256 of a value as JSON text, which is never in memory as a whole.
pub fn sha256_of_json<B: Serialize + ?Sized>(value: &B) -> serde_json::Result<String> {
    let mut digest = Digest::new();
    serde_json::to_writer(&mut digest, value)?;
    Ok(digest.finish())
}

/// The first digits of it, to tell names apart by.
pub fn short(text: &str) -> String {
    let mut digest = sha256([text.as_bytes()]);
    digest.truncate(16);
    digest
}
