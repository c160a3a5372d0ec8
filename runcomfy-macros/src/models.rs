//! `models!`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::quote;
use runcomfy_codegen::{Generated, GeneratedModel, Generator, Problem, Severity};
use runcomfy_schema::parse::names::module_path;

use crate::bug;
use crate::errors::{Errors, TokenSpan};
use crate::tokens::{self, is_punct, split};

const USAGE: &str = "`models!` takes the path of a folder or a file of schemas, relative to the \
                     package: `models!(\"schemas\")`, `models!(\"dream.json\", id = \"acme/dream\")`";

/// What the macro is called with.
struct ModelsCall {
    path: String,
    span: TokenSpan,
    id: Option<String>,
    id_span: TokenSpan,
    runtime: Option<String>,
}

impl ModelsCall {
    fn of(tokens: TokenStream) -> Option<Self> {
        let mut parts = split(tokens).into_iter();
        let path = parts.next()?;
        let span = TokenSpan::of(&path);
        let mut call = Self { path: text(&path)?, span, id: None, id_span: span, runtime: None };
        for part in parts {
            let [TokenTree::Ident(name), equals, value @ ..] = part.as_slice() else { return None };
            is_punct(Some(equals), '=').then_some(())?;
            if name == "id" {
                call.id = Some(text(value)?);
                call.id_span = TokenSpan::of(value);
            } else if name == "runtime" {
                call.runtime = Some(value.iter().map(ToString::to_string).collect());
            } else {
                return None;
            }
        }
        Some(call)
    }

    /// The path with the folder of the package, where the compiler's own current folder may be another.
    fn absolute(&self) -> PathBuf {
        let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
        Path::new(&package).join(&self.path)
    }

    fn generate(&self) -> Result<Generated, runcomfy_codegen::Error> {
        let path = self.absolute();
        let generator = if path.is_file() {
            let stem = || path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            Generator::from_file(self.id.clone().unwrap_or_else(stem), &path)
        } else {
            Generator::new(&path)
        };
        // A crate may have the same model in several modules.
        let span = proc_macro::Span::call_site();
        let location = format!("{}:{}:{}", span.file(), span.line(), span.column());
        let generator = generator.place_in_crate(numbered(location));
        match &self.runtime {
            Some(runtime) => generator.runtime(runtime).generate(),
            None => generator.find_runtime()?.generate(),
        }
    }
}

/// The location, with a number from the second call on: a macro of the app may call this one several times,
/// always at the same place.
fn numbered(location: String) -> String {
    static CALLS: Mutex<BTreeMap<String, u32>> = Mutex::new(BTreeMap::new());
    let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    match calls.get_mut(&location) {
        Some(number) => {
            *number += 1;
            format!("{location}#{number}")
        }
        None => {
            calls.insert(location.clone(), 1);
            location
        }
    }
}

/// The text of a string literal alone.
fn text(tokens: &[TokenTree]) -> Option<String> {
    match tokens {
        [token] => tokens::text(token),
        _ => None,
    }
}

pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(call) = ModelsCall::of(tokens) else {
        errors.add(TokenSpan::call_site(), USAGE);
        return errors.into_tokens();
    };
    if call.id.is_some() && !call.absolute().is_file() {
        errors.add(
            call.span,
            "`id` is for the path of one file: below a folder, the paths are the ids",
        );
        return errors.into_tokens();
    }
    if let Some(Err(reason)) = call.id.as_deref().map(module_path) {
        errors.add(call.id_span, format!("{reason}; an id looks like `acme/dream`"));
        return errors.into_tokens();
    }
    let generated = match call.generate() {
        Ok(generated) => generated,
        Err(error) => {
            let (mut tokens, mut shown) = (TokenStream::new(), 0);
            for problem in error.problems() {
                if problem.severity() == Severity::Error {
                    errors.add(call.span, without_severity(problem));
                    shown += 1;
                } else {
                    tokens.extend(warning(problem));
                }
            }
            if shown == 0 {
                errors.add(call.span, error.to_string());
            }
            return tokens.into_iter().chain(errors.into_tokens()).collect();
        }
    };
    let modules = match modules(&generated) {
        Ok(modules) => modules,
        Err(bug) => {
            errors.add(call.span, bug);
            return errors.into_tokens();
        }
    };
    let warnings = generated.warnings.iter().map(warning);
    let watched = generated.models.iter().filter_map(|model| model.schema.to_str()).map(|path| {
        let path = Literal::string(path);
        // The compiler reads the crate again when this file changes.
        quote!(
            const _: &[u8] = ::core::include_bytes!(#path);
        )
    });
    quote!(#modules #(#watched)* #(#warnings)*)
}

/// The code of the modules.
///
/// # Errors
/// The message of a bug, with the first model whose code is not Rust.
fn modules(generated: &Generated) -> Result<TokenStream, String> {
    generated.inlined().parse().map_err(|error| {
        let broken = |model: &&GeneratedModel| model.source.parse::<TokenStream>().is_err();
        let with = match generated.models.iter().find(broken) {
            Some(model) => format!("{}, the schema of {}", model.schema.display(), model.id),
            None => "these schemas".to_owned(),
        };
        bug::message(with, format_args!("the code that it makes is not Rust: {error}"))
    })
}

/// The problem without the word that the compiler puts before it, and with the path of its file as the
/// compiler shows paths: from the folder that it runs in.
fn without_severity(problem: &Problem) -> String {
    let folder = std::env::current_dir().unwrap_or_default();
    let text = problem.relative_to(&folder).to_string();
    text.split_once(": ").map_or(text.clone(), |(_, rest)| rest.to_owned())
}

/// A macro cannot warn, but the compiler warns where a deprecated item is used.
fn warning(problem: &Problem) -> TokenStream {
    let note = Literal::string(&without_severity(problem));
    quote! {
        const _: () = {
            #[allow(non_upper_case_globals)]
            #[deprecated(note = #note)]
            const schema_warning: () = ();
            schema_warning
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_that_is_not_rust_is_a_bug_of_one_model() {
        let schema = r#"{"type": "object", "properties": {"steps": {"type": "integer"}}}"#;
        let generator = Generator::from_texts([("acme/dawn", schema), ("acme/dusk", schema)]);
        let mut generated = generator.generate().unwrap();
        assert!(modules(&generated).unwrap().to_string().contains("mod dusk"));
        for broken in ["pub fn dream() {", "\"open", "))", "/* open"] {
            generated.models[1].source = broken.to_owned();
            let bug = modules(&generated).unwrap_err();
            let expected = "please report it with acme/dusk.json, the schema of acme/dusk: the code that it makes";
            assert!(bug.contains(expected), "{broken}: {bug}");
        }
    }
}
