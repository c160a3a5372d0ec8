//! The answers of the API. Read with patience: what is not needed may be missing or of any type.
//! Written out rather than derived, so that an app that derives nothing itself does not build the
//! derive macros for four answers.

use runcomfy_types::__private::take;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::lenient::number;

/// `GET /requests/{request_id}/status`.
#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) status: String,
    pub(crate) queue_position: Option<u64>,
}

/// `GET /requests/{request_id}/result`.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) status: String,
    pub(crate) output: Value,
    pub(crate) created_at: Option<String>,
    pub(crate) finished_at: Option<String>,
    pub(crate) cost: Option<f64>,
}

/// `POST /requests/{request_id}/cancel`.
#[derive(Debug)]
pub(crate) struct Cancelled {
    pub(crate) status: Option<String>,
    pub(crate) outcome: Option<String>,
}

/// A job as it serialises.
#[derive(Debug)]
pub(crate) struct KeptJob {
    pub(crate) request_id: String,
    pub(crate) model_id: Option<String>,
}

impl<'de> Deserialize<'de> for KeptJob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        Ok(Self {
            request_id: required(&mut members, "request_id")?,
            model_id: take(&mut members, "model_id"),
        })
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        Ok(Self {
            status: required(&mut members, "status")?,
            queue_position: take(&mut members, "queue_position"),
        })
    }
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        Ok(Self {
            status: required(&mut members, "status")?,
            output: members.remove("output").unwrap_or_default(),
            created_at: take(&mut members, "created_at"),
            finished_at: take(&mut members, "finished_at"),
            cost: number(&mut members, "cost"),
        })
    }
}

impl<'de> Deserialize<'de> for Cancelled {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        Ok(Self { status: take(&mut members, "status"), outcome: take(&mut members, "outcome") })
    }
}

fn required<E: serde::de::Error>(
    members: &mut Map<String, Value>,
    key: &'static str,
) -> Result<String, E> {
    match members.remove(key) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(E::custom(format_args!("`{key}` is {other}, not a string"))),
        None => Err(E::missing_field(key)),
    }
}
