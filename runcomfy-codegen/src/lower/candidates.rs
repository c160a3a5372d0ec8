//! Candidates for strings and numbers of an example, made from the keywords of a schema.

use runcomfy_schema::keyword::format::Format;
use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::media::MediaKind;
use runcomfy_schema::{Json, Num};

use super::text_sample;
use crate::parse::Schema;

/// The number of values inside a value, itself included.
pub(super) fn size(value: &Json) -> usize {
    match value {
        Json::Array(items) => 1 + items.iter().map(size).sum::<usize>(),
        Json::Object(members) => 1 + members.iter().map(|(_, value)| size(value)).sum::<usize>(),
        _ => 1,
    }
}

pub(super) fn file(kind: MediaKind) -> &'static str {
    kind.pick(
        "https://example.com/image.png",
        "https://example.com/video.mp4",
        "https://example.com/audio.mp3",
    )
}

/// Strings, the best ones first.
pub(super) fn texts(whole: &Schema, kind: Option<MediaKind>, count: usize) -> Vec<Json> {
    const SAMPLE: &str = "a lighthouse at dusk";
    let mut texts: Vec<String> = Vec::new();
    texts.extend(kind.map(|kind| file(kind).to_owned()));
    let format = whole.format.as_deref().and_then(Format::named);
    texts.extend(format.map(|format| format.example().to_owned()));
    if let Some(pattern) = &whole.pattern {
        texts.extend(text_sample::matching(pattern));
    }
    texts.push(SAMPLE.to_owned());
    texts.extend((2..=count).map(|number| format!("{SAMPLE} {number}")));
    let (min, max) = (whole.text_len.min.unwrap_or(0), whole.text_len.max);
    let fitted: Vec<String> =
        texts.iter().map(|text| text_sample::fitted(text, min, max)).collect();
    texts.extend(fitted);
    texts.extend(('a'..='z').take(count).map(|letter| letter.to_string()));
    texts.into_iter().map(|text| Json::String(text.into())).collect()
}

/// Numbers: plain ones, then those at the bounds, and the multiples next to them.
pub(super) fn numbers(whole: &Schema, types: Types, count: usize) -> Vec<Json> {
    let count = i64::try_from(count).unwrap_or(1);
    let mut numbers: Vec<Num> = vec![Num::Int(1), Num::Int(0)];
    if types.has(Types::NUMBER) {
        numbers.push(Num::Float(0.5));
    }
    let bounds = [&whole.minimum, &whole.maximum];
    let bounds: Vec<&Num> = bounds.into_iter().flatten().map(|limit| &limit.num).collect();
    numbers.extend(bounds.iter().copied().cloned());
    numbers.extend(whole.multiple_of.clone());
    let step = whole.multiple_of.as_ref().map_or(1.0, Num::to_f64);
    for bound in &bounds {
        for more in -2..=count + 1 {
            if let Some(int) = bound.to_integer() {
                numbers.push(Num::of_i128(int.saturating_add(more.into())));
            }
            #[expect(clippy::cast_precision_loss, reason = "a few steps")]
            let multiple = ((bound.to_f64() / step).round() + more as f64) * step;
            numbers.extend(rounded(multiple));
        }
    }
    if let [low, high] = bounds.as_slice() {
        let (low, high) = (low.to_f64(), high.to_f64());
        numbers.extend(rounded(low.midpoint(high)));
        numbers.extend(rounded((low.midpoint(high) / step).round() * step));
    }
    numbers.extend((2..count + 2).map(Num::Int));
    #[expect(clippy::cast_precision_loss, reason = "a few steps")]
    numbers.extend((1..count + 2).filter_map(|number| rounded(number as f64 * step)));
    numbers.into_iter().map(Json::Number).collect()
}

/// A float without rounding noise: 0.30000000000000004 is 0.3.
fn rounded(float: f64) -> Option<Num> {
    if !float.is_finite() {
        return None;
    }
    Num::parse(&format!("{float:.12e}"))
}
