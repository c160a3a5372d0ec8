//! Exact arithmetic on the numbers of a schema.

use std::cmp::Ordering;

use super::json::Num;

impl Num {
    pub(super) fn is_integer(self) -> bool {
        match self {
            Self::Int(_) => true,
            Self::Float(float) => float.fract() == 0.0,
        }
    }

    /// The integer that a number such as `1.0` is.
    #[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
    pub(crate) fn to_integer(self) -> Option<i128> {
        const EXACT: f64 = 9_007_199_254_740_992.0; // 2^53
        match self {
            Self::Int(int) => Some(int),
            Self::Float(float) => {
                (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i128)
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "only beside a number with a fraction")]
    pub(super) fn to_f64(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }
}

/// Exact for integers; JSON text has no NaN.
pub(crate) fn compare(a: Num, b: Num) -> Ordering {
    match (a.to_integer(), b.to_integer()) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => a.to_f64().total_cmp(&b.to_f64()),
    }
}

pub(super) fn is_multiple(num: Num, step: Num) -> bool {
    match (num.to_integer(), step.to_integer()) {
        (Some(num), Some(step)) => step != 0 && num % step == 0,
        _ => {
            let quotient = num.to_f64() / step.to_f64();
            (quotient - quotient.round()).abs() < 1e-9
        }
    }
}
