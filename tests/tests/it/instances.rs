//! Instances for a schema: at, just inside and just outside every bound, of every wrong type, with
//! something missing, too much or changed.

use std::collections::BTreeSet;

use serde_json::{Map, Number, Value, json};

/// How far references and alternatives are followed.
const MAX_DEPTH: usize = 5;

pub struct Maker<'a> {
    root: &'a Value,
}

impl<'a> Maker<'a> {
    pub fn new(root: &'a Value) -> Self {
        Self { root }
    }

    /// Whole bodies: every candidate for every property on a base that is as good as one can be made,
    /// and random mixtures.
    pub fn bodies(&self, random: &mut fastrand::Rng, judge: &jsonschema::Validator) -> Vec<Value> {
        let properties = self.properties(self.root, MAX_DEPTH);
        let candidates: Vec<(String, Vec<Value>)> = properties
            .iter()
            .map(|(key, schema)| (key.clone(), self.values(schema, MAX_DEPTH)))
            .collect();
        let bases = self.bases(&candidates, judge);
        let mut bodies = vec![json!({}), json!([]), json!(null), json!("x")];
        for base in &bases {
            bodies.push(base.clone().into());
            for (key, values) in &candidates {
                bodies.extend(values.iter().map(|value| with(base, key, value.clone())));
                let mut without = base.clone();
                without.remove(key);
                bodies.push(without.into());
            }
            for key in ["unknown", "x-unknown", "_"] {
                bodies.push(with(base, key, json!(1)));
                bodies.push(with(base, key, json!("a")));
            }
        }
        for value in self.values(self.root, 2) {
            bodies.push(value);
        }
        for _ in 0..200 {
            let base = bases.first().cloned().unwrap_or_default();
            let mut body = if random.bool() { base } else { Map::new() };
            for (key, values) in &candidates {
                match random.u8(0..4) {
                    0 => {
                        body.remove(key);
                    }
                    1 if !values.is_empty() => {
                        let value = values[random.usize(..values.len())].clone();
                        body.insert(key.clone(), mutated(value, random));
                    }
                    _ => {}
                }
            }
            bodies.push(body.into());
        }
        let mut bodies: Vec<Value> = bodies.into_iter().map(plain).collect();
        let mut known = BTreeSet::new();
        bodies.retain(|body| known.insert(body.to_string()));
        bodies
    }

    /// The best body there is for each of a few ways to begin.
    fn bases(
        &self,
        candidates: &[(String, Vec<Value>)],
        judge: &jsonschema::Validator,
    ) -> Vec<Map<String, Value>> {
        let faults =
            |body: &Map<String, Value>| judge.iter_errors(&Value::Object(body.clone())).count();
        let required =
            self.root.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut bases = Vec::new();
        for all in [false, true] {
            let mut body = Map::new();
            for (key, values) in candidates {
                if !all && !required.contains(&json!(key)) {
                    continue;
                }
                let best = values.iter().min_by_key(|value| {
                    let mut body = body.clone();
                    body.insert(key.clone(), (*value).clone());
                    faults(&body)
                });
                if let Some(best) = best {
                    body.insert(key.clone(), best.clone());
                }
            }
            bases.push(body);
        }
        bases
    }

