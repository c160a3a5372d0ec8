//! What several rules say together of types, numbers and counts.

use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::rule::Bound;
use runcomfy_schema::{Constant, Json, Num, Rule};

/// The types that rules allow.
pub(in crate::schemas) fn types(rules: &[&Rule]) -> Types {
    const ALL: Types = Types(
        Types::NULL | Types::BOOLEAN | Types::NUMBER | Types::STRING | Types::ARRAY | Types::OBJECT,
    );
    rules.iter().fold(ALL, |types, rule| match rule {
        Rule::Types(more) => types.intersection(*more),
        Rule::Values(values) => {
            let of_values = values.iter().fold(Types(0), |types, one| types.union(type_of(one)));
            types.intersection(of_values)
        }
        _ => types,
    })
}

fn type_of(value: Constant<'_>) -> Types {
    Types(match value.to_json() {
        Json::Null => Types::NULL,
        Json::Bool(_) => Types::BOOLEAN,
        Json::Number(number) if number.is_integer() => Types::INTEGER,
        Json::Number(_) | Json::NotFinite(_) => Types::NUMBER,
        Json::String(_) => Types::STRING,
        Json::Array(_) => Types::ARRAY,
        Json::Object(_) => Types::OBJECT,
    })
}

/// The tightest minimum and maximum.
pub(in crate::schemas) fn range(
    rules: &[&Rule],
    is_integer: bool,
) -> (Option<Bound>, Option<Bound>) {
    let (mut least, mut most) = (None, None);
    for rule in rules {
        let Rule::Range { min, max } = rule else { continue };
        End::Min.tighten(&mut least, min.as_ref(), is_integer);
        End::Max.tighten(&mut most, max.as_ref(), is_integer);
    }
    (least, most)
}

/// Which end of a range a bound is.
#[derive(Clone, Copy, Debug)]
pub(super) enum End {
    Min,
    Max,
}

impl End {
    fn tighten(self, known: &mut Option<Bound>, bound: Option<&Bound>, is_integer: bool) {
        let Some(bound) = bound else { return };
        let bound = self.bound(bound, is_integer);
        if known.as_ref().is_none_or(|known| !self.is_within(known, &bound)) {
            *known = Some(bound);
        }
    }

    /// Whether a bound lets through nothing that another one stops.
    pub(super) fn is_within(self, bound: &Bound, other: &Bound) -> bool {
        let order = bound.value.compare(&other.value);
        let is_inside = match self {
            Self::Min => order.is_gt(),
            Self::Max => order.is_lt(),
        };
        is_inside || (order.is_eq() && (bound.exclusive || !other.exclusive))
    }

    /// A bound. For integers it is inclusive, where that can be said: above 5 is at least 6.
    pub(super) fn bound(self, bound: &Bound, is_integer: bool) -> Bound {
        let inwards = match self {
            Self::Min => 1,
            Self::Max => -1,
        };
        if let (true, true, Some(int)) = (is_integer, bound.exclusive, bound.value.to_integer())
            && let Some(int) = int.checked_add(inwards)
        {
            return Bound { value: Num::of_i128(int), exclusive: false };
        }
        bound.clone()
    }
}

/// The least and the greatest count.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::schemas) struct Limits {
    pub(in crate::schemas) min: Option<u64>,
    pub(in crate::schemas) max: Option<u64>,
}

impl Limits {
    pub(in crate::schemas) fn of_text(rules: &[&Rule]) -> Self {
        Self::of(rules, |rule| match rule {
            Rule::TextLen { min, max } => Some((*min, *max)),
            _ => None,
        })
    }

    pub(in crate::schemas) fn of_items(rules: &[&Rule]) -> Self {
        Self::of(rules, |rule| match rule {
            Rule::ItemsLen { min, max } => Some((*min, *max)),
            _ => None,
        })
    }

    pub(in crate::schemas) fn of_members(rules: &[&Rule]) -> Self {
        Self::of(rules, |rule| match rule {
            Rule::PropertyCount { min, max } => Some((*min, *max)),
            _ => None,
        })
    }

    fn of(rules: &[&Rule], pick: impl Fn(&Rule) -> Option<(Option<u64>, Option<u64>)>) -> Self {
        let mut limits = Self::default();
        for (min, max) in rules.iter().filter_map(|rule| pick(rule)) {
            limits.min = limits.min.max(min);
            limits.max = [limits.max, max].into_iter().flatten().min();
        }
        limits
    }

    /// Whether every count within these limits is within those.
    pub(in crate::schemas) fn is_within(self, min: Option<u64>, max: Option<u64>) -> bool {
        self.min.unwrap_or(0) >= min.unwrap_or(0)
            && max.is_none_or(|max| self.max.is_some_and(|own| own <= max))
    }
}
