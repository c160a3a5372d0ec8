//! Schemas that no value satisfies. A value that every body needs must be possible, so this is an
//! error. It is a warning for a value that a body can do without. A `discriminator` that
//! distinguishes nothing is one, too.
//!
//! What is wrong for sure in the keywords of one schema, whatever the schema is for, is an error
//! everywhere: two bounds that are swapped, an enum entry of another type, an enum whose every entry the
//! keywords beside it refuse. `consistency.rs` reports the first two.

use std::cmp::Ordering;

use super::consistency::{ENUM_REFUSED, ENUM_REFUSED_HELP};
use super::diagnostics::{Diagnostics, Location};
use super::form::{allows_objects, is_composed, optional_keys};
use super::merge::{merge_all_of, synthetic_like};
use super::satisfiable::{self, Effort};
use super::schema::{AdditionalProperties, Definitions, Limit, Root, Schema, SchemaId};
use crate::counts::Counts;
use crate::keyword::nearest;
use crate::keyword::types::Types;
use crate::num::Num;
use crate::pattern::Pattern;

/// Checks an input.
pub(super) fn check(root: &Root, diagnostics: &mut Diagnostics) {
    let mut finder = Finder {
        definitions: &root.definitions,
        diagnostics,
        left: MAX_SCHEMAS,
        open: Vec::new(),
        effort: Effort::new(),
    };
    finder.value(&root.schema, true);
}

/// No example of an input has more values.
const MAX_SCHEMAS: usize = 4_000;
const MAX_DEPTH: usize = 64;

struct Finder<'a, 'd> {
    definitions: &'a Definitions,
    diagnostics: &'d mut Diagnostics,
    left: usize,
    /// The schemas around this one.
    open: Vec<Option<SchemaId>>,
    effort: Effort,
}

impl Finder<'_, '_> {
    /// Checks the schema of a value, and says whether it was reported as impossible. `is_needed` if
    /// every body has this value.
    fn value(&mut self, schema: &Schema, is_needed: bool) -> bool {
        let is_again = !schema.is_synthetic() && self.open.contains(&schema.id);
        let Some(left) = self.left.checked_sub(1) else { return false };
        if is_again || self.open.len() > MAX_DEPTH {
            return false;
        }
        self.left = left;
        self.open.push(schema.id);
        let whole = merge_all_of(self.definitions, schema).into_owned();
        let found = contradiction(self.definitions, schema, &whole);
        let mut is_reported = found.is_some();
        if let Some((location, message)) = found {
            let help = "no value satisfies both: correct one of the two, or remove it";
            self.report(&location, message, help, is_needed);
        }
        // A value of another type has neither members nor items.
        let is_always = |bits: u8| whole.types.is_some_and(|types| types.0 == bits);
        for property in whole.properties.iter().flatten() {
            let is_required = is_always(Types::OBJECT)
                && whole.required.iter().any(|(key, _)| *key == property.key);
            let is_impossible = self.value(&property.schema, is_needed && is_required);
            is_reported |= is_impossible && is_required;
        }
        let has_items = whole.items_len.min.is_some_and(|min| min > 0);
        for part in &whole.prefix {
            self.value(part, false);
        }
        if let Some(items) = &whole.items
            && !items.never
        {
            let is_needed_inside = is_always(Types::ARRAY) && has_items && whole.prefix.is_empty();
            let is_impossible = self.value(items, is_needed && is_needed_inside);
            is_reported |= is_impossible && is_needed_inside;
        }
        let mut parts = Vec::new();
        all_parts(self.definitions, schema, &mut parts, MAX_DEPTH);
        for part in &parts {
            self.discriminator(part);
        }
        let is_known = parts.iter().any(|part| self.diagnostics.has_error_of(&part.location));
        if !is_reported && !schema.never {
            is_reported = is_known || self.impossible(schema, &whole, is_needed);
        }
        self.open.pop();
        is_reported
    }

