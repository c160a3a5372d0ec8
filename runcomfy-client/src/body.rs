//! The body of a submission: JSON in pieces, where a long text is shared with the input that it
//! comes from. So a file inside a request is in memory once, however often it is sent.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use runcomfy_schema::json::text::{self, LONG};
use serde::Serialize;

use crate::digest;

/// A written body. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pieces: Vec<Bytes>,
}

impl Body {
    pub(crate) fn of<B: Serialize + ?Sized>(value: &B) -> serde_json::Result<Self> {
        let mut pieces = Pieces::default();
        text::while_shown(|| serde_json::to_writer(&mut pieces, value))?;
        pieces.end_piece();
        Ok(Self { pieces: pieces.done })
    }

    pub(crate) fn len(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.len() as u64).sum()
    }

    /// The SHA-256 of the whole, in hexadecimal digits.
    pub(crate) fn sha256(&self) -> String {
        digest::sha256(self.pieces.iter().map(|piece| &**piece))
    }

    /// Its bytes, to be read.
    pub(crate) fn reader(&self) -> impl io::Read {
        Reader { pieces: self.pieces.iter().map(|piece| &**piece).collect() }
    }

    /// As it goes out; every time anew.
    pub(crate) fn stream(&self) -> reqwest::Body {
        match &*self.pieces {
            [piece] => piece.clone().into(),
            pieces => {
                let left = self.len();
                reqwest::Body::wrap(Stream { pieces: pieces.iter().cloned().collect(), left })
            }
        }
    }
}

/// What is written, piece by piece.
#[derive(Default)]
struct Pieces {
    done: Vec<Bytes>,
    piece: Vec<u8>,
}

impl Pieces {
    fn end_piece(&mut self) {
        if !self.piece.is_empty() {
            self.done.push(std::mem::take(&mut self.piece).into());
        }
    }
}

impl io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    /// The run of a text that needs no escaping comes in one call.
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.len() >= LONG
            && let Some(text) = text::find(bytes)
        {
            self.end_piece();
            self.done.push(Bytes::from_owner(Shared(text)));
        } else {
            self.piece.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Reader<'a> {
    pieces: VecDeque<&'a [u8]>,
}

impl io::Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.pieces.front_mut() else { return Ok(0) };
        let read = piece.read(buffer)?;
        if piece.is_empty() {
            self.pieces.pop_front();
        }
        Ok(read)
    }
}

struct Shared(Arc<String>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// The pieces on their way out, in slices that a connection's buffer can take.
struct Stream {
    pieces: VecDeque<Bytes>,
    left: u64,
}

const MAX_SLICE_LEN: usize = 256 * 1024;

impl http_body::Body for Stream {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Some(piece) = self.pieces.front_mut() else { return Poll::Ready(None) };
        let slice = piece.split_to(piece.len().min(MAX_SLICE_LEN));
        if piece.is_empty() {
            self.pieces.pop_front();
        }
        self.left -= slice.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(slice))))
    }

    fn is_end_stream(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Exact, so that the request says its length.
    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use runcomfy_types::Media;

    fn png(size: usize) -> Media {
        let mut content = b"\x89PNG\r\n\x1a\n".to_vec();
        content.resize(size, 7);
        Media::bytes(&content).unwrap()
    }

    fn whole(body: &Body) -> Vec<u8> {
        body.pieces.concat()
    }

    #[test]
    fn a_long_text_is_held_and_not_copied() {
        let (large, small) = (png(300_000), png(100));
        let value = std::collections::BTreeMap::from([("a", &large), ("b", &small), ("c", &large)]);
        let body = Body::of(&value).unwrap();
        assert_eq!(whole(&body), serde_json::to_vec(&value).unwrap());
        assert_eq!(body.len(), whole(&body).len() as u64);
        let shared = body.pieces.iter().filter(|piece| piece.as_ptr() == large.as_str().as_ptr());
        assert_eq!((shared.count(), body.pieces.len()), (2, 5));
        // Nothing is shared that nobody showed, or that was shown to another body.
        let text = "x".repeat(300_000);
        let body = Body::of(&json!({ "a": text })).unwrap();
        assert_eq!((whole(&body), body.pieces.len()), (format!(r#"{{"a":"{text}"}}"#).into(), 1));
    }

    #[test]
    fn a_text_that_json_escapes_is_written_as_json_has_it() {
        let text = runcomfy_schema::json::Json::String(
            format!("\"{}\n{}", "x".repeat(100_000), "y".repeat(100_000)).into(),
        );
        let body = Body::of(&text).unwrap();
        assert_eq!(whole(&body), serde_json::to_vec(&text).unwrap());
    }

    #[test]
    fn the_digest_is_that_of_the_whole() {
        // As `printf '{"a":1}' | sha256sum` has it.
        let digest = Body::of(&json!({"a": 1})).unwrap().sha256();
        assert_eq!(digest, "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
    }
}
