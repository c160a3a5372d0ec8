//! How rules that others refer to are written down: in place, with a type, or in a static.

use std::collections::HashMap;

use runcomfy_schema::keyword::types::Types;
use runcomfy_schema::rule::{Additional, ObjectSchema, Target};
use runcomfy_schema::{Rule, Rules};

use super::model::{FieldRules, ModuleTypes, RefForm};
use crate::parse::{Compiler, Position, SchemaId};

/// Decides for all of them, by number. An object that is nothing but its fields needs no rules of its
/// own.
pub(super) fn choose(
    compiler: &Compiler<'_>,
    object_names: &HashMap<SchemaId, String>,
    types: &mut ModuleTypes,
) -> Vec<(Rules, RefForm)> {
    let ModuleTypes { objects, unions, .. } = types;
    let referred = compiler.referred();
    for object in objects.iter_mut() {
        let Some((_, rules)) = &mut object.rules else { continue };
        if let [Rule::Ref(Target::Definition(number))] = rules.as_slice()
            && let Some(own) = referred.get(*number)
        {
            *rules = own.to_vec();
        }
        if let Some(schema) = plain(rules) {
            object.patterns = schema.patterns.clone();
            object.additional = schema.additional.clone();
            object.rules = None;
        }
    }
    let mut uses = vec![0_usize; referred.len()];
    for object in objects.iter() {
        for field in &object.fields {
            if let FieldRules::Own(rules) = &field.rules {
                count(referred, rules, &mut uses);
            }
        }
        for (_, rules) in object.patterns.iter() {
            count(referred, rules, &mut uses);
        }
        if let Additional::Checked(rules) = &object.additional {
            count(referred, rules, &mut uses);
        }
        if let Some((_, rules)) = &object.rules {
            count(referred, rules, &mut uses);
        }
    }
    for union in unions.iter() {
        count(referred, &union.rules, &mut uses);
    }
    let mut statics: HashMap<&str, usize> = HashMap::new();
    for (index, object) in objects.iter().enumerate() {
        statics.insert(&object.name, index);
    }
    let schemas = compiler.referred_schemas().iter().zip(referred).zip(uses).enumerate();
    schemas
        .map(|(number, (((id, position), rules), uses))| {
            let id = id.filter(|_| *position == Position::Value);
            let of_type = id.and_then(|id| object_names.get(&id));
            let of_type = of_type.and_then(|name| objects.get(*statics.get(&**name)?));
            let form = match of_type {
                Some(object) => match &object.rules {
                    None => RefForm::Object(object.data.clone()),
                    Some((name, _)) => RefForm::Type(name.clone()),
                },
                None if uses > 1 => RefForm::Static(format!("__REF_{}", number + 1)),
                None => RefForm::Inline,
            };
            (rules.clone(), form)
        })
        .collect()
}

/// The object that rules are nothing but, where they are.
fn plain(rules: &[Rule]) -> Option<&ObjectSchema> {
    match rules {
        [Rule::Types(Types(Types::OBJECT)), Rule::Object(object)] => Some(object),
        _ => None,
    }
}

/// Counts how often each is referred to, those included that are referred to by others.
fn count(referred: &[Rules], rules: &[Rule], uses: &mut [usize]) {
    for rule in rules {
        if let Rule::Ref(Target::Definition(number)) = rule
            && let Some(used) = uses.get_mut(*number)
        {
            *used += 1;
            if *used == 1
                && let Some(rules) = referred.get(*number)
            {
                count(referred, rules, uses);
            }
        }
        rule.each_part(&mut |rules| count(referred, rules, uses));
    }
}
