//! `type`.

use crate::json::Json;
use crate::number::Num;
use crate::schema::Types;

use super::show;

pub(super) fn check(types: Types, value: &Json) -> Option<String> {
    let fits = match value {
        Json::Null => types.has(Types::NULL),
        Json::Bool(_) => types.has(Types::BOOLEAN),
        Json::Number(number) => {
            types.has(Types::NUMBER) || (types.has(Types::INTEGER) && Num::of(number).is_integer())
        }
        Json::NotFinite(_) => false,
        Json::String(_) => types.has(Types::STRING),
        Json::Array(_) => types.has(Types::ARRAY),
        Json::Object(_) => types.has(Types::OBJECT),
    };
    (!fits).then(|| format!("{} is not {types}", show(value)))
}
