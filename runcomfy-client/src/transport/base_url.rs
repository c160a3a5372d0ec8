//! The address of the API.

use runcomfy_schema::redact::url_without_secrets;
use runcomfy_types::truncated::Truncated;
use url::{Host, Url};

use crate::error::{ConfigError, DEFAULT_BASE_URL};

/// The base URL, which ends without a slash.
pub(crate) fn check_base_url(
    text: &str,
    variable: Option<&'static str>,
) -> Result<Url, ConfigError> {
    let bad = |reason: String| ConfigError::BadBaseUrl {
        url: shown_url(text),
        variable,
        reason,
        suggestion: suggestion(text),
    };
    if !text.contains("://") && host_of(text).is_some() {
        return Err(bad("has no scheme".to_owned()));
    }
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
        "http" => return Err(bad("would send the token in clear text".to_owned())),
        scheme => return Err(bad(format!("has the scheme {scheme:?}"))),
    }
    // Another address, such as that of a gateway or of a test, may need no path.
    if url.path() == "/" && is_service(&url) {
        return Err(bad("has no version of the API in its path".to_owned()));
    }
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty();
    }
    Ok(url)
}

/// Whether this is the host of the API itself.
fn is_service(url: &Url) -> bool {
    let host = |text: &str| Url::parse(text).ok()?.host_str().map(str::to_owned);
    host(DEFAULT_BASE_URL).as_deref() == url.host_str()
}

/// The URL that a text without a scheme probably means, if it holds nothing secret.
fn host_of(text: &str) -> Option<Url> {
    let url = Url::parse(&format!("http://{text}")).ok()?;
    let is_secret = !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some();
    let is_host = matches!(url.host()?, Host::Ipv4(_) | Host::Ipv6(_))
        || is_this_machine(&url)
        || url.host_str()?.contains('.');
    (is_host && !is_secret).then_some(url)
}

/// The base URL that was probably meant: `http://localhost:8188/v1` for `localhost:8188`.
fn suggestion(text: &str) -> String {
    let address = text.split_once("://").map_or(text, |(_, address)| address);
    let Some(mut url) = host_of(address) else { return DEFAULT_BASE_URL.to_owned() };
    if !is_this_machine(&url) && url.set_scheme("https").is_err() {
        return DEFAULT_BASE_URL.to_owned();
    }
    if url.path() == "/" {
        url.set_path("/v1");
    }
    shown_url(url.as_str())
}

/// A base URL as an error shows it: without a password that it may have.
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
            "https://gateway.example.com",
            "http://[::1]:1/v1",
        ] {
            assert!(check_base_url(url, None).is_ok(), "{url}");
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
            "https://model-api.runcomfy.net",
            "https://MODEL-API.runcomfy.net:443/",
        ] {
            let error = check_base_url(url, None).unwrap_err();
            let builder = crate::Client::builder().base_url(url);
            let text = format!("{error} {error:?} {builder:?}");
            assert!(!text.contains("sekrit"), "{text}");
            assert!(text.contains("use https://model-api.runcomfy.net/v1"), "{text}");
        }
        assert_eq!(
            check_base_url("https://a.example/v1/", None).unwrap().as_str(),
            "https://a.example/v1"
        );
    }
    #[test]
    fn the_url_that_was_meant_is_suggested() {
        for (text, suggested) in [
            ("localhost:8188", "http://localhost:8188/v1"),
            ("localhost:8188/v1", "http://localhost:8188/v1"),
            ("localhost", "http://localhost/v1"),
            ("127.0.0.1:4000/", "http://127.0.0.1:4000/v1"),
            ("[::1]:4000", "http://[::1]:4000/v1"),
            ("gateway.example.com/runcomfy/v1", "https://gateway.example.com/runcomfy/v1"),
            ("http://gateway.example.com:8080/v1", "https://gateway.example.com:8080/v1"),
            ("ws://localhost:8188", "http://localhost:8188/v1"),
            ("", DEFAULT_BASE_URL),
            ("prod", DEFAULT_BASE_URL),
            ("me:sekrit@gateway.example.com", DEFAULT_BASE_URL),
        ] {
            let error = check_base_url(text, Some("VARIABLE")).unwrap_err().to_string();
            assert!(error.ends_with(&format!("; use {suggested}")), "{text:?}: {error}");
            assert!(error.contains(" (from VARIABLE) "), "{error}");
            assert_eq!(error.matches("; use ").count(), 1, "{error}");
            assert!(check_base_url(suggested, None).is_ok());
        }
    }
}
