//! A value of one of several forms: `anyOf` and `oneOf`.

use super::model::{Shape, UnionType};
use super::shape::Site;
use super::view::view;
use super::{Lowerer, docs, names};
use crate::parse::{Node, Schema};

impl Lowerer<'_, '_, '_> {
    /// Chooses the type of a value that is one of `parts`; makes a union where they differ.
    pub(super) fn union(
        &mut self,
        site: Site<'_>,
        schema: &Schema,
        whole: &Schema,
        parts: &[&Schema],
    ) -> Shape {
        if let [only] = parts {
            return self.shape(site, only);
        }
        if let Some(values) = self.listed(parts) {
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
                let rules = self.literal(schema, &Shape::Any);
                let rules = self.with_media(rules, &forms);
                if !schema.is_made_up {
                    let place = schema.place.pointer.clone();
                    self.types.of_unions.insert(place, format!("__{name}"));
                }
                let enums = self.types.enums.iter();
                let enum_values = enums.map(|one| (one.name.clone(), one.values.clone())).collect();
                self.types.unions.push(UnionType {
                    enum_values,
                    doc: docs::union(whole, &forms),
                    data: format!("__{name}"),
                    name: name.to_owned(),
                    rules,
                    forms,
                });
                Shape::Union(name.to_owned())
            }
        }
    }

    /// The values of all parts, where each lists its own: one enum, written in pieces.
    fn listed(&self, parts: &[&Schema]) -> Option<Vec<Node>> {
        let mut all: Vec<Node> = Vec::new();
        for part in parts {
            let values = view(self.definitions, part).values.clone()?;
            for value in values {
                if !all.iter().any(|known| known.value == value.value) {
                    all.push(value);
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
