//! The fields that a value may have in any of the forms that a schema allows, without a value.

use crate::field::Field;
use crate::json::{Constant, Json};
use crate::keyword::values::holds;
use crate::model_field::ModelField;
use crate::required::required_in_all_forms;
use crate::rule::{Additional, ObjectSchema, Rule, Rules};
use crate::search::SearchBudget;
use crate::validate::is_valid;

/// The fields of an object with these rules, those of all its forms, each once, the required ones first.
/// A field that only some forms require is not required.
#[must_use]
pub fn model_fields<'r>(definitions: &'r [Rules], rules: &'r [Rule]) -> Vec<ModelField<'r>> {
    let required = required_in_all_forms(definitions, rules);
    let field = |field: Field<'r>| {
        let required = required.contains(field.key);
        let is_valid = |value: &Constant<'_>| is_valid(definitions, field.rules, &value.to_json());
        let default = field.default.filter(is_valid);
        ModelField::new(definitions, Field { required, default, ..field })
    };
    let fields = Possible::new(definitions, rules).fields();
    let mut fields: Vec<_> = fields.into_iter().map(field).collect();
    fields.sort_by_key(|field| !field.required);
    fields
}

/// A place in a body, with the rules of all forms that a value may have there.
#[derive(Clone)]
pub struct Possible<'r> {
    definitions: &'r [Rules],
    lists: Vec<&'r [Rule]>,
}

impl<'r> Possible<'r> {
    /// The place of a value with these rules.
    #[must_use]
    pub fn new(definitions: &'r [Rules], rules: &'r [Rule]) -> Self {
        Self { definitions, lists: vec![rules] }
    }

    /// The fields of an object here, each once.
    #[must_use]
    pub fn fields(&self) -> Vec<Field<'r>> {
        let mut fields: Vec<Field<'r>> = Vec::new();
        self.each_object(&mut |object| {
            for field in object.fields.iter() {
                if !fields.iter().any(|known| known.key == field.key) {
                    fields.push(field);
                }
            }
        });
        fields
    }

    /// The place of a member of an object here.
    #[must_use]
    pub fn member(&self, key: &str) -> Self {
        let mut lists = Vec::new();
        self.each_object(&mut |object| {
            let before = lists.len();
            lists.extend(object.fields.by_key(key).map(|field| field.rules));
            let patterns = object.patterns.iter().filter(|(pattern, _)| pattern.is_match(key));
            lists.extend(patterns.map(|(_, rules)| &**rules));
            if let Additional::Checked(rules) = &object.additional
                && lists.len() == before
            {
                lists.push(rules);
            }
        });
        Self { definitions: self.definitions, lists }
    }

    /// The place of an item of a list here.
    #[must_use]
    pub fn item(&self, index: usize) -> Self {
        let mut lists: Vec<&'r [Rule]> = Vec::new();
        self.each(&mut |rule| match rule {
            Rule::Prefix(each) => lists.extend(each.get(index).map(|rules| &**rules)),
            Rule::Items { from, rules } if *from <= index => lists.push(rules),
            _ => {}
        });
        Self { definitions: self.definitions, lists }
    }

    /// Whether a schema says something about the value here.
    #[must_use]
    pub fn is_described(&self) -> bool {
        !self.lists.is_empty()
    }

    /// Whether one of the forms takes this value. Not whether the body takes it: that also depends on
    /// the values around it.
    #[must_use]
    pub fn takes(&self, value: &Json) -> bool {
        self.lists.iter().any(|rules| is_valid(self.definitions, rules, value))
    }

    /// Whether an `enum` or a `const` of one of the forms has this value.
    #[must_use]
    pub fn has_value(&self, value: &Json) -> bool {
        let mut has = false;
        self.each(&mut |rule| {
            has |= matches!(rule, Rule::Values(allowed) if holds(allowed, value))
        });
        has
    }

    /// Whether one of the forms is a file.
    #[must_use]
    pub fn is_media(&self) -> bool {
        let mut is_media = false;
        self.each(&mut |rule| is_media |= matches!(rule, Rule::Media(_)));
        is_media
    }

    /// Whether a value of a JSON type may be here, which is one of the constants of `Types`.
    #[must_use]
    pub fn takes_type(&self, json_type: u8) -> bool {
        let mut takes = false;
        self.each(&mut |rule| takes |= matches!(rule, Rule::Types(types) if types.has(json_type)));
        takes
    }

    fn each_object(&self, visit: &mut dyn FnMut(&'r ObjectSchema)) {
        self.each(&mut |rule| {
            if let Rule::Object(object) = rule {
                visit(object);
            }
        });
    }

    /// Visits the rules of all forms.
    fn each(&self, visit: &mut dyn FnMut(&'r Rule)) {
        let mut budget = SearchBudget::new();
        let mut open: Vec<&'r [Rule]> = self.lists.iter().rev().copied().collect();
        while let Some(rules) = open.pop() {
            for rule in rules {
                let Some(()) = budget.take() else { return };
                let inside = rule.in_place(self.definitions);
                if inside.is_empty() {
                    visit(rule);
                }
                open.extend(inside.into_iter().rev());
            }
        }
    }
}
