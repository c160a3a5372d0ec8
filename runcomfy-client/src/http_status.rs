//! What an HTTP status says about a call, whatever the body says.

/// Something gave up waiting for the service's response (408, and 499 of nginx). The service may have
/// carried out the call, so a submission with this answer may have been accepted.
pub(crate) fn gave_up_waiting(status: u16) -> bool {
    matches!(status, 408 | 499)
}

/// The service refuses the call because it comes too early (425). It was surely not carried out.
pub(crate) fn is_too_early(status: u16) -> bool {
    status == 425
}

/// Whether the same call may get another answer a little later: the server is busy or broken.
///
/// A response of the API may have an error code that says more than its status: see
/// `ApiError::is_transient`.
pub(crate) fn is_transient(status: u16) -> bool {
    gave_up_waiting(status) || is_too_early(status) || matches!(status, 429 | 500..600)
}
