//! The file of a journal: it is opened, read as it grows, and appended to.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tracing::warn;

use crate::files::{is_named, private};
use crate::ledger::Ledger;
use crate::line::{self, Line};
use crate::line_reader::{READ_AT_ONCE, for_each_line};

/// A journal's file, and what was read from it.
#[derive(Debug)]
pub(crate) struct Store {
    pub(crate) path: PathBuf,
    pub(crate) file: Arc<File>,
    /// Whether the path now names another file, or none.
    pub(crate) is_gone: bool,
    /// Whether the file became shorter, so that lines are lost.
    is_cut: bool,
    /// The number of entries written so far.
    pub(crate) written: u64,
    pub(crate) ledger: Ledger,
    /// The number of bytes that the ledger has read.
    pub(crate) read: u64,
    lines: Lines,
}

/// The lines read so far.
#[derive(Debug, Default)]
struct Lines {
    count: u64,
    readable: u64,
    /// The first line that is not empty, if it is unreadable.
    first: Option<String>,
}

impl Store {
    /// Opens or creates the file. Links are resolved, so that processes that use different paths find
    /// the same files beside it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let (file, path) = open(path)?;
        Ok(Self {
            path,
            file: Arc::new(file),
            is_gone: false,
            is_cut: false,
            written: 0,
            ledger: Ledger::default(),
            read: 0,
            lines: Lines::default(),
        })
    }

    /// Reads the lines that any process has added. A line that is still being written is read the next
    /// time.
    pub(crate) fn catch_up(&mut self) -> io::Result<()> {
        let length = self.file.metadata()?.len();
        self.is_cut |= length < self.read;
        if self.is_cut {
            return Err(io::Error::other(
                "it was cut off: lines that it had are missing; open it anew",
            ));
        }
        if length == self.read {
            return Ok(());
        }
        let mut reader = BufReader::with_capacity(READ_AT_ONCE, &*self.file);
        reader.seek(SeekFrom::Start(self.read))?;
        let Self { path, ledger, lines, .. } = self;
        let read = for_each_line(reader, |bytes| {
            lines.count += 1;
            if bytes.is_empty() {
                return lines.is_journal();
            }
            line::for_each_in(bytes, |line| match line.and_then(|line| line.apply(ledger)) {
                Ok(()) => lines.readable += 1,
                Err(reason) => {
                    // A crash can leave half a line. Then the call that it announces was not made.
                    let (path, line) = (path.display(), lines.count);
                    let is_first = lines.readable == 0 && lines.first.is_none();
                    if lines.readable > 0 || is_first {
                        warn!(%path, line, %reason, "a line of the journal cannot be read");
                    }
                    if is_first {
                        let text = String::from_utf8_lossy(bytes);
                        lines.first = Some(text.chars().take(80).collect());
                    }
                }
            });
            lines.is_journal()
        });
        self.read += read?;
        Ok(())
    }

    /// Reads what is new in the file while the journal is locked. Nobody is writing then, so a last line
    /// without a line break is complete.
    pub(crate) fn catch_up_locked(&mut self) -> io::Result<()> {
        // Do not change a file that is only half a line: with a line break, it would look like a file of
        // another kind.
        let is_known = self.lines.readable > 0 || self.ends_readably();
        if is_known && self.ends_within_a_line()? {
            // If this fails, the line is read when the next one is appended.
            let _ = (&*self.file).write_all(b"\n");
        }
        self.catch_up()
    }

    /// The first line that is not empty, if the file is not a journal. A crash can leave a first line
    /// that is cut off or consists of zero bytes; that is a journal.
    pub(crate) fn foreign_line(&self) -> Option<&str> {
        let line = self.lines.first.as_deref()?;
        (self.lines.readable == 0 && !line.chars().all(|c| c == '\0')).then_some(line)
    }

    /// Whether the text after the last line break is a line of a journal.
    pub(crate) fn ends_readably(&self) -> bool {
        let mut rest = Vec::new();
        let mut file = &*self.file;
        let read = file
            .seek(SeekFrom::Start(self.read))
            .and_then(|_| file.take(line::MAX_LEN as u64).read_to_end(&mut rest));
        read.is_ok()
            && Line::read(&rest).and_then(|line| line.apply(&mut Ledger::default())).is_ok()
    }

    /// Appends a line, and returns its number.
    pub(crate) fn append(&mut self, line: &str) -> io::Result<u64> {
        let mut text = String::with_capacity(line.len() + 2);
        if self.ends_within_a_line()? {
            text.push('\n');
        }
        text.push_str(line);
        text.push('\n');
        self.write(&text)
    }

    pub(crate) fn write(&mut self, text: &str) -> io::Result<u64> {
        (&*self.file).write_all(text.as_bytes())?;
        self.written += 1;
        Ok(self.written)
    }

    /// Whether the last line has no line break, because a process was stopped while writing.
    fn ends_within_a_line(&self) -> io::Result<bool> {
        let mut file = &*self.file;
        if file.seek(SeekFrom::End(0))? == 0 {
            return Ok(false);
        }
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        Ok(last != *b"\n")
    }

    /// Switches to the compacted file if another process has replaced this one. Returns whether it has;
    /// the new file is not locked yet.
    pub(crate) fn follow(&mut self) -> io::Result<bool> {
        if is_named(&self.file, &self.path)? {
            self.is_gone = false;
            return Ok(false);
        }
        let compacted = match open_existing(&self.path) {
            Ok(file) if starts_compacted(&file)? => file,
            Ok(_) => return self.gone(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return self.gone(),
            Err(error) => return Err(error),
        };
        let _ = self.file.unlock();
        self.switch_to(compacted);
        Ok(true)
    }

    fn gone(&mut self) -> io::Result<bool> {
        self.is_gone = true;
        Ok(false)
    }

    /// Switches to another file, and reads it from the start.
    pub(crate) fn switch_to(&mut self, file: File) {
        self.file = Arc::new(file);
        self.is_gone = false;
        self.is_cut = false;
        self.ledger = Ledger::default();
        self.read = 0;
        self.lines = Lines::default();
    }
}

