//! The fields of a call, and of the objects inside it.

use proc_macro2::{Ident, TokenStream, TokenTree};
use runcomfy_schema::Field;
use runcomfy_schema::keyword::nearest;
use runcomfy_schema::possible::Possible;

use crate::errors::{Errors, TokenSpan};
use crate::tokens::{is_colon, is_missing, is_punct, split};
use crate::value::CallValue;

/// A field with its value.
pub(crate) struct CallMember {
    pub(crate) key: String,
    /// Whether some form of the object has this field.
    pub(crate) is_known: bool,
    /// Whether the name is that of another setter of the field, as `maybe_seed` is.
    pub(crate) is_other_setter: bool,
    /// The name as it was written, for the setter. `None` if that is an error, or a key in quotes that is
    /// not the name of a field.
    pub(crate) name: Option<Ident>,
    /// Where an error about this member is, if it is not inside its value.
    pub(crate) name_span: TokenSpan,
    /// Whether a schema describes the value. If not, an error is about the name.
    pub(crate) is_described: bool,
    pub(crate) value: CallValue,
}

pub(crate) struct CallMembers {
    pub(crate) members: Vec<CallMember>,
    /// What follows `..`, and the place of both.
    pub(crate) rest: Option<(TokenSpan, TokenStream)>,
    /// Whether some of it could not be read.
    pub(crate) is_broken: bool,
}

impl CallMembers {
    /// Whether a value is left to run time.
    pub(crate) fn has_expression(&self) -> bool {
        self.rest.is_some() || !self.members.iter().all(|member| member.value.is_literal())
    }
}

/// What a name in a call stands for.
#[derive(Clone, Copy)]
enum Meaning<'f, 'r> {
    /// The field of this name.
    Field(&'f Field<'r>),
    /// The field that another setter sets: `maybe_seed` sets `seed`.
    OtherSetter(&'f Field<'r>),
    /// The field of this key, whose name is another. It is an error to write the key.
    Key(&'f Field<'r>),
    /// No field.
    Unknown,
}

impl<'f, 'r> Meaning<'f, 'r> {
    fn of(written: &str, fields: &'f [Field<'r>]) -> Self {
        let by_name = |name: &str| fields.iter().find(|field| field.name == name);
        if let Some(field) = by_name(written) {
            Self::Field(field)
        } else if let Some(field) = fields.iter().find(|field| field.key == written) {
            Self::Key(field)
        } else if let Some(field) = written.strip_prefix("maybe_").and_then(by_name) {
            Self::OtherSetter(field)
        } else {
            Self::Unknown
        }
    }

    fn field(self) -> Option<&'f Field<'r>> {
        match self {
            Self::Field(field) | Self::OtherSetter(field) | Self::Key(field) => Some(field),
            Self::Unknown => None,
        }
    }
}

/// Reads `field: value, .., ..rest`. A field that the schema does not know keeps its name as its key,
/// and the judge reports it.
pub(crate) fn members(
    tokens: TokenStream,
    rules: &Possible<'_>,
    errors: &mut Errors,
) -> CallMembers {
    let fields = rules.fields();
    let mut read = CallMembers { members: Vec::new(), rest: None, is_broken: false };
    for part in split(tokens) {
        let span = TokenSpan::of(&part);
        if is_missing(&part) {
            errors.add(span, "no field stands before this comma: remove it");
            read.is_broken = true;
            continue;
        }
        if read.rest.is_some() {
            errors.add(span, "`..` comes last: move this field before it");
            read.is_broken = true;
            continue;
        }
        if is_punct(part.first(), '.') && is_punct(part.get(1), '.') {
            read.rest = Some((span, part.into_iter().skip(2).collect()));
            continue;
        }
        let Some(written) = written_name(&part) else {
            errors.add(span, "a field is written as `name: value`");
            read.is_broken = true;
            continue;
        };
        let name_span = TokenSpan::of(part.get(..1).unwrap_or_default());
        let meaning = Meaning::of(&written, &fields);
        if let Meaning::Key(field) = meaning {
            errors.add(name_span, format!("`{written}` is called `{}` here", field.name));
        }
        let key = meaning.field().map_or(&*written, |field| field.key).to_owned();
        if read.members.iter().any(|member| member.key == key) {
            errors.add(name_span, format!("`{written}` is given twice"));
            continue;
        }
        let name = setter_name(&part, &written, meaning, errors);
        let value = value(&part, &written, &|| rules.member(&key), errors);
        let is_known = meaning.field().is_some();
        let is_described = is_known || rules.member(&key).is_described();
        read.members.push(CallMember {
            key,
            is_known,
            is_other_setter: matches!(meaning, Meaning::OtherSetter(_)),
            name,
            name_span,
            is_described,
            value,
        });
    }
    read
}

