//! Counts with their nouns.

use std::fmt::Display;

/// `1 item`, `2 items`
#[must_use]
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, noun: &str) -> String {
    let plural = if count == N::from(1) { "" } else { "s" };
    format!("{count} {noun}{plural}")
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
}
