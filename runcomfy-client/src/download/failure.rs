//! Why a file was not saved.

use std::io;

use crate::error::BoxError;

#[derive(Debug)]
pub(super) struct Failure {
    pub(super) reason: String,
    pub(super) source: Option<BoxError>,
    /// Whether the other files of the job cannot be saved either.
    pub(super) stops_all: bool,
}

impl Failure {
    pub(super) fn of(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: None, stops_all: false }
    }

    pub(super) fn new(reason: &str, source: impl Into<BoxError>) -> Self {
        Self { source: Some(source.into()), ..Self::of(reason) }
    }

    /// An error of the file system.
    pub(super) fn io(reason: &str, error: io::Error) -> Self {
        match out_of_space(&error) {
            Some(advice) => {
                // A smaller file may still fit.
                let stops_all = error.kind() != io::ErrorKind::FileTooLarge;
                Self { stops_all, ..Self::new(advice, error) }
            }
            None => Self::new(reason, error),
        }
    }
}

/// Advice for an error that says that there is no space for a file.
pub(super) fn out_of_space(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::StorageFull => {
            Some("the disk is full; free some space, or choose another folder")
        }
        io::ErrorKind::QuotaExceeded => {
            Some("the disk quota is used up; free some space, or choose another folder")
        }
        io::ErrorKind::FileTooLarge => Some(
            "it is larger than the file system or a limit of this process allows; choose another folder, or raise the limit",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_disk_space_is_named_and_stops_the_other_files() {
        use io::ErrorKind::{FileTooLarge, PermissionDenied, QuotaExceeded, StorageFull};
        for (kind, words, stops_all) in [
            (StorageFull, "the disk is full", true),
            (QuotaExceeded, "quota is used up", true),
            (FileTooLarge, "larger than the file system", false),
            (PermissionDenied, "cannot write the file", false),
        ] {
            let failure = Failure::io("cannot write the file", kind.into());
            assert!(failure.reason.contains(words), "{failure:?}");
            assert_eq!(failure.stops_all, stops_all, "{failure:?}");
        }
    }
}
