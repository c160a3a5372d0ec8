//! Media fields, and the service's `validations`.
//!
//! The file of a `data:` URI is checked against `validations` here. The service checks the others,
//! and also the entries that cannot be read, of which the build warns. A megabyte is 2^20 bytes.
#![allow(missing_docs, reason = "for generated code")]

use std::borrow::Cow;

use super::excerpt;
use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::media::check::json_message;
use crate::media::{self, Facts, MediaKind};
use crate::redact;
use crate::validate::Report;

/// An entry of `validations`: a rule for the content of a media file.
#[derive(Clone, Debug)]
pub struct Validation {
    pub subject: MediaFact,
    pub comparison: Comparison,
    pub value: f64,
    /// The service's own message, which may be empty.
    pub message: Cow<'static, str>,
}

/// An entry in generated code.
#[must_use]
pub const fn validation(
    subject: MediaFact,
    comparison: Comparison,
    value: f64,
    message: &'static str,
) -> Validation {
    Validation { subject, comparison, value, message: Cow::Borrowed(message) }
}

/// The property of a file that an entry of `validations` compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaFact {
    /// `file_size_mb`
    FileSize,
    /// `width_pixels`
    Width,
    /// `height_pixels`
    Height,
    /// `width/height`
    AspectRatio,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
}

#[inline(never)]
pub(crate) fn holds(kind: MediaKind, value: &Json) -> bool {
    match value {
        Json::String(text) => !text.is_ambiguous_name() && media::check_kind(text, kind).is_ok(),
        _ => true,
    }
}

pub(crate) fn report(
    report: &mut Report<'_>,
    kind: MediaKind,
    value: &Json,
    at: &InstancePath<'_>,
) {
    let Json::String(text) = value else { return };
    let shown = || {
        let text = redact::quotable_url(text).into_owned();
        excerpt(&Json::String(text.into()))
    };
    let message = match media::check_kind(text, kind) {
        Err(error) if text.is_empty() => error.to_string(),
        Err(error) if text.is_from_setter() => format!("{}: {error}", shown()),
        Err(error) => format!("{}: {}", shown(), json_message(text, &error)),
        Ok(()) if text.is_ambiguous_name() => {
            let name = shown();
            format!(
                "{name} is a bare file name, which can mean two things: for a file on this machine \
                 use `Media::path({name})`, and for one that the service hosts `Media::hosted({name})`"
            )
        }
        Ok(()) => return,
    };
    report.add(at, "media", message);
}

/// The files of a field for one file, or for a list of them.
fn files(value: &Json) -> &[Json] {
    match value {
        Json::Array(items) => items,
        single => std::slice::from_ref(single),
    }
}

fn facts(file: &Json) -> Option<Facts> {
    match file {
        Json::String(text) => media::facts(text),
        _ => None,
    }
}

pub(crate) fn facts_hold(validations: &[Validation], value: &Json) -> bool {
    files(value).iter().filter_map(facts).all(|facts| {
        validations.iter().all(|one| one.found(&facts).is_none_or(|found| one.fits(found)))
    })
}

pub(crate) fn report_facts(
    report: &mut Report<'_>,
    validations: &[Validation],
    value: &Json,
    at: &InstancePath<'_>,
) {
    for (index, file) in files(value).iter().enumerate() {
        let Some(facts) = facts(file) else { continue };
        for validation in validations {
            let Some(message) = validation.violation(&facts) else { continue };
            match value {
                Json::Array(_) => {
                    report.add(&InstancePath::Item { parent: at, index }, "validations", message);
                }
                _ => report.add(at, "validations", message),
            }
        }
    }
}

impl Validation {
    #[expect(clippy::cast_precision_loss, reason = "a file's size is far below 2^53")]
    fn found(&self, facts: &Facts) -> Option<f64> {
        Some(match self.subject {
            MediaFact::FileSize => facts.size as f64 / (1024.0 * 1024.0),
            MediaFact::Width => facts.dimensions?.0 as f64,
            MediaFact::Height => facts.dimensions?.1 as f64,
            MediaFact::AspectRatio => {
                let (width, height) = facts.dimensions?;
                width as f64 / height as f64
            }
        })
    }

    fn fits(&self, found: f64) -> bool {
        match self.comparison {
            Comparison::Less => found < self.value,
            Comparison::AtMost => found <= self.value,
            Comparison::Greater => found > self.value,
            Comparison::AtLeast => found >= self.value,
            Comparison::Equal => (found - self.value).abs() < f64::EPSILON,
        }
    }

    fn violation(&self, facts: &Facts) -> Option<String> {
        let found = self.found(facts)?;
        if self.fits(found) {
            return None;
        }
        let name = match self.subject {
            MediaFact::FileSize => "file_size_mb",
            MediaFact::Width => "width_pixels",
            MediaFact::Height => "height_pixels",
            MediaFact::AspectRatio => "width/height",
        };
        let sign = match self.comparison {
            Comparison::Less => "<",
            Comparison::AtMost => "<=",
            Comparison::Greater => ">",
            Comparison::AtLeast => ">=",
            Comparison::Equal => "==",
        };
        let found = (found * 100.0).round() / 100.0;
        let rule = format!("{name} is {found}, but must be {sign} {}", self.value);
        let message = &self.message;
        Some(if message.is_empty() { rule } else { format!("{rule}: {message}") })
    }
}

/// JSON Schema can say that the text is not empty, and no more about files.
#[cfg(feature = "export")]
pub(crate) fn export() -> crate::export::SchemaObject {
    crate::export::keyword("minLength", 1.into())
}

#[cfg(feature = "parse")]
pub(crate) use read::{KEYWORDS, X_MEDIA, check_format, check_x_media, read, read_x_media, rules};

