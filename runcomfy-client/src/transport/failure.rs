//! Why a call has no usable response.

use std::fmt;
use std::time::Duration;

use runcomfy_schema::printable::printable;
use url::Url;

use super::named_id::Ids;
use super::proxy::Proxy;
use super::redactor::Redactor;
use super::throttle::Throttled;
use crate::error::{ApiError, BoxError};
use crate::time::ShownDuration;

/// Why a call has no usable response. Public methods turn it into an [`Error`](crate::Error).
#[derive(Debug)]
pub(crate) enum CallError {
    /// The client's own limits, or a pause that the service asked for, leave no time for it.
    Throttled { attempts: u32, source: Throttled },
    /// There is no response.
    Transport { attempts: u32, source: TransportError },
    /// The service refused it.
    Refused(Box<ApiError>),
}

/// Why there is no response.
#[derive(Debug)]
pub(crate) enum TransportError {
    /// Nothing was sent: there was no connection.
    NotConnected {
        source: reqwest::Error,
        /// Host and port.
        to: String,
        /// The proxy of the connection, in words.
        via: Option<String>,
    },
    /// The service may have received something.
    ConnectionLost(reqwest::Error),
    /// The response had begun.
    CutOff { source: reqwest::Error, start: AnswerStart },
    /// The call took too long.
    TimedOut { after: Duration, start: AnswerStart },
    /// The response is longer than any of the API.
    TooLong { limit: u64, start: AnswerStart },
}

/// What had arrived of a response that is incomplete.
#[derive(Debug, Default)]
pub(crate) struct AnswerStart {
    /// 0 before there is one.
    status: u16,
    /// The start of the body, as an error shows it.
    shown: String,
    ids: Ids,
}

impl AnswerStart {
    pub(super) fn new(status: u16, body: &str, redactor: &Redactor) -> Self {
        const MAX_SHOWN_LEN: usize = 300;
        // The last word may be a part of the token, which is found only as a whole.
        let end = body.rfind(|c: char| c == '"' || c.is_whitespace()).map_or(0, |at| at + 1);
        let shown = body.get(..end).unwrap_or_default().trim();
        let shown = printable(&redactor.excerpt(shown, MAX_SHOWN_LEN)).into_owned();
        // The token is no id.
        Self { status, shown, ids: Ids::in_start(status, body, |id| !redactor.finds_in(id)) }
    }

    /// Whether it begins as the successes of the API do.
    fn is_of_api(&self) -> bool {
        (200..300).contains(&self.status) && self.shown.starts_with('{')
    }
}

impl fmt::Display for AnswerStart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.status, &*self.shown) {
            (0, _) => Ok(()),
            (status, "") => write!(f, " (it began with HTTP {status})"),
            (status, shown) => write!(f, " (it began with HTTP {status}: {shown})"),
        }
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnected { source, to, via } => write!(
                f,
                "cannot connect to {to}{}: {}",
                via.as_ref().map(|via| format!(" {via}")).unwrap_or_default(),
                innermost(source)
            ),
            Self::ConnectionLost(source) => {
                write!(f, "the connection broke before the answer: {}", innermost(source))
            }
            Self::CutOff { source, start } => {
                write!(f, "the connection broke within the answer: {}{start}", innermost(source))
            }
            Self::TimedOut { after, start } => {
                write!(f, "no complete answer within {}{start}", ShownDuration(*after))
            }
            Self::TooLong { limit, start } => {
                write!(f, "the answer is longer than {limit} bytes{start}")
            }
        }
    }
}

impl std::error::Error for TransportError {
    /// The innermost cause. The causes before it say less than the message.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotConnected { source, .. }
            | Self::ConnectionLost(source)
            | Self::CutOff { source, .. } => Some(innermost_cause(source)),
            _ => None,
        }
    }
}

impl TransportError {
    /// Why a call to this URL got no response, through this proxy.
    pub(super) fn no_response(error: reqwest::Error, url: &Url, proxy: Option<&Proxy>) -> Self {
        // The error around this one names the job or the file, which says more than the URL.
        let source = error.without_url();
        if !source.is_connect() {
            return Self::ConnectionLost(source);
        }
        let via = proxy.and_then(|proxy| proxy.describe(url));
        Self::NotConnected { source, to: host_and_port(url), via }
    }

    pub(crate) fn surely_not_received(&self) -> bool {
        matches!(self, Self::NotConnected { .. })
    }

    /// Whether the same call will fail in the same way: an answer of the API is too long. The page of a broken
    /// server may have any length, too, and passes.
    pub(super) fn is_permanent(&self) -> bool {
        matches!(self, Self::TooLong { start, .. } if start.is_of_api())
    }

    /// The ids in the start of the response, and the error.
    pub(crate) fn into_parts(mut self) -> (Ids, BoxError) {
        let ids = match &mut self {
            Self::CutOff { start, .. }
            | Self::TimedOut { start, .. }
            | Self::TooLong { start, .. } => std::mem::take(&mut start.ids),
            Self::NotConnected { .. } | Self::ConnectionLost(_) => Ids::default(),
        };
        (ids, self.into())
    }
}

/// `model-api.runcomfy.net:443`
fn host_and_port(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port_or_known_default().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The message of the innermost cause, which is the system's reason.
pub(crate) fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    innermost_cause(error).to_string()
}

fn innermost_cause<'a>(
    mut error: &'a (dyn std::error::Error + 'static),
) -> &'a (dyn std::error::Error + 'static) {
    while let Some(source) = error.source() {
        error = source;
    }
    error
}
