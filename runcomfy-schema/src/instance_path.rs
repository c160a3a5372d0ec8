//! The path of a value in a body. Rendered only for a violation.

use std::fmt::Write as _;

use crate::pointer;

/// A chain from a value up to the root.
#[derive(Clone, Copy)]
pub(crate) enum InstancePath<'a> {
    Root,
    Member { parent: &'a InstancePath<'a>, name: &'a str, key: &'a str },
    Item { parent: &'a InstancePath<'a>, index: usize },
}

impl InstancePath<'_> {
    pub(crate) fn field(&self) -> String {
        self.dotted(|name, _| name)
    }

    pub(crate) fn key(&self) -> String {
        self.dotted(|_, key| key)
    }

    fn dotted(&self, pick: for<'n> fn(&'n str, &'n str) -> &'n str) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member { parent, name, key } => {
                let mut text = parent.dotted(pick);
                if !text.is_empty() {
                    text.push('.');
                }
                text + pick(name, key)
            }
            Self::Item { parent, index } => {
                let mut text = parent.dotted(pick);
                let _ = write!(text, "[{index}]");
                text
            }
        }
    }

    pub(crate) fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member { parent, key, .. } => parent.pointer() + "/" + &pointer::escape(key),
            Self::Item { parent, index } => format!("{}/{index}", parent.pointer()),
        }
    }
}
