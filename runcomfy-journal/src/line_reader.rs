//! Reads the lines of a file one by one, of any length.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};

use crate::line;

pub(crate) const READ_AT_ONCE: usize = 256 * 1024;

/// Calls `each` with every complete line, without its line break, until it returns `false`. Returns the
/// number of bytes of these lines.
pub(crate) fn for_each_line(
    mut reader: impl BufRead,
    mut each: impl FnMut(&[u8]) -> bool,
) -> io::Result<u64> {
    const LIMIT: u64 = line::MAX_LEN as u64 + 1;
    let mut read = 0;
    let mut line = Vec::new();
    loop {
        line.clear();
        let mut length = reader.by_ref().take(LIMIT).read_until(b'\n', &mut line)? as u64;
        let mut is_whole = line.last() == Some(&b'\n');
        if !is_whole && length == LIMIT {
            // Too long for a line: skip the rest.
            let (skipped, found) = skip_line(&mut reader)?;
            length += skipped;
            is_whole = found;
        } else if is_whole {
            line.pop();
        }
        if !is_whole {
            return Ok(read);
        }
        read += length;
        if !each(&line) {
            return Ok(read);
        }
    }
}

/// Skips the rest of a line. Returns how many bytes it had, and whether it has a line break.
fn skip_line(reader: &mut impl BufRead) -> io::Result<(u64, bool)> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok((skipped, false));
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(buffer.len(), |end| end + 1);
        reader.consume(length);
        skipped += length as u64;
        if end.is_some() {
            return Ok((skipped, true));
        }
    }
}

/// Calls `each` with every complete line of a file before `end`, as [`for_each_line`] does.
pub(crate) fn for_each_line_before(
    file: &File,
    end: u64,
    each: impl FnMut(&[u8]) -> bool,
) -> io::Result<u64> {
    let mut reader = BufReader::with_capacity(READ_AT_ONCE, file);
    reader.rewind()?;
    for_each_line(reader.take(end), each)
}
