//! Exact numbers: one type for the numbers of schemas and bodies, one comparison, and one
//! `is_multiple_of`.
//!
//! A number means the decimal in its text, in schemas and in bodies. A float means the shortest
//! decimal that parses to it, because that decimal is sent: `0.3` is a multiple of `0.1`, although
//! no `f64` is either.
//!
//! A fraction in a body becomes the nearest `f64`. An integer keeps every digit if its text is
//! available (`from_json`). Through `serde`, an integer beyond 64 bits becomes the nearest `f64`.
//! No feature of `serde_json` that another crate enables changes this.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Number;
use serde_json::value::RawValue;

mod decimal;

use decimal::{Buffer, Decimal, MAX_STEP_DIGITS};

/// A JSON number.
#[derive(Clone, Debug)]
pub enum Num {
    /// A 64-bit integer.
    Int(i64),
    /// An integer above [`i64::MAX`].
    Uint(u64),
    /// The shortest decimal that parses to this float, which is finite.
    Float(f64),
    /// Any other decimal in the form that [`Num::parse`] writes: digits, then `e` and the power of
    /// ten.
    Digits(Cow<'static, str>),
}

/// Numbers with larger exponents cannot be compared.
const MAX_EXPONENT: i64 = i32::MAX as i64;

/// More zeros than this are displayed as a power of ten.
const MAX_ZEROS: usize = 400;

impl Num {
    /// Parses a JSON number. `None` if the text is not a number, or if its exponent is too large.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(int) = text.parse::<i64>() {
            return Some(Self::Int(int));
        }
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (rest, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits = format!("{whole}{fraction}");
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let significant = digits.trim_end_matches('0').len();
        let zeros = digits.len() - significant;
        let exponent = exponent
            .checked_sub(i64::try_from(fraction.len()).ok()?)?
            .checked_add(i64::try_from(zeros).ok()?)?;
        digits.truncate(significant);
        let leading = digits.len() - digits.trim_start_matches('0').len();
        digits.drain(..leading);
        if digits.is_empty() {
            return Some(Self::Int(0));
        }
        if exponent.abs() > MAX_EXPONENT {
            return None;
        }
        let decimal = Decimal { negative, digits: digits.as_bytes(), exponent };
        Some(decimal.to_integer().or_else(|| decimal.to_float(text)).unwrap_or_else(|| {
            let sign = if negative { "-" } else { "" };
            let power = if exponent == 0 { String::new() } else { format!("e{exponent}") };
            Self::Digits(format!("{sign}{digits}{power}").into())
        }))
    }

    /// Reads a number of `serde_json` in the same way for all of its features: as a 64-bit integer,
    /// or as the nearest float. `None` if it is beyond all floats.
    #[must_use]
    pub fn of(number: &Number) -> Option<Self> {
        if let Some(int) = number.as_i64() {
            // With `arbitrary_precision`, `-0` is still a text here.
            let is_negative_zero = int == 0 && number.to_string().starts_with('-');
            return Some(if is_negative_zero { Self::Float(-0.0) } else { Self::Int(int) });
        }
        if let Some(int) = number.as_u64() {
            return Some(Self::Uint(int));
        }
        number.as_f64().and_then(Self::of_float)
    }

    /// The number that `serde_json` reads from this text without `arbitrary_precision`.
    #[must_use]
    pub fn of_text(text: &str) -> Option<Self> {
        if text.starts_with("-0") && !text.contains(|c: char| ('1'..='9').contains(&c)) {
            return Some(Self::Float(-0.0));
        }
        match (text.parse(), text.parse()) {
            (Ok(int), _) => Some(Self::Int(int)),
            (_, Ok(int)) => Some(Self::Uint(int)),
            _ => text.parse().ok().and_then(Self::of_float),
        }
    }

    /// `None` for NaN and the infinities.
    #[must_use]
    pub fn of_float(float: f64) -> Option<Self> {
        float.is_finite().then_some(Self::Float(float))
    }

