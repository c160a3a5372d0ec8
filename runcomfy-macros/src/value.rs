//! The values of a call: literals, lists and objects of values, and any other expression.

use proc_macro2::{Delimiter, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote, quote_spanned};
use runcomfy_schema::Json;
use runcomfy_schema::json::Text;
use runcomfy_schema::partial::Partial;
use runcomfy_schema::possible::Possible;
use syn::Lit;

use crate::call::{CallMember, members};
use crate::errors::{Errors, TokenSpan};
use crate::tokens::{is_colon, is_punct, only_group, opened, split};

/// The place of a value in the schema. Most values do not need it.
type Here<'h, 'r> = &'h dyn Fn() -> Possible<'r>;

/// A value, and where it stands.
pub(crate) struct CallValue {
    pub(crate) kind: ValueKind,
    pub(crate) span: TokenSpan,
    tokens: TokenStream,
}

pub(crate) enum ValueKind {
    /// A literal, and the tokens that a setter takes for it.
    Literal(Json, TokenStream),
    List(Vec<CallValue>),
    /// The path of its type, if one is written, and its members.
    Object(TokenStream, Vec<CallMember>),
    Expression,
}

impl CallValue {
    /// Reads a value. Names of fields become keys by the schema at this place.
    pub(crate) fn of(tokens: Vec<TokenTree>, here: Here<'_, '_>, errors: &mut Errors) -> Self {
        let span = TokenSpan::of(&tokens);
        let all: TokenStream = tokens.iter().cloned().collect();
        let tokens = opened(tokens);
        let kind = literal(&tokens)
            .or_else(|| list(&tokens, here, errors))
            .or_else(|| object(&tokens, here, errors))
            .unwrap_or(ValueKind::Expression);
        Self { kind, span, tokens: all }
    }

    /// The variable with the name of a field.
    pub(crate) fn variable(tokens: &[TokenTree]) -> Self {
        let span = TokenSpan::of(tokens);
        Self { kind: ValueKind::Expression, span, tokens: tokens.iter().cloned().collect() }
    }

    /// A value that is not known, such as one that is missing.
    pub(crate) fn unknown(span: TokenSpan) -> Self {
        Self { kind: ValueKind::Expression, span, tokens: TokenStream::new() }
    }

    pub(crate) fn partial(&self) -> Partial {
        match &self.kind {
            ValueKind::Literal(json, _) => Partial::Known(json.clone()),
            ValueKind::List(items) => Partial::List(items.iter().map(Self::partial).collect()),
            ValueKind::Object(_, members) => {
                let member = |member: &CallMember| (member.key.clone(), member.value.partial());
                Partial::Object { members: members.iter().map(member).collect(), is_open: false }
            }
            ValueKind::Expression => Partial::Unknown,
        }
    }

