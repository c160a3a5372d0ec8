//! Compares two types with fields.

use std::sync::Arc;

use runcomfy_codegen::{ApiField, ApiObject, Others};
use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::pattern::Pattern;
use runcomfy_schema::rule::{Additional, ObjectSchema, Shared};
use runcomfy_schema::{Fields, OwnedField, Rule, Rules};

use super::change::{Change, Verdict, Verdicts, quoted};
use super::fields::{self, plain};
use super::known::Known;
use super::pair::{Narrowed, Pair};
use Verdict::{Additive, Breaking, None as Nothing};

pub(super) fn compare(
    pair: &Pair<'_>,
    old: &ApiObject,
    new: &ApiObject,
    changes: &mut Vec<Change>,
) {
    let by_name = |object: &'_ ApiObject, name: &str| {
        object.fields.iter().position(|field| field.name == name)
    };
    let is_matched = |field: &ApiField| by_name(old, &field.name).is_some();
    for field in &old.fields {
        let item = format!("{}::{}", old.name, field.name);
        if let Some(now) = by_name(new, &field.name).and_then(|index| new.fields.get(index)) {
            if now.key != field.key {
                let text = format!("its key is {}, was {}", quoted(&now.key), quoted(&field.key));
                // A program that runs, or a body that was stored, has the old key.
                changes.push(Change::new(&item, "field-key", text, Verdicts::run(Breaking)));
            }
            fields::compare(pair, &item, field, now, changes);
            continue;
        }
        // Of the same key, under another name.
        let renamed = new.fields.iter().find(|now| now.key == field.key && !is_matched(now));
        if let Some(now) = renamed {
            let text = format!(
                "is called `{}`; \"x-rust-name\": \"{}\" keeps the name",
                now.name, field.name
            );
            changes.push(Change::new(&item, "field-renamed", text, Verdicts::compile(Breaking)));
            fields::compare(pair, &item, field, now, changes);
            continue;
        }
        let run = removed(pair, field, new);
        changes.push(Change::new(
            item,
            "field-removed",
            "the field is gone",
            Verdicts { compile: Breaking, run },
        ));
    }
    for field in &new.fields {
        let is_renamed =
            |old: &&ApiField| old.key == field.key && by_name(new, &old.name).is_none();
        if is_matched(field) || old.fields.iter().any(|old| is_renamed(&old)) {
            continue;
        }
        let item = format!("{}::{}", old.name, field.name);
        let takes = format!("`{}`: {}", field.type_, plain(&field.summary));
        changes.push(if field.is_required {
            let text = format!("new required field, {takes}");
            Change::new(item, "required-field-added", text, Verdicts::both(Breaking))
        } else {
            let text = format!("new field, {takes}");
            Change::new(
                item,
                "field-added",
                text,
                Verdicts { compile: Additive, run: added(pair, old, field) },
            )
        });
    }
    builder(old, new, changes);
    whole(pair, old, new, changes);
}

/// The type parameters of a builder are in the order of `required`. Where other fields are required, the
/// fields say so.
fn builder(old: &ApiObject, new: &ApiObject, changes: &mut Vec<Change>) {
    let required = |object: &ApiObject| -> Vec<String> {
        let fields = object.fields.iter().filter(|field| field.is_required);
        fields.map(|field| field.name.clone()).collect()
    };
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    let (was, now) = (required(old), required(new));
    if was != now && sorted(was) == sorted(now) {
        let text = "its type parameters have another order; list `required` as before to keep it";
        let verdicts = Verdicts::compile(Breaking);
        changes.push(Change::new(format!("{}Builder", old.name), "builder-order", text, verdicts));
    }
}

/// What it means for a program that runs that a field is gone.
fn removed(pair: &Pair<'_>, field: &ApiField, new: &ApiObject) -> Verdict {
    let after: &[Rule] = match &new.others {
        Others::Checked(rules) if new.patterns.is_empty() => &rules.rules,
        Others::Taken if new.patterns.is_empty() => &[],
        _ => return Breaking,
    };
    pair.rules(&Known::default(), &field.rules.rules, after).verdict()
}

/// What it means for a program that runs that there is a new field.
fn added(pair: &Pair<'_>, old: &ApiObject, field: &ApiField) -> Verdict {
    let before: &[Rule] = match &old.others {
        Others::Refused if old.patterns.is_empty() => return Additive,
        Others::Checked(rules) if old.patterns.is_empty() => &rules.rules,
        // Any value was taken under this key.
        _ => &[],
    };
    pair.rules(&Known::default(), before, &field.rules.rules).verdict()
}

