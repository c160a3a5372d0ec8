//! Rules as constant data of the runtime's types.

use proc_macro2::{Literal as Token, TokenStream};
use quote::quote;

use super::tokens::{ident, num, option};
use crate::lower::{Additional, Literal, MediaKind, Rule};
use crate::parse::Limit;

pub(super) fn rules(rules: &[Rule]) -> TokenStream {
    let rules = rules.iter().map(rule);
    quote!(&[#(#rules),*])
}

fn rule(rule: &Rule) -> TokenStream {
    match rule {
        Rule::Types(bits) => {
            let bits = Token::u8_unsuffixed(*bits);
            quote!(__rt::Rule::Types(__rt::Types(#bits)))
        }
        Rule::Values(values) => {
            let values = values.iter().map(literal);
            quote!(__rt::Rule::Values(&[#(#values),*]))
        }
        Rule::Range { min, max } => {
            let (min, max) = (bound(min.as_ref()), bound(max.as_ref()));
            quote!(__rt::Rule::Range { min: #min, max: #max })
        }
        Rule::MultipleOf(step) => {
            let step = num(*step);
            quote!(__rt::Rule::MultipleOf(#step))
        }
        Rule::Length(counts) => {
            let (min, max) = (count(counts.min), count(counts.max));
            quote!(__rt::Rule::Length { min: #min, max: #max })
        }
        Rule::Media(kind) => {
            let kind = match kind {
                MediaKind::Image => quote!(Image),
                MediaKind::Video => quote!(Video),
                MediaKind::Audio => quote!(Audio),
            };
            quote!(__rt::Rule::Media(__rt::MediaKind::#kind))
        }
        Rule::Count(counts) => {
            let (min, max) = (count(counts.min), count(counts.max));
            quote!(__rt::Rule::Count { min: #min, max: #max })
        }
        Rule::Unique => quote!(__rt::Rule::Unique),
        Rule::Items(items) => {
            let items = self::rules(items);
            quote!(__rt::Rule::Items(#items))
        }
        Rule::Object(name) => {
            let name = ident(name);
            quote!(__rt::Rule::Object(&#name))
        }
        Rule::Members(additional) => {
            let additional = self::additional(additional);
            quote! {
                __rt::Rule::Object(&__rt::ObjectSchema { fields: &[], additional: #additional })
            }
        }
    }
}

pub(super) fn additional(additional: &Additional) -> TokenStream {
    match additional {
        Additional::Denied => quote!(__rt::Additional::Denied),
        Additional::Checked(each) => {
            let each = rules(each);
            quote!(__rt::Additional::Checked(#each))
        }
    }
}

pub(super) fn literal(literal: &Literal) -> TokenStream {
    match literal {
        Literal::Null => quote!(__rt::Literal::Null),
        Literal::Bool(bool) => quote!(__rt::Literal::Bool(#bool)),
        Literal::Number(value) => {
            let value = num(*value);
            quote!(__rt::Literal::Number(#value))
        }
        Literal::Str(text) => quote!(__rt::Literal::Str(#text)),
        Literal::Json(text) => quote!(__rt::Literal::Json(#text)),
    }
}

fn bound(limit: Option<&Limit>) -> TokenStream {
    option(limit.map(|limit| {
        let (value, exclusive) = (num(limit.num), limit.exclusive);
        quote!(__rt::Bound { value: #value, exclusive: #exclusive })
    }))
}

fn count(count: Option<u64>) -> TokenStream {
    option(count.map(Token::u64_unsuffixed))
}
