//! `minLength`, `maxLength` and `pattern`.

use super::excerpt;
use crate::counts::Counts;
use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::pattern::Pattern;
use crate::validate::Report;

#[inline(never)]
pub(crate) fn has_text_len(counts: Counts, value: &Json) -> bool {
    let Json::String(text) = value else { return true };
    // A character has one to four bytes, so most texts need no counting.
    let Counts { min, max } = counts;
    let bytes = text.len() as u64;
    let is_surely =
        max.is_none_or(|max| bytes <= max) && min.is_none_or(|min| min.saturating_mul(4) <= bytes);
    is_surely || counts.has(text.chars().count())
}

pub(crate) fn report_text_len(
    report: &mut Report<'_>,
    counts: Counts,
    value: &Json,
    at: &InstancePath<'_>,
) {
    let Json::String(text) = value else { return };
    let count = text.chars().count();
    let broken = counts.broken(("minLength", "maxLength"), count, "character");
    if let Some((keyword, message)) = broken {
        report.add(at, keyword, message);
    }
}

pub(crate) fn matches(pattern: &Pattern, value: &Json) -> bool {
    match value {
        Json::String(text) => pattern.is_match(text),
        _ => true,
    }
}

pub(crate) fn report_pattern(
    report: &mut Report<'_>,
    pattern: &Pattern,
    value: &Json,
    at: &InstancePath<'_>,
) {
    if matches(pattern, value) {
        return;
    }
    let (shown, text) = (excerpt(value), pattern.text());
    let message = if pattern.is_valid() {
        format!("{shown} does not match {text}")
    } else {
        format!(
            "{shown} cannot be checked: the schema's pattern {text} is not a regular expression"
        )
    };
    report.add(at, "pattern", message);
}

#[cfg(feature = "export")]
pub(crate) use export::{export_pattern, export_text_len};

#[cfg(feature = "export")]
mod export {
    use super::{Counts, Pattern};
    use crate::export::{SchemaObject, keyword, range};

    pub(crate) fn export_text_len(counts: Counts) -> SchemaObject {
        range(("minLength", "maxLength"), counts)
    }

    pub(crate) fn export_pattern(pattern: &Pattern) -> SchemaObject {
        keyword("pattern", pattern.text().into())
    }
}

#[cfg(feature = "parse")]
pub(crate) use read::{KEYWORDS, check_pattern, read, rules};

#[cfg(feature = "parse")]
mod read {
    use super::{Counts, Pattern};
    use crate::parse::{Compiler, Diagnostics, Keywords, Location, Member, Schema, Value};
    use crate::rule::Rule;

    /// The rules of these keywords.
    pub(crate) fn rules(compiler: &mut Compiler<'_>, schema: &Schema, rules: &mut Vec<Rule>) {
        let Counts { min, max } = schema.text_len;
        if !schema.text_len.is_unbounded() {
            rules.push(Rule::TextLen { min, max });
        }
        let pattern = schema.pattern.as_ref();
        rules.extend(pattern.map(|pattern| Rule::Pattern(compiler.pattern(pattern))));
    }

    pub(crate) const KEYWORDS: &[&str] = &["maxLength", "minLength", "pattern"];

    pub(crate) fn read(keywords: &mut Keywords<'_, '_>, member: &Member) -> bool {
        let node = &member.node;
        match member.key.as_str() {
            "minLength" => keywords.schema.text_len.min = keywords.count(node, "minLength"),
            "maxLength" => keywords.schema.text_len.max = keywords.count(node, "maxLength"),
            "pattern" => match &node.value {
                Value::String(pattern) => {
                    check_pattern(keywords.diagnostics(), pattern, &node.location, "pattern");
                    keywords.schema.pattern = Some(pattern.clone());
                }
                _ => keywords.wrong(node, "pattern", "a regular expression"),
            },
            _ => return false,
        }
        true
    }

    pub(crate) fn check_pattern(
        diagnostics: &mut Diagnostics,
        pattern: &str,
        location: &Location,
        keyword: &str,
    ) {
        if let Some(fault) = Pattern::fault(pattern) {
            let message = format!("`{keyword}` {pattern:?} is not a regular expression: {fault}");
            let help = "write it in the syntax of ECMA-262 with the `u` flag";
            diagnostics.error(location, message, help);
        }
    }
}
