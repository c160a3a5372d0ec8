//! Counts with their nouns.

use std::fmt::Display;

/// `1 item`, `2 items`
#[must_use]
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

/// What bounds a count: `1 to 5 items`, `exactly 1 item`; `None` if nothing does.
#[must_use]
pub fn counted_within(min: Option<u64>, max: Option<u64>, noun: &str) -> Option<String> {
    match (min.filter(|min| *min > 0), max) {
        (None, None) => None,
        (Some(min), Some(max)) if min == max => Some(format!("exactly {}", counted(min, noun))),
        (Some(min), Some(max)) => Some(format!("{min} to {}", counted(max, noun))),
        (Some(min), None) => Some(format!("at least {}", counted(min, noun))),
        (None, Some(max)) => Some(format!("at most {}", counted(max, noun))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_is_singular() {
        let texts =
            [counted(0_u64, "item"), counted(1_u64, "item"), counted(2_usize, "other item")];
        assert_eq!(texts, ["0 items", "1 item", "2 other items"]);
    }

    #[test]
    fn bounds_say_what_they_leave_open() {
        for (min, max, expected) in [
            (None, None, None),
            (Some(0), None, None),
            (Some(1), None, Some("at least 1 item")),
            (None, Some(2), Some("at most 2 items")),
            (Some(0), Some(2), Some("at most 2 items")),
            (Some(1), Some(2), Some("1 to 2 items")),
            (Some(1), Some(1), Some("exactly 1 item")),
        ] {
            assert_eq!(counted_within(min, max, "item").as_deref(), expected);
        }
    }
}
