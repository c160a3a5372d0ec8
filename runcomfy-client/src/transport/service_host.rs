//! The service's own hosts.

use url::{Host, Url};

/// The domain of the API.
const API_DOMAIN: &str = "runcomfy.net";

/// The domain of the web pages, which the service keeps files on, too.
const WEB_DOMAIN: &str = "runcomfy.com";

/// Whether a URL is on a host of the API, so that a call to it may have the token.
pub(crate) fn is_api(url: &Url) -> bool {
    is_on(url, API_DOMAIN)
}

/// Whether a URL is on a host of the service, which files may be fetched from.
pub(crate) fn is_service(url: &Url) -> bool {
    is_on(url, API_DOMAIN) || is_on(url, WEB_DOMAIN)
}

/// Whether a URL is on a domain or below it, over `https:`.
fn is_on(url: &Url, domain: &str) -> bool {
    let Some(Host::Domain(host)) = url.host() else { return false };
    let below = host.strip_suffix(domain);
    url.scheme() == "https" && below.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_services_domains_over_https_count() {
        for (url, expected) in [
            ("https://playgrounds-storage-public.runcomfy.net/a.mp4", (true, true)),
            ("https://runcomfy.net/a", (true, true)),
            ("https://model-api.runcomfy.net:8443/v1", (true, true)),
            ("https://runcomfy.com/a", (false, true)),
            ("https://www.runcomfy.com/a", (false, true)),
            ("http://cdn.runcomfy.net/a.mp4", (false, false)),
            ("https://runcomfy.net.evil.example/a", (false, false)),
            ("https://evilruncomfy.net/a", (false, false)),
            ("https://127.0.0.1/a", (false, false)),
        ] {
            let parsed = Url::parse(url).unwrap();
            assert_eq!((is_api(&parsed), is_service(&parsed)), expected, "{url}");
        }
    }
}
