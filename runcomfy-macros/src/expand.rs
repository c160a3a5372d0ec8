//! The last step of `input!`: judges the literals of a call, and makes builder calls of it.
//!
//! For `input!(acme::dream { steps: 6 })`, `resolve.rs` calls `acme::dream::__model!`, the hidden macro of
//! the model. That one puts its three literals first, so that this step receives
//!
//! ```text
//! "370dcd79b9323990"              the hash of id and schema
//! "acme/dream"                    the id of the model
//! "{\"type\":\"object\", ...}"     its schema
//! ($crate)                        the crate of the runtime
//! ($crate::acme::dream)           the module of the model
//! { steps: 6 }                    the fields
//! ```
//!
//! and returns
//!
//! ```text
//! {
//!     use $crate::acme::dream::Input as __Input;
//!     let _ = (__Input::steps,);
//!     $crate::__private::literal_input::<__Input>("{\"steps\":6}")
//! }
//! ```

use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use runcomfy_schema::Json;
use runcomfy_schema::json::MAX_DEPTH;
use runcomfy_schema::partial::{self, Partial};
use runcomfy_schema::pointer::unescape;

use crate::bug;
use crate::call::{CallMember, CallMembers, members, unknown};
use crate::errors::{Errors, NOT_PUBLIC, TokenSpan};
use crate::getters::Getters;
use crate::schema::{self, ModelRules};
use crate::tokens::{path_separator, punct, text, word};
use crate::value::{CallValue, ValueKind};

/// A call with what the steps before have added, in the order of their tokens.
struct InputCall {
    hash: String,
    id: String,
    /// A long text, read only once.
    schema: TokenTree,
    root: TokenStream,
    path: TokenStream,
    fields: Group,
}

impl InputCall {
    fn of(tokens: TokenStream) -> Option<Self> {
        let mut tokens = tokens.into_iter();
        let (hash, id, schema) = (text(&tokens.next()?)?, text(&tokens.next()?)?, tokens.next()?);
        let (root, path) = (group(tokens.next()?)?, group(tokens.next()?)?);
        let fields = group(tokens.next()?)?;
        Some(Self { hash, id, schema, root: root.stream(), path: path.stream(), fields })
    }

    fn schema_text(&self) -> String {
        text(&self.schema).unwrap_or_default()
    }

    fn getters<'s>(&self, schema: &'s ModelRules) -> Option<&'s Getters> {
        schema.getters(&self.id, || self.schema_text())
    }

    fn input(&self) -> TokenStream {
        let path = &self.path;
        quote!(#path::Input)
    }

    /// The path as it was written, without the crate that `resolve` puts before it.
    fn written(&self) -> TokenSpan {
        let path: Vec<_> = self.path.clone().into_iter().collect();
        let is_ours = matches!(path.first(), Some(TokenTree::Ident(first)) if first == "$crate");
        // `$crate` and the two characters of `::`
        const PREFIX_LEN: usize = 3;
        TokenSpan::of(path.get(if is_ours { PREFIX_LEN } else { 0 }..).unwrap_or_default())
    }

    fn runtime(&self) -> TokenStream {
        let root = &self.root;
        quote!(#root::__private)
    }
}

fn group(token: TokenTree) -> Option<Group> {
    match token {
        TokenTree::Group(group) => Some(group),
        _ => None,
    }
}

pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(call) = InputCall::of(tokens) else {
        errors.add(TokenSpan::call_site(), NOT_PUBLIC);
        return errors.into_tokens();
    };
    let with = format_args!("this call of `input!` for the model {}", call.id);
    let expanded = bug::caught(with, || {
        let schema = schema::of(call.hash.clone(), &call.id, || call.schema_text())?;
        Ok(expand_with(&call, &schema, Errors::default()))
    });
    expanded.flatten().unwrap_or_else(|bug: String| {
        errors.add(call.written(), bug);
        failed(&call, errors, &TokenStream::new(), false)
    })
}

