//! Calls to copy: the example of the documentation in Rust, and the same request in a shell.

use runcomfy_codegen::{Api, ApiExample};
use runcomfy_schema::Json;
use runcomfy_schema::media::check::{MediaForm, form_of};
use runcomfy_schema::possible::Possible;

use super::text::code;
use crate::flag::{HOSTED, flag_of};

/// A call in some language.
#[derive(Debug)]
pub(super) struct Sample {
    pub(super) language: &'static str,
    pub(super) code: String,
}

/// The calls of a model with this example.
pub(super) fn samples(id: &str, api: &Api, example: &ApiExample) -> [Sample; 3] {
    [
        Sample { language: "Rust", code: code(&example.code) },
        Sample { language: "curl", code: curl(id, &example.body) },
        Sample { language: "rcf", code: rcf(id, api, &example.body) },
    ]
}

const BASE_URL: &str = "https://model-api.runcomfy.net/v1/models";

fn curl(id: &str, body: &Json) -> String {
    let body = code(&serde_json::to_string_pretty(body).unwrap_or_default());
    let (url, body) = (quoted(&format!("{BASE_URL}/{id}")), quoted(&body));
    format!(
        "curl -X POST {url} \\\n  -H \"Authorization: Bearer $RUNCOMFY_API_TOKEN\" \\\n  \
         -H 'Content-Type: application/json' \\\n  -d {body}"
    )
}

fn rcf(id: &str, api: &Api, body: &Json) -> String {
    let mut command = format!("rcf run {}", quoted(id));
    let Json::Object(members) = body else { return command };
    let fields = api.objects.first().map_or(&[][..], |input| &input.fields);
    for (key, value) in members {
        let field = fields.iter().find(|field| field.key == **key);
        let name = field.map(|field| &*field.name);
        let rules = field.map_or(&[][..], |field| &field.rules.rules);
        let value = hosted(value, &Possible::new(&api.definitions.rules, rules));
        let argument = match (name.and_then(flag_of), plain(&value)) {
            // `--seed -1` would be two flags.
            (Some(flag), Some(text)) if text.starts_with('-') => {
                format!("--{flag}={}", quoted(&text))
            }
            (Some(flag), Some(text)) => format!("--{flag} {}", quoted(&text)),
            _ => {
                let json = code(&value.to_string());
                format!("--set {}", quoted(&format!("{}={json}", name.unwrap_or(key))))
            }
        };
        command.push_str(&format!(" \\\n  {argument}"));
    }
    command
}

/// The value with `hosted:` before the name of each file that the service hosts. A bare name would be
/// the path of a file.
fn hosted(value: &Json, place: &Possible<'_>) -> Json {
    match value {
        Json::String(text) if place.is_media() && form_of(text) == MediaForm::Name => {
            Json::String(format!("{HOSTED}{}", &**text).into())
        }
        Json::Array(items) => {
            let item = |(index, item)| hosted(item, &place.item(index));
            Json::Array(items.iter().enumerate().map(item).collect())
        }
        Json::Object(members) => {
            let members = members.iter();
            let all = members.map(|(key, value)| (key.clone(), hosted(value, &place.member(key))));
            Json::Object(all.collect())
        }
        other => other.clone(),
    }
}

/// A value as the argument of a flag, if it is not a structure.
fn plain(value: &Json) -> Option<String> {
    match value {
        Json::Bool(bool) => Some(bool.to_string()),
        Json::Number(number) => Some(number.to_string()),
        // In a shell, an escape would be another text.
        Json::String(text) if code(text) == **text && !text.contains('\n') => {
            Some(text.to_string())
        }
        _ => None,
    }
}

/// A word of a POSIX shell.
fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| "''".to_owned(), |word| word.into_owned())
}
