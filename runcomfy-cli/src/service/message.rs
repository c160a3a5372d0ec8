//! The messages of the library's errors, with commands in place of the library's own calls.

use runcomfy_client::{ApiError, ApiErrorKind, Error as ClientError, JobState};
use runcomfy_schema::printable::printable;

use super::{Context, shell_word, take_up};

const NO_VERSION: &str = "RUNCOMFY_MODEL_API_BASE has no version";

/// What the library says to a Rust program, and what to say to a person instead.
const WORDS: [(&str, &str); 25] = [
    (" Allow it with `DownloadOptions::allow_host`", ""),
    (", or on one allowed with `DownloadOptions::allow_host`", ""),
    ("; raise it with `DownloadOptions::largest`", ""),
    (", or set `DownloadOptions::existing`", ""),
    ("; allow more time with `DownloadOptions::timeout`", ""),
    (": `Job::result` gives a new one", ""),
    ("; correct its `Serialize` and submit again", ""),
    (", so correct its `Serialize` and submit again", ""),
    (
        "; if the service has a key of this name, too, send the body with `submit_json`",
        "; if the service has a key of this name, too, `--unchecked` sends the input with it",
    ),
    (
        "put it into the input as JSON, where they are checked",
        "set it with `--set`, where they are checked",
    ),
    (
        "call `ClientBuilder::token`, or take it from the environment with `Client::from_env`",
        "set RUNCOMFY_API_TOKEN",
    ),
    ("the base URL of the client has no version", NO_VERSION),
    ("is not a URL (relative URL without a base); use", "is not a URL; an address looks like"),
    ("check the base URL of the client", "check RUNCOMFY_MODEL_API_BASE"),
    ("take the job up with `Client::job_json`", "wait for the job with `rcf wait`"),
    ("get the job with `Client::job_json` and ask for its status", "ask for it with `rcf status`"),
    ("ask for it with `Client::job_json`", "ask for it with `rcf status`"),
    (
        "get the job by this id with `Client::job`, or with `Client::resume`",
        "wait for it with `rcf wait`",
    ),
    ("`Client::job` with this id gives the result", "`rcf result` with this id writes the result"),
    (
        "call `FileJournal::settle` if it was accepted, `FileJournal::not_accepted` if not",
        "then `rcf resume --settle ID` if it was accepted, `rcf resume --not-accepted ID` if not",
    ),
    ("get it later by its id with `Client::job`", "wait for it later with `rcf wait`"),
    ("`Client::resume` will return the job again", "`rcf resume` will fetch its files again"),
    (" (`Keyed`)", ""),
    ("ask for it later with `Job::result`", "ask for it later with `rcf result`"),
    (
        ", perhaps with a newer version of this library",
        ", perhaps with a newer version of this program",
    ),
];

/// The message of an error.
pub(super) fn message(error: &ClientError, context: &Context<'_>) -> String {
    match error {
        ClientError::Api(refusal) => of_refusal(refusal, error, context),
        error => of_other(error, context),
    }
}

fn in_state(state: Option<&JobState>) -> String {
    state.map(|state| format!(" (state: {state})")).unwrap_or_default()
}

fn of_other(error: &ClientError, context: &Context<'_>) -> String {
    let out = context.out_flag();
    let take_up = |request_id| format!("{}{out}", take_up(request_id));
    match error {
        ClientError::WaitTimeout { request_id, state, .. } => {
            format!(
                "request {request_id} has not ended within the time for the wait{}; the job goes on: `{}`",
                in_state(state.as_ref()),
                take_up(request_id)
            )
        }
        ClientError::UnknownState { request_id, state, .. } => format!(
            "request {request_id} stays in the state {:?}, which this version does not know; ask again \
             later: `{}`",
            printable(state),
            take_up(request_id)
        ),
        ClientError::NotFinished { request_id, state } => format!(
            "request {request_id} has no result yet{}; wait for it: `{}`",
            in_state(state.as_ref()),
            take_up(request_id)
        ),
        ClientError::NoAnswer { request_id, .. } | ClientError::BadAnswer { request_id, .. } => {
            format!("{}; try again: `{}`", translated(error), take_up(request_id))
        }
        ClientError::Download { request_id: Some(request_id), .. } => {
            format!(
                "{}; try again: `rcf download {}{out}`",
                translated(error),
                shell_word(request_id)
            )
        }
        ClientError::NotSettled { request_id, .. } => error.to_string().replace(
            "`Client::resume` will return the job again",
            &format!("`rcf resume` will fetch the files of {request_id} again"),
        ),
        ClientError::SubmitUnknown { request_id: Some(request_id), source, .. } => format!(
            "the answer to the submission is incomplete: {source}; the job exists: `{}`",
            take_up(request_id)
        ),
        ClientError::SubmitUnknown { hint, .. } => {
            let text = match hint {
                Some(hint) => translated_as(
                    error,
                    "ask for it with `Client::job_json`",
                    &format!("ask for it with `rcf status {}`", shell_word(hint)),
                ),
                None => translated(error),
            };
            match context.submission {
                Some(id) => format!("{text}. {}", settle(id)),
                None => text,
            }
        }
        ClientError::ResultUnreadable { request_id, .. } => translated_as(
            error,
            "ask for it later with `Job::result`",
            &format!("ask for it later: `{}`", take_up(request_id)),
        ),
        error => translated(error),
    }
}

fn translated(error: &ClientError) -> String {
    in_words_of_the_program(&error.to_string())
}

