//! Short forms for the rules and literals of generated code.
//!
//! A generated module imports all of them with a glob. Its own names take precedence.

use runcomfy_schema::keyword::values::Values;
pub use runcomfy_schema::rule::{
    ARRAY, BOOLEAN, INTEGER, NUMBER, OBJECT, STRING, exclusive, inclusive, key, range,
};
use runcomfy_schema::rule::{Additional, List, ObjectSchema, Shared, Target};
use runcomfy_schema::{FieldInfo, Fields, MAX_EXACT_FLOAT, Num, Rule};

use crate::enums::EnumType;
use crate::media::MediaKind;

pub const IMAGE: Rule = Rule::Media(MediaKind::Image);
pub const VIDEO: Rule = Rule::Media(MediaKind::Video);
pub const AUDIO: Rule = Rule::Media(MediaKind::Audio);
pub const UNIQUE: Rule = Rule::UniqueItems;

/// A float as a number. A float without a fraction becomes an integer.
const fn decimal(float: f64) -> Num {
    let int = float as i64;
    if int as f64 == float && float.abs() <= MAX_EXACT_FLOAT {
        Num::Int(int)
    } else {
        Num::Float(float)
    }
}

#[must_use]
pub const fn at_least(min: i64) -> Rule {
    Rule::Range { min: Some(inclusive(Num::Int(min))), max: None }
}

#[must_use]
pub const fn at_most(max: i64) -> Rule {
    Rule::Range { min: None, max: Some(inclusive(Num::Int(max))) }
}

#[must_use]
pub const fn above(min: i64) -> Rule {
    Rule::Range { min: Some(exclusive(Num::Int(min))), max: None }
}

#[must_use]
pub const fn below(max: i64) -> Rule {
    Rule::Range { min: None, max: Some(exclusive(Num::Int(max))) }
}

/// A range with a fraction in a bound. The functions below do the same for other rules.
#[must_use]
pub const fn range_f64(min: f64, max: f64) -> Rule {
    Rule::Range { min: Some(inclusive(decimal(min))), max: Some(inclusive(decimal(max))) }
}

#[must_use]
pub const fn at_least_f64(min: f64) -> Rule {
    Rule::Range { min: Some(inclusive(decimal(min))), max: None }
}

#[must_use]
pub const fn at_most_f64(max: f64) -> Rule {
    Rule::Range { min: None, max: Some(inclusive(decimal(max))) }
}

#[must_use]
pub const fn above_f64(min: f64) -> Rule {
    Rule::Range { min: Some(exclusive(decimal(min))), max: None }
}

#[must_use]
pub const fn below_f64(max: f64) -> Rule {
    Rule::Range { min: None, max: Some(exclusive(decimal(max))) }
}

/// The number of characters of a string.
#[must_use]
pub const fn length(min: u64, max: u64) -> Rule {
    Rule::TextLen { min: Some(min), max: Some(max) }
}

#[must_use]
pub const fn min_length(min: u64) -> Rule {
    Rule::TextLen { min: Some(min), max: None }
}

#[must_use]
pub const fn max_length(max: u64) -> Rule {
    Rule::TextLen { min: None, max: Some(max) }
}

/// The number of items of a list.
#[must_use]
pub const fn count(min: u64, max: u64) -> Rule {
    Rule::ItemsLen { min: Some(min), max: Some(max) }
}

#[must_use]
pub const fn min_count(min: u64) -> Rule {
    Rule::ItemsLen { min: Some(min), max: None }
}

#[must_use]
pub const fn max_count(max: u64) -> Rule {
    Rule::ItemsLen { min: None, max: Some(max) }
}

#[must_use]
pub const fn multiple_of(step: i64) -> Rule {
    Rule::MultipleOf(Num::Int(step))
}

#[must_use]
pub const fn multiple_of_f64(step: f64) -> Rule {
    Rule::MultipleOf(decimal(step))
}

/// The values of a generated enum.
#[must_use]
pub const fn one_of<E: EnumType>() -> Rule {
    Rule::Values(Values::Static(E::VALUES))
}

/// The data of an object that has no members besides its fields.
#[must_use]
pub const fn closed(fields: &'static [FieldInfo]) -> ObjectSchema {
    ObjectSchema {
        fields: Fields::Static(fields),
        patterns: List::Static(&[]),
        additional: Additional::Denied,
    }
}

/// The fields of an object.
#[must_use]
pub const fn object(schema: &'static ObjectSchema) -> Rule {
    Rule::Object(Shared::Static(schema))
}

/// Rules that are written elsewhere.
#[must_use]
pub const fn refer(rules: &'static &'static [Rule]) -> Rule {
    Rule::Ref(Target::Static(rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_without_a_fraction_are_integers() {
        let cases = [
            (0.3, None),
            (2.0, Some(2)),
            (-0.0, Some(0)),
            (-1.0, Some(-1)),
            (9_007_199_254_740_992.0, Some(9_007_199_254_740_992)),
            (9_007_199_254_740_994.0, None),
            (1e300, None),
        ];
        for (float, expected) in cases {
            let int = match decimal(float) {
                Num::Int(int) => Some(int),
                _ => None,
            };
            assert_eq!(int, expected, "{float}");
        }
    }
}
