//! Jobs as rows of a table (CSV).

use std::cell::{Cell, RefCell};
use std::collections::{HashSet, VecDeque};
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use csv::{ByteRecord, Reader, ReaderBuilder};
use runcomfy_schema::counted::counted;
use runcomfy_schema::printable::printable;

use super::MAX_ROW_LEN;
use super::row::{Given, Row};
use crate::{Error, Result};

/// Where text follows a closing quote, in bytes of what the reader gave. `csv` takes it as a part of the cell.
type Stray = Rc<RefCell<VecDeque<u64>>>;

/// Reads rows of a table, one at a time.
pub(super) struct Table<R> {
    reader: Reader<Normalized<R>>,
    /// The bytes that were read since the last row.
    len: Rc<Cell<u64>>,
    has_ended: Rc<Cell<bool>>,
    stray: Stray,
    names: Vec<Option<String>>,
    record: ByteRecord,
}

impl<R: BufRead> Table<R> {
    /// Of a text whose byte order mark was read already. `delimiter` is between cells; otherwise the first line
    /// tells it.
    ///
    /// # Errors
    /// If the table has no header, or one that makes no sense; or if it cannot be read.
    pub(super) fn new(mut reader: R, delimiter: Option<u8>) -> Result<Self> {
        let start = reader.fill_buf().map_err(super::cannot_read)?;
        let delimiter = delimiter.unwrap_or_else(|| delimiter_of(start));
        let (len, has_ended) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(false)));
        let stray = Stray::default();
        let normalized = Normalized {
            reader,
            len: Rc::clone(&len),
            has_ended: Rc::clone(&has_ended),
            last: b'\n',
            quotes: Quotes { delimiter, state: QuoteState::Start, position: 0 },
            stray: Rc::clone(&stray),
        };
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(normalized);
        let mut header = ByteRecord::new();
        if !reader.read_byte_record(&mut header).map_err(unreadable)? {
            return Err(Error::bad_input("the table is empty: its first line names its columns"));
        }
        len.set(0);
        if has_stray(&stray, &reader) {
            return Err(Error::bad_input(format!("line 1: {STRAY}")));
        }
        let mut names = Vec::new();
        let mut seen = HashSet::new();
        for (index, cell) in header.iter().enumerate() {
            let wrong =
                |reason: String| Error::bad_input(format!("column {}: {reason}", index + 1));
            let name = super::utf8(cell).map_err(wrong)?.trim();
            if !name.is_empty() && !seen.insert(name.to_owned()) {
                return Err(wrong(format!("the name {} is there twice", printable(name))));
            }
            names.push(Some(name.to_owned()).filter(|name| !name.is_empty()));
        }
        if seen.is_empty() {
            return Err(Error::bad_input(
                "the first line of a table names its columns; here, no column has a name",
            ));
        }
        Ok(Self { reader, len, has_ended, stray, names, record: ByteRecord::new() })
    }

    /// The next row that is not blank.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn next(&mut self) -> Result<Option<Row>> {
        loop {
            if !self.reader.read_byte_record(&mut self.record).map_err(unreadable)? {
                return Ok(None);
            }
            self.len.set(0);
            let has_stray = has_stray(&self.stray, &self.reader);
            if self.record.iter().all(|cell| cell.trim_ascii().is_empty()) {
                continue;
            }
            let is_open = self.has_ended.get()
                && self.record.iter().next_back().is_some_and(|cell| cell.ends_with(b"\n"));
            // The position of a record is before the blank lines that precede it.
            let count = |cell: &[u8]| cell.iter().filter(|byte| **byte == b'\n').count() as u64;
            let lines = self.record.iter().map(count).sum::<u64>() + u64::from(!is_open);
            let line = self.reader.position().line().saturating_sub(lines);
            if is_open {
                let members = Err("a quote is never closed".to_owned());
                return Ok(Some(Row { line: Some(line), members }));
            }
            let members = if has_stray { Err(STRAY.to_owned()) } else { self.members() };
            return Ok(Some(Row { line: Some(line), members }));
        }
    }

    fn members(&self) -> std::result::Result<Vec<(String, Given)>, String> {
        if self.record.len() != self.names.len() {
            return Err(format!(
                "it has {}, but the first line has {}; is a quote missing, or an empty cell?",
                counted(self.record.len(), "cell"),
                counted(self.names.len(), "cell")
            ));
        }
        let mut members = Vec::new();
        for (index, (cell, name)) in self.record.iter().zip(&self.names).enumerate() {
            let column = || {
                name.as_deref().map_or((index + 1).to_string(), |name| printable(name).into_owned())
            };
            let text =
                super::utf8(cell).map_err(|reason| format!("column {}: {reason}", column()))?;
            match name {
                // A field with an empty cell is not set.
                _ if text.trim().is_empty() => {}
                Some(name) => members.push((name.clone(), Given::Text(text.to_owned()))),
                None => {
                    return Err(format!(
                        "column {} has a value, and no name in the first line",
                        index + 1
                    ));
                }
            }
        }
        Ok(members)
    }
}

