//! The proxy that the environment names.
//!
//! The HTTP library uses the proxy. This module finds out which one it will use, because the library
//! ignores a variable that it cannot use, and does not name the proxy when a connection fails.

use hyper_util::client::proxy::matcher::Matcher;
use runcomfy_schema::redact::url_without_secrets;
use url::Url;

use crate::error::ConfigError;
use crate::transport::token::Lookup;

/// Variables for `https:`, the first that is set first; then those for all schemes.
const VARIABLES: [[&str; 2]; 2] = [["HTTPS_PROXY", "https_proxy"], ["ALL_PROXY", "all_proxy"]];
const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];
/// Set for programs that a web server runs: there, anybody can set `HTTP_PROXY` by a header.
const CGI: &str = "REQUEST_METHOD";

/// A proxy for calls over `https:`.
pub(super) struct Proxy {
    variable: &'static str,
    /// Without a password.
    address: String,
    matcher: Matcher,
}

impl Proxy {
    /// The proxy that calls to this URL and others like it go through.
    pub(super) fn find(lookup: Lookup<'_>, base: &Url) -> Result<Option<Self>, ConfigError> {
        if lookup(CGI).is_some() || base.scheme() != "https" {
            return Ok(None);
        }
        let no_proxy = first(lookup, NO_PROXY).map_or(String::new(), |(_, hosts)| hosts);
        let matcher = |proxy: &str| Matcher::builder().https(proxy).no(no_proxy.as_str()).build();
        // Hosts in `NO_PROXY` need no proxy, even if the proxy's variable is invalid.
        if intercepts(&matcher("http://localhost"), base).is_none() {
            return Ok(None);
        }
        let mut set = VARIABLES.into_iter().filter_map(|names| first(lookup, names));
        let Some((variable, proxy)) = set.find(|(_, proxy)| !proxy.is_empty()) else {
            return Ok(None);
        };
        let matcher = matcher(&proxy);
        let address = url_without_secrets(&proxy).into_owned();
        match intercepts(&matcher, base) {
            Some(()) => Ok(Some(Self { variable, address, matcher })),
            None => Err(ConfigError::BadProxy { variable, proxy: address }),
        }
    }

    /// Says that a call to this URL goes through the proxy, if it does.
    pub(super) fn describe(&self, url: &Url) -> Option<String> {
        intercepts(&self.matcher, url)?;
        Some(format!("through the proxy {} (from the variable {})", self.address, self.variable))
    }
}

fn intercepts(matcher: &Matcher, url: &Url) -> Option<()> {
    matcher.intercept(&url.as_str().parse().ok()?).map(|_| ())
}

/// The first variable that is set to a text, which may be empty.
fn first(lookup: Lookup<'_>, names: [&'static str; 2]) -> Option<(&'static str, String)> {
    let text = |name| Some((name, lookup(name)?.into_string().ok()?));
    names.into_iter().find_map(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a call to a URL goes through, or the error.
    fn find(variables: &[(&str, &str)]) -> Result<Option<String>, String> {
        let lookup = |name: &str| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| value.into())
        };
        let base = "https://model-api.runcomfy.net/v1".parse().unwrap();
        let proxy = Proxy::find(&lookup, &base).map_err(|error| error.to_string())?;
        Ok(proxy.and_then(|proxy| proxy.describe(&base)))
    }

    #[test]
    fn the_variable_that_counts_is_named() {
        for (variables, words) in [
            (&[("ALL_PROXY", "socks5://127.0.0.1:1080")][..], Some("ALL_PROXY")),
            (&[("all_proxy", "socks5h://u:sekrit@127.0.0.1:1080")], Some("all_proxy")),
            (&[("HTTPS_PROXY", "http://h:1"), ("ALL_PROXY", "http://h:2")], Some("http://h:1 ")),
            (&[("HTTPS_PROXY", ""), ("ALL_PROXY", "http://h:2")], Some("http://h:2 ")),
            (&[("https_proxy", "h:3128")], Some("proxy h:3128 ")),
            (&[("https_proxy", "u:sekrit@h:3128")], Some("proxy h:3128 ")),
            (&[("HTTP_PROXY", "http://h:1")], None),
            (&[("HTTPS_PROXY", "http://h:1"), ("NO_PROXY", "example.com, runcomfy.net")], None),
            (&[("HTTPS_PROXY", "what?"), ("no_proxy", "*")], None),
            (&[("HTTPS_PROXY", "http://h:1"), ("REQUEST_METHOD", "GET")], None),
            (&[], None),
        ] {
            let found = find(variables).unwrap();
            assert_eq!(found.is_some(), words.is_some(), "{variables:?}");
            let found = found.unwrap_or_default();
            assert!(found.contains(words.unwrap_or_default()), "{variables:?}: {found}");
            assert!(!found.contains("sekrit"), "{found}");
        }
    }

    #[test]
    fn a_proxy_that_cannot_be_used_is_an_error() {
        for (variable, proxy) in [
            ("ALL_PROXY", "ftp://user:sekrit@127.0.0.1:21"),
            ("HTTPS_PROXY", "socks6://127.0.0.1"),
            ("https_proxy", "http://"),
            ("all_proxy", "127.0.0.1:3128/"),
            ("HTTPS_PROXY", "http://a b"),
        ] {
            // Another one that can be used is not what was asked for.
            let error = find(&[(variable, proxy), ("all_proxy", "http://h:1")][..]);
            let error = error.map(|_| proxy).unwrap_err();
            assert!(error.contains(variable) && !error.contains("sekrit"), "{error}");
        }
    }
}
