//! SHA-256 as text.

use ring::digest::{Context, SHA256};

/// The SHA-256 of the pieces as one, in hexadecimal digits.
pub(crate) fn sha256<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut context = Context::new(&SHA256);
    pieces.into_iter().for_each(|piece| context.update(piece));
    context.finish().as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first digits of it, to tell names apart by.
pub(crate) fn short(text: &str) -> String {
    let mut digest = sha256([text.as_bytes()]);
    digest.truncate(16);
    digest
}
