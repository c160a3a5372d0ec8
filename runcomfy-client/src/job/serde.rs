//! A job as JSON: its ids.

use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::facts::JobFacts;
use super::{Job, wire};

impl<O> Serialize for Job<O> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("request_id", self.request_id())?;
        if let Some(model_id) = self.model_id() {
            map.serialize_entry("model_id", model_id.as_str())?;
        }
        map.end()
    }
}

impl<'de, O> Deserialize<'de> for Job<O> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire::SerializedJob { request_id, model_id } =
            wire::SerializedJob::deserialize(deserializer)?;
        let facts = JobFacts {
            request_id: request_id.parse().map_err(D::Error::custom)?,
            model_id: model_id.map(|id| id.parse()).transpose().map_err(D::Error::custom)?,
            assumed_model: None,
            output_kind: None,
            submission: None,
            heard_at: None,
        };
        Ok(Self { core: None, facts: Arc::new(facts), output: PhantomData })
    }
}
