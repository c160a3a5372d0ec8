//! The statics of a model's regular expressions: one for each, numbered in the order of the source.

use runcomfy_schema::Rule;
use runcomfy_schema::Rules;
use runcomfy_schema::pattern::Pattern;
use runcomfy_schema::rule::{Additional, List, Shared, Target};

use super::model::{FieldRules, ModuleTypes, PatternStatic, RefForm};

/// The patterns of all rules of a model.
pub(super) fn statics(types: &ModuleTypes, referred: &[(Rules, RefForm)]) -> Vec<PatternStatic> {
    let mut patterns = Patterns { referred, found: Vec::new() };
    for object in &types.objects {
        for field in &object.fields {
            if let FieldRules::Own(rules) = &field.rules {
                patterns.add_all(rules);
            }
        }
        patterns.add_object(&object.patterns, &object.additional);
        if let Some((_, rules)) = &object.rules {
            patterns.add_all(rules);
        }
    }
    for union in &types.unions {
        patterns.add_all(&union.rules);
    }
    for (rules, form) in referred {
        if matches!(form, RefForm::Static(_)) {
            patterns.add_all(rules);
        }
    }
    patterns.found
}

struct Patterns<'m> {
    referred: &'m [(Rules, RefForm)],
    found: Vec<PatternStatic>,
}

impl Patterns<'_> {
    fn add_all(&mut self, rules: &[Rule]) {
        for rule in rules {
            match rule {
                Rule::Pattern(pattern) => self.add(pattern),
                Rule::Object(object) => {
                    object.fields.iter().for_each(|field| self.add_all(field.rules));
                    self.add_object(&object.patterns, &object.additional);
                }
                // The rules are written here.
                Rule::Ref(Target::Definition(number)) => {
                    if let Some((rules, RefForm::Inline)) = self.referred.get(*number) {
                        self.add_all(rules);
                    }
                }
                rule => rule.each_part(&mut |rules| self.add_all(rules)),
            }
        }
    }

    fn add_object(&mut self, patterns: &List<(Shared<Pattern>, Rules)>, additional: &Additional) {
        for (pattern, rules) in patterns.iter() {
            self.add(pattern);
            self.add_all(rules);
        }
        if let Additional::Checked(rules) = additional {
            self.add_all(rules);
        }
    }

    fn add(&mut self, pattern: &Pattern) {
        if self.found.iter().all(|known| known.text != pattern.text()) {
            let name = format!("__PATTERN_{}", self.found.len() + 1);
            self.found.push(PatternStatic { name, text: pattern.text().to_owned() });
        }
    }
}
