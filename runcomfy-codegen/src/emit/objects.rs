//! An object: its type, its builder, and the data about its fields.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};

use super::rules;
use super::tokens::{doc, ident, option};
use crate::lower::{Field, IntegerType, ObjectType, Required, Shape};

pub(super) fn object(object: &ObjectType) -> TokenStream {
    let type_ = definition(object);
    let builder = builder(object);
    let states = states(object);
    let data = data(object);
    quote! {
        #type_
        #builder
        #states
        #data
    }
}

fn definition(object: &ObjectType) -> TokenStream {
    let (name, builder, data) = (ident(&object.name), ident(&object.builder), ident(&object.rules));
    let text = &object.name;
    let starting = doc(&format!("Starts an [`{}`].", object.name));
    let doc = doc(&object.doc);
    quote! {
        #doc
        #[derive(Clone, PartialEq)]
        pub struct #name(__rt::Object);

        impl #name {
            #starting
            pub fn builder() -> self::#builder {
                self::#builder(__rt::Draft::new::<Self>())
            }

            /// Reads JSON text with the keys of the wire, and checks it.
            ///
            /// # Errors
            /// Everything that is wrong with it.
            pub fn from_json(json: &str) -> ::core::result::Result<Self, __rt::ValidationErrors> {
                __rt::from_json(json)
            }
        }

        __rt::object!(#name, #text, #data);
    }
}

/// The type parameters of a builder: one per required field.
fn parameters(object: &ObjectType) -> Vec<Ident> {
    let required = object.fields.iter().filter(|field| field.required.is_some());
    (1..=required.count()).map(|number| format_ident!("S{number}")).collect()
}

