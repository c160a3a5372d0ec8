//! A string in a body: owned, or shared if it may be a whole file.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A text of at least this many bytes is shared rather than copied.
pub const MIN_SHARED_LEN: usize = 64 * 1024;

#[derive(Clone)]
pub enum Text {
    Own(String),
    Shared(Arc<String>),
}

impl Deref for Text {
    type Target = str;

    #[inline]
    fn deref(&self) -> &str {
        match self {
            Self::Own(text) => text,
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
