//! One function per keyword of JSON Schema and of the service's dialect.

use super::json::{Member, Node, Num, Value};
use super::number::compare;
use super::schema::{
    AdditionalProperties, Condition, Contains, Counts, Dependent, Limit, Property, Reference,
    Schema, TypeSet,
};
use super::{accepts, sense, validations};
use crate::report::{Place, Reporter};

/// Assertions of JSON Schema that the generated API does not enforce. To ignore one would be to
/// accept what the service refuses.
const NOT_ENFORCED: [&str; 7] = [
    "$dynamicRef",
    "$recursiveRef",
    "disallow",
    "divisibleBy",
    "extends",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// Keywords that earlier drafts do not have, and so ignore.
const SINCE_2019: [&str; 9] = [
    "$dynamicRef",
    "$recursiveRef",
    "dependentRequired",
    "dependentSchemas",
    "maxContains",
    "minContains",
    "prefixItems",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// More than the enum or the object of any model has.
const MOST_VALUES: usize = 4096;
const MOST_PROPERTIES: usize = 1024;

/// Reads schemas, and keeps the references met on the way.
pub(super) struct Reader<'n, 'r, 'f> {
    pub(super) reporter: &'r mut Reporter<'f>,
    pub(super) references: Vec<Reference>,
    /// Where references start from.
    pub(super) root: &'n Place,
    /// Up to draft 7, a `$ref` stands for the whole schema: its siblings say nothing.
    pub(super) is_before_2019: bool,
}

impl Reader<'_, '_, '_> {
    /// Reads a schema and everything below it.
    pub(super) fn read(&mut self, node: &Node) -> Schema {
        let mut schema = Schema::new(node.place.clone());
        let members = match &node.value {
            Value::Object(members) => members,
            Value::Bool(allowed) => {
                schema.never = !allowed;
                return schema;
            }
            other => {
                let message = format!("{other} is not a schema");
                let help = "a schema is an object, or `true` or `false`";
                self.reporter.error(&node.place, message, help);
                return schema;
            }
        };
        let unenforced = unenforced(node, self.reporter);
        let alone = self.is_before_2019 && node.member("$ref").is_some();
        let mut keywords = Keywords::new(&mut schema, self);
        let mut asserted = Vec::new();
        for member in members.iter().filter(|one| !unenforced.contains(&one.key.as_str())) {
            let asserts = !keywords.annotation(member)
                && (!alone || member.key == "$ref")
                && keywords.assertion(member);
            // `nullable` speaks of the `type` and the `enum` beside it.
            if asserts && member.key != "nullable" {
                asserted.push(member.key.as_str());
            }
        }
        keywords.finish();
        // A reference alone, or wrapped as those do it whose `$ref` may have no siblings.
        if asserted == ["allOf"]
            && let [only] = schema.all_of.as_slice()
            && only.only_refers
        {
            schema.reference.clone_from(&only.reference);
            schema.all_of.clear();
            asserted = vec!["$ref"];
        }
        schema.only_refers = schema.reference.is_some() && asserted == ["$ref"];
        sense::check(&schema, self.reporter);
        schema
    }
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

struct Keywords<'s, 'k, 'n, 'r, 'f> {
    schema: &'s mut Schema,
    reader: &'k mut Reader<'n, 'r, 'f>,
    /// `exclusiveMinimum` and `exclusiveMaximum` in draft 4's boolean form.
    exclusive: [Option<bool>; 2],
    nullable: bool,
    /// What counts only beside another keyword.
    if_: Option<Schema>,
    then: Option<Schema>,
    otherwise: Option<Schema>,
    contains: Option<Schema>,
    contains_counts: Counts,
    /// `items` as a list makes `additionalItems` count.
    items_are_a_list: bool,
    additional_items: Option<Schema>,
}

impl<'s, 'k, 'n, 'r, 'f> Keywords<'s, 'k, 'n, 'r, 'f> {
    fn new(schema: &'s mut Schema, reader: &'k mut Reader<'n, 'r, 'f>) -> Self {
        Self {
            schema,
            reader,
            exclusive: [None, None],
            nullable: false,
            if_: None,
            then: None,
            otherwise: None,
            contains: None,
            contains_counts: Counts::default(),
            items_are_a_list: false,
            additional_items: None,
        }
    }

