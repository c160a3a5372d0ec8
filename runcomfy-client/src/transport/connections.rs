//! The connections of a client, in two pools: one for submissions, one for all other calls.
//!
//! A server closes connections that are idle for some time. A call that is on its way at that moment breaks,
//! and nobody can tell whether it was received: another call is repeated, but the outcome of a submission is
//! then unknown. So a submission uses only a connection that was used just before.

use std::time::Duration;

use crate::error::{BoxError, ConfigError};

use super::limits::Limits;
use super::tls;

/// A connection that was idle for this long is not used again.
const MAX_IDLE: Duration = Duration::from_secs(20);

/// The same for submissions. Less than any usual server waits: some wait 2 s, many 5 s.
const MAX_SUBMISSION_IDLE: Duration = Duration::from_secs(1);

pub(super) struct Connections {
    pub(super) submissions: reqwest::Client,
    pub(super) others: reqwest::Client,
}

impl Connections {
    /// `local` says whether the service is a server on this machine.
    pub(super) fn new(limits: &Limits, local: bool) -> Result<Self, ConfigError> {
        let http_error = |source: BoxError| ConfigError::Http { source };
        let tls = tls::config(local).map_err(|error| http_error(error.into()))?;
        let pool = |max_idle: Duration| {
            let mut builder = reqwest::Client::builder()
                .user_agent(concat!("runcomfy-rust/", env!("CARGO_PKG_VERSION")))
                // Clones share the sessions, so that a new connection resumes one.
                .tls_backend_preconfigured(tls.clone())
                .connect_timeout(limits.connect_timeout)
                .pool_idle_timeout(max_idle)
                // The token goes to no other host, and no call is repeated behind the caller's back.
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never());
            if local {
                builder = builder.no_proxy();
            }
            builder.build().map_err(|error| http_error(error.into()))
        };
        Ok(Self { submissions: pool(MAX_SUBMISSION_IDLE)?, others: pool(MAX_IDLE)? })
    }
}
