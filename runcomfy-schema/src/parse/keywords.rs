//! Reads a schema keyword by keyword, by the files of `keyword/`.
//!
//! An assertion of JSON Schema that is not enforced is a build error. `"x-unenforced": ["pattern"]`
//! in a schema leaves the listed keywords beside it to the service.

use super::diagnostics::Diagnostics;
use super::json::{Member, Node, Value};
use super::schema::{Condition, Contains, Reference, Schema, SchemaId};
use super::{consistency, nearly};
use crate::counts::Counts;
use crate::keyword::types::Types;
use crate::keyword::{array, combined, format, media, number, object, string, types};
use crate::keyword::{reference, unevaluated, values};
use crate::num::Num;

/// Assertions of JSON Schema that are not enforced. Ignoring one would accept values that the
/// service refuses.
const NOT_ENFORCED: [&str; 2] = ["disallow", "extends"];

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

type ReadKeyword = fn(&mut Keywords<'_, '_>, &Member) -> bool;

/// The keywords of each family, and their reader.
const FAMILIES: [(&[&str], ReadKeyword); 11] = [
    (types::KEYWORDS, types::read),
    (values::KEYWORDS, values::read),
    (number::KEYWORDS, number::read),
    (string::KEYWORDS, string::read),
    (format::KEYWORDS, format::read),
    (media::KEYWORDS, media::read),
    (array::KEYWORDS, array::read),
    (object::KEYWORDS, object::read),
    (reference::KEYWORDS, reference::read),
    (combined::KEYWORDS, combined::read),
    (unevaluated::KEYWORDS, unevaluated::read),
];

/// Every keyword that is an enforced assertion.
pub(super) fn assertions() -> impl Iterator<Item = &'static str> {
    FAMILIES.iter().flat_map(|(keywords, _)| keywords.iter().copied())
}

/// Reads schemas, and collects their references.
pub(crate) struct SchemaReader<'r> {
    pub(crate) diagnostics: &'r mut Diagnostics,
    pub(crate) references: Vec<Reference>,
    /// The schema that references start from.
    pub(crate) root: SchemaId,
    /// Up to draft 7, the siblings of a `$ref` are ignored.
    pub(crate) is_before_2019: bool,
    /// Whether the file has anchors that can change the target of a reference.
    pub(crate) has_dynamic_anchors: bool,
}

impl SchemaReader<'_> {
    /// Reads a schema and all schemas in it.
    pub(crate) fn read(&mut self, node: &Node) -> Schema {
        let mut schema = Schema::of(node);
        let members = match &node.value {
            Value::Object(members) => members,
            Value::Bool(allowed) => {
                schema.never = !allowed;
                return schema;
            }
            other => {
                let message = format!("{other} is not a schema");
                let help = "a schema is an object, or `true` or `false`";
                self.diagnostics.error(&node.location, message, help);
                return schema;
            }
        };
        let unenforced = unenforced(node, self.diagnostics);
        let is_alone = self.is_before_2019 && node.member("$ref").is_some();
        let mut keywords = Keywords::new(&mut schema, self);
        let mut asserted = Vec::new();
        for member in members.iter().filter(|one| !unenforced.contains(&one.key.as_str())) {
            if keywords.annotation(member) || (is_alone && member.key != "$ref") {
                continue;
            }
            if !keywords.assertion(member) {
                nearly::check_keyword(member, keywords.diagnostics());
            } else if member.key != "nullable" {
                // `nullable` changes the `type` and the `enum` beside it.
                asserted.push(member.key.as_str());
            }
        }
        keywords.finish();
        // Treat `allOf: [{$ref}]` like a bare `$ref`: pre-2019 schemas need that form to add
        // siblings.
        let has_x_media = schema.x_media.is_some();
        if asserted == ["allOf"]
            && !has_x_media
            && let [only] = schema.all_of.as_slice()
            && only.only_refers
        {
            schema.reference.clone_from(&only.reference);
            schema.all_of.clear();
            schema.only_refers = true;
        } else {
            let is_reference = matches!(*asserted, ["$ref" | "$recursiveRef" | "$dynamicRef"]);
            // `x-media` beside a `$ref` decides for this use of the definition.
            schema.only_refers = schema.reference.is_some() && is_reference && !has_x_media;
        }
        consistency::check(node, &schema, self.diagnostics);
        if let Some(x_media) = node.member(media::X_MEDIA) {
            media::check_x_media(&schema, &x_media.location, self.diagnostics);
        }
        if let Some(format) = node.member("format") {
            media::check_format(&schema, &format.location, self.diagnostics);
        }
        if let Some(nullable) = node.member("nullable") {
            check_nullable(&schema, nullable, self.diagnostics);
        }
        schema
    }
}

