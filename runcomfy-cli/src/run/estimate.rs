//! What a run costs, by the catalog.

use std::time::Duration;

use runcomfy_client::{CatalogModel, Client};
use runcomfy_models::Value;
use runcomfy_schema::printable::printable;
use serde_json::json;
use tokio::time::timeout;

use crate::request::Model;
use crate::{Error, ErrorKind, Result, service};

/// What a run costs by the base price of the catalog. Options such as a resolution may cost more.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Estimate {
    /// In US dollars. `None` if it is not known.
    pub(crate) usd: Option<f64>,
    /// How it is computed, or why it is not known.
    pub(crate) words: String,
    base: Option<f64>,
    unit: Option<String>,
    pub(super) note: Option<String>,
}

/// The price of a body, from the catalog.
///
/// # Errors
/// If the catalog cannot be asked. If it has no such model, the price is unknown, which is no error.
pub(super) async fn estimate(client: &Client, model: &Model, body: &Value) -> Result<Estimate> {
    const PATIENCE: Duration = Duration::from_secs(20);
    match timeout(PATIENCE, client.model(model.id())).await {
        Ok(Ok(entry)) => Ok(of_entry(&entry, model, body)),
        Ok(Err(error)) if service::is_not_found(&error) => {
            Ok(Estimate::unknown(&service::error(error)))
        }
        Ok(Err(error)) => Err(service::error(error)),
        Err(_) => Err(Error::new(ErrorKind::Unavailable, "the catalog does not answer")),
    }
}

pub(crate) fn of_entry(entry: &CatalogModel, model: &Model, body: &Value) -> Estimate {
    let base = entry.base_price_usd.filter(|base| base.is_finite() && *base >= 0.0);
    let unit = entry.price_unit.as_deref().map(|unit| printable(unit).into_owned());
    let (usd, words) = match (base, unit.as_deref()) {
        (None, _) => (None, "unknown: the catalog states no price".to_owned()),
        (Some(base), Some("second")) => match seconds(model, body) {
            Some(seconds) => (
                Some(micros(base * seconds)),
                format!("{} ({seconds} s at {} per second)", money(base * seconds), money(base)),
            ),
            None => (None, format!("{} per second; how many seconds is not known", money(base))),
        },
        (Some(base), Some(unit @ ("output" | "image" | "video"))) => match outputs(model, body) {
            1.0 => (Some(base), format!("{} per {unit}", money(base))),
            count => (
                Some(micros(base * count)),
                format!("{} ({count} at {} per {unit})", money(base * count), money(base)),
            ),
        },
        (Some(base), Some(unit)) => {
            (None, format!("{} per {unit}; how many a run takes is not known", money(base)))
        }
        (Some(base), None) => (None, format!("{}; the catalog does not say per what", money(base))),
    };
    let note = entry.pricing_note.as_deref().map(|note| printable(note).into_owned());
    Estimate { usd, words, base, unit, note }
}

/// The length that a body asks for, or that the model makes if none is asked for.
fn seconds(model: &Model, body: &Value) -> Option<f64> {
    match number(model, body, "duration")? {
        Value::Number(number) => number.as_f64(),
        // "auto" is left to the service.
        Value::String(text) => text.trim_end_matches('s').trim().parse().ok(),
        _ => None,
    }
    .filter(|seconds: &f64| seconds.is_finite() && *seconds > 0.0)
}

/// The number of outputs that a body asks for.
fn outputs(model: &Model, body: &Value) -> f64 {
    let count = ["num_images", "num_videos", "num_outputs"]
        .iter()
        .find_map(|name| number(model, body, name)?.as_f64());
    count.filter(|count| *count >= 1.0).unwrap_or(1.0)
}

/// The value of a field by its Rust name, or its default.
fn number(model: &Model, body: &Value, name: &str) -> Option<Value> {
    let fields = model.fields();
    let field = fields.iter().find(|field| field.name == name)?;
    body.get(field.key).cloned().or_else(|| field.default().filter(|_| !field.required))
}

/// An amount to the millionth of a dollar, so that five times 0.28 is 1.4.
fn micros(usd: f64) -> f64 {
    (usd * 1e6).round() / 1e6
}

/// US dollars, with at least two digits of cents.
pub(super) fn money(usd: f64) -> String {
    let (sign, text) = (if usd < 0.0 { "-" } else { "" }, format!("{:.6}", usd.abs()));
    let cents = text.len().saturating_sub(4);
    let (cents, rest) = text.split_at_checked(cents).unwrap_or((&text, ""));
    format!("{sign}${cents}{}", rest.trim_end_matches('0'))
}

impl Estimate {
    /// There is none, for this reason.
    pub(super) fn unknown(reason: &Error) -> Self {
        Self { usd: None, words: format!("unknown: {reason}"), base: None, unit: None, note: None }
    }

    /// For `--json`.
    pub(super) fn to_json(&self) -> Value {
        let Self { usd, words, base, unit, note } = self;
        json!({"usd": usd, "words": words, "base_price_usd": base, "price_unit": unit, "pricing_note": note})
    }
}
