//! A value of one of several forms: `anyOf` and `oneOf`.

use super::model::{Shape, UnionType};
use super::shape::Site;
use super::{Lowerer, docs, names};
use crate::parse::{Hint, Node, Schema, alternatives, is_object, view};
use runcomfy_schema::Rule;

impl Lowerer<'_, '_, '_> {
    /// Chooses the type of a value that is one of `parts`; makes a union where they differ.
    pub(super) fn union(
        &mut self,
        site: Site<'_>,
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
        for part in parts {
            let type_name = self.part_name(name, part);
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
                let rules = self.compiler.value(schema, Some(Hint::new(site.field)));
                let takes_every_form = is_any_of && is_any_of_alone(&rules);
                let enums = self.types.enums.iter();
                let enum_values = enums.map(|one| (one.name.clone(), one.values.clone())).collect();
                self.types.unions.push(UnionType {
                    enum_values,
                    doc: docs::union(whole, &forms),
                    data: format!("__{name}"),
                    name: name.to_owned(),
                    origin: (schema.place.pointer.clone(), site.field.to_owned()),
                    rules,
                    takes_every_form,
                    forms,
                });
                Shape::Union(name.to_owned())
            }
        }
    }

    /// The forms of forms are forms: gathers them, and says whether one of them is always enough.
    fn flatten(&self, parts: &[&Schema], flat: &mut Vec<Schema>, left: usize) -> bool {
        let mut is_any_of = true;
        for part in parts {
            let whole = view(self.definitions, part);
            let (inner, _) = alternatives(self.definitions, &whole);
            if left == 0 || whole.values.is_some() || is_object(&whole) || inner.is_empty() {
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
            let values = view(self.definitions, part).values.clone()?;
            for value in values.iter() {
                if !all.iter().any(|known| known.value == value.value) {
                    all.push(value.clone());
                }
            }
        }
        Some(all)
    }

    /// A name for the type of one part, where it needs one: that of its definition, or the union's
    /// with the kind of value behind it. Titles would give another name in every language.
    fn part_name(&mut self, union: &str, part: &Schema) -> Option<String> {
        if !super::shape::needs_type(self.definitions, part) {
            return None;
        }
        let definition = part.reference.as_ref().and_then(|reference| {
            let (_, name) = reference.text.rsplit_once('/')?;
            let name = names::type_name(name);
            names::is_valid(&name).then_some(name)
        });
        let whole = view(self.definitions, part);
        let name = definition.unwrap_or_else(|| {
            let kind = if whole.values.is_some() {
                "Enum"
            } else if whole.items.is_some() {
                "Item"
            } else {
                "Object"
            };
            format!("{union}{kind}")
        });
        Some(self.types.claim(&name, None))
    }
}

/// How deep forms of forms are gathered, and how many.
const MAX_NESTED: usize = 8;
const MAX_FORMS: usize = 64;

/// Whether a union asks for nothing but one of its forms. That its objects are closed as a whole asks
/// nothing more of one that its own type closes.
fn is_any_of_alone(rules: &[Rule]) -> bool {
    match rules {
        [Rule::AnyOf(_)] => true,
        [Rule::Unevaluated { rules, items: None, .. }] => is_any_of_alone(rules),
        _ => false,
    }
}
