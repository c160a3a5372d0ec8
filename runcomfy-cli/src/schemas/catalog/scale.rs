//! A range as a picture: where its ends are, and the default between them.

use runcomfy_schema::Num;

use super::text::number;

/// The numbers that a value may be.
#[derive(Clone, Debug)]
pub(super) struct Scale {
    pub(super) is_integer: bool,
    pub(super) min: Option<End>,
    pub(super) max: Option<End>,
    pub(super) step: Option<Num>,
}

/// An end of a range.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) value: Num,
    pub(super) is_exclusive: bool,
}

/// A range with more than this many units shows its orders of magnitude.
const MAX_LINEAR: f64 = 10_000.0;
/// More marks would be a grey bar.
const MAX_MARKS: f64 = 30.0;

impl Scale {
    /// Whether there is anything to draw.
    pub(super) fn is_drawn(&self) -> bool {
        self.min.is_some() || self.max.is_some()
    }

    /// In words: `integer from 6 to 20`.
    pub(super) fn words(&self) -> String {
        let noun = if self.is_integer { "integer" } else { "number" };
        let range = match (&self.min, &self.max) {
            (None, None) => String::new(),
            (Some(min), None) => format!(" {}", min.words("above", "from") + " up"),
            (None, Some(max)) => format!(" {}", max.words("below", "up to")),
            (Some(min), Some(max)) if !min.is_exclusive && !max.is_exclusive => {
                format!(" from {} to {}", number(&min.value), number(&max.value))
            }
            (Some(min), Some(max)) => {
                format!(" {} and {}", min.words("above", "from"), max.words("below", "up to"))
            }
        };
        let step = self.step.as_ref().map(|step| format!(", a multiple of {}", number(step)));
        format!("{noun}{range}{}", step.unwrap_or_default())
    }

    /// Whether equal distances stand for equal factors.
    pub(super) fn is_logarithmic(&self) -> bool {
        self.length().is_some_and(|length| length > MAX_LINEAR)
    }

    /// `None` with an open end, or one that is too far away to draw.
    fn length(&self) -> Option<f64> {
        let (min, max) = (self.min.as_ref()?, self.max.as_ref()?);
        Some(max.value.to_f64() - min.value.to_f64()).filter(|length| length.is_finite())
    }

    /// Where a value stands, in per cent of the line. With one end, the other is out of sight, and any
    /// value but the end is halfway.
    pub(super) fn position(&self, value: &Num) -> f64 {
        let is_at =
            |end: &Option<End>| end.as_ref().is_some_and(|end| value.compare(&end.value).is_eq());
        let place = match (is_at(&self.min), is_at(&self.max), self.length()) {
            (true, ..) => 0.0,
            (_, true, _) => 1.0,
            (.., None) => 0.5,
            (.., Some(length)) => {
                let min = self.min.as_ref().map_or(0.0, |min| min.value.to_f64());
                let from_min = value.to_f64() - min;
                if self.is_logarithmic() {
                    from_min.max(0.0).ln_1p() / length.ln_1p()
                } else {
                    from_min / length
                }
            }
        };
        let place = if place.is_finite() { place.clamp(0.0, 1.0) } else { 0.5 };
        (place * 1000.0).round() / 10.0
    }

    /// The number of equal parts that marks divide the line into.
    pub(super) fn parts(&self) -> Option<f64> {
        let length = self.length().filter(|length| *length > 0.0)?;
        let parts = match (&self.step, self.is_integer) {
            _ if self.is_logarithmic() => length.log10().round(),
            (Some(step), _) => length / step.to_f64(),
            (None, true) => length,
            (None, false) => return None,
        };
        (parts.fract() == 0.0 && (2.0..=MAX_MARKS).contains(&parts)).then_some(parts)
    }
}

impl End {
    fn words(&self, exclusive: &str, inclusive: &str) -> String {
        let word = if self.is_exclusive { exclusive } else { inclusive };
        format!("{word} {}", number(&self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn num(text: &str) -> Num {
        Num::parse(text).unwrap()
    }

    /// `[` and `]` are inclusive, `(` and `)` exclusive; `*` is an open end.
    fn scale(is_integer: bool, range: &str) -> Scale {
        let (min, max) = range.split_once(' ').unwrap();
        let end = |text: &str| {
            let value = text.trim_matches(['[', ']', '(', ')']);
            let is_exclusive = text.contains(['(', ')']);
            (value != "*").then(|| End { value: num(value), is_exclusive })
        };
        Scale { is_integer, min: end(min), max: end(max), step: None }
    }

    #[test]
    fn range_has_words_and_places() {
        let endless = format!("number from 0 to 1{}…", "0".repeat(39));
        let huge = "[0 4294967295]";
        for (is_integer, range, words, value, place, parts) in [
            (true, "[6 20]", "integer from 6 to 20", "6", 0.0, Some(14.0)),
            (true, "[6 20]", "integer from 6 to 20", "13", 50.0, Some(14.0)),
            (false, "[0 1]", "number from 0 to 1", "0.25", 25.0, None),
            (false, "(0 1]", "number above 0 and up to 1", "1", 100.0, None),
            (false, "[-1 1)", "number from -1 and below 1", "0", 50.0, None),
            (true, "[-1 *", "integer from -1 up", "-1", 0.0, None),
            (true, "[-1 *", "integer from -1 up", "7", 50.0, None),
            (false, "* 30)", "number below 30", "2", 50.0, None),
            (true, "* 30]", "integer up to 30", "30", 100.0, None),
            (true, "* *", "integer", "3", 50.0, None),
            // Near the beginning of its 4 billion, and yet apart from it.
            (true, huge, "integer from 0 to 4,294,967,295", "42", 17.0, Some(10.0)),
            (true, "[3 3]", "integer from 3 to 3", "3", 0.0, None),
            (false, "[0 1e400]", &endless, "1e300", 50.0, None),
            // A default that the range does not have stays in the picture.
            (true, "[6 20]", "integer from 6 to 20", "99", 100.0, Some(14.0)),
        ] {
            let scale = scale(is_integer, range);
            assert_eq!(scale.words(), words, "{range}");
            assert_eq!(scale.position(&num(value)), place, "{value} in {range}");
            assert_eq!(scale.parts(), parts, "{range}");
        }
        let steps = Scale { step: Some(num("8")), ..scale(true, "[64 128]") };
        assert_eq!(steps.words(), "integer from 64 to 128, a multiple of 8");
        assert_eq!(steps.parts(), Some(8.0));
    }
}