impl Lines {
    /// Whether the file can still be a journal. A large file of another kind is not read to its end.
    fn is_journal(&self) -> bool {
        const MAX_UNREADABLE: u64 = 1000;
        self.readable > 0 || self.count < MAX_UNREADABLE
    }
}

/// The file, and the path without links.
fn open(path: &Path) -> io::Result<(File, PathBuf)> {
    const TRIES: usize = 10;
    for _ in 0..TRIES {
        if fs::symlink_metadata(path).is_ok() {
            let real = match fs::canonicalize(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    // Such a link would create a file where its owner does not expect one.
                    let reason = "it is a link that leads to no file";
                    return Err(io::Error::new(io::ErrorKind::NotFound, reason));
                }
                real => real?,
            };
            match open_existing(&real) {
                // It was removed, or is about to be replaced.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                file => return Ok((file?, real)),
            }
        }
        let mut options = OpenOptions::new();
        match private(options.read(true).append(true).create_new(true)).open(path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            file => return Ok((file?, fs::canonicalize(path)?)),
        }
    }
    let reason =
        "another program keeps creating and removing it; stop that program, or use another path";
    Err(io::Error::other(reason))
}

fn open_existing(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        // Opening a pipe could block forever.
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    OpenOptions::new().read(true).append(true).open(path)
}

/// Whether the file replaced a longer one.
fn starts_compacted(file: &File) -> io::Result<bool> {
    Ok(compacted_upto(file)?.is_some())
}

/// How many bytes of the longer file it replaces.
pub(crate) fn compacted_upto(mut file: &File) -> io::Result<Option<u64>> {
    file.rewind()?;
    let mut upto = None;
    let reader = BufReader::with_capacity(1024, file);
    for_each_line(reader, |line| {
        if let Ok(Line::Compacted { upto: found }) = Line::read(line) {
            upto = Some(found);
        }
        false
    })?;
    Ok(upto)
}
