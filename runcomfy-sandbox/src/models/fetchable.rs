//! Whether the service could fetch a media input. The text decides: the sandbox makes no network
//! calls.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// Why the service could not fetch a media input; `None` if the text shows no reason.
pub(crate) fn why_unfetchable(text: &str) -> Option<String> {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("data") => None,
        Some(scheme) if is_scheme(scheme) => match Url::parse(text) {
            _ if scheme != "https" => Some(format!("the scheme is {scheme}, not https")),
            Err(error) => Some(format!("not a URL: {error}")),
            Ok(url) if !url.username().is_empty() || url.password().is_some() => {
                Some("the URL has a login".to_owned())
            }
            Ok(url) => match url.host() {
                Some(host) if is_public(&host) => None,
                host => {
                    let host = host.map(|host| host.to_string()).unwrap_or_default();
                    Some(format!("no public host: {host:?}"))
                }
            },
        },
        // Anything else is the name of a hosted file.
        _ if text.is_empty() => Some("empty".to_owned()),
        _ if text.contains(|c: char| c.is_control() || "/\\".contains(c)) => {
            Some("neither a URL nor the name of a hosted file".to_owned())
        }
        _ => None,
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

/// Names that the public DNS does not resolve, by their last label.
const UNRESOLVABLE: [&str; 14] = [
    "alt",
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "private",
    "test",
];

fn is_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
            let last = name.rsplit_once('.').map(|(_, last)| last);
            last.is_some_and(|last| !UNRESOLVABLE.contains(&last)) && !name.ends_with(".home.arpa")
        }
        Host::Ipv4(address) => is_public_v4(*address),
        Host::Ipv6(address) => is_public_v6(*address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    let is_shared = first == 100 && (64..128).contains(&second);
    let is_benchmark = first == 198 && (18..20).contains(&second);
    let is_protocol = [first, second, third] == [192, 0, 0];
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || address.is_multicast()
        || first == 0
        || first >= 240
        || is_shared
        || is_benchmark
        || is_protocol)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(address) = address.to_ipv4_mapped() {
        return is_public_v4(address);
    }
    let [first, second, ..] = address.segments();
    // Global addresses are 2000::/3, which includes those for documentation.
    (0x2000..0x4000).contains(&first) && !(first == 0x2001 && second == 0x0db8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfetchable_media_are_recognised_by_their_text() {
        for text in [
            "https://example.com/a.png",
            "HTTPS://EXAMPLE.com:8443/a.png?sig=1",
            "https://8.8.8.8/a.png",
            "https://[2606:4700::1111]/a.png",
            "https://bücher.de/a.png",
            "data:image/png;base64,AAAA",
            "Runcomfy_example_1268_1.png",
            "my file.png",
        ] {
            assert_eq!(why_unfetchable(text), None, "{text}");
        }
        for text in [
            "",
            "http://example.com/a.png",
            "ftp://example.com/a.png",
            "file:///etc/passwd",
            "https://",
            "https://localhost/a.png",
            "https://nas/a.png",
            "https://a.invalid/a.png",
            "https://a.TEST./a.png",
            "https://a.example/a.png",
            "https://a.internal/a.png",
            "https://router.home.arpa/a.png",
            "https://user:secret@example.com/a.png",
            "https://127.0.0.1/a.png",
            "https://0x7f000001/a.png",
            "https://10.1.2.3/a.png",
            "https://169.254.169.254/a.png",
            "https://192.0.2.1/a.png",
            "https://100.64.0.1/a.png",
            "https://[::1]/a.png",
            "https://[::ffff:10.0.0.1]/a.png",
            "https://[2001:db8::1]/a.png",
            "https://[fe80::1]/a.png",
            "../a.png",
            "C:\\a.png",
        ] {
            assert!(why_unfetchable(text).is_some(), "{text}");
        }
    }
}
