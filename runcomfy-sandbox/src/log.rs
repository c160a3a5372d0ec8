//! The log: one line per call. A line has no query, header or body, and never the token.

use std::sync::Arc;
use std::time::Instant;

use axum::http::{Method, Uri};
use axum::response::Response;

use crate::faults::Fault;
use crate::shared::Shared;

/// Receives each line, without a line break.
pub(crate) type Sink = Arc<dyn Fn(&str) + Send + Sync>;

/// A response extension with the id of the accepted job.
#[derive(Clone, Debug)]
pub(crate) struct AcceptedId(pub(crate) Arc<str>);

/// The log line of a call. Dropping it writes the line, so that a call without a response is logged
/// too.
pub(crate) struct Line<'a> {
    shared: &'a Shared,
    sink: &'a Sink,
    start: Instant,
    method: Method,
    uri: &'a Uri,
    fault: Option<String>,
    /// The HTTP status; `None` without a response.
    status: Option<u16>,
    accepted: Option<AcceptedId>,
}

impl<'a> Line<'a> {
    /// `None` if there is no log.
    pub(crate) fn begin(shared: &'a Shared, method: &Method, uri: &'a Uri) -> Option<Self> {
        let sink = shared.log.as_ref()?;
        let (start, method) = (Instant::now(), method.clone());
        Some(Self { shared, sink, start, method, uri, fault: None, status: None, accepted: None })
    }

    pub(crate) fn set_fault(&mut self, fault: &Fault) {
        // Only the name of the variant: its fields may be long.
        let shown = format!("{fault:?}");
        let end = shown.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(shown.len());
        self.fault = Some(shown[..end].to_owned());
    }

    pub(crate) fn set_response(&mut self, response: &Response) {
        self.status = Some(response.status().as_u16());
        self.accepted = response.extensions().get().cloned();
    }

    /// The outcome that the caller sees.
    fn outcome(&self) -> String {
        let is_reset = |fault: &str| fault.starts_with("Reset") || fault == "Refuse";
        match self.status {
            _ if self.fault.as_deref().is_some_and(is_reset) => "reset".to_owned(),
            None => "unanswered".to_owned(),
            Some(status) => status.to_string(),
        }
    }
}

impl Drop for Line<'_> {
    fn drop(&mut self) {
        let Self { shared, start, method, .. } = &*self;
        let outcome = self.outcome();
        // A user may have put the token into a path by mistake.
        let path = match shared.token.as_str() {
            "" => self.uri.path().to_owned(),
            token => self.uri.path().replace(token, "[token]"),
        };
        let date = shared.date(shared.now());
        let took = start.elapsed().as_secs_f64() * 1e3;
        let mut line = format!("{date} {method} {path} {outcome} {took:.1} ms");
        if let Some(AcceptedId(id)) = &self.accepted {
            line += &format!(" request {id}");
        }
        if let Some(fault) = &self.fault {
            line += &format!(" fault {fault}");
        }
        (self.sink)(&line);
    }
}
