//! `format`, for the formats that can be told from the text alone: those of RFC 3339 (dates and
//! times), RFC 3986 (URIs), RFC 5321 (e-mail), RFC 1123 (host names), RFC 4122 (UUIDs) and RFC 6901
//! (JSON pointers), and IP addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::json::Json;
use crate::pattern::Pattern;

use super::{Broken, show};

pub(super) fn check(name: &str, value: &Json) -> Broken {
    let Json::String(text) = value else { return None };
    let (holds, what) = match name {
        "date" => (is_date(text), "a date such as 2026-01-31"),
        "time" => (is_time(text), "a time such as 12:30:00Z"),
        "date-time" => (is_date_time(text), "a date and time such as 2026-01-31T12:30:00Z"),
        "duration" => (DURATION.is_match(text), "a duration such as P1DT12H"),
        "email" => (is_email(text), "an e-mail address"),
        "hostname" => (is_hostname(text), "a host name"),
        "ipv4" => (text.parse::<Ipv4Addr>().is_ok(), "an IPv4 address"),
        "ipv6" => (text.parse::<Ipv6Addr>().is_ok(), "an IPv6 address"),
        "json-pointer" => (JSON_POINTER.is_match(text), "a JSON pointer"),
        "regex" => (Pattern::is_regex(text), "a regular expression"),
        "uri" => (is_uri(text), "an absolute URI"),
        "uri-reference" => (is_uri_reference(text), "a URI or a relative reference"),
        "uuid" => (UUID.is_match(text), "a UUID"),
        _ => return None,
    };
    (!holds).then(|| ("format", format!("{} is not {what}", show(value))))
}

static DATE: Pattern = Pattern::new(
    r"^\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)|02-(?:0[1-9]|[12]\d))$",
);
static TIME: Pattern = Pattern::new(
    r"^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[zZ]|[+\-](?:[01]\d|2[0-3]):[0-5]\d)$",
);
static DURATION: Pattern = Pattern::new(
    r"^P(?:\d+W|(?:\d+D|\d+M(?:\d+D)?|\d+Y(?:\d+M(?:\d+D)?)?)(?:T(?:\d+S|\d+M(?:\d+S)?|\d+H(?:\d+M(?:\d+S)?)?))?|T(?:\d+S|\d+M(?:\d+S)?|\d+H(?:\d+M(?:\d+S)?)?))$",
);
static UUID: Pattern = Pattern::new(r"^[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$");
static JSON_POINTER: Pattern = Pattern::new(r"^(?:/(?:[^~/]|~[01])*)*$");
static HOSTNAME: Pattern = Pattern::new(
    r"^(?=.{1,253}$)(?:(?!..--)|(?=xn--))[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?(?:\.(?:(?!..--)|(?=xn--))[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?)*$",
);
/// What stands before an e-mail address's `@`: a dotted word or a quoted text, 64 characters at most.
static LOCAL_PART: Pattern = Pattern::new(
    r#"^(?=.{1,64}$)(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\-]+)*|"(?:[ !#-\[\]-~]|\\[ -~])*")$"#,
);

fn is_date(text: &str) -> bool {
    let year = text.get(..4).and_then(|year| year.parse::<u32>().ok()).unwrap_or_default();
    let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    DATE.is_match(text) && (is_leap_year || !text.ends_with("02-29"))
}

fn is_time(text: &str) -> bool {
    let number = |from: usize| text.get(from..from + 2).and_then(|two| two.parse::<i32>().ok());
    let is_leap_second_in_utc = || {
        let minute = number(0)? * 60 + number(3)?;
        let offset = match text.rfind(['+', '-']) {
            Some(at) => {
                let minutes = number(at + 1)? * 60 + number(at + 4)?;
                if text[at..].starts_with('+') { minutes } else { -minutes }
            }
            None => 0,
        };
        Some((minute - offset).rem_euclid(24 * 60) == 24 * 60 - 1)
    };
    TIME.is_match(text)
        && (text.get(6..8) != Some("60") || is_leap_second_in_utc().unwrap_or_default())
}

fn is_date_time(text: &str) -> bool {
    text.split_once(['T', 't']).is_some_and(|(date, time)| is_date(date) && is_time(time))
}

fn is_hostname(text: &str) -> bool {
    HOSTNAME.is_match(text)
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let literal = domain.strip_prefix('[').and_then(|domain| domain.strip_suffix(']'));
    let domain_holds = match literal {
        None => is_hostname(domain),
        Some(address) => match address.get(..5) {
            Some(tag) if tag.eq_ignore_ascii_case("IPv6:") => {
                address[5..].parse::<Ipv6Addr>().is_ok()
            }
            _ => address.parse::<Ipv4Addr>().is_ok(),
        },
    };
    LOCAL_PART.is_match(local) && domain_holds
}

/// Not a regular expression: the text may be a `data:` URI of many megabytes.
fn is_uri(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, rest)| is_scheme(scheme) && is_hierarchy(rest))
}

/// A URI, or what is left of one where the beginning is known. A colon before the first slash would
/// make a scheme of what is before it.
fn is_uri_reference(text: &str) -> bool {
    let first = text.split(['/', '?', '#']).next().unwrap_or_default();
    is_uri(text) || (!first.contains(':') && is_hierarchy(text))
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// What follows a scheme.
fn is_hierarchy(rest: &str) -> bool {
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (hierarchy, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (authority, path) = match hierarchy.strip_prefix("//") {
        Some(after) => after.split_at(after.find('/').unwrap_or(after.len())),
        None => ("", hierarchy),
    };
    is_authority(authority)
        && is_made_of(path, b":@/")
        && is_made_of(query, b":@/?")
        && is_made_of(fragment, b":@/?")
}

fn is_authority(authority: &str) -> bool {
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = match host.strip_prefix('[') {
        Some(literal) => {
            let Some((address, port)) = literal.split_once(']') else { return false };
            let is_future = address.starts_with(['v', 'V']) && is_made_of(address, b":");
            if !is_future && address.parse::<Ipv6Addr>().is_err() {
                return false;
            }
            ("", port.strip_prefix(':').unwrap_or(if port.is_empty() { "" } else { "?" }))
        }
        None => host.split_once(':').unwrap_or((host, "")),
    };
    is_made_of(user, b":")
        && is_made_of(host, b"")
        && port.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a text holds only unreserved characters, sub-delimiters, `%` escapes and `more`.
fn is_made_of(text: &str, more: &[u8]) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => {
            let digits = bytes.get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        }
        byte => {
            byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(byte) || more.contains(byte)
        }
    })
}
