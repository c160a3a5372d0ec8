//! Parts of a body, for the expansion of `input!`: values inside lists and objects, which come together
//! without the types of the lists and objects. `build` checks the whole.

use runcomfy_schema::json::{self, Text};
use runcomfy_schema::{Json, ValidationErrors};
use serde_json::Value;
use url::Url;

use crate::convert::Convert;
use crate::media::Media;
use crate::object::{HasRules, Typed, from_json};

/// A value for a field of any type.
#[derive(Clone, Debug)]
pub struct Part(Json);

#[diagnostic::do_not_recommend]
impl<T> Convert<T> for Part {
    fn convert(self) -> Json {
        self.0
    }
}

/// A literal, as JSON text.
///
/// # Panics
/// If the text, which the macro has written, is not JSON.
#[track_caller]
#[must_use]
#[allow(clippy::panic, reason = "the macro has written the text")]
pub fn part(text: &str) -> Part {
    match json::read(text, &[]) {
        Ok(read) => Part(read.json),
        Err(error) => panic!(
            "this is a bug of runcomfy-macros, please report it: `input!` has written {text}, but {error}"
        ),
    }
}

#[must_use]
pub fn part_list<const N: usize>(items: [Part; N]) -> Part {
    Part(Json::Array(items.into_iter().map(|item| item.0).collect()))
}

#[must_use]
pub fn part_object<const N: usize>(members: [(&'static str, Part); N]) -> Part {
    Part(Json::Object(members.into_iter().map(|(key, part)| (key.into(), part.0)).collect()))
}

/// An expression inside a list or an object of `input!`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a value for a list or an object in `input!`",
    label = "this is not a number, a string, a `bool`, a `Media`, a list of them, or a generated type",
    note = "`serde_json::Value` stands for any other value"
)]
pub trait IntoPart {
    fn into_part(self) -> Part;
}

impl IntoPart for Part {
    fn into_part(self) -> Part {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<T: Typed> IntoPart for T {
    fn into_part(self) -> Part {
        Part(self.into_json())
    }
}

macro_rules! parts {
    ($($type:ty => $field:ty),* $(,)?) => {$(
        impl IntoPart for $type {
            fn into_part(self) -> Part {
                Part(Convert::<$field>::convert(self))
            }
        }
    )*};
}

parts!(
    i8 => i64, i16 => i64, i32 => i64, i64 => i64, isize => i64,
    u8 => i64, u16 => i64, u32 => i64, u64 => i64, usize => i64,
    f32 => f64, f64 => f64, bool => bool, char => String,
    Media => Media, Url => Media,
);

macro_rules! texts {
    ($($type:ty)*) => {$(
        impl IntoPart for $type {
            fn into_part(self) -> Part {
                Part(Json::String(Text::from_setter(self)))
            }
        }
    )*};
}

texts!(String &str &String Box<str> std::borrow::Cow<'_, str>);

impl IntoPart for Value {
    fn into_part(self) -> Part {
        Part(Convert::<Value>::convert(self))
    }
}

impl<T: IntoPart> IntoPart for Vec<T> {
    fn into_part(self) -> Part {
        Part(Json::Array(self.into_iter().map(|item| item.into_part().0).collect()))
    }
}

impl<T: IntoPart, const N: usize> IntoPart for [T; N] {
    fn into_part(self) -> Part {
        Part(Json::Array(self.into_iter().map(|item| item.into_part().0).collect()))
    }
}

impl<T: IntoPart + Clone> IntoPart for &[T] {
    fn into_part(self) -> Part {
        self.to_vec().into_part()
    }
}

/// The input behind `..`, or a reference to it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an input of this model",
    label = "`..` takes an `Input` of the same model, or a reference to one"
)]
pub trait Base<T> {
    fn base(&self) -> &T;
}

impl<T: HasRules> Base<T> for T {
    fn base(&self) -> &T {
        self
    }
}

impl<T: HasRules> Base<T> for &T {
    fn base(&self) -> &T {
        self
    }
}

/// The input of a call of `input!` whose literals the judge has accepted at compile time, as JSON text:
/// one call costs the compiler less than a builder with its setters.
///
/// # Panics
/// If the judge of the macro and that of the program disagree: they are of one version.
#[track_caller]
#[must_use]
pub fn literal_input<T: HasRules>(text: &str) -> T {
    literal(from_json(text))
}

/// The input of a call of `input!` whose literals the judge has accepted at compile time, as a builder
/// gives it.
///
/// # Panics
/// As [`literal_input`].
#[track_caller]
#[allow(
    clippy::panic,
    reason = "the same judge has accepted these literals when they were compiled"
)]
pub fn literal<T: HasRules>(built: Result<T, ValidationErrors>) -> T {
    match built {
        Ok(input) => input,
        Err(errors) => {
            panic!(
                "this is a bug of runcomfy-macros, please report it: `input!` has accepted {errors}"
            )
        }
    }
}

/// Stands for a value in code that does not compile.
///
/// # Panics
/// Always; but it never runs.
#[must_use]
#[allow(clippy::panic, reason = "the code around it does not compile")]
pub fn not_compiled<T>() -> T {
    panic!("code that does not compile is run")
}