    /// Reads a keyword that says something of the value, but asks nothing of it.
    fn annotation(&mut self, member: &Member) -> bool {
        let node = &member.node;
        match member.key.as_str() {
            "title" => self.schema.title = self.text(node, "title"),
            "description" => self.schema.description = self.text(node, "description"),
            "deprecated" => self.schema.deprecated = self.flag(node, "deprecated"),
            "default" => self.schema.default = Some(node.clone()),
            "$id" | "id" => self.base(member),
            "x-rust-name" => {
                let name = self.text(node, "x-rust-name");
                self.schema.rust_name = Some((name, node.place.clone()));
            }
            _ => return false,
        }
        true
    }

    /// Reads a keyword that asks something of the value; `false` where it is none.
    fn assertion(&mut self, member: &Member) -> bool {
        let node = &member.node;
        if self.reader.is_before_2019 && SINCE_2019.contains(&member.key.as_str()) {
            return false;
        }
        match member.key.as_str() {
            "type" => self.types(node),
            "nullable" => self.nullable = self.flag(node, "nullable"),
            "format" => self.schema.format = Some(self.text(node, "format")),
            "enum" => self.values(node),
            "const" => self.allow(vec![node.clone()], node),
            "minimum" => self.limit(node, "minimum", Side::Min, false),
            "maximum" => self.limit(node, "maximum", Side::Max, false),
            "exclusiveMinimum" => self.exclusive(node, "exclusiveMinimum", Side::Min),
            "exclusiveMaximum" => self.exclusive(node, "exclusiveMaximum", Side::Max),
            "multipleOf" => self.multiple_of(node),
            "minLength" => self.schema.length.min = self.count(node, "minLength"),
            "maxLength" => self.schema.length.max = self.count(node, "maxLength"),
            "pattern" => self.schema.pattern = self.pattern(node),
            "minItems" => self.schema.count.min = self.count(node, "minItems"),
            "maxItems" => self.schema.count.max = self.count(node, "maxItems"),
            "uniqueItems" => self.schema.unique = self.flag(node, "uniqueItems"),
            "items" => self.items(node),
            "prefixItems" => self.schema.prefix = self.schemas(node, "prefixItems"),
            "additionalItems" => self.additional_items = Some(self.reader.read(node)),
            "contains" => self.contains = Some(self.reader.read(node)),
            "minContains" => self.contains_counts.min = self.count(node, "minContains"),
            "maxContains" => self.contains_counts.max = self.count(node, "maxContains"),
            "properties" => self.properties(node),
            "required" => self.required(node),
            "patternProperties" => self.pattern_properties(node),
            "additionalProperties" => self.additional(node),
            "propertyNames" => self.schema.names = Some(Box::new(self.reader.read(node))),
            "minProperties" => self.schema.size.min = self.count(node, "minProperties"),
            "maxProperties" => self.schema.size.max = self.count(node, "maxProperties"),
            "dependentRequired" | "dependentSchemas" | "dependencies" => {
                self.dependents(node, &member.key);
            }
            "$ref" => self.reference(node),
            "allOf" => self.schema.all_of = self.schemas(node, "allOf"),
            "anyOf" => self.schema.any_of = self.schemas(node, "anyOf"),
            "oneOf" => self.schema.one_of = self.schemas(node, "oneOf"),
            "not" => self.schema.not = Some(Box::new(self.reader.read(node))),
            "if" => self.if_ = Some(self.reader.read(node)),
            "then" => self.then = Some(self.reader.read(node)),
            "else" => self.otherwise = Some(self.reader.read(node)),
            "validations" => {
                self.schema.validations = validations::read(node, self.reader.reporter);
            }
            keyword if NOT_ENFORCED.contains(&keyword) => self.reader.reporter.error(
                &member.place,
                format!("the keyword `{keyword}` is not enforced by the generated API"),
                format!(
                    "to accept that what it forbids is not refused before it is sent, add \
                     \"x-unenforced\": [\"{keyword}\"] beside it"
                ),
            ),
            // What is left asserts nothing: annotations, and extensions of the service.
            _ => return false,
        }
        true
    }

