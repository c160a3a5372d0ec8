//! What a schema asserts, as a text: schemas that differ only in their titles, other annotations and
//! the order of their keywords have the same one.

use std::fmt::Write;

use super::json::Node;
use super::schema::{AdditionalProperties, Condition, Contains, Limit, Schema};
use crate::keyword::values::canonical;

/// The text of a schema. A `$ref` stands for itself.
#[must_use]
pub fn fingerprint(schema: &Schema) -> String {
    let mut text = String::new();
    write(schema, &mut text);
    text
}

fn write(schema: &Schema, text: &mut String) {
    // Without `..`, so that each new keyword is decided here.
    let Schema {
        id: _,
        location: _,
        title: _,
        description: _,
        rust_name: _,
        default: _,
        examples: _,
        deprecated: _,
        only_refers: _,
        types,
        format,
        x_media,
        enum_values,
        minimum,
        maximum,
        multiple_of,
        text_len,
        pattern,
        items_len,
        unique_items,
        prefix,
        items,
        contains,
        properties,
        required,
        patterns,
        additional,
        property_names,
        property_count,
        dependents,
        unevaluated_properties,
        unevaluated_items,
        reference,
        all_of,
        any_of,
        one_of,
        not,
        condition,
        never,
        validations,
    } = schema;
    text.push('{');
    let mut say = |name: &str, what: Option<String>| {
        if let Some(what) = what {
            _ = write!(text, "{name}={what};");
        }
    };
    say("type", types.map(|types| types.names().join(",")));
    say("format", format.as_ref().map(|format| format!("{format:?}")));
    say("x-media", x_media.map(|x_media| format!("{x_media:?}")));
    let values = |nodes: &[Node]| {
        let mut values: Vec<_> = nodes.iter().map(|node| canonical(&node.to_json())).collect();
        values.sort_unstable();
        format!("{values:?}")
    };
    say("enum", enum_values.as_deref().map(values));
    let limit = |limit: &Limit| format!("{}{}", limit.num, if limit.exclusive { "!" } else { "" });
    say("minimum", minimum.as_ref().map(limit));
    say("maximum", maximum.as_ref().map(limit));
    say("multipleOf", multiple_of.as_ref().map(ToString::to_string));
    say("pattern", pattern.as_ref().map(|pattern| format!("{pattern:?}")));
    for (name, counts) in
        [("length", text_len), ("itemCount", items_len), ("propertyCount", property_count)]
    {
        say(name, (!counts.is_unbounded()).then(|| format!("{:?}..{:?}", counts.min, counts.max)));
    }
    say("uniqueItems", unique_items.then(String::new));
    let inner = |part: &Schema| fingerprint(part);
    let one = |part: &Option<Box<Schema>>| part.as_deref().map(inner);
    let list = |parts: &[Schema]| {
        (!parts.is_empty()).then(|| parts.iter().map(inner).collect::<Vec<_>>().join(","))
    };
    say("prefixItems", list(prefix));
    say("items", one(items));
    say(
        "contains",
        contains.as_deref().map(|Contains { schema, counts }| {
            format!("{:?}..{:?}{}", counts.min, counts.max, inner(schema))
        }),
    );
    let sorted = |mut members: Vec<String>| {
        members.sort_unstable();
        Some(members.join(",")).filter(|text| !text.is_empty())
    };
    let members = properties.iter().flatten();
    let members = members.map(|one| format!("{:?}:{}", one.key, inner(&one.schema)));
    say("properties", sorted(members.collect()));
    say("required", sorted(required.iter().map(|(key, _)| format!("{key:?}")).collect()));
    let members = patterns.iter().map(|(pattern, each)| format!("{pattern:?}:{}", inner(each)));
    say("patternProperties", sorted(members.collect()));
    say(
        "additionalProperties",
        additional.as_ref().map(|additional| match additional {
            AdditionalProperties::Allowed(allowed) => allowed.to_string(),
            AdditionalProperties::Checked(each) => inner(each),
        }),
    );
    say("propertyNames", one(property_names));
    let members = dependents
        .iter()
        .map(|one| format!("{:?}:{:?}{:?}", one.key, one.required, one.schema.as_ref().map(inner)));
    say("dependents", sorted(members.collect()));
    say("unevaluatedProperties", one(unevaluated_properties));
    say("unevaluatedItems", one(unevaluated_items));
    say("$ref", reference.as_ref().map(|reference| format!("{:?}", reference.text)));
    say("allOf", list(all_of));
    say("anyOf", list(any_of));
    say("oneOf", list(one_of));
    say("not", one(not));
    say(
        "if",
        condition.as_deref().map(|Condition { if_, then, otherwise }| {
            let branch = |part: &Option<Schema>| part.as_ref().map(inner);
            format!("{},{:?},{:?}", inner(if_), branch(then), branch(otherwise))
        }),
    );
    say("never", never.then(String::new));
    say("validations", (!validations.is_empty()).then(|| format!("{validations:?}")));
    text.push('}');
}
