//! The first step of `input!`: the module of the model.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use runcomfy_schema::keyword::similar;
use runcomfy_schema::parse::names::module_path;
use runcomfy_schema::possible::Possible;

use crate::call::members;
use crate::errors::{Errors, NOT_PUBLIC, TokenSpan};
use crate::tokens::{path_separator, text};

pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut tokens = tokens.into_iter();
    let (Some(hash), Some(ids), Some(skipped), Some(TokenTree::Group(root))) =
        (tokens.next().as_ref().and_then(text), tokens.next(), tokens.next(), tokens.next())
    else {
        errors.add(TokenSpan::call_site(), NOT_PUBLIC);
        return errors.into_tokens();
    };
    let root = root.stream();
    let mut path: Vec<TokenTree> = tokens.flat_map(opened).collect();
    let fields = match path.pop() {
        Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => group,
        last => {
            path.extend(last);
            errors.add(
                TokenSpan::of(&path),
                "`input!` takes the path of a model and its fields, as in \
                 `input!(kling::kling_2_1::master::image_to_video { prompt: \"a lighthouse\" })`",
            );
            let errors = errors.into_tokens();
            return quote!({ #errors #root::__private::not_compiled::<#root::AnyInput>() });
        }
    };
    // `image_to_video::Input { .. }` means the same.
    if let [_, .., TokenTree::Punct(_), TokenTree::Punct(_), TokenTree::Ident(last)] = &path[..]
        && last == "Input"
    {
        path.truncate(path.len() - 3);
    }
    let span = TokenSpan::of(&path);
    let first = match path.first() {
        Some(TokenTree::Ident(first)) => first.to_string(),
        _ => String::new(),
    };
    let index = index(hash, &ids, &skipped);
    let found = if let [token] = path.as_slice()
        && let Some(id) = text(token)
    {
        Err(id_as_a_path(&id, &index))
    } else {
        find(path, &first, &root, &index)
    };
    let whole = match found {
        Ok(whole) => whole,
        Err(message) => {
            errors.add(span, message);
            let errors = errors.into_tokens();
            let any = Possible::new(&[], &[]);
            let output = if members(fields.stream(), &any, &mut Errors::default()).has_expression()
            {
                quote!(::core::result::Result<#root::AnyInput, #root::ValidationErrors>)
            } else {
                quote!(#root::AnyInput)
            };
            return quote!({ #errors #root::__private::not_compiled::<#output>() });
        }
    };
    // The compiler underlines the path where it is that of no model.
    let model = Ident::new("__model", Span::call_site().located_at(span.end));
    quote!(#whole::#model! { (#root::__macros::checked) (#root) (#whole) #fields })
}

/// The path with the crate before it, if its first part is a vendor of the crate.
///
/// # Errors
/// Why the crate has no such model.
fn find(
    path: Vec<TokenTree>,
    first: &str,
    root: &TokenStream,
    index: &Index,
) -> Result<TokenStream, String> {
    if let Some(vendor) = index.skipped(first) {
        return Err(feature_off(&written(&path), vendor));
    }
    if !index.has_vendor(first) {
        return Ok(path.into_iter().collect());
    }
    if !index.has(&path) {
        return Err(not_a_model(&written(&path), &index.paths()));
    }
    Ok(root.clone().into_iter().chain(path_separator()).chain(path).collect())
}

/// The message for a model's id in quotes.
fn id_as_a_path(id: &str, index: &Index) -> String {
    let why = "`input!` takes the path of a model, not its id";
    let Ok(path) = module_path(id) else {
        return format!("{why}, as in `input!(kling::kling_2_1::master::image_to_video {{ .. }})`");
    };
    let vendor = path.first().map(String::as_str).unwrap_or_default();
    let path_text = path.join("::");
    if let Some(vendor) = index.skipped(vendor) {
        format!("{why}; {}", feature_off(&path_text, vendor))
    } else if index.paths().contains(&path_text) {
        format!("{why}: write `{path_text}`")
    } else {
        format!("{why}; {}", not_a_model(&path_text, &index.paths()))
    }
}

/// The message for a model of a vendor that was left out of the crate.
fn feature_off(written: &str, vendor: &str) -> String {
    format!(
        "the models of {vendor} are off: enable the feature `{vendor}` of runcomfy-models. A module of \
         your own is written `self::{written}`"
    )
}

/// The tokens of a path that a macro was given as one.
fn opened(token: TokenTree) -> Vec<TokenTree> {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            group.stream().into_iter().flat_map(opened).collect()
        }
        token => vec![token],
    }
}

fn not_a_model(written: &str, models: &[String]) -> String {
    const MAX_NEAR: usize = 3;
    let near = similar(written, models.iter().map(String::as_str));
    let near: Vec<_> = near.iter().take(MAX_NEAR).map(|path| format!("`{path}`")).collect();
    let near = match near.as_slice() {
        [] => "`runcomfy_models::MODELS` lists them.".to_owned(),
        near => format!("did you mean {}?", near.join(" or ")),
    };
    format!(
        "`{written}` is not a model of runcomfy-models; {near} A module of your own is written \
         `self::{written}`"
    )
}

/// A path as text.
fn written(path: &[TokenTree]) -> String {
    path.iter().map(ToString::to_string).collect()
}

/// The models of a crate: the ids, and the paths of their modules, by vendor. A vendor's paths are made
/// when the first of its models is called.
struct Index {
    ids: String,
    /// The module of a vendor, its ids, and the paths of its models.
    vendors: Vec<(String, Range<usize>, OnceLock<HashSet<String>>)>,
    /// The vendors that were left out: the module, and the vendor.
    skipped: Vec<(String, String)>,
}

impl Index {
    fn of(ids: String, skipped: &str) -> Self {
        let mut vendors: Vec<(String, Range<usize>, OnceLock<HashSet<String>>)> = Vec::new();
        let mut start = 0;
        let mut last = "";
        for line in ids.split_inclusive('\n') {
            let range = start..start + line.len();
            start = range.end;
            let vendor = line.split(['/', '\n']).next().unwrap_or_default();
            match vendors.last_mut() {
                Some((_, ids, _)) if vendor == last => ids.end = range.end,
                _ => {
                    let Ok(path) = module_path(vendor) else { continue };
                    last = vendor;
                    vendors.push((path.concat(), range, OnceLock::new()));
                }
            }
        }
        let module = |vendor: &str| Some((module_path(vendor).ok()?.concat(), vendor.to_owned()));
        let mut skipped: Vec<_> = skipped.lines().filter_map(module).collect();
        // Two vendors may have the same module.
        skipped.retain(|(module, _)| vendors.iter().all(|(known, ..)| known != module));
        Self { ids, vendors, skipped }
    }

    /// The vendor of this module, if it was left out.
    fn skipped(&self, module: &str) -> Option<&str> {
        let skipped = self.skipped.iter().find(|(known, _)| known == module);
        skipped.map(|(_, vendor)| &**vendor)
    }

    fn has_vendor(&self, module: &str) -> bool {
        self.vendors.iter().any(|(known, ..)| known == module)
    }

    /// Whether this is the path of a model.
    fn has(&self, path: &[TokenTree]) -> bool {
        let path = written(path);
        self.vendors.iter().any(|(vendor, ids, paths)| {
            path.starts_with(vendor)
                && paths.get_or_init(|| self.paths_of(ids.clone()).collect()).contains(&path)
        })
    }

    fn paths_of(&self, ids: Range<usize>) -> impl Iterator<Item = String> {
        let ids = self.ids.get(ids).unwrap_or_default().lines();
        ids.filter_map(|id| Some(module_path(id).ok()?.join("::")))
    }

    fn paths(&self) -> Vec<String> {
        self.paths_of(0..self.ids.len()).collect()
    }
}

/// The index of the models whose ids these are, one on each line, as are the vendors that were left out. Made
/// once per crate.
fn index(hash: String, ids: &TokenTree, skipped: &TokenTree) -> Arc<Index> {
    static KNOWN: Mutex<Vec<(String, Arc<Index>)>> = Mutex::new(Vec::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, index)) = known.iter().find(|(known, _)| *known == hash) {
        return Arc::clone(index);
    }
    let index =
        Arc::new(Index::of(text(ids).unwrap_or_default(), &text(skipped).unwrap_or_default()));
    known.push((hash, Arc::clone(&index)));
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_knows_the_paths_of_all_ids() {
        let ids = "acme/a\nacme/a/4k\nacme-2/b\nkling/x.y/type\nlone\nmatch/c";
        let index = Index::of(ids.to_owned(), "umbra-2\nacme.2\nmatch");
        let path =
            |text: &str| text.parse::<TokenStream>().unwrap().into_iter().collect::<Vec<_>>();
        let paths =
            ["acme::a", "acme::a::_4k", "acme_2::b", "kling::x_y::type_", "lone", "match_::c"];
        assert_eq!(index.paths(), paths);
        for known in paths {
            assert!(index.has(&path(known)), "{known}");
            assert!(index.has_vendor(known.split("::").next().unwrap()), "{known}");
        }
        for unknown in ["acme", "acme::b", "acme_2::a", "kling::x_y", "own::a", "lon", "::acme::a"]
        {
            assert!(!index.has(&path(unknown)), "{unknown}");
        }
        for unknown in ["", "own", "acm", "acme_2_", "x_y", "match"] {
            assert!(!index.has_vendor(unknown), "{unknown}");
        }
        assert_eq!(index.skipped("umbra_2"), Some("umbra-2"));
        // `acme-2` and `match` have models, and the module `acme_2` is that of `acme.2`, too.
        for not_off in ["", "umbra-2", "acme_2", "match_", "own"] {
            assert_eq!(index.skipped(not_off), None, "{not_off}");
        }
        assert!(Index::of(String::new(), "").paths().is_empty());
    }
}
