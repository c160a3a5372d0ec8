//! Model ids that are safe as paths.

use std::fmt;
use std::str::FromStr;

use runcomfy_schema::model_id::is_allowed;
use runcomfy_schema::printable::line;

use crate::Error;

/// A model id, such as `kling/kling-2-1/master/image-to-video`, that names a file inside a folder on
/// every system. So it has no `..`, no backslash, no drive letter and no name of a device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelId(String);

impl ModelId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its segments.
    pub(crate) fn segments(&self) -> std::str::Split<'_, char> {
        self.0.split('/')
    }
}

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// # Errors
/// If the text is not a model id.
impl FromStr for ModelId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        // A name of most file systems has at most 255 bytes, and the file is called `<segment>.json`.
        const MAX_SEGMENT_LEN: usize = 200;
        const MAX_SEGMENTS: usize = 32;
        let is_segment = |segment: &str| {
            !segment.is_empty()
                && segment.len() <= MAX_SEGMENT_LEN
                && !segment.starts_with('.')
                && !segment.ends_with('.')
                && segment.chars().all(is_allowed)
                && !is_device(segment)
        };
        if text.split('/').count() <= MAX_SEGMENTS && text.split('/').all(is_segment) {
            return Ok(Self(text.to_owned()));
        }
        let text = line(&format!("{text:?}"));
        Err(Error::bad_input(format!(
            "{text} is not a model id; one looks like \"kling/kling-2-1/master/image-to-video\""
        )))
    }
}

/// Whether Windows takes a name for a device, whatever its extension.
fn is_device(segment: &str) -> bool {
    let stem = segment.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = |prefix: &str| {
        stem.strip_prefix(prefix)
            .is_some_and(|rest| rest.len() == 1 && rest.chars().all(|digit| digit.is_ascii_digit()))
    };
    matches!(&*stem, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_leave_the_folder_are_refused() {
        for id in [
            "",
            "/x",
            "x/",
            "a//b",
            "..",
            "../x",
            "a/../../x",
            "a/.b",
            ".",
            "a/./b",
            "a\\..\\..\\b",
            "C:b",
            "C:/b",
            "a\nb",
            "a\u{1b}[2J",
            "a b",
            "a/\u{202e}b",
            "a\0",
            "nul",
            "a/CON.x",
            "a/com1",
            "LPT9",
            "a./b",
            "%2e%2e/x",
            "a*",
            "a?",
            "ä",
        ] {
            let error = id.parse::<ModelId>().unwrap_err().to_string();
            assert!(error.contains("is not a model id"), "{id:?}: {error}");
            assert!(!error.contains(char::is_control), "{error:?}");
        }
        assert!("a".repeat(201).parse::<ModelId>().is_err());
        assert!(["a"; 33].join("/").parse::<ModelId>().is_err());
    }

    #[test]
    fn ids_of_the_service_are_accepted() {
        for id in [
            "kling/kling-2-1/master/image-to-video",
            "bytedance/seedance-2.5/text-to-video/1080p",
            "x/4K",
            "a",
            "a..b/~c",
            "console/compile/lpt",
        ] {
            assert_eq!(id.parse::<ModelId>().unwrap().as_str(), id);
        }
    }
}
