//! Pieces of syntax that several emitters need.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, quote};

use crate::parse::Num;

/// Source text as `rustfmt` would lay it out.
pub(super) fn formatted(tokens: TokenStream) -> String {
    let plain = tokens.to_string();
    match syn::parse2(tokens) {
        Ok(file) => prettyplease::unparse(&file),
        // Never seen; the compiler would then say what is wrong with it.
        Err(_) => plain,
    }
}

/// Names come from `lower::names`, which makes identifiers only.
pub(super) fn ident(name: &str) -> Ident {
    syn::parse_str(name).unwrap_or_else(|_| Ident::new("_invalid", Span::call_site()))
}

/// `///` comments, one per line.
pub(super) fn doc(text: &str) -> TokenStream {
    let text: String = text.chars().filter_map(plain).collect();
    let lines =
        text.lines().map(|line| if line.is_empty() { String::new() } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}

/// What the compiler takes in a comment: no character that changes the direction of the text, and no
/// control character.
fn plain(c: char) -> Option<char> {
    match c {
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        '\n' => Some(c),
        c if c.is_control() => Some(' '),
        c => Some(c),
    }
}

pub(super) fn num(num: Num) -> TokenStream {
    match num {
        Num::Int(int) => {
            let literal = Literal::u128_unsuffixed(int.unsigned_abs());
            signed(quote!(__rt::Num::Int), literal, int < 0)
        }
        Num::Float(float) => {
            let literal = Literal::f64_unsuffixed(float.abs());
            signed(quote!(__rt::Num::Float), literal, float < 0.0)
        }
    }
}

fn signed(variant: TokenStream, literal: Literal, negative: bool) -> TokenStream {
    let sign = negative.then(|| quote!(-));
    quote!(#variant(#sign #literal))
}

pub(super) fn option(value: Option<impl ToTokens>) -> TokenStream {
    match value {
        None => quote!(::core::option::Option::None),
        Some(value) => quote!(::core::option::Option::Some(#value)),
    }
}
