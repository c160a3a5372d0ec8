//! What can be seen of a file from the text that stands for it: whether the service can fetch it, and
//! what is inside where the text is the file.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use url::{Host, Url};

use super::{DATA_LIMIT, MediaError, MediaKind};

/// Whether the service can fetch what `text` stands for.
pub fn check(text: &str) -> Result<(), MediaError> {
    if text.is_empty() {
        Err(MediaError::Empty)
    } else if starts_with_scheme(text, "data:") {
        check_data_uri(text)
    } else if has_scheme(text) {
        check_url(text)
    } else {
        check_name(text)
    }
}

/// The same for a field of this kind.
pub fn check_kind(text: &str, kind: MediaKind) -> Result<(), MediaError> {
    if is_plain(text) {
        return Ok(());
    }
    check(text)?;
    match data_uri(text) {
        Some((mime, _)) if !kind.takes(mime) => {
            Err(MediaError::WrongKind { mime: mime.to_owned(), kind })
        }
        _ => Ok(()),
    }
}

/// The MIME type and the base64 content of a well-formed `data:` URI.
fn data_uri(text: &str) -> Option<(&str, &str)> {
    if !starts_with_scheme(text, "data:") {
        return None;
    }
    let (head, content) = text["data:".len()..].split_once(',')?;
    let mime = head.split(';').next()?;
    head.ends_with(";base64").then_some((mime, content))
}

/// What can be seen of a file without the service.
pub struct Facts {
    /// In bytes.
    pub size: usize,
    /// Width and height, for an image whose header says them.
    pub dimensions: Option<(usize, usize)>,
}

/// The facts of a file that stands in a request itself.
pub fn facts(text: &str) -> Option<Facts> {
    /// The header of an image is near its start, behind some metadata at most; a multiple of four.
    const HEAD: usize = 512 * 1024;
    let (_, content) = data_uri(text)?;
    let size = content.trim_end_matches('=').len() / 4 * 3
        + match content.trim_end_matches('=').len() % 4 {
            0 => 0,
            rest => rest - 1,
        };
    let head = content.as_bytes().get(..content.len().min(HEAD))?;
    let head = STANDARD.decode(head).ok()?;
    let dimensions = imagesize::blob_size(&head).ok().map(|size| (size.width, size.height));
    Some(Facts { size, dimensions })
}

/// Whether a text is a URL or a file name of the plainest sort: `https:`, a name under a
/// well-known kind of top-level domain, and a path without anything to decode; or letters, digits,
/// `-`, `_` and dots. Most are, and reading a URL in full costs more than all else that is checked
/// of a request.
pub fn is_plain(text: &str) -> bool {
    let is_name =
        |byte: &u8| matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_');
    let Some(rest) = text.strip_prefix("https://") else {
        let text = text.as_bytes();
        return text.iter().all(is_name) && text.iter().any(|byte| *byte != b'.');
    };
    let rest = rest.as_bytes();
    let end = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
    let (host, rest) = rest.split_at(end);
    is_plain_host(host) && rest.iter().all(|byte| is_name(byte) || matches!(byte, b'/' | b'~'))
}

fn is_plain_host(host: &[u8]) -> bool {
    // Begins as if behind a dot: a label may begin neither with one nor with a hyphen.
    let mut before = b'.';
    let mut label = 0;
    let mut dots = 0;
    for byte in host {
        let fits = match byte {
            b'a'..=b'z' | b'0'..=b'9' => true,
            // What has two hyphens in a row may be an encoded name, with rules of its own.
            b'-' | b'.' => before != b'.' && before != b'-',
            _ => false,
        };
        if !fits {
            return false;
        }
        before = *byte;
        label += 1;
        if *byte == b'.' {
            (label, dots) = (0, dots + 1);
        }
        if label > 63 {
            return false;
        }
    }
    let top = &host[host.len() - label..];
    dots > 0
        && host.len() <= 253
        && top.len() >= 2
        && top.iter().all(u8::is_ascii_lowercase)
        && top != b"arpa"
        && !is_local(top)
}

