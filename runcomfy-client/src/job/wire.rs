//! The responses of the API. Members that are not needed may be missing or of any type.
//!
//! The code is written by hand: with `derive`, every app would build serde's macros for four types.

use runcomfy_types::__private::take;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::lenient::{FromMembers, number};
use crate::timestamp::Timestamp;

/// `GET /requests/{request_id}/status`.
#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) status: String,
    pub(crate) queue_position: Option<u64>,
}

/// `GET /requests/{request_id}/result`.
#[derive(Debug)]
pub(crate) struct JobResult {
    pub(crate) status: String,
    pub(crate) output: Value,
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) finished_at: Option<Timestamp>,
    pub(crate) cost: Option<f64>,
}

/// `POST /requests/{request_id}/cancel`.
#[derive(Debug)]
pub(crate) struct Cancelled {
    pub(crate) status: Option<String>,
    pub(crate) outcome: Option<String>,
}

/// The form in which a job is serialised.
#[derive(Debug)]
pub(crate) struct SerializedJob {
    pub(crate) request_id: String,
    pub(crate) model_id: Option<String>,
}

impl<'de> Deserialize<'de> for SerializedJob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        Ok(Self {
            request_id: required(&mut members, "request_id").map_err(D::Error::custom)?,
            model_id: take(&mut members, "model_id"),
        })
    }
}

impl FromMembers for Status {
    fn from_members(members: &mut Map<String, Value>) -> Result<Self, String> {
        Ok(Self {
            status: required(members, "status")?,
            queue_position: take(members, "queue_position"),
        })
    }
}

impl FromMembers for JobResult {
    fn from_members(members: &mut Map<String, Value>) -> Result<Self, String> {
        Ok(Self {
            status: required(members, "status")?,
            output: members.remove("output").unwrap_or_default(),
            created_at: timestamp(members, "created_at"),
            finished_at: timestamp(members, "finished_at"),
            cost: number(members, "cost"),
        })
    }
}

impl FromMembers for Cancelled {
    fn from_members(members: &mut Map<String, Value>) -> Result<Self, String> {
        Ok(Self { status: take(members, "status"), outcome: take(members, "outcome") })
    }
}

fn required(members: &mut Map<String, Value>, key: &str) -> Result<String, String> {
    match members.remove(key) {
        Some(Value::String(text)) => Ok(text),
        Some(other) => Err(format!("`{key}` is {other}, not a string")),
        None => Err(format!("missing field `{key}`")),
    }
}

/// A time: a string, or a number.
fn timestamp(members: &mut Map<String, Value>, key: &str) -> Option<Timestamp> {
    match members.remove(key)? {
        Value::String(text) => Some(text.into()),
        Value::Number(number) => Some(number.to_string().into()),
        _ => None,
    }
}
