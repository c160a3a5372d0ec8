//! The procedural macros of `runcomfy-models`: [`models!`], and what stands behind
//! `runcomfy_models::input!`.
//!
//! They are a thin shell. The models come from `runcomfy-codegen`, and literals are judged by
//! `runcomfy-schema`, with the rules and the messages of a request at run time.
//!
//! `input!` takes three steps. `resolve` finds the model's module, the module's hidden macro `__model`
//! adds the model's id and schema, and `checked` judges and expands the call. So the schema comes from
//! the source of the crate with the module, wherever that was built.

mod bug;
mod call;
mod errors;
mod expand;
mod getters;
mod models;
mod resolve;
mod schema;
mod tokens;
mod value;

use proc_macro::TokenStream;

/// Puts the modules of models in place, without a build script: `models!("schemas")` for a folder, or
/// `models!("schemas/acme/dream.json")` for one file. The path is relative to the package.
///
/// The path of a file below the folder, without `.json`, is the model id. A single file is the model of
/// its own name (`dream`); `models!("schemas/acme/dream.json", id = "acme/dream")` gives it another.
///
/// ```ignore
/// mod own {
///     runcomfy_macros::models!("schemas");
/// }
///
/// let input = runcomfy_models::input!(own::acme::dream { prompt: "a lighthouse" });
/// ```
///
/// The crate is built again when one of the files changes. The compiler has no way to watch a folder,
/// so a new file is seen at the next change of the crate; a build script sees it at once.
#[proc_macro]
pub fn models(input: TokenStream) -> TokenStream {
    bug::guarded("models", || models::expand(input.into())).into()
}

/// The first step of `input!`: `"<hash>" "<ids>" "<vendors left out>" (<root>) <path> { .. }`.
#[doc(hidden)]
#[proc_macro]
pub fn resolve(input: TokenStream) -> TokenStream {
    bug::guarded("input", || resolve::expand(input.into())).into()
}

/// The last step of `input!`: `"<hash>" "<id>" "<schema>" (<root>) (<path>) { .. }`.
#[doc(hidden)]
#[proc_macro]
pub fn checked(input: TokenStream) -> TokenStream {
    bug::guarded("input", || expand::expand(input.into())).into()
}
