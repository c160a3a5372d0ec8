//! The service: a client from the environment, and what its errors mean for a command.

use runcomfy_client::{ApiErrorKind, Client, ConfigError, Error as ClientError};

use crate::{Error, ErrorKind, Result};

/// A client with the settings of the environment. It makes one call at a time.
pub(crate) fn client() -> Result<Client> {
    let builder = Client::builder_from_env().map_err(error)?;
    builder.calls_at_once(1).build().map_err(error)
}

/// Runs a future to its end.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Error::io("cannot start the network", error))?.block_on(future)
}

/// The error of a command whose call failed.
pub(crate) fn error(error: ClientError) -> Error {
    let kind = match &error {
        ClientError::Config(
            ConfigError::NoToken { .. }
            | ConfigError::BadToken { .. }
            | ConfigError::TokenFile { .. },
        ) => ErrorKind::NoPermission,
        ClientError::Config(_) => ErrorKind::Usage,
        ClientError::Api(refusal) => match refusal.kind {
            ApiErrorKind::Unauthorized
            | ApiErrorKind::Forbidden
            | ApiErrorKind::PaymentRequired => ErrorKind::NoPermission,
            ApiErrorKind::RateLimited => ErrorKind::TryAgain,
            ApiErrorKind::Server => ErrorKind::Unavailable,
            _ => ErrorKind::BadInput,
        },
        ClientError::Catalog { .. } => ErrorKind::Unavailable,
        _ => ErrorKind::BadInput,
    };
    Error::new(kind, error.to_string()).because(error)
}

/// Whether the service has no such model.
pub(crate) fn is_not_found(error: &ClientError) -> bool {
    matches!(error, ClientError::Api(refusal) if refusal.kind == ApiErrorKind::NotFound)
}
