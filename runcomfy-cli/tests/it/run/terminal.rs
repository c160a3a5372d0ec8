//! A person at a terminal: questions, and Ctrl-C.
#![cfg(unix)]

use std::io::{BufRead as _, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use runcomfy_sandbox::{Call, Fault, Reply, Sandbox};

use super::resume::start_until;
use super::support::{IMAGE, KLING, Service, Watchdog, quick, signal};

const RUN: [&str; 6] = ["run", KLING, "--prompt", "dusk", "--image-url", IMAGE];

fn slow() -> Service {
    Service::of(Sandbox::builder().queue_time(Duration::from_secs(99_999)))
}

pub(crate) fn interrupt(child: &Child) {
    signal(child.id(), "INT");
}

#[test]
fn ctrl_c_and_sigterm_leave_the_job_and_say_how_to_take_it_up() {
    for name in ["INT", "TERM"] {
        let service = slow();
        let (mut child, mut stderr, _watchdog) = start_until(&service, &RUN, "in queue");
        let id = service.sandbox.accepted_jobs()[0].request_id.clone();
        signal(child.id(), name);
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{name}");
        let expected = format!(
            "request {id} goes on; wait for it again with `rcf wait {id}`, or `rcf resume` for all jobs\n"
        );
        assert_eq!(rest, expected, "{name}");
        assert_eq!(service.succeed(&["status", &id]), format!("{id} in queue, position 0\n"));
    }
}

#[test]
fn what_goes_on_keeps_the_folder() {
    let service = slow();
    let words = [&RUN[..], &["--out", "my videos"]].concat();
    let (mut child, mut stderr, _watchdog) = start_until(&service, &words, "in queue");
    let id = service.sandbox.accepted_jobs()[0].request_id.clone();
    interrupt(&child);
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    child.wait().unwrap();
    let expected = format!(
        "request {id} goes on; wait for it again with `rcf wait {id} --out 'my videos'`, or `rcf resume --out 'my \
         videos'` for all jobs\n"
    );
    assert_eq!(rest, expected);
    let error = service.fail(&["wait", &id, "--out", "v", "--wait-timeout", "0s", "-q"], 75);
    assert!(error.contains(&format!("the job goes on: `rcf wait {id} --out v`")), "{error}");
    let service = Service::new();
    service.sandbox.reply_next(Call::Output, Reply::new(404, "gone"));
    let error = service.fail(&[&RUN[..], &["--out", "d3"]].concat(), 74);
    let id = service.sandbox.accepted_jobs()[0].request_id.clone();
    assert!(error.contains(&format!("try again: `rcf download {id} --out d3`")), "{error}");
}

#[test]
fn ctrl_c_names_the_job_in_json() {
    let service = slow();
    let submitted = service.succeed(&[&["submit"], &RUN[1..]].concat());
    let wait = ["wait", submitted.trim_end(), "--json"];
    let mut known = Vec::new();
    for words in [&wait[..], &[&RUN[..], &["--json"]].concat()] {
        let (child, _stderr, _watchdog) = start_until(&service, words, "in queue");
        let mut ids = service.sandbox.accepted_jobs().into_iter().map(|job| job.request_id);
        let id = ids.find(|id| !known.contains(id)).unwrap();
        known.push(id.clone());
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["error"]["request_id"], id, "{document}");
        assert_eq!(document["error"]["exit_code"], 130);
    }
}

#[test]
fn sigterm_stops_every_wait() {
    let service = slow();
    let id = service.succeed(&[&["submit"], &RUN[1..]].concat());
    for (words, said) in [
        (&["resume"][..], "stopped with 1 job unfinished; `rcf resume` waits for it".to_owned()),
        (&["wait", id.trim_end()], format!("request {} goes on; ", id.trim_end())),
    ] {
        let (mut child, mut stderr, _watchdog) = start_until(&service, words, "in queue");
        signal(child.id(), "TERM");
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(130), "{words:?}");
        assert!(rest.starts_with(&said), "{rest}");
    }
}

