//! The service's `validations`: what it asks of a media file beyond its type.

use super::json::{Node, Value};
use super::schema::{Comparison, MediaFact, Validation};
use crate::report::Reporter;

/// Reads a list of rules. One that is not understood is left to the service, which sees the whole
/// file in any case; the warning says so.
pub(super) fn read(node: &Node, reporter: &mut Reporter<'_>) -> Vec<Validation> {
    let Value::Array(entries) = &node.value else {
        let help = "list the rules, as in [{\"validation_rule\": \"file_size_mb<\", \"validation_value\": 30}]";
        reporter.warning(
            &node.place,
            "`validations` is not an array, and is left to the service",
            help,
        );
        return Vec::new();
    };
    let mut validations = Vec::new();
    for entry in entries {
        match rule(entry) {
            Some(validation) => validations.push(validation),
            None => reporter.warning(
                &entry.place,
                format!("the rule {entry} is not understood, and is left to the service"),
                "a `validation_rule` is file_size_mb, width_pixels, height_pixels or width/height, \
                 then <, <=, >, >= or ==; its `validation_value` is a number",
            ),
        }
    }
    validations
}

fn rule(entry: &Node) -> Option<Validation> {
    let Value::String(rule) = &entry.member("validation_rule")?.value else { return None };
    let value = match &entry.member("validation_value")?.value {
        Value::Number(num) => num.to_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|value: &f64| value.is_finite())?,
        _ => return None,
    };
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
    Some(Validation { subject, comparison, value, message })
}