#[cfg(feature = "parse")]
mod read {
    use super::{Comparison, MediaFact, Validation};
    use crate::keyword::types::Types;
    use crate::media::MediaKind;
    use crate::parse::kind_of_format;
    use crate::parse::{Diagnostics, Keywords, Location, Member, Node, Schema, Value, XMedia};
    use crate::rule::Rule;

    /// Says whether a string is a file, and of which kind.
    pub(crate) const X_MEDIA: &str = "x-media";

    const WORDS: [(&str, XMedia); 4] = [
        ("image", XMedia::File(MediaKind::Image)),
        ("video", XMedia::File(MediaKind::Video)),
        ("audio", XMedia::File(MediaKind::Audio)),
        ("none", XMedia::NoFile),
    ];

    pub(crate) fn read_x_media(keywords: &mut Keywords<'_, '_>, node: &Node) {
        let text = match &node.value {
            Value::String(text) => text.as_str(),
            _ => "",
        };
        if let Some((_, found)) = WORDS.iter().find(|(word, _)| *word == text) {
            keywords.schema.x_media = Some(*found);
            return;
        }
        let message = format!("`{X_MEDIA}` is {node}, which is not a kind of file");
        let plain = text.trim().to_lowercase();
        let distance = |(word, _): &&(&str, XMedia)| strsim::damerau_levenshtein(&plain, word);
        let near = WORDS.iter().min_by_key(distance).filter(|word| distance(word) <= 2);
        // `images` and `image_uris` mean an image, too.
        let near = near.or_else(|| WORDS.iter().find(|(word, _)| plain.starts_with(word)));
        let known = r#""image", "video", "audio", or "none" for text"#;
        let help = match near {
            Some((word, _)) => format!("did you mean {word:?}? It is {known}"),
            None => format!("it is {known}"),
        };
        keywords.diagnostics().error(&node.location, message, help);
    }

    /// Warns of an `x-media` that changes nothing.
    pub(crate) fn check_x_media(schema: &Schema, at: &Location, diagnostics: &mut Diagnostics) {
        let Some(XMedia::File(_)) = schema.x_media else { return };
        let can_be_file =
            schema.types.is_none_or(|types| types.has(Types::STRING) || types.has(Types::ARRAY));
        let message = if schema.enum_values.is_some() {
            "`x-media` has no effect: the values are listed"
        } else if !can_be_file {
            "`x-media` has no effect: the value is neither a string nor a list"
        } else {
            return;
        };
        let help = "remove it, or move it to the string or list that is a file";
        diagnostics.warning(at, message, help);
    }

    /// Warns of a `format` for files at a value that is none.
    pub(crate) fn check_format(schema: &Schema, at: &Location, diagnostics: &mut Diagnostics) {
        let can_be_file =
            schema.types.is_none_or(|types| types.has(Types::STRING) || types.has(Types::ARRAY));
        if let Some(format) = &schema.format
            && kind_of_format(schema).is_some()
            && !can_be_file
        {
            let message = format!(
                "the format {format:?} has no effect: the value is neither a string nor a list"
            );
            let help = "remove it, or move it to the string or list that is a file";
            diagnostics.warning(at, message, help);
        }
    }

    /// The rule of `validations`.
    pub(crate) fn rules(schema: &Schema, rules: &mut Vec<Rule>) {
        if !schema.validations.is_empty() {
            rules.push(Rule::Validations(schema.validations.clone().into()));
        }
    }

    pub(crate) const KEYWORDS: &[&str] = &["validations"];

    /// The service, which sees the whole file, checks an entry that cannot be read here. A warning
    /// says so.
    pub(crate) fn read(keywords: &mut Keywords<'_, '_>, member: &Member) -> bool {
        if member.key != "validations" {
            return false;
        }
        let Value::Array(entries) = &member.node.value else {
            let help = "list the rules, as in [{\"validation_rule\": \"file_size_mb<\", \"validation_value\": 30}]";
            let message = "`validations` is not an array, and is left to the service";
            keywords.diagnostics().warning(&member.node.location, message, help);
            return true;
        };
        for entry in entries {
            match rule(entry) {
                Some(validation) => keywords.schema.validations.push(validation),
                None => keywords.diagnostics().warning(
                    &entry.location,
                    format!("the rule {entry} is not understood, and is left to the service"),
                    "a `validation_rule` is file_size_mb, width_pixels, height_pixels or width/height, \
                     then <, <=, >, >= or ==; its `validation_value` is a number",
                ),
            }
        }
        true
    }

    fn rule(entry: &Node) -> Option<Validation> {
        let Value::String(rule) = &entry.member("validation_rule")?.value else { return None };
        let value = match &entry.member("validation_value")?.value {
            Value::Number(num) => num.to_f64(),
            Value::String(text) => text.trim().parse().ok()?,
            _ => return None,
        };
        if !value.is_finite() {
            return None;
        }
        let operator = rule.find(['<', '>', '='])?;
        let subject = match rule[..operator].trim() {
            "file_size_mb" => MediaFact::FileSize,
            "width_pixels" => MediaFact::Width,
            "height_pixels" => MediaFact::Height,
            "width/height" => MediaFact::AspectRatio,
            _ => return None,
        };
        let comparison = match rule[operator..].trim() {
            "<" => Comparison::Less,
            "<=" => Comparison::AtMost,
            ">" => Comparison::Greater,
            ">=" => Comparison::AtLeast,
            "=" | "==" => Comparison::Equal,
            _ => return None,
        };
        let message = match entry.member("validation_error").map(|node| &node.value) {
            Some(Value::String(text)) => text.clone(),
            _ => String::new(),
        };
        Some(Validation { subject, comparison, value, message: message.into() })
    }
}