fn expand_with(call: &InputCall, schema: &ModelRules, mut errors: Errors) -> TokenStream {
    let root = schema.root();
    let mut read = members(call.fields.stream(), &root, &mut errors);
    let has_expression = read.has_expression();
    let mut unknown = refuse_unknown(call, schema, &mut read, &mut errors);
    refuse_deep(&read, &mut errors);
    let wrong = judge(call, schema, &read, &mut errors);
    let is_plain = !has_expression && read.members.iter().all(|one| !one.is_other_setter);
    if is_plain
        && errors.is_empty()
        && let Some(literal) = literal_call(call, schema, &read)
    {
        return literal;
    }
    let rt = call.runtime();
    let input = call.input();
    let start = match &read.rest {
        Some((span, rest)) if rest.is_empty() => {
            errors.add(*span, "`..` needs an input behind it, as in `..base`");
            quote!(#input::builder())
        }
        Some((span, rest)) => {
            let base = quote_spanned!(span.end=> #rt::Base::<#input>::base(&(#rest)));
            quote!(#input::to_builder(#base))
        }
        None => quote!(#input::builder()),
    };
    let mut setters = TokenStream::new();
    let (mut names, unknown_inside) = names_inside(call, schema, &read.members);
    unknown.extend(unknown_inside);
    for (index, member) in read.members.iter().enumerate() {
        // A wrong literal would be an error of types too.
        let is_taken = !wrong.contains(&index) || is_part(member);
        match setter(member, &rt).filter(|_| is_taken) {
            Some(setter) => setters.extend(setter),
            None => {
                if errors.is_empty() {
                    errors.add(member.name_span, dropped(call, member));
                }
                names.extend(name_without_setter(call, schema, member));
            }
        }
    }
    let mut mentioned = types(call, &read.members);
    if !names.is_empty() {
        mentioned.extend(quote!(let _ = (#names);));
    }
    mentioned.extend(for_editors(&unknown));
    let builder = quote!(#start #setters);
    if !errors.is_empty() {
        return failed(call, errors, &quote!(#mentioned let _ = #builder;), has_expression);
    }
    let built = quote!(#builder.build());
    let built = if has_expression { built } else { quote!(#rt::literal(#built)) };
    if mentioned.is_empty() { built } else { quote!({ #mentioned #built }) }
}

/// The message for a field without a setter in a call without an error. There should be none.
fn dropped(call: &InputCall, member: &CallMember) -> String {
    let with = format_args!("this call of `input!` for the model {}", call.id);
    bug::message(with, format_args!("nothing sets the field {}", member.key))
}

/// A call of which all is literal, as one call with the body as JSON text: that costs the compiler less
/// than a builder. Its names are there too, as paths of getters, so that an editor knows them. `None` if a
/// value is no literal.
///
/// The tokens are written one by one: this is most of the work of an app with many calls, and macros are
/// not optimised in a build for tests.
fn literal_call(call: &InputCall, schema: &ModelRules, read: &CallMembers) -> Option<TokenStream> {
    let member = |member: &CallMember| Some((member.key.clone().into(), member.value.json()?));
    let members: Option<_> = read.members.iter().map(member).collect();
    let text = Json::Object(members?).to_string();
    let input = || word("__Input");
    let mut names = Vec::new();
    for name in read.members.iter().filter_map(|member| member.name.as_ref()) {
        names.push(input());
        names.extend(path_separator());
        names.extend([name.clone().into(), punct(',', false)]);
    }
    names.extend(names_inside(call, schema, &read.members).0);
    let mut body: Vec<TokenTree> = types(call, &read.members).into_iter().collect();
    body.push(word("use"));
    body.extend(call.path.clone());
    body.extend(path_separator());
    body.extend([word("Input"), word("as"), input()]);
    body.extend([punct(';', false), word("let"), word("_"), punct('=', false)]);
    body.push(Group::new(Delimiter::Parenthesis, names.into_iter().collect()).into());
    body.push(punct(';', false));
    body.extend(call.root.clone());
    for name in ["__private", "literal_input"] {
        body.extend(path_separator());
        body.push(word(name));
    }
    body.extend(path_separator());
    body.extend([punct('<', false), input(), punct('>', false)]);
    let text = TokenStream::from(TokenTree::from(Literal::string(&text)));
    body.push(Group::new(Delimiter::Parenthesis, text).into());
    Some(TokenTree::from(Group::new(Delimiter::Brace, body.into_iter().collect())).into())
}

/// Whether the argument of the setter is a part of a body. Another setter, such as `maybe_seed`, takes an
/// option: a literal there is an error of types, which is at the literal if that is passed as it is.
fn is_part(member: &CallMember) -> bool {
    let is_literal = matches!(member.value.kind, ValueKind::Literal(_));
    member.value.is_part() && !(member.is_other_setter && is_literal)
}

/// The call of a field's setter, whose name has the place of the field's, so that an editor knows it.
fn setter(member: &CallMember, rt: &TokenStream) -> Option<TokenStream> {
    let name = member.name.as_ref()?;
    let argument = match is_part(member) {
        true => member.value.part(rt),
        false if member.is_other_setter => member.value.as_written(),
        false => member.value.typed(),
    };
    (!argument.is_empty()).then(|| quote!(.#name(#argument)))
}

/// The names of fields inside objects, as paths of getters with commas: those that lead to one, and those
/// that no field has.
fn names_inside(
    call: &InputCall,
    schema: &ModelRules,
    members: &[CallMember],
) -> (TokenStream, TokenStream) {
    let (mut known, mut unknown) = (TokenStream::new(), TokenStream::new());
    let mut with_objects = members.iter().filter(|member| member.value.has_object()).peekable();
    if with_objects.peek().is_some()
        && let Some(getters) = call.getters(schema)
    {
        for getter in with_objects.flat_map(|member| getters.inside(member)) {
            let names = if getter.is_known { &mut known } else { &mut unknown };
            names.extend(getter.path(&call.path));
        }
    }
    (known, unknown)
}

/// Names that no field has, as paths of getters. An editor completes such a name while it is typed; for the
/// compiler, each would be one more error.
fn for_editors(names: &TokenStream) -> TokenStream {
    if names.is_empty() {
        return TokenStream::new();
    }
    quote! {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            let _ = (#names);
        };
    }
}

/// The name of a field whose setter is not called, in the same form.
fn name_without_setter(
    call: &InputCall,
    schema: &ModelRules,
    member: &CallMember,
) -> Option<TokenStream> {
    let getter = call.getters(schema)?.of_input(member)?;
    Some(getter.path(&call.path))
}

/// A use of each type that is written inside the call, so that the compiler knows them.
fn types(call: &InputCall, members: &[CallMember]) -> TokenStream {
    let mut types = Vec::new();
    members.iter().for_each(|member| member.value.types(&mut types));
    if types.is_empty() {
        return TokenStream::new();
    }
    let path = &call.path;
    quote! {
        const _: () = {
            #[allow(unused_imports)]
            use #path::*;
            #(let _: ::core::option::Option<#types> = ::core::option::Option::None;)*
        };
    }
}

/// Reports the names that no setter has, and returns them as paths of getters with commas. The field that is
/// meant counts as given.
fn refuse_unknown(
    call: &InputCall,
    schema: &ModelRules,
    read: &mut CallMembers,
    errors: &mut Errors,
) -> TokenStream {
    let mut paths = TokenStream::new();
    if read.members.iter().all(|member| member.is_known) {
        return paths;
    }
    let input = call.input();
    let root = schema.root();
    let mut meant = Vec::new();
    read.members.retain(|member| {
        if member.is_known {
            return true;
        }
        let span = member.name_span;
        let (message, key) = unknown(&root, &call.id, &member.key);
        errors.add(span, message);
        meant.extend(key.map(|key| (key.to_owned(), span)));
        paths.extend(member.name.as_ref().map(|name| quote!(#input::#name,)));
        false
    });
    for (key, span) in meant {
        if read.members.iter().all(|member| member.key != key) {
            let value = CallValue::unknown(span);
            read.members.push(CallMember {
                key,
                is_known: true,
                is_other_setter: false,
                name: None,
                name_span: span,
                is_described: true,
                value,
            });
        }
    }
    paths
}

/// Reports values that no program could read again as JSON.
fn refuse_deep(read: &CallMembers, errors: &mut Errors) {
    // `serde_json` stops one level before its limit.
    const MAX_LEVELS: usize = MAX_DEPTH - 1;
    for member in &read.members {
        // The input itself is a level.
        if let Some(span) = member.value.deeper_than(MAX_LEVELS - 1) {
            let message = format!(
                "this is nested too deeply: a request has at most {MAX_LEVELS} lists and objects \
                 inside each other"
            );
            errors.add(span, message);
        }
    }
}

/// Judges the known parts of the body. Returns the indices of the members that break a rule.
fn judge(
    call: &InputCall,
    schema: &ModelRules,
    read: &CallMembers,
    errors: &mut Errors,
) -> Vec<usize> {
    let members = read.members.iter().map(|one| (one.key.clone(), one.value.partial()));
    let is_open = read.rest.is_some() || read.is_broken;
    let body = Partial::Object { members: members.collect(), is_open };
    let mut found = Vec::new();
    for violation in partial::check(&schema.definitions, &schema.rules, &body) {
        let mut steps = violation.path().split('/').skip(1);
        let key = steps.next().map(unescape);
        let index = read.members.iter().position(|member| Some(&member.key) == key.as_ref());
        let span = match index.and_then(|index| read.members.get(index)) {
            Some(member) => member.value.span_at(steps),
            None => call.written(),
        };
        found.push((index, span, violation.to_string()));
    }
    // In the order of the call; the judge goes by the schema.
    found.sort_by_key(|(index, ..)| *index);
    let wrong = found.iter().filter_map(|(index, ..)| *index).collect();
    for (_, span, message) in found {
        errors.add(span, message);
    }
    wrong
}

/// The errors, and an expression of the right type, so that they cause no others and an editor goes on.
fn failed(
    call: &InputCall,
    errors: Errors,
    statements: &TokenStream,
    has_expression: bool,
) -> TokenStream {
    let (rt, input) = (call.runtime(), call.input());
    let errors = errors.into_tokens();
    let result = Ident::new("Result", Span::call_site());
    let output = if has_expression {
        quote!(::core::result::#result<#input, #rt::ValidationErrors>)
    } else {
        input
    };
    quote!({ #statements #errors #rt::not_compiled::<#output>() })
}
