//! The fields of an object, with what each may be as words and as a picture.

use std::collections::HashSet;

use maud::{Markup, html};
use runcomfy_codegen::{Api, ApiEnum, ApiField, ApiObject};
use runcomfy_schema::Num;

use super::facts::{Facts, Model};
use super::scale::{End, Scale};
use super::text::{count, line, number};
use crate::schemas::diff::limits::Limits;

/// Values of an enum that are always in sight.
const MAX_VALUES: usize = 16;
/// An object further inside is only named.
const MAX_DEPTH: usize = 8;

/// The default of a field, as it is shown.
#[derive(Clone, Copy)]
struct Shown<'d> {
    json: &'d str,
    word: &'static str,
}

impl<'d> Shown<'d> {
    /// The default of a required field is never used. The service's own pages fill it in.
    fn of(field: &'d ApiField) -> Option<Self> {
        let word = if field.is_required { "for example" } else { "default" };
        field.default.as_deref().map(|json| Self { json, word })
    }
}

/// Writes the fields of one model.
pub(super) struct Fields<'a> {
    model: Model<'a>,
    /// The objects whose fields were written. Others refer to them, so that a recursive schema ends.
    written: HashSet<&'a str>,
    depth: usize,
}

impl<'a> Fields<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        Self { model: Model(api), written: HashSet::new(), depth: 0 }
    }

    pub(super) fn of(&mut self, object: &'a ApiObject) -> Markup {
        self.written.insert(&object.name);
        html! {
            @if object.fields.is_empty() { p.none { "No fields." } }
            dl.fields { @for field in &object.fields { (self.field(field)) } }
        }
    }

    fn field(&mut self, field: &'a ApiField) -> Markup {
        let facts = self.model.facts(&field.type_, &field.rules.rules);
        let (title, description) = (line(&field.title), line(&field.description));
        html! {
            div.field {
                dt {
                    code.name { (line(&field.name)) }
                    @if field.is_required { " " span.req { "required" } }
                    @if field.is_deprecated { " " span.old { "deprecated" } }
                    @if field.key != field.name { small { "sent as " code { (line(&field.key)) } } }
                }
                dd {
                    @if !title.is_empty() || !description.is_empty() {
                        p dir="auto" {
                            @if !title.is_empty() && !is_like(&title, &field.name) {
                                b { (title) } @if !description.is_empty() { ". " }
                            }
                            (description)
                        }
                    }
                    (self.facts(&facts, Shown::of(field)))
                }
            }
        }
    }

    fn facts(&mut self, facts: &Facts<'a>, default: Option<Shown<'_>>) -> Markup {
        match facts {
            Facts::Number(range) => numbers(range, default),
            Facts::Values(values) => choices(values, default),
            Facts::Boolean => html! {
                ul.values {
                    @for value in ["true", "false"] { (choice(value, default.filter(|one| one.json == value))) }
                }
            },
            Facts::Object(object) => self.object(object, default),
            Facts::List { item, count } => html! {
                p.kind { "list of " (counted(*count, "item", "items")) (shown_default(default)) }
                div.inner { (self.facts(item, None)) }
            },
            Facts::Map { value, count } => html! {
                p.kind {
                    "object with any keys" (limits(*count, "key", "keys")) (shown_default(default))
                }
                div.inner { (self.facts(value, None)) }
            },
            Facts::Forms(forms) => html! {
                p.kind { "one of " (forms.len()) " forms" (shown_default(default)) }
                ul.forms { @for form in forms { li { (self.facts(form, None)) } } }
            },
            Facts::OrNull(inner) => html! {
                (self.facts(inner, default))
                p.kind { "or " code { "null" } }
            },
            Facts::Text { length, pattern, format } => html! {
                p.kind {
                    "text" (limits(*length, "character", "characters"))
                    @if let Some(format) = format { ", in the form of a " code { (format) } }
                    @if let Some(pattern) = pattern { ", matching " code { (line(pattern)) } }
                    (shown_default(default))
                }
            },
            Facts::File(kind) => html! {
                p.kind {
                    span class={"badge " (kind.as_deref().unwrap_or_default())} {
                        (kind.as_deref().unwrap_or("file"))
                    }
                    " an " code { "https:" } " URL, a " code { "data:" } " URI or a file"
                    (shown_default(default))
                }
            },
            Facts::Any => html! { p.kind { "any JSON value" (shown_default(default)) } },
        }
    }

    fn object(&mut self, object: &'a ApiObject, default: Option<Shown<'_>>) -> Markup {
        let is_new = !self.written.contains(&*object.name) && self.depth < MAX_DEPTH;
        html! {
            p.kind {
                "object " code { (object.name) } (shown_default(default))
                @if !is_new { ", as above" }
            }
            @if is_new {
                @let () = self.depth += 1;
                div.inner { (self.of(object)) }
                @let () = self.depth -= 1;
            }
        }
    }
}

