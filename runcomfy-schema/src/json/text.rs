//! A text in a body: of its own, or shared where it may be a whole file.

use std::cell::RefCell;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// Texts this long are shared rather than copied.
pub const LONG: usize = 64 * 1024;

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
        if text.len() < LONG { Self::Own(text) } else { Self::Shared(Arc::new(text)) }
    }
}

thread_local! {
    /// The texts that were shown while a body is written, on the thread that writes it.
    static SHOWN: RefCell<Option<Vec<Arc<String>>>> = const { RefCell::new(None) };
}

/// Shows a text before it is serialised, so that a body that is being written can hold it instead of
/// a copy.
pub fn show(text: &Arc<String>) {
    if text.len() < LONG {
        return;
    }
    SHOWN.with_borrow_mut(|shown| {
        if let Some(shown) = shown {
            shown.push(Arc::clone(text));
        }
    });
}

/// Runs what writes a body; texts shown meanwhile can be found by [`find`].
pub fn while_shown<T>(write: impl FnOnce() -> T) -> T {
    /// Ends the showing even where a foreign `Serialize` panics.
    struct End(Option<Vec<Arc<String>>>);
    impl Drop for End {
        fn drop(&mut self) {
            SHOWN.with_borrow_mut(|shown| *shown = self.0.take());
        }
    }
    let _end = End(SHOWN.replace(Some(Vec::new())));
    write()
}

/// The shown text that these bytes are, if they are one: the same ones in memory, not equal ones.
pub fn find(bytes: &[u8]) -> Option<Arc<String>> {
    SHOWN.with_borrow(|shown| {
        let shown = shown.as_ref()?;
        shown.iter().find(|one| one.as_ptr() == bytes.as_ptr() && one.len() == bytes.len()).cloned()
    })
}