/// What is checked of the whole, beside its fields.
fn whole(pair: &Pair<'_>, old: &ApiObject, new: &ApiObject, changes: &mut Vec<Change>) {
    let others = pair.others(old, new);
    match others.verdict() {
        Nothing => {}
        verdict => {
            let text = match verdict {
                Additive => "takes other members than its fields",
                _ => "takes fewer other members than before",
            };
            changes.push(Change::new(&old.name, "other-members", text, Verdicts::run(verdict)));
        }
    }
    let mut known = Known::default();
    for field in &old.fields {
        let inside = pair.known(&field.type_);
        known.objects.extend(inside.objects);
        known.enums.extend(inside.enums);
    }
    let is_plain = |object: &ApiObject| object.rules.rules.is_empty();
    if is_plain(old) && is_plain(new) {
        return;
    }
    let narrowed = pair.wholes(&known, old, new);
    if narrowed.verdict() != Nothing {
        let text = format!("the rules of the whole are {}", narrowed.describe());
        changes.push(Change::new(
            &old.name,
            "object-rules",
            text,
            Verdicts::run(narrowed.verdict()),
        ));
    }
}

impl Pair<'_> {
    /// The rules of the whole, without those of its fields.
    fn wholes(&self, known: &Known, old: &ApiObject, new: &ApiObject) -> Narrowed {
        let rules = |object: &ApiObject| match object.rules.rules.is_empty() {
            true => plain_rules(object),
            false => object.rules.rules.iter().flat_map(without_fields).collect(),
        };
        let (old, new) = (rules(old), rules(new));
        self.rules(known, &old, &new)
    }

    /// Members that are no fields.
    fn others(&self, old: &ApiObject, new: &ApiObject) -> Narrowed {
        let known = Known::default();
        let never = [Rule::Never];
        fn rules<'r>(object: &'r ApiObject, never: &'r [Rule]) -> &'r [Rule] {
            match &object.others {
                Others::Checked(rules) => &rules.rules,
                Others::Refused => never,
                _ => &[],
            }
        }
        let mut narrowed = self.rules(&known, rules(old, &never), rules(new, &never));
        // A pattern is a rule for declared keys too.
        let is_declared = |pattern: &str| {
            let pattern = Pattern::owned(pattern);
            old.fields.iter().chain(&new.fields).any(|field| pattern.is_match(&field.key))
        };
        for (pattern, rules) in &old.patterns {
            let now = new.patterns.iter().find(|(now, _)| now == pattern);
            let Some((_, now)) = now else {
                match new.others {
                    Others::Taken => narrowed.widened.insert("patternProperties"),
                    _ => narrowed.by.insert("patternProperties"),
                };
                if is_declared(pattern) {
                    narrowed.widened.insert("patternProperties");
                }
                continue;
            };
            let mut inside = self.rules(&known, &rules.rules, &now.rules);
            narrowed.by.append(&mut inside.by);
            narrowed.widened.append(&mut inside.widened);
        }
        for (pattern, _) in &new.patterns {
            if old.patterns.iter().any(|(old, _)| old == pattern) {
                continue;
            }
            match old.others {
                Others::Refused => narrowed.widened.insert("patternProperties"),
                _ => narrowed.by.insert("patternProperties"),
            };
            if is_declared(pattern) {
                narrowed.by.insert("patternProperties");
            }
        }
        narrowed
    }
}

/// The rules of the members of `object` only; its fields take any value.
fn plain_rules(object: &ApiObject) -> Vec<Rule> {
    let fields = object.fields.iter().map(|field| neutral(&field.name, &field.key));
    let patterns = object.patterns.iter().map(|(pattern, rules)| {
        (Shared::Owned(Arc::new(Pattern::owned(pattern))), rules.rules.clone().into())
    });
    let additional = match &object.others {
        Others::Refused => Additional::Denied,
        Others::Checked(rules) => Additional::Checked(rules.rules.clone().into()),
        _ => Additional::Open,
    };
    let object = ObjectSchema {
        fields: Fields::Owned(fields.collect()),
        patterns: patterns.collect(),
        additional,
    };
    vec![Rule::Types(Types(Types::OBJECT)), Rule::Object(Shared::Owned(Arc::new(object)))]
}

/// A field that takes any value.
fn neutral(name: &str, key: &str) -> OwnedField {
    OwnedField {
        name: name.into(),
        key: key.into(),
        title: "".into(),
        description: "".into(),
        required: false,
        rules: Rules::default(),
        default: None,
    }
}

/// A rule of an object, without those of its fields.
fn without_fields(rule: &Rule) -> Vec<Rule> {
    match rule {
        Rule::Required(_) => Vec::new(),
        Rule::Object(object) => {
            let fields = object.fields.iter().map(|field| neutral(field.name, field.key));
            vec![Rule::Object(Shared::Owned(Arc::new(ObjectSchema {
                fields: Fields::Owned(fields.collect()),
                patterns: object.patterns.clone(),
                additional: object.additional.clone(),
            })))]
        }
        Rule::Unevaluated { rules, .. } => rules.iter().flat_map(without_fields).collect(),
        Rule::AllOf(parts) => {
            parts.iter().flat_map(|part| part.iter()).flat_map(without_fields).collect()
        }
        rule => vec![rule.clone()],
    }
}