/// Whether a title says no more than the name.
fn is_like(title: &str, name: &str) -> bool {
    let letters = |text: &str| -> String {
        text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    letters(title) == letters(name)
}

fn numbers(scale: &Scale, default: Option<Shown<'_>>) -> Markup {
    let value = default.and_then(|default| Num::parse(default.json));
    let words = scale.words();
    let Some(value) = value.filter(|_| scale.is_drawn()) else {
        return html! {
            p.kind { (words) (shown_default(default)) }
            @if scale.is_drawn() { (picture(scale, None, &words)) }
        };
    };
    let word = default.map_or("", |default| default.word);
    let all = format!("{words}, {word} {}", number(&value));
    html! {
        p.kind { (words) (shown_default(default)) }
        (picture(scale, Some(&value), &all))
    }
}

/// The range as a line: its ends are closed, hollow (exclusive) or fading (open), and a dot is the
/// default.
fn picture(scale: &Scale, default: Option<&Num>, words: &str) -> Markup {
    let end = |end: &Option<End>| match end {
        None => "open",
        Some(End { is_exclusive: true, .. }) => "hollow",
        Some(_) => "closed",
    };
    let bound = |end: &Option<End>| end.as_ref().map(|end| number(&end.value));
    let style = scale.parts().map(|parts| format!("--parts:{parts}"));
    html! {
        div.scale role="img" aria-label=(words) {
            div class={"line min-" (end(&scale.min)) " max-" (end(&scale.max))} style=[style] {
                @if let Some(default) = default {
                    @let at = scale.position(default);
                    i style={"left:" (at) "%"} {}
                }
            }
            div.ends aria-hidden="true" {
                span { (bound(&scale.min).as_deref().unwrap_or("…")) }
                @if scale.is_logarithmic() { em { "logarithmic" } }
                span { (bound(&scale.max).as_deref().unwrap_or("…")) }
            }
        }
    }
}

fn choices(values: &ApiEnum, default: Option<Shown<'_>>) -> Markup {
    let values: Vec<_> = values
        .variants
        .iter()
        .map(|(_, value)| {
            let json = value.as_constant().to_json().to_string();
            (line(&value.as_constant().to_string()), default.filter(|default| default.json == json))
        })
        .collect();
    let (first, rest) = values.split_at(values.len().min(MAX_VALUES));
    let list = |values: &[(String, Option<Shown<'_>>)]| {
        html! { ul.values { @for (value, default) in values { (choice(value, *default)) } } }
    };
    html! {
        (list(first))
        @if !rest.is_empty() {
            details.more {
                summary { (rest.len()) " more values" }
                (list(rest))
            }
        }
    }
}

fn choice(value: &str, default: Option<Shown<'_>>) -> Markup {
    html! {
        li.default[default.is_some()] {
            code { (value) }
            @if let Some(default) = default { " " (default.word) }
        }
    }
}

/// The default in words, a long one abridged.
fn shown_default(default: Option<Shown<'_>>) -> Markup {
    const MAX_LEN: usize = 300;
    let Some(Shown { json, word }) = default else { return Markup::default() };
    // A string without its quotes, and a number with its digits in groups.
    let value = match serde_json::from_str(json) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(serde_json::Value::Number(_)) => {
            Num::parse(json).as_ref().map_or(json.to_owned(), number)
        }
        _ => json.to_owned(),
    };
    let mut value = line(&value);
    if let Some((end, _)) = value.char_indices().nth(MAX_LEN) {
        value.truncate(end);
        value.push('…');
    }
    html! { ", " (word) " " @if value.is_empty() { "empty" } @else { code dir="auto" { (value) } } }
}

/// `, 1 to 5 items`
fn limits(limits: Limits, one: &str, many: &str) -> String {
    let counted = counted(limits, one, many);
    if limits.min.is_none_or(|min| min == 0) && limits.max.is_none() {
        String::new()
    } else {
        format!(", {counted}")
    }
}

fn counted(Limits { min, max }: Limits, one: &str, many: &str) -> String {
    let noun = |n: u64| if n == 1 { one } else { many };
    match (min.filter(|min| *min > 0), max) {
        (None, None) => many.to_owned(),
        (Some(min), None) => format!("at least {} {}", count(min), noun(min)),
        (None, Some(max)) => format!("up to {} {}", count(max), noun(max)),
        (Some(min), Some(max)) if min == max => format!("{} {}", count(max), noun(max)),
        (Some(min), Some(max)) => format!("{} to {} {}", count(min), count(max), noun(max)),
    }
}
