//! The content of a file as a `data:` URI, made piece by piece: only the encoded form is in memory,
//! and no more of it than a request may hold.

use std::fmt;
use std::io::{ErrorKind, Read, Write as _};
use std::sync::Arc;

use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::STANDARD;
use base64::write::EncoderStringWriter;

use runcomfy_schema::media::check::{is_media, is_mime};
use runcomfy_schema::media::{MAX_DATA_LEN, MediaError, sniff};

use crate::media::Media;

/// Enough to detect every known type.
const HEAD_LEN: usize = 8 * 1024;

/// Makes a [`Media`] of content that comes in pieces.
pub struct MediaEncoder {
    /// The MIME type that the caller states.
    stated: Option<String>,
    /// The size, if it is known before the end.
    size: Option<u64>,
    /// The first bytes, as long as the type is unknown.
    head: Vec<u8>,
    uri: Option<EncoderStringWriter<'static, GeneralPurpose, String>>,
    /// The bytes so far.
    len: u64,
    max_len: u64,
}

impl MediaEncoder {
    /// An encoder that detects the type by the first bytes.
    #[must_use]
    pub fn new() -> Self {
        Self {
            stated: None,
            size: None,
            head: Vec::new(),
            uri: None,
            len: 0,
            max_len: MAX_DATA_LEN,
        }
    }

    /// An encoder for content of this MIME type.
    ///
    /// # Errors
    /// If it is not the type of an image, a video or audio.
    pub fn of_type(mime: &str) -> Result<Self, MediaError> {
        let mime = mime.to_ascii_lowercase();
        if !is_mime(&mime) {
            let given = runcomfy_schema::truncate::start(&mime, 100).to_owned();
            return Err(MediaError::NotAMime { given });
        }
        // Plain bytes state no type.
        if !is_media(&mime) || mime == "application/octet-stream" {
            return Err(MediaError::NotMedia { mime });
        }
        Ok(Self { stated: Some(mime), ..Self::new() })
    }

    /// For content of a known size.
    pub(crate) fn with_size(self, size: u64) -> Result<Self, MediaError> {
        self.check_len(size)?;
        Ok(Self { size: Some(size), ..self })
    }

    /// Adds the next bytes.
    ///
    /// # Errors
    /// If the content is too large for a request, is not of a known type, or shows another type than the
    /// one that was stated ([`of_type`](Self::of_type)).
    pub fn push(&mut self, piece: &[u8]) -> Result<(), MediaError> {
        self.len += piece.len() as u64;
        self.check_len(self.len)?;
        if let Some(uri) = &mut self.uri {
            return write(uri, piece);
        }
        let (head, rest) = piece.split_at(piece.len().min(HEAD_LEN - self.head.len()));
        self.head.extend_from_slice(head);
        if self.head.len() < HEAD_LEN {
            return Ok(());
        }
        let mut uri = self.start(self.size.unwrap_or(u64::MAX))?;
        write(&mut uri, rest)?;
        self.uri = Some(uri);
        Ok(())
    }

    /// The whole content.
    ///
    /// # Errors
    /// If there is none, and the errors of [`push`](Self::push): short content shows its type only at its
    /// end.
    pub fn finish(mut self) -> Result<Media, MediaError> {
        if self.len == 0 {
            return Err(MediaError::NoContent);
        }
        let uri = match self.uri.take() {
            Some(uri) => uri,
            None => self.start(self.len)?,
        };
        Ok(Media { wire: Arc::new(uri.into_inner()) })
    }

    /// Begins the URI with the first bytes.
    fn start(
        &mut self,
        size: u64,
    ) -> Result<EncoderStringWriter<'static, GeneralPurpose, String>, MediaError> {
        let found = sniff::mime(&self.head, size);
        let mime = match (&self.stated, found) {
            (Some(stated), Some(found)) if !fits(stated, found) => {
                return Err(MediaError::OtherType { stated: stated.clone(), found });
            }
            (Some(stated), _) => stated,
            (None, Some(found)) => found,
            (None, None) => return Err(MediaError::UnknownType),
        };
        let mut uri = format!("data:{mime};base64,");
        // A known size is within the limit, which fits into a `usize`.
        let size = self.size.unwrap_or(self.len);
        uri.reserve_exact(usize::try_from(size).unwrap_or_default().div_ceil(3) * 4);
        let mut uri = EncoderStringWriter::from_consumer(uri, &STANDARD);
        write(&mut uri, &std::mem::take(&mut self.head))?;
        Ok(uri)
    }

    fn check_len(&self, size: u64) -> Result<(), MediaError> {
        let limit = self.max_len;
        if size > limit { Err(MediaError::TooLarge { size, limit }) } else { Ok(()) }
    }

    /// Adds all that a source gives.
    pub(crate) fn read(
        mut self,
        mut source: impl Read,
        failed: impl Fn(std::io::Error) -> MediaError,
    ) -> Result<Media, MediaError> {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => return self.finish(),
                Ok(len) => self.push(buffer.get(..len).unwrap_or_default())?,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(error)),
            }
        }
    }
}

impl Default for MediaEncoder {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MediaEncoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaEncoder").field("len", &self.len).finish_non_exhaustive()
    }
}

/// Writing to a string does not fail.
fn write(
    uri: &mut EncoderStringWriter<'static, GeneralPurpose, String>,
    piece: &[u8],
) -> Result<(), MediaError> {
    uri.write_all(piece).map_err(MediaError::ReadContent)
}

/// Whether content that looks like `found` may be of the type that the caller states. Video and audio share
/// their containers, so only images are told from the rest. A GIF may be called a video.
fn fits(stated: &str, found: &str) -> bool {
    let is_image = |mime: &str| mime.starts_with("image/");
    found == "image/gif" || is_image(stated) == is_image(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    /// The content in pieces of this size.
    fn in_pieces(
        mut encoder: MediaEncoder,
        content: &[u8],
        size: usize,
    ) -> Result<Media, MediaError> {
        content.chunks(size).try_for_each(|piece| encoder.push(piece))?;
        encoder.finish()
    }

    #[test]
    fn pieces_of_any_size_give_the_same_uri() {
        let mut content = PNG.to_vec();
        content.resize(3 * HEAD_LEN + 1, 7);
        for len in [PNG.len(), 100, HEAD_LEN - 1, HEAD_LEN, HEAD_LEN + 1, content.len()] {
            let content = &content[..len];
            let whole = Media::bytes(content).unwrap();
            for size in [1, 2, 3, 1000, HEAD_LEN, len] {
                let media = in_pieces(MediaEncoder::new(), content, size).unwrap();
                assert!(media == whole, "{len} in pieces of {size}");
            }
        }
    }

    #[test]
    fn more_than_the_limit_is_refused_before_it_is_kept() {
        let limited = || MediaEncoder { max_len: 20_000, ..MediaEncoder::new() };
        let mut content = PNG.to_vec();
        content.resize(20_000, 7);
        assert!(in_pieces(limited(), &content, 100).is_ok());
        content.push(7);
        let refusal = in_pieces(limited(), &content, 100);
        assert!(matches!(refusal, Err(MediaError::TooLarge { size: 20_001, limit: 20_000 })));
        assert!(limited().with_size(20_001).is_err());
        // A source without an end.
        let endless = PNG.chain(std::io::repeat(7));
        let refusal = limited().read(endless, MediaError::ReadContent);
        assert!(matches!(refusal, Err(MediaError::TooLarge { .. })));
    }
}
