//! The values of a call: literals, lists and objects of values, and any other expression.

use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use runcomfy_schema::Json;
use runcomfy_schema::json::Text;
use runcomfy_schema::partial::Partial;
use runcomfy_schema::pointer::unescape;
use runcomfy_schema::possible::Possible;
use syn::Lit;

use crate::call::{CallMember, members};
use crate::errors::{Errors, TokenSpan};
use crate::tokens::{is_colon, is_missing, is_punct, only_group, opened, plain_text, split, text};

/// Finds the rules of a value. Most values do not need them.
type FindRules<'f, 'r> = &'f dyn Fn() -> Possible<'r>;

/// A value, and where it stands.
pub(crate) struct CallValue {
    pub(crate) kind: ValueKind,
    pub(crate) span: TokenSpan,
    tokens: Vec<TokenTree>,
}

pub(crate) enum ValueKind {
    Literal(Json),
    List(Vec<CallValue>),
    /// The path of its type, if one is written, and its members.
    Object(TokenStream, Vec<CallMember>),
    Expression,
}

impl CallValue {
    /// Reads a value. Names of fields become keys by its rules.
    pub(crate) fn of(
        tokens: Vec<TokenTree>,
        find_rules: FindRules<'_, '_>,
        errors: &mut Errors,
    ) -> Self {
        let span = TokenSpan::of(&tokens);
        let tokens = opened(tokens);
        let kind = literal(&tokens)
            .or_else(|| list(&tokens, find_rules, errors))
            .or_else(|| object(&tokens, find_rules, errors))
            .unwrap_or(ValueKind::Expression);
        Self { kind, span, tokens }
    }

    /// The variable with the name of a field.
    pub(crate) fn variable(tokens: &[TokenTree]) -> Self {
        let span = TokenSpan::of(tokens);
        Self { kind: ValueKind::Expression, span, tokens: tokens.to_vec() }
    }

    /// A value that is not known, such as one that is missing.
    pub(crate) fn unknown(span: TokenSpan) -> Self {
        Self { kind: ValueKind::Expression, span, tokens: Vec::new() }
    }

    pub(crate) fn partial(&self) -> Partial {
        match &self.kind {
            ValueKind::Literal(json) => Partial::Known(json.clone()),
            ValueKind::List(items) => Partial::List(items.iter().map(Self::partial).collect()),
            ValueKind::Object(_, members) => {
                let member = |member: &CallMember| (member.key.clone(), member.value.partial());
                Partial::Object { members: members.iter().map(member).collect(), is_open: false }
            }
            ValueKind::Expression => Partial::Unknown,
        }
    }

    pub(crate) fn is_literal(&self) -> bool {
        match &self.kind {
            ValueKind::Literal(_) => true,
            ValueKind::List(items) => items.iter().all(Self::is_literal),
            ValueKind::Object(_, members) => members.iter().all(|member| member.value.is_literal()),
            ValueKind::Expression => false,
        }
    }

    /// Whether an object is written in it.
    pub(crate) fn has_object(&self) -> bool {
        match &self.kind {
            ValueKind::List(items) => items.iter().any(Self::has_object),
            ValueKind::Object(..) => true,
            ValueKind::Literal(_) | ValueKind::Expression => false,
        }
    }

    /// The value, if all of it is literal.
    pub(crate) fn json(&self) -> Option<Json> {
        match &self.kind {
            ValueKind::Literal(json) => Some(json.clone()),
            ValueKind::List(items) => {
                items.iter().map(Self::json).collect::<Option<_>>().map(Json::Array)
            }
            ValueKind::Object(_, members) => {
                let member =
                    |member: &CallMember| Some((member.key.clone().into(), member.value.json()?));
                members.iter().map(member).collect::<Option<_>>().map(Json::Object)
            }
            ValueKind::Expression => None,
        }
    }

    /// The place of the first list or object that is more than this many levels deep, itself counted.
    pub(crate) fn deeper_than(&self, levels: usize) -> Option<TokenSpan> {
        let inside = |value: &Self| value.deeper_than(levels.checked_sub(1)?);
        match &self.kind {
            ValueKind::List(_) | ValueKind::Object(..) if levels == 0 => Some(self.span),
            ValueKind::List(items) => items.iter().find_map(inside),
            ValueKind::Object(_, members) => {
                members.iter().find_map(|member| inside(&member.value))
            }
            ValueKind::Literal(_) | ValueKind::Expression => None,
        }
    }

