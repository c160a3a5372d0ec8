//! The page: its frame, and the models by vendor.

use std::collections::BTreeMap;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use runcomfy_codegen::{Api, GeneratedModel};
use runcomfy_schema::counted::counted;
use serde_json::Value;

use super::field::Fields;
use super::sample::{Sample, samples};
use super::text::line;

/// A model on the page.
pub(super) struct Entry {
    id: String,
    title: String,
    description: String,
    /// What it makes, in a word.
    kind: Option<String>,
    source: String,
    /// Its web page.
    url: Option<String>,
    api: Api,
}

impl Entry {
    /// A model, and the text of its file.
    pub(super) fn of(model: &GeneratedModel, text: &str) -> Self {
        let entry: Value = serde_json::from_str(text).unwrap_or_default();
        let text = |key: &str| line(entry.get(key).and_then(Value::as_str).unwrap_or_default());
        let title = line(&model.title);
        let api = model.api();
        Self {
            title: if title.is_empty() { model.id.clone() } else { title },
            id: model.id.clone(),
            description: text("description"),
            kind: model.output_kind.map(|kind| kind.to_string()),
            source: text("x-source"),
            // A link may lead to a web page, and not to a script.
            url: Some(text("model_url")).filter(|url| url.starts_with("https://")),
            api,
        }
    }

    fn vendor(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }
}

/// Nothing is fetched, even if a schema's text should pass for markup.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
                      base-uri 'none'; form-action 'none'";

/// The page of these models.
pub(super) fn page(entries: &[Entry]) -> String {
    let mut vendors: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        vendors.entry(entry.vendor()).or_default().push(entry);
    }
    let count = counted(entries.len(), "model");
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content="rcf schemas catalog";
                title { "RunComfy models" }
                style { (PreEscaped(include_str!("page.css"))) }
            }
            body {
                header {
                    h1 { "Models" }
                    p { (count) " of " (counted(vendors.len(), "vendor")) ". Open one for its fields and for calls to copy." }
                    (search())
                }
                main {
                    @for (vendor, entries) in &vendors { (section(vendor, entries)) }
                    p #none role="status" hidden { "No model has all of these words." }
                }
                (sending())
                script { (PreEscaped(include_str!("page.js"))) }
            }
        }
    };
    page.into_string()
}

/// Shown by the script, without which it would do nothing.
fn search() -> Markup {
    html! {
        form #search role="search" hidden {
            label for="q" { "Search" }
            input #q type="search" name="q" autocomplete="off" spellcheck="false"
                placeholder="kling image-to-video" aria-describedby="keys";
            div role="group" aria-label="Kind" {
                @for (value, name) in [("", "All"), ("image", "Image"), ("video", "Video"), ("audio", "Audio")] {
                    button type="button" data-kind=(value) aria-pressed=(value.is_empty()) { (name) }
                }
            }
            p { output #count for="q" {} " " span #keys { kbd { "/" } " to search, " kbd { "Enter" } " to open the first" } }
        }
    }
}

fn section(vendor: &str, entries: &[&Entry]) -> Markup {
    html! {
        section.vendor {
            h2 { (vendor) " " small { (counted(entries.len(), "model")) } }
            @for entry in entries { (model(entry)) }
        }
    }
}

fn model(entry: &Entry) -> Markup {
    let Entry { id, title, description, kind, source, url, api } = entry;
    let kind = kind.as_deref();
    html! {
        details.model id=(id) data-kind=[kind] {
            summary {
                b dir="auto" { (title) }
                @if let Some(kind) = kind { " " span class={"badge " (kind)} { (kind) } }
                @if title != id { " " code { (id) } }
                @if !description.is_empty() { span.about dir="auto" { (description) } }
            }
            div.body {
                p.meta {
                    a href={"#" (id)} { "Link to this model" }
                    @if let Some(url) = url { a href=(url) rel="noopener noreferrer" { "Model page" } }
                    @if !source.is_empty() { span dir="auto" { "Source: " (source) } }
                }
                h3 { "Input" }
                @if let Some(input) = api.objects.first() { (Fields::new(api).of(input)) }
                @if let Some(example) = &api.example {
                    h3 { "Call" }
                    @for one in samples(id, api, example) { (sample(&one)) }
                }
            }
        }
    }
}

fn sample(Sample { language, code }: &Sample) -> Markup {
    html! {
        figure {
            figcaption { (language) button.copy type="button" hidden { "Copy" } }
            pre tabindex="0" { code { (code) } }
        }
    }
}

/// How an input is sent, which is the same for all models.
fn sending() -> Markup {
    html! {
        footer {
            h2 { "Sending a request" }
            p {
                "In Rust, an input is sent by a client, which finds your token in " code { "RUNCOMFY_API_TOKEN" } ":"
            }
            pre tabindex="0" { code { (SEND) } }
            p {
                "The files in the samples stand for yours: a URL that anybody can fetch. "
                code { "curl" } " gets a " code { "request_id" } " at once; the result is at "
                code { "https://model-api.runcomfy.net/v1/requests/<request_id>/result" } "."
            }
        }
    }
}

const SEND: &str = "let client = Client::from_env()?;
let done = client.run(&input).await?;
println!(\"{:?}\", done.output);";
