//! Exact comparison of JSON numbers: an integer never goes through `f64`.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Number;

/// A number of a schema: a bound, an enum entry or a default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Num {
    /// An integer, exact.
    Int(i128),
    /// A number with a fraction or an exponent.
    Float(f64),
}

impl Num {
    pub(crate) fn of(number: &Number) -> Self {
        match number.as_i128() {
            Some(int) => Self::Int(int),
            None => Self::Float(number.as_f64().unwrap_or(f64::NAN)),
        }
    }

    pub(crate) fn is_integer(self) -> bool {
        match self {
            Self::Int(_) => true,
            Self::Float(float) => float.is_finite() && float.fract() == 0.0,
        }
    }

    pub(crate) fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => Some(a.cmp(&b)),
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(&b),
            (Self::Int(a), Self::Float(b)) => compare_int_float(a, b),
            (Self::Float(a), Self::Int(b)) => compare_int_float(b, a).map(Ordering::reverse),
        }
    }

    /// One text for all forms of a number: `1`, `1.0` and `1e0`.
    #[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
    pub(crate) fn canonical(self) -> String {
        match self {
            Self::Float(float) if float.fract() == 0.0 && float.abs() < LIMIT => {
                (float as i128).to_string()
            }
            Self::Float(float) => format!("{float:e}"),
            Self::Int(int) => int.to_string(),
        }
    }

    /// Whether this is a whole multiple of `step`, of the numbers as they are written: 0.3 is one of
    /// 0.1, though no `f64` is either.
    pub(crate) fn is_multiple_of(self, step: Self) -> bool {
        match (self, step) {
            (_, Self::Int(0)) => false,
            (Self::Int(a), Self::Int(b)) => a % b == 0,
            (a, b) => is_decimal_multiple(a.to_decimal(), b.to_decimal()).unwrap_or_default(),
        }
    }

    /// The digits, and the power of ten they are multiplied by.
    fn to_decimal(self) -> Option<(u128, i32)> {
        match self {
            Self::Int(int) => Some((int.unsigned_abs(), 0)),
            Self::Float(float) => {
                let text = format!("{:e}", float.abs());
                let (digits, exponent) = text.split_once('e')?;
                let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
                let exponent =
                    exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()?;
                Some((format!("{whole}{fraction}").parse().ok()?, exponent))
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "where nothing holds more")]
    pub(crate) fn to_number(self) -> Option<Number> {
        match self {
            // Beyond 64 bits there is no integer in JSON's numbers here, only the nearest float.
            Self::Int(int) => Number::from_i128(int).or_else(|| Number::from_f64(int as f64)),
            Self::Float(float) => Number::from_f64(float),
        }
    }
}

/// 2^127
const LIMIT: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;

fn is_decimal_multiple(number: Option<(u128, i32)>, step: Option<(u128, i32)>) -> Option<bool> {
    let ((mut digits, exponent), (mut step, step_exponent)) = (number?, step?);
    if digits == 0 || step == 0 {
        return Some(step != 0);
    }
    let shift = exponent - step_exponent;
    // A step with more zeros at its end than can be held is larger than any number compared.
    for _ in shift..0 {
        let Some(larger) = step.checked_mul(10) else { return Some(false) };
        step = larger;
    }
    digits %= step;
    for _ in 0..shift {
        digits = digits.checked_mul(10)? % step;
    }
    Some(digits == 0)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the float's magnitude is below 2^127 where it is cast"
)]
fn compare_int_float(int: i128, float: f64) -> Option<Ordering> {
    if float.is_nan() {
        return None;
    }
    if float >= LIMIT {
        return Some(Ordering::Less);
    }
    if float < -LIMIT {
        return Some(Ordering::Greater);
    }
    let whole = float.trunc() as i128;
    Some(int.cmp(&whole).then_with(|| {
        if float.fract() > 0.0 {
            Ordering::Less
        } else if float.fract() < 0.0 {
            Ordering::Greater
        } else {
            Ordering::Equal
        }
    }))
}

impl fmt::Display for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(int) => int.fmt(f),
            Self::Float(float) => float.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_beyond_f64_precision_compare_exactly() {
        let big = Num::Int(9_007_199_254_740_993); // 2^53 + 1, which no f64 holds
        let float = Num::Float(9_007_199_254_740_992.0);
        assert_eq!(big.compare(float), Some(Ordering::Greater));
        assert_eq!(float.compare(big), Some(Ordering::Less));
        assert_eq!(
            Num::Int(i128::from(u64::MAX)).compare(Num::Float(18_446_744_073_709_551_616.0)),
            Some(Ordering::Less)
        );
    }

    #[test]
    fn fractions_lie_between_integers_on_both_sides_of_zero() {
        assert_eq!(Num::Int(0).compare(Num::Float(0.5)), Some(Ordering::Less));
        assert_eq!(Num::Int(0).compare(Num::Float(-0.5)), Some(Ordering::Greater));
        assert_eq!(Num::Int(-1).compare(Num::Float(-0.5)), Some(Ordering::Less));
        assert_eq!(Num::Int(1).compare(Num::Float(1.0)), Some(Ordering::Equal));
        assert_eq!(Num::Int(1).compare(Num::Float(f64::NAN)), None);
        assert_eq!(Num::Int(i128::MAX).compare(Num::Float(1e300)), Some(Ordering::Less));
    }

    #[test]
    fn one_point_zero_is_an_integer() {
        assert!(Num::Float(1.0).is_integer());
        assert!(!Num::Float(1.5).is_integer());
        assert!(!Num::Float(f64::INFINITY).is_integer());
    }

    #[test]
    fn multiples_of_fractions_allow_for_rounding() {
        assert!(Num::Float(0.3).is_multiple_of(Num::Float(0.1)));
        assert!(!Num::Float(0.35).is_multiple_of(Num::Float(0.1)));
        assert!(Num::Int(i128::from(u64::MAX)).is_multiple_of(Num::Int(5)));
        assert!(!Num::Int(7).is_multiple_of(Num::Int(2)));
        assert!(Num::Float(1e308).is_multiple_of(Num::Float(0.5)));
        assert!(Num::Float(0.0075).is_multiple_of(Num::Float(0.0001)));
        assert!(!Num::Float(0.00751).is_multiple_of(Num::Float(0.0001)));
        assert!(!Num::Float(1e-300).is_multiple_of(Num::Float(1e300)));
        assert!(Num::Int(0).is_multiple_of(Num::Float(1e300)));
        assert!(!Num::Int(1).is_multiple_of(Num::Float(0.123_456_789)));
    }
}