    fn resolved(&self, schema: &'a Value) -> Option<&'a Value> {
        let text = schema.get("$ref")?.as_str()?.strip_prefix('#')?;
        let text = text.replace("%20", " ");
        self.root.pointer(&text).or_else(|| {
            // An anchor, among the definitions.
            let definitions = self.root.get("$defs")?.as_object()?;
            definitions.values().find(|one| one["$anchor"] == text.as_str())
        })
    }

    /// The schemas that speak of the same value.
    fn parts(&self, schema: &'a Value) -> Vec<&'a Value> {
        let mut parts: Vec<&Value> = self.resolved(schema).into_iter().collect();
        for keyword in ["allOf", "anyOf", "oneOf"] {
            parts.extend(schema.get(keyword).and_then(Value::as_array).into_iter().flatten());
        }
        for keyword in ["not", "if", "then", "else"] {
            parts.extend(schema.get(keyword));
        }
        for keyword in ["dependentSchemas", "dependencies"] {
            let dependents = schema.get(keyword).and_then(Value::as_object);
            parts.extend(
                dependents.into_iter().flat_map(Map::values).filter(|part| part.is_object()),
            );
        }
        parts
    }

    fn properties(&self, schema: &'a Value, depth: usize) -> Vec<(String, &'a Value)> {
        let mut all: Vec<(String, &Value)> = Vec::new();
        let own = schema.get("properties").and_then(Value::as_object);
        all.extend(own.into_iter().flatten().map(|(key, schema)| (key.clone(), schema)));
        for key in schema.get("required").and_then(Value::as_array).into_iter().flatten() {
            if let Some(key) = key.as_str()
                && !all.iter().any(|(known, _)| known == key)
            {
                all.push((key.to_owned(), &Value::Bool(true)));
            }
        }
        if depth > 0 {
            for part in self.parts(schema) {
                for (key, schema) in self.properties(part, depth - 1) {
                    match all.iter_mut().find(|(known, _)| *known == key) {
                        Some((_, known)) if known.is_boolean() => *known = schema,
                        Some(_) => {}
                        None => all.push((key, schema)),
                    }
                }
            }
        }
        all
    }

    /// Values that a schema may or may not accept.
    pub fn values(&self, schema: &'a Value, depth: usize) -> Vec<Value> {
        let mut values = vec![
            json!(null),
            json!(true),
            json!(false),
            json!(0),
            json!(1),
            json!(1.0),
            json!(1.5),
            json!(-1),
            json!(7),
            json!(u64::MAX),
            json!(i64::MIN),
            json!(1e300),
            json!("1"),
            json!("x"),
            json!("abc"),
            json!([]),
            json!([1]),
            json!(["a.png"]),
            json!({}),
        ];
        for keyword in ["enum", "examples"] {
            values
                .extend(schema.get(keyword).and_then(Value::as_array).cloned().unwrap_or_default());
        }
        values.extend(schema.get("const").cloned());
        values.extend(schema.get("default").cloned());
        for keyword in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]
        {
            values.extend(
                schema.get(keyword).and_then(Value::as_number).into_iter().flat_map(around),
            );
        }
        for length in counts(schema, ["minLength", "maxLength"]) {
            values.push("x".repeat(length).into());
            // Characters count, not bytes.
            values.push("ä".repeat(length).into());
        }
        if depth > 0 {
            for part in self.parts(schema) {
                values.extend(self.values(part, depth - 1));
            }
            values.extend(self.arrays(schema, depth));
            values.extend(self.objects(schema, depth));
        }
        let mut known = BTreeSet::new();
        values.retain(|value| known.insert(value.to_string()));
        values
    }

    fn arrays(&self, schema: &'a Value, depth: usize) -> Vec<Value> {
        let mut arrays = Vec::new();
        let each = schema.get("items").or_else(|| schema.get("contains"));
        let items = each.map(|items| self.values(items, depth / 2)).unwrap_or_default();
        arrays.extend(items.iter().map(|item| json!([item])));
        let judge = each.and_then(|items| jsonschema::validator_for(items).ok());
        let good =
            items.iter().find(|item| judge.as_ref().is_none_or(|judge| judge.is_valid(item)));
        let good = good.cloned().unwrap_or(json!("a.png"));
        for count in counts(schema, ["minItems", "maxItems"]) {
            arrays.push(vec![good.clone(); count].into());
            let several = items.iter().cycle().take(if items.is_empty() { 0 } else { count });
            arrays.push(several.cloned().collect());
        }
        arrays.push(json!([good, good]));
        arrays
    }

    fn objects(&self, schema: &'a Value, depth: usize) -> Vec<Value> {
        let properties = self.properties(schema, 1);
        if properties.is_empty() {
            return vec![json!({"a": 1}), json!({"a": "b"})];
        }
        let mut whole = Map::new();
        let mut objects = Vec::new();
        let values: Vec<_> = properties
            .iter()
            .map(|(key, schema)| {
                let judge = jsonschema::validator_for(schema).ok();
                let values = self.values(schema, depth / 2);
                let fits =
                    |value: &&Value| judge.as_ref().is_some_and(|judge| judge.is_valid(value));
                let good = values.iter().rev().find(fits).or(values.last()).cloned();
                whole.extend(good.map(|good| (key.clone(), good)));
                (key, values)
            })
            .collect();
        objects.push(whole.clone().into());
        for (key, values) in values {
            objects.extend(values.into_iter().map(|value| with(&whole, key, value)));
            let mut without = whole.clone();
            without.remove(key);
            objects.push(without.into());
        }
        objects.push(with(&whole, "unknown", json!(1)));
        objects
    }
}

/// The value as `serde_json` holds it without `arbitrary_precision`, so that both validators see one
/// number: an integer of 64 bits, or the nearest float.
fn plain(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_i64().is_none() && number.as_u64().is_none() => {
            json!(number.as_f64())
        }
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(key, value)| (key, plain(value))).collect()
        }
        other => other,
    }
}

