//! The short forms of frequent lists of rules: `integer_in::<6, 20>()`.

use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::rule::Bound;
use runcomfy_schema::{Num, Rule};

use crate::lower::{EnumModel, EnumValues};

/// The short form of a whole list, if it has one. `table` is the enum that its values belong to.
pub(super) fn list(rules: &[Rule], table: Option<&EnumModel>) -> Option<String> {
    let (types, rest) = match rules {
        [Rule::Types(types), rest @ ..] => (types.0, rest),
        rest => (0, rest),
    };
    let name = match types {
        Types::BOOLEAN => "boolean",
        Types::INTEGER => "integer",
        Types::NUMBER => "number",
        Types::STRING => "string",
        _ => "",
    };
    match (rest, types) {
        ([], _) if !name.is_empty() => Some(format!("any_{name}()")),
        ([Rule::Media(kind)], Types::STRING) => {
            Some(kind.pick("image()", "video()", "audio()").to_owned())
        }
        ([Rule::Values(_)], _) => {
            let one = table?;
            let kind = match (one.kind, types) {
                (EnumValues::Strings, Types::STRING) => "string",
                (EnumValues::Integers, Types::INTEGER) => "integer",
                (EnumValues::Mixed, 0) => "mixed",
                _ => return None,
            };
            Some(format!("{kind}_enum::<{}>()", one.name))
        }
        ([Rule::Range { min, max }], Types::INTEGER | Types::NUMBER) => {
            range(name, min.as_ref(), max.as_ref())
        }
        ([Rule::TextLen { min, max }], Types::STRING) => Some(match (min, max) {
            (Some(min), Some(max)) => format!("string_length::<{min}, {max}>()"),
            (Some(min), None) => format!("string_min_length::<{min}>()"),
            (None, max) => format!("string_max_length::<{}>()", max.as_ref()?),
        }),
        _ => None,
    }
}

fn range(name: &str, min: Option<&Bound>, max: Option<&Bound>) -> Option<String> {
    // The value of a bound that is included and an `i64`.
    let plain = |bound: Option<&Bound>| match bound {
        Some(Bound { value: Num::Int(int), exclusive: false }) => Some(Some(*int)),
        Some(_) => None,
        None => Some(None),
    };
    Some(match (plain(min)?, plain(max)?) {
        (Some(min), Some(max)) => format!("{name}_in::<{min}, {max}>()"),
        (Some(min), None) => format!("{name}_at_least::<{min}>()"),
        (None, max) => format!("{name}_at_most::<{}>()", max?),
    })
}
