//! The type of a file from its first bytes. `infer` knows the signatures, some of which have only
//! two letters. This module checks whether the bytes after a signature fit the type.
//!
//! Bytes and files have no other sign of their type. Text from the first byte on is not media, even
//! if it begins with a signature, except for SVG.

use super::{brand, svg};

/// The MIME type of an image, a video or audio with these first bytes and this size.
pub fn mime(head: &[u8], size: u64) -> Option<&'static str> {
    if let Some(text) = text(head) {
        // No other media file is text.
        return svg::is_svg(text).then_some("image/svg+xml");
    }
    if let Some(mime) = brand::mime(head, size) {
        return Some(mime);
    }
    let mime = infer::get(head)?.mime_type();
    let is_media = ["image/", "video/", "audio/"].iter().any(|kind| mime.starts_with(kind));
    (is_media && is_plausible(mime, head, size)).then_some(mime)
}

/// Bytes as the start of a text: UTF-8 with only the control characters of texts.
fn text(head: &[u8]) -> Option<&str> {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The last character may be incomplete.
        Err(error) if error.error_len().is_none() => {
            let valid = head.get(..error.valid_up_to()).unwrap_or_default();
            std::str::from_utf8(valid).unwrap_or_default()
        }
        Err(_) => return None,
    };
    let is_odd = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x0c' | '\x1b');
    (!text.contains(is_odd)).then_some(text)
}

/// The first bytes of a file, then zeros.
#[derive(Clone, Copy)]
struct Head<'a>(&'a [u8]);

impl Head<'_> {
    fn has(self, at: usize, bytes: &[u8]) -> bool {
        self.0.get(at..).is_some_and(|rest| rest.starts_with(bytes))
    }

    fn byte(self, at: usize) -> u8 {
        self.0.get(at).copied().unwrap_or_default()
    }

    /// Two bytes, little-endian.
    fn short(self, at: usize) -> u16 {
        u16::from_le_bytes([self.byte(at), self.byte(at + 1)])
    }

    /// Four bytes, little-endian.
    fn long(self, at: usize) -> u32 {
        u32::from(self.short(at + 2)) << 16 | u32::from(self.short(at))
    }
}

fn is_plausible(mime: &str, head: &[u8], size: u64) -> bool {
    let head = Head(head);
    match mime {
        "image/png" => head.has(0, b"\x89PNG\r\n\x1a\n"),
        "image/gif" => head.has(0, b"GIF87a") || head.has(0, b"GIF89a"),
        "image/webp" => head.has(0, b"RIFF"),
        "image/bmp" => is_bitmap(head),
        "image/tiff" | "image/x-canon-cr2" => {
            // The offset of the first directory, which is after this header.
            let start = head.long(4);
            let start = if head.has(0, b"II") { start } else { start.swap_bytes() };
            start >= 8
        }
        "image/vnd.ms-photo" => head.byte(3) == 1,
        // The version, then zeros.
        "image/vnd.adobe.photoshop" => {
            head.byte(4) == 0 && matches!(head.byte(5), 1 | 2) && head.has(6, &[0; 6])
        }
        "image/vnd.microsoft.icon" => {
            // The number of images. For the first image, a zero, and its offset.
            let count = u32::from(head.short(4));
            count > 0 && head.byte(9) == 0 && head.long(18) >= 6 + 16 * count
        }
        "image/vnd.dwg" => head.has(6, &[0; 4]),
        // Files with a box `ftyp` and an unknown brand, and older ones without that box.
        "video/mp4" | "video/x-m4v" | "video/quicktime" | "audio/m4a" | "image/heif"
        | "image/avif" => {
            // The size of the first box. Below two, another field has the size.
            let box_size = u64::from(head.long(0).swap_bytes());
            box_size < 2 || (8..=size).contains(&box_size)
        }
        "audio/mpeg" => is_mp3(head),
        // The sampling rate is an index into a table of thirteen.
        "audio/aac" => (head.byte(2) >> 2) & 0xf < 13,
        "audio/ogg" | "audio/opus" => head.byte(4) == 0,
        // The type of the first block, and its length.
        "audio/x-flac" => head.byte(4) & 0x7f == 0 && head.has(5, &[0, 0, 34]),
        "audio/midi" => head.has(4, &[0, 0, 0, 6]),
        "audio/x-dsf" => head.has(4, &[28, 0, 0, 0]),
        // The version.
        "audio/x-ape" => (3000..5000).contains(&head.short(4)),
        _ => true,
    }
}

/// A header with a known size, one plane, and a known number of bits per pixel.
fn is_bitmap(head: Head<'_>) -> bool {
    let planes_at = match head.long(14) {
        12 => 22,
        16 | 40 | 52 | 56 | 64 | 108 | 124 => 26,
        _ => return false,
    };
    head.short(planes_at) == 1
        && matches!(head.short(planes_at + 2), 0 | 1 | 2 | 4 | 8 | 16 | 24 | 32)
}

/// A tag with a size of seven bits per byte, or a frame with a valid bit rate and sampling rate.
fn is_mp3(head: Head<'_>) -> bool {
    if head.has(0, b"ID3") {
        return head.byte(3) < 16 && head.byte(4) < 0xff && (6..10).all(|at| head.byte(at) < 0x80);
    }
    let rates = head.byte(2);
    rates >> 4 != 0xf && (rates >> 2) & 3 != 3
}