    fn impossible(&mut self, schema: &Schema, whole: &Schema, is_needed: bool) -> bool {
        if let Some(values) = whole.enum_values.as_deref()
            && let Some(first) = values.first()
            && satisfiable::refuses(self.definitions, schema, values)
        {
            self.diagnostics.error(&first.location, ENUM_REFUSED, ENUM_REFUSED_HELP);
            return true;
        }
        let help = "correct one of these rules, or remove it";
        if let Some(reason) = satisfiable::impossible(self.definitions, schema, &mut self.effort) {
            let message = format!("no value satisfies the schema: {reason}");
            self.report(&schema.location, message, help, is_needed);
            return true;
        }
        // A key that may be left out may require another one.
        for property in whole.properties.iter().flatten().filter(|_| !whole.dependents.is_empty()) {
            let key = &property.key;
            if whole.dependents.iter().any(|dependent| dependent.key == *key)
                && let Some(reason) =
                    satisfiable::impossible_key(self.definitions, schema, key, &mut self.effort)
            {
                let message = format!("no object has the key {key:?}: {reason}");
                self.report(&property.key_location, message, help, false);
            }
        }
        false
    }

    /// Warns of a `discriminator` that distinguishes nothing: it asserts nothing itself, so each form has
    /// to say which values of the key are its own.
    fn discriminator(&mut self, schema: &Schema) {
        let Some((key, location)) = &schema.discriminator else { return };
        let says_value = |form: &Schema| {
            let whole = merge_all_of(self.definitions, form);
            let mut properties = whole.properties.iter().flatten();
            properties.find(|property| property.key == *key).is_some_and(|property| {
                merge_all_of(self.definitions, &property.schema).enum_values.is_some()
            })
        };
        let mut forms = schema.any_of.iter().chain(&schema.one_of);
        if let Some(form) = forms.find(|form| !says_value(form)) {
            let name = form.reference.as_ref().map_or(&form.location.pointer, |one| &one.text);
            let message = format!(
                "`discriminator` names the key {key:?}, but the form {name:?} takes any value of it"
            );
            let help = format!(
                "give {key:?} a `const` in each form: the `discriminator` itself is not enforced"
            );
            self.diagnostics.warning(location, message, help);
        }
    }

    fn report(&mut self, location: &Location, message: String, help: &str, is_error: bool) {
        if is_error {
            self.diagnostics.error(location, message, help);
        } else {
            self.diagnostics.warning(location, message, help);
        }
    }
}

/// Two keywords that exclude each other, if there are any. `whole` is the merged schema.
fn contradiction(
    definitions: &Definitions,
    schema: &Schema,
    whole: &Schema,
) -> Option<(Location, String)> {
    let own = own(definitions, schema, whole);
    if own.is_some() {
        return own;
    }
    for (keyword, parts) in [("anyOf", &whole.any_of), ("oneOf", &whole.one_of)] {
        let mut reasons = Vec::new();
        for part in parts {
            // The form, and the keywords beside the forms.
            let mut beside = whole.clone();
            beside.any_of.clear();
            beside.one_of.clear();
            beside.condition = None;
            let mut both = synthetic_like(schema);
            both.all_of = vec![beside, part.clone()];
            let merged = merge_all_of(definitions, &both).into_owned();
            match own_of_form(definitions, &both, &merged) {
                Some((_, reason)) => reasons.push(reason),
                None => break,
            }
        }
        if !parts.is_empty() && reasons.len() == parts.len() {
            let reasons: Vec<_> =
                (1..).zip(reasons).map(|(number, one)| format!("({number}) {one}")).collect();
            let message =
                format!("no form of `{keyword}` can be satisfied: {}", reasons.join("; "));
            return Some((schema.location.clone(), message));
        }
    }
    None
}

/// Two keywords of a form that exclude each other, without its alternatives. A form is one part among
/// others, so its object may have more keys than it declares.
fn own_of_form(
    definitions: &Definitions,
    schema: &Schema,
    whole: &Schema,
) -> Option<(Location, String)> {
    bounds(schema, whole).or_else(|| forbidden_key(definitions, schema, whole))
}

fn own(definitions: &Definitions, schema: &Schema, whole: &Schema) -> Option<(Location, String)> {
    bounds(schema, whole)
        .or_else(|| forbidden_key(definitions, schema, whole))
        .or_else(|| sizes(definitions, schema, whole))
}