    /// An integer of any size.
    #[must_use]
    pub fn of_i128(int: i128) -> Self {
        match (i64::try_from(int), u64::try_from(int)) {
            (Ok(int), _) => Self::Int(int),
            (_, Ok(int)) => Self::Uint(int),
            _ => Self::parse(&int.to_string()).unwrap_or(Self::Int(0)),
        }
    }

    /// Whether it is an integer by JSON Schema's definition: `1.0` and `1e3` are.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        match self {
            Self::Int(_) | Self::Uint(_) => true,
            Self::Float(float) => float.fract() == 0.0,
            Self::Digits(_) => self.decimal(&mut Buffer::default()).exponent >= 0,
        }
    }

    /// The number as an integer, if that has at most 64 bits.
    #[must_use]
    pub fn to_integer(&self) -> Option<i128> {
        match self {
            Self::Int(int) => Some((*int).into()),
            Self::Uint(int) => Some((*int).into()),
            Self::Float(float) => whole(*float)
                .filter(|int| (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(int)),
            Self::Digits(_) => None,
        }
    }

    /// The nearest float.
    #[expect(clippy::cast_precision_loss, reason = "the nearest is meant")]
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match self {
            Self::Int(int) => *int as f64,
            Self::Uint(int) => *int as f64,
            Self::Float(float) => *float,
            Self::Digits(text) => text.parse().unwrap_or(f64::NAN),
        }
    }

    /// Compares by value. Integers and decimals are compared exactly. An integer is compared
    /// with the exact binary value of a float, as other JSON readers do.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            // Floats have the same order as their shortest decimals.
            (Self::Float(a), Self::Float(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
            (Self::Int(a), Self::Float(b)) => compare_int_with_float(*a, *b),
            (Self::Float(a), Self::Int(b)) => compare_int_with_float(*b, *a).reverse(),
            _ => self.compare_large(other),
        }
    }

    /// Compares two numbers of which one is large, which is rare.
    #[inline(never)]
    fn compare_large(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Uint(a), Self::Uint(b)) => a.cmp(b),
            (Self::Int(_), Self::Uint(_)) => Ordering::Less,
            (Self::Uint(_), Self::Int(_)) => Ordering::Greater,
            (Self::Uint(a), Self::Float(b)) => compare_with_float((*a).into(), *b),
            (Self::Float(a), Self::Uint(b)) => compare_with_float((*b).into(), *a).reverse(),
            (Self::Float(a), b) if is_beyond_digits(*a) => Self::in_full(*a).compare(b),
            (a, Self::Float(b)) if is_beyond_digits(*b) => a.compare(&Self::in_full(*b)),
            (a, b) => a.decimal(&mut Buffer::default()).compare(&b.decimal(&mut Buffer::default())),
        }
    }

    /// A float that is a whole number, with all its digits.
    fn in_full(float: f64) -> Self {
        Self::Digits(format!("{float:.0}").into())
    }

    /// Whether this is a multiple of `step`. A step of more digits than
    /// [`can_be_step`](Self::can_be_step) allows has no multiple but zero.
    #[must_use]
    pub fn is_multiple_of(&self, step: &Self) -> bool {
        if let (Self::Int(a), Self::Int(b)) = (self, step) {
            return *b != 0 && a.checked_rem(*b).unwrap_or(0) == 0;
        }
        let (mut own, mut its) = (Buffer::default(), Buffer::default());
        self.decimal(&mut own).is_multiple_of(&step.decimal(&mut its))
    }

    /// Whether multiples of it can be determined exactly.
    #[must_use]
    pub fn can_be_step(&self) -> bool {
        self.decimal(&mut Buffer::default()).digits.len() <= MAX_STEP_DIGITS
    }

    /// The same text for equal numbers: `1`, `1.0` and `1e0`.
    #[must_use]
    pub fn canonical(&self) -> String {
        if let Self::Float(float) = self
            && let Some(int) = whole(*float)
        {
            let sign = if int < 0 { "-" } else { "" };
            let text = int.unsigned_abs().to_string();
            let digits = text.trim_end_matches('0');
            let zeros = if digits.is_empty() { 0 } else { text.len() - digits.len() };
            return format!("{sign}{digits}e{zeros}");
        }
        let mut buffer = Buffer::default();
        let Decimal { negative, digits, exponent } = self.decimal(&mut buffer);
        let sign = if negative && !digits.is_empty() { "-" } else { "" };
        format!("{sign}{}e{exponent}", String::from_utf8_lossy(digits))
    }

    /// The number for `serde_json`, or the nearest float if it cannot hold the number.
    #[must_use]
    pub fn to_number(&self) -> Option<Number> {
        match self {
            Self::Int(int) => Some((*int).into()),
            Self::Uint(int) => Some((*int).into()),
            Self::Float(_) | Self::Digits(_) => Number::from_f64(self.to_f64()),
        }
    }
}

