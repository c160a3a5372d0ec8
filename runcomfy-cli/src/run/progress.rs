//! The progress of jobs and downloads: on a terminal as spinners and bars, elsewhere as lines.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use runcomfy_client::{DownloadOptions, JobStatus, Progress as Received, RequestId};

use super::common::Say;

/// Shows the progress of jobs.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    say: Say,
    /// `None` if there is no terminal.
    bars: Option<MultiProgress>,
}

/// Shows the progress of one job.
#[derive(Clone, Debug)]
pub(super) struct JobProgress {
    say: Say,
    id: RequestId,
    /// `None` if lines are written instead.
    bar: Option<ProgressBar>,
}

impl Progress {
    pub(super) fn new(say: Say) -> Self {
        // The lines of `--verbose` would be written into the bars.
        let has_bars = !say.quiet && !say.verbose && std::io::stderr().is_terminal();
        Self { say, bars: has_bars.then(MultiProgress::new) }
    }

    /// Writes a note above the bars.
    pub(super) fn note(&self, text: &str) {
        match &self.bars {
            Some(bars) => bars.suspend(|| self.say.note(text)),
            None => self.say.note(text),
        }
    }

    /// Removes the bars, so that a question or a result can be written.
    pub(super) fn clear(&self) {
        if let Some(bars) = &self.bars {
            let _ = bars.clear();
        }
    }

    /// A job that is waited for from now on.
    pub(super) fn job(&self, id: &RequestId) -> JobProgress {
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new_spinner().with_style(spinner()));
            bar.set_message(format!("{id}: waiting"));
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        JobProgress { say: self.say, id: id.clone(), bar }
    }
}

impl JobProgress {
    /// The job has another state, or another place in the queue.
    pub(super) fn changed(&self, status: &JobStatus) {
        let text = format!("{}: {}", self.id, shown(status));
        match &self.bar {
            Some(bar) => bar.set_message(text),
            None => self.say.note(&text),
        }
    }

    /// Shows the downloads of its files, too.
    pub(super) fn downloads(&self, options: DownloadOptions) -> DownloadOptions {
        let Some(bar) = &self.bar else {
            self.say.note(&format!("{}: saving its files", self.id));
            return options;
        };
        bar.set_message(format!("{}: saving its files", self.id));
        let bar = bar.clone();
        options.on_progress(move |Received { received, total, .. }| {
            if bar.length() != total {
                match total {
                    Some(total) => bar.set_length(total),
                    None => bar.unset_length(),
                }
                bar.set_style(if total.is_some() { download() } else { spinner() });
            }
            bar.set_position(received);
        })
    }

    /// Removes its bar.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// `in queue, position 3`
pub(super) fn shown(status: &JobStatus) -> String {
    let state = status.state.as_str().replace('_', " ");
    match status.queue_position {
        Some(position) => format!("{state}, position {position}"),
        None => state,
    }
}

fn spinner() -> ProgressStyle {
    style("{spinner} {msg} [{elapsed}]")
}

fn download() -> ProgressStyle {
    style("{spinner} {msg} [{elapsed}] {bar:24} {bytes} of {total_bytes}")
}

fn style(template: &str) -> ProgressStyle {
    // With an invalid template, the usual style is shown.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
