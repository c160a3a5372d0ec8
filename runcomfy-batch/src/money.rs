//! Amounts of money, exact to a millionth of a dollar.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// An amount in US dollars, exact to a millionth.
///
/// ```
/// use runcomfy_batch::Usd;
///
/// let limit: Usd = "12.50".parse()?;
/// assert_eq!(limit.microdollars(), 12_500_000);
/// assert_eq!(limit.to_string(), "$12.50");
/// # Ok::<(), runcomfy_batch::InvalidUsd>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(u64);

impl Usd {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// From millionths of a dollar.
    #[must_use]
    pub const fn from_microdollars(microdollars: u64) -> Self {
        Self(microdollars)
    }

    /// In millionths of a dollar.
    #[must_use]
    pub const fn microdollars(self) -> u64 {
        self.0
    }

    /// From dollars, rounded up to a millionth; `None` for a number that is no amount of money: a negative
    /// one, or more than a billion.
    #[must_use]
    pub fn from_dollars(dollars: f64) -> Option<Self> {
        const MAX: f64 = 1e9;
        // An exact amount such as 0.28 must not become a millionth more by its binary form.
        let micro = (dollars * 1e6 - 1e-3).ceil().max(0.0);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is between 0 and 1e15"
        )]
        (0.0..=MAX).contains(&dollars).then_some(Self(micro as u64))
    }

    /// In dollars.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^53 millionths")]
    pub fn dollars(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The sum; the largest amount if it is larger.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// `$0.28`: at least cents, and as many digits as it needs.
impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (dollars, micro) = (self.0 / 1_000_000, self.0 % 1_000_000);
        let mut fraction = format!("{micro:06}");
        while fraction.len() > 2 && fraction.ends_with('0') {
            fraction.pop();
        }
        f.pad(&format!("${dollars}.{fraction}"))
    }
}

/// Not an amount of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an amount in US dollars, such as 12.50")]
pub struct InvalidUsd(String);

impl FromStr for Usd {
    type Err = InvalidUsd;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidUsd(text.to_owned());
        let digits = text.strip_prefix('$').unwrap_or(text);
        let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let dollars: f64 = digits.parse().ok().filter(|_| is_plain).ok_or_else(invalid)?;
        Self::from_dollars(dollars).ok_or_else(invalid)
    }
}

/// As a number of dollars.
impl Serialize for Usd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.dollars())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        for (text, micro, shown) in [
            ("0", 0, "$0.00"),
            ("0.28", 280_000, "$0.28"),
            ("$1.4", 1_400_000, "$1.40"),
            ("0.000001", 1, "$0.000001"),
            ("0.0000001", 1, "$0.000001"),
            ("12.345", 12_345_000, "$12.345"),
            ("1000000000", 1_000_000_000_000_000, "$1000000000.00"),
        ] {
            let usd: Usd = text.parse().unwrap();
            assert_eq!((usd.microdollars(), usd.to_string().as_str()), (micro, shown), "{text}");
        }
        for text in ["", "-1", "1e3", "nan", "inf", "1,5", "1000000001", "$", "1 "] {
            assert!(text.parse::<Usd>().is_err(), "{text}");
        }
        for cents in 0..100_000_u64 {
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let usd = Usd::from_dollars(cents as f64 / 100.0).unwrap();
            assert_eq!(usd.microdollars(), cents * 10_000);
        }
    }
}