#[test]
fn ctrl_c_waits_for_the_answer_to_a_submission_and_twice_does_not() {
    let service = Service::new();
    service.sandbox.fault_next(Call::Submit, Fault::Stall);
    let stalled = service.sandbox.stalled();
    let (mut child, mut stderr, _watchdog) = start_until(&service, &RUN, "price: ");
    service.runtime().block_on(stalled);
    interrupt(&child);
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert_eq!(
        line,
        "waiting for the answer to the submission; press Ctrl-C again to stop at once\n"
    );
    interrupt(&child);
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(
        rest,
        "nobody knows whether the submission was accepted: see `rcf resume` before you submit again\n"
    );
    // It stays on record.
    let list = service.json(&["resume", "--list"]);
    assert_eq!(list["unknown"].as_array().unwrap().len(), 1, "{list}");
}

#[test]
fn ctrl_c_stops_a_resumption() {
    let service = slow();
    let id = service.succeed(&[&["submit"], &RUN[1..]].concat());
    let (mut child, mut stderr, _watchdog) = start_until(&service, &["resume"], "in queue");
    interrupt(&child);
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(rest, "stopped with 1 job unfinished; `rcf resume` waits for it\n");
    assert_eq!(service.json(&["resume", "--list"])["jobs"][0]["request_id"], id.trim_end());
}

#[test]
fn the_answer_that_comes_after_ctrl_c_is_reported() {
    let service = Service::new();
    service.sandbox.fault_next(Call::Submit, Fault::StallAfter);
    let stalled = service.sandbox.stalled();
    let (mut child, mut stderr, _watchdog) = start_until(&service, &RUN, "price: ");
    service.runtime().block_on(stalled);
    interrupt(&child);
    assert_ne!(stderr.read_line(&mut String::new()).unwrap(), 0);
    // The connection breaks, so the answer is lost.
    service.sandbox.refuse_connections(true);
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(76), "{rest}");
    assert!(rest.contains("it may have been accepted, so it was not sent again"), "{rest}");
}

#[test]
fn ctrl_c_before_a_submission_submits_nothing() {
    let service = Service::new();
    service.sandbox.fault_next(Call::Catalog, Fault::Stall);
    let stalled = service.sandbox.stalled();
    let mut child =
        service.command(&RUN).stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let _watchdog = Watchdog::of(child.id());
    service.runtime().block_on(stalled);
    interrupt(&child);
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), &*stderr), (Some(130), "nothing was submitted\n"));
    assert_eq!(service.sandbox.accepted(), 0);
}

/// `rcf` on a terminal of its own.
pub(crate) struct Terminal {
    child: Child,
    seen: String,
    _watchdog: Watchdog,
}

impl Terminal {
    /// `None` if this machine cannot make one.
    pub(crate) fn run(service: &Service, arguments: &[&str]) -> Option<Self> {
        let rcf = service.command(&[]);
        let words: Vec<_> = [rcf.get_program().to_str().unwrap()]
            .iter()
            .chain(arguments)
            .map(|word| shlex::try_quote(word).unwrap().into_owned())
            .collect();
        let mut command = Command::new("script");
        command.args(["--quiet", "--return", "--command", &words.join(" "), "/dev/null"]);
        for (name, value) in rcf.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("TERM", "xterm").current_dir(service.path());
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        match child {
            Ok(child) => {
                let watchdog = Watchdog::of(child.id());
                Some(Self { child, seen: String::new(), _watchdog: watchdog })
            }
            Err(error) => {
                eprintln!("skipped: there is no `script` to make a terminal with: {error}");
                None
            }
        }
    }

