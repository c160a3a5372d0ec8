//! An enum: its variants, and the table of their values.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::tokens::{doc, ident};
use crate::lower::{EnumType, EnumValues};

pub(super) fn enumeration(one: &EnumType) -> TokenStream {
    let (name, about) = (ident(&one.name), doc(&one.doc));
    let (kind, variants): (_, Vec<(&String, TokenStream)>) = match &one.values {
        EnumValues::Strings(variants) => {
            let rows = variants.iter().map(|(name, value)| (name, quote!(#value)));
            (quote!(string_enum), rows.collect())
        }
        EnumValues::Integers(variants) => {
            let rows = variants.iter().map(|(name, value)| {
                let sign = (*value < 0).then(|| quote!(-));
                let literal = Literal::u64_unsuffixed(value.unsigned_abs());
                (name, quote!(#sign #literal))
            });
            (quote!(integer_enum), rows.collect())
        }
    };
    let names: Vec<_> = variants.iter().map(|(name, _)| ident(name)).collect();
    let docs = one.variant_docs.iter().map(|text| doc(text));
    let values = variants.iter().map(|(_, literal)| literal);
    quote! {
        #about
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #(#docs #names,)*
        }

        __rt::#kind! {
            #name { #(#names = #values,)* }
        }
    }
}
