//! What a client shares with its jobs.

use std::sync::Arc;

use runcomfy_journal::Journal;

use crate::transport::Transport;

/// What a client shares with its clones and jobs. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Shared {
    pub(crate) transport: Arc<Transport>,
    pub(crate) journal: Option<Arc<dyn Journal>>,
}
