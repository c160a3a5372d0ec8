//! What is known about a job without a call.

use std::sync::Arc;
use std::time::Duration;

use runcomfy_journal::{RequestId, Submission};
use runcomfy_types::{MediaKind, ModelId};

/// What is known about a job without a call.
#[derive(Clone, Debug)]
pub(super) struct JobFacts {
    pub(super) request_id: RequestId,
    pub(super) model_id: Option<ModelId>,
    /// The same, if nothing says so but the type that the caller took the job up with.
    pub(super) assumed_model: Option<&'static str>,
    /// The kind of file that the model makes.
    pub(super) output_kind: Option<MediaKind>,
    /// Its submission in the journal.
    pub(super) submission: Option<Arc<Submission>>,
    /// When this client heard of it by the answer to its submission, by the client's clock. That may be an
    /// error that names its id.
    pub(super) heard_at: Option<Duration>,
}
