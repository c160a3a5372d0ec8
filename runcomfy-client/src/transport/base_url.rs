//! The address of the API.

use runcomfy_schema::redact::url_without_secrets;
use runcomfy_types::truncated::Truncated;
use url::{Host, Url};

use crate::error::ConfigError;

/// The base URL, which ends without a slash.
pub(crate) fn check_base_url(text: &str) -> Result<Url, ConfigError> {
    let bad = |reason: String| ConfigError::BadBaseUrl { url: shown_url(text), reason };
    let mut url = Url::parse(text).map_err(|error| bad(format!("is not a URL ({error})")))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("has a user name or password in it".to_owned()));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(bad("has a query or a fragment in it".to_owned()));
    }
    match url.scheme() {
        "https" => {}
        "http" if is_this_machine(&url) => {}
        "http" => return Err(bad("would send the token in clear text; use https".to_owned())),
        scheme => return Err(bad(format!("has the scheme {scheme:?}; use https"))),
    }
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty();
    }
    Ok(url)
}

/// What may be shown of a base URL, which somebody may have put a password into.
pub(crate) fn shown_url(text: &str) -> String {
    Truncated(&url_without_secrets(text)).to_string()
}

pub(crate) fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls() {
        for url in [
            "https://model-api.runcomfy.net/v1",
            "https://model-api.runcomfy.net/v1/",
            "http://127.0.0.1:8080/v1",
            "http://localhost:8080",
            "http://[::1]:1/v1",
        ] {
            assert!(check_base_url(url).is_ok(), "{url}");
        }
        for url in [
            "",
            "model-api.runcomfy.net/v1",
            "http://model-api.runcomfy.net/v1",
            "ftp://model-api.runcomfy.net/v1",
            "https://user:sekrit@model-api.runcomfy.net/v1",
            "model-api.runcomfy.net:sekrit@host",
            "https:user:sekrit@model-api.runcomfy.net/v1",
            "https://model-api.runcomfy.net/v1?key=sekrit",
            "https://model-api.runcomfy.net:sekrit",
            "https://model-api.runcomfy.net/v1#a",
        ] {
            let error = check_base_url(url).unwrap_err();
            let builder = crate::Client::builder().base_url(url);
            let text = format!("{error} {error:?} {builder:?}");
            assert!(!text.contains("sekrit"), "{text}");
            assert!(text.contains("https://model-api.runcomfy.net/v1"), "{text}");
        }
        assert_eq!(
            check_base_url("https://a.example/v1/").unwrap().as_str(),
            "https://a.example/v1"
        );
    }
}