/// The message with one part replaced.
fn translated_as(error: &ClientError, words: &str, instead: &str) -> String {
    in_words_of_the_program(&error.to_string().replace(words, instead))
}

/// A message without calls of the library.
fn in_words_of_the_program(text: &str) -> String {
    let text =
        WORDS.iter().fold(text.to_owned(), |text, (word, instead)| text.replace(word, instead));
    let Some((before, rest)) = text.split_once(SETTER.0) else { return text };
    match rest.split_once(SETTER.1) {
        Some((name, rest)) => format!("{before}set it with `--set {name}=VALUE`{rest}"),
        None => text,
    }
}

/// What stands before and after the name of a field whose setter the library advises to call.
const SETTER: (&str, &str) = ("set it in the input, with `.", "(..)` in its builder");

/// How a person tells the journal what became of a submission.
pub(crate) fn settle(id: &str) -> String {
    let id = shell_word(id);
    format!(
        "Then `rcf resume --settle {id}` if it was accepted, or `rcf resume --not-accepted {id}` if it was not"
    )
}

const CHECK_ID: &str = "check the id; the job may have expired, or belong to another account";

/// A refusal of the service, and what to do next.
fn of_refusal(refusal: &ApiError, error: &ClientError, context: &Context<'_>) -> String {
    let advice = match (refusal.kind, &refusal.request_id, &refusal.model_id) {
        (ApiErrorKind::InvalidInput, ..) if !context.is_unchecked => {
            "correct the input; if this program then refuses it, `--unchecked` sends it without a check"
                .to_owned()
        }
        (ApiErrorKind::InvalidInput, _, Some(id)) => {
            format!("correct the input; `rcf models show {id}` says what it takes")
        }
        (ApiErrorKind::InvalidInput, ..) => "correct the input".to_owned(),
        // The library says what the address lacks.
        (ApiErrorKind::NotFound, ..) if translated(error).contains(NO_VERSION) => {
            return translated(error);
        }
        (ApiErrorKind::NotFound, Some(id), _) => {
            let forgets = format!("`rcf resume --settle {}` forgets it", shell_word(id));
            match (refusal.status == 410, context.is_recorded) {
                (true, true) => format!("the job is gone; {forgets}"),
                (true, false) => "the job is gone".to_owned(),
                (false, true) => format!("{CHECK_ID}. If it is gone, {forgets}"),
                (false, false) => CHECK_ID.to_owned(),
            }
        }
        (ApiErrorKind::NotFound, None, Some(id)) => format!(
            "the service has no model {id} at this address: `rcf models search WORD` finds one"
        ),
        _ => return translated(error),
    };
    let text = refusal.to_string();
    let between = if text.contains('\n') { "\n" } else { "; " };
    format!("{text}{between}{advice}")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::in_words_of_the_program;

    /// Messages that no command leads to.
    const UNREACHABLE: [&str; 7] = [
        // Every job of the program has a client.
        "has no client yet; give it one with `Client::attach`",
        // The program has no typed jobs.
        "take it up with the `Input` of {found} as its type",
        // It has no blocking client.
        "use the asynchronous client, or a thread of your own (`std::thread::spawn`)",
        // `of_refusal` gives advice of its own.
        "until then, `submit_json` sends a body unchecked",
        "call `FileJournal::settle` with its submission, so that `Client::resume` does not return it",
        "`Client::model` fetches the schema of {}",
        "`Client::models` lists the models, and `runcomfy_models::closest_ids` finds similar ids",
    ];

    /// What is not a word of the program: a path, a setter, or a type.
    fn is_rust(word: &str) -> bool {
        word.contains("::") || word.contains("(..)") || word == "submit_json"
    }

    fn has_rust(text: &str) -> bool {
        text.contains("URL of the client") || text.split('`').skip(1).step_by(2).any(is_rust)
    }

    /// The lines of code below a folder, each string on one line.
    fn lines(folder: &Path, lines: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                if path.file_name().is_none_or(|name| name != "tests") {
                    self::lines(&path, lines);
                }
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            let mut joined = String::new();
            for line in text.lines() {
                match line.trim().strip_suffix('\\') {
                    Some(start) => joined.push_str(start),
                    None => {
                        joined.push_str(line.trim());
                        joined.push('\n');
                    }
                }
            }
            lines.extend(joined.lines().map(str::to_owned));
        }
    }

    #[test]
    fn no_message_tells_a_person_to_call_the_library() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut all = Vec::new();
        for name in ["runcomfy-client", "runcomfy-journal"] {
            lines(&root.join("..").join(name).join("src"), &mut all);
        }
        let is_message = |line: &&String| {
            line.contains('"')
                && !["//", "#[", "note =", "label ="].iter().any(|start| line.starts_with(start))
        };
        let messages: Vec<_> =
            all.iter().filter(is_message).filter(|line| has_rust(line)).collect();
        assert!(messages.len() > 15, "{messages:#?}");
        let is_wrong = |line: &&&String| {
            let is_unreachable = UNREACHABLE.iter().any(|part| line.contains(part));
            !is_unreachable && has_rust(&in_words_of_the_program(line))
        };
        let wrong: Vec<_> = messages.iter().filter(is_wrong).collect();
        assert!(wrong.is_empty(), "{wrong:#?}");
        for part in UNREACHABLE {
            assert!(all.iter().any(|line| line.contains(part)), "no message has {part:?}");
        }
    }
}
