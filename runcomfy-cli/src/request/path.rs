//! The path to a value inside a field: `shots[0].prompt`.

use runcomfy_models::Value;
use runcomfy_schema::possible::Possible;

use crate::flag::flag_of;

/// One step into a value.
#[derive(Debug, PartialEq)]
pub(super) enum Step<'t> {
    Name(&'t str),
    Index(usize),
}

/// The field that a path begins with, and the steps from there. `None` if it is no path.
pub(super) fn parse(text: &str) -> Option<(&str, Vec<Step<'_>>)> {
    let end = text.find(['.', '['])?;
    let (field, mut rest) = text.split_at_checked(end)?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(indexed) = rest.strip_prefix('[') {
            let (index, after) = indexed.split_once(']')?;
            steps.push(Step::Index(index.parse().ok()?));
            rest = after;
        } else {
            let named = rest.strip_prefix('.')?;
            let end = named.find(['.', '[']).unwrap_or(named.len());
            let (name, after) = named.split_at_checked(end)?;
            if name.is_empty() {
                return None;
            }
            steps.push(Step::Name(name));
            rest = after;
        }
    }
    (!field.is_empty() && !steps.is_empty()).then_some((field, steps))
}

/// Sets the value at the end of the steps. Lists and objects on the way are made; a list grows by one
/// item at a time.
///
/// # Errors
/// Why a step leads nowhere, or the error of `make`, which makes the value for its place.
pub(super) fn set(
    value: &mut Value,
    place: &Possible<'_>,
    steps: &[Step<'_>],
    make: &dyn Fn(&Possible<'_>) -> Result<Value, String>,
) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        *value = make(place)?;
        return Ok(());
    };
    match step {
        Step::Index(index) => {
            if value.is_null() {
                *value = Value::Array(Vec::new());
            }
            let Value::Array(items) = value else {
                return Err(format!("[{index}] leads into a value that is not a list"));
            };
            if *index == items.len() {
                items.push(Value::Null);
            }
            let len = items.len();
            let item = items.get_mut(*index).ok_or_else(|| {
                format!("[{index}] leaves a gap: the next item of the list is [{len}]")
            })?;
            set(item, &place.item(*index), rest, make)
        }
        Step::Name(name) => {
            if value.is_null() {
                *value = Value::Object(serde_json::Map::new());
            }
            let Value::Object(members) = value else {
                return Err(format!(".{name} leads into a value that is not an object"));
            };
            let fields = place.fields();
            let field =
                fields.iter().find(|field| [field.name, field.key].contains(name)).or_else(|| {
                    fields.iter().find(|field| flag_of(field.name).as_deref() == Some(name))
                });
            let key = field.map_or(*name, |field| field.key);
            let member = members.entry(key.to_owned()).or_insert(Value::Null);
            set(member, &place.member(key), rest, make)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_have_names_and_indices() {
        let steps = |text| parse(text).map(|(field, steps)| (field, format!("{steps:?}")));
        for (text, expected) in [
            ("a.b", Some(("a", r#"[Name("b")]"#))),
            ("a[0]", Some(("a", "[Index(0)]"))),
            (
                "a[0].b[12][1].c",
                Some(("a", r#"[Index(0), Name("b"), Index(12), Index(1), Name("c")]"#)),
            ),
            ("a", None),
            ("", None),
            (".a", None),
            ("a.", None),
            ("a..b", None),
            ("a[", None),
            ("a[-1]", None),
            ("a[x]", None),
            ("a[0]b", None),
        ] {
            let expected = expected.map(|(field, steps)| (field, steps.to_owned()));
            assert_eq!(steps(text), expected, "{text}");
        }
    }
}
