//! A submission that is ready to be sent, made from an input and its options.

use runcomfy_journal::{canonical_sha256, claim};
use runcomfy_schema::Json;
use runcomfy_types::{MediaKind, ModelId, Request};
use serde::Serialize;

use super::extra;
use super::options::SubmitOptions;
use crate::body::Body;
use crate::error::Error;
use crate::transport::limits::MAX_REQUEST_LEN;

/// A submission that is ready to be sent, independent of the input that it was made from.
pub(crate) struct Prepared {
    pub(super) model_id: ModelId,
    pub(super) output_kind: Option<MediaKind>,
    pub(super) body: Body,
    /// Its claim in the client's journal, if it has one.
    pub(super) claim: Option<String>,
    /// Whether no schema of ours has checked the whole body.
    pub(super) is_unchecked: bool,
    /// How often it is tried at most, if the caller says so.
    pub(super) attempts: Option<u32>,
}

impl Prepared {
    /// An input with these options. `number` receives its claim in the client's journal, and returns
    /// how many equal inputs came before it; `None` if it claims nothing.
    pub(crate) fn of<R: Request>(
        input: &R,
        options: &SubmitOptions,
        number: Option<impl FnOnce(&str) -> u32>,
    ) -> Result<Self, Error> {
        let model_id: ModelId = input.model_id().parse()?;
        let extended = extra::extended(input, options.extras())?;
        let checked = input.checked_body();
        let json = extended.as_ref().or(checked.map(|checked| checked.json));
        let body = json.map_or_else(|| Body::of(input), Body::sharing).map_err(Error::Body)?;
        let size = body.len();
        if size > MAX_REQUEST_LEN {
            return Err(Error::RequestTooLarge { model_id, size, limit: MAX_REQUEST_LEN });
        }
        let key = options.given_key().or(input.job_key());
        let claim = number.map(|number| claim_of(&model_id, json, &body, key, number));
        let is_unchecked = extended.is_some() || checked.is_none();
        let (output_kind, attempts) = (input.output_kind(), options.max_attempts());
        Ok(Self { model_id, output_kind, body, claim, is_unchecked, attempts })
    }

    /// Any JSON for any model, unchecked, its size included: the service knows its limits best.
    pub(crate) fn unchecked<B: Serialize + ?Sized>(
        model_id: ModelId,
        body: &B,
    ) -> Result<Self, Error> {
        let body = Body::of(body).map_err(Error::Body)?;
        let (output_kind, claim, attempts) = (None, None, None);
        Ok(Self { model_id, output_kind, body, claim, is_unchecked: true, attempts })
    }

    pub(crate) fn model_id(&self) -> &ModelId {
        &self.model_id
    }
}

/// The claim of a submission, by its model, body, key and number among equal ones.
fn claim_of(
    model_id: &ModelId,
    json: Option<&Json>,
    body: &Body,
    key: Option<&str>,
    number: impl FnOnce(&str) -> u32,
) -> String {
    let canonical = match json {
        Some(json) => canonical_sha256(json).ok(),
        None => body.to_json().ok().and_then(|json| canonical_sha256(&json).ok()),
    };
    let canonical = canonical.unwrap_or_else(|| body.sha256());
    let first = claim(model_id, &canonical, key, 0);
    match number(&first) {
        0 => first,
        number => claim(model_id, &canonical, key, number),
    }
}
