//! `properties`, `required`, `patternProperties`, `additionalProperties`, `propertyNames`,
//! `minProperties`, `maxProperties`, `dependentRequired`, `dependentSchemas` and `dependencies`.

use std::borrow::Cow;

use super::nearest;
use crate::bits::Bits;
use crate::counts::Counts;
use crate::field::{Field, Fields};
use crate::instance_path::InstancePath;
use crate::json::Json;
use crate::rule::{Additional, ObjectSchema, Rules};
use crate::validate::{Evaluated, Judge, Report};

type Members = [(Cow<'static, str>, Json)];

pub(crate) fn holds(
    judge: &mut Judge<'_>,
    schema: &ObjectSchema,
    value: &Json,
    mut evaluated: Option<&mut Evaluated>,
) -> bool {
    let Json::Object(members) = value else { return true };
    let mut found = Bits::new(schema.fields.len());
    // Most members have the order of the schema, so the next field is tried first.
    let mut expected = 0;
    for (position, (key, value)) in members.iter().enumerate() {
        let index = schema.fields.position(key, expected);
        let mut is_known = false;
        if let Some((index, field)) =
            index.and_then(|index| Some((index, schema.fields.get(index)?)))
        {
            // A repeated key is not allowed.
            if !found.insert(index) || !judge.is_valid(field.rules, value, None) {
                return false;
            }
            expected = index + 1;
            is_known = true;
        }
        for (pattern, rules) in schema.patterns.iter() {
            if pattern.is_match(key) {
                is_known = true;
                if !judge.is_valid(rules, value, None) {
                    return false;
                }
            }
        }
        if !is_known {
            match &schema.additional {
                Additional::Denied => return false,
                Additional::Open => continue,
                Additional::Checked(rules) if !judge.is_valid(rules, value, None) => return false,
                Additional::Checked(_) => {}
            }
        }
        if let Some(evaluated) = &mut evaluated {
            evaluated.mark(position);
        }
    }
    match &schema.fields {
        Fields::Static(fields) => {
            fields.iter().enumerate().all(|(index, field)| !field.required || found.has(index))
        }
        Fields::Owned(fields) => {
            fields.iter().enumerate().all(|(index, field)| !field.required || found.has(index))
        }
    }
}

pub(crate) fn report(
    report: &mut Report<'_>,
    schema: &ObjectSchema,
    value: &Json,
    at: &InstancePath<'_>,
) {
    let Json::Object(members) = value else { return };
    let fields = &schema.fields;
    // The position of each field among the members.
    let mut positions: Vec<Option<usize>> = vec![None; fields.len()];
    let mut of_members = Vec::with_capacity(members.len());
    let mut expected = 0;
    for (position, (key, _)) in members.iter().enumerate() {
        let index = fields.position(key, expected);
        let slot = index.and_then(|index| positions.get_mut(index));
        let is_again = slot.as_ref().is_some_and(|slot| slot.is_some());
        if let Some(slot) = slot.filter(|slot| slot.is_none()) {
            *slot = Some(position);
        }
        expected = index.map_or(expected, |index| index + 1);
        of_members.push((index, is_again));
    }
    for (field, position) in fields.iter().zip(&positions) {
        report_field(report, field, position.and_then(|position| members.get(position)), at);
    }
    for ((key, value), (index, is_again)) in members.iter().zip(of_members) {
        let field = index.and_then(|index| fields.get(index));
        let name = field.map_or(&**key, |field| field.name);
        let at = InstancePath::Member { parent: at, name, key };
        if is_again {
            report.add(&at, "properties", "is given more than once".to_owned());
        }
        let mut is_known = field.is_some();
        for (_, rules) in schema.patterns.iter().filter(|(pattern, _)| pattern.is_match(key)) {
            is_known = true;
            report.apply_member(rules, key, value, &at);
        }
        match &schema.additional {
            Additional::Open => {}
            _ if is_known => {}
            Additional::Denied => {
                if !report.count_if_full() {
                    let message = unknown(fields.iter().collect(), key);
                    report.add(&at, "additionalProperties", message);
                }
            }
            Additional::Checked(rules) => report.apply_member(rules, key, value, &at),
        }
    }
}

fn report_field(
    report: &mut Report<'_>,
    field: Field<'_>,
    member: Option<&(Cow<'static, str>, Json)>,
    at: &InstancePath<'_>,
) {
    let at = InstancePath::Member { parent: at, name: field.name, key: field.key };
    match member {
        Some((_, value)) => report.apply_member(field.rules, field.key, value, &at),
        None if field.required => {
            report.add(&at, "required", "is required, but missing".to_owned());
        }
        None => {}
    }
}

/// The message for a key that is not a field.
pub(crate) fn unknown(fields: Vec<Field<'_>>, key: &str) -> String {
    if key.is_empty() {
        let keys: Vec<_> = fields.iter().map(|field| field.key).collect();
        return format!("an empty key is not a field; the fields are {}", keys.join(", "));
    }
    let names = fields.iter().flat_map(|field| [field.key, field.name]);
    let near = nearest(key, names)
        .and_then(|near| fields.iter().find(|field| field.key == near || field.name == near));
    if let Some(field) = near {
        return format!("is not a field; did you mean {:?}?", field.key);
    }
    let mut keys: Vec<_> = Vec::new();
    for field in fields {
        if !keys.contains(&field.key) {
            keys.push(field.key);
        }
    }
    if keys.is_empty() {
        "is not a field; the object has none".to_owned()
    } else {
        format!("is not a field; the fields are {}", keys.join(", "))
    }
}

pub(crate) fn has_property_count(counts: Counts, value: &Json) -> bool {
    match value {
        Json::Object(members) => counts.has(members.len()),
        _ => true,
    }
}

pub(crate) fn report_property_count(
    report: &mut Report<'_>,
    counts: Counts,
    value: &Json,
    at: &InstancePath<'_>,
) {
    let Json::Object(members) = value else { return };
    let keywords = ("minProperties", "maxProperties");
    if let Some((keyword, message)) = counts.broken(keywords, members.len(), "member") {
        report.add(at, keyword, message);
    }
}

fn keys(members: &Members) -> impl Iterator<Item = (&str, Json)> {
    members.iter().map(|(key, _)| (&**key, Json::String(key.as_ref().into())))
}

pub(crate) fn property_names_hold(judge: &mut Judge<'_>, rules: &Rules, value: &Json) -> bool {
    let Json::Object(members) = value else { return true };
    keys(members).all(|(_, name)| judge.is_temporary_valid(rules, &name))
}

pub(crate) fn report_property_names(
    report: &mut Report<'_>,
    rules: &Rules,
    value: &Json,
    at: &InstancePath<'_>,
) {
    let Json::Object(members) = value else { return };
    for (key, name) in keys(members) {
        let at = InstancePath::Member { parent: at, name: key, key };
        if report.judge.is_temporary_valid(rules, &name) {
            continue;
        }
        for violation in report.of_key(rules, &name) {
            report.add(&at, "propertyNames", format!("the key {}", violation.message));
        }
    }
}

fn has(value: &Json, key: &str) -> bool {
    matches!(value, Json::Object(members) if members.iter().any(|(known, _)| known == key))
}

pub(crate) fn has_keys(keys: &[Cow<'static, str>], value: &Json) -> bool {
    !matches!(value, Json::Object(_)) || keys.iter().all(|key| has(value, key))
}

pub(crate) fn report_keys(
    report: &mut Report<'_>,
    keys: &[Cow<'static, str>],
    value: &Json,
    at: &InstancePath<'_>,
) {
    let Json::Object(_) = value else { return };
    for key in keys.iter().filter(|key| !has(value, key)) {
        let at = InstancePath::Member { parent: at, name: key, key };
        report.add(&at, "required", "is required, but missing".to_owned());
    }
}

pub(crate) fn dependent_holds(
    judge: &mut Judge<'_>,
    key: &str,
    rules: &Rules,
    value: &Json,
    evaluated: Option<&mut Evaluated>,
) -> bool {
    !has(value, key) || judge.is_valid(rules, value, evaluated)
}

pub(crate) fn report_dependent(
    report: &mut Report<'_>,
    key: &str,
    rules: &Rules,
    value: &Json,
    at: &InstancePath<'_>,
) {
    if has(value, key) {
        report.apply(rules, value, at);
    }
}

#[cfg(feature = "export")]
pub(crate) use export::{
    export_dependent, export_keys, export_property_count, export_property_names, members,
};

#[cfg(feature = "export")]
mod export {
    use serde_json::{Value, json};

    use super::{Additional, Counts, ObjectSchema, Rules};
    use crate::export::{Exporter, SchemaObject, keyword, range};

    pub(crate) fn export_property_count(counts: Counts) -> SchemaObject {
        range(("minProperties", "maxProperties"), counts)
    }

    pub(crate) fn export_keys(keys: &[std::borrow::Cow<'static, str>]) -> SchemaObject {
        let keys: Vec<Value> = keys.iter().map(|key| key.to_string().into()).collect();
        keyword("required", keys.into())
    }

    pub(crate) fn export_property_names(
        exporter: &mut Exporter<'_>,
        rules: &Rules,
    ) -> SchemaObject {
        keyword("propertyNames", exporter.one(rules))
    }

    pub(crate) fn export_dependent(
        exporter: &mut Exporter<'_>,
        key: &str,
        rules: &Rules,
    ) -> SchemaObject {
        keyword("dependentSchemas", json!({ key: exporter.one(rules) }))
    }

    pub(crate) fn members(exporter: &mut Exporter<'_>, object: &ObjectSchema) -> SchemaObject {
        let mut schema = SchemaObject::new();
        let mut properties = SchemaObject::new();
        let mut required: Vec<Value> = Vec::new();
        for field in object.fields.iter() {
            let mut property = exporter.members(field.rules);
            let texts = [("title", field.title), ("description", field.description)];
            for (keyword, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
                property.insert(keyword.to_owned(), text.into());
            }
            let default = field.default.map(|default| default.to_value());
            property.extend(default.map(|default| ("default".to_owned(), default)));
            properties.insert(field.key.to_owned(), property.into());
            if field.required {
                required.push(field.key.into());
            }
        }
        let patterns: SchemaObject = object
            .patterns
            .iter()
            .map(|(pattern, rules)| (pattern.text().to_owned(), exporter.one(rules)))
            .collect();
        let additional = match &object.additional {
            Additional::Denied => Some(Value::Bool(false)),
            Additional::Open => None,
            Additional::Checked(rules) if rules.is_empty() => Some(Value::Bool(true)),
            Additional::Checked(rules) => Some(exporter.one(rules)),
        };
        for (keyword, value) in [
            ("properties", (!properties.is_empty()).then(|| properties.into())),
            ("required", (!required.is_empty()).then(|| required.into())),
            ("patternProperties", (!patterns.is_empty()).then(|| patterns.into())),
            ("additionalProperties", additional),
        ] {
            schema.extend(value.map(|value| (keyword.to_owned(), value)));
        }
        schema
    }
}

#[cfg(feature = "parse")]
pub(crate) use read::{KEYWORDS, read};

#[cfg(feature = "parse")]
mod read {
    use crate::keyword::string::check_pattern;
    use crate::parse::{
        AdditionalProperties, Dependent, Keywords, Location, Member, Node, Property, Value,
    };

    /// No model has more properties in an object.
    const MAX_PROPERTIES: usize = 1024;

    pub(crate) const KEYWORDS: &[&str] = &[
        "additionalProperties",
        "dependencies",
        "dependentRequired",
        "dependentSchemas",
        "maxProperties",
        "minProperties",
        "patternProperties",
        "properties",
        "propertyNames",
        "required",
    ];

    pub(crate) fn read(keywords: &mut Keywords<'_, '_>, member: &Member) -> bool {
        let node = &member.node;
        match member.key.as_str() {
            "properties" => properties(keywords, node),
            "required" => required(keywords, node),
            "patternProperties" => patterns(keywords, node),
            "additionalProperties" => {
                keywords.schema.additional = Some(additional(keywords, node));
            }
            "propertyNames" => keywords.schema.property_names = Some(Box::new(keywords.read(node))),
            "minProperties" => {
                keywords.schema.property_count.min = keywords.count(node, "minProperties");
            }
            "maxProperties" => {
                keywords.schema.property_count.max = keywords.count(node, "maxProperties");
            }
            "dependentRequired" | "dependentSchemas" | "dependencies" => {
                dependents(keywords, node, &member.key);
            }
            _ => return false,
        }
        true
    }

    fn properties(keywords: &mut Keywords<'_, '_>, node: &Node) {
        let Value::Object(members) = &node.value else {
            return keywords.wrong(node, "properties", "an object of schemas");
        };
        if members.len() > MAX_PROPERTIES {
            let message = format!("{} properties are too many for an object", members.len());
            let help =
                format!("an object has at most {MAX_PROPERTIES}; use `additionalProperties`");
            return keywords.diagnostics().error(&node.location, message, help);
        }
        let properties = members.iter().map(|member| Property {
            key: member.key.clone(),
            key_location: member.location.clone(),
            schema: keywords.read(&member.node),
        });
        keywords.schema.properties = Some(properties.collect());
    }

    fn required(keywords: &mut Keywords<'_, '_>, node: &Node) {
        match node.value {
            // Draft 3, and habit: `required: false` on a property asserts nothing.
            Value::Bool(false) => {}
            Value::Bool(true) => {
                let key = node.location.parent_key();
                let message = "`required` is `true`, which is draft 3's way to require a property; \
                               here it is a list beside `properties`";
                let help = format!(
                    "remove it here, and add {key:?} to the list of the surrounding object: \
                     \"required\": [{key:?}]"
                );
                keywords.diagnostics().error(&node.location, message, help);
            }
            _ => keywords.schema.required = keys(keywords, node, "required"),
        }
    }

    /// An array of keys, each once.
    fn keys(
        keywords: &mut Keywords<'_, '_>,
        node: &Node,
        keyword: &str,
    ) -> Vec<(String, Location)> {
        let Value::Array(items) = &node.value else {
            keywords.wrong(node, keyword, "an array of keys");
            return Vec::new();
        };
        if items.len() > MAX_PROPERTIES {
            let message = format!("{} keys are too many for `{keyword}`", items.len());
            let help = format!("an object has at most {MAX_PROPERTIES} properties");
            keywords.diagnostics().error(&node.location, message, help);
            return Vec::new();
        }
        let mut keys: Vec<(String, Location)> = Vec::new();
        for item in items {
            match &item.value {
                Value::String(key) if keys.iter().any(|(known, _)| known == key) => {}
                Value::String(key) => keys.push((key.clone(), item.location.clone())),
                _ => keywords.wrong(item, keyword, "an array of keys"),
            }
        }
        keys
    }

    fn patterns(keywords: &mut Keywords<'_, '_>, node: &Node) {
        let Value::Object(members) = &node.value else {
            return keywords.wrong(node, "patternProperties", "an object of schemas");
        };
        for member in members {
            let keyword = "patternProperties";
            check_pattern(keywords.diagnostics(), &member.key, &member.location, keyword);
        }
        let patterns =
            members.iter().map(|member| (member.key.clone(), keywords.read(&member.node)));
        keywords.schema.patterns = patterns.collect();
    }

    fn additional(keywords: &mut Keywords<'_, '_>, node: &Node) -> AdditionalProperties {
        match node.value {
            Value::Bool(allowed) => AdditionalProperties::Allowed(allowed),
            _ => AdditionalProperties::Checked(Box::new(keywords.read(node))),
        }
    }

    fn dependents(keywords: &mut Keywords<'_, '_>, node: &Node, keyword: &str) {
        let Value::Object(members) = &node.value else {
            return keywords.wrong(node, keyword, "an object");
        };
        for member in members {
            let dependent = match &member.node.value {
                Value::Array(_) if keyword != "dependentSchemas" => {
                    let required = keys(keywords, &member.node, keyword);
                    let required = required.into_iter().map(|(key, _)| key).collect();
                    Dependent { key: member.key.clone(), required, schema: None }
                }
                _ if keyword == "dependentRequired" => {
                    keywords.wrong(&member.node, keyword, "an array of keys");
                    continue;
                }
                _ => {
                    let schema = Some(keywords.read(&member.node));
                    Dependent { key: member.key.clone(), required: Vec::new(), schema }
                }
            };
            keywords.schema.dependents.push(dependent);
        }
    }
}
