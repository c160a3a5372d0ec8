//! Compares two fields that correspond.

use runcomfy_codegen::ApiField;
use runcomfy_schema::{Json, is_valid, keyword};

use super::change::{Change, Verdict, Verdicts};
use super::pair::{Narrowed, Pair};
use Verdict::{Additive, Breaking, None as Nothing};

/// Adds what changed from one field to the other. `item` names the field.
pub(super) fn compare(
    pair: &Pair<'_>,
    item: &str,
    old: &ApiField,
    new: &ApiField,
    changes: &mut Vec<Change>,
) {
    let known = pair.known(&old.type_);
    let takes_null =
        |field: &ApiField, definitions| is_valid(definitions, &field.rules.rules, &Json::Null);
    let mut fields = Fields {
        old,
        new,
        narrowed: pair.rules(&known, &old.rules.rules, &new.rules.rules),
        was_null: takes_null(old, &pair.old.api.definitions.rules),
        is_null: takes_null(new, &pair.new.api.definitions.rules),
        item,
        changes,
    };
    // What a change of the type, or of `null`, says of the values is not said again.
    let is_told = fields.compare_types(pair);
    let is_told = fields.compare_presence(is_told) || is_told;
    fields.compare_null_setters();
    if !is_told {
        fields.compare_values();
    }
    fields.compare_deprecation();
    fields.compare_defaults();
}

struct Fields<'a> {
    old: &'a ApiField,
    new: &'a ApiField,
    narrowed: Narrowed,
    /// Whether the old field takes `null`.
    was_null: bool,
    /// Whether the new one does.
    is_null: bool,
    item: &'a str,
    changes: &'a mut Vec<Change>,
}

impl Fields<'_> {
    fn push(&mut self, kind: &'static str, text: impl Into<String>, verdicts: Verdicts) {
        self.changes.push(Change::new(self.item, kind, text, verdicts));
    }

    /// Returns whether the type changed.
    fn compare_types(&mut self, pair: &Pair<'_>) -> bool {
        let (was, now) = (&self.old.type_, &self.new.type_);
        if pair.is_same_type(was, now) {
            return false;
        }
        let (old, new) = (plain(&self.old.summary), plain(&self.new.summary));
        let text = format!("`{was}` -> `{now}` ({old} -> {new})");
        let run = self.narrowed.verdict();
        self.push("field-type", text, Verdicts { compile: Breaking, run });
        true
    }

    /// Compares whether the field must be there, and whether it may be `null`. Returns whether `null` is said to
    /// be taken, or not to be taken any more.
    fn compare_presence(&mut self, is_told: bool) -> bool {
        match (self.old.is_required, self.new.is_required) {
            (false, true) => {
                let text = "was optional, and is required";
                self.push("field-required", text, Verdicts::both(Breaking));
            }
            (true, false) => {
                // The getter gives an `Option`, and the builder has one type parameter less.
                let verdicts = Verdicts { compile: Breaking, run: Additive };
                self.push("field-optional", "was required, and is optional", verdicts);
            }
            (required, _) if !is_told && self.was_null != self.is_null => {
                let (kind, text) = match self.is_null {
                    true => ("field-nullable", "may be `null` now"),
                    false => ("field-not-nullable", "may not be `null` any more"),
                };
                // The getter of an optional field gives an `Option` anyway.
                let compile = if required { Breaking } else { Nothing };
                let run = self.narrowed.verdict();
                self.push(kind, text, Verdicts { compile, run });
                return true;
            }
            _ => {}
        }
        false
    }

    /// A required field that takes `null` has a setter for it.
    fn compare_null_setters(&mut self) {
        let (old, new) = (self.old, self.new);
        let have_setters = old.is_required && new.is_required && self.was_null && self.is_null;
        // With another name of the field, the setter has another name, too.
        if !have_setters || old.null_setter == new.null_setter || old.name != new.name {
            return;
        }
        let name = |setter: &Option<String>| match setter {
            Some(name) => format!("`{name}`"),
            None => "none".to_owned(),
        };
        let (was, now) = (name(&old.null_setter), name(&new.null_setter));
        let compile = if old.null_setter.is_some() { Breaking } else { Additive };
        let text = format!("the setter of `null` is {now}, was {was}");
        self.push("null-setter", text, Verdicts::compile(compile));
    }

    fn compare_values(&mut self) {
        let verdict = self.narrowed.verdict();
        let kind = match verdict {
            Nothing => return,
            Breaking if self.narrowed.widened.is_empty() => "values-narrowed",
            Breaking => "values-changed",
            _ => "values-widened",
        };
        let (was, now) = (plain(&self.old.summary), plain(&self.new.summary));
        let words = if was == now { now } else { format!("{was} -> {now}") };
        let text = format!("{}: {words}", self.narrowed.describe());
        self.push(kind, text, Verdicts::run(verdict));
    }

    fn compare_deprecation(&mut self) {
        match (self.old.is_deprecated, self.new.is_deprecated) {
            // As Semantic Versioning has it: whoever uses it is warned.
            (false, true) => {
                self.push("deprecated", "is deprecated", Verdicts::compile(Additive));
            }
            (true, false) => {
                self.push("not-deprecated", "is not deprecated any more", Verdicts::none());
            }
            _ => {}
        }
    }

    fn compare_defaults(&mut self) {
        let (old, new) = (&self.old.default, &self.new.default);
        if old == new {
            return;
        }
        let show = |default: &Option<String>| match default {
            Some(json) => keyword::short(json.clone()),
            None => "none".to_owned(),
        };
        // Documentation: the service uses it, and what is sent is the same.
        let text = format!("default {} -> {}", show(old), show(new));
        self.push("default", text, Verdicts::none());
    }
}

/// Markdown as plain text: `[`type@Mode`]` is `Mode`.
pub(super) fn plain(summary: &str) -> String {
    summary.replace("[`type@", "`").replace("`]", "`").replace("type@", "")
}