/// 2^53. Up to it, every integer is a float, and a float stands for one integer alone. Above it, integers
/// share floats.
pub const MAX_EXACT: i64 = 1 << 53;

/// [`MAX_EXACT`] as a float.
#[expect(clippy::cast_precision_loss, reason = "a power of two")]
pub const MAX_EXACT_FLOAT: f64 = MAX_EXACT as f64;

/// An integer as a float, if no other integer has the same one.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "checked to be exact")]
pub fn exact_float(int: i64) -> Option<f64> {
    (int.unsigned_abs() <= MAX_EXACT.unsigned_abs()).then_some(int as f64)
}

/// A float as an integer, if it is one and has at most 128 bits.
#[expect(clippy::cast_possible_truncation, reason = "checked to be in range")]
fn whole(float: f64) -> Option<i128> {
    /// 2^127
    const LIMIT: f64 = 170_141_183_460_469_231_731_687_303_715_884_105_728.0;
    (float.fract() == 0.0 && float.abs() < LIMIT).then_some(float as i128)
}

/// Whether a float is a whole number with more digits than its shortest decimal shows.
fn is_beyond_digits(float: f64) -> bool {
    float.abs() > MAX_EXACT_FLOAT
}

fn compare_int_with_float(int: i64, float: f64) -> Ordering {
    // Every 32-bit integer is a float without loss.
    match i32::try_from(int) {
        Ok(int) => f64::from(int).partial_cmp(&float).unwrap_or(Ordering::Equal),
        Err(_) => compare_with_float(int.into(), float),
    }
}

#[inline(never)]
fn compare_with_float(int: i128, float: f64) -> Ordering {
    match whole(float.trunc()) {
        Some(whole) => {
            int.cmp(&whole).then_with(|| 0.0.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
        }
        None if float > 0.0 => Ordering::Less,
        None => Ordering::Greater,
    }
}

impl PartialEq for Num {
    fn eq(&self, other: &Self) -> bool {
        self.compare(other).is_eq()
    }
}

impl Serialize for Num {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Int(int) => serializer.serialize_i64(*int),
            Self::Uint(int) => serializer.serialize_u64(*int),
            Self::Float(float) => serializer.serialize_f64(*float),
            Self::Digits(_) => match RawValue::from_string(self.to_string()) {
                Ok(raw) => raw.serialize(serializer),
                Err(_) => serializer.serialize_f64(self.to_f64()),
            },
        }
    }
}

