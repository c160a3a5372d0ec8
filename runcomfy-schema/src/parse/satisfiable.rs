//! Whether any value satisfies a schema. A schema that is called impossible is so for sure; one that
//! is not may still be.
//!
//! Schemas that judge one value are looked at together: a schema, the target of its `$ref`, and its
//! `allOf`. A value is possible if one of its types is.

use std::collections::HashMap;
use std::rc::Rc;

use super::Node;
use super::compile::Compiler;
use super::contradiction::is_empty;
use super::schema::{AdditionalProperties, Definitions, Schema, SchemaId};
use crate::fingerprint::fingerprint;
use crate::json::Json;
use crate::keyword::types::Types;
use crate::keyword::values::canonical;
use crate::pattern::Pattern;
use crate::validate::is_valid;

/// Why no value satisfies a schema. `None` if one may.
pub(super) fn impossible(
    definitions: &Definitions,
    schema: &Schema,
    effort: &mut Effort,
) -> Option<String> {
    Search::new(definitions, effort).impossible(&[Part { schema, is_core: false }])
}

/// Why no object of this schema has a key that it may have.
pub(super) fn impossible_key(
    definitions: &Definitions,
    schema: &Schema,
    key: &str,
    effort: &mut Effort,
) -> Option<String> {
    let mut search = Search::new(definitions, effort);
    let parts = search.flat(&[Part { schema, is_core: false }]);
    search.object(&parts, Some(key))
}

/// Whether a schema refuses each of these values, the entries of its enum.
pub(super) fn refuses(definitions: &Definitions, schema: &Schema, values: &[Node]) -> bool {
    refuse_all(definitions, &[schema], values)
}

/// Whether these schemas refuse each of the values, for sure.
fn refuse_all(definitions: &Definitions, schemas: &[&Schema], values: &[Node]) -> bool {
    let mut compiler = Compiler::new(definitions);
    let rules: Vec<_> = schemas.iter().map(|schema| compiler.value(schema, None)).collect();
    compiler.finish();
    values.iter().map(Node::to_json).all(|value| {
        // The judge closes objects, also where a part is open.
        !matches!(value, Json::Array(_) | Json::Object(_))
            && !rules.iter().all(|rules| is_valid(compiler.referred(), rules, &value))
    })
}

/// What the search has spent on a file. After so many steps, everything is called possible.
pub(super) struct Effort {
    left: usize,
    /// The forms of `oneOf` that were compared.
    texts: HashMap<SchemaId, Rc<str>>,
}

impl Effort {
    pub(super) fn new() -> Self {
        Self { left: MAX_STEPS, texts: HashMap::new() }
    }

    /// The rules of each form as text, to see whether two forms say the same. They are compiled together,
    /// because all may refer to the same definitions.
    fn texts(&mut self, definitions: &Definitions, forms: &[Schema]) -> Vec<Rc<str>> {
        let known = |form: &Schema| form.id.and_then(|id| self.texts.get(&id)).cloned();
        if let Some(texts) = forms.iter().map(known).collect() {
            return texts;
        }
        let mut compiler = Compiler::new(definitions);
        let rules: Vec<_> = forms.iter().map(|form| compiler.value(form, None)).collect();
        compiler.finish();
        let texts = rules.iter().map(|rules| fingerprint(compiler.referred(), rules).into());
        let texts: Vec<Rc<str>> = texts.collect();
        let ids = forms.iter().zip(&texts).filter_map(|(form, text)| Some((form.id?, text)));
        self.texts.extend(ids.map(|(id, text)| (id, Rc::clone(text))));
        texts
    }
}

/// No file needs more steps.
const MAX_STEPS: usize = 50_000;
const MAX_DEPTH: usize = 32;
const MAX_PARTS: usize = 64;

/// A schema that the value has to satisfy.
#[derive(Clone, Copy)]
struct Part<'s> {
    schema: &'s Schema,
    /// Whether its alternatives are looked at elsewhere.
    is_core: bool,
}

