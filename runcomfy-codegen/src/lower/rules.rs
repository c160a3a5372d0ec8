//! The assertions of a schema as the runtime's rules: keyword by keyword, so that what is checked is
//! what is written, whatever type was chosen.

use super::Lowerer;
use super::fields::literal;
use super::model::{Definition, MediaKind, Pattern, Rule, Shape};
use super::objects::is_either_pattern_or_more;
use crate::parse::{AdditionalProperties, Schema, judge};

/// Formats that the runtime checks; any other is an annotation.
const FORMATS: [&str; 13] = [
    "date",
    "date-time",
    "duration",
    "email",
    "hostname",
    "ipv4",
    "ipv6",
    "json-pointer",
    "regex",
    "time",
    "uri",
    "uri-reference",
    "uuid",
];

impl<'a> Lowerer<'a, '_, '_> {
    /// The rules of a value that gets no type of its own.
    pub(super) fn rules_of_value(&mut self, schema: &Schema) -> Vec<Rule> {
        self.rules(schema, &Shape::Any)
    }

    /// The rules of a value of this shape.
    pub(super) fn rules(&mut self, schema: &Schema, shape: &Shape) -> Vec<Rule> {
        if let Some(name) = self.types.of_unions.get(&schema.place.pointer)
            && !schema.is_made_up
        {
            return vec![Rule::Ref(name.clone())];
        }
        if let Some(target) = self.only_target(schema) {
            if is_leaf(target) {
                return self.rules(target, shape);
            }
            let rules = self.referred(schema);
            return self.with_media(rules, std::slice::from_ref(shape));
        }
        match self.types.of_objects.get(&schema.place.pointer) {
            Some(Rule::Ref(name)) if !schema.is_made_up => vec![Rule::Ref(name.clone())],
            _ => self.literal(schema, shape),
        }
    }