    /// The span of the innermost value on the way of a JSON pointer; that of its name if no object
    /// here has a field of that name.
    pub(crate) fn span_at<'p>(&self, mut way: impl Iterator<Item = &'p str>) -> TokenSpan {
        let Some(step) = way.next() else { return self.span };
        match &self.kind {
            ValueKind::List(items) => {
                let item = step.parse().ok().and_then(|index: usize| items.get(index));
                item.map_or(self.span, |item| item.span_at(way))
            }
            ValueKind::Object(_, members) => {
                let key = step.replace("~1", "/").replace("~0", "~");
                match members.iter().find(|member| member.key == key) {
                    Some(member) if member.is_described => member.value.span_at(way),
                    Some(member) => member.name_span,
                    None => self.span,
                }
            }
            ValueKind::Literal(..) | ValueKind::Expression => self.span,
        }
    }

    /// The argument of a setter.
    pub(crate) fn argument(&self, rt: &TokenStream) -> TokenStream {
        let is_expression = |item: &Self| matches!(item.kind, ValueKind::Expression);
        match &self.kind {
            // Rust has no literal for it.
            ValueKind::Literal(Json::Null, _) => self.part(rt),
            ValueKind::Literal(_, tokens) => tokens.clone(),
            ValueKind::Expression => self.tokens.clone(),
            // A list of expressions alone has one type.
            ValueKind::List(items) if !items.is_empty() && items.iter().all(is_expression) => {
                self.tokens.clone()
            }
            ValueKind::List(_) | ValueKind::Object(..) => self.part(rt),
        }
    }

    /// The value as a part of a body.
    fn part(&self, rt: &TokenStream) -> TokenStream {
        if let Some(json) = self.partial().known() {
            let text = Literal::string(&json.to_string());
            return quote!(#rt::part(#text));
        }
        match &self.kind {
            ValueKind::List(items) => {
                let items = items.iter().map(|item| item.part(rt));
                quote!(#rt::part_list([#(#items),*]))
            }
            ValueKind::Object(_, members) => {
                let keys = members.iter().map(|member| &member.key);
                let parts = members.iter().map(|member| member.value.part(rt));
                quote!(#rt::part_object([#((#keys, #parts)),*]))
            }
            ValueKind::Literal(..) | ValueKind::Expression => {
                let tokens = &self.tokens;
                quote_spanned!(self.span.start=> #rt::IntoPart::into_part(#tokens))
            }
        }
    }

    /// The paths of the types that are written inside.
    pub(crate) fn types(&self, types: &mut Vec<TokenStream>) {
        match &self.kind {
            ValueKind::List(items) => items.iter().for_each(|item| item.types(types)),
            ValueKind::Object(path, members) => {
                if !path.is_empty() {
                    types.push(path.clone());
                }
                members.iter().for_each(|member| member.value.types(types));
            }
            ValueKind::Literal(..) | ValueKind::Expression => {}
        }
    }
}

/// A string, a number, `true`, `false` or `null`.
fn literal(tokens: &[TokenTree]) -> Option<ValueKind> {
    let (minus, token) = match tokens {
        [token] => (None, token),
        [minus, token @ TokenTree::Literal(_)] if is_punct(Some(minus), '-') => {
            (Some(minus), token)
        }
        _ => return None,
    };
    if let TokenTree::Ident(ident) = token {
        if ident == "null" {
            return Some(ValueKind::Literal(Json::Null, TokenStream::new()));
        }
        let bool = ident.to_string().parse().ok()?;
        return Some(ValueKind::Literal(Json::Bool(bool), quote!(#ident)));
    }
    let TokenTree::Literal(token) = token else { return None };
    let span = token.span();
    let number = |json: Json, tokens: TokenTree| ValueKind::Literal(json, quote!(#minus #tokens));
    match Lit::new(token.clone()) {
        Lit::Str(text) if minus.is_none() && text.suffix().is_empty() => {
            Some(ValueKind::Literal(Json::String(Text::from_setter(text.value())), quote!(#token)))
        }
        Lit::Char(char) if minus.is_none() && char.suffix().is_empty() => {
            let text = char.value().to_string();
            let tokens = spanned(Literal::string(&text), span);
            Some(ValueKind::Literal(
                Json::String(Text::from_setter(text)),
                tokens.into_token_stream(),
            ))
        }
        Lit::Int(int) if !int.suffix().starts_with('f') => {
            is_type(int.suffix(), &INTEGERS).then_some(())?;
            let value: i128 = int.base10_parse().ok()?;
            let value = if minus.is_some() { -value } else { value };
            // Without a type, a large number would be one of the type `i32`.
            let number_type = match (int.suffix(), i64::try_from(value), u64::try_from(value)) {
                ("", Ok(_), _) => Some("i64"),
                ("", _, Ok(_)) => Some("u64"),
                _ => None,
            };
            let typed = number_type.and_then(|name| {
                // As text, since the least `i64` without its sign is none.
                format!("{}{name}", value.unsigned_abs()).parse().ok()
            });
            let tokens = spanned(typed.unwrap_or_else(|| token.clone()), span);
            Some(number(Json::integer(value), tokens))
        }
        lit @ (Lit::Int(_) | Lit::Float(_)) => {
            let (digits, suffix) = match &lit {
                Lit::Int(int) => (int.base10_digits(), int.suffix()),
                Lit::Float(float) => (float.base10_digits(), float.suffix()),
                _ => return None,
            };
            is_type(suffix, &["f32", "f64"]).then_some(())?;
            let value: f64 = digits.parse().ok()?;
            let value = if minus.is_some() { -value } else { value };
            Some(number(Json::float(value), token.clone().into()))
        }
        _ => None,
    }
}

const INTEGERS: [&str; 10] =
    ["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize"];

fn is_type(suffix: &str, types: &[&str]) -> bool {
    suffix.is_empty() || types.contains(&suffix)
}

fn spanned(mut literal: Literal, span: Span) -> TokenTree {
    literal.set_span(span);
    literal.into()
}

/// `[value, ..]`. `[value; 3]` is an expression.
fn list(tokens: &[TokenTree], here: Here<'_, '_>, errors: &mut Errors) -> Option<ValueKind> {
    let group = only_group(tokens).filter(|group| group.delimiter() == Delimiter::Bracket)?;
    if group.stream().into_iter().any(|token| is_punct(Some(&token), ';')) {
        return None;
    }
    let items = split(group.stream()).into_iter().enumerate();
    let here = here();
    let items = items.map(|(index, item)| CallValue::of(item, &|| here.item(index), errors));
    Some(ValueKind::List(items.collect()))
}

/// `Type { field: value, .. }`, or the same without the type. A block is an expression.
fn object(tokens: &[TokenTree], here: Here<'_, '_>, errors: &mut Errors) -> Option<ValueKind> {
    let (TokenTree::Group(group), path) = tokens.split_last()? else { return None };
    if group.delimiter() != Delimiter::Brace {
        return None;
    }
    let inner: Vec<_> = group.stream().into_iter().collect();
    let has_fields = inner.is_empty() || is_colon(&inner, 1);
    let is_object = if path.is_empty() { has_fields } else { is_type_path(path) };
    if !is_object {
        return None;
    }
    let read = members(group.stream(), &here(), errors);
    if let Some((span, _)) = read.rest {
        errors
            .add(span, "`..` is for the whole input: write out the fields of an object inside it");
    }
    Some(ValueKind::Object(path.iter().cloned().collect(), read.members))
}

/// Whether tokens are a path that ends with a type: a word with a capital letter, as no keyword has it
/// before a block.
fn is_type_path(tokens: &[TokenTree]) -> bool {
    let is_part = |token: &TokenTree| match token {
        TokenTree::Ident(_) => true,
        other => is_punct(Some(other), ':'),
    };
    let is_type = |ident: &str| ident.trim_start_matches('_').starts_with(char::is_uppercase);
    tokens.iter().all(is_part)
        && matches!(tokens.last(), Some(TokenTree::Ident(ident)) if is_type(&ident.to_string()))
        && !tokens.windows(2).any(|two| matches!(two, [TokenTree::Ident(_), TokenTree::Ident(_)]))
}