fn builder(object: &ObjectType) -> TokenStream {
    let (name, builder) = (ident(&object.name), ident(&object.builder));
    let text = &object.builder;
    let parameters = parameters(object);
    let about = builder_doc(object);
    let mut required = 0;
    let setters = object.fields.iter().enumerate().map(|(index, field)| {
        let next = field.required.is_some().then(|| {
            let mut next: Vec<TokenStream> = parameters.iter().map(|name| quote!(#name)).collect();
            next[required] = quote!(__rt::Set);
            required += 1;
            (quote!(self::#builder), quote!(<#(#next),*>))
        });
        setter(index, field, next.as_ref())
    });
    let setters: TokenStream = setters.collect();
    let build = build(object, &parameters);
    let (defined, generics) = if parameters.is_empty() {
        (quote!(), quote!())
    } else {
        (quote!(<#(#parameters = __rt::Missing),*>), quote!(<#(#parameters),*>))
    };
    quote! {
        #about
        #[derive(Clone)]
        #[must_use = "a builder does nothing until `build` is called"]
        pub struct #builder #defined (__rt::Draft<(#(#parameters,)*)>);

        impl #generics #builder #generics {
            #setters
            #build
        }

        impl #generics ::core::fmt::Debug for #builder #generics {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                self.0.debug::<self::#name>(#text, f)
            }
        }
    }
}

fn builder_doc(object: &ObjectType) -> TokenStream {
    let required: Vec<_> = object.fields.iter().filter(|field| field.required.is_some()).collect();
    let first = format!("Builds an [`{}`].", object.name);
    if required.is_empty() {
        return doc(&first);
    }
    let names: Vec<_> = required.iter().map(|field| format!("`{}`", field.name)).collect();
    doc(&format!(
        "{first}\n\n`build` exists once {} {} set; its type parameters keep count.",
        names.join(", "),
        if names.len() == 1 { "was" } else { "were" }
    ))
}

/// `next` is the builder's type after a required field was set: its name and its arguments.
fn setter(index: usize, field: &Field, next: Option<&(TokenStream, TokenStream)>) -> TokenStream {
    let (name, doc) = (ident(&field.name), doc(&field.doc));
    let (type_, index) = (shape(&field.shape), Literal::usize_unsuffixed(index));
    let deprecated = field.deprecated.then(|| quote!(#[deprecated]));
    let (result, constructor) = match next {
        Some((builder, arguments)) => (quote!(#builder #arguments), builder.clone()),
        None => (quote!(Self), quote!(Self)),
    };
    let maybe = next.is_none().then(|| maybe_setter(field, &type_, &index, deprecated.as_ref()));
    quote! {
        #doc
        #deprecated
        pub fn #name(self, value: impl __rt::IntoField<#type_>) -> #result {
            #constructor(self.0.set::<#type_, _>(#index, value))
        }

        #maybe
    }
}

fn maybe_setter(
    field: &Field,
    type_: &TokenStream,
    index: &Literal,
    deprecated: Option<&TokenStream>,
) -> TokenStream {
    let name = ident(&format!("maybe_{}", field.name));
    let doc =
        doc(&format!("Sets [`{0}`](Self::{0}), or leaves it out where there is none.", field.name));
    let value = option_type(&field.shape);
    quote! {
        #doc
        #deprecated
        pub fn #name(self, value: ::core::option::Option<#value>) -> Self {
            Self(self.0.maybe::<#type_, #value, _>(#index, value))
        }
    }
}

fn build(object: &ObjectType, parameters: &[Ident]) -> TokenStream {
    let (name, states) = (ident(&object.name), ident(&object.states));
    let required = object.fields.iter().filter_map(|field| field.required.as_ref());
    let bounds = parameters.iter().zip(required).map(|(parameter, required)| {
        let state = ident(&required.state);
        quote!(#parameter: self::#states::#state)
    });
    let bounds = (!parameters.is_empty()).then(|| quote!(where #(#bounds),*));
    quote! {
        /// Checks every value against the schema.
        ///
        /// # Errors
        /// Everything that is wrong, one violation per value and rule.
        pub fn build(self) -> ::core::result::Result<self::#name, __rt::ValidationErrors> #bounds {
            self.0.build()
        }
    }
}

/// One trait per required field, so that the compiler's message can name it.
fn states(object: &ObjectType) -> Option<TokenStream> {
    let required: Vec<_> =
        object.fields.iter().filter_map(|field| field.required.as_ref()).collect();
    let states = ident(&object.states);
    let traits = required.iter().map(|required| {
        let Required { state, message, label, note } = required;
        let state = ident(state);
        quote! {
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
            pub trait #state {}
            impl #state for super::__rt::Set {}
        }
    });
    (!required.is_empty()).then(|| {
        quote! {
            #[doc(hidden)]
            pub mod #states {
                #(#traits)*
            }
        }
    })
}

fn data(object: &ObjectType) -> TokenStream {
    let name = ident(&object.rules);
    let fields = object.fields.iter().map(|field| {
        let Field { name, key, title, description, .. } = field;
        let required = field.required.is_some();
        let rules = rules::rules(&field.rules);
        let default = option(field.default.as_ref().map(rules::literal));
        quote! {
            __rt::FieldInfo {
                name: #name,
                key: #key,
                title: #title,
                description: #description,
                required: #required,
                rules: #rules,
                default: #default,
            }
        }
    });
    let additional = rules::additional(&object.additional);
    quote! {
        static #name: __rt::ObjectSchema = __rt::ObjectSchema {
            fields: &[#(#fields),*],
            additional: #additional,
        };
    }
}

/// The type that a setter's values convert into.
pub(super) fn shape(shape: &Shape) -> TokenStream {
    match shape {
        Shape::Integer(_) => quote!(i64),
        Shape::Number => quote!(f64),
        Shape::Text => quote!(::std::string::String),
        Shape::Boolean => quote!(bool),
        Shape::Media(_) => quote!(__rt::Media),
        Shape::Named(name) => {
            let name = ident(name);
            quote!(self::#name)
        }
        Shape::List(item) => {
            let item = self::shape(item);
            quote!(::std::vec::Vec<#item>)
        }
        Shape::Any => quote!(__rt::Value),
    }
}

/// The type of an optional value. It is one type, so that `None` needs no annotation.
fn option_type(shape: &Shape) -> TokenStream {
    match shape {
        Shape::Integer(IntegerType::U64) => quote!(u64),
        other => self::shape(other),
    }
}
