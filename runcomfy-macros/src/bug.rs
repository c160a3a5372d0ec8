//! Bugs of the project: compile errors that say so. Without this the compiler would say that a macro has
//! panicked, and nothing of the model.

use std::any::Any;
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proc_macro2::TokenStream;

use crate::errors::{Errors, TokenSpan};

/// The message of a bug: what went wrong with what.
pub(crate) fn message(with: impl Display, why: impl Display) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!("this is a bug of runcomfy-macros {version}, please report it with {with}: {why}")
}

/// Runs a step. A panic becomes the message of a bug.
pub(crate) fn caught<T>(with: impl Display, step: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(step)).map_err(|panic| message(with, said(&*panic)))
}

/// Expands a macro. A panic becomes a compile error.
pub(crate) fn guarded(name: &str, expand: impl FnOnce() -> TokenStream) -> TokenStream {
    caught(format_args!("this call of `{name}!`"), expand).unwrap_or_else(|bug| {
        let mut errors = Errors::default();
        errors.add(TokenSpan::call_site(), bug);
        errors.into_tokens()
    })
}

/// The message of a panic.
fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("it panicked")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panic_becomes_a_compile_error_that_calls_it_a_bug() {
        assert_eq!(guarded("input", TokenStream::new).to_string(), "");
        let error = guarded("input", || panic!("index {} out of bounds", 5)).to_string();
        assert!(error.contains("compile_error"), "{error}");
        assert!(
            error.contains("please report it with this call of `input!`: index 5 out"),
            "{error}"
        );
    }
}
