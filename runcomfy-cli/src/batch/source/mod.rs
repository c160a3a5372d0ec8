//! Where the jobs of a batch come from: a file, a model with a grid of values, or both.
//!
//! - `lines.rs` and `table.rs` read a file row by row, and `row.rs` separates what a row says about its job from
//!   the fields of its model.
//! - `grid.rs` is `--vary`.
//! - `candidates.rs` is what a shell completes.
//! - `jobs.rs` makes jobs of rows, and `check.rs` checks all of them before the first is added.

mod candidates;
mod check;
mod grid;
mod jobs;
mod lines;
mod row;
mod table;

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Seek as _};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use clap_complete::ArgValueCandidates;
use runcomfy_schema::printable::printable;

pub(super) use check::{Checked, check};
pub(super) use grid::Vary;
pub(super) use jobs::Jobs;

use crate::batch::prices::GivenPrice;
use crate::run::input::Assignment;
use crate::{Error, Result};
use lines::Lines;
use row::Row;
use table::Table;

/// In bytes. The service takes requests of up to 64 MiB.
const MAX_ROW_LEN: u64 = 100 << 20;

/// What the jobs are.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Jobs")]
pub(super) struct Source {
    /// The jobs: a JSON object per line (.jsonl), or a table with names of fields in its first line (.csv). `-` is
    /// the standard input. Paths in it begin at its folder
    #[arg(value_name = "FILE")]
    pub(super) file: Option<PathBuf>,
    /// The form of the file, if its name does not tell
    #[arg(long, value_name = "FORMAT")]
    pub(super) format: Option<Format>,
    /// The model of each line that names none; without a file, of the job
    #[arg(long, value_name = "MODEL", add = ArgValueCandidates::new(candidates::models))]
    pub(super) model: Option<String>,
    /// Sets a field of every job, unless its line sets it
    #[arg(long, value_name = "FIELD=VALUE", add = ArgValueCandidates::new(candidates::fields))]
    pub(super) set: Vec<Assignment>,
    /// Makes a job for each value: FIELD=1..20, FIELD=0..100..5 or FIELD=A,B,C. Values with a comma are in double
    /// quotes or in a JSON array: FIELD=["A, B","C"]. Several make all combinations
    #[arg(long, value_name = "FIELD=VALUES", add = ArgValueCandidates::new(candidates::fields))]
    pub(super) vary: Vec<Vary>,
    /// What a job of a model costs, if the catalog does not say it, or says less
    #[arg(long, value_name = "MODEL=USD")]
    pub(super) price: Vec<GivenPrice>,
    /// Leaves out lines that are not valid
    #[arg(long)]
    pub(super) skip_invalid: bool,
}

/// The form of a file of jobs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A JSON object per line.
    Jsonl,
    /// A table.
    Csv,
}

impl Source {
    /// Opens the file, if there is one. It is read twice, so a pipe is copied first.
    pub(super) fn open(&self) -> Result<Opened> {
        let Some(path) = &self.file else {
            if self.model.is_none() {
                return Err(Error::usage(
                    "there are no jobs: name a file of jobs, or a model with --model; `rcf batch add --help` \
                     shows both",
                ));
            }
            return Ok(Opened { file: None, name: String::new(), folder: PathBuf::new() });
        };
        let is_stdin = path == Path::new("-");
        let name =
            if is_stdin { "the standard input".to_owned() } else { path.display().to_string() };
        let format = self.format.or_else(|| format_of(path)).ok_or_else(|| {
            Error::usage(format!(
                "{} does not tell the form of its lines; say it with --format jsonl or --format csv",
                printable(&name)
            ))
        })?;
        let io = |error| Error::io(format!("cannot read {}", printable(&name)), error);
        let file = if is_stdin {
            copy(&mut io::stdin().lock()).map_err(io)?
        } else {
            let mut file = File::open(path).map_err(io)?;
            let kind = file.metadata().map_err(io)?.file_type();
            if kind.is_dir() {
                return Err(Error::usage(format!(
                    "{} is a folder; name a file of jobs",
                    printable(&name)
                )));
            }
            if kind.is_file() { file } else { copy(&mut file).map_err(io)? }
        };
        let folder = if is_stdin { None } else { path.parent() };
        let is_tab =
            path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tsv"));
        Ok(Opened {
            file: Some((file, format, is_tab)),
            name: printable(&name).into_owned(),
            folder: folder.map(Path::to_owned).unwrap_or_default(),
        })
    }
}

fn format_of(path: &Path) -> Option<Format> {
    match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
        "jsonl" | "ndjson" => Some(Format::Jsonl),
        "csv" | "tsv" => Some(Format::Csv),
        _ => None,
    }
}

fn copy(from: &mut impl io::Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(from, &mut file)?;
    Ok(file)
}

/// A file of jobs that is open, or none.
#[derive(Debug)]
pub(super) struct Opened {
    file: Option<(File, Format, bool)>,
    /// Its name, for people.
    pub(super) name: String,
    /// Where its paths begin.
    folder: PathBuf,
}

/// Rows of a file of jobs. Without a file, there is one empty row.
enum Rows<'f> {
    Lines(Lines<BufReader<&'f File>>),
    Table(Box<Table<BufReader<&'f File>>>),
    One(Option<Row>),
}

impl Opened {
    /// Reads from the beginning.
    fn rows(&self) -> Result<Rows<'_>> {
        let Some((file, format, is_tab)) = &self.file else {
            return Ok(Rows::One(Some(Row { line: None, members: Ok(Vec::new()) })));
        };
        let mut file: &File = file;
        file.rewind().map_err(cannot_read)?;
        let mut reader = BufReader::new(file);
        let start = reader.fill_buf().map_err(cannot_read)?;
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            return Err(Error::bad_input(format!("{} is UTF-16; save it as UTF-8", self.name)));
        }
        if start.starts_with(b"\xef\xbb\xbf") {
            reader.consume(3);
        }
        Ok(match format {
            Format::Jsonl => Rows::Lines(Lines::new(reader)),
            Format::Csv => {
                let delimiter = is_tab.then_some(b'\t');
                let table = Table::new(reader, delimiter).map_err(|error| self.named(&error))?;
                Rows::Table(Box::new(table))
            }
        })
    }

    fn named(&self, error: &Error) -> Error {
        Error::new(error.kind(), format!("{}: {error}", self.name))
    }
}

impl Rows<'_> {
    fn next(&mut self) -> Result<Option<Row>> {
        match self {
            Self::Lines(lines) => lines.next().map_err(cannot_read),
            Self::Table(table) => table.next(),
            Self::One(row) => Ok(row.take()),
        }
    }
}

fn cannot_read(error: io::Error) -> Error {
    Error::io("cannot read the jobs", error)
}

fn too_long() -> String {
    format!(
        "longer than {} MiB; give a file by its path, and not as a data: URI",
        MAX_ROW_LEN >> 20
    )
}

/// Bytes of a file as text.
fn utf8(bytes: &[u8]) -> std::result::Result<&str, String> {
    if bytes.contains(&0) {
        return Err("it contains a NUL character; is the file UTF-16? Save it as UTF-8".to_owned());
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let (valid, rest) = bytes.split_at(error.valid_up_to());
        let column = String::from_utf8_lossy(valid).chars().count() + 1;
        let byte = rest.first().copied().unwrap_or_default();
        format!("the byte 0x{byte:02X} at character {column} is not UTF-8; save the file as UTF-8")
    })
}
