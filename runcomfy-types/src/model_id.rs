//! Model ids.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use runcomfy_schema::debug_as_report;
use runcomfy_schema::model_id::is_allowed;
use runcomfy_schema::truncate::start;

/// The id of a model: segments with `/` between them, for example
/// `community/fantasy-portrait/image-to-video`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModelId(Arc<str>);

/// A string that is not a model id.
#[derive(Clone, PartialEq, Eq)]
pub struct InvalidModelId {
    id: String,
    reason: &'static str,
}

impl fmt::Display for InvalidModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, reason } = self;
        write!(
            f,
            "{id:?} is not a model id: {reason}; an id looks like `kling/kling-2-1/master/image-to-video`"
        )
    }
}

impl std::error::Error for InvalidModelId {}

debug_as_report!(struct InvalidModelId { id, reason });

impl ModelId {
    /// The id as a string.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ModelId {
    type Err = InvalidModelId;

    fn from_str(id: &str) -> Result<Self, InvalidModelId> {
        const MAX_LEN: usize = 512;
        let reason = if id.is_empty() {
            "it is empty"
        } else if id.len() > MAX_LEN {
            "it is too long"
        } else if id.split('/').any(str::is_empty) {
            "a segment between slashes is empty"
        } else if id.split('/').any(|segment| [".", ".."].contains(&segment)) {
            "a segment is `.` or `..`"
        } else if !id.split('/').all(|segment| segment.chars().all(is_allowed)) {
            "segments hold only ASCII letters, digits, `-`, `.`, `_` and `~`"
        } else {
            return Ok(Self(id.into()));
        };
        Err(InvalidModelId { id: start(id, MAX_LEN).to_owned(), reason })
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for ModelId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_the_service_are_taken_and_nothing_that_could_leave_its_path() {
        for id in ["kling/kling-2-1/master/image-to-video", "bytedance/seedance-2.5/4K", "a", "9b"]
        {
            assert_eq!(id.parse::<ModelId>().unwrap().to_string(), id);
        }
        for id in ["", "/a", "a/", "a//b", "../requests", "a/./b", "a b", "a?b", "a%2fb", "ä"] {
            assert!(id.parse::<ModelId>().is_err(), "{id:?} was taken");
        }
    }
}