fn with(body: &Map<String, Value>, key: &str, value: Value) -> Value {
    let mut body = body.clone();
    body.insert(key.to_owned(), value);
    body.into()
}

/// A number, and its neighbours on both sides.
fn around(number: &Number) -> Vec<Value> {
    let mut values = vec![Value::Number(number.clone())];
    if let Some(float) = number.as_f64() {
        let steps = [-1.0, -0.5, -1e-9, 1e-9, 0.5, 1.0];
        values.extend(steps.map(|step| json!(float + step)));
        values.extend([2.0, 3.0, -2.0].map(|factor| json!(float * factor)));
    }
    if let Some(int) = number.as_i128() {
        values.extend(
            (-1..=1)
                .filter_map(|step| Number::from_i128(int.checked_add(step)?))
                .map(Value::Number),
        );
        values.extend(
            (2..=3)
                .filter_map(|factor| Number::from_i128(int.checked_mul(factor)?))
                .map(Value::Number),
        );
    }
    values.retain(|value| !value.is_null());
    values
}

/// Numbers of things at, below and above each bound.
fn counts(schema: &Value, keywords: [&str; 2]) -> BTreeSet<usize> {
    let bounds = keywords.iter().filter_map(|keyword| schema.get(*keyword)?.as_f64());
    let mut counts = BTreeSet::new();
    for bound in bounds {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let bound = bound as usize;
        counts.extend([bound.saturating_sub(1), bound, bound + 1]);
    }
    counts
}

/// The value with a small change somewhere.
fn mutated(value: Value, random: &mut fastrand::Rng) -> Value {
    if random.u8(0..3) > 0 {
        return value;
    }
    match value {
        Value::Array(mut items) => {
            match random.u8(0..3) {
                0 => {
                    items.pop();
                }
                1 => items.extend(items.first().cloned()),
                _ => items.push(json!(null)),
            }
            items.into()
        }
        Value::Object(mut members) => {
            let keys: Vec<_> = members.keys().cloned().collect();
            match keys.get(random.usize(..keys.len().max(1))) {
                Some(key) if random.bool() => {
                    members.remove(key);
                }
                Some(key) => {
                    members.insert(key.clone(), json!("changed"));
                }
                None => {
                    members.insert("new".to_owned(), json!(1));
                }
            }
            members.into()
        }
        Value::String(text) => format!("{text}{}", random.char('a'..='z')).into(),
        Value::Number(number) => json!(number.as_f64().unwrap_or_default() + 1.0),
        other => json!([other]),
    }
}
