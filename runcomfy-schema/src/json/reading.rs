//! Validation while reading, so that most bodies are visited once.
//!
//! This covers an object without other rules than its fields. It says only that a body is valid;
//! everything else is left to a check of the whole.

use super::Json;
use crate::bits::Bits;
use crate::field::FieldInfo;
use crate::rule::Rule;
use crate::search::only_fields;
use crate::validate::is_valid;

/// The verdict on an object whose only rules are its fields. Each member is judged when its field
/// is found, which saves a second look-up.
pub(crate) struct Reading {
    fields: &'static [FieldInfo],
    found: Bits,
    is_valid: bool,
}

impl Reading {
    /// `None` if there are other rules, which are left to the judge.
    pub(crate) fn of(rules: &'static [Rule]) -> Option<Self> {
        let fields = only_fields(rules)?;
        Some(Self { fields, found: Bits::new(fields.len()), is_valid: true })
    }

    /// Judges the value of the field with this index.
    #[inline]
    pub(crate) fn judge(&mut self, index: usize, value: &Json) {
        self.is_valid = self.is_valid
            && self.found.insert(index)
            && self.fields.get(index).is_some_and(|field| is_valid(&[], field.rules, value));
    }

    /// Gives up at a key that is not a field.
    pub(crate) fn give_up(&mut self) {
        self.is_valid = false;
    }

    /// Whether the object is certainly valid. If not, the judge decides.
    pub(crate) fn is_valid(&self) -> bool {
        let mut fields = self.fields.iter().enumerate();
        self.is_valid && fields.all(|(index, field)| !field.required || self.found.has(index))
    }
}

#[cfg(test)]
mod tests {
    use crate::field::Fields;
    use crate::json::{self, Read};
    use crate::keyword::types::Types;
    use crate::rule::{self, Additional, List, ObjectSchema, Rule, Shared};
    use crate::{FieldInfo, is_valid};

    const fn field(key: &'static str, required: bool, rules: &'static [Rule]) -> FieldInfo {
        FieldInfo { name: key, key, title: "", description: "", required, rules, default: None }
    }

    const fn object(fields: &'static [FieldInfo], additional: Additional) -> ObjectSchema {
        ObjectSchema { fields: Fields::Static(fields), patterns: List::Static(&[]), additional }
    }

    static POINT: ObjectSchema = object(&[field("x", true, &[rule::NUMBER])], Additional::Denied);
    const AT: &[Rule] = &[rule::OBJECT, Rule::Object(Shared::Static(&POINT))];
    const STEPS: &[Rule] = &[rule::INTEGER, rule::range(1, 9_000_000_000_000_000_000)];
    const EITHER: &[Rule] = &[Rule::AnyOf(List::Static(&[
        List::Static(&[rule::STRING]),
        List::Static(&[rule::BOOLEAN]),
    ]))];
    const FIELDS: &[FieldInfo] = &[
        field("prompt", true, &[rule::STRING, Rule::TextLen { min: Some(2), max: None }]),
        field("steps", false, STEPS),
        field("at", false, AT),
        field("either", false, EITHER),
    ];
    static CLOSED: ObjectSchema = object(FIELDS, Additional::Denied);
    static OPEN: ObjectSchema = object(FIELDS, Additional::Open);

    const CLOSED_RULES: &[Rule] = &[rule::OBJECT, Rule::Object(Shared::Static(&CLOSED))];
    const OPEN_RULES: &[Rule] = &[rule::OBJECT, Rule::Object(Shared::Static(&OPEN))];
    const SIZED_RULES: &[Rule] = &[
        rule::OBJECT,
        Rule::Object(Shared::Static(&CLOSED)),
        Rule::PropertyCount { min: Some(2), max: None },
    ];
    const NULL_RULES: &[Rule] = &[Rule::Types(Types(Types::NULL))];

    const BODIES: &[&str] = &[
        r#"{"prompt":"a dog"}"#,
        r#"{"steps":3,"prompt":"a dog","either":true,"at":{"x":1.5}}"#,
        r#"{"prompt":"a"}"#,
        r#"{"prompt":3}"#,
        r#"{"steps":3}"#,
        r#"{"prompt":"a dog","prompt":"a cat"}"#,
        r#"{"prompt":"a dog","other":1}"#,
        r#"{"prompt":"a dog","steps":0}"#,
        r#"{"prompt":"a dog","steps":1e300}"#,
        r#"{"prompt":"a dog","steps":9000000000000000001}"#,
        r#"{"prompt":"a dog","steps":18446744073709551616}"#,
        r#"{"prompt":"a dog","either":3}"#,
        r#"{"prompt":"a dog","at":{}}"#,
        r#"{"prompt":"a dog","at":{"x":1,"x":2}}"#,
        "{}",
        "[]",
        "null",
        "3",
    ];

    /// Reads with `serde`, and from the text. Empty if an unknown key is repeated.
    fn readings(text: &str, rules: &'static [Rule]) -> Vec<Read> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let readings = [json::deserialize(rules, &mut deserializer), json::read(text, rules)];
        readings.into_iter().flatten().collect()
    }

    #[test]
    fn reading_accepts_nothing_that_the_judge_refuses() {
        for rules in [CLOSED_RULES, OPEN_RULES, SIZED_RULES, NULL_RULES, &[]] {
            for text in BODIES {
                for read in readings(text, rules) {
                    assert!(!read.is_valid || is_valid(&[], rules, &read.json), "{text}");
                }
            }
        }
    }

    #[test]
    fn valid_object_is_known_when_it_is_read() {
        let known: Vec<_> = BODIES.iter().map(|text| readings(text, CLOSED_RULES)).collect();
        for (text, readings) in BODIES.iter().zip(&known) {
            assert_eq!(readings.len(), 2, "{text}");
            for read in readings {
                assert_eq!(read.is_valid, is_valid(&[], CLOSED_RULES, &read.json), "{text}");
            }
        }
        let valid = known.iter().filter(|readings| readings.iter().all(|read| read.is_valid));
        assert_eq!(valid.count(), 2);
    }
}
