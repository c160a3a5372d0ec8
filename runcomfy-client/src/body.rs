//! The body of a submission: JSON in pieces. A long string of a checked input is a piece of its own,
//! which shares the input's memory. So a file inside a request is in memory once, however often it is
//! sent.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use runcomfy_journal::digest;
use runcomfy_schema::Json;
use runcomfy_schema::json::Text;
use serde::Serialize;

/// A written body. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    pieces: Vec<Bytes>,
}

impl Body {
    /// The body of any value; it shares nothing.
    pub(crate) fn of<B: Serialize + ?Sized>(value: &B) -> serde_json::Result<Self> {
        Ok(Self { pieces: vec![serde_json::to_vec(value)?.into()] })
    }

    /// The body of a checked input: the same bytes, and its long strings are shared.
    pub(crate) fn sharing(json: &Json) -> serde_json::Result<Self> {
        let mut pieces = Pieces::default();
        pieces.write(json)?;
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

    /// The value that the body says.
    pub(crate) fn to_json(&self) -> serde_json::Result<Json> {
        let reader = PiecesReader { pieces: self.pieces.iter().map(|piece| &**piece).collect() };
        let mut deserializer = serde_json::Deserializer::from_reader(reader);
        Ok(runcomfy_schema::json::deserialize(&[], &mut deserializer)?.json)
    }

    /// The body as it is sent, anew for every attempt.
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

/// A body while it is written.
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

    fn write(&mut self, json: &Json) -> serde_json::Result<()> {
        match json {
            Json::String(Text::Shared(text)) if !needs_escapes(text) => {
                self.piece.push(b'"');
                self.end_piece();
                self.done.push(Bytes::from_owner(SharedText(Arc::clone(text))));
                self.piece.push(b'"');
            }
            Json::Array(items) => {
                self.piece.push(b'[');
                for (index, item) in items.iter().enumerate() {
                    self.separate(index);
                    self.write(item)?;
                }
                self.piece.push(b']');
            }
            Json::Object(members) => {
                self.piece.push(b'{');
                for (index, (key, value)) in members.iter().enumerate() {
                    self.separate(index);
                    serde_json::to_writer(&mut self.piece, key)?;
                    self.piece.push(b':');
                    self.write(value)?;
                }
                self.piece.push(b'}');
            }
            leaf => serde_json::to_writer(&mut self.piece, leaf)?,
        }
        Ok(())
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.piece.push(b',');
        }
    }
}

fn needs_escapes(text: &str) -> bool {
    text.bytes().any(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))
}

struct PiecesReader<'a> {
    pieces: VecDeque<&'a [u8]>,
}

impl io::Read for PiecesReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(piece) = self.pieces.front_mut() else { return Ok(0) };
        let read = piece.read(buffer)?;
        if piece.is_empty() {
            self.pieces.pop_front();
        }
        Ok(read)
    }
}

struct SharedText(Arc<String>);

impl AsRef<[u8]> for SharedText {
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
    use runcomfy_schema::Num;
    use serde_json::json;

    use super::*;

    fn whole(body: &Body) -> Vec<u8> {
        body.pieces.concat()
    }

    fn string(text: String) -> Json {
        Json::String(text.into())
    }

    #[test]
    fn long_strings_are_shared() {
        let (long, short) = (string("x".repeat(300_000)), string("y".repeat(100)));
        let json = Json::Object(vec![
            ("a".into(), long.clone()),
            ("b".into(), short),
            ("c".into(), Json::Array(vec![long.clone()])),
        ]);
        let body = Body::sharing(&json).unwrap();
        assert_eq!(whole(&body), serde_json::to_vec(&json).unwrap());
        assert_eq!(body.len(), whole(&body).len() as u64);
        let Json::String(text) = &long else { unreachable!() };
        let shared = body.pieces.iter().filter(|piece| piece.as_ptr() == text.as_ptr());
        assert_eq!((shared.count(), body.pieces.len()), (2, 5));
    }

    #[test]
    fn a_shared_body_has_the_bytes_that_serde_writes() {
        let escaped = format!("\"{}\n{}", "x".repeat(100_000), "y".repeat(100_000));
        let unicode = "\u{fc}\u{7f}\u{2028}".repeat(50_000);
        let values = vec![
            Json::Null,
            Json::Bool(true),
            Json::float(-0.0),
            Json::float(1e300),
            Json::float(0.1),
            Json::integer(i128::from(u64::MAX)),
            Json::integer(-5),
            Json::Number(Num::of_text("340282366920938463463374607431768211456").unwrap()),
            string(String::new()),
            string("a\"\\\u{1}/\u{7f}".to_owned()),
            string(escaped),
            string(unicode),
            Json::Array(Vec::new()),
            Json::Object(Vec::new()),
            Json::Object(vec![("\"k\n".into(), Json::Array(vec![Json::Null, Json::Null]))]),
        ];
        let all = Json::Array(values.clone());
        for json in values.iter().chain([&all]) {
            let body = Body::sharing(json).unwrap();
            let text = serde_json::to_vec(json).unwrap();
            assert!(whole(&body) == text, "{}", json.quoted());
            assert_eq!(body.sha256(), digest::sha256_of_json(json).unwrap());
            assert!(body.to_json().is_ok());
        }
        assert!(Body::sharing(&Json::NotFinite(f64::NAN)).is_err());
    }

    #[test]
    fn the_digest_is_that_of_the_whole() {
        // As `printf '{"a":1}' | sha256sum` has it.
        let digest = Body::of(&json!({"a": 1})).unwrap().sha256();
        assert_eq!(digest, "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862");
    }
}