/// Warns of a `nullable` that changes nothing, because no `type` stands beside it. OpenAPI says so,
/// and the service may do without it, too.
fn check_nullable(schema: &Schema, nullable: &Node, diagnostics: &mut Diagnostics) {
    let keyword = match schema {
        Schema { types: Some(_), .. } | Schema { enum_values: Some(_), .. } => return,
        Schema { reference: Some(reference), .. } => reference.keyword,
        schema if !schema.all_of.is_empty() => "allOf",
        schema if !schema.any_of.is_empty() => "anyOf",
        schema if !schema.one_of.is_empty() => "oneOf",
        _ => return,
    };
    let mut forms = schema.any_of.iter().chain(&schema.one_of);
    let is_told = forms.any(|part| part.types.is_some_and(|types| types.has(Types::NULL)));
    if nullable.value == Value::Bool(true) && !is_told {
        diagnostics.warning(
            &nullable.location,
            format!("`nullable` has no effect without a `type` beside it: `{keyword}` decides"),
            "to take `null`, write {\"anyOf\": [..., {\"type\": \"null\"}]}; else remove it",
        );
    }
}

/// The keywords that the schema keeper leaves unenforced.
fn unenforced<'a>(node: &'a Node, diagnostics: &mut Diagnostics) -> Vec<&'a str> {
    let Some(list) = node.member("x-unenforced") else { return Vec::new() };
    let Value::Array(items) = &list.value else {
        let help = "list the keywords to leave unchecked, as in [\"pattern\"]";
        diagnostics.error(&list.location, "`x-unenforced` is not an array", help);
        return Vec::new();
    };
    let mut names = Vec::new();
    for item in items {
        match &item.value {
            Value::String(name) => names.push(name.as_str()),
            other => {
                let message = format!("{other} in `x-unenforced` is not a keyword");
                diagnostics.error(&item.location, message, "give the keyword as a string");
            }
        }
    }
    names
}

/// A schema that is being read, with the keywords that depend on others.
pub(crate) struct Keywords<'s, 'r> {
    pub(crate) schema: &'s mut Schema,
    reader: &'s mut SchemaReader<'r>,
    /// The boolean `exclusiveMinimum` and `exclusiveMaximum` of draft 4.
    pub(crate) exclusive: [Option<bool>; 2],
    pub(crate) nullable: bool,
    pub(crate) if_: Option<Schema>,
    pub(crate) then: Option<Schema>,
    pub(crate) otherwise: Option<Schema>,
    pub(crate) contains: Option<Schema>,
    pub(crate) contains_counts: Counts,
    /// `additionalItems` counts only if `items` is a list.
    pub(crate) items_are_a_list: bool,
    pub(crate) additional_items: Option<Schema>,
}

impl<'s, 'r> Keywords<'s, 'r> {
    fn new(schema: &'s mut Schema, reader: &'s mut SchemaReader<'r>) -> Self {
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

    pub(crate) fn diagnostics(&mut self) -> &mut Diagnostics {
        self.reader.diagnostics
    }

    pub(crate) fn reader(&mut self) -> &mut SchemaReader<'r> {
        self.reader
    }

    /// Reads a schema inside this one.
    pub(crate) fn read(&mut self, node: &Node) -> Schema {
        self.reader.read(node)
    }

