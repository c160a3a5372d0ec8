//! The error of every command, with its exit code.

use std::error::Error as StdError;
use std::io;

/// The result of a command.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a command failed. Displays the message alone; `{:?}` adds the causes.
#[derive(thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    message: String,
    is_closed_output: bool,
    is_told: bool,
    request_id: Option<String>,
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

runcomfy_schema::debug_as_report!(struct Error {
    kind, message, is_closed_output, is_told, request_id, source
});

/// What kind of reason it was. Each has an exit code of its own, as in BSD's `sysexits.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The command line is wrong: exit code 64.
    Usage,
    /// An input is wrong, for example a schema: exit code 65.
    BadInput,
    /// The service, or a program that is needed, is not there, and nothing was accepted: exit code 69.
    Unavailable,
    /// A job failed or was cancelled: exit code 70.
    JobFailed,
    /// A file cannot be read, fetched or written: exit code 74.
    Io,
    /// It may go well later. A job that was submitted goes on: exit code 75.
    TryAgain,
    /// Nobody knows whether the service accepted a submission: exit code 76.
    OutcomeUnknown,
    /// No token, or one that is refused, or no money: exit code 77.
    NoPermission,
    /// The user stopped it: exit code 130.
    Interrupted,
}

impl ErrorKind {
    /// The exit code of a program that fails for this reason.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Usage => 64,
            Self::BadInput => 65,
            Self::Unavailable => 69,
            Self::JobFailed => 70,
            Self::Io => 74,
            Self::TryAgain => 75,
            Self::OutcomeUnknown => 76,
            Self::NoPermission => 77,
            Self::Interrupted => 130,
        }
    }

    /// The kind of an error about a job that was accepted, and is paid for. A script submits again after the exit codes of
    /// a wrong input, a service that is not there and a refused token; for such a job, they become
    /// [`TryAgain`](Self::TryAgain).
    #[must_use]
    pub(crate) fn of_accepted_job(self) -> Self {
        match self {
            Self::Usage | Self::BadInput | Self::Unavailable | Self::NoPermission => Self::TryAgain,
            kind => kind,
        }
    }
}

impl Error {
    /// An error with this message, which says what to do next.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            is_closed_output: false,
            is_told: false,
            request_id: None,
            source: None,
        }
    }

    /// A wrong command line.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Usage, message)
    }

    /// A wrong input.
    pub fn bad_input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::BadInput, message)
    }

    /// A file that cannot be read or written.
    pub fn io(message: impl Into<String>, source: io::Error) -> Self {
        Self::new(ErrorKind::Io, message).because(source)
    }

    /// Puts the name of the file that the error is about before its message, if the message does not have it.
    #[must_use]
    pub(crate) fn named(mut self, file: &str) -> Self {
        if !self.message.contains(file) {
            self.message = format!("{file}: {}", self.message);
        }
        self
    }

    /// Adds the cause of the error.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds the request id of the job that the error is about.
    #[must_use]
    pub fn about(mut self, request_id: impl Into<String>) -> Self {
        self.request_id = Some(request_id.into());
        self
    }

    /// Marks an error whose message the user has read already. It is not written to the standard error again.
    #[cfg(feature = "run")]
    #[must_use]
    pub(crate) fn told(mut self) -> Self {
        self.is_told = true;
        self
    }

    /// Makes it an error about a job that was accepted: see [`ErrorKind::of_accepted_job`].
    #[cfg(feature = "run")]
    #[must_use]
    pub(crate) fn of_accepted_job(mut self, request_id: &str) -> Self {
        self.kind = self.kind.of_accepted_job();
        self.about(request_id)
    }

    /// The request id of the job that it is about, if it is about one that the service knows.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The messages of its causes, but for those that say nothing new.
    #[must_use]
    pub fn causes(&self) -> Vec<String> {
        /// More than any error has.
        const MAX_CAUSES: usize = 32;
        let mut causes: Vec<String> = Vec::new();
        let mut next = self.source();
        for _ in 0..MAX_CAUSES {
            let Some(cause) = next else { break };
            let text = cause.to_string();
            let is_said = |message: &String| message.contains(&text);
            if !is_said(&self.message) && !causes.iter().any(is_said) {
                causes.push(text);
            }
            next = cause.source();
        }
        causes
    }

    /// What kind of reason it was.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Whether the user has read its message already.
    pub(crate) fn is_told(&self) -> bool {
        self.is_told
    }

    /// Whether it failed because nobody reads its output any more.
    pub(crate) fn is_closed_output(&self) -> bool {
        self.is_closed_output
    }
}

/// A failure to write the output of a command. Failures to read or write files say which file: see
/// [`Error::io`].
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        let is_closed_output = error.kind() == io::ErrorKind::BrokenPipe;
        Self { is_closed_output, ..Self::io("cannot write the output", error) }
    }
}
