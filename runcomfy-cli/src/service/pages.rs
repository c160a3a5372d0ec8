//! Where a list of the catalog ends.

use crate::{Error, ErrorKind, Result};

/// A catalog that is read page by page. Each page begins at an offset.
///
/// The list may change while it is read. A model may come twice; and if one vanishes, another may move to
/// a page that was read already, and never come.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    offset: u32,
    count: u32,
}

impl Pages {
    /// The service has some hundred models.
    const MAX: u32 = 1000;

    /// Where the next page begins.
    pub(crate) fn offset(&self) -> u32 {
        self.offset
    }

    /// Counts a page with this many entries, and says whether it is the last. The total is that of the
    /// same answer: it is smaller after a model has vanished.
    ///
    /// # Errors
    /// If the catalog does not end, or its answer has no entries although there are more.
    pub(crate) fn is_last(&mut self, entries: usize, total: Option<u64>) -> Result<bool> {
        self.count += 1;
        self.offset = self.offset.saturating_add(u32::try_from(entries).unwrap_or(u32::MAX));
        let is_last = match total {
            Some(total) if u64::from(self.offset) >= total => true,
            Some(total) if entries == 0 => {
                return Err(unavailable(format!(
                    "the catalog has nothing after {} of its {total} models; try again later",
                    self.offset
                )));
            }
            Some(_) => false,
            None => entries == 0,
        };
        if !is_last && self.count >= Self::MAX {
            return Err(unavailable(format!(
                "the catalog did not end after {} pages; try again later",
                self.count
            )));
        }
        Ok(is_last)
    }
}

fn unavailable(message: String) -> Error {
    Error::new(ErrorKind::Unavailable, message)
}