    fn only_target(&self, schema: &Schema) -> Option<&'a Schema> {
        let reference = schema.reference.as_ref().filter(|_| schema.only_refers)?;
        self.definitions.get(&reference.text)
    }

    /// The rules that a `$ref` leads to: written out where they have no inner life.
    fn referred(&mut self, schema: &Schema) -> Vec<Rule> {
        let Some(reference) = &schema.reference else { return Vec::new() };
        let Some(target) = self.definitions.get(&reference.text) else { return Vec::new() };
        let pointer = &target.place.pointer;
        let has_type = self.types.of_objects.contains_key(pointer)
            || self.types.of_unions.contains_key(pointer);
        if is_leaf(target) || has_type {
            return self.rules_of_value(target);
        }
        vec![self.definition(&reference.text)]
    }

    /// A reference to the rules of a definition, which are made once.
    fn definition(&mut self, text: &str) -> Rule {
        let number = self.types.definition_names.len() + 1;
        let names = &mut self.types.definition_names;
        let name = names.entry(text.to_owned()).or_insert_with(|| {
            self.types.pending.push(text.to_owned());
            format!("__REF_{number}")
        });
        Rule::Ref(name.clone())
    }

    /// Makes the rules of the definitions referred to, one by one: they may refer to others.
    pub(super) fn finish_definitions(&mut self) {
        while let Some(text) = self.types.pending.pop() {
            let name = self.types.definition_names.get(&text).cloned();
            if let (Some(name), Some(target)) = (name, self.definitions.get(&text)) {
                let rules = self.rules_of_value(target);
                self.types.definitions.push(Definition { name, rules });
            }
        }
    }

    /// The rules of a schema, keyword by keyword.
    pub(super) fn literal(&mut self, schema: &Schema, shape: &Shape) -> Vec<Rule> {
        let mut rules = Vec::new();
        if schema.never {
            rules.push(Rule::Never);
        }
        rules.extend(schema.types.map(|types| Rule::Types(types.0)));
        if let Some(values) = &schema.values {
            // What the other keywords refuse is left out here. Where they could be read in full,
            // there is nothing more to check.
            let verdicts: Vec<_> =
                values.iter().map(|node| judge(self.definitions, schema, &node.value)).collect();
            let allowed =
                values.iter().zip(&verdicts).filter(|(_, verdict)| **verdict != Some(false));
            rules.push(Rule::Values(allowed.map(|(node, _)| literal(&node.value)).collect()));
            if verdicts.iter().all(Option::is_some) {
                return rules;
            }
        }
        if schema.minimum.is_some() || schema.maximum.is_some() {
            let (min, max) = (schema.minimum.clone(), schema.maximum.clone());
            rules.push(Rule::Range { min, max });
        }
        rules.extend(schema.multiple_of.map(Rule::MultipleOf));
        if !schema.length.is_any() {
            rules.push(Rule::Length(schema.length));
        }
        rules.extend(self.text(schema));
        if let Shape::Media(kind) = shape {
            rules.push(Rule::Media(*kind));
        }
        if !schema.validations.is_empty() {
            rules.push(validations(schema));
        }
        self.array(schema, shape, &mut rules);
        self.members(schema, &mut rules);
        self.in_place(schema, &mut rules);
        rules
    }

    fn text(&mut self, schema: &Schema) -> Vec<Rule> {
        let pattern = schema.pattern.as_ref().map(|pattern| Rule::Pattern(self.pattern(pattern)));
        let format = schema.format.as_deref();
        let format = format.and_then(|name| FORMATS.iter().find(|known| **known == name));
        pattern.into_iter().chain(format.map(|name| Rule::Format(name))).collect()
    }

    /// The place of a regular expression among those of the model.
    pub(super) fn pattern(&mut self, pattern: &str) -> Pattern {
        let patterns = &mut self.types.patterns;
        let known = patterns.iter().position(|known| known == pattern);
        Pattern(known.unwrap_or_else(|| {
            patterns.push(pattern.to_owned());
            patterns.len() - 1
        }))
    }

    fn array(&mut self, schema: &Schema, shape: &Shape, rules: &mut Vec<Rule>) {
        if !schema.count.is_any() {
            rules.push(Rule::Count(schema.count));
        }
        if schema.unique {
            rules.push(Rule::Unique);
        }
        if !schema.prefix.is_empty() {
            let each = schema.prefix.iter().map(|part| self.rules_of_value(part)).collect();
            rules.push(Rule::Prefix(each));
        }
        let item = match shape {
            Shape::List(item) => item,
            _ => &Shape::Any,
        };
        let of_items = match (&schema.items, item) {
            (Some(items), item) => self.rules(items, item),
            (None, Shape::Media(kind)) => {
                vec![Rule::Media(*kind)]
            }
            (None, _) => Vec::new(),
        };
        if !of_items.is_empty() {
            rules.push(Rule::Items(schema.prefix.len(), of_items));
        }
        if let Some(contains) = &schema.contains {
            rules.push(Rule::Contains(contains.counts, self.rules_of_value(&contains.schema)));
        }
    }

    fn members(&mut self, schema: &Schema, rules: &mut Vec<Rule>) {
        let of_type = self.types.of_objects.get(&schema.place.pointer);
        if let Some(rule @ Rule::Object(_)) = of_type.filter(|_| !schema.is_made_up) {
            rules.push(rule.clone());
        } else if schema.has_fields()
            || !schema.patterns.is_empty()
            || schema.is_closed()
            || matches!(schema.additional, Some(AdditionalProperties::Checked(_)))
        {
            let silent = schema.additional.is_none() && schema.patterns.is_empty();
            if silent && !schema.has_fields() {
                self.reporter.warning(
                    &schema.place,
                    "an object without `properties` takes no members at all",
                    "add \"additionalProperties\": true if it takes any",
                );
            }
            rules.push(Rule::Members(self.untyped_members(schema)));
            if is_either_pattern_or_more(schema) && !schema.required.is_empty() {
                rules.push(self.required_keys(schema, schema.required.iter().map(|(key, _)| key)));
            }
        }
        if !schema.size.is_any() {
            rules.push(Rule::Size(schema.size));
        }
        if let Some(names) = &schema.names {
            rules.push(Rule::Names(self.rules_of_value(names)));
        }
        for dependent in &schema.dependents {
            let mut asked = Vec::new();
            if !dependent.required.is_empty() {
                asked.push(self.required_keys(schema, dependent.required.iter()));
            }
            if let Some(part) = &dependent.schema {
                asked.extend(self.rules_of_value(part));
            }
            rules.push(Rule::Dependent(dependent.key.clone(), asked));
        }
    }

    /// Asks for keys, and nothing of what they hold.
    fn required_keys<'k>(
        &mut self,
        schema: &Schema,
        keys: impl Iterator<Item = &'k String>,
    ) -> Rule {
        let mut object = Schema::made_up(schema);
        object.required = keys.map(|key| (key.clone(), schema.place.clone())).collect();
        Rule::Members(self.untyped_members(&object))
    }

    /// The keywords that judge the value by other schemas.
    fn in_place(&mut self, schema: &Schema, rules: &mut Vec<Rule>) {
        let referred = self.referred(schema);
        match referred.as_slice() {
            [] => {}
            [Rule::Ref(_)] => rules.extend(referred),
            _ => rules.push(Rule::AllOf(vec![referred])),
        }
        let mut each = |parts: &[Schema]| -> Vec<Vec<Rule>> {
            parts.iter().map(|part| self.rules_of_value(part)).collect()
        };
        for (parts, rule) in [
            (&schema.all_of, Rule::AllOf as fn(_) -> _),
            (&schema.any_of, Rule::AnyOf as fn(_) -> _),
            (&schema.one_of, Rule::OneOf as fn(_) -> _),
        ] {
            if !parts.is_empty() {
                rules.push(rule(each(parts)));
            }
        }
        if let Some(not) = &schema.not {
            rules.push(Rule::Not(self.rules_of_value(not)));
        }
        if let Some(condition) = &schema.condition {
            let mut part = |part: Option<&Schema>| {
                part.map(|part| self.rules_of_value(part)).unwrap_or_default()
            };
            rules.push(Rule::If {
                condition: part(Some(&condition.if_)),
                then: part(condition.then.as_ref()),
                otherwise: part(condition.otherwise.as_ref()),
            });
        }
    }

    /// Files among the forms of a value have to be ones that the service can fetch, on top of what
    /// the schema says.
    pub(super) fn with_media(&self, mut rules: Vec<Rule>, forms: &[Shape]) -> Vec<Rule> {
        // A text that stands in an enum is no file.
        if !forms.iter().any(|form| matches!(form, Shape::Enum(_))) {
            rules.extend(media(forms).map(Rule::Media));
        }
        let lists = forms.iter().filter_map(|form| match form {
            Shape::List(item) => Some(std::slice::from_ref(&**item)),
            _ => None,
        });
        for items in lists {
            let inner = self.with_media(Vec::new(), items);
            if !inner.is_empty() {
                rules.push(Rule::Items(0, inner));
            }
        }
        rules
    }
}

fn media(forms: &[Shape]) -> Option<MediaKind> {
    forms.iter().find_map(|form| match form {
        Shape::Media(kind) => Some(*kind),
        _ => None,
    })
}

/// Whether the rules of a schema are short: none is about what is inside the value, or elsewhere.
fn is_leaf(schema: &Schema) -> bool {
    schema.reference.is_none()
        && schema.properties.is_none()
        && schema.items.is_none()
        && schema.prefix.is_empty()
        && schema.contains.is_none()
        && schema.patterns.is_empty()
        && schema.names.is_none()
        && !matches!(schema.additional, Some(AdditionalProperties::Checked(_)))
        && schema.in_place().next().is_none()
}

fn validations(schema: &Schema) -> Rule {
    Rule::Validations(schema.validations.clone())
}
