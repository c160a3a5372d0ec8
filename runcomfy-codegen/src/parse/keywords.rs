//! One function per keyword of JSON Schema and of the service's dialect.

use super::json::{Member, Node, Num, Value};
use super::schema::{AdditionalProperties, Limit, Property, Schema, TypeSet};
use super::sense;
use crate::report::{Place, Reporter};

/// Assertions of JSON Schema that the generated API does not enforce yet. To ignore one would be
/// to accept what the service refuses.
const NOT_ENFORCED: [&str; 30] = [
    "$dynamicRef",
    "$recursiveRef",
    "$ref",
    "additionalItems",
    "allOf",
    "anyOf",
    "contains",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
    "disallow",
    "divisibleBy",
    "else",
    "extends",
    "if",
    "maxContains",
    "maxProperties",
    "minContains",
    "minProperties",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentEncoding",
    "contentMediaType",
];

/// Reads a schema and everything below it.
pub(crate) fn read(node: &Node, reporter: &mut Reporter<'_>) -> Schema {
    let mut schema = Schema::new(node.place.clone());
    let members = match &node.value {
        Value::Object(members) => members,
        Value::Bool(true) => return schema,
        Value::Bool(false) => {
            let help = "remove the property, or give it a schema";
            reporter.error(&node.place, "`false` is a schema that no value can satisfy", help);
            return schema;
        }
        other => {
            let message = format!("{other} is not a schema");
            reporter.error(&node.place, message, "a schema is an object, or `true`");
            return schema;
        }
    };
    let unenforced = unenforced(node, reporter);
    let mut keywords = Keywords { schema: &mut schema, reporter, exclusive: [None, None] };
    for member in members {
        if !unenforced.contains(&member.key.as_str()) {
            keywords.read(member);
        }
    }
    keywords.finish();
    sense::check(&schema, reporter);
    schema
}

/// The keywords that the schema keeper has accepted as not checked.
fn unenforced<'a>(node: &'a Node, reporter: &mut Reporter<'_>) -> Vec<&'a str> {
    let Some(list) = node.member("x-unenforced") else { return Vec::new() };
    let Value::Array(items) = &list.value else {
        let help = "list the keywords to leave unchecked, as in [\"pattern\"]";
        reporter.error(&list.place, "`x-unenforced` is not an array", help);
        return Vec::new();
    };
    let mut names = Vec::new();
    for item in items {
        match &item.value {
            Value::String(name) => names.push(name.as_str()),
            other => {
                let message = format!("{other} in `x-unenforced` is not a keyword");
                reporter.error(&item.place, message, "give the keyword as a string");
            }
        }
    }
    names
}

struct Keywords<'s, 'r, 'f> {
    schema: &'s mut Schema,
    reporter: &'r mut Reporter<'f>,
    /// `exclusiveMinimum` and `exclusiveMaximum` in draft 4's boolean form.
    exclusive: [Option<bool>; 2],
}