const STRAY: &str = "text after a closing quote; a quote inside of a cell is written twice";

/// Whether there was text after a closing quote in the row that was read last.
fn has_stray<R: Read>(stray: &Stray, reader: &Reader<R>) -> bool {
    let (mut stray, end) = (stray.borrow_mut(), reader.position().byte());
    let count = stray.iter().take_while(|position| **position < end).count();
    stray.drain(..count);
    count > 0
}

/// What separates the cells of a line: spreadsheets of some countries write `;`.
fn delimiter_of(start: &[u8]) -> u8 {
    let line = start.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let found = [b',', b';', b'\t'].into_iter().find(|delimiter| line.contains(delimiter));
    found.unwrap_or(b',')
}

fn unreadable(error: csv::Error) -> Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            Error::bad_input(error.to_string())
        }
        csv::ErrorKind::Io(error) => super::cannot_read(error),
        kind => Error::bad_input(format!("not a table: {kind:?}")),
    }
}

/// A reader that ends each line with `\n` alone, also the last one, so that lines can be counted. It refuses a
/// row without an end, as a quote that is not closed makes it.
struct Normalized<R> {
    reader: R,
    /// The bytes that were read since the last row.
    len: Rc<Cell<u64>>,
    has_ended: Rc<Cell<bool>>,
    last: u8,
    quotes: Quotes,
    stray: Stray,
}

/// Follows the quotes of a table as `csv` does.
struct Quotes {
    delimiter: u8,
    state: QuoteState,
    /// In bytes.
    position: u64,
}

#[derive(Clone, Copy)]
enum QuoteState {
    /// Of a cell.
    Start,
    Unquoted,
    Quoted,
    /// After a quote that closes the cell, or is the first half of a quote in it.
    Quote,
    /// After blanks behind the closing quote.
    Closed,
}

impl Quotes {
    /// Returns whether the byte is text after a closing quote.
    fn is_stray(&mut self, byte: u8) -> bool {
        let is_end = byte == self.delimiter || byte == b'\n';
        let is_blank = matches!(byte, b' ' | b'\t');
        let (next, is_stray) = match self.state {
            QuoteState::Quoted if byte == b'"' => (QuoteState::Quote, false),
            QuoteState::Quoted => (QuoteState::Quoted, false),
            QuoteState::Start | QuoteState::Quote if byte == b'"' => (QuoteState::Quoted, false),
            _ if is_end => (QuoteState::Start, false),
            QuoteState::Start | QuoteState::Unquoted => (QuoteState::Unquoted, false),
            QuoteState::Quote | QuoteState::Closed if is_blank => (QuoteState::Closed, false),
            QuoteState::Quote | QuoteState::Closed => (QuoteState::Unquoted, true),
        };
        self.state = next;
        self.position += 1;
        is_stray
    }
}

impl<R: BufRead> Read for Normalized<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.len.get() > MAX_ROW_LEN {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                format!("a row is {}; is a quote never closed?", super::too_long()),
            ));
        }
        let mut written = 0;
        while written == 0 && !buffer.is_empty() {
            let input = self.reader.fill_buf()?;
            if input.is_empty() {
                if let (Some(end), false) = (buffer.first_mut(), matches!(self.last, b'\n' | b'\r'))
                {
                    *end = b'\n';
                    self.last = b'\n';
                    written = 1;
                }
                break;
            }
            let read = input.len().min(buffer.len());
            let mut room = buffer.iter_mut();
            for byte in input.iter().take(read) {
                let is_second_half = *byte == b'\n' && self.last == b'\r';
                self.last = *byte;
                if is_second_half {
                    continue;
                }
                if let Some(place) = room.next() {
                    *place = if *byte == b'\r' { b'\n' } else { *byte };
                    written += 1;
                    if self.quotes.is_stray(*place) {
                        self.stray.borrow_mut().push_back(self.quotes.position - 1);
                    }
                }
            }
            self.reader.consume(read);
        }
        self.len.set(self.len.get() + written as u64);
        self.has_ended.set(written == 0);
        Ok(written)
    }
}
