//! Numbers as decimal digits and a power of ten, for numbers that are neither floats nor 64-bit
//! integers.

use std::cmp::Ordering;
use std::fmt::{self, Write as _};

use super::Num;

/// More digits would need more than 128 bits.
pub(super) const MAX_STEP_DIGITS: usize = 37;

impl Num {
    pub(super) fn decimal<'a>(&'a self, buffer: &'a mut Buffer) -> Decimal<'a> {
        let text: &'a str = match self {
            Self::Digits(text) => text,
            other => {
                // The buffer is longer than the text of any of these.
                let _ = match other {
                    Self::Int(int) => write!(buffer, "{int}"),
                    Self::Uint(int) => write!(buffer, "{int}"),
                    _ => write!(buffer, "{:e}", other.to_f64()),
                };
                buffer.tidy()
            }
        };
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
        let significant = digits.trim_start_matches('0').trim_end_matches('0');
        let zeros = if significant.is_empty() {
            0
        } else {
            digits.len() - digits.trim_end_matches('0').len()
        };
        Decimal {
            negative,
            digits: significant.as_bytes(),
            exponent: exponent.parse::<i64>().unwrap_or_default()
                + i64::try_from(zeros).unwrap_or_default(),
        }
    }
}

/// The text of a 64-bit integer or of a float.
#[derive(Default)]
pub(super) struct Buffer {
    bytes: [u8; 32],
    len: usize,
}

impl Buffer {
    /// Removes the point: `1.5e-3` becomes `15e-4`.
    fn tidy(&mut self) -> &str {
        let text = self.bytes.get(..self.len).unwrap_or_default();
        let dot = text.iter().position(|byte| *byte == b'.');
        let power = text.iter().position(|byte| *byte == b'e');
        if let (Some(dot), Some(power)) = (dot, power) {
            let fraction = i64::try_from(power - dot - 1).unwrap_or_default();
            let exponent = std::str::from_utf8(&text[power + 1..]).unwrap_or_default();
            let exponent = exponent.parse::<i64>().unwrap_or_default() - fraction;
            self.bytes.copy_within(dot + 1..power, dot);
            self.len = power - 1;
            let _ = write!(self, "e{exponent}");
        }
        self.bytes
            .get(..self.len)
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .unwrap_or_default()
    }
}

impl fmt::Write for Buffer {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + text.len()).ok_or(fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

/// Digits times a power of ten. The digits neither begin nor end with a zero. Zero has no digits.
pub(super) struct Decimal<'a> {
    pub(super) negative: bool,
    pub(super) digits: &'a [u8],
    pub(super) exponent: i64,
}

impl Decimal<'_> {
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let sign = |decimal: &Self| match (decimal.digits.is_empty(), decimal.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        let magnitude = |decimal: &Self| {
            i64::try_from(decimal.digits.len()).unwrap_or(i64::MAX).saturating_add(decimal.exponent)
        };
        sign(self).cmp(&sign(other)).then_with(|| {
            let order =
                magnitude(self).cmp(&magnitude(other)).then_with(|| self.digits.cmp(other.digits));
            if self.negative { order.reverse() } else { order }
        })
    }

    /// Whether this is a multiple of `step`. A step of more than [`MAX_STEP_DIGITS`] digits has no
    /// multiple but zero.
    pub(super) fn is_multiple_of(&self, step: &Self) -> bool {
        if self.digits.is_empty() {
            return !step.digits.is_empty();
        }
        // Neither ends in a zero, so a number with a smaller power of ten is no multiple.
        let Ok(shift) = u64::try_from(self.exponent - step.exponent) else { return false };
        if step.digits.is_empty() || step.digits.len() > MAX_STEP_DIGITS {
            return false;
        }
        let value = |digits: &[u8]| {
            digits.iter().fold(0_u128, |value, digit| value * 10 + u128::from(digit - b'0'))
        };
        let step = value(step.digits);
        let mut rest =
            self.digits.iter().fold(0, |rest, digit| (rest * 10 + u128::from(digit - b'0')) % step);
        // A step below 2^128 has fewer than 128 factors of 2 or 5, so more powers of ten change
        // nothing.
        for _ in 0..shift.min(128) {
            rest = rest * 10 % step;
        }
        rest == 0
    }

    /// The number as a 64-bit integer, if it is one.
    pub(super) fn to_integer(&self) -> Option<Num> {
        let zeros = usize::try_from(self.exponent).ok()?;
        if self.digits.is_empty() || self.digits.len() + zeros > 20 {
            return None;
        }
        let ten = |value: u128, digit: u8| value * 10 + u128::from(digit);
        let value = self.digits.iter().fold(0, |value, digit| ten(value, digit - b'0'));
        let value = (0..zeros).fold(value, |value, _| ten(value, 0));
        let value = i128::try_from(value).ok()?;
        let value = if self.negative { -value } else { value };
        match (i64::try_from(value), u64::try_from(value)) {
            (Ok(int), _) => Some(Num::Int(int)),
            (_, Ok(int)) => Some(Num::Uint(int)),
            _ => None,
        }
    }

    /// The float whose shortest decimal is exactly this number, if there is one. `text` is the same
    /// number.
    pub(super) fn to_float(&self, text: &str) -> Option<Num> {
        let float = Num::of_float(text.parse().ok()?)?;
        float.decimal(&mut Buffer::default()).compare(self).is_eq().then_some(float)
    }
}
