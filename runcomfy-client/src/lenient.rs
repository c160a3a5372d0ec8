//! Lenient reading of the members of a response: `null` counts as missing, and a member of another type
//! stays where it is.

use runcomfy_schema::MAX_EXACT_FLOAT;
use serde_json::{Map, Value};

/// A value that is taken out of the members of a response, rather than copied: a file within an
/// output can be large.
pub(crate) trait FromMembers: Sized {
    fn from_members(members: &mut Map<String, Value>) -> Result<Self, String>;
}

/// Takes a string out.
pub(crate) fn string(members: &mut Map<String, Value>, key: &str) -> Option<String> {
    match members.remove(key)? {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => put_back(members, key, other),
    }
}

/// Takes strings out: a list of them, or one alone. Other items of a list stay behind.
pub(crate) fn strings(members: &mut Map<String, Value>, key: &str) -> Vec<String> {
    let items = match members.remove(key) {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::String(text)) => return vec![text],
        Some(Value::Array(items)) => items,
        Some(other) => return put_back(members, key, other).unwrap_or_default(),
    };
    let (strings, others): (Vec<_>, Vec<_>) = items.into_iter().partition(Value::is_string);
    if !others.is_empty() {
        members.insert(key.to_owned(), others.into());
    }
    let text = |value| if let Value::String(text) = value { Some(text) } else { None };
    strings.into_iter().filter_map(text).collect()
}

/// Takes a number out, which may be sent as a string: `"0.05"`.
pub(crate) fn number(members: &mut Map<String, Value>, key: &str) -> Option<f64> {
    let value = members.remove(key)?;
    let number = match &value {
        Value::Null => return None,
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_f64(),
    };
    number.filter(|number| number.is_finite()).or_else(|| put_back(members, key, value))
}

/// Takes a number without a fraction out, which may be sent as a string: `"384"`.
pub(crate) fn integer<T: TryFrom<i128>>(members: &mut Map<String, Value>, key: &str) -> Option<T> {
    let value = members.remove(key)?;
    let number = match &value {
        Value::Null => return None,
        Value::String(text) => text.trim().parse().ok(),
        other => other
            .as_i64()
            .map(i128::from)
            .or_else(|| other.as_u64().map(i128::from))
            .or_else(|| whole(other.as_f64()?)),
    };
    number.and_then(|number| number.try_into().ok()).or_else(|| put_back(members, key, value))
}

/// A number such as `384.0`.
fn whole(number: f64) -> Option<i128> {
    let is_whole = number.fract() == 0.0 && number.abs() <= MAX_EXACT_FLOAT;
    is_whole.then_some(number as i128)
}

fn put_back<T>(members: &mut Map<String, Value>, key: &str, value: Value) -> Option<T> {
    members.insert(key.to_owned(), value);
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read<T>(value: Value, read: impl Fn(&mut Map<String, Value>, &str) -> T) -> (T, Value) {
        let mut members = Map::from_iter([("key".to_owned(), value)]);
        let read = read(&mut members, "key");
        (read, members.remove("key").unwrap_or_default())
    }

    #[test]
    fn numbers_may_be_strings_and_other_values_stay() {
        for (value, expected) in [
            (json!(0.05), Some(0.05)),
            (json!("0.05"), Some(0.05)),
            (json!(" -3 "), Some(-3.0)),
            (json!(7), Some(7.0)),
            (json!(null), None),
            (json!("NaN"), None),
            (json!("inf"), None),
            (json!("1e999"), None),
            (json!("free"), None),
            (json!([0.05]), None),
        ] {
            let left = if expected.is_some() { Value::Null } else { value.clone() };
            assert_eq!(read(value, number), (expected, left));
        }
        for (value, expected) in [
            (json!(384), Some(384_u64)),
            (json!(384.0), Some(384)),
            (json!("384"), Some(384)),
            (json!(-1), None),
            (json!(384.5), None),
            (json!(1e300), None),
            (json!("many"), None),
        ] {
            let left = if expected.is_some() { Value::Null } else { value.clone() };
            assert_eq!(read(value, integer), (expected, left));
        }
        assert_eq!(read(json!(-12_345_678_901_i64), integer::<i64>).0, Some(-12_345_678_901));
    }

    #[test]
    fn lists_of_strings_may_be_one_or_hold_others() {
        for (value, expected, left) in [
            (json!(["a", "b"]), vec!["a", "b"], json!(null)),
            (json!("a"), vec!["a"], json!(null)),
            (json!(null), vec![], json!(null)),
            (json!([]), vec![], json!(null)),
            (json!(["a", null, 1, "b"]), vec!["a", "b"], json!([null, 1])),
            (json!({"a": 1}), vec![], json!({"a": 1})),
        ] {
            let expected = expected.into_iter().map(str::to_owned).collect();
            assert_eq!(read(value, strings), (expected, left));
        }
    }
}
