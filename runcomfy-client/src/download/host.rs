//! The hosts that files may be fetched from.

use url::Url;

use super::{DownloadOptions, Failure};
use crate::transport::Transport;
use crate::transport::service_host::is_service;

/// Refuses a URL whose host is neither RunComfy's nor that of the base URL, unless the options
/// allow it.
pub(super) fn check(
    url: &Url,
    transport: &Transport,
    options: &DownloadOptions,
) -> Result<(), Failure> {
    if transport.is_own_host(url) || is_service(url) || options.allows(url) {
        return Ok(());
    }
    let host = url.host_str().unwrap_or_default();
    Err(Failure::of(match url.scheme() {
        "https" => format!(
            "{host:?} is not a RunComfy host; refusing to download. Allow it with `DownloadOptions::allow_host`"
        ),
        scheme => format!(
            "the URL's scheme is {scheme:?}; refusing to download. Use an https URL on a RunComfy host, or on one allowed with `DownloadOptions::allow_host`"
        ),
    }))
}
