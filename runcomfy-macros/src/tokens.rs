//! Splits lists of expressions at their commas, which `syn` cannot do without its largest feature. An
//! expression is passed on as it is, and rustc reports its errors.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use syn::Lit;

pub(crate) fn word(text: &str) -> TokenTree {
    Ident::new(text, Span::call_site()).into()
}

pub(crate) fn punct(char: char, is_joint: bool) -> TokenTree {
    Punct::new(char, if is_joint { Spacing::Joint } else { Spacing::Alone }).into()
}

/// `::`
pub(crate) fn path_separator() -> [TokenTree; 2] {
    [punct(':', true), punct(':', false)]
}

/// Whether a token is this character.
pub(crate) fn is_punct(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == char)
}

pub(crate) fn is_joint(token: Option<&TokenTree>, char: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct))
        if punct.as_char() == char && punct.spacing() == Spacing::Joint)
}

/// Whether a `:` stands here that is no part of `::`.
pub(crate) fn is_colon(tokens: &[TokenTree], index: usize) -> bool {
    is_punct(tokens.get(index), ':')
        && !(is_joint(tokens.get(index), ':') && is_punct(tokens.get(index + 1), ':'))
}

/// The text of a string literal.
pub(crate) fn text(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Literal(literal) => {
            plain_text(&literal.to_string()).or_else(|| match Lit::new(literal.clone()) {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            })
        }
        _ => None,
    }
}

/// The text of a string literal with no other escapes than generated code has: `syn` reads character by
/// character, which takes long for a schema.
pub(crate) fn plain_text(written: &str) -> Option<String> {
    let inner = written.strip_prefix('"')?.strip_suffix('"')?;
    let mut text = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        text.push(match after.as_bytes().first()? {
            b'"' => '"',
            b'\\' => '\\',
            b'n' => '\n',
            _ => return None,
        });
        rest = after.get(1..)?;
    }
    text.push_str(rest);
    Some(text)
}

fn is_word(token: Option<&TokenTree>, words: &[&str]) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if words.iter().any(|word| ident == word))
}

/// The only group of these tokens. Groups without delimiters, which `macro_rules` makes, are opened.
pub(crate) fn only_group(tokens: &[TokenTree]) -> Option<&Group> {
    match tokens {
        [TokenTree::Group(group)] => Some(group),
        _ => None,
    }
}

/// Tokens without an undelimited group around them.
pub(crate) fn opened(tokens: Vec<TokenTree>) -> Vec<TokenTree> {
    match only_group(&tokens) {
        Some(group) if group.delimiter() == Delimiter::None => {
            opened(group.stream().into_iter().collect())
        }
        _ => tokens,
    }
}

/// The parts between commas. The last is left out if it is empty, as after a trailing comma. Another one
/// that is empty is the comma after it: see [`is_missing`].
pub(crate) fn split(tokens: TokenStream) -> Vec<Vec<TokenTree>> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let has_commas_inside = |token: &TokenTree| {
        matches!(token, TokenTree::Punct(punct)
        if matches!(punct.as_char(), '<' | '|'))
    };
    if !tokens.iter().any(has_commas_inside) {
        return split_plain(tokens);
    }
    let mut parts = vec![Vec::new()];
    // How many generics are open, as in `f::<A, B>()`.
    let mut depth = 0_usize;
    let mut in_cast = false;
    let mut in_closure = false;
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| tokens.get(index));
        let is_after_path = is_path_end(&tokens, index);
        let starts = !is_after_path && is_start_after(before);
        if is_punct(Some(token), '<') && (depth > 0 || starts || is_after_path || in_cast) {
            depth += 1;
        } else if is_punct(Some(token), '>') && !is_joint(before, '-') && !is_joint(before, '=') {
            depth = depth.saturating_sub(1);
        } else if is_punct(Some(token), '|') {
            in_closure = !in_closure && starts;
        }
        in_cast = is_word(Some(token), &["as"]) || (in_cast && is_in_type(&tokens, index));
        if is_punct(Some(token), ',') && depth == 0 && !in_closure {
            end_part(&mut parts, token);
            in_cast = false;
        } else if let Some(part) = parts.last_mut() {
            part.push(token.clone());
        }
    }
    if parts.last().is_some_and(Vec::is_empty) {
        parts.pop();
    }
    parts
}

/// Whether an expression may start after this token. If not, `<` and `|` are operators there.
fn is_start_after(before: Option<&TokenTree>) -> bool {
    const WORDS: [&str; 11] =
        ["async", "break", "if", "in", "match", "move", "mut", "raw", "return", "static", "while"];
    match before {
        None => true,
        // The ends of an operand, and the middles of `<<` and `||`.
        Some(TokenTree::Punct(punct)) => match punct.as_char() {
            '?' | '>' => false,
            '<' | '|' => punct.spacing() == Spacing::Alone,
            _ => true,
        },
        Some(TokenTree::Ident(_)) => is_word(before, &WORDS),
        Some(TokenTree::Literal(_) | TokenTree::Group(_)) => false,
    }
}

