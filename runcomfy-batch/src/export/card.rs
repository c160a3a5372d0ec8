//! A job on the contact sheet.

use std::path::Path;

use maud::{Markup, html};
use runcomfy_schema::printable::{is_hidden, printable};
use runcomfy_schema::truncate::start;
use runcomfy_types::MediaKind;
use serde_json::{Map, Value};

use super::output_file::{self, OutputFile};
use super::row::{rfc3339, seconds};
use crate::job::{JobRecord, State};

/// In bytes. A page shows no more of a text.
const MAX_TEXT_LEN: usize = 2_000;
/// Files that are shown. Others are linked.
const MAX_SHOWN_FILES: usize = 8;

pub(super) fn card(job: &JobRecord, folder: &Path) -> Markup {
    let files = output_file::of(job);
    let may_cost = !matches!(job.state, State::Failed | State::Cancelled);
    let empty = Map::new();
    let input = job.input.as_object().unwrap_or(&empty);
    let prompt = prompt_of(input);
    let settings = input.iter().filter(|(key, _)| Some(key.as_str()) != prompt.map(|(key, _)| key));
    html! {
        article id={"job-" (job.number)} data-state=(job.state) {
            (media(job, &files, folder))
            div {
                h2 {
                    a href={"#job-" (job.number)} { (job.number) }
                    " " b.state { (job.state) }
                    @if let Some(cost) = job.cost { " " span { (cost) } }
                    @else if let Some(estimate) = job.estimate.filter(|_| may_cost) {
                        " " span { "about " (estimate) }
                    }
                }
                @if let Some((_, prompt)) = prompt { p.prompt dir="auto" { (text(prompt)) } }
                @if let Some(reason) = &job.reason { p.error dir="auto" { (text(reason)) } }
                dl { @for (key, value) in settings { (setting(key, value)) } }
                p.facts { (facts(job)) }
                @if !files.is_empty() { ul { @for file in &files { li { (link(file, folder)) } } } }
            }
        }
        "\n"
    }
}

/// The text that says what a job is about: the field with it, and its value.
fn prompt_of(input: &Map<String, Value>) -> Option<(&str, &str)> {
    let rank = |key: &str| match key {
        "prompt" => Some(0),
        key if key.contains("negative") => None,
        key if key.ends_with("prompt") => Some(1),
        "text" | "lyrics" => Some(2),
        _ => None,
    };
    let texts = input.iter().filter_map(|(key, value)| Some((rank(key)?, &**key, value.as_str()?)));
    texts.min_by_key(|(rank, ..)| *rank).map(|(_, key, text)| (key, text))
}

fn media(job: &JobRecord, files: &[OutputFile], folder: &Path) -> Markup {
    let of_kind = |kind| files.iter().filter(move |file| file.kind == Some(kind));
    // Beside a video, an image is its poster.
    let has_video = of_kind(MediaKind::Video).next().is_some();
    let poster = of_kind(MediaKind::Image).find_map(|file| file.link(folder)).filter(|_| has_video);
    let shown = files.iter().filter(|file| match file.kind {
        Some(MediaKind::Image) => !has_video,
        kind => kind.is_some(),
    });
    let shown: Vec<_> = shown.filter_map(|file| Some((file.kind?, file.link(folder)?))).collect();
    html! {
        @if !shown.is_empty() {
            figure {
                @for (index, (kind, link)) in shown.iter().take(MAX_SHOWN_FILES).enumerate() {
                    @let label = format!("{kind} {} of job {}", index + 1, job.number);
                    @match kind {
                        MediaKind::Image => a href=(link) {
                            img src=(link) alt=(label) loading="lazy" decoding="async";
                        },
                        // A script loads those in sight: a browser plays only so many at once.
                        MediaKind::Video => video src=(link) poster=[poster.as_ref().filter(|_| index == 0)]
                            controls loop playsinline preload="none" aria-label=(label) {},
                        _ => audio src=(link) controls preload="none" aria-label=(label) {},
                    }
                }
            }
        }
    }
}

fn setting(key: &str, value: &Value) -> Markup {
    html! {
        div {
            dt { (text(key)) }
            dd dir="auto" {
                @match value {
                    Value::String(url) if url.starts_with("https://") => a href=(url) { (text(url)) },
                    Value::String(string) => (text(string)),
                    value => (text(&value.to_string())),
                }
            }
        }
    }
}

/// What is known of the job besides its input and output.
fn facts(job: &JobRecord) -> Markup {
    html! {
        span { (job.model_id) }
        @if let Some(id) = &job.request_id { " " span { (text(id)) } }
        @for id in &job.earlier { " " span { "earlier " (text(id)) } }
        @if let Some(line) = job.line { " " span { "line " (line) } }
        @if let Some(seconds) = seconds(job) { " " span { (format!("{seconds:.1} s")) } }
        @if let Some(time) = job.ended_at.and_then(rfc3339) { " " span { "ended " time { (time) } } }
        @if let Some(worker) = &job.worker { " " span { "by " (text(worker)) } }
    }
}

fn link(file: &OutputFile, folder: &Path) -> Markup {
    let name = text(file.name());
    html! {
        @match file.link(folder) {
            Some(link) => a href=(link) rel="noopener noreferrer" { (name) },
            None => (name),
        }
        @if let Some(size) = file.size { " " span { (bytes(size)) } }
    }
}

#[expect(clippy::cast_precision_loss, reason = "it is rounded for people")]
fn bytes(size: u64) -> String {
    match size {
        0..1_000 => format!("{size} B"),
        1_000..1_000_000 => format!("{:.1} kB", size as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", size as f64 / 1e6),
        _ => format!("{:.1} GB", size as f64 / 1e9),
    }
}

/// A text with invisible characters escaped, but its line breaks kept.
fn text(text: &str) -> String {
    let shown = start(text, MAX_TEXT_LEN);
    let is_cut = shown.len() < text.len();
    let lines = shown.split('\n').map(|line| {
        let line = line.strip_suffix('\r').unwrap_or(line);
        if line.contains(|c| is_hidden(c) && c != '\t') { printable(line) } else { line.into() }
    });
    let mut shown = lines.collect::<Vec<_>>().join("\n");
    if is_cut {
        shown.push('…');
    }
    shown
}
