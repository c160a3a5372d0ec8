//! The token is in nothing that a program could show; and what logs contain.

use std::cell::RefCell;
use std::io;
use std::sync::Once;
use std::time::Duration;

use runcomfy_models::time::TestClock;
use runcomfy_models::{
    Begin, CatalogQuery, Client, DownloadOptions, FileJournal, Job, Journal, JournalEntry,
    JournalError, Submission, Unfinished, WaitOptions,
};
use runcomfy_sandbox::{Call, Fault, Reply, Sandbox};
use tracing::Level;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::end_to_end::input;
use crate::faults::{faults, timed};
use crate::service::{Service, answer};
use crate::stalls::{impatiently, until};

const TOKEN: &str = "sekrit/TOKEN+123";

thread_local! {
    /// The log of this thread, and its highest level.
    static LOG: RefCell<Option<(Level, Vec<u8>)>> = const { RefCell::new(None) };
}

struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.with_borrow_mut(|log| {
            if let Some((_, text)) = log {
                text.extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs something, and returns everything that is logged, by any crate.
fn logged(level: Level, run: impl Future<Output = ()>) -> String {
    // One subscriber for the whole process: `tracing` caches the enabled levels for all threads.
    static SET_UP: Once = Once::new();
    SET_UP.call_once(|| {
        let wanted = dynamic_filter_fn(|metadata, _| {
            LOG.with_borrow(|log| log.as_ref().is_some_and(|(level, _)| metadata.level() <= level))
        });
        let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Log);
        tracing_subscriber::registry().with(layer.with_filter(wanted)).init();
    });
    LOG.set(Some((level, Vec::new())));
    // One thread, so that tasks log there, too.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(run);
    let (_, text) = LOG.take().unwrap();
    String::from_utf8(text).unwrap()
}

/// An error as it shows itself in every way, causes included.
pub(crate) fn shown(error: &dyn std::error::Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}\n");
    if let Some(source) = error.source() {
        text += &shown(source);
    }
    text
}

async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::builder().token(TOKEN).queue_time(Duration::ZERO);
    sandbox.run_time(Duration::ZERO).start().await.unwrap()
}

/// A journal whose disk is full once a submission has begun.
#[derive(Debug)]
struct FullLater;

impl Journal for FullLater {
    fn begin(&self, _: &Submission) -> Result<Begin, JournalError> {
        Ok(Begin::Recorded)
    }

    fn record(&self, _: &JournalEntry) -> Result<(), JournalError> {
        Err(JournalError::new("the disk is full"))
    }

    fn unfinished(&self) -> Result<Unfinished, JournalError> {
        Ok(Unfinished::default())
    }
}

#[test]
fn an_outcome_that_the_journal_does_not_take_is_in_the_log() {
    let log = logged(Level::ERROR, async {
        let sandbox = sandbox().await;
        let client = Client::builder().base_url(sandbox.base_url()).token(TOKEN);
        let client = client.journal(FullLater).build().unwrap();
        sandbox.fault_next(Call::Submit, Fault::Stall);
        tokio::select! {
            outcome = client.submit(&input()) => panic!("{outcome:?}"),
            () = until(|| !sandbox.received().is_empty()) => {}
        }
    });
    for part in ["the disk is full", "Unknown { submission: ", "report it as unknown"] {
        assert!(log.contains(part), "{part}: {log}");
    }
}

