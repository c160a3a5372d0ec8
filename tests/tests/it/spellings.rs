//! The token in every spelling that a server may echo it in, looked for by a decoder that knows nothing
//! of how it is hidden.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use runcomfy_models::time::TestClock;
use runcomfy_models::{CancelOutcome, Client, Error};
use runcomfy_sandbox::{Call, Reply, Sandbox};
use serde_json::json;

use crate::end_to_end::input;
use crate::secrets::shown;

async fn sandbox(token: &str) -> (Sandbox, Client) {
    let sandbox = Sandbox::builder().token(token).queue_time(Duration::ZERO);
    let sandbox = sandbox.run_time(Duration::ZERO).start().await.unwrap();
    let client = Client::builder().base_url(sandbox.base_url()).token(token).attempts(1);
    let client = client.clock(TestClock::default()).build().unwrap();
    (sandbox, client)
}

#[tokio::test]
async fn token_equal_to_a_word_of_the_service_changes_no_response() {
    for token in
        ["let", "completed", "complete", "failed", "not_cancellable", "400002", "e", "token"]
    {
        let (sandbox, client) = sandbox(token).await;
        let job = client.submit(&input()).await.unwrap();
        assert!(job.wait().await.is_ok(), "{token}");
        assert_eq!(job.cancel().await.unwrap(), CancelOutcome::NotCancellable, "{token}");
        sandbox.fail_next_job("it did not let me");
        let error = client.run(&input()).await.unwrap_err();
        assert!(matches!(error, Error::Failed { .. }), "{token}: {error}");
        sandbox.reply_next(Call::Status, Reply::new(400, r#"{"error_code": 400002}"#));
        let error = job.status().await.unwrap_err();
        let kind = error.api().unwrap().kind;
        assert_eq!(kind, runcomfy_models::ApiErrorKind::PaymentRequired, "{token}");
    }
}

const ESCAPES: [char; 3] = ['\\', '%', '&'];

/// A way to escape a character with one of the escapes.
fn escaped(c: char, escape: char, random: &mut fastrand::Rng) -> String {
    let code = u32::from(c);
    let zeros = "0".repeat(random.usize(..4));
    let named = match c {
        '&' => "amp",
        '<' => "lt",
        '>' => "gt",
        '"' => "quot",
        '/' => "sol",
        '+' => "plus",
        '=' => "equals",
        '.' => "period",
        '%' => "percnt",
        _ => "",
    };
    match (escape, random.u8(..4)) {
        ('\\', 0 | 1) if "\"\\/".contains(c) => format!("\\{c}"),
        ('\\', 0 | 2) => format!("\\u{code:04x}"),
        ('\\', _) => format!("\\u{code:04X}"),
        ('%', 0 | 1) => format!("%{code:02x}"),
        ('%', _) => format!("%{code:02X}"),
        (_, 0) if !named.is_empty() => format!("&{named};"),
        (_, 0 | 1) => format!("&#{zeros}{code};"),
        (_, 2) => format!("&#x{zeros}{code:x};"),
        _ => format!("&#X{zeros}{code:X};"),
    }
}

/// The token, escaped as a whole up to three times, each time some characters at least.
fn escape_in_layers(token: &str, random: &mut fastrand::Rng) -> String {
    let mut text = token.to_owned();
    for _ in 0..random.usize(..4) {
        let escape = random.choice(ESCAPES).unwrap();
        let rate = random.f64();
        let mut next = String::new();
        for c in text.chars() {
            // A character that begins an escape must be escaped itself.
            if c == escape || escape == '\\' && c == '"' || random.f64() < rate {
                next += &escaped(c, escape, random);
            } else {
                next.push(c);
            }
        }
        text = next;
    }
    text
}

/// A character in a random escape, whose characters may be escaped again.
fn escape_at_will(c: char, depth: usize, random: &mut fastrand::Rng, spelled: &mut String) {
    if depth == 0 || random.u8(..3) == 0 {
        return spelled.push(c);
    }
    let escape = random.choice(ESCAPES).unwrap();
    for c in escaped(c, escape, random).chars() {
        let deeper = if random.u8(..3) == 0 { depth - 1 } else { 0 };
        escape_at_will(c, deeper, random, spelled);
    }
}

/// Decodes what one of the three escapes.
fn decode(text: &str, escape: char) -> String {
    let number = |digits: &str, radix| {
        let code = u32::from_str_radix(digits, radix).ok()?;
        char::from_u32(code).filter(char::is_ascii)
    };
    // The character, and the length of what stands for it.
    let unescape = |rest: &str| -> Option<(char, usize)> {
        match escape {
            '%' => Some((number(rest.get(1..3)?, 16)?, 3)),
            '\\' => match rest.chars().nth(1)? {
                'u' => Some((number(rest.get(2..6)?, 16)?, 6)),
                c @ ('"' | '\\' | '/') => Some((c, 2)),
                'n' | 'r' | 't' => Some(('\n', 2)),
                _ => None,
            },
            _ => {
                let (entity, _) = rest[1..].split_once(';')?;
                let c = match entity {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "sol" => '/',
                    "plus" => '+',
                    "equals" => '=',
                    "period" => '.',
                    "percnt" => '%',
                    _ => match entity.strip_prefix('#')? {
                        hex if hex.starts_with(['x', 'X']) => number(&hex[1..], 16)?,
                        decimal => number(decimal, 10)?,
                    },
                };
                Some((c, entity.len() + 2))
            }
        }
    };
    let mut decoded = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(escape) {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, len) = unescape(rest).unwrap_or((escape, 1));
        decoded.push(c);
        rest = &rest[len..];
    }
    decoded + rest
}

/// Everything that a text can be decoded to, the three escapes in any order and as often as they are
/// there.
fn decodings(text: &str) -> HashSet<String> {
    const MAX_DEPTH: usize = 4;
    let mut all = HashSet::from([text.to_owned()]);
    let mut last = all.clone();
    for _ in 0..MAX_DEPTH {
        let next = last.iter().flat_map(|text| ESCAPES.map(|escape| decode(text, escape)));
        last = next.filter(|text| all.insert(text.clone())).collect();
    }
    all
}

/// Whether a text has the token in it; a short one, as a word.
fn has(text: &str, token: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.match_indices(token).any(|(at, _)| {
        let before = text[..at].chars().next_back().is_some_and(is_letter);
        let after = text[at + token.len()..].chars().next().is_some_and(is_letter);
        token.len() >= 8 || !before && !after
    })
}

fn any_token(random: &mut fastrand::Rng) -> String {
    let len = if random.u8(..4) == 0 { random.usize(1..8) } else { random.usize(8..40) };
    let odd = random.bool();
    let graphic = || char::from(random.u8(0x21..0x7f));
    let all: Vec<_> = std::iter::repeat_with(graphic).take(4 * len).collect();
    let plain = |c: &char| odd || c.is_ascii_alphanumeric();
    let token: String = all.into_iter().filter(plain).take(len).collect();
    if token.is_empty() { "x".to_owned() } else { token }
}

#[tokio::test]
async fn no_spelling_of_the_token_is_shown() {
    let mut random = fastrand::Rng::with_seed(11);
    let (mut found, mut count) = (0, 0);
    for _ in 0..60 {
        let token = any_token(&mut random);
        let (sandbox, client) = sandbox(&token).await;
        let job = client.submit(&input()).await.unwrap();
        for number in 0..10 {
            let mut spelled = String::new();
            if number < 6 {
                spelled = escape_in_layers(&token, &mut random);
            } else {
                token.chars().for_each(|c| escape_at_will(c, 3, &mut random, &mut spelled));
            }
            let start = random.choice(["", "Bearer ", "?key=", "\\n", "%20", "&lt;", ">"]).unwrap();
            let end = random.choice(["", " ", "\\n", "%20", "&gt;", "<", "\u{e9}"]).unwrap();
            let text = format!("{start}{spelled}{end}");
            if number < 6 {
                found += usize::from(decodings(&text).iter().any(|text| has(text, &token)));
                count += 1;
            }
            // As a text, in a text of a JSON object, and as JSON that is one already.
            let bodies = [
                text.clone(),
                json!({"message": text}).to_string(),
                format!(r#"{{"message": "{text}"}}"#),
            ];
            for body in bodies {
                sandbox.reply_next(Call::Status, Reply::new(400, body.clone()));
                let error = job.status().await.unwrap_err();
                let api = error.api().unwrap();
                let mut all = format!("{error}\n{}\n", api.body);
                let _ = write!(all, "{}", api.message.as_deref().unwrap_or_default());
                for decoded in decodings(&all) {
                    assert!(!has(&decoded, &token), "{token} as {spelled} in {body}: {all}");
                }
            }
        }
    }
    // Else the decoder would prove nothing.
    assert!(found * 100 > count * 95, "{found} of {count}");
}

#[tokio::test]
async fn the_token_in_base64_is_not_shown() {
    const TOKEN: &str = "t0p/sekrit+token";
    let (sandbox, client) = sandbox(TOKEN).await;
    let job = client.submit(&input()).await.unwrap();
    let inside = |before: usize| {
        // The part that does not depend on its neighbours.
        let text = STANDARD.encode(format!("{}{TOKEN}", "\0".repeat(before)));
        text[(before * 8).div_ceil(6)..(before + TOKEN.len()) * 8 / 6].to_owned()
    };
    let secrets = [inside(0), inside(1), inside(2)];
    let secrets = secrets.iter().map(|secret| secret.replace('+', "-").replace('/', "_"));
    let secrets: Vec<_> = secrets.collect();
    for before in ["", ":", "me:", "Bearer ", "Authorization: Bearer ", "\u{e9}"] {
        let text = format!("{before}{TOKEN}\r\n");
        for encoded in [STANDARD.encode(&text), URL_SAFE.encode(&text)] {
            sandbox.reply_next(Call::Status, Reply::new(400, format!("Basic {encoded}")));
            let error = job.status().await.unwrap_err();
            let plain = shown(&error).replace('+', "-").replace('/', "_");
            assert!(plain.contains("[token]"), "{error}");
            assert!(!secrets.iter().any(|secret| plain.contains(secret)), "{error}");
        }
    }
}

#[tokio::test]
async fn the_token_is_no_request_id() {
    const TOKEN: &str = "t0p-sekrit-token";
    let (sandbox, client) = sandbox(TOKEN).await;
    for id in [TOKEN.to_owned(), format!("Bearer:{TOKEN}")] {
        for (status, end) in [(200, "}"), (200, ""), (429, "}"), (502, "}"), (502, "")] {
            let body = format!(r#"{{"request_id": "{id}", "status_url": "https://a"{end}"#);
            sandbox.reply_next(Call::Submit, Reply::new(status, body));
            let error = client.submit(&input()).await.unwrap_err();
            assert!(!shown(&error).contains(TOKEN), "{status}: {error}");
        }
    }
    // A short one may be a part of any id.
    let (sandbox, client) = self::sandbox("r1").await;
    sandbox.reply_next(Call::Submit, Reply::new(200, r#"{"request_id": "r1"}"#));
    assert_eq!(client.submit(&input()).await.unwrap().request_id(), "r1");
}

#[tokio::test]
async fn nothing_is_cut_before_the_token_is_hidden() {
    const TOKEN: &str = "t0p-sekrit-token";
    let (sandbox, client) = sandbox(TOKEN).await;
    let job = client.submit(&input()).await.unwrap();
    // Over every length at which something is cut.
    for len in [90, 190, 490, 1010, 4080, 65_520, 65_530] {
        for len in len..len + 16 {
            let text = format!("{}{TOKEN}{}", "x".repeat(len), "y".repeat(5000));
            for (status, body) in
                [(400, text.clone()), (200, json!({"status": text}).to_string()), (200, text)]
            {
                sandbox.reply_next(Call::Status, Reply::new(status, body));
                let shown = match job.status().await {
                    Ok(status) => format!("{status} {status:?}"),
                    Err(error) => shown(&error),
                };
                assert!(!shown.contains("t0p-s"), "at {len}: {shown}");
            }
        }
    }
}

#[tokio::test]
async fn url_credentials_of_the_service_are_not_shown() {
    let (sandbox, client) = sandbox("t0p-sekrit-token").await;
    let job = client.submit(&input()).await.unwrap();
    let url =
        r"https:\/\/user:pass-sekrit@x.runcomfy.net\/v.mp4?X-Amz-Signature=sig-sekrit\u0026a=b";
    let mut errors = 0;
    for (status, body) in [
        (400, format!(r#"{{"message": "cannot fetch {url} for you"}}"#)),
        (200, format!(r#"{{"output": "{url}", "id": 1}}"#)),
        (200, format!(r#"{{"status": "failed", "error": "no {url}"}}"#)),
        (502, format!("<a href=\"{}\">", url.replace("\\/", "/"))),
    ] {
        for call in [Call::Status, Call::Result] {
            sandbox.reply_next(call, Reply::new(status, body.clone()));
        }
        for error in [job.status().await.map(|_| ()), job.result().await.map(|_| ())] {
            let Err(error) = error else { continue };
            let text = shown(&error);
            assert!(!text.contains("-sekrit"), "{text}");
            assert!(text.contains("x.runcomfy.net"), "{text}");
            errors += 1;
        }
    }
    // A failed job is no error of the call for its status.
    assert_eq!(errors, 7);
}