fn starts_with_scheme(text: &str, scheme: &str) -> bool {
    text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

pub fn check_url(text: &str) -> Result<(), MediaError> {
    let url = Url::parse(text)?;
    if url.scheme() != "https" {
        return Err(MediaError::NotHttps { scheme: url.scheme().to_owned() });
    }
    // The URL standard lets much pass that other readers do not, or read as another host.
    if text.contains(|c: char| c.is_whitespace() || c.is_control() || c == '\\') {
        return Err(MediaError::OddUrl {
            reason: "it has a space, a control character or a backslash in it",
        });
    }
    let after_scheme = &text[url.scheme().len()..];
    if !after_scheme.starts_with("://") || after_scheme.starts_with(":///") {
        return Err(MediaError::OddUrl { reason: "the host has to follow `https://`" });
    }
    let authority = after_scheme["://".len()..].split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return Err(MediaError::Credentials);
    }
    if url.port() == Some(0) {
        return Err(MediaError::OddUrl { reason: "nothing listens on port 0" });
    }
    match url.host() {
        Some(host) if is_public(&host) => Ok(()),
        host => Err(MediaError::PrivateHost {
            host: host.map(|host| host.to_string()).unwrap_or_default(),
        }),
    }
}

fn is_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
            let top = name.rsplit('.').next().unwrap_or_default();
            // A name without a dot is known to a local resolver at most.
            let dotted = name.contains('.') && !name.split('.').any(str::is_empty);
            dotted && !is_local(top.as_bytes()) && !name.ends_with(".home.arpa")
        }
        Host::Ipv4(ip) => is_public_v4(*ip),
        Host::Ipv6(ip) => match (ip.to_ipv4_mapped(), ip.segments()) {
            (Some(v4), _) => is_public_v4(v4),
            // 6to4: an IPv4 address is inside.
            (None, [0x2002, high, low, ..]) => {
                is_public_v4((u32::from(high) << 16 | u32::from(low)).into())
            }
            // Teredo, and what is set apart for protocols.
            (None, [0x2001, 0..0x200, ..]) => false,
            // All that is public so far.
            (None, [first, ..]) => first & 0xe000 == 0x2000,
        },
    }
}

/// Names that only a local resolver knows, by their last label.
fn is_local(top: &[u8]) -> bool {
    matches!(
        top,
        b"localhost"
            | b"local"
            | b"localdomain"
            | b"internal"
            | b"intranet"
            | b"lan"
            | b"corp"
            | b"home"
            | b"private"
            | b"onion"
    )
}

fn is_public_v4(ip: std::net::Ipv4Addr) -> bool {
    let [first, second, third, _] = ip.octets();
    !(ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_multicast()
        || matches!((first, second, third), (0 | 240.., _, _) | (192, 0, 0))
        // Shared by a provider's customers, and for measurements.
        || matches!((first, second), (100, 64..128) | (198, 18..20)))
}

fn check_data_uri(text: &str) -> Result<(), MediaError> {
    let bad = |reason| Err(MediaError::BadDataUri { reason });
    let Some((head, data)) = text["data:".len()..].split_once(',') else {
        return bad("the comma before the content is missing");
    };
    let Some((mime, "base64")) = head.rsplit_once(';') else {
        return bad("`;base64` is missing before the comma");
    };
    if !mime.split(';').next().is_some_and(|mime| mime.contains('/')) {
        return bad("the media type is missing, as in `image/png`");
    }
    if data.is_empty() {
        return bad("the content is empty");
    }
    let size = data.len() as u64 / 4 * 3;
    if size > DATA_LIMIT + 2 {
        return Err(MediaError::TooLarge { size, limit: DATA_LIMIT });
    }
    // Checked in slices, so that a large file is not decoded into memory at once. Base64 decodes
    // in groups of four; only the last slice may be padded.
    let mut buffer = [0; 3 * 1024];
    let mut slices = data.as_bytes().chunks(4 * 1024).peekable();
    while let Some(slice) = slices.next() {
        let decoded = STANDARD.decode_slice(slice, &mut buffer);
        let padded_inside = slices.peek().is_some() && slice.ends_with(b"=");
        if decoded.is_err() || padded_inside {
            return bad("the content is not base64");
        }
    }
    Ok(())
}

pub fn check_name(name: &str) -> Result<(), MediaError> {
    if name.is_empty() {
        return Err(MediaError::Empty);
    }
    let odd = |c: char| c.is_control() || "/\\:?#".contains(c);
    if name.contains(odd) || name.trim() != name || [".", ".."].contains(&name) {
        return Err(MediaError::NotAName);
    }
    Ok(())
}
