//! The complete rules of the most frequent fields, as `integer_in::<6, 20>()` in generated code.
//!
//! Each list is written once, here, and a use of it is a path. A list that is written where it is used
//! costs the compiler many times as much: for each value that a function returns, and for each borrowed
//! one, it proves that the value has no interior mutability. That takes long for a type like `Rule`. A
//! slice needs no proof.

use runcomfy_schema::Rule;

use crate::enums::EnumType;
use crate::rules::{
    AUDIO, BOOLEAN, IMAGE, INTEGER, NUMBER, STRING, VIDEO, at_least, at_most, length, max_length,
    min_length, one_of, range,
};

/// Defines functions that return a list of rules. They have type parameters for what differs.
macro_rules! lists {
    ($($name:ident [$($parameters:tt)*] => [$($rule:expr),+];)+) => {
        $(
            #[must_use]
            pub const fn $name<$($parameters)*>() -> &'static [Rule] {
                const { &[$($rule),+] }
            }
        )+
    };
}

lists! {
    any_boolean [] => [BOOLEAN];
    any_integer [] => [INTEGER];
    any_number [] => [NUMBER];
    any_string [] => [STRING];
    image [] => [STRING, IMAGE];
    video [] => [STRING, VIDEO];
    audio [] => [STRING, AUDIO];
    integer_in [const MIN: i64, const MAX: i64] => [INTEGER, range(MIN, MAX)];
    integer_at_least [const MIN: i64] => [INTEGER, at_least(MIN)];
    integer_at_most [const MAX: i64] => [INTEGER, at_most(MAX)];
    number_in [const MIN: i64, const MAX: i64] => [NUMBER, range(MIN, MAX)];
    number_at_least [const MIN: i64] => [NUMBER, at_least(MIN)];
    number_at_most [const MAX: i64] => [NUMBER, at_most(MAX)];
    string_length [const MIN: u64, const MAX: u64] => [STRING, length(MIN, MAX)];
    string_min_length [const MIN: u64] => [STRING, min_length(MIN)];
    string_max_length [const MAX: u64] => [STRING, max_length(MAX)];
    string_enum [E: EnumType] => [STRING, one_of::<E>()];
    integer_enum [E: EnumType] => [INTEGER, one_of::<E>()];
    mixed_enum [E: EnumType] => [one_of::<E>()];
}

#[cfg(test)]
mod tests {
    use runcomfy_schema::{Constant, Json, is_valid};
    use serde_json::{Value, json};

    use super::*;
    use crate::enums::{Integers, Mixed, Strings};

    macro_rules! enumeration {
        ($name:ident: $kind:ident [$($value:expr),+]) => {
            #[derive(Clone, Copy, PartialEq)]
            struct $name;

            impl EnumType for $name {
                type Kind = $kind;
                const ALL: &'static [Self] = &[Self];
                const VALUES: &'static [Constant<'static>] = &[$($value),+];
            }
        };
    }

    enumeration!(Mode: Strings [Constant::Str("a")]);
    enumeration!(Frames: Integers [Constant::Integer(81)]);
    enumeration!(Either: Mixed [Constant::Str("a"), Constant::Float(1.5)]);

    #[test]
    fn lists_accept_what_their_names_say() {
        let url = "https://example.com/a";
        let cases: [(&[Rule], &[Value], &[Value]); 19] = [
            (any_boolean(), &[json!(true)], &[json!(1), json!("true")]),
            (any_integer(), &[json!(-7), json!(2.0)], &[json!(0.5), json!("7")]),
            (any_number(), &[json!(-7), json!(0.5)], &[json!("7"), json!(null)]),
            (any_string(), &[json!("")], &[json!(1), json!(null)]),
            (image(), &[json!(url)], &[json!(""), json!("data:video/mp4;base64,AAAA")]),
            (video(), &[json!(url)], &[json!(""), json!("data:image/png;base64,AAAA")]),
            (audio(), &[json!(url)], &[json!(""), json!("data:image/png;base64,AAAA")]),
            (integer_in::<-1, 2>(), &[json!(-1), json!(2)], &[json!(-2), json!(3), json!(0.5)]),
            (integer_at_least::<2>(), &[json!(2), json!(u64::MAX)], &[json!(1), json!(2.5)]),
            (integer_at_most::<2>(), &[json!(2), json!(i64::MIN)], &[json!(3), json!(1.5)]),
            (number_in::<-1, 2>(), &[json!(-1), json!(0.5)], &[json!(-1.5), json!(2.5)]),
            (number_at_least::<2>(), &[json!(2), json!(2.5)], &[json!(1.5), json!("2")]),
            (number_at_most::<2>(), &[json!(2), json!(1.5)], &[json!(2.5), json!("2")]),
            (string_length::<1, 2>(), &[json!("a"), json!("éé")], &[json!(""), json!("abc")]),
            (string_min_length::<2>(), &[json!("ab"), json!("abc")], &[json!("a"), json!(12)]),
            (string_max_length::<2>(), &[json!(""), json!("ab")], &[json!("abc"), json!(1)]),
            (string_enum::<Mode>(), &[json!("a")], &[json!("b"), json!(81)]),
            (integer_enum::<Frames>(), &[json!(81), json!(81.0)], &[json!(80), json!("81")]),
            (mixed_enum::<Either>(), &[json!("a"), json!(1.5)], &[json!("b"), json!(1)]),
        ];
        for (index, (rules, valid, invalid)) in cases.into_iter().enumerate() {
            let accepts = |value: &&Value| is_valid(&[], rules, &Json::from((*value).clone()));
            let refused: Vec<_> = valid.iter().filter(|value| !accepts(value)).collect();
            let accepted: Vec<_> = invalid.iter().filter(accepts).collect();
            assert!(refused.is_empty() && accepted.is_empty(), "{index}: {refused:?} {accepted:?}");
        }
    }
}
