//! The results of a batch as files: lines of JSON, a table, and a page to look at.

mod card;
mod output_file;
mod row;
mod sheet;
mod table;

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek as _, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::job::JobRecord;
use row::Row;
use sheet::Summary;
use table::Columns;

/// Writes the results of a batch into its folder:
///
/// - `results.jsonl`: an object per job, with its number, line, model, state, request id, cost, times, files,
///   error, input and output;
/// - `results.csv`: the same as a table, with a column for each field of the inputs. No cell is a formula of
///   a spreadsheet;
/// - `index.html`: a contact sheet, with the files of each job beside its prompt and settings. It uses the
///   files in the folder, or those at the service where one is not there, and no other resource.
///
/// The files replace older ones when all are complete. Only one job is in memory at a time.
///
/// ```
/// use runcomfy_batch::Export;
///
/// # let folder = tempfile::tempdir()?;
/// # let (folder, jobs): (_, Vec<runcomfy_batch::JobRecord>) = (folder.path(), Vec::new());
/// let mut export = Export::create(folder, "lighthouses")?;
/// for job in &jobs {
///     export.add(job)?;
/// }
/// let files = export.finish()?;
/// assert!(files.sheet.ends_with("index.html"));
/// # Ok::<(), std::io::Error>(())
/// ```
pub struct Export {
    folder: PathBuf,
    title: String,
    rows: BufWriter<NamedTempFile>,
    cards: BufWriter<File>,
    columns: Columns,
    summary: Summary,
}

/// The files with the results of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Exported {
    /// `results.jsonl`.
    pub lines: PathBuf,
    /// `results.csv`.
    pub table: PathBuf,
    /// `index.html`.
    pub sheet: PathBuf,
    /// How many jobs they have.
    pub jobs: u64,
}

impl Export {
    /// Begins the files in a folder, which is created if it is not there. The title is the name of the
    /// batch.
    ///
    /// # Errors
    /// If no file can be written there.
    pub fn create(folder: impl AsRef<Path>, title: impl Into<String>) -> io::Result<Self> {
        let folder = folder.as_ref().to_owned();
        std::fs::create_dir_all(&folder)?;
        Ok(Self {
            rows: BufWriter::new(temporary(&folder)?),
            cards: BufWriter::new(tempfile::tempfile_in(&folder)?),
            folder,
            title: title.into(),
            columns: Columns::default(),
            summary: Summary::default(),
        })
    }

    /// Adds a job. Jobs are shown in the order in which they are added.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, job: &JobRecord) -> io::Result<()> {
        serde_json::to_writer(&mut self.rows, &Row(job))?;
        self.rows.write_all(b"\n")?;
        self.cards.write_all(card::card(job, &self.folder).into_string().as_bytes())?;
        self.columns.add(&job.input);
        self.summary.add(job);
        Ok(())
    }

    /// Completes the files, and puts them in place.
    ///
    /// # Errors
    /// If one of them cannot be written.
    pub fn finish(self) -> io::Result<Exported> {
        let Self { folder, title, rows, cards, columns, summary } = self;
        let rows = rows.into_inner()?;

        let mut table = BufWriter::new(temporary(&folder)?);
        columns.write(BufReader::new(rows.reopen()?), &mut table)?;
        let table = table.into_inner()?;

        let mut sheet = BufWriter::new(temporary(&folder)?);
        let mut cards = cards.into_inner()?;
        cards.rewind()?;
        sheet.write_all(summary.head(&title).as_bytes())?;
        io::copy(&mut cards, &mut sheet)?;
        sheet.write_all(sheet::TAIL.as_bytes())?;
        let sheet = sheet.into_inner()?;

        let exported = Exported {
            lines: folder.join("results.jsonl"),
            table: folder.join("results.csv"),
            sheet: folder.join("index.html"),
            jobs: summary.jobs(),
        };
        for (file, path) in
            [(rows, &exported.lines), (table, &exported.table), (sheet, &exported.sheet)]
        {
            file.persist(path).map_err(|error| error.error)?;
        }
        Ok(exported)
    }
}

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// A file that is seen under its name once it is complete. Others may read it, as far as the process's mask
/// allows.
fn temporary(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".rcf-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}

#[cfg(test)]
mod tests;
