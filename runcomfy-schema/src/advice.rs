//! What to write instead of a value of another type than the schema's: `5` for `"5"`, the reverse, or
//! a list of one.

use crate::json::Json;
use crate::keyword::excerpt;
use crate::num::Num;

/// The advice for `null` in a key that may be missing.
pub(crate) const LEAVE_OUT: &str = "; to send none, leave the key out";

/// How to write a value so that it is valid, if only its quotes or brackets are wrong.
pub(crate) fn rewrite(value: &Json, mut is_valid: impl FnMut(&Json) -> bool) -> Option<String> {
    if let Some(plain) = unquoted(value).filter(&mut is_valid) {
        return Some(format!("write {plain} without quotes"));
    }
    if let Json::Number(_) | Json::Bool(_) = value {
        let text = Json::String(value.to_string().into());
        if is_valid(&text) {
            return Some(format!("write {text}, in quotes"));
        }
    }
    match value {
        Json::Array(items) => match items.as_slice() {
            [only] if is_valid(only) => Some(format!("write {} without brackets", excerpt(only))),
            _ => None,
        },
        Json::Null | Json::NotFinite(_) => None,
        single => {
            let list = Json::Array(vec![single.clone()]);
            is_valid(&list).then(|| format!("write a list of one as {}", excerpt(&list)))
        }
    }
}

/// The number, `true`, `false` or `null` that stands in a string.
pub(crate) fn unquoted(value: &Json) -> Option<Json> {
    /// Longer than any number that a person writes.
    const MAX_LEN: usize = 40;
    let Json::String(text) = value else { return None };
    match &**text {
        "true" => Some(Json::Bool(true)),
        "false" => Some(Json::Bool(false)),
        "null" => Some(Json::Null),
        text if text.len() <= MAX_LEN && is_json_number(text) => Num::parse(text).map(Json::Number),
        _ => None,
    }
}

/// `Num::parse` takes more than JSON does: `+5`, `.5` and `007`.
fn is_json_number(text: &str) -> bool {
    serde_json::from_str::<serde_json::Number>(text).is_ok_and(|_| text.trim() == text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_in_quotes_is_unquoted() {
        for (text, found) in [
            ("5", Some("5")),
            ("-0.5", Some("-0.5")),
            ("1e3", Some("1000")),
            ("true", Some("true")),
            ("null", Some("null")),
            ("+5", None),
            (".5", None),
            ("007", None),
            (" 5", None),
            ("5 ", None),
            ("True", None),
            ("", None),
            ("0x10", None),
            ("5s", None),
            ("11111111111111111111111111111111111111111", None),
        ] {
            let found_here = unquoted(&Json::String(text.into())).map(|json| json.to_string());
            assert_eq!(found_here.as_deref(), found, "{text}");
        }
        assert!(unquoted(&Json::Bool(true)).is_none());
    }
}