/// Whether a token goes on with the type that the tokens before it have begun, up to its `<`. An operator
/// after the type does not.
fn is_in_type(tokens: &[TokenTree], index: usize) -> bool {
    let before = index.checked_sub(1).and_then(|index| tokens.get(index));
    match tokens.get(index) {
        Some(TokenTree::Ident(_)) => true,
        Some(TokenTree::Punct(punct)) => match punct.as_char() {
            // `::`, and the lifetime in `&'a`
            ':' | '\'' => true,
            // `&&dyn A`, `*const A`: no name of a type is before them.
            '&' | '*' => is_word(before, &["as", "mut", "const"]) || is_punct(before, '&'),
            // `fn(A) -> B`
            '-' => punct.spacing() == Spacing::Joint && is_punct(tokens.get(index + 1), '>'),
            '>' => is_joint(before, '-'),
            _ => false,
        },
        // `fn(A)`, `dyn Fn(A)`
        Some(TokenTree::Group(group)) => {
            group.delimiter() == Delimiter::Parenthesis
                && matches!(before, Some(TokenTree::Ident(_)))
        }
        Some(TokenTree::Literal(_)) | None => false,
    }
}

/// Begins a new part at a comma.
fn end_part(parts: &mut Vec<Vec<TokenTree>>, comma: &TokenTree) {
    if let Some(part) = parts.last_mut().filter(|part| part.is_empty()) {
        part.push(comma.clone());
    }
    parts.push(Vec::new());
}

/// Whether nothing stands before a comma, which is this part then.
pub(crate) fn is_missing(part: &[TokenTree]) -> bool {
    is_punct(part.first(), ',')
}

/// The parts between commas, where every comma is one between parts.
fn split_plain(tokens: Vec<TokenTree>) -> Vec<Vec<TokenTree>> {
    let mut parts = vec![Vec::new()];
    for token in tokens {
        if is_punct(Some(&token), ',') {
            end_part(&mut parts, &token);
        } else if let Some(part) = parts.last_mut() {
            part.push(token);
        }
    }
    if parts.last().is_some_and(Vec::is_empty) {
        parts.pop();
    }
    parts
}

/// Whether `::` stands before this index.
fn is_path_end(tokens: &[TokenTree], index: usize) -> bool {
    index >= 2 && is_punct(tokens.get(index - 1), ':') && is_joint(tokens.get(index - 2), ':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_literal_is_what_it_stands_for() {
        for written in [
            r#""""#,
            r#""a""#,
            r#""{\"a\": \"\\\"b\\n\"}""#,
            r#""\n\t\r\0\x41\u{e9}\'""#,
            "\"a\\\n   b\"",
            r##"r#"a\"b"#"##,
            r#""ä日""#,
        ] {
            let token = TokenTree::Literal(written.parse().unwrap());
            let Lit::Str(expected) = syn::parse_str(written).unwrap() else { panic!() };
            assert_eq!(text(&token), Some(expected.value()), "{written}");
        }
        for written in ["5", "'a'", "b\"a\"", "c\"a\"", "1.5"] {
            assert_eq!(text(&TokenTree::Literal(written.parse().unwrap())), None, "{written}");
        }
        assert_eq!(plain_text("\"a\"suffix"), None);
    }

    #[test]
    fn commas_inside_expressions_do_not_split() {
        for (text, expected) in [
            ("", 0),
            ("a", 1),
            ("a,", 1),
            ("a, b", 2),
            ("x: f::<A, B>(c, d), y: 1", 2),
            ("x: <A as B<C, D>>::f(), y: 1", 2),
            ("x: a < b, y: c > d", 2),
            ("x: |a, b| a + b, y: 1", 2),
            ("x: move |a: A, b| a, y: a | b, z: 1", 3),
            ("x: a || b, y: c", 2),
            ("x: a as B<C, D>, y: 1", 2),
            ("x: a as u8, y: b < c, z: 1", 3),
            ("x: a as &dyn B<C, D>, y: 1", 2),
            ("x: a as &&'a mut dyn b::B<C, D>, y: 1", 2),
            ("x: a as *const B<C, D>, y: 1", 2),
            ("x: a as *mut *const B<C, D>, y: 1", 2),
            ("x: a as fn(B) -> C<D, E>, y: 1", 2),
            ("x: &a as &dyn Fn(B) -> C<D, E>, y: 1", 2),
            ("x: a as u8 & b < c, y: d > e", 2),
            ("x: a as u8 * b < c, y: d > e", 2),
            ("x: a as u8 - b < c, y: d > e", 2),
            ("x: f::<fn(A) -> B, C>(), y: 1", 2),
            ("x: Vec::<Vec<A>>::new(), y: 1", 2),
            ("x: [1, 2], y: (3, 4), ..rest", 3),
            ("x:: y, z", 2),
            ("x: &<A<B, C> as D<E, F>>::G, y: 1", 2),
            ("x: &*<A<B, C> as D<E, F>>::g(), y: 1", 2),
            ("x: -<A<B, C> as D>::G, y: !<A<B, C> as D>::G", 2),
            ("x: &mut <A<B, C> as D>::g(), y: 1", 2),
            ("x: a - <A<B, C> as D>::G, y: 0..<A<B, C> as D>::G", 2),
            ("x: a == <A<B, C> as D>::G, y: a < <A<B, C> as D>::G", 2),
            ("x: if <A<B, C> as D>::G { 1 } else { 2 }, y: return <A<B, C> as D>::G", 2),
            ("x: a? < b, y: c > d", 2),
            ("x: a << b, y: c >> d", 2),
            ("x: f() < b, y: 3 > d", 2),
            ("x: a || |b, c| b + c, y: 1", 2),
            ("x: a || b, y: c || d", 2),
            ("x: &|a, b| a + b, y: 1", 2),
            ("x: || a, y: 1", 2),
            ("x, , y", 3),
            (", x", 2),
            ("x: <A<B, C>>::D, , y", 3),
            (",", 1),
        ] {
            let parts = split(text.parse().unwrap());
            assert_eq!(parts.len(), expected, "{text}: {parts:?}");
        }
    }
}