#[test]
fn the_token_is_in_no_error_no_debug_and_no_log_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jobs.journal");
    let mut text = String::new();
    let log = logged(Level::TRACE, async {
        let sandbox = sandbox().await;
        let clock = TestClock::default();
        let builder = Client::builder()
            .base_url(sandbox.base_url())
            .token(TOKEN)
            .attempts(1)
            .clock(clock.clone())
            .journal(FileJournal::open(&path).unwrap());
        text += &format!("{builder:?} {builder:#?}");
        let client = builder.build().unwrap();
        text += &format!("{client:?} {client:#?}");
        let job = client.submit(&input()).await.unwrap();
        text += &format!("{job:?} {:?}", job.submission());
        let quick = WaitOptions::default().outage_timeout(Duration::ZERO);
        // Servers that repeat what they got, in every place that is read.
        let bearer = format!("Bearer {TOKEN}");
        let json = bearer.replace('/', "\\/");
        let echoes = [
            format!(r#"{{"message": "bad header {bearer}"}}"#),
            format!(r#"{{"error_code": "{bearer}", "error_message": "{json}"}}"#),
            format!(r#"{{"request_id": "{bearer}"}}"#),
            format!(r#"{{"request_id": ["{bearer}"]}}"#),
            format!(r#"{{"status": "{bearer}"}}"#),
            format!(r#"{{"status": "failed", "error": "{bearer}"}}"#),
            format!(r#"{{"status": ["{bearer}"], "outcome": "{bearer}"}}"#),
            format!("<html><title>{bearer}</title></html>"),
            bearer.clone(),
        ];
        let echoes = echoes.into_iter().flat_map(|body| {
            [200, 400, 500].map(|status| Fault::Reply(Reply::new(status, body.clone())))
        });
        let moved = Fault::Reply(Reply::redirect(format!("https://elsewhere.example/?t={TOKEN}")));
        for fault in faults().into_iter().map(|(fault, _)| fault).chain(echoes).chain([moved]) {
            for call in [Call::Submit, Call::Status, Call::Result, Call::Cancel, Call::Catalog] {
                sandbox.fault_next(call, fault.clone());
            }
            if let Err(error) = impatiently(&sandbox, &clock, client.submit(&input())).await {
                text += &shown(&error);
            }
            match impatiently(&sandbox, &clock, job.status()).await {
                Ok(status) => text += &format!("{status} {status:?}"),
                Err(error) => text += &shown(&error),
            }
            if let Err(error) = impatiently(&sandbox, &clock, job.result()).await {
                text += &shown(&error);
            }
            match impatiently(&sandbox, &clock, job.cancel()).await {
                Ok(outcome) => text += &format!("{outcome} {outcome:?}"),
                Err(error) => text += &shown(&error),
            }
            if let Err(error) =
                impatiently(&sandbox, &clock, client.models(&CatalogQuery::new())).await
            {
                text += &shown(&error);
            }
            sandbox.fault_next(Call::Status, fault.clone());
            if let Err(error) = impatiently(
                &sandbox,
                &clock,
                job.wait_with(&quick, |status| text += &status.to_string()),
            )
            .await
            {
                text += &shown(&error);
            }
            let url = sandbox.add_file("a.png", "image/png", [0; 1000]);
            sandbox.fault_next(Call::Output, fault);
            let (path, small) =
                (folder.path().join("a.png"), DownloadOptions::default().largest(99));
            if let Err(error) =
                impatiently(&sandbox, &clock, client.download_with(&url, &path, &small)).await
            {
                text += &shown(&error);
            }
            let _ = std::fs::remove_file(path);
        }
        text += &format!("{:?}", client.resume(&FileJournal::open(&path).unwrap()).await);
    });
    text += &std::fs::read_to_string(&path).unwrap();
    assert!(text.len() > 100_000 && log.len() > 100_000, "{} {}", text.len(), log.len());
    for (name, text) in [("what was shown", &text), ("the log", &log)] {
        for form in [TOKEN.to_owned(), TOKEN.replace('/', "\\/"), TOKEN.replace('/', "\\\\/")] {
            let found = text.find(&form);
            let around = found.map(|at| &text[at.saturating_sub(300)..(at + 100).min(text.len())]);
            assert_eq!(around, None, "in {name}");
        }
    }
    assert!(text.contains("[token]"));
}

#[test]
fn log_names_jobs_and_shows_no_body() {
    let mut id = String::new();
    let log = logged(Level::DEBUG, async {
        let sandbox = sandbox().await;
        let (client, _) = timed(&sandbox);
        sandbox.reply_next(Call::Submit, Reply::new(429, ""));
        sandbox.fault_next(Call::Status, Fault::ResetAfter);
        sandbox.fault_next(Call::Status, Fault::State("in_progress".to_owned()));
        let job: Job = client.submit(&input()).await.unwrap();
        id = job.request_id().to_string();
        job.wait().await.unwrap();
        sandbox.fault_next(Call::Submit, Fault::ResetAfter);
        client.submit(&input()).await.unwrap_err();
    });
    let lines: Vec<_> = log.lines().filter(|line| line.contains("runcomfy_client")).collect();
    let has = |words: &[&str]| {
        assert!(
            lines.iter().any(|line| words.iter().all(|word| line.contains(word))),
            "no line with {words:?} in\n{}",
            lines.join("\n")
        );
    };
    let model = "model=community/fantasy-portrait/image-to-video";
    has(&["WARN", model, "attempt=1", "status=429"]);
    has(&["DEBUG", model, "attempt=2", "status=200"]);
    has(&["INFO", model, &id, "accepted"]);
    has(&["WARN", model, &id, "call=\"status\"", "attempt=1", "no answer"]);
    has(&["DEBUG", &id, "state=in_progress"]);
    has(&["DEBUG", model, &id, "call=\"result\"", "attempt=1", "status=200"]);
    has(&["INFO", &id, "state=completed", "ended"]);
    has(&["ERROR", model, "outcome unknown"]);
    assert!(!log.contains("woman acting") && !log.contains(TOKEN), "{log}");
}

#[test]
fn url_credentials_are_in_no_log_line() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    let log = logged(Level::TRACE, async {
        let output = |origin: &str| {
            let url = |path: &str| format!("{origin}/{path}?X-Amz-Signature=sig-sekrit#sekrit");
            let login = url("c.png").replace("http://", "http://user:pass-sekrit@");
            let data = format!("data:image/png;base64,{}", "c2Vrcml0".repeat(1000));
            serde_json::json!({"images": [url("a.png"), url("b.png"), login, data, "https://x/?sekrit"]})
        };
        let png = answer("image/png", b"\x89PNG\r\n\x1a\n".as_slice());
        let service = Service::of_job(output, &[("/a.png", png)]).await;
        text += &shown(&service.done().await.download_all(&folder).await.unwrap_err());
    });
    assert!(log.contains("/a.png") || log.contains("req-1-a.png"), "{log}");
    assert!(log.contains("not saved") && text.contains("b.png"), "{log}");
    for secret in ["sekrit", "c2Vrcml0"] {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None);
        assert!(!text.contains(secret), "{text}");
    }
}
