//! `format`. A format is asserted if a string alone shows whether it holds: those of RFC 3339
//! (dates and times), RFC 3986 (URIs), RFC 5321 (e-mail), RFC 1123 (host names), RFC 4122 (UUIDs)
//! and RFC 6901 (JSON pointers), IP addresses, and regular expressions. Any other format is an
//! annotation, and so is `contentEncoding`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::excerpt;
use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::pattern::Pattern;
use crate::validate::Report;

/// A `format` that is asserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each is the format of its name")]
pub enum Format {
    Date,
    DateTime,
    Duration,
    Email,
    Hostname,
    Ipv4,
    Ipv6,
    JsonPointer,
    Regex,
    Time,
    Uri,
    UriReference,
    Uuid,
}

impl Format {
    /// Every format, with its name in a schema.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::Date, "date"),
        (Self::DateTime, "date-time"),
        (Self::Duration, "duration"),
        (Self::Email, "email"),
        (Self::Hostname, "hostname"),
        (Self::Ipv4, "ipv4"),
        (Self::Ipv6, "ipv6"),
        (Self::JsonPointer, "json-pointer"),
        (Self::Regex, "regex"),
        (Self::Time, "time"),
        (Self::Uri, "uri"),
        (Self::UriReference, "uri-reference"),
        (Self::Uuid, "uuid"),
    ];

    /// The format with this name, if it is asserted.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(format, _)| *format)
    }

    /// The name in a schema.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(format, _)| *format == self).map_or("", |(_, name)| name)
    }

    /// A description of the format, with an example.
    fn described(self) -> &'static str {
        match self {
            Self::Date => "a date such as 2026-01-31",
            Self::Time => "a time such as 12:30:00Z",
            Self::DateTime => "a date and time such as 2026-01-31T12:30:00Z",
            Self::Duration => "a duration such as P1DT12H",
            Self::Email => "an e-mail address",
            Self::Hostname => "a host name",
            Self::Ipv4 => "an IPv4 address",
            Self::Ipv6 => "an IPv6 address",
            Self::JsonPointer => "a JSON pointer",
            Self::Regex => "a regular expression",
            Self::Uri => "an absolute URI",
            Self::UriReference => "a URI or a relative reference",
            Self::Uuid => "a UUID",
        }
    }

    /// An example of the format.
    #[must_use]
    pub fn example(self) -> &'static str {
        match self {
            Self::Date => "2026-01-31",
            Self::Time => "12:30:00Z",
            Self::DateTime => "2026-01-31T12:30:00Z",
            Self::Duration => "P1DT12H",
            Self::Email => "person@example.com",
            Self::Hostname => "example.com",
            Self::Ipv4 => "192.0.2.1",
            Self::Ipv6 => "2001:db8::1",
            Self::JsonPointer => "/key/0",
            Self::Regex => "^[a-z]+$",
            Self::Uri => "https://example.com/file",
            Self::UriReference => "/file",
            Self::Uuid => "123e4567-e89b-42d3-a456-426614174000",
        }
    }

    fn fits(self, text: &str) -> bool {
        match self {
            Self::Date => is_date(text),
            Self::Time => is_time(text),
            Self::DateTime => is_date_time(text),
            Self::Duration => DURATION.is_match(text),
            Self::Email => is_email(text),
            Self::Hostname => is_hostname(text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Self::JsonPointer => is_json_pointer(text),
            Self::Regex => Pattern::fault(text).is_none(),
            Self::Uri => is_uri(text),
            Self::UriReference => is_uri_reference(text),
            Self::Uuid => UUID.is_match(text),
        }
    }

    pub(crate) fn holds(self, value: &Json) -> bool {
        match value {
            Json::String(text) => self.fits(text),
            _ => true,
        }
    }

    pub(crate) fn report(self, report: &mut Report<'_>, value: &Json, at: &InstancePath<'_>) {
        if !self.holds(value) {
            report.add(at, "format", format!("{} is not {}", excerpt(value), self.described()));
        }
    }

    #[cfg(feature = "export")]
    pub(crate) fn export(self) -> crate::export::SchemaObject {
        crate::export::keyword("format", self.name().into())
    }
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
/// The part before the `@`: a dotted word or a quoted string of at most 64 characters.
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

fn is_json_pointer(text: &str) -> bool {
    (text.is_empty() || text.starts_with('/'))
        && text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']))
}

/// Not a regular expression: backtracking took minutes for 80 characters.
fn is_hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_reserved = label.get(2..4) == Some("--") && !label.starts_with("xn--");
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
            && !is_reserved
    };
    text.len() <= 253 && text.split('.').all(is_label)
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

/// A URI or a relative reference. Before the first slash, a colon would end a scheme.
fn is_uri_reference(text: &str) -> bool {
    let first = text.split(['/', '?', '#']).next().unwrap_or_default();
    is_uri(text) || (!first.contains(':') && is_hierarchy(text))
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

/// The part after the scheme.
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

/// Whether a text consists of unreserved characters, sub-delimiters, `%` escapes and `more`.
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

#[cfg(feature = "parse")]
pub(crate) use read::{KEYWORDS, read, rules};

#[cfg(feature = "parse")]
mod read {
    use super::Format;
    use crate::keyword::nearest;
    use crate::parse::{Keywords, Member, Schema};
    use crate::rule::Rule;

    /// Formats of JSON Schema, of OpenAPI and of the service that are annotations here.
    const ANNOTATIONS: &[&str] = &[
        "audio_uri",
        "audio_uris",
        "base64",
        "binary",
        "byte",
        "char",
        "color",
        "data-url",
        "decimal",
        "double",
        "file",
        "float",
        "html",
        "idn-email",
        "idn-hostname",
        "image_uri",
        "image_uris",
        "int16",
        "int32",
        "int64",
        "int8",
        "integer",
        "iri",
        "iri-reference",
        "json",
        "markdown",
        "media-range",
        "number",
        "password",
        "relative-json-pointer",
        "string",
        "text",
        "textarea",
        "time-local",
        "uint16",
        "uint32",
        "uint64",
        "uint8",
        "uri-template",
        "url",
        "video_uri",
        "video_uris",
    ];

    /// The rule of a format that is asserted.
    pub(crate) fn rules(schema: &Schema, rules: &mut Vec<Rule>) {
        rules.extend(schema.format.as_deref().and_then(Format::named).map(Rule::Format));
    }

    pub(crate) const KEYWORDS: &[&str] = &["format"];

    pub(crate) fn read(keywords: &mut Keywords<'_, '_>, member: &Member) -> bool {
        if member.key != "format" {
            return false;
        }
        let name = keywords.text(&member.node, "format");
        let plain = name.to_ascii_lowercase();
        let is_known = Format::named(&name).is_some() || ANNOTATIONS.contains(&&*plain);
        let formats = Format::ALL.iter().map(|(_, name)| *name);
        let media = ANNOTATIONS.iter().copied().filter(|name| name.contains("_uri"));
        if !is_known
            && let Some(near) =
                nearest(&plain.replace('_', "-"), formats).or_else(|| nearest(&plain, media))
        {
            let message = format!("the format {name:?} is unknown, so it is not checked");
            let help = format!("did you mean {near:?}?");
            keywords.diagnostics().warning(&member.node.location, message, help);
        }
        keywords.schema.format = Some(name);
        true
    }
}
