//! The hosts that files may be fetched from.

use url::{Host, Url};

use super::{DownloadOptions, Failure};
use crate::transport::Transport;

/// The service keeps outputs on these domains and their subdomains.
const DOMAINS: [&str; 2] = ["runcomfy.net", "runcomfy.com"];

/// Refuses a URL whose host is neither RunComfy's nor that of the base URL, unless the options
/// allow it.
pub(super) fn check(
    url: &Url,
    transport: &Transport,
    options: &DownloadOptions,
) -> Result<(), Failure> {
    if transport.is_own_host(url) || is_runcomfy(url) || options.allows(url) {
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

fn is_runcomfy(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else { return false };
    let is_below =
        |domain: &&str| host.strip_suffix(*domain).is_some_and(|rest| rest.ends_with('.'));
    url.scheme() == "https" && DOMAINS.iter().any(|domain| host == *domain || is_below(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_runcomfys_domains_over_https_count() {
        let is = |url: &str| is_runcomfy(&Url::parse(url).unwrap());
        for url in
            ["https://playgrounds-storage-public.runcomfy.net/a.mp4", "https://runcomfy.com/a"]
        {
            assert!(is(url), "{url}");
        }
        for url in [
            "http://cdn.runcomfy.net/a.mp4",
            "https://runcomfy.net.evil.example/a",
            "https://evilruncomfy.net/a",
            "https://127.0.0.1/a",
        ] {
            assert!(!is(url), "{url}");
        }
    }
}
