//! Whether the service can reach a URL's host: a public name, or a public address.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::Host;

use super::MediaError;

/// The limits of the domain name system.
pub(super) const MAX_LABEL_LEN: usize = 63;
pub(super) const MAX_NAME_LEN: usize = 253;

pub(super) fn check_host(host: Option<Host<&str>>) -> Result<(), MediaError> {
    let is_public = match &host {
        Some(Host::Domain(name)) => check_name(name)?,
        Some(Host::Ipv4(ip)) => is_public_v4(*ip),
        Some(Host::Ipv6(ip)) => is_public_v6(*ip),
        None => false,
    };
    if is_public {
        return Ok(());
    }
    let host = host.map(|host| host.to_string()).unwrap_or_default();
    Err(MediaError::PrivateHost { host })
}

/// Whether a name is public. Names in a URL are lower-case ASCII.
fn check_name(name: &str) -> Result<bool, MediaError> {
    let name = name.strip_suffix('.').unwrap_or(name);
    let odd = |reason| Err(MediaError::OddUrl { reason });
    if name.len() > MAX_NAME_LEN || name.split('.').any(|label| label.len() > MAX_LABEL_LEN) {
        return odd("its host name is too long");
    }
    if name.split('.').any(|label| label.starts_with('-') || label.ends_with('-')) {
        return odd("a part of its host name begins or ends with a hyphen");
    }
    let is_known = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if !name.chars().all(is_known) {
        return odd("its host name has a character that is not allowed there");
    }
    // Only a local resolver knows a name without a dot.
    let has_dot = name.contains('.') && !name.split('.').any(str::is_empty);
    let (_, top) = name.rsplit_once('.').unwrap_or_default();
    let is_infrastructure = INFRASTRUCTURE.iter().any(|reserved| {
        name.strip_suffix(reserved).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    Ok(has_dot && !is_local(top.as_bytes()) && !is_infrastructure)
}

/// Special-use names of IANA's registry below a domain that is otherwise public.
const INFRASTRUCTURE: [&str; 8] = [
    "6tisch.arpa",
    "eap-noob.arpa",
    "eap.arpa",
    "home.arpa",
    "ipv4only.arpa",
    "resolver.arpa",
    "service.arpa",
    "10.in-addr.arpa",
];

/// Whether no public name ends in this label: special-use names of IANA's registry, names that will
/// not be delegated, and some names that routers use.
pub(super) fn is_local(top: &[u8]) -> bool {
    matches!(
        top,
        b"alt"
            | b"example"
            | b"invalid"
            | b"local"
            | b"localhost"
            | b"onion"
            | b"test"
            | b"corp"
            | b"home"
            | b"internal"
            | b"mail"
            | b"intranet"
            | b"lan"
            | b"localdomain"
            | b"private"
    )
}

/// IANA's registry of special-purpose IPv4 addresses, and multicast.
const RESERVED_V4: [([u8; 4], u32); 19] = [
    ([0, 0, 0, 0], 8),
    ([10, 0, 0, 0], 8),
    ([100, 64, 0, 0], 10),
    ([127, 0, 0, 0], 8),
    ([169, 254, 0, 0], 16),
    ([172, 16, 0, 0], 12),
    ([192, 0, 0, 0], 24),
    ([192, 0, 2, 0], 24),
    ([192, 31, 196, 0], 24),
    ([192, 52, 193, 0], 24),
    ([192, 88, 99, 0], 24),
    ([192, 168, 0, 0], 16),
    ([192, 175, 48, 0], 24),
    ([198, 18, 0, 0], 15),
    ([198, 51, 100, 0], 24),
    ([203, 0, 113, 0], 24),
    ([224, 0, 0, 0], 4),
    ([240, 0, 0, 0], 4),
    ([255, 255, 255, 255], 32),
];

fn is_public_v4(ip: Ipv4Addr) -> bool {
    !RESERVED_V4.iter().any(|(network, length)| {
        let network = u32::from_be_bytes(*network);
        (u32::from(ip) ^ network).leading_zeros() >= *length
    })
}

/// IANA's registry of special-purpose IPv6 addresses within 2000::/3, the only public range so far.
/// Without 6to4.
const RESERVED_V6: [([u16; 3], u32); 4] = [
    // Teredo, benchmarks, ORCHID, AS112 and other protocols.
    ([0x2001, 0, 0], 23),
    ([0x2001, 0xdb8, 0], 32),
    ([0x2620, 0x4f, 0x8000], 48),
    ([0x3fff, 0, 0], 20),
];

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    // 6to4 contains an IPv4 address.
    if let [0x2002, high, low, ..] = ip.segments() {
        return is_public_v4((u32::from(high) << 16 | u32::from(low)).into());
    }
    let is_reserved = RESERVED_V6.iter().any(|([a, b, c], length)| {
        let network = Ipv6Addr::new(*a, *b, *c, 0, 0, 0, 0, 0);
        (u128::from(ip) ^ u128::from(network)).leading_zeros() >= *length
    });
    ip.segments()[0] & 0xe000 == 0x2000 && !is_reserved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::check::check_url;
    use crate::media::plain::is_plain_host;

    fn is_public(host: &str) -> bool {
        check_url(&format!("https://{host}/a.png")).is_ok()
    }

    #[test]
    fn addresses_of_the_registry_are_refused_from_the_first_to_the_last() {
        let ranges = [
            ("0.0.0.0", "0.255.255.255"),
            ("10.0.0.0", "10.255.255.255"),
            ("100.64.0.0", "100.127.255.255"),
            ("127.0.0.0", "127.255.255.255"),
            ("169.254.0.0", "169.254.255.255"),
            ("172.16.0.0", "172.31.255.255"),
            ("192.0.0.0", "192.0.0.255"),
            ("192.0.2.0", "192.0.2.255"),
            ("192.31.196.0", "192.31.196.255"),
            ("192.52.193.0", "192.52.193.255"),
            ("192.88.99.0", "192.88.99.255"),
            ("192.168.0.0", "192.168.255.255"),
            ("192.175.48.0", "192.175.48.255"),
            ("198.18.0.0", "198.19.255.255"),
            ("198.51.100.0", "198.51.100.255"),
            ("203.0.113.0", "203.0.113.255"),
            ("224.0.0.0", "255.255.255.255"),
        ]
        .map(|(first, last)| -> (Ipv4Addr, Ipv4Addr) {
            (first.parse().unwrap(), last.parse().unwrap())
        });
        for (first, last) in ranges {
            for ip in [first, last] {
                assert!(!is_public(&ip.to_string()), "{ip}");
                // The same address inside IPv6 addresses.
                let [a, b, c, d] = ip.octets();
                for inside in [
                    format!("[::ffff:{ip}]"),
                    format!("[::ffff:0:{ip}]"),
                    format!("[::{ip}]"),
                    format!("[64:ff9b::{ip}]"),
                    format!("[2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1]"),
                ] {
                    assert!(!is_public(&inside), "{inside}");
                }
            }
            let outside = [u32::from(first).checked_sub(1), u32::from(last).checked_add(1)];
            for ip in outside.into_iter().flatten().map(Ipv4Addr::from) {
                // Some ranges are adjacent.
                let is_outside = !ranges.iter().any(|(first, last)| (*first..=*last).contains(&ip));
                assert_eq!(is_public(&ip.to_string()), is_outside, "{ip}");
                assert_eq!(is_public(&format!("[::ffff:{ip}]")), is_outside, "{ip}");
            }
        }
        for (first, last) in [
            ("::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"),
            ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
            ("4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
        ] {
            let (first, last): (Ipv6Addr, Ipv6Addr) =
                (first.parse().unwrap(), last.parse().unwrap());
            for ip in [first, last] {
                assert!(!is_public(&format!("[{ip}]")), "{ip}");
            }
            let outside = [u128::from(first).checked_sub(1), u128::from(last).checked_add(1)];
            for ip in outside.into_iter().flatten().map(Ipv6Addr::from) {
                let is_public_there = ip.segments()[0] & 0xe000 == 0x2000;
                assert_eq!(is_public(&format!("[{ip}]")), is_public_there, "{ip}");
            }
        }
        for ip in [
            "::1",
            "64:ff9b:1::1",
            "100::1",
            "100:0:0:1::1",
            "5f00::1",
            "fc00::1",
            "fe80::1",
            "fec0::1",
        ] {
            assert!(!is_public(&format!("[{ip}]")), "{ip}");
        }
        for ip in ["2606:4700::1111", "2002:808:808::1", "2a00::1", "2001:200::1", "3fff:1000::1"] {
            assert!(is_public(&format!("[{ip}]")), "{ip}");
        }
    }

    #[test]
    fn non_public_names_are_refused() {
        for name in [
            "a.test",
            "a.invalid",
            "a.example",
            "a.localhost",
            "a.internal",
            "a.local",
            "a.onion",
            "a.alt",
            "A.TEST",
            "a.b.Example.",
            "a.home",
            "a.corp",
            "a.mail",
            "a.lan",
            "a.intranet",
            "a.private",
            "localhost.localdomain",
            "test",
            "example",
            "localhost",
            "home.arpa",
            "a.home.arpa.",
            "ipv4only.arpa",
            "1.10.in-addr.arpa",
            "b-.example.com",
            "-b.example.com",
            "a.-.com",
            "a-.com.",
            "example.com-",
            "example.-com",
            "xn--a-.com",
            "*.example.com",
            "a'b.com",
            "a..com",
            ".com",
            "xn--.com",
            "ａ.ｔｅｓｔ",
            "a。local",
            "%61.test",
            "0x7f.1",
            "0300.0250.1.1",
            "1.2.3",
            "127.1",
        ] {
            assert!(!is_public(name), "{name}");
            assert!(!is_plain_host(name.as_bytes()), "{name}");
        }
        let label = |length: usize| "a".repeat(length);
        for name in [format!("{}.com", label(64)), vec![label(63); 4].join(".") + ".com"] {
            assert!(!is_public(&name) && !is_plain_host(name.as_bytes()), "{name}");
        }
        for name in [
            "example.com",
            "www.example.com",
            "example.org.",
            "EXAMPLE.NET",
            "testing.com",
            "a.test.com",
            "internal.example.com",
            "local.dev",
            "a.in-addr.arpa",
            "a-b.c--d.example.com",
            "münchen.de",
            "xn--mnchen-3ya.de",
            "例え.jp",
            "a_b.s3.amazonaws.com",
            "1.2.example.com",
            "bucket.host",
            &format!("{}.com", label(63)),
        ] {
            assert!(is_public(name), "{name}: {:?}", check_url(&format!("https://{name}/a.png")));
        }
    }

    #[test]
    fn refusals_name_the_problem_of_the_host() {
        let refusal =
            |host: &str| check_url(&format!("https://{host}/a.png")).unwrap_err().to_string();
        assert!(refusal("face.test").contains("the host `face.test` is not public"));
        assert!(
            refusal("[::ffff:192.0.2.1]").contains("the host `[::ffff:c000:201]` is not public")
        );
        assert!(refusal("a-.com").contains("begins or ends with a hyphen"));
        assert!(refusal("a'b.com").contains("a character that is not allowed there"));
    }
}
