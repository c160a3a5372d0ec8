//! The getters of the fields whose names stand in a call. The expansion mentions them with the spans of
//! the names, so an editor completes the names and goes to their definitions.
//!
//! A model's rules do not know its types. The generator has chosen those from the same schema, so it is
//! asked for them: a name leads to a getter that exists, or nowhere.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use runcomfy_codegen::{Api, ApiField, ApiObject, ApiType, Generator};

use crate::call::CallMember;
use crate::tokens::word;
use crate::value::{CallValue, ValueKind};

/// A getter, and the name that leads to it.
pub(crate) struct Getter<'g> {
    type_name: &'g str,
    name: &'g Ident,
    /// Whether the type has it. If not, the name may be one that is being typed.
    pub(crate) is_known: bool,
}

impl<'g> Getter<'g> {
    /// The getter of this object for the name of a member, if it has one.
    fn of(object: &'g ApiObject, member: &'g CallMember) -> Option<Self> {
        let name = member.name.as_ref()?;
        // A name may be that of another setter, such as `maybe_seed`.
        let is_its = name.to_string().trim_start_matches("r#") == field(object, member)?.name;
        is_its.then_some(Self { type_name: &object.name, name, is_known: true })
    }

    /// The name of a member that none of these objects has, for the first of them.
    fn unknown(objects: &[&'g ApiObject], member: &'g CallMember) -> Option<Self> {
        let object = *objects.first().filter(|_| !member.is_known)?;
        Some(Self { type_name: &object.name, name: member.name.as_ref()?, is_known: false })
    }

    /// Its path, with a comma.
    pub(crate) fn path(&self, module: &TokenStream) -> TokenStream {
        let (type_name, name) = (word(self.type_name), self.name);
        quote!(#module::#type_name::#name,)
    }
}

fn field<'g>(object: &'g ApiObject, member: &CallMember) -> Option<&'g ApiField> {
    object.fields.iter().find(|field| field.key == member.key)
}

/// The forms that a value may have by its type, as far as something can be written inside them.
#[derive(Default)]
struct Forms<'g> {
    objects: Vec<&'g ApiObject>,
    /// The types of a list's items.
    items: Vec<&'g ApiType>,
    /// The types of a map's values.
    values: Vec<&'g ApiType>,
    /// The named types that were added.
    named: Vec<&'g str>,
}

/// The types of a model's module.
pub(crate) struct Getters {
    api: Api,
}

impl Getters {
    /// The getters of the model with this schema. `None` if the generator refuses the schema: then names
    /// lead nowhere, and the call means the same.
    pub(crate) fn of(id: &str, schema: String) -> Option<Self> {
        let generated = Generator::from_texts([(id, schema)]).generate().ok()?;
        Some(Self { api: generated.models.first()?.api() })
    }

    /// The getter of a field of the input.
    pub(crate) fn of_input<'g>(&'g self, member: &'g CallMember) -> Option<Getter<'g>> {
        Getter::of(self.api.objects.first()?, member)
    }

    /// The getters of the fields that are written inside a value of the input.
    pub(crate) fn inside<'g>(&'g self, member: &'g CallMember) -> Vec<Getter<'g>> {
        let mut found = Vec::new();
        let input = self.api.objects.first();
        if let Some(field) = input.and_then(|input| field(input, member)) {
            self.find(&member.value, &[&field.type_], &mut found);
        }
        found
    }

    /// Finds the getters inside a value that has one of these types.
    fn find<'g>(
        &'g self,
        value: &'g CallValue,
        types: &[&'g ApiType],
        found: &mut Vec<Getter<'g>>,
    ) {
        let mut forms = Forms::default();
        types.iter().for_each(|type_| self.add_forms(type_, &mut forms));
        match &value.kind {
            ValueKind::List(items) => {
                items.iter().for_each(|item| self.find(item, &forms.items, found));
            }
            ValueKind::Object(path, members) => {
                let written = path.clone().into_iter().last().map(|token| token.to_string());
                let written = written.as_deref().map(|name| self.without_alias(name));
                let mut objects = forms.objects;
                if objects.iter().any(|object| Some(&*object.name) == written) {
                    objects.retain(|object| Some(&*object.name) == written);
                }
                for member in members {
                    let getter = |object: &&'g ApiObject| Getter::of(object, member);
                    let mut getters = objects.iter().filter_map(getter);
                    // If two forms have the field, it is not clear which one is meant.
                    if let (Some(getter), None) = (getters.next(), getters.next()) {
                        found.push(getter);
                    }
                    found.extend(Getter::unknown(&objects, member));
                    let fields = objects.iter().filter_map(|object| field(object, member));
                    let types = fields.map(|field| &field.type_);
                    let types: Vec<_> = types.chain(forms.values.iter().copied()).collect();
                    self.find(&member.value, &types, found);
                }
            }
            ValueKind::Literal(_) | ValueKind::Expression => {}
        }
    }

    fn add_forms<'g>(&'g self, type_: &'g ApiType, forms: &mut Forms<'g>) {
        match type_ {
            ApiType::Option(inner) => self.add_forms(inner, forms),
            ApiType::List(item) => forms.items.push(item),
            ApiType::Map(value) => forms.values.push(value),
            ApiType::Named(name) => {
                // Several ways may lead to a type, which counts once.
                if forms.named.contains(&&**name) {
                    return;
                }
                forms.named.push(name);
                let object = self.api.objects.iter().find(|object| object.name == *name);
                forms.objects.extend(object);
                let union = self.api.unions.iter().find(|union| union.name == *name);
                let inside = union.iter().flat_map(|union| &union.forms);
                inside.for_each(|form| self.add_forms(form, forms));
            }
            _ => {}
        }
    }

    /// The name of the type that a name stands for.
    fn without_alias<'g>(&'g self, name: &'g str) -> &'g str {
        let alias = self.api.aliases.iter().find(|(alias, _)| alias == name);
        alias.map_or(name, |(_, type_name)| type_name)
    }
}
