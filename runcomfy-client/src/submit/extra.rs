//! Keys that a submission has besides what the model's schema declares.
//!
//! A declared key is refused: an extra one would skip its checks, or be in the body twice.

use runcomfy_schema::Json;
use runcomfy_schema::declared::Declared;
use runcomfy_schema::printable::printable;
use runcomfy_types::truncated::Truncated;
use runcomfy_types::{ModelId, Request};
use serde_json::Value;

use crate::body::Body;
use crate::error::Error;

/// The body of an input with further keys; `None` if there are none.
pub(super) fn extended<R: Request>(
    input: &R,
    extras: &[(String, Value)],
) -> Result<Option<Json>, Error> {
    if extras.is_empty() {
        return Ok(None);
    }
    let model_id: ModelId = input.model_id().parse()?;
    let refused = |key: &str, reason: String| Error::ExtraKey {
        model_id: model_id.clone(),
        key: printable(&Truncated(key).to_string()).into_owned(),
        reason,
    };
    let checked = input.checked_body();
    let json = match checked {
        Some(checked) => checked.json.clone(),
        // The keys of its schema are not known; those of the body are.
        None => Body::of(input).and_then(|body| body.to_json()).map_err(Error::Body)?,
    };
    let Json::Object(mut members) = json else {
        let (key, _) = &extras[0];
        return Err(refused(key, "the body is not a JSON object".to_owned()));
    };
    for (key, value) in extras {
        if let Some(declared) = checked.and_then(|checked| checked.declared(key)) {
            return Err(refused(key, how_to_set(declared)));
        }
        if members.iter().any(|(present, _)| **present == **key) {
            return Err(refused(key, "the input has it already".to_owned()));
        }
        members.push((key.clone().into(), Json::from(value.clone())));
    }
    Ok(Some(Json::Object(members)))
}

fn how_to_set(declared: Declared<'_>) -> String {
    match declared {
        Declared::Key(field) => {
            let name = printable(field.name);
            format!(
                "the schema declares it as the field `{name}`; set it in the input, with `.{name}(..)` in its builder"
            )
        }
        Declared::Name(field) => {
            let (name, key) = (printable(field.name), printable(field.key));
            format!(
                "it is the Rust name of the field {key:?}; set it in the input, with `.{name}(..)` in its builder; if the service has a key of this name, too, send the body with `submit_json`"
            )
        }
        Declared::Rules => {
            "the schema has rules for its value; put it into the input as JSON, where they are checked"
                .to_owned()
        }
    }
}
