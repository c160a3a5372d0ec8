//! An error as JSON, for `--json`.

use runcomfy_models::Value;
use serde_json::json;

use crate::{Error, service};

/// An error: its exit code, its message, and the job that it is about.
pub(crate) fn error_json(error: &Error) -> Value {
    json!({
        "exit_code": error.kind().exit_code(),
        "message": error.to_string(),
        "request_id": service::request_id(error),
    })
}