/// Types, ranges and counts without any value.
fn bounds(schema: &Schema, whole: &Schema) -> Option<(Location, String)> {
    let location = || schema.location.clone();
    // A contradiction within one schema is reported when it is read.
    let is_merged = !schema.all_of.is_empty() || schema.reference.is_some();
    if is_merged && whole.types == Some(Types(0)) {
        let names = |schema: &Schema| schema.types.map(|types| types.to_string());
        let all: Vec<_> = std::iter::once(schema).chain(&schema.all_of).filter_map(names).collect();
        return Some((location(), format!("no value is {}", all.join(" and "))));
    }
    if whole.not.as_ref().is_some_and(|not| is_anything(not)) {
        return Some((location(), "`not` rules out every value".to_owned()));
    }
    // Bounds say nothing of values of another type.
    let is_only = |bits: u8| whole.types.is_some_and(|types| types.without(bits).0 == 0);
    if is_merged {
        if let (Some(min), Some(max)) = (&whole.minimum, &whole.maximum)
            && is_only(Types::INTEGER | Types::NUMBER)
            && is_empty(min, max)
        {
            let message = format!("a minimum of {} and a maximum of {}", min.num, max.num);
            return Some((location(), format!("{message} exclude each other")));
        }
        for (Counts { min, max }, [least, most], type_) in [
            (whole.text_len, ["minLength", "maxLength"], Types::STRING),
            (whole.items_len, ["minItems", "maxItems"], Types::ARRAY),
            (whole.property_count, ["minProperties", "maxProperties"], Types::OBJECT),
        ] {
            if let (Some(min), Some(max)) = (min, max)
                && is_only(type_)
                && min > max
            {
                let message = format!("`{least}` {min} and `{most}` {max} exclude each other");
                return Some((location(), message));
            }
        }
        if whole.enum_values.as_ref().is_some_and(|values| values.is_empty()) {
            return Some((location(), "the enums have no value in common".to_owned()));
        }
    }
    numbers(whole).map(|message| (location(), message)).or_else(|| {
        let prefix = whole.prefix.len() as u64;
        let min = whole.items_len.min.filter(|min| *min > prefix)?;
        whole.items.as_ref().filter(|items| items.never)?;
        let is_list = whole.types.is_some_and(|types| types.0 == Types::ARRAY);
        let message =
            format!("`minItems` {min} requires more items than the {prefix} that are allowed");
        is_list.then(|| (location(), message))
    })
}

fn is_anything(schema: &Schema) -> bool {
    schema.types.is_none() && schema.any_of.is_empty() && schema.says_only_types()
}

pub(super) fn is_empty(min: &Limit, max: &Limit) -> bool {
    match min.num.compare(&max.num) {
        Ordering::Greater => true,
        Ordering::Equal => min.exclusive || max.exclusive,
        Ordering::Less => false,
    }
}

/// A range that contains no integer, or no multiple.
fn numbers(whole: &Schema) -> Option<String> {
    let types = whole.types?;
    let (Some(min), Some(max)) = (&whole.minimum, &whole.maximum) else { return None };
    if (types.0 != Types::INTEGER && types.0 != Types::NUMBER) || is_empty(min, max) {
        return None;
    }
    let step = match &whole.multiple_of {
        Some(step) => step.clone(),
        None if types.0 == Types::INTEGER => Num::Int(1),
        None => return None,
    };
    // Beyond, floats cannot distinguish neighbours.
    const MAX_STEPS: f64 = 1e9;
    let first = (min.num.to_f64() / step.to_f64()).floor();
    if first.abs() > MAX_STEPS {
        return None;
    }
    let fits = |num: &Num| {
        let low = num.compare(&min.num);
        let high = num.compare(&max.num);
        (low.is_gt() || (low.is_eq() && !min.exclusive))
            && (high.is_lt() || (high.is_eq() && !max.exclusive))
    };
    for more in 0..4 {
        let value = (first + f64::from(more)) * step.to_f64();
        let num = Num::parse(&format!("{value:.12e}"))?;
        if !num.is_multiple_of(&step) || fits(&num) {
            return None;
        }
    }
    let what = match &whole.multiple_of {
        Some(step) => format!("multiple of {step}"),
        None => "integer".to_owned(),
    };
    Some(format!("there is no {what} from {} to {}", min.num, max.num))
}

