//! A string in a body: owned, or shared if it may be a whole file.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::media::check::has_scheme;

/// A text of at least this many bytes is shared rather than copied.
pub const MIN_SHARED_LEN: usize = 64 * 1024;

#[derive(Clone)]
pub enum Text {
    Own(String),
    Shared(Arc<String>),
    /// Text that a setter was given. In a media field, a bare file name in it has two meanings: a
    /// file on this machine, or one that the service hosts. JSON has only the second.
    Setter(String),
}

impl Text {
    /// Text that a setter was given. It is marked so, unless it is long and has a scheme.
    #[must_use]
    pub fn from_setter(text: impl Into<String>) -> Self {
        let text = text.into();
        // The text of a whole file has a scheme, so it is not a bare name and needs no mark.
        if text.len() < MIN_SHARED_LEN || !has_scheme(&text) {
            Self::Setter(text)
        } else {
            Self::Shared(Arc::new(text))
        }
    }

    /// Whether this text is marked as one that a setter was given. Not marked are texts of a JSON body, and
    /// the long texts with a scheme of [`from_setter`](Self::from_setter).
    #[must_use]
    pub fn is_from_setter(&self) -> bool {
        matches!(self, Self::Setter(_))
    }

    /// Whether this is a bare file name that a setter was given.
    #[must_use]
    pub fn is_ambiguous_name(&self) -> bool {
        matches!(self, Self::Setter(text) if !has_scheme(text))
    }
}

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        match self {
            Self::Own(text) | Self::Setter(text) => text,
            Self::Shared(text) => text,
        }
    }
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: Into<String>> From<T> for Text {
    #[inline]
    fn from(text: T) -> Self {
        let text = text.into();
        if text.len() < MIN_SHARED_LEN { Self::Own(text) } else { Self::Shared(Arc::new(text)) }
    }
}
