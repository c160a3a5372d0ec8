//! A value of one of several forms: `anyOf` and `oneOf`.

use super::model::{Conversion, EnumValues, Shape, UnionType};
use super::shape::Site;
use super::{Lowerer, docs};
use crate::parse::{Hint, Node, Schema, alternatives, is_object, merge_all_of};
use runcomfy_schema::Rule;

impl Lowerer<'_, '_, '_> {
    /// Chooses the type of a value that is one of `parts`; makes a union where they differ. The
    /// rules of `schema` are made with the hint of its surroundings.
    pub(super) fn union(
        &mut self,
        site: Site<'_>,
        outer_hint: Hint<'_>,
        schema: &Schema,
        whole: &Schema,
        parts: &[&Schema],
    ) -> Shape {
        let mut flat = Vec::new();
        let is_any_of = self.flatten(parts, &mut flat, MAX_NESTED) && whole.one_of.is_empty();
        let parts: Vec<&Schema> = flat.iter().collect();
        if let [only] = parts.as_slice() {
            return self.shape(site, only);
        }
        if let Some(values) = self.listed(&parts) {
            return self.enumeration(site, schema, whole, &values);
        }
        let Some(name) = site.type_name else { return Shape::Any };
        let mut forms: Vec<Shape> = Vec::new();
        let type_names = self.part_names(name, &parts);
        for (part, type_name) in parts.into_iter().zip(type_names) {
            let form = self.shape(Site { type_name: type_name.as_deref(), ..site }, part);
            if !forms.contains(&form) {
                forms.push(form);
            }
        }
        let is_number = |form: &Shape| matches!(form, Shape::Number | Shape::Integer(_));
        match forms.as_slice() {
            [only] => only.clone(),
            forms if forms.iter().all(is_number) => Shape::Number,
            forms if forms.contains(&Shape::Any) => Shape::Any,
            _ => {
                let name = &self.types.fresh(name, site.field);
                let rules = self.compiler.value(schema, Some(outer_hint));
                let takes_every_form = is_any_of && is_any_of_alone(&rules);
                let conversions = self.conversions(&forms, takes_every_form);
                self.types.made.unions.push(UnionType {
                    conversions,
                    doc: docs::union(whole, &forms),
                    data: format!("__{name}"),
                    name: name.clone(),
                    origin: (schema.id, site.field.to_owned()),
                    rules,
                    forms,
                });
                Shape::Union(name.clone())
            }
        }
    }

    /// What converts into a union of these forms, each once. `takes_every_form` says that a value of a
    /// form's own type is one of the union for sure.
    fn conversions(&self, forms: &[Shape], takes_every_form: bool) -> Vec<Conversion> {
        let of_type = if takes_every_form { Conversion::Type } else { Conversion::Checked };
        let mut conversions = Vec::new();
        let (mut lists, mut maps) = (Vec::new(), Vec::new());
        for form in forms {
            match form {
                Shape::Integer(_) => add(&mut conversions, Conversion::Integers),
                Shape::Number => add(&mut conversions, Conversion::Numbers),
                Shape::Text => add(&mut conversions, Conversion::Text),
                Shape::Boolean => add(&mut conversions, Conversion::Boolean),
                Shape::Media(_) => {
                    add(&mut conversions, Conversion::Text);
                    add(&mut conversions, Conversion::Media);
                }
                Shape::Object(name) | Shape::Union(name) => {
                    add(&mut conversions, of_type(name.clone()));
                }
                Shape::Enum(name) => {
                    let one = self.types.made.enums.iter().find(|one| one.name == *name);
                    for raw in one.iter().flat_map(|one| raw(one.kind)) {
                        add(&mut conversions, raw.clone());
                    }
                    add(&mut conversions, of_type(name.clone()));
                }
                Shape::List(item) => add(&mut lists, item.taken()),
                Shape::Map(item) => add(&mut maps, item.taken()),
                // No form is an item.
                Shape::Nullable(_) | Shape::Any => {}
            }
        }
        // Where every number is taken, integers are.
        if conversions.contains(&Conversion::Numbers) {
            conversions.retain(|one| *one != Conversion::Integers);
        }
        // Only their JSON distinguishes several kinds of lists, or of maps.
        match lists.len() {
            0 | 1 => conversions.extend(lists.into_iter().map(Conversion::List)),
            _ => conversions.push(Conversion::List(Shape::Any)),
        }
        if maps.len() == 1 {
            conversions.extend(maps.into_iter().map(Conversion::Map));
        }
        conversions
    }

    /// The forms of forms are forms: gathers them, and says whether one of them is always enough.
    fn flatten(&self, parts: &[&Schema], flat: &mut Vec<Schema>, left: usize) -> bool {
        let mut is_any_of = true;
        for part in parts {
            let whole = merge_all_of(self.definitions, part);
            let (inner, _) = alternatives(self.definitions, &whole);
            if left == 0 || whole.enum_values.is_some() || is_object(&whole) || inner.is_empty() {
                if flat.len() < MAX_FORMS {
                    flat.push((*part).clone());
                }
                continue;
            }
            is_any_of &= whole.one_of.is_empty() && whole.types.is_none();
            is_any_of &= self.flatten(&inner, flat, left - 1);
        }
        is_any_of
    }

    /// The values of all parts, where each lists its own: one enum, written in pieces.
    fn listed(&self, parts: &[&Schema]) -> Option<Vec<Node>> {
        let mut all: Vec<Node> = Vec::new();
        for part in parts {
            let values = merge_all_of(self.definitions, part).enum_values.clone()?;
            for value in values.iter() {
                if !all.iter().any(|known| known.value == value.value) {
                    all.push(value.clone());
                }
            }
        }
        Some(all)
    }
}

fn add<T: PartialEq>(all: &mut Vec<T>, one: T) {
    if !all.contains(&one) {
        all.push(one);
    }
}

/// The raw values that an enum is made from.
fn raw(kind: EnumValues) -> &'static [Conversion] {
    match kind {
        EnumValues::Strings => &[Conversion::Text],
        EnumValues::Integers => &[Conversion::Integers],
        EnumValues::Mixed => &[Conversion::Text, Conversion::Numbers, Conversion::Boolean],
    }
}

/// How deep forms of forms are gathered, and how many.
const MAX_NESTED: usize = 8;
const MAX_FORMS: usize = 64;

/// Whether a union asks for nothing but one of its forms. That its objects are closed as a whole asks
/// nothing more of one that its own type closes. That other strings are files asks nothing more of an
/// enum's value.
fn is_any_of_alone(rules: &[Rule]) -> bool {
    match rules {
        [Rule::AnyOf(_)] => true,
        [Rule::AnyOf(_), Rule::If { otherwise, .. }] => matches!(**otherwise, [Rule::Media(_)]),
        [Rule::Unevaluated { rules, items: None, .. }] => is_any_of_alone(rules),
        _ => false,
    }
}
