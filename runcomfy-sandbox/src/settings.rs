//! The settings of a sandbox.
//!
//! The default answers have the documented words and forms. Answers that the service is only known
//! to have sent are settings.

use std::borrow::Cow;

/// The stage of a job. The settings choose the words that calls use for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// It waits in the queue, and can be cancelled.
    Queued,
    /// It runs.
    Running,
    /// It ended, and has an output.
    Succeeded,
    /// It ended without an output.
    Failed,
    /// It was cancelled while it was queued.
    Cancelled,
}

/// The response to a result call before the job ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum EarlyResult {
    /// HTTP 200 with the current stage.
    #[default]
    CurrentState,
    /// HTTP 400 with code 400005, "not ready".
    NotReady,
}

/// The response to a cancel call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CancelAnswer {
    /// HTTP 202: `{request_id, status, outcome}`, all three correct.
    #[default]
    Full,
    /// HTTP 202: `{outcome}` alone.
    OutcomeOnly,
    /// HTTP 202: `{request_id, outcome: "cancellation_requested"}` if the job was cancelled.
    Requested,
    /// HTTP 202: `{request_id, status: "cancellation_requested"}`, without an outcome, if the job
    /// was cancelled.
    RequestedStatus,
    /// HTTP 202: `{request_id, status: "completed", outcome: "cancelled"}` if the job was
    /// cancelled, as in the example of the service's reference.
    Contradictory,
    /// HTTP 202 without a body, whether the job was cancelled or not.
    Empty,
    /// HTTP 204, whether the job was cancelled or not.
    NoContent,
}

/// The form of a job's `output`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OutputForm {
    /// Follows the model's `output_schema`; [`Object`](Self::Object) for a model without one.
    #[default]
    BySchema,
    /// `{"image": "https://...", "images": ["https://..."]}`, `{"video": "https://..."}` or
    /// `{"audio": "https://..."}`.
    Object,
    /// `"https://..."`.
    Url,
    /// `["https://...", "https://..."]`.
    Urls,
    /// `[{"url": "https://..."}, {"url": "https://..."}]`.
    UrlObjects,
    /// `{"images": [{"url": "https://..."}, {"url": "https://..."}]}`, or `videos`, or `audios`.
    ObjectOfUrlObjects,
}

/// The response of a part of the service that does not know a job, or its end, yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lag {
    /// HTTP 404 with code 404001.
    NotFound,
    /// HTTP 425.
    TooEarly,
    /// HTTP 499.
    ClientClosed,
    /// HTTP 400 with code 400005, "not ready".
    NotReady,
    /// An outdated stage: queued after the submission, running after the end.
    Stale,
}

/// How many of the first calls about a job get a lagging response, and which one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lags {
    pub(crate) after_accept: Option<(u32, Lag)>,
    pub(crate) after_end: Option<(u32, Lag)>,
}

/// A call's word for each stage.
#[derive(Clone, Debug)]
pub(crate) struct Words([Cow<'static, str>; 5]);

impl Words {
    fn new(words: [&'static str; 5]) -> Self {
        Self(words.map(Cow::Borrowed))
    }

    pub(crate) fn of(&self, stage: Stage) -> &str {
        &self.0[stage as usize]
    }

    pub(crate) fn set(&mut self, stage: Stage, word: String) {
        self.0[stage as usize] = word.into();
    }
}

/// The settings that the calls of a running sandbox follow.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) status_words: Words,
    pub(crate) result_words: Words,
    pub(crate) early_result: EarlyResult,
    pub(crate) cancel_answer: CancelAnswer,
    pub(crate) output_form: OutputForm,
    /// Scheme, host and port of output URLs; `None` for the sandbox's own.
    pub(crate) output_origin: Option<String>,
    pub(crate) repeat_input: bool,
    /// The HTTP status of an accepted submission.
    pub(crate) submit_status: u16,
    /// The HTTP status for a wrong token.
    pub(crate) token_status: u16,
    pub(crate) lags: Lags,
    pub(crate) require_balance: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            // `completed` means that the job ended; the result says how.
            status_words: Words::new([
                "in_queue",
                "in_progress",
                "completed",
                "completed",
                "cancelled",
            ]),
            result_words: Words::new([
                "in_queue",
                "in_progress",
                "succeeded",
                "failed",
                "cancelled",
            ]),
            early_result: EarlyResult::default(),
            cancel_answer: CancelAnswer::default(),
            output_form: OutputForm::default(),
            output_origin: None,
            repeat_input: true,
            submit_status: 200,
            token_status: 400,
            lags: Lags::default(),
            require_balance: false,
        }
    }
}