    /// Reads until the terminal shows this text.
    pub(crate) fn until(&mut self, text: &str) {
        let mut bytes = [0; 4096];
        while !self.seen.contains(text) {
            let len = self.child.stdout.as_mut().unwrap().read(&mut bytes).unwrap();
            assert_ne!(len, 0, "it ended before it showed {text:?}: {}", self.seen);
            self.seen.push_str(&String::from_utf8_lossy(&bytes[..len]));
        }
    }

    pub(crate) fn write(&mut self, text: &str) {
        self.child.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// What it showed, and its exit code.
    pub(crate) fn end(mut self) -> (String, i32) {
        let mut rest = Vec::new();
        self.child.stdout.as_mut().unwrap().read_to_end(&mut rest).unwrap();
        self.seen.push_str(&String::from_utf8_lossy(&rest));
        (self.seen, self.child.wait().unwrap().code().unwrap())
    }
}

#[test]
fn a_person_is_asked_before_money_is_spent() {
    let service = Service::of(quick().price_usd(0.28));
    for (answer, code, accepted) in [("n\n", 130, 0), ("\n", 130, 0), ("y\n", 0, 1)] {
        let Some(mut terminal) = Terminal::run(&service, &RUN) else { return };
        terminal.until("Submit it for $1.40? [y/N] ");
        terminal.write(answer);
        let (seen, found) = terminal.end();
        assert_eq!((found, service.sandbox.accepted()), (code, accepted), "{seen}");
        assert_eq!(seen.contains("nothing was submitted"), code == 130, "{seen}");
        assert_eq!(seen.contains(".mp4"), code == 0, "{seen}");
    }
    // Nobody is asked after `--yes`.
    let Some(terminal) = Terminal::run(&service, &[&RUN[..], &["--yes"]].concat()) else { return };
    let (seen, code) = terminal.end();
    assert_eq!(code, 0, "{seen}");
    assert!(!seen.contains("[y/N]"), "{seen}");
}

#[test]
fn ctrl_c_offers_to_cancel_what_is_in_the_queue() {
    for (answer, state) in
        [("y\n", "cancelled"), ("n\n", "in queue, position 0"), ("\u{3}", "in queue, position 0")]
    {
        let service = slow();
        let Some(mut terminal) = Terminal::run(&service, &[&RUN[..], &["--yes"]].concat()) else {
            return;
        };
        terminal.until("in queue, position 0");
        terminal.write("\u{3}");
        terminal.until("It is still in the queue. Cancel it? [y/N] ");
        terminal.write(answer);
        let (seen, code) = terminal.end();
        assert_eq!(code, 130, "{seen}");
        let id = service.sandbox.accepted_jobs()[0].request_id.clone();
        assert!(
            seen.contains(&format!("request {id} goes on; wait for it again with `rcf wait {id}`")),
            "{seen}"
        );
        assert_eq!(seen.contains(&format!("request {id} is cancelled")), answer == "y\n", "{seen}");
        assert_eq!(service.succeed(&["status", &id]), format!("{id} {state}\n"));
    }
}

#[test]
fn an_error_in_json_repeats_what_a_person_was_told() {
    for answer in ["n\n", "\u{3}"] {
        let service = slow();
        let words = [&RUN[..], &["--yes", "--json"]].concat();
        let Some(mut terminal) = Terminal::run(&service, &words) else { return };
        terminal.until("in queue, position 0");
        terminal.write("\u{3}");
        terminal.until("Cancel it? [y/N] ");
        terminal.write(answer);
        let (seen, code) = terminal.end();
        let id = service.sandbox.accepted_jobs()[0].request_id.clone();
        let goes_on = format!(
            "request {id} goes on; wait for it again with `rcf wait {id}`, or `rcf resume` for all jobs"
        );
        assert_eq!(code, 130, "{seen}");
        assert!(seen.contains(&format!("\"message\": \"{goes_on}\"")), "{seen}");
        // To the person, it is said once.
        assert_eq!(seen.matches(&format!("{goes_on}\r\n")).count(), 1, "{seen}");
    }
}
