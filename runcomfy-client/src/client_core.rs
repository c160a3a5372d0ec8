//! The part of a client that its clones and jobs hold, too.

use std::sync::Arc;

use runcomfy_journal::Journal;

use crate::transport::Transport;

/// The connections with their limits, and the journal. Cheap to clone.
#[derive(Clone)]
pub(crate) struct ClientCore {
    pub(crate) transport: Arc<Transport>,
    pub(crate) journal: Option<Arc<dyn Journal>>,
}
