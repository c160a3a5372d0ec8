//! What a schema says about one key of an object, in any of its parts. A key that it says nothing
//! about can be added to a checked body, and no check is skipped.

use crate::field::Field;
use crate::rule::{Additional, ObjectSchema, Rule, Rules};
use crate::search::SearchBudget;

/// What a schema says about a key.
#[derive(Clone, Copy)]
pub enum Declared<'r> {
    /// It is the key of this field.
    Key(Field<'r>),
    /// It is the Rust name of this field, whose key is another.
    Name(Field<'r>),
    /// No field has it, but there are rules for its value.
    Rules,
}

impl std::fmt::Debug for Declared<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Key(field) => f.debug_tuple("Key").field(&field.key).finish(),
            Self::Name(field) => f.debug_tuple("Name").field(&field.key).finish(),
            Self::Rules => f.write_str("Rules"),
        }
    }
}

/// What the rules of an object say about a key; `None` if they do not mention it.
#[must_use]
pub fn declared<'r>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    key: &str,
) -> Option<Declared<'r>> {
    let mut found = None;
    let mut budget = SearchBudget::new();
    each_part(definitions, rules, &mut budget, &mut |part| {
        let new = match part {
            MemberRules::Object(object) => in_object(object, key),
            MemberRules::Others(rules) => {
                (!rules.is_empty() && !is_never(rules)).then_some(Declared::Rules)
            }
        };
        // The key of a field says most; rules without a field say least.
        if let Some(new) = new
            && found.is_none_or(|found| rank(&new) < rank(&found))
        {
            found = Some(new);
        }
    });
    // Of a schema that is too large to search, nothing can be added safely.
    if budget.is_spent() { found.or(Some(Declared::Rules)) } else { found }
}

fn rank(declared: &Declared<'_>) -> u8 {
    match declared {
        Declared::Key(_) => 0,
        Declared::Name(_) => 1,
        Declared::Rules => 2,
    }
}

fn in_object<'r>(object: &'r ObjectSchema, key: &str) -> Option<Declared<'r>> {
    if let Some(field) = object.fields.by_key(key) {
        return Some(Declared::Key(field));
    }
    if let Some(field) = object.fields.by_name(key) {
        return Some(Declared::Name(field));
    }
    let has_pattern = object.patterns.iter().any(|(pattern, _)| pattern.is_match(key));
    let has_rules = match &object.additional {
        Additional::Checked(rules) => !rules.is_empty() && !is_never(rules),
        Additional::Denied | Additional::Open => false,
    };
    (has_pattern || has_rules).then_some(Declared::Rules)
}

fn is_never(rules: &[Rule]) -> bool {
    matches!(rules, [Rule::Never])
}

enum MemberRules<'r> {
    Object(&'r ObjectSchema),
    /// The rules of members that nothing else mentions.
    Others(&'r [Rule]),
}

/// Visits what applies to the members of the value itself, in every alternative.
fn each_part<'r>(
    definitions: &'r [Rules],
    rules: &'r [Rule],
    budget: &mut SearchBudget,
    visit: &mut dyn FnMut(MemberRules<'r>),
) {
    for rule in rules {
        let Some(()) = budget.take() else { return };
        match rule {
            Rule::Object(object) => visit(MemberRules::Object(object)),
            Rule::Unevaluated { properties: Some(properties), .. } => {
                visit(MemberRules::Others(properties));
            }
            _ => {}
        }
        for part in rule.in_place(definitions) {
            each_part(definitions, part, budget, visit);
        }
    }
}

#[cfg(feature = "parse")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_every_part() {
        let found = |schema: &str, key: &str| {
            let crate::parse::RuntimeSchema { rules, definitions, .. } =
                crate::parse::runtime_schema("acme/m", schema).unwrap();
            format!("{:?}", declared(&definitions, &rules, key))
        };
        let plain = r#"{"type": "object", "properties": {"149_steps": {"type": "integer"}}}"#;
        let of_parts = r##"{"type": "object",
            "properties": {"a": {"type": "string"}},
            "allOf": [{"$ref": "#/$defs/base"}],
            "oneOf": [
                {"properties": {"kind": {"const": "x"}, "b": {"type": "string"}}, "required": ["kind"]},
                {"properties": {"kind": {"const": "y"}, "7_c": {"type": "string"}}, "required": ["kind"]}],
            "if": {"properties": {"a": {"const": "q"}}}, "then": {"properties": {"d": {"type": "integer"}}},
            "$defs": {"base": {"properties": {"e": {"type": "integer"}}}}}"##;
        let open = r#"{"type": "object", "properties": {}, "additionalProperties": true}"#;
        let map =
            r#"{"type": "object", "properties": {}, "additionalProperties": {"type": "string"}}"#;
        let pattern = r#"{"type": "object", "properties": {}, "patternProperties": {"^x-": {"type": "string"}}}"#;
        for (schema, key, expected) in [
            (plain, "149_steps", r#"Some(Key("149_steps"))"#),
            (plain, "steps", r#"Some(Name("149_steps"))"#),
            (plain, "lora", "None"),
            (of_parts, "a", r#"Some(Key("a"))"#),
            (of_parts, "b", r#"Some(Key("b"))"#),
            (of_parts, "c", r#"Some(Name("7_c"))"#),
            (of_parts, "d", r#"Some(Key("d"))"#),
            (of_parts, "e", r#"Some(Key("e"))"#),
            (of_parts, "lora", "None"),
            (open, "lora", "None"),
            (map, "lora", "Some(Rules)"),
            (pattern, "x-lora", "Some(Rules)"),
            (pattern, "lora", "None"),
        ] {
            assert_eq!(found(schema, key), expected, "{key} in {schema}");
        }
    }
}
