//! The first step of `input!`: the module of the model.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use runcomfy_schema::keyword::nearest;
use runcomfy_schema::parse::names::module_path;
use runcomfy_schema::possible::Possible;

use crate::call::members;
use crate::errors::{Errors, TokenSpan};
use crate::tokens::{is_punct, text};

pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut tokens = tokens.into_iter();
    let (Some(hash), Some(ids), Some(TokenTree::Group(root))) =
        (tokens.next().as_ref().and_then(text), tokens.next(), tokens.next())
    else {
        errors.add(TokenSpan::here(), "this macro is not public: use `runcomfy_models::input!`");
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
    let models = models(hash, &ids);
    let written: String = path.iter().map(ToString::to_string).collect();
    let first = written.split("::").next().unwrap_or_default();
    let is_ours = models.iter().any(|path| path.split("::").next() == Some(first));
    let whole: TokenStream = if !is_ours || is_punct(path.first(), ':') {
        path.into_iter().collect()
    } else if models.contains(&written) {
        let path: TokenStream = path.into_iter().collect();
        quote!(#root::#path)
    } else {
        errors.add(span, not_a_model(&written, &models));
        let errors = errors.into_tokens();
        let any = Possible::new(&[], &[]);
        let output = if members(fields.stream(), &any, &mut Errors::default()).has_expression() {
            quote!(::core::result::Result<#root::AnyInput, #root::ValidationErrors>)
        } else {
            quote!(#root::AnyInput)
        };
        return quote!({ #errors #root::__private::not_compiled::<#output>() });
    };
    quote!(#whole::__input! { (#root::__macros::checked) (#root) (#whole) #fields })
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
    let mut near: Vec<&str> = Vec::new();
    while near.len() < MAX_NEAR {
        let others = models.iter().map(String::as_str).filter(|path| !near.contains(path));
        let Some(next) = nearest(written, others) else { break };
        near.push(next);
    }
    let near: Vec<_> = near.iter().map(|path| format!("`{path}`")).collect();
    let near = match near.as_slice() {
        [] => "`runcomfy_models::MODELS` lists them".to_owned(),
        near => format!("did you mean {}?", near.join(" or ")),
    };
    format!(
        "`{written}` is not a model of runcomfy-models; {near} A module of your own is written \
         `self::{written}`"
    )
}

type Known = HashMap<String, Arc<Vec<String>>>;

/// The paths of the models whose ids these are, one on each line. Made once per crate.
fn models(hash: String, ids: &TokenTree) -> Arc<Vec<String>> {
    static KNOWN: Mutex<Option<Known>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    let paths = known.entry(hash).or_insert_with(|| {
        let ids = text(ids).unwrap_or_default();
        let paths = ids.lines().filter_map(|id| module_path(id).ok());
        Arc::new(paths.map(|path| path.join("::")).collect())
    });
    Arc::clone(paths)
}
