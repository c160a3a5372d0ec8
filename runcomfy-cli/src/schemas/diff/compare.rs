//! Compares two APIs of a model.
//!
//! Names decide what corresponds to what, as they do for an app. A change inside a type of the module is
//! a change of that type, and not of the fields that have it.

use runcomfy_codegen::{
    Api, ApiConversion, ApiEnum, ApiEnumKind, ApiOutputField, ApiType, ApiUnion,
};

use super::change::{Change, Verdict, Verdicts, quoted};
use super::objects;
use super::pair::{Pair, Type};
use Verdict::{Additive, Breaking, None as Nothing};

/// The changes between two APIs, by type.
pub(super) fn between(old: &Api, new: &Api) -> Vec<Change> {
    let pair = Pair::new(old, new);
    let mut changes = Vec::new();
    for object in &old.objects {
        match pair.new.find(&object.name) {
            Some(Type::Object(new)) => objects::compare(&pair, object, new, &mut changes),
            other => other_type(&object.name, "a struct", other, &mut changes),
        }
    }
    for one in &old.enums {
        match pair.new.find(&one.name) {
            Some(Type::Enum(new)) => enums(one, new, &mut changes),
            other => other_type(&one.name, "an enum", other, &mut changes),
        }
    }
    for union in &old.unions {
        match pair.new.find(&union.name) {
            Some(Type::Union(new)) => unions(&pair, union, new, &mut changes),
            other => other_type(&union.name, "a union", other, &mut changes),
        }
    }
    for (name, of) in &old.aliases {
        match pair.new.resolve(name) {
            None => other_type(name, "a second name", None, &mut changes),
            Some(now) if pair.new.resolve(of) != Some(now) => changes.push(Change::new(
                name,
                "type-parted",
                format!("was another name of `{of}`, and is a type of its own"),
                Verdicts::compile(Breaking),
            )),
            Some(_) => {}
        }
    }
    for name in pair.new.names().filter(|name| pair.old.resolve(name).is_none()) {
        changes.push(Change::new(name, "type-added", "new type", Verdicts::compile(Additive)));
    }
    output(&pair, &mut changes);
    changes
}

fn other_type(name: &str, was: &str, now: Option<Type<'_>>, changes: &mut Vec<Change>) {
    let (kind, text) = match now {
        None => ("type-removed", format!("it is gone; it was {was}")),
        Some(now) => {
            let now = match now {
                Type::Object(_) => "a struct",
                Type::Enum(_) => "an enum",
                Type::Union(_) => "a union",
            };
            ("type-changed", format!("was {was}, and is {now}"))
        }
    };
    // Values are those of the fields that have it.
    changes.push(Change::new(name, kind, text, Verdicts::compile(Breaking)));
}

fn unions(pair: &Pair<'_>, old: &ApiUnion, new: &ApiUnion, changes: &mut Vec<Change>) {
    for one in &old.conversions {
        if !new.conversions.iter().any(|other| pair.is_same_conversion(one, other)) {
            let text = format!("takes no {} any more", describe(one));
            let verdicts = Verdicts::compile(Breaking);
            changes.push(Change::new(&old.name, "form-removed", text, verdicts));
        }
    }
    for one in &new.conversions {
        if !old.conversions.iter().any(|other| pair.is_same_conversion(other, one)) {
            let text = format!("takes {}", describe(one));
            let verdicts = Verdicts::compile(Additive);
            changes.push(Change::new(&old.name, "form-added", text, verdicts));
        }
    }
}

fn describe(conversion: &ApiConversion) -> String {
    match conversion {
        ApiConversion::Text => "strings".to_owned(),
        ApiConversion::Media => "`Media`".to_owned(),
        ApiConversion::Bool => "`bool`".to_owned(),
        ApiConversion::Integers => "integers".to_owned(),
        ApiConversion::Numbers => "numbers".to_owned(),
        ApiConversion::From(name) => format!("`{name}`, by `From`"),
        ApiConversion::TryFrom(name) => format!("`{name}`, by `TryFrom`"),
        ApiConversion::List(item) => format!("lists of `{item}`"),
        ApiConversion::Map(item) => format!("maps of `{item}`"),
        _ => "other values".to_owned(),
    }
}