struct Search<'s, 'e> {
    definitions: &'s Definitions,
    effort: &'e mut Effort,
    /// The schemas of the values around this one. A value that is inside itself has no end.
    open: Vec<Vec<(SchemaId, bool)>>,
}

const ALL_TYPES: Types = Types(
    Types::NULL | Types::BOOLEAN | Types::NUMBER | Types::STRING | Types::ARRAY | Types::OBJECT,
);

impl<'s, 'e> Search<'s, 'e> {
    fn new(definitions: &'s Definitions, effort: &'e mut Effort) -> Self {
        Self { definitions, effort, open: Vec::new() }
    }

    /// The parts with the targets of their references and the schemas of their `allOf`.
    fn flat(&self, parts: &[Part<'s>]) -> Vec<Part<'s>> {
        let mut flat: Vec<Part<'_>> = Vec::new();
        let mut next = parts.to_vec();
        next.reverse();
        while let Some(part) = next.pop() {
            if flat.len() == MAX_PARTS {
                break;
            }
            flat.push(part);
            let target = part.schema.reference.as_ref();
            let target = target.and_then(|one| self.definitions.get(&one.text));
            let inner = target.into_iter().chain(&part.schema.all_of);
            let inner: Vec<_> =
                inner.map(|schema| Part { schema, is_core: part.is_core }).collect();
            next.extend(inner.into_iter().rev());
        }
        flat
    }

    fn impossible(&mut self, parts: &[Part<'s>]) -> Option<String> {
        self.effort.left = self.effort.left.checked_sub(1)?;
        if self.open.len() == MAX_DEPTH {
            return None;
        }
        let flat = self.flat(parts);
        if flat.iter().any(|part| part.schema.never) {
            return Some("the schema is `false`".to_owned());
        }
        let ids: Option<Vec<_>> =
            flat.iter().map(|part| Some((part.schema.id?, part.is_core))).collect();
        // A synthetic schema holds only others.
        let mut ids = ids.unwrap_or_else(|| {
            flat.iter().filter_map(|part| Some((part.schema.id?, part.is_core))).collect()
        });
        ids.sort_unstable();
        ids.dedup();
        if !ids.is_empty() && self.open.contains(&ids) {
            return Some(
                "it requires another value of the same schema inside it, without an end".to_owned(),
            );
        }
        self.open.push(ids);
        let reason = self
            .types(&flat)
            .or_else(|| self.values(&flat))
            .or_else(|| self.choices(&flat))
            .or_else(|| self.condition(&flat));
        self.open.pop();
        reason
    }

    /// Types that exclude each other, and types without any possible value.
    fn types(&mut self, flat: &[Part<'s>]) -> Option<String> {
        let mut types = ALL_TYPES;
        for part in flat {
            types = types.intersection(part.schema.types.unwrap_or(ALL_TYPES));
        }
        if types.0 == 0 {
            let all = flat.iter().filter_map(|part| part.schema.types);
            let all: Vec<_> = all.map(|types| types.to_string()).collect();
            return Some(format!("no value is {}", all.join(" and ")));
        }
        let allowed = types;
        for part in flat {
            let excluded = part.schema.not.as_deref();
            let excluded = excluded.map_or(Types(0), whole_types);
            types = types.without(excluded.0);
            if excluded.has(Types::NUMBER) {
                types = types.without(Types::INTEGER);
            }
        }
        if types.0 == 0 {
            return Some(format!("`not` rules out everything that is {allowed}"));
        }
        let mut reasons: Vec<String> = Vec::new();
        for one in [
            Types::NULL,
            Types::BOOLEAN,
            Types::INTEGER | Types::NUMBER,
            Types::STRING,
            Types::ARRAY,
            Types::OBJECT,
        ] {
            if !types.has(one) {
                continue;
            }
            reasons.push(match one {
                Types::STRING => text(flat)?,
                Types::ARRAY => self.array(flat)?,
                Types::OBJECT => self.object(flat, None)?,
                Types::NULL | Types::BOOLEAN => return None,
                _ => number(flat)?,
            });
        }
        Some(reasons.join("; "))
    }

    /// An enum whose every value another part refuses.
    fn values(&mut self, flat: &[Part<'s>]) -> Option<String> {
        let values = flat.iter().find_map(|part| part.schema.enum_values.as_deref())?;
        let schemas: Vec<&Schema> = flat.iter().map(|part| part.schema).collect();
        refuse_all(self.definitions, &schemas, values)
            .then(|| "the other keywords refuse every entry of the enum".to_owned())
    }

    /// Alternatives that are all impossible.
    fn choices(&mut self, flat: &[Part<'s>]) -> Option<String> {
        let core: Vec<Part<'s>> = flat.iter().map(|part| Part { is_core: true, ..*part }).collect();
        for part in flat.iter().filter(|part| !part.is_core) {
            for (keyword, forms) in [("anyOf", &part.schema.any_of), ("oneOf", &part.schema.one_of)]
            {
                if let Some(reason) = self.choice(&core, keyword, forms) {
                    return Some(reason);
                }
            }
        }
        None
    }

    fn choice(&mut self, core: &[Part<'s>], keyword: &str, forms: &'s [Schema]) -> Option<String> {
        let texts: Vec<Rc<str>> = match keyword {
            "oneOf" => self.effort.texts(self.definitions, forms),
            _ => Vec::new(),
        };
        let mut reasons = Vec::new();
        for (index, form) in forms.iter().enumerate() {
            let mut twins = texts.iter().enumerate();
            let twin =
                twins.find(|(other, text)| *other != index && Some(*text) == texts.get(index));
            let reason = match twin {
                Some((other, _)) => {
                    format!("what fits it fits form {} too, which says the same", other + 1)
                }
                None => self.with(core, form)?,
            };
            reasons.push(format!("({}) {reason}", index + 1));
        }
        let reasons = reasons.join("; ");
        (!forms.is_empty()).then(|| format!("no form of `{keyword}` can be satisfied: {reasons}"))
    }

    /// Whether the parts and one more schema exclude each other.
    fn with(&mut self, core: &[Part<'s>], schema: &'s Schema) -> Option<String> {
        let more = Part { schema, is_core: false };
        self.impossible(&core.iter().copied().chain([more]).collect::<Vec<_>>())
    }

    /// `then` and `else`, if neither is possible.
    fn condition(&mut self, flat: &[Part<'s>]) -> Option<String> {
        let core: Vec<Part<'s>> = flat.iter().map(|part| Part { is_core: true, ..*part }).collect();
        for part in flat.iter().filter(|part| !part.is_core) {
            let Some(condition) = &part.schema.condition else { continue };
            let (Some(then), Some(otherwise)) = (&condition.then, &condition.otherwise) else {
                continue;
            };
            if let Some(first) = self.with(&core, then)
                && let Some(second) = self.with(&core, otherwise)
            {
                return Some(format!(
                    "neither `then` nor `else` can be satisfied: (then) {first}; (else) {second}"
                ));
            }
        }
        None
    }

    /// Why no array satisfies these parts.
    fn array(&mut self, flat: &[Part<'s>]) -> Option<String> {
        let contains: Vec<&'s Schema> = flat
            .iter()
            .filter_map(|part| part.schema.contains.as_deref())
            .filter(|contains| contains.counts.min.is_some_and(|min| min > 0))
            .map(|contains| &contains.schema)
            .collect();
        let counts = || flat.iter().map(|part| part.schema.items_len);
        let min = counts().filter_map(|counts| counts.min).max().unwrap_or(0);
        let max = counts().filter_map(|counts| counts.max).min().unwrap_or(u64::MAX);
        if min > max {
            return Some(format!("`minItems` {min} is above `maxItems` {max}"));
        }
        let prefix = flat.iter().map(|part| part.schema.prefix.len()).max().unwrap_or(0);
        // The items behind the tuples are alike.
        let mut refused = None;
        for index in 0..=prefix {
            if index as u64 >= max {
                break;
            }
            let item = item(flat, index);
            if let Some(reason) = self.impossible(&item) {
                if (index as u64) < min {
                    return Some(format!(
                        "`minItems` {min} requires an item that cannot be: {reason}"
                    ));
                }
                // Further items would stand behind it.
                refused.get_or_insert(index);
            }
        }
        for contained in contains {
            let mut last = format!("`maxItems` is {max}");
            let mut is_possible = false;
            for index in 0..=prefix {
                if index as u64 >= max || refused.is_some_and(|refused| index >= refused) {
                    break;
                }
                match self.with(&item(flat, index), contained) {
                    Some(reason) => last = reason,
                    None => is_possible = true,
                }
            }
            if !is_possible {
                return Some(format!("`contains` requires an item that cannot be: {last}"));
            }
        }
        if prefix == 0
            && flat.iter().any(|part| part.schema.unique_items)
            && let Some(count) = self.count(&item(flat, 0)).filter(|count| *count < min)
        {
            return Some(format!(
                "`minItems` {min} requires more different items than the {count} that there are (`uniqueItems`)"
            ));
        }
        None
    }

    /// How many values satisfy these parts at most, if they are few.
    fn count(&self, parts: &[Part<'s>]) -> Option<u64> {
        let counts = self.flat(parts).into_iter().filter_map(|Part { schema, .. }| {
            if let Some(values) = &schema.enum_values {
                let mut texts: Vec<_> =
                    values.iter().map(|node| canonical(&node.to_json())).collect();
                texts.sort_unstable();
                texts.dedup();
                return Some(texts.len() as u64);
            }
            let types = schema.types?;
            let few = [(Types::NULL, 1), (Types::BOOLEAN, 2)];
            let is_few = types.without(Types::NULL | Types::BOOLEAN).0 == 0;
            let count = few.iter().filter(|(one, _)| types.has(*one)).map(|(_, count)| count).sum();
            is_few.then_some(count)
        });
        counts.min()
    }

    /// Why no object satisfies these parts, and has this key.
    fn object(&mut self, flat: &[Part<'s>], key: Option<&str>) -> Option<String> {
        let mut parts = flat.to_vec();
        let mut keys: Vec<String> = key.into_iter().map(str::to_owned).collect();
        let mut followed: Vec<(usize, usize)> = Vec::new();
        loop {
            let required = parts.iter().flat_map(|part| &part.schema.required);
            for (key, _) in required.collect::<Vec<_>>() {
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
            }
            let next = parts.iter().enumerate().find_map(|(at, part)| {
                let mut dependents = part.schema.dependents.iter().enumerate();
                dependents.find_map(|(number, dependent)| {
                    let is_new = !followed.contains(&(at, number)) && keys.contains(&dependent.key);
                    is_new.then_some(((at, number), dependent))
                })
            });
            let Some((at, dependent)) = next else { break };
            if followed.len() == MAX_PARTS {
                return None;
            }
            followed.push(at);
            for key in &dependent.required {
                if !keys.contains(key) {
                    keys.push(key.clone());
                }
            }
            if let Some(schema) = &dependent.schema {
                parts.extend(self.flat(&[Part { schema, is_core: false }]));
            }
        }
        let is_object = |part: &Part<'_>| {
            !part.schema.never && part.schema.types.is_none_or(|types| types.has(Types::OBJECT))
        };
        if !parts.iter().all(is_object) {
            return Some("a key that is required makes the object itself impossible".to_owned());
        }
        let maxima = parts.iter().filter_map(|part| part.schema.property_count.max);
        if let Some(max) = maxima.min().filter(|max| *max < keys.len() as u64) {
            let count = keys.len();
            return Some(format!(
                "`maxProperties` {max} is below the {count} keys that are required"
            ));
        }
        keys.iter().find_map(|key| self.member(&parts, key)).or_else(|| self.size(&parts))
    }

    /// Why no object of these parts has enough members.
    fn size(&mut self, parts: &[Part<'s>]) -> Option<String> {
        let schemas = || parts.iter().map(|part| part.schema);
        let min = schemas().filter_map(|schema| schema.property_count.min).max()?;
        if min == 0 || schemas().any(|schema| !schema.patterns.is_empty()) {
            return None;
        }
        // Any other key, if one part refuses its value.
        schemas().find_map(|schema| match &schema.additional {
            Some(AdditionalProperties::Allowed(false)) => Some(String::new()),
            Some(AdditionalProperties::Checked(each)) => self.with(&[], each),
            _ => None,
        })?;
        let mut keys: Vec<&str> = schemas()
            .flat_map(|schema| schema.properties.iter().flatten().map(|one| &*one.key))
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let mut count = 0;
        for key in keys {
            count += u64::from(self.member(parts, key).is_none());
        }
        (count < min).then(|| {
            format!("`minProperties` {min} requires more members than the {count} that can be")
        })
    }

    /// Why no object of these parts has this key.
    fn member(&mut self, parts: &[Part<'s>], key: &str) -> Option<String> {
        let mut value = Vec::new();
        let mut compiler = Compiler::new(self.definitions);
        for Part { schema, .. } in parts {
            let names = schema.property_names.as_deref();
            if names.is_some_and(|names| {
                !compiler.is_valid(names, &Json::String(key.to_owned().into()))
            }) {
                return Some(format!("`propertyNames` refuses the required key {key:?}"));
            }
            let declared = schema.properties.iter().flatten().filter(|one| one.key == key);
            let by_pattern = schema.patterns.iter();
            let by_pattern = by_pattern.filter(|(text, _)| Pattern::owned(text).is_match(key));
            let before = value.len();
            value.extend(declared.map(|one| &one.schema).chain(by_pattern.map(|(_, each)| each)));
            match &schema.additional {
                _ if value.len() > before => {}
                Some(AdditionalProperties::Checked(each)) => value.push(each),
                Some(AdditionalProperties::Allowed(false)) => {
                    return Some(format!(
                        "`additionalProperties: false` forbids the required key {key:?}"
                    ));
                }
                _ => {}
            }
        }
        let value: Vec<_> =
            value.into_iter().map(|schema| Part { schema, is_core: false }).collect();
        let reason = self.impossible(&value)?;
        Some(format!("the required key {key:?} cannot have a value: {reason}"))
    }
}

/// Why no string satisfies these parts.
fn text(flat: &[Part<'_>]) -> Option<String> {
    let counts = || flat.iter().map(|part| part.schema.text_len);
    let min = counts().filter_map(|counts| counts.min).max()?;
    let max = counts().filter_map(|counts| counts.max).min()?;
    (min > max).then(|| format!("`minLength` {min} is above `maxLength` {max}"))
}

/// Why no number satisfies these parts.
fn number(flat: &[Part<'_>]) -> Option<String> {
    flat.iter().filter_map(|part| part.schema.minimum.as_ref()).find_map(|min| {
        let mut maxima = flat.iter().filter_map(|part| part.schema.maximum.as_ref());
        let max = maxima.find(|max| is_empty(min, max))?;
        Some(format!("a minimum of {} and a maximum of {} exclude each other", min.num, max.num))
    })
}

/// What the parts of an array say of the item at this index.
fn item<'s>(flat: &[Part<'s>], index: usize) -> Vec<Part<'s>> {
    let schemas = flat
        .iter()
        .filter_map(|part| part.schema.prefix.get(index).or(part.schema.items.as_deref()));
    schemas.map(|schema| Part { schema, is_core: false }).collect()
}

/// The types whose every value satisfies a schema.
fn whole_types(schema: &Schema) -> Types {
    if !schema.says_only_types() {
        return Types(0);
    }
    let types = schema.types.unwrap_or(ALL_TYPES);
    if schema.any_of.is_empty() {
        return types;
    }
    let all = schema.any_of.iter().map(whole_types);
    types.intersection(all.fold(Types(0), Types::union))
}