/// A key that one rule requires and another forbids.
fn forbidden_key(
    definitions: &Definitions,
    schema: &Schema,
    whole: &Schema,
) -> Option<(Location, String)> {
    let is_object = whole.types.is_some_and(|types| types.without(Types::NULL).0 == Types::OBJECT);
    if !is_object || whole.types.is_some_and(|types| types.has(Types::NULL)) {
        return None;
    }
    let mut parts = Vec::new();
    all_parts(definitions, schema, &mut parts, 64);
    for (key, location) in &whole.required {
        let declared = whole.properties.iter().flatten().find(|one| one.key == *key);
        if declared.is_some_and(|one| one.schema.never) {
            let message = format!("`required` names {key:?}, whose schema is `false`");
            return Some((location.clone(), message));
        }
        for part in &parts {
            let is_closed = matches!(part.additional, Some(AdditionalProperties::Allowed(false)));
            let knows = part.properties.iter().flatten().any(|one| one.key == *key)
                || part.patterns.iter().any(|(text, _)| Pattern::owned(text).is_match(key));
            if is_closed && !knows {
                let at = if part.location.pointer.is_empty() {
                    "the root"
                } else {
                    &part.location.pointer
                };
                let keys = part.properties.iter().flatten().map(|one| &*one.key);
                let near = nearest(key, keys);
                let near = near.map(|near| format!("; did you mean {near:?}?")).unwrap_or_default();
                let message = format!(
                    "`required` names {key:?}, which `additionalProperties: false` of {at} forbids{near}"
                );
                return Some((location.clone(), message));
            }
        }
    }
    None
}

/// The schema, and all parts that hold beside it.
fn all_parts<'s>(
    definitions: &'s Definitions,
    schema: &'s Schema,
    parts: &mut Vec<&'s Schema>,
    left: usize,
) {
    let Some(left) = left.checked_sub(1) else { return };
    parts.push(schema);
    let target = schema.reference.as_ref().and_then(|one| definitions.get(&one.text));
    for part in target.into_iter().chain(&schema.all_of) {
        if parts.len() < 256 {
            all_parts(definitions, part, parts, left);
        }
    }
}

/// More members than there are keys, or fewer than are required.
fn sizes(definitions: &Definitions, schema: &Schema, whole: &Schema) -> Option<(Location, String)> {
    if !whole.is_object() || whole.types.is_some_and(|types| types.has(Types::NULL)) {
        return None;
    }
    let required = whole.required.len() as u64;
    if let Some(max) = whole.property_count.max.filter(|max| *max < required) {
        let message =
            format!("`maxProperties` {max} is below the {required} keys that are required");
        return Some((schema.location.clone(), message));
    }
    let is_closed = match &schema.additional {
        Some(AdditionalProperties::Allowed(allowed)) => !allowed,
        Some(AdditionalProperties::Checked(_)) => false,
        None => {
            schema.unevaluated_properties.is_none()
                && (!is_composed(schema) || allows_objects(definitions, schema))
        }
    };
    let mut parts = Vec::new();
    all_parts(definitions, schema, &mut parts, 64);
    let is_open = !whole.patterns.is_empty()
        || whole.condition.is_some()
        || !whole.any_of.is_empty()
        || !whole.one_of.is_empty()
        || !whole.dependents.is_empty()
        || parts.iter().any(|part| {
            part.unevaluated_properties.is_some()
                || matches!(
                    part.additional,
                    Some(AdditionalProperties::Checked(_) | AdditionalProperties::Allowed(true))
                )
        });
    if !is_closed || is_open {
        return None;
    }
    let properties = whole.properties.iter().flatten().filter(|one| !one.schema.never);
    let mut keys: Vec<&str> = properties.map(|one| &*one.key).collect();
    keys.extend(whole.required.iter().map(|(key, _)| &**key));
    let optional = optional_keys(definitions, whole);
    keys.extend(optional.iter().map(|(key, _)| &**key));
    keys.sort_unstable();
    keys.dedup();
    let min = whole.property_count.min.filter(|min| *min > keys.len() as u64)?;
    let message = format!(
        "`minProperties` {min} requires more members than the {} that the object takes",
        keys.len()
    );
    Some((schema.location.clone(), message))
}
