//! The answers of the API. Read with patience: what is not needed may be missing or of any type.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// `POST /models/{model_id}`.
#[derive(Debug, Deserialize)]
pub(super) struct Submitted {
    pub(super) request_id: String,
}

/// `GET /requests/{request_id}/status`.
#[derive(Debug, Deserialize)]
pub(super) struct Status {
    pub(super) status: String,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) queue_position: Option<u64>,
}

/// `GET /requests/{request_id}/result`.
#[derive(Debug, Deserialize)]
pub(super) struct Outcome {
    pub(super) status: String,
    #[serde(default)]
    pub(super) output: Value,
    #[serde(default)]
    pub(super) error: Value,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) created_at: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) finished_at: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) cost: Option<f64>,
}

/// `POST /requests/{request_id}/cancel`.
#[derive(Debug, Deserialize)]
pub(super) struct Cancelled {
    #[serde(default, deserialize_with = "lenient")]
    pub(super) status: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    pub(super) outcome: Option<String>,
}

/// `None` where a value is not of the type expected.
fn lenient<'de, T: DeserializeOwned, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(T::deserialize(Value::deserialize(deserializer)?).ok())
}
