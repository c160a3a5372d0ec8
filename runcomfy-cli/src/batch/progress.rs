//! How a worker gets on: a bar on a terminal, and lines elsewhere.

use std::io::IsTerminal as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use runcomfy_batch::{Batch, BatchStatus, Event, JobRecord, State};
use runcomfy_schema::printable::line;

use super::news::News;
use super::summary;
use crate::run::Say;

/// Shows how a worker gets on.
#[derive(Clone, Debug)]
pub(super) struct Progress {
    say: Say,
    /// `None` if lines are written instead.
    bar: Option<ProgressBar>,
    news: Arc<Mutex<News>>,
}

impl Progress {
    pub(super) fn new(say: Say) -> Self {
        let has_bar = !say.quiet && !say.verbose && std::io::stderr().is_terminal();
        let news = Arc::new(Mutex::new(News::new(Instant::now())));
        Self { say, news, bar: has_bar.then(|| ProgressBar::new(0).with_style(style())) }
    }

    /// Writes a line above the bar.
    pub(super) fn note(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| self.say.note(text)),
            None => self.say.note(text),
        }
    }

    /// Follows the whole batch, all its workers included, until it is dropped. Tells if nothing happens.
    pub(super) async fn follow(&self, batch: &Batch) {
        const INTERVAL: Duration = Duration::from_secs(1);
        loop {
            if let (Some(bar), Ok(status)) = (&self.bar, batch.status().await) {
                show(bar, &status);
                bar.enable_steady_tick(Duration::from_millis(200));
            }
            let silence = self.news(|news| news.silence(Instant::now()));
            if let Some(silence) = silence
                && let Ok(status) = batch.status().await
                && let Some(text) = summary::silence(silence, &status)
            {
                self.note(&text);
            }
            tokio::time::sleep(INTERVAL).await;
        }
    }

    /// Something happened to a job of this worker.
    pub(super) fn tell(&self, event: &Event) {
        if let Some(trouble) = self.news(|news| news.event(Instant::now(), event)) {
            self.note(&trouble);
        }
        match event {
            Event::Ended(job) => self.ended(job),
            Event::Held { pause } => {
                let pause = pause.as_secs();
                self.note(&format!("the service is busy: no submission begins for {pause} s"));
            }
            Event::Submitted { number, request_id } if self.say.verbose => {
                self.note(&format!("job {number}: submitted as {request_id}"));
            }
            _ => {}
        }
    }

    fn news<T>(&self, call: impl FnOnce(&mut News) -> T) -> T {
        call(&mut self.news.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn ended(&self, job: &JobRecord) {
        let number = job.number;
        let reason = job.reason.as_deref().map(|reason| format!(": {}", line(reason)));
        match job.state {
            // The bar counts them.
            State::Done if self.bar.is_some() => {}
            State::Done => {
                let files: Vec<_> = job.files.iter().map(|file| &*file.path).collect();
                let files = if files.is_empty() {
                    String::new()
                } else {
                    format!(": {}", files.join(", "))
                };
                self.note(&format!("job {number}: done{files}"));
            }
            state => self.note(&format!("job {number}: {state}{}", reason.unwrap_or_default())),
        }
    }

    /// Removes the bar from the terminal.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn show(bar: &ProgressBar, status: &BatchStatus) {
    bar.set_length(status.total());
    bar.set_position(status.total() - status.left());
    let paused = if status.is_paused { ", paused" } else { "" };
    bar.set_message(format!("{}{paused}; {}", summary::counts(status), summary::money(status)));
}

fn style() -> ProgressStyle {
    let template = "{spinner} [{elapsed}] {bar:24} {pos}/{len} {wide_msg}";
    // If the template is wrong, the usual style is good enough.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