impl Keywords<'_, '_, '_> {
    fn read(&mut self, member: &Member) {
        let node = &member.node;
        match member.key.as_str() {
            "title" => self.schema.title = self.text(node, "title"),
            "description" => self.schema.description = self.text(node, "description"),
            "type" => self.types(node),
            "format" => self.schema.format = Some(self.text(node, "format").to_ascii_lowercase()),
            "enum" => self.values(node),
            "const" => self.allow(vec![node.clone()], node),
            "minimum" => self.limit(node, "minimum", Side::Min, false),
            "maximum" => self.limit(node, "maximum", Side::Max, false),
            "exclusiveMinimum" => self.exclusive(node, "exclusiveMinimum", Side::Min),
            "exclusiveMaximum" => self.exclusive(node, "exclusiveMaximum", Side::Max),
            "multipleOf" => self.multiple_of(node),
            "minLength" => self.schema.length.min = self.count(node, "minLength"),
            "maxLength" => self.schema.length.max = self.count(node, "maxLength"),
            "minItems" => self.schema.count.min = self.count(node, "minItems"),
            "maxItems" => self.schema.count.max = self.count(node, "maxItems"),
            "uniqueItems" => self.schema.unique = self.flag(node, "uniqueItems"),
            "items" => self.items(node),
            "properties" => self.properties(node),
            "required" => self.required(node),
            "additionalProperties" => self.additional(node),
            "deprecated" => self.schema.deprecated = self.flag(node, "deprecated"),
            "default" => self.schema.default = Some(node.clone()),
            "x-rust-name" => {
                let name = self.text(node, "x-rust-name");
                self.schema.rust_name = Some((name, node.place.clone()));
            }
            keyword if NOT_ENFORCED.contains(&keyword) => self.reporter.error(
                &member.place,
                format!("the keyword `{keyword}` is not enforced by the generated API"),
                format!(
                    "to accept that what it forbids is not refused before it is sent, add \
                     \"x-unenforced\": [\"{keyword}\"] beside it"
                ),
            ),
            // What is left asserts nothing: annotations, and extensions of the service.
            _ => {}
        }
    }

    fn finish(&mut self) {
        let sides = [&mut self.schema.minimum, &mut self.schema.maximum];
        for (limit, exclusive) in sides.into_iter().zip(self.exclusive) {
            if let (Some(limit), Some(true)) = (limit, exclusive) {
                limit.exclusive = true;
            }
        }
    }

    fn wrong(&mut self, node: &Node, keyword: &str, expected: &str) {
        self.reporter.error(
            &node.place,
            format!("`{keyword}` is {node}, which is not {expected}"),
            format!("give `{keyword}` as {expected}, or remove it"),
        );
    }

    fn text(&mut self, node: &Node, keyword: &str) -> String {
        match &node.value {
            Value::String(text) => text.clone(),
            _ => {
                self.wrong(node, keyword, "a string");
                String::new()
            }
        }
    }

    fn flag(&mut self, node: &Node, keyword: &str) -> bool {
        match node.value {
            Value::Bool(flag) => flag,
            _ => {
                self.wrong(node, keyword, "`true` or `false`");
                false
            }
        }
    }

    fn count(&mut self, node: &Node, keyword: &str) -> Option<u64> {
        let count = match node.value {
            Value::Number(Num::Int(int)) => u64::try_from(int).ok(),
            _ => None,
        };
        if count.is_none() {
            self.wrong(node, keyword, "a whole number from 0");
        }
        count
    }

    fn number(&mut self, node: &Node, keyword: &str) -> Option<Num> {
        match node.value {
            Value::Number(num) => Some(num),
            _ => {
                self.wrong(node, keyword, "a number");
                None
            }
        }
    }

    fn types(&mut self, node: &Node) {
        let names = match &node.value {
            Value::String(_) => std::slice::from_ref(node),
            Value::Array(names) if !names.is_empty() => names,
            _ => return self.wrong(node, "type", "the name of a type, or a list of names"),
        };
        let mut types = TypeSet(0);
        for name in names {
            let known = match &name.value {
                Value::String(name) => TypeSet::named(name),
                _ => None,
            };
            match known {
                Some(known) => types = types.union(known),
                None => self.reporter.error(
                    &name.place,
                    format!("the type {name} is unknown"),
                    "the types are string, integer, number (or float), boolean, array, object and null",
                ),
            }
        }
        // With none that is known, which was reported, nothing follows for the values.
        self.schema.types = (!types.names().is_empty()).then_some(types);
    }

    fn values(&mut self, node: &Node) {
        match &node.value {
            Value::Array(values) if values.is_empty() => self.reporter.error(
                &node.place,
                "the enum is empty, so no value can satisfy it",
                "list the values, or remove `enum`",
            ),
            Value::Array(values) => {
                let mut distinct: Vec<Node> = Vec::new();
                for value in values {
                    if distinct.iter().any(|known| sense::same(&known.value, &value.value)) {
                        let help = "remove one of the two; it counts once";
                        self.reporter.warning(
                            &value.place,
                            format!("{value} stands in the enum twice"),
                            help,
                        );
                    } else {
                        distinct.push(value.clone());
                    }
                }
                self.allow(distinct, node);
            }
            _ => self.wrong(node, "enum", "an array"),
        }
    }

    /// `enum` beside `const`: both hold, so what both have is left.
    fn allow(&mut self, mut values: Vec<Node>, node: &Node) {
        if let Some(others) = &self.schema.values {
            values
                .retain(|value| others.iter().any(|other| sense::same(&other.value, &value.value)));
            if values.is_empty() {
                let message = "`enum` and `const` have no value in common";
                self.reporter.error(&node.place, message, "correct one of them, or remove it");
            }
        }
        self.schema.values = Some(values);
    }

    fn limit(&mut self, node: &Node, keyword: &str, side: Side, exclusive: bool) {
        let Some(num) = self.number(node, keyword) else { return };
        let new = Limit { num, exclusive };
        let limit = match side {
            Side::Min => &mut self.schema.minimum,
            Side::Max => &mut self.schema.maximum,
        };
        // `minimum` beside `exclusiveMinimum`: both hold, so the stricter one is kept.
        let replace = limit.as_ref().is_none_or(|old| match sense::compare(new.num, old.num) {
            std::cmp::Ordering::Equal => exclusive,
            std::cmp::Ordering::Greater => matches!(side, Side::Min),
            std::cmp::Ordering::Less => matches!(side, Side::Max),
        });
        if replace {
            *limit = Some(new);
        }
    }

    fn exclusive(&mut self, node: &Node, keyword: &str, side: Side) {
        match node.value {
            Value::Bool(flag) => {
                self.exclusive[match side {
                    Side::Min => 0,
                    Side::Max => 1,
                }] = Some(flag);
            }
            _ => self.limit(node, keyword, side, true),
        }
    }

    fn multiple_of(&mut self, node: &Node) {
        let Some(step) = self.number(node, "multipleOf") else { return };
        if sense::compare(step, Num::Int(0)).is_gt() {
            self.schema.multiple_of = Some(step);
        } else {
            self.wrong(node, "multipleOf", "a number above 0");
        }
    }

    fn items(&mut self, node: &Node) {
        if matches!(node.value, Value::Array(_)) {
            let help =
                "a list of schemas by position is not enforced yet: give one schema for all items";
            return self.reporter.error(&node.place, "`items` is a list of schemas", help);
        }
        self.schema.items = Some(Box::new(read(node, self.reporter)));
    }

    fn properties(&mut self, node: &Node) {
        let Value::Object(members) = &node.value else {
            return self.wrong(node, "properties", "an object of schemas");
        };
        let properties = members.iter().map(|member| Property {
            key: member.key.clone(),
            schema: read(&member.node, self.reporter),
        });
        self.schema.properties = Some(properties.collect());
    }

    fn required(&mut self, node: &Node) {
        // Draft 3, and habit: `required: false` on a property says nothing.
        if matches!(node.value, Value::Bool(false)) {
            return;
        }
        let Value::Array(items) = &node.value else {
            return self.wrong(node, "required", "an array of keys");
        };
        let mut keys: Vec<(String, Place)> = Vec::new();
        for item in items {
            match &item.value {
                Value::String(key) if keys.iter().any(|(known, _)| known == key) => {}
                Value::String(key) => keys.push((key.clone(), item.place.clone())),
                _ => self.wrong(item, "required", "an array of keys"),
            }
        }
        self.schema.required = keys;
    }

    fn additional(&mut self, node: &Node) {
        self.schema.additional = Some(match node.value {
            Value::Bool(allowed) => AdditionalProperties::Allowed(allowed),
            _ => AdditionalProperties::Checked(Box::new(read(node, self.reporter))),
        });
    }
}

#[derive(Clone, Copy)]
enum Side {
    Min,
    Max,
}
