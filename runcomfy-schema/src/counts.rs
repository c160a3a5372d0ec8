//! A range of lengths or counts.

use crate::counted::counted;

/// A range of lengths or counts, which includes both ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub min: Option<u64>,
    pub max: Option<u64>,
}

impl Counts {
    #[must_use]
    pub(crate) fn new(min: Option<u64>, max: Option<u64>) -> Self {
        Self { min, max }
    }

    #[must_use]
    #[cfg(feature = "parse")]
    pub(crate) fn is_unbounded(self) -> bool {
        self == Self::default()
    }

    /// Whether a count is in the range.
    pub(crate) fn has(self, count: usize) -> bool {
        let count = count as u64;
        self.min.is_none_or(|min| count >= min) && self.max.is_none_or(|max| count <= max)
    }

    /// How a count is outside the range: the keyword of the end that it is beyond, and the message.
    pub(crate) fn broken(
        self,
        keywords: (&'static str, &'static str),
        count: usize,
        noun: &str,
    ) -> Option<(&'static str, String)> {
        let count = count as u64;
        let has = || format!("has {}", counted(count, noun));
        if let Some(min) = self.min.filter(|min| count < *min) {
            return Some((keywords.0, format!("{}, but needs at least {min}", has())));
        }
        let max = self.max.filter(|max| count > *max)?;
        Some((keywords.1, format!("{}, but takes at most {max}", has())))
    }
}
