//! A name from a template and a job.

use std::path::PathBuf;

use runcomfy_schema::truncate::start;
use serde_json::Value;

use super::clean::{MAX_VALUE_LEN, clean, is_reserved, is_separator, of_value};
use super::parse::without_node_id;
use super::{NameTemplate, Part, Placeholder};
use crate::job::JobRecord;

/// In bytes. File systems allow 255, and a file has an extension, and another one until it is complete.
const MAX_SEGMENT_LEN: usize = 200;
/// Numbers of jobs have at least as many digits, and numbers of files have fewer. So the two are told apart.
const INDEX_WIDTH: usize = 5;

/// A part of a name.
enum Text {
    /// Never cut.
    Fixed(String),
    /// From outside: cut if the name is too long.
    Value(String),
}

impl NameTemplate {
    /// The path of a file of a job, relative to the folder of results and without an extension. Append
    /// that to it; [`Path::with_extension`](std::path::Path::with_extension) would replace the end of a name
    /// with a dot.
    ///
    /// `file` is the number of the file in the output, from 1, and `files` is how many there are. The path
    /// depends on nothing else than these, the job and the template.
    #[must_use]
    pub fn render(&self, job: &JobRecord, file: usize, files: usize) -> PathBuf {
        let tells_job = self.segments.iter().any(|segment| {
            tells(segment, &Placeholder::Index)
                || is_uuid(job) && tells(segment, &Placeholder::RequestId)
        });
        let has_file = self.placeholders().any(|one| *one == Placeholder::File);
        let last = self.segments.len().saturating_sub(1);
        let mut path = PathBuf::new();
        for (index, segment) in self.segments.iter().enumerate() {
            let mut texts: Vec<Text> =
                segment.iter().map(|part| text(part, job, file, files)).collect();
            let mut end = String::new();
            if index == last && !tells_job {
                end += &format!("-{}", job_number(job.number));
            }
            if index == last && files > 1 && !has_file {
                end += &format!("-{}", file_number(file, files));
            }
            cut(&mut texts, MAX_SEGMENT_LEN.saturating_sub(end.len()));
            path.push(join(&texts, end));
        }
        path
    }
}

/// Whether each name shows the value of a placeholder, so that names of different values differ: between it
/// and the beginning or the end of the name is nothing but what the template says.
fn tells(segment: &[Part], placeholder: &Placeholder) -> bool {
    segment.iter().enumerate().any(|(at, part)| {
        if !matches!(part, Part::Value(one) if one == placeholder) {
            return false;
        }
        let (before, after) = (&segment[..at], &segment[at + 1..]);
        let is_apart_before = match before.last() {
            None => true,
            Some(Part::Literal(text)) => !text.ends_with(|c: char| c.is_ascii_digit()),
            Some(Part::Value(_)) => false,
        };
        let is_apart_after = match after.first() {
            None => true,
            Some(Part::Literal(text)) => !text.starts_with(|c: char| c.is_ascii_digit()),
            Some(Part::Value(_)) => false,
        };
        let is_known =
            |part: &Part| matches!(part, Part::Literal(_) | Part::Value(Placeholder::File));
        let is_literal = |part: &Part| matches!(part, Part::Literal(_));
        is_apart_before
            && is_apart_after
            && (before.iter().all(is_literal) || after.iter().all(is_known))
    })
}

fn text(part: &Part, job: &JobRecord, file: usize, files: usize) -> Text {
    let placeholder = match part {
        Part::Literal(text) => return Text::Fixed(text.clone()),
        Part::Value(placeholder) => placeholder,
    };
    match placeholder {
        Placeholder::Index => Text::Fixed(job_number(job.number)),
        Placeholder::Line => Text::Fixed(job.line.map(job_number).unwrap_or_default()),
        Placeholder::File => Text::Fixed(file_number(file, files)),
        Placeholder::Model => {
            let id = job.model_id.as_str();
            Text::Value(clean(id.split_once('/').map_or(id, |(_, rest)| rest)))
        }
        Placeholder::ModelId => Text::Value(clean(job.model_id.as_str())),
        Placeholder::RequestId if is_uuid(job) => {
            Text::Fixed(job.request_id.as_ref().map(ToString::to_string).unwrap_or_default())
        }
        // The prefix tells it from a UUID, which it may begin with.
        Placeholder::RequestId => Text::Value(
            job.request_id.as_ref().map(|id| format!("id-{}", clean(id))).unwrap_or_default(),
        ),
        Placeholder::Field(name) => {
            Text::Value(field(&job.input, name).map(of_value).unwrap_or_default())
        }
    }
}

/// The value of the field with this name or key. A key may begin with the id of a workflow's node.
fn field<'a>(input: &'a Value, name: &str) -> Option<&'a Value> {
    let members = input.as_object()?;
    let bare = without_node_id(name);
    members.get(name).or_else(|| {
        members.iter().find(|(key, _)| without_node_id(key) == bare).map(|(_, value)| value)
    })
}

fn job_number(number: u64) -> String {
    format!("{number:0INDEX_WIDTH$}")
}

fn file_number(file: usize, files: usize) -> String {
    let width = files.to_string().len();
    let prefix = if width.max(file.to_string().len()) < INDEX_WIDTH { "" } else { "file" };
    format!("{prefix}{file:0width$}")
}

/// Whether the request id is a UUID as the service writes it: of a known length, and the same in file systems
/// that ignore case.
fn is_uuid(job: &JobRecord) -> bool {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    let Some(id) = &job.request_id else { return false };
    let is_hex = |group: &str| group.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    id.split('-').map(str::len).eq(GROUPS) && id.split('-').all(is_hex)
}

/// Shortens the longest values until all texts fit into a length.
fn cut(texts: &mut [Text], max_len: usize) {
    let sum = |max_value_len: usize| -> usize {
        let len = |text: &Text| match text {
            Text::Fixed(text) => text.len(),
            Text::Value(text) => text.len().min(max_value_len),
        };
        texts.iter().map(len).sum()
    };
    let max_value_len = (0..=MAX_VALUE_LEN).rev().find(|len| sum(*len) <= max_len).unwrap_or(0);
    for text in texts {
        if let Text::Value(text) = text {
            let cut = start(text, max_value_len).trim_end_matches(is_separator).len();
            text.truncate(cut);
        }
    }
}

/// One name of the texts. Where one is empty, the separators around it become one.
fn join(texts: &[Text], end: String) -> String {
    let mut name = String::new();
    let mut follows_nothing = false;
    for text in texts {
        let (Text::Fixed(text) | Text::Value(text)) = text;
        if text.is_empty() {
            follows_nothing = true;
            continue;
        }
        let is_apart = name.is_empty() || name.ends_with(is_separator);
        let text =
            if follows_nothing && is_apart { text.trim_start_matches(is_separator) } else { text };
        name.push_str(text);
        follows_nothing &= text.is_empty();
    }
    if follows_nothing {
        name.truncate(name.trim_end_matches(is_separator).len());
    }
    name.push_str(&end);
    let name = name.trim_start_matches(['.', '-', ' ']).trim_end_matches(['.', ' ']);
    match name {
        "" => "_".to_owned(),
        name if is_reserved(name) => format!("{name}_"),
        name => name.to_owned(),
    }
}