    fn finish(mut self) {
        let sides = [&mut self.schema.minimum, &mut self.schema.maximum];
        for (limit, exclusive) in sides.into_iter().zip(self.exclusive) {
            if let (Some(limit), Some(true)) = (limit, exclusive) {
                limit.exclusive = true;
            }
        }
        if self.items_are_a_list {
            self.schema.items = self.additional_items.take().map(Box::new);
        }
        // `then` and `else` without `if`, and counts without `contains`, say nothing.
        if let Some(if_) = self.if_.take() {
            let (then, otherwise) = (self.then.take(), self.otherwise.take());
            self.schema.condition = Some(Box::new(Condition { if_, then, otherwise }));
        }
        if let Some(schema) = self.contains.take() {
            let Counts { min, max } = self.contains_counts;
            let counts = Counts { min: min.or(Some(1)), max };
            self.schema.contains = Some(Box::new(Contains { schema, counts }));
        }
        if self.nullable {
            self.allow_null();
        }
    }

    /// OpenAPI's way of adding `null` to the types and to the enum beside it.
    fn allow_null(&mut self) {
        if let Some(types) = &mut self.schema.types {
            *types = types.union(TypeSet::NULL);
        }
        if let Some(values) = &mut self.schema.values
            && !values.iter().any(|node| node.value == Value::Null)
        {
            values.push(Node { place: self.schema.place.clone(), value: Value::Null });
        }
    }

