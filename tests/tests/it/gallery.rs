//! The messages of values, of the service and of the network, as the gallery shows them. Each case is the
//! program in `tests/ui/`, and beside it is what it prints.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::fs;
use std::time::Duration;

use runcomfy_models::time::{Clock as _, TestClock};
use runcomfy_models::{Client, FileJournal};
use runcomfy_sandbox::{Call, Reply, Sandbox, Stage};

/// Compares each message with its file, or writes it, with `BLESS` in the environment.
fn compare(folder: &str, messages: BTreeMap<&str, String>) {
    let cases = runcomfy_ui::cases(folder).unwrap();
    let names: Vec<_> = cases.iter().map(|case| case.name()).collect();
    assert_eq!(names, messages.keys().copied().collect::<Vec<_>>(), "the cases in {folder}");
    for case in cases {
        let message = messages[case.name()].clone() + "\n";
        if std::env::var_os("BLESS").is_some() {
            fs::write(&case.message, message).unwrap();
            continue;
        }
        let expected = fs::read_to_string(&case.message).unwrap_or_default();
        let file = case.message.display();
        assert_eq!(message, expected, "{file}: run `cargo xtask bless`, and read the difference");
    }
}

/// What a program prints when its `main` returns this.
fn printed<E: Debug>(result: Result<(), E>) -> String {
    match result {
        Ok(()) => "nothing".to_owned(),
        Err(error) => format!("Error: {error:?}"),
    }
}

/// The programs in a folder, each in a module of its own.
macro_rules! programs {
    ($folder:literal: $($name:ident)*) => {$(
        mod $name {
            include!(concat!(env!("CARGO_MANIFEST_DIR"), "/ui/", $folder, "/", stringify!($name), ".rs"));
        }
    )*};
}

mod run_time {
    macro_rules! run {
        ($($name:ident)*) => {
            programs!("run_time": $($name)*);

            pub(super) fn messages() -> super::BTreeMap<&'static str, String> {
                [$((stringify!($name), super::printed($name::main()))),*].into()
            }
        };
    }

    run!(
        all_violations
        bare_file_name
        enum_from_text
        json_that_ends
        json_with_misspelt_key
        json_with_wrong_types
        media_bytes
        media_path
        media_url
        model_at_run_time
        model_id
        output_without_video
    );
}

mod client {
    macro_rules! run {
        ($($name:ident)*) => {
            programs!("client": $($name)*);

            pub(super) async fn messages() -> super::BTreeMap<&'static str, String> {
                let mut messages = super::BTreeMap::new();
                $(
                    let name = stringify!($name);
                    let service = super::Service::new(name).await;
                    let message = super::printed($name::main(service.client.clone()).await);
                    messages.insert(name, service.without_variables(message));
                )*
                messages
            }
        };
    }

    run!(
        accepted_without_an_id
        answer_not_understood
        base_url_invalid
        blocking_call_in_async_code
        catalog_unavailable
        download_from_elsewhere
        download_missing
        extra_key_declared
        input_already_submitted
        input_refused
        job_cancelled
        job_failed
        job_of_another_model
        job_without_a_client
        journal_folder_missing
        no_balance
        no_connection
        no_connection_about_a_job
        not_finished
        outcome_unknown
        output_missing
        request_id_invalid
        request_too_large
        request_unknown
        state_unknown
        token_missing
        token_refused
        unknown_model
        wait_ended
    );
}

/// The sandbox behind a program, prepared for its case.
struct Service {
    sandbox: Sandbox,
    client: Client,
    /// The folder of the journal. It exists as long as this value.
    _folder: tempfile::TempDir,
}

impl Service {
    async fn new(case: &str) -> Self {
        let clock = TestClock::default();
        let shared = clock.clone();
        // Jobs end at once, except where the case needs one that does not.
        let (queue_time, run_time) = match case {
            "job_cancelled" | "not_finished" | "wait_ended" => (3600, 3600),
            _ => (0, 0),
        };
        let sandbox = Sandbox::builder()
            .clock(move || shared.now())
            .queue_time(Duration::from_secs(queue_time))
            .run_time(Duration::from_secs(run_time));
        let sandbox = match case {
            "state_unknown" => sandbox.status_word(Stage::Succeeded, "archived"),
            _ => sandbox,
        };
        let sandbox = sandbox.start().await.unwrap();
        prepare(case, &sandbox);
        let folder = tempfile::tempdir().unwrap();
        let mut client = Client::builder()
            .base_url(sandbox.base_url())
            .token(sandbox.token())
            .clock(clock)
            .jitter_seed(1)
            .attempts(1);
        if case.starts_with("no_connection") {
            client = client.base_url("http://127.0.0.1:1/v1");
        }
        if case == "input_already_submitted" {
            client = client.journal(FileJournal::open(folder.path().join("jobs.journal")).unwrap());
        }
        Self { client: client.build().unwrap(), sandbox, _folder: folder }
    }

    /// The message with the service's own address, and without what differs from run to run.
    fn without_variables(&self, message: String) -> String {
        let mut message = message
            .replace(&self.sandbox.base_url(), "https://model-api.runcomfy.net/v1")
            .replace("http://127.0.0.1:1/v1", "https://model-api.runcomfy.net/v1")
            .replace(self.sandbox.origin(), "https://files.runcomfy.net");
        for job in self.sandbox.accepted_jobs() {
            message = message.replace(job.request_id.as_str(), "4f6e1a52");
        }
        message
    }
}

fn prepare(case: &str, sandbox: &Sandbox) {
    let reply = |call, status, body: &str| sandbox.reply_next(call, Reply::new(status, body));
    match case {
        "token_refused" => reply(Call::Submit, 401, r#"{"message": "invalid token"}"#),
        "no_balance" => reply(
            Call::Submit,
            200,
            r#"{"error_code": 400002, "error_message": "no balance left"}"#,
        ),
        "input_refused" => {
            reply(Call::Submit, 422, r#"{"detail": "the image is larger than 50 MB"}"#);
        }
        "outcome_unknown" => sandbox.reply_next(Call::Submit, Reply::html(502)),
        "accepted_without_an_id" => reply(Call::Submit, 200, r#"{"status": "in_queue"}"#),
        "answer_not_understood" => reply(Call::Status, 200, r#"{"state": "in_queue"}"#),
        "job_failed" => sandbox.fail_next_job("the face could not be found"),
        "catalog_unavailable" => sandbox.reply_next(Call::Catalog, Reply::html(503)),
        "download_missing" => reply(Call::Output, 404, ""),
        _ => {}
    }
}

// The words of the operating system are in some of them.
#[cfg_attr(not(target_os = "linux"), ignore = "the messages are those of Linux")]
#[test]
fn violations_are_as_the_gallery_shows_them() {
    compare("run_time", run_time::messages());
}

#[cfg_attr(not(target_os = "linux"), ignore = "the messages are those of Linux")]
#[tokio::test]
async fn client_errors_are_as_the_gallery_shows_them() {
    compare("client", client::messages().await);
}