/// The name in `name: value`. As in a struct, a name alone is a variable with the field's name.
fn written_name(part: &[TokenTree]) -> Option<String> {
    let is_field = is_variable(part) || is_colon(part, 1);
    part.first().filter(|_| is_field).and_then(name_of)
}

fn is_variable(part: &[TokenTree]) -> bool {
    matches!(part, [TokenTree::Ident(_)])
}

/// The name in `name: value` as that of a setter.
fn setter_name(
    part: &[TokenTree],
    written: &str,
    meaning: Meaning<'_, '_>,
    errors: &mut Errors,
) -> Option<Ident> {
    match (meaning, part.first()?) {
        (Meaning::Key(_), _) => None,
        (_, TokenTree::Ident(ident)) => Some(ident.clone()),
        (Meaning::Field(_) | Meaning::OtherSetter(_), token) => {
            errors.add(token.span(), format!("write `{written}` without quotes"));
            // A call of the setter, so that the compiler does not call the value unused, too.
            Some(Ident::new(written, token.span()))
        }
        // A key in quotes, as maps have them.
        (Meaning::Unknown, _) => None,
    }
}

/// The value in `name: value`.
fn value<'r>(
    part: &[TokenTree],
    written: &str,
    rules: &dyn Fn() -> Possible<'r>,
    errors: &mut Errors,
) -> CallValue {
    if is_variable(part) {
        return CallValue::variable(part);
    }
    let Some(tokens) = part.get(2..).filter(|tokens| !tokens.is_empty()) else {
        let span = TokenSpan::of(part);
        errors.add(span, format!("`{written}` has no value: write `{written}: value`"));
        return CallValue::unknown(span);
    };
    CallValue::of(tokens.to_vec(), rules, errors)
}

/// The name of a field as it is written. A wire key that begins with a number is a literal, and so is a
/// key in quotes.
fn name_of(token: &TokenTree) -> Option<String> {
    match token {
        TokenTree::Ident(ident) => Some(ident.to_string().trim_start_matches("r#").to_owned()),
        TokenTree::Literal(literal) => match syn::Lit::new(literal.clone()) {
            syn::Lit::Str(text) => Some(text.value()),
            _ => Some(literal.to_string()),
        },
        TokenTree::Group(_) | TokenTree::Punct(_) => None,
    }
}

/// The message for a name that no field of the input has, and the key of the field that may be meant.
pub(crate) fn unknown<'r>(
    rules: &Possible<'r>,
    model: &str,
    name: &str,
) -> (String, Option<&'r str>) {
    let fields = rules.fields();
    let near = nearest(name, fields.iter().map(|field| field.name));
    match fields.iter().find(|field| near == Some(field.name)) {
        Some(field) => {
            let message =
                format!("`{name}` is not a field of {model}; did you mean `{}`?", field.name);
            (message, Some(field.key))
        }
        None => {
            let names: Vec<_> = fields.iter().map(|field| field.name).collect();
            let message = match names.as_slice() {
                [] => format!("`{name}` is not a field of {model}, which has none"),
                names => format!(
                    "`{name}` is not a field of {model}; the fields are {}",
                    names.join(", ")
                ),
            };
            (message, None)
        }
    }
}
