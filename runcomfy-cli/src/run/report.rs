//! An error as JSON, for `--json`.

use runcomfy_client::Error as ClientError;
use runcomfy_models::Value;
use serde_json::json;

use crate::Error;

/// An error: its exit code, its message, and the job that it is about.
pub(super) fn error_json(error: &Error) -> Value {
    let client =
        std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<ClientError>());
    json!({
        "exit_code": error.kind().exit_code(),
        "message": error.to_string(),
        "request_id": client.and_then(ClientError::request_id),
    })
}