    /// The span of the innermost value at these steps of a JSON pointer. If no schema describes that
    /// value, the span of its name.
    pub(crate) fn span_at<'p>(&self, mut steps: impl Iterator<Item = &'p str>) -> TokenSpan {
        let Some(step) = steps.next() else { return self.span };
        match &self.kind {
            ValueKind::List(items) => {
                let item = step.parse().ok().and_then(|index: usize| items.get(index));
                item.map_or(self.span, |item| item.span_at(steps))
            }
            ValueKind::Object(_, members) => {
                let key = unescape(step);
                match members.iter().find(|member| member.key == key) {
                    Some(member) if member.is_described => member.value.span_at(steps),
                    Some(member) => member.name_span,
                    None => self.span,
                }
            }
            ValueKind::Literal(_) | ValueKind::Expression => self.span,
        }
    }

    /// The value as an expression of Rust.
    pub(crate) fn as_written(&self) -> TokenStream {
        self.tokens.iter().cloned().collect()
    }

    /// The value as an expression of Rust with the type of a field.
    pub(crate) fn typed(&self) -> TokenStream {
        integer(&self.tokens).unwrap_or_else(|| self.as_written())
    }

    /// Whether the value is written as a part of a body, which every setter takes.
    pub(crate) fn is_part(&self) -> bool {
        // An item that is missing is not one.
        let is_expression =
            |item: &Self| matches!(item.kind, ValueKind::Expression) && !item.tokens.is_empty();
        match &self.kind {
            // The type of another literal in Rust may not be that of the field: `5.0` is an integer in JSON.
            // Where it is, the setter's own conversion costs the compiler less.
            ValueKind::Literal(_) => {
                !matches!(self.tokens.as_slice(), [token] if text(token).is_some())
                    && integer(&self.tokens).is_none()
            }
            // A list of expressions alone has one type.
            ValueKind::List(items) => items.is_empty() || !items.iter().all(is_expression),
            ValueKind::Object(..) => true,
            ValueKind::Expression => false,
        }
    }

    /// The value as a part of a body.
    pub(crate) fn part(&self, rt: &TokenStream) -> TokenStream {
        if let Some(json) = self.json() {
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
            // The value is missing, which is an error already.
            ValueKind::Expression if self.tokens.is_empty() => {
                quote!(#rt::not_compiled::<#rt::Part>())
            }
            ValueKind::Literal(_) | ValueKind::Expression => {
                let tokens = &self.tokens;
                quote_spanned!(self.span.start=> #rt::IntoPart::into_part(#(#tokens)*))
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
            ValueKind::Literal(_) | ValueKind::Expression => {}
        }
    }
}

/// A string, a number, `true`, `false` or `null`.
fn literal(tokens: &[TokenTree]) -> Option<ValueKind> {
    let (is_negative, token) = match tokens {
        [token] => (false, token),
        [minus, token @ TokenTree::Literal(_)] if is_punct(Some(minus), '-') => (true, token),
        _ => return None,
    };
    let json = match token {
        TokenTree::Ident(ident) => match ident.to_string().as_str() {
            "true" => Json::Bool(true),
            "false" => Json::Bool(false),
            "null" => Json::Null,
            _ => return None,
        },
        TokenTree::Literal(token) => {
            let written = token.to_string();
            if !is_negative && let Some(text) = plain_text(&written) {
                Json::String(Text::from_setter(text))
            } else if let Ok(value) = written.parse::<i64>() {
                let value = i128::from(value);
                Json::integer(if is_negative { -value } else { value })
            } else {
                any_literal(is_negative, token)?
            }
        }
        TokenTree::Group(_) | TokenTree::Punct(_) => return None,
    };
    Some(ValueKind::Literal(json))
}

/// A literal in any of the forms that Rust has.
fn any_literal(is_negative: bool, token: &Literal) -> Option<Json> {
    match Lit::new(token.clone()) {
        Lit::Str(text) if !is_negative && text.suffix().is_empty() => {
            Some(Json::String(Text::from_setter(text.value())))
        }
        Lit::Char(char) if !is_negative && char.suffix().is_empty() => {
            Some(Json::String(Text::from_setter(char.value().to_string())))
        }
        Lit::Int(int) if !int.suffix().starts_with('f') => {
            if !is_type(int.suffix(), &INTEGERS) {
                return None;
            }
            let value: i128 = int.base10_parse().ok()?;
            Some(Json::integer(if is_negative { -value } else { value }))
        }
        lit @ (Lit::Int(_) | Lit::Float(_)) => {
            let (digits, suffix) = match &lit {
                Lit::Int(int) => (int.base10_digits(), int.suffix()),
                Lit::Float(float) => (float.base10_digits(), float.suffix()),
                _ => return None,
            };
            if !is_type(suffix, &["f32", "f64"]) {
                return None;
            }
            let value: f64 = digits.parse().ok()?;
            Some(Json::float(if is_negative { -value } else { value }))
        }
        _ => None,
    }
}

/// An integer without a suffix, with the type of a setter: without one, a large number would be an `i32`.
fn integer(tokens: &[TokenTree]) -> Option<TokenStream> {
    let (TokenTree::Literal(literal), signs) = tokens.split_last()? else { return None };
    let Lit::Int(int) = Lit::new(literal.clone()) else { return None };
    let value: i64 = int.base10_parse().ok().filter(|_| int.suffix().is_empty())?;
    let mut typed = Literal::i64_suffixed(value);
    typed.set_span(literal.span());
    Some(signs.iter().cloned().chain([typed.into()]).collect())
}

const INTEGERS: [&str; 10] =
    ["i8", "i16", "i32", "i64", "isize", "u8", "u16", "u32", "u64", "usize"];

fn is_type(suffix: &str, types: &[&str]) -> bool {
    suffix.is_empty() || types.contains(&suffix)
}

/// `[value, ..]`. `[value; 3]` is an expression.
fn list(
    tokens: &[TokenTree],
    find_rules: FindRules<'_, '_>,
    errors: &mut Errors,
) -> Option<ValueKind> {
    let group = only_group(tokens).filter(|group| group.delimiter() == Delimiter::Bracket)?;
    if group.stream().into_iter().any(|token| is_punct(Some(&token), ';')) {
        return None;
    }
    let items = split(group.stream()).into_iter().enumerate();
    let rules = find_rules();
    let items = items.map(|(index, item)| {
        if is_missing(&item) {
            let span = TokenSpan::of(&item);
            errors.add(span, "no value stands before this comma: remove it");
            return CallValue::unknown(span);
        }
        CallValue::of(item, &|| rules.item(index), errors)
    });
    Some(ValueKind::List(items.collect()))
}

/// `Type { field: value, .. }`, or the same without the type. A block is an expression.
fn object(
    tokens: &[TokenTree],
    find_rules: FindRules<'_, '_>,
    errors: &mut Errors,
) -> Option<ValueKind> {
    let (TokenTree::Group(group), path) = tokens.split_last()? else { return None };
    if group.delimiter() != Delimiter::Brace {
        return None;
    }
    let inner: Vec<_> = group.stream().into_iter().collect();
    let rules = find_rules();
    let is_object = if path.is_empty() { has_fields(&inner, &rules) } else { is_type_path(path) };
    if !is_object {
        return None;
    }
    let read = members(group.stream(), &rules, errors);
    if let Some((span, _)) = read.rest {
        errors
            .add(span, "`..` is for the whole input: write out the fields of an object inside it");
    }
    // An object becomes JSON here, without its builder and the setters of that.
    for member in read.members.iter().filter(|member| member.is_other_setter) {
        let Some(written) = &member.name else { continue };
        let written = written.to_string();
        let name = written.strip_prefix("maybe_").unwrap_or(&written);
        errors.add(
            member.name_span,
            format!("`{written}` is a setter of the input alone: inside an object, write `{name}: value`"),
        );
    }
    Some(ValueKind::Object(path.iter().cloned().collect(), read.members))
}

/// Whether the tokens in braces are fields. A name alone, `{ width }`, may be a field or a block: it is a
/// field if there is one of that name.
fn has_fields(inner: &[TokenTree], rules: &Possible<'_>) -> bool {
    match inner {
        [] => true,
        [TokenTree::Ident(name)] => {
            let name = name.to_string();
            let name = name.trim_start_matches("r#");
            rules.fields().iter().any(|field| field.name == name)
        }
        [TokenTree::Ident(_), comma, ..] if is_punct(Some(comma), ',') => true,
        inner => is_colon(inner, 1),
    }
}

/// Whether tokens are a path that ends with a type: a word with a capital letter. The only keyword with
/// one is `Self`, which is a type, too. So `if x {}` and `unsafe {}` are expressions.
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
