//! Compile errors, collected so that all those of a call are reported at once.

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};

/// For a call of a hidden macro by hand.
pub(crate) const NOT_PUBLIC: &str = "this macro is not public: use `input!`";

/// The first and the last token of what an error is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenSpan {
    pub(crate) start: Span,
    pub(crate) end: Span,
}

impl TokenSpan {
    pub(crate) fn call_site() -> Self {
        Span::call_site().into()
    }

    /// The place of these tokens; that of the call if there are none.
    pub(crate) fn of(tokens: &[TokenTree]) -> Self {
        match (tokens.first(), tokens.last()) {
            (Some(first), Some(last)) => Self { start: first.span(), end: last.span() },
            _ => Self::call_site(),
        }
    }
}

impl From<Span> for TokenSpan {
    fn from(span: Span) -> Self {
        Self { start: span, end: span }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Errors {
    all: Vec<(TokenSpan, String)>,
}

impl Errors {
    pub(crate) fn add(&mut self, span: impl Into<TokenSpan>, message: impl Into<String>) {
        self.all.push((span.into(), message.into()));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// A `compile_error!` for each.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.all.into_iter().map(|(span, message)| compile_error(span, &message)).collect()
    }
}

/// The compiler underlines from the first token of a macro's call to the last.
fn compile_error(span: TokenSpan, message: &str) -> TokenStream {
    let mut message = Literal::string(message);
    message.set_span(span.end);
    let braces = quote_spanned!(span.end=> { #message });
    let name = Ident::new("compile_error", span.start);
    let path = quote_spanned!(span.start=> ::core::#name!);
    quote!(#path #braces)
}
