//! An object: which fields it has, in which order, and whether it is nothing but them.

use runcomfy_schema::rule::{Additional, List};

use super::fields::names_of;
use super::model::{FieldModel, ObjectType};
use super::shape::Site;
use super::types::INPUT;
use super::{Lowerer, docs, shape};
use crate::parse::{Entry, Hint, Schema, merge_all_of, optional_keys};

impl Lowerer<'_, '_, '_> {
    /// Makes the type of an object, of this name.
    pub(super) fn object(&mut self, name: &str, schema: &Schema) {
        let whole = merge_all_of(self.definitions, schema);
        let is_input = name == INPUT;
        let model = self.model;
        let subject =
            if is_input { format!("`{model}`") } else { format!("`{name}` of `{model}`") };
        // An object claims the names for its own fields before those inside them do.
        let owner = (!is_input).then_some(name);
        let fields = self.typed_fields(&whole, owner, &subject);
        // Once all types are there, it is seen which objects are nothing but their fields.
        let rules = Some((format!("__RULES_OF_{name}"), self.compiler.value(schema, None)));
        let builder_doc = docs::builder(name, &fields);
        self.types.made.objects.push(ObjectType {
            doc: docs::object(&whole),
            builder: format!("{name}Builder"),
            builder_doc,
            model_id: is_input.then(|| model.to_owned()),
            states: format!("__{name}Requires"),
            data: format!("__{name}"),
            name: name.to_owned(),
            fields,
            patterns: List::default(),
            additional: Additional::Open,
            rules,
        });
    }

    fn typed_fields(
        &mut self,
        schema: &Schema,
        owner: Option<&str>,
        subject: &str,
    ) -> Vec<FieldModel> {
        let definitions = self.definitions;
        let extra = optional_keys(definitions, schema);
        let mut entries = self.entries(schema);
        for (key, schema) in &extra {
            entries.push(Entry { key, schema: Some(schema), required: false });
        }
        let names = names_of(&entries, schema, self.reporter);
        let type_names: Vec<_> = entries
            .iter()
            .zip(&names)
            .map(|(entry, name)| {
                let schema =
                    entry.schema.filter(|schema| shape::needs_type(definitions, schema))?;
                Some(self.type_name(schema, name, owner))
            })
            .collect();
        let mut fields = Vec::new();
        for ((entry, field), type_name) in entries.iter().zip(&names).zip(&type_names) {
            let hint = Hint::new(field);
            let site = Site { field, hint, type_name: type_name.as_deref() };
            fields.push(self.field(site, schema, entry, subject));
        }
        // A field with the name of another field's `null` setter takes precedence. Then only JSON can
        // set that `null`.
        for field in &mut fields {
            field.null_setter =
                field.null_setter.take().filter(|setter| !names.contains(&setter.name));
        }
        fields
    }
}