fn enums(old: &ApiEnum, new: &ApiEnum, changes: &mut Vec<Change>) {
    if old.kind != new.kind {
        let word = |kind| match kind {
            ApiEnumKind::Strings => "strings",
            ApiEnumKind::Integers => "integers",
            _ => "values of several types",
        };
        let text = format!("was an enum of {}, and is one of {}", word(old.kind), word(new.kind));
        changes.push(Change::new(&old.name, "enum-kind", text, Verdicts::compile(Breaking)));
    }
    let value = |literal: &runcomfy_schema::Literal| literal.as_constant().to_json();
    let by_name = |one: &'_ ApiEnum, name: &str| {
        one.variants.iter().find(|(known, _)| known == name).map(|(_, literal)| value(literal))
    };
    let name_of = |one: &'_ ApiEnum, json: &runcomfy_schema::Json| {
        let found = one.variants.iter().find(|(_, literal)| literal.equals(json));
        found.map(|(name, _)| name.clone())
    };
    let text_of = |json: &runcomfy_schema::Json| runcomfy_schema::keyword::short(json.to_string());
    for (name, literal) in &old.variants {
        let (item, json) = (format!("{}::{name}", old.name), value(literal));
        match (by_name(new, name), name_of(new, &json)) {
            (Some(now), _) if literal.equals(&now) => {}
            // The name sends something else now.
            (Some(now), _) => changes.push(Change::new(
                item,
                "variant-value",
                format!("was {}, and is {}", text_of(&json), text_of(&now)),
                Verdicts::run(Breaking),
            )),
            (None, Some(now)) => changes.push(Change::new(
                item,
                "variant-renamed",
                format!("the variant of {} is `{now}` now", text_of(&json)),
                Verdicts::compile(Breaking),
            )),
            (None, None) => changes.push(Change::new(
                item,
                "variant-removed",
                format!("the variant of {} is gone", text_of(&json)),
                Verdicts::both(Breaking),
            )),
        }
    }
    for (name, literal) in &new.variants {
        let json = value(literal);
        if by_name(old, name).is_none() && name_of(old, &json).is_none() {
            changes.push(Change::new(
                format!("{}::{name}", old.name),
                "variant-added",
                format!("new variant, of {}", text_of(&json)),
                Verdicts::both(Additive),
            ));
        }
    }
}

/// The model's own output. The common one is another type: an app can name it.
fn output(pair: &Pair<'_>, changes: &mut Vec<Change>) {
    let (old, new) = (&pair.old.api.output, &pair.new.api.output);
    let find = |fields: &'_ [ApiOutputField], name: &str| {
        fields.iter().position(|field| field.name == name)
    };
    match (old.is_empty(), new.is_empty()) {
        (true, false) => {
            let text = "the model has an output type of its own; it was the common `Output`";
            changes.push(Change::new("Output", "output-own", text, Verdicts::compile(Breaking)));
        }
        (false, true) => {
            let text = "the output is the common `Output`; it was a type of its own";
            changes.push(Change::new("Output", "output-common", text, Verdicts::compile(Breaking)));
        }
        _ => {}
    }
    for field in old {
        let item = format!("Output::{}", field.name);
        let now = find(new, &field.name).and_then(|index| new.get(index));
        let (kind, text, verdicts) = match now {
            // A common field, which is in the common output too.
            None if field.key.is_none() => continue,
            None => ("output-removed", "the field is gone".to_owned(), Verdicts::both(Breaking)),
            Some(now) if now.type_ != field.type_ => {
                let text = format!("`{}` -> `{}`", field.type_, now.type_);
                // A program that runs leaves a value of another type in `other`.
                let run = if holds(&field.type_, &now.type_) { Nothing } else { Breaking };
                ("output-type", text, Verdicts { compile: Breaking, run })
            }
            Some(now) if now.key != field.key => {
                let key = |key: &Option<String>| key.as_deref().map(quoted).unwrap_or_default();
                let text = format!("is read from {}, was from {}", key(&now.key), key(&field.key));
                ("output-key", text, Verdicts::run(Breaking))
            }
            Some(_) => continue,
        };
        changes.push(Change::new(item, kind, text, verdicts));
    }
    for field in new.iter().filter(|field| field.key.is_some() && find(old, &field.name).is_none())
    {
        let item = format!("Output::{}", field.name);
        let text = format!("new field: `{}`", field.type_);
        // A program that runs finds the value in `other`, as it did before.
        changes.push(Change::new(item, "output-added", text, Verdicts::compile(Additive)));
    }
}

/// Whether an output field of one type takes each value of another.
fn holds(one: &ApiType, other: &ApiType) -> bool {
    match (one, other) {
        (ApiType::Option(one), ApiType::Option(other))
        | (ApiType::List(one), ApiType::List(other)) => holds(one, other),
        (ApiType::Value, _) | (ApiType::F64, ApiType::I64) => true,
        (one, other) => one == other,
    }
}