    fn wrong(&mut self, node: &Node, keyword: &str, expected: &str) {
        self.reader.reporter.error(
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
            Value::Number(num) => num.to_integer().and_then(|int| u64::try_from(int).ok()),
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
                None => self.reader.reporter.error(
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
            Value::Array(values) if values.is_empty() => self.reader.reporter.error(
                &node.place,
                "the enum is empty, so no value can satisfy it",
                "list the values, or remove `enum`",
            ),
            Value::Array(values) if values.len() > MOST_VALUES => self.reader.reporter.error(
                &node.place,
                format!("{} entries are too many for an enum", values.len()),
                format!("an enum has at most {MOST_VALUES}; use `pattern`, or remove it"),
            ),
            Value::Array(values) => {
                let mut distinct: Vec<Node> = Vec::new();
                for value in values {
                    if distinct.iter().any(|known| accepts::same(&known.value, &value.value)) {
                        let help = "remove one of the two; it counts once";
                        self.reader.reporter.warning(
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
            values.retain(|value| {
                others.iter().any(|other| accepts::same(&other.value, &value.value))
            });
            if values.is_empty() {
                let message = "`enum` and `const` have no value in common";
                self.reader.reporter.error(
                    &node.place,
                    message,
                    "correct one of them, or remove it",
                );
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
        let replace = limit.as_ref().is_none_or(|old| match compare(new.num, old.num) {
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
        if compare(step, Num::Int(0)).is_gt() {
            self.schema.multiple_of = Some(step);
        } else {
            self.wrong(node, "multipleOf", "a number above 0");
        }
    }

    fn items(&mut self, node: &Node) {
        self.items_are_a_list = matches!(node.value, Value::Array(_));
        if self.items_are_a_list {
            self.schema.prefix = self.schemas(node, "items");
        } else {
            self.schema.items = Some(Box::new(self.reader.read(node)));
        }
    }

    /// A list of schemas.
    fn schemas(&mut self, node: &Node, keyword: &str) -> Vec<Schema> {
        match &node.value {
            // A tuple may be empty; of nothing, no value can be any or one.
            Value::Array(nodes) if !nodes.is_empty() || keyword == "items" => {
                nodes.iter().map(|node| self.reader.read(node)).collect()
            }
            _ => {
                self.wrong(node, keyword, "a list of one schema or more");
                Vec::new()
            }
        }
    }

    fn pattern(&mut self, node: &Node) -> Option<String> {
        match &node.value {
            Value::String(pattern) => {
                self.check_pattern(pattern, &node.place, "pattern");
                Some(pattern.clone())
            }
            _ => {
                self.wrong(node, "pattern", "a regular expression");
                None
            }
        }
    }

    #[cfg(feature = "check-patterns")]
    fn check_pattern(&mut self, pattern: &str, place: &Place, keyword: &str) {
        if let Err(error) = regress::Regex::with_flags(pattern, "u") {
            let message = format!("`{keyword}` {pattern:?} is not a regular expression: {error}");
            self.reader.reporter.error(place, message, "write it as ECMA-262 has it");
        }
    }

    /// Reading regular expressions costs more to build than the rest of the generator.
    #[cfg(not(feature = "check-patterns"))]
    #[expect(clippy::unused_self, clippy::needless_pass_by_ref_mut, reason = "see the feature")]
    fn check_pattern(&mut self, _: &str, _: &Place, _: &str) {}

    fn reference(&mut self, node: &Node) {
        let Value::String(text) = &node.value else {
            return self.wrong(node, "$ref", "a reference such as \"#/$defs/name\"");
        };
        if !text.starts_with('#') {
            let message = format!("`$ref` {text:?} leads out of the file");
            let help = "copy the schema into `$defs`, and refer to it as \"#/$defs/name\"";
            return self.reader.reporter.error(&node.place, message, help);
        }
        let reference = Reference { text: text.clone(), place: node.place.clone() };
        self.reader.references.push(reference.clone());
        self.schema.reference = Some(reference);
    }

    /// A base other than the file's would lead the references below it elsewhere.
    fn base(&mut self, member: &Member) {
        let is_base = matches!(&member.node.value, Value::String(text) if !text.starts_with('#'));
        let inside = self.schema.place != *self.reader.root;
        if is_base && inside && member.key == "$id" {
            let message = "a schema inside the file has an `$id` of its own, which references would start from";
            let help =
                "remove the `$id`; references start from the whole file, as in \"#/$defs/name\"";
            self.reader.reporter.error(&member.place, message, help);
        }
    }

    fn pattern_properties(&mut self, node: &Node) {
        let Value::Object(members) = &node.value else {
            return self.wrong(node, "patternProperties", "an object of schemas");
        };
        for member in members {
            self.check_pattern(&member.key, &member.place, "patternProperties");
        }
        let patterns =
            members.iter().map(|member| (member.key.clone(), self.reader.read(&member.node)));
        self.schema.patterns = patterns.collect();
    }

    fn dependents(&mut self, node: &Node, keyword: &str) {
        let Value::Object(members) = &node.value else {
            return self.wrong(node, keyword, "an object");
        };
        for member in members {
            let dependent = match &member.node.value {
                Value::Array(_) if keyword != "dependentSchemas" => {
                    let required = self.keys(&member.node, keyword);
                    let required = required.into_iter().map(|(key, _)| key).collect();
                    Dependent { key: member.key.clone(), required, schema: None }
                }
                _ if keyword == "dependentRequired" => {
                    self.wrong(&member.node, keyword, "an array of keys");
                    continue;
                }
                _ => {
                    let schema = Some(self.reader.read(&member.node));
                    Dependent { key: member.key.clone(), required: Vec::new(), schema }
                }
            };
            self.schema.dependents.push(dependent);
        }
    }

    fn properties(&mut self, node: &Node) {
        let Value::Object(members) = &node.value else {
            return self.wrong(node, "properties", "an object of schemas");
        };
        if members.len() > MOST_PROPERTIES {
            let message = format!("{} properties are too many for an object", members.len());
            let help =
                format!("an object has at most {MOST_PROPERTIES}; use `additionalProperties`");
            return self.reader.reporter.error(&node.place, message, help);
        }
        let properties = members.iter().map(|member| Property {
            key: member.key.clone(),
            schema: self.reader.read(&member.node),
        });
        self.schema.properties = Some(properties.collect());
    }

    fn required(&mut self, node: &Node) {
        // Draft 3, and habit: `required: false` on a property says nothing.
        if matches!(node.value, Value::Bool(false)) {
            return;
        }
        self.schema.required = self.keys(node, "required");
    }

    /// An array of keys, each once.
    fn keys(&mut self, node: &Node, keyword: &str) -> Vec<(String, Place)> {
        let Value::Array(items) = &node.value else {
            self.wrong(node, keyword, "an array of keys");
            return Vec::new();
        };
        if items.len() > MOST_PROPERTIES {
            let message = format!("{} keys are too many for `{keyword}`", items.len());
            let help = format!("an object has at most {MOST_PROPERTIES} properties");
            self.reader.reporter.error(&node.place, message, help);
            return Vec::new();
        }
        let mut keys: Vec<(String, Place)> = Vec::new();
        for item in items {
            match &item.value {
                Value::String(key) if keys.iter().any(|(known, _)| known == key) => {}
                Value::String(key) => keys.push((key.clone(), item.place.clone())),
                _ => self.wrong(item, keyword, "an array of keys"),
            }
        }
        keys
    }

    fn additional(&mut self, node: &Node) {
        self.schema.additional = Some(match node.value {
            Value::Bool(allowed) => AdditionalProperties::Allowed(allowed),
            _ => AdditionalProperties::Checked(Box::new(self.reader.read(node))),
        });
    }
}

#[derive(Clone, Copy)]
enum Side {
    Min,
    Max,
}
