//! `$ref`, and `$dynamicRef` and `$recursiveRef` where they mean the same.
//!
//! Not enforced, and so a build error: the latter two if an anchor can change their target,
//! references to other files, and an `$id` inside the file.

use crate::parse::{Keywords, Member, Reference, Schema, Value};

pub(crate) const KEYWORDS: &[&str] = &["$dynamicRef", "$recursiveRef", "$ref"];

pub(crate) fn read(keywords: &mut Keywords<'_, '_>, member: &Member) -> bool {
    match member.key.as_str() {
        "$ref" => refer(keywords, member, "$ref"),
        "$recursiveRef" | "$dynamicRef" if keywords.reader().has_dynamic_anchors => {
            keywords.not_enforced(member);
        }
        // No anchor can change its target, so it is a plain reference.
        "$recursiveRef" => refer(keywords, member, "$recursiveRef"),
        "$dynamicRef" => refer(keywords, member, "$dynamicRef"),
        _ => return false,
    }
    true
}

fn refer(keywords: &mut Keywords<'_, '_>, member: &Member, keyword: &'static str) {
    let node = &member.node;
    let Value::String(text) = &node.value else {
        return keywords.wrong(node, keyword, "a reference such as \"#/$defs/name\"");
    };
    if !text.starts_with('#') {
        let message = format!("`{keyword}` {text:?} refers to another file");
        let help = "copy the schema into `$defs`, and refer to it as \"#/$defs/name\"";
        return keywords.diagnostics().error(&node.location, message, help);
    }
    let reference = Reference { keyword, text: text.clone(), location: node.location.clone() };
    keywords.reader().references.push(reference.clone());
    if keywords.schema.reference.is_some() {
        // A schema with two kinds of reference: both hold.
        let mut part = Schema::synthetic(keywords.schema.location.clone());
        part.reference = Some(reference);
        part.only_refers = true;
        keywords.schema.all_of.push(part);
    } else {
        keywords.schema.reference = Some(reference);
    }
}

/// An `$id` inside the file would change the base of the references below it.
pub(crate) fn check_base(keywords: &mut Keywords<'_, '_>, member: &Member) {
    let is_base = matches!(&member.node.value, Value::String(text) if !text.starts_with('#'));
    let root = keywords.reader().root;
    let is_inside = keywords.schema.id != Some(root);
    if is_base && is_inside && member.key == "$id" {
        let message =
            "a schema inside the file has its own `$id`, which changes the base of its references";
        let help =
            "remove the `$id`; references start from the root of the file, as in \"#/$defs/name\"";
        keywords.diagnostics().error(&member.location, message, help);
    }
}
