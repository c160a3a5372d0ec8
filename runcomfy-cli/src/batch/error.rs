//! What errors of batches mean for a command.

use runcomfy_batch::Error as BatchError;
use runcomfy_schema::printable::printable;

use crate::{Error, ErrorKind, service};

/// The error of a command whose batch failed.
pub(super) fn of_batch(error: BatchError) -> Error {
    let kind = match error {
        BatchError::Client(error) => return service::error(error),
        BatchError::BadStore { .. } | BatchError::BadName(_) | BatchError::BadPlace { .. } => {
            ErrorKind::Usage
        }
        BatchError::Open { ref store, .. } if !store.contains("://") => ErrorKind::Io,
        BatchError::NoEstimate { .. }
        | BatchError::NoJob(_)
        | BatchError::OfAnotherBatch { .. }
        | BatchError::OfAnotherJob { .. }
        | BatchError::OfAnotherModel { .. } => ErrorKind::BadInput,
        BatchError::Damaged { .. } | BatchError::NotSaved { .. } => ErrorKind::Io,
        _ => ErrorKind::Unavailable,
    };
    let message = match &error {
        BatchError::NoEstimate { .. } => {
            format!("{error}; state their prices with --price MODEL=USD when you add them")
        }
        BatchError::OfAnotherModel { .. } => {
            format!("{error}; if both names are those of one model, --any-model takes it")
        }
        error => error.to_string(),
    };
    Error::new(kind, printable(&message).into_owned()).because(error)
}