/// Displays the number as JSON, in a readable form.
impl fmt::Display for Num {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(int) => int.fmt(f),
            Self::Uint(int) => int.fmt(f),
            Self::Float(float) if *float == 0.0 || (1e-7..1e21).contains(&float.abs()) => {
                float.fmt(f)
            }
            Self::Float(float) => fmt::LowerExp::fmt(float, f),
            Self::Digits(text) => match text.split_once('e') {
                Some((digits, power)) => match power.parse::<usize>() {
                    Ok(zeros) if zeros <= MAX_ZEROS => write!(f, "{digits}{:0<zeros$}", ""),
                    _ => f.write_str(text),
                },
                None => f.write_str(text),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn num(text: &str) -> Num {
        Num::parse(text).unwrap()
    }

    #[test]
    fn numbers_have_the_order_of_their_decimals() {
        let sorted = [
            "-1e999999999",
            "-1e300",
            "-340282366920938463463374607431768211457",
            "-18446744073709551617",
            "-9223372036854775808",
            "-1",
            "-0.5",
            "-1e-300",
            "0",
            "1e-999999999",
            "1e-11",
            "0.1",
            "0.1000000000000000055",
            "0.3",
            "1",
            "1.5",
            "9007199254740992",
            "9007199254740993",
            "10000000000000000",
            "10000000000000001",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615",
            "18446744073709551616",
            "18446744073709551617",
            "340282366920938463463374607431768211456",
            "340282366920938463463374607431768211457",
            "1e300",
            "1.7976931348623157e308",
            "1e999999999",
        ];
        for (a, left) in sorted.iter().enumerate() {
            for (b, right) in sorted.iter().enumerate() {
                assert_eq!(num(left).compare(&num(right)), a.cmp(&b), "{left} {right}");
            }
        }
    }

    #[test]
    fn float_beside_an_integer_is_its_binary_value() {
        let power = num("340282366920938463463374607431768211456");
        assert_eq!(Num::Float(340_282_366_920_938_463_463_374_607_431_768_211_456.0), power);
        assert_eq!(Num::Float(-9_223_372_036_854_775_808.0), Num::Int(i64::MIN));
        assert_eq!(Num::Float(1e300), num("1e300"));
        assert!(Num::Float(1e22).compare(&num("10000000000000000000001")).is_lt());
    }

    #[test]
    fn one_number_has_many_texts() {
        for (a, b) in [
            ("1", "1.0"),
            ("1e16", "10000000000000000"),
            ("100", "1e2"),
            ("0.5", "5E-1"),
            ("-0", "0"),
            ("-0.0", "0e5"),
            ("18446744073709551617", "1.8446744073709551617e19"),
            ("0.0001", "1e-4"),
            ("1e+21", "1000000000000000000000"),
            ("-2.50", "-25e-1"),
        ] {
            assert_eq!(num(a), num(b), "{a} {b}");
            assert_eq!(num(a).canonical(), num(b).canonical(), "{a} {b}");
        }
        assert!(Num::parse("1e99999999999").is_none() && Num::parse("x").is_none());
    }

    #[test]
    fn integers_are_recognised_by_value() {
        for text in ["1", "1.0", "1e3", "1e300", "18446744073709551617", "0e-5", "1e999999999"] {
            assert!(num(text).is_integer(), "{text}");
        }
        for text in ["1.5", "1e-3", "1e-999999999", "18446744073709551617.5"] {
            assert!(!num(text).is_integer(), "{text}");
        }
    }

    #[test]
    fn multiples_are_exact() {
        for (number, step, expected) in [
            ("0.3", "0.1", true),
            ("0.35", "0.1", false),
            ("1e-11", "1", false),
            ("497243.301", "0.001", true),
            ("12345.6781", "0.0001", true),
            ("12345.67811", "0.0001", false),
            ("18446744073709551615", "5", true),
            ("18446744073709551617", "5", false),
            ("1e308", "0.5", true),
            ("1e999999999", "7", false),
            ("1e999999999", "1024", true),
            ("1e999999999", "0.3", false),
            ("7e999999999", "7", true),
            ("1e-300", "1e300", false),
            ("0", "1e300", true),
            ("1", "0.123456789", false),
            ("-9223372036854775808", "-1", true),
            ("9223372036854775807", "0.5", true),
            ("5", "0", false),
        ] {
            assert_eq!(num(number).is_multiple_of(&num(step)), expected, "{number} of {step}");
        }
        assert!(!num("0.12345678901234567890123456789012345678901").can_be_step());
    }

    #[test]
    fn display_keeps_the_value() {
        for (text, shown) in [
            ("0.1e-7", "1e-8"),
            ("1.50", "1.5"),
            ("1e300", "1e300"),
            ("184467440737095516170", "184467440737095516170"),
            ("0.1000000000000000055", "1000000000000000055e-19"),
        ] {
            assert_eq!(num(text).to_string(), shown);
            assert_eq!(num(shown), num(text));
            assert_eq!(Num::parse(&serde_json::to_string(&num(text)).unwrap()), Some(num(text)));
        }
    }
}