    /// Reads an annotation.
    fn annotation(&mut self, member: &Member) -> bool {
        let node = &member.node;
        // Some generators write `null` for a missing annotation.
        let is_absent = node.value == Value::Null;
        match member.key.as_str() {
            "title" | "description" if is_absent => {}
            "title" => self.schema.title = self.text(node, "title"),
            "description" => self.schema.description = self.text(node, "description"),
            "deprecated" => self.schema.deprecated = self.flag(node, "deprecated"),
            "default" => self.schema.default = Some(node.clone()),
            "example" => self.schema.examples.push(node.clone()),
            "examples" => {
                if let Value::Array(examples) = &node.value {
                    self.schema.examples.extend(examples.iter().take(8).cloned());
                }
            }
            "discriminator" => {
                if let Some(Node { value: Value::String(key), location }) =
                    node.member("propertyName")
                {
                    self.schema.discriminator = Some((key.clone(), location.clone()));
                }
            }
            "$id" | "id" => reference::check_base(self, member),
            "x-rust-name" => {
                let name = self.text(node, "x-rust-name");
                self.schema.rust_name = Some((name, node.location.clone()));
            }
            media::X_MEDIA => media::read_x_media(self, node),
            _ => return false,
        }
        true
    }

    /// Reads an assertion. `false` if the keyword is not one.
    fn assertion(&mut self, member: &Member) -> bool {
        if self.reader.is_before_2019 && SINCE_2019.contains(&member.key.as_str()) {
            return false;
        }
        if NOT_ENFORCED.contains(&member.key.as_str()) {
            self.not_enforced(member);
            return true;
        }
        // Other keywords assert nothing: they are annotations, or extensions of the service.
        let family = FAMILIES.iter().find(|(keywords, _)| keywords.contains(&&*member.key));
        family.is_some_and(|(_, read)| read(self, member))
    }

    pub(crate) fn not_enforced(&mut self, member: &Member) {
        let keyword = &member.key;
        self.diagnostics().error(
            &member.location,
            format!("the keyword `{keyword}` is not enforced by the generated API"),
            format!("to leave it to the service, add \"x-unenforced\": [\"{keyword}\"] beside it"),
        );
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
        // `then` and `else` need `if`, and the counts need `contains`.
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

    /// OpenAPI's `nullable` adds `null` to the `type` and the `enum` beside it.
    fn allow_null(&mut self) {
        if let Some(types) = &mut self.schema.types {
            *types = types.union(Types(Types::NULL));
        }
        if let Some(values) = &mut self.schema.enum_values
            && !values.iter().any(|node| node.value == Value::Null)
        {
            let null = Node { location: self.schema.location.clone(), value: Value::Null };
            *values = values.iter().cloned().chain([null]).collect();
        }
    }

    pub(crate) fn wrong(&mut self, node: &Node, keyword: &str, expected: &str) {
        self.reader.diagnostics.error(
            &node.location,
            format!("`{keyword}` is {node}, which is not {expected}"),
            format!("give `{keyword}` as {expected}, or remove it"),
        );
    }

    pub(crate) fn text(&mut self, node: &Node, keyword: &str) -> String {
        match &node.value {
            Value::String(text) => text.clone(),
            _ => {
                self.wrong(node, keyword, "a string");
                String::new()
            }
        }
    }

    pub(crate) fn flag(&mut self, node: &Node, keyword: &str) -> bool {
        match node.value {
            Value::Bool(flag) => flag,
            _ => {
                self.wrong(node, keyword, "`true` or `false`");
                false
            }
        }
    }

    pub(crate) fn count(&mut self, node: &Node, keyword: &str) -> Option<u64> {
        let count = match &node.value {
            Value::Number(num) => num.to_integer().and_then(|int| u64::try_from(int).ok()),
            _ => None,
        };
        if count.is_none() {
            self.wrong(node, keyword, "a whole number from 0");
        }
        count
    }

    pub(crate) fn number(&mut self, node: &Node, keyword: &str) -> Option<Num> {
        match &node.value {
            Value::Number(num) => Some(num.clone()),
            _ => {
                self.wrong(node, keyword, "a number");
                None
            }
        }
    }

    /// A list of schemas.
    pub(crate) fn schemas(&mut self, node: &Node, keyword: &str) -> Vec<Schema> {
        match &node.value {
            // A tuple may be empty. An empty `allOf`, `anyOf` or `oneOf` is an error.
            Value::Array(nodes) if !nodes.is_empty() || keyword == "items" => {
                nodes.iter().map(|node| self.reader.read(node)).collect()
            }
            _ => {
                self.wrong(node, keyword, "a list of one schema or more");
                Vec::new()
            }
        }
    }
}
