//! `Debug` of errors, made for people: `fn main() -> Result<(), Error>` and `unwrap` show errors with
//! `{:?}`. So `{:?}` shows the message and its causes, and `{:#?}` the structure.
//!
//! [`debug_as_report!`](crate::debug_as_report) implements it for a type. It needs the type's fields by
//! name, because `derive(Debug)` would take the place of the report. The compiler checks the list.

use std::error::Error;
use std::fmt;

/// More causes than any error has. A type that is its own cause must not print without end.
const MAX_CAUSES: usize = 32;

/// The messages of an error's causes, from the outermost to the innermost. Skips a message that one
/// before it, or the error's own, already contains.
fn causes(error: &dyn Error) -> (String, Vec<String>) {
    let message = error.to_string();
    let mut causes: Vec<String> = Vec::new();
    let mut next = error.source();
    for _ in 0..MAX_CAUSES {
        let Some(cause) = next else { break };
        let text = cause.to_string();
        if !message.contains(&text) && !causes.iter().any(|shown| shown.contains(&text)) {
            causes.push(text);
        }
        next = cause.source();
    }
    (message, causes)
}

/// An error and its causes, one per line.
pub fn fmt_report(error: &dyn Error, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (message, causes) = causes(error);
    f.write_str(&message)?;
    for cause in causes {
        write!(f, "\ncaused by: {cause}")?;
    }
    Ok(())
}

/// An error and its causes, on one line.
#[must_use]
pub fn one_line(error: &dyn Error) -> String {
    let (message, causes) = causes(error);
    causes.into_iter().fold(message, |shown, cause| shown + ": " + &cause)
}

/// The structure of a type, as `derive(Debug)` shows it. Fields without a name are those of a tuple.
pub fn fmt_structure(
    name: &str,
    fields: &[(&str, &dyn fmt::Debug)],
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    match fields {
        [] => f.write_str(name),
        [("", _), ..] => {
            let mut shown = f.debug_tuple(name);
            fields.iter().for_each(|(_, value)| _ = shown.field(value));
            shown.finish()
        }
        _ => {
            let mut shown = f.debug_struct(name);
            fields.iter().for_each(|(field, value)| _ = shown.field(field, value));
            shown.finish()
        }
    }
}

/// Implements `Debug` for an error: the message and its causes, one per line, and the structure with
/// `{:#?}`.
///
/// ```
/// use std::fmt;
///
/// enum Error {
///     Empty,
///     TooLong { len: usize },
///     Other(fmt::Error),
/// }
///
/// runcomfy_schema::debug_as_report!(enum Error { Empty, TooLong { len }, Other(source) });
/// # impl fmt::Display for Error {
/// #     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str("too long") }
/// # }
/// # impl std::error::Error for Error {}
/// assert_eq!(format!("{:?}", Error::TooLong { len: 3 }), "too long");
/// assert!(format!("{:#?}", Error::TooLong { len: 3 }).starts_with("TooLong {\n    len: 3"));
/// # let _ = (Error::Empty, Error::Other(fmt::Error));
/// ```
#[macro_export]
macro_rules! debug_as_report {
    (enum $type:ident {
        $($variant:ident $(($($part:ident),+))? $({ $($field:ident),+ $(,)? })?),+ $(,)?
    }) => {
        impl ::std::fmt::Debug for $type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                if !f.alternate() {
                    return $crate::error_report::fmt_report(self, f);
                }
                match self {
                    $(Self::$variant $(($($part),+))? $({ $($field),+ })? => {
                        $crate::error_report::fmt_structure(
                            stringify!($variant),
                            &[
                                $($(("", $part as &dyn ::std::fmt::Debug)),+)?
                                $($((stringify!($field), $field as &dyn ::std::fmt::Debug)),+)?
                            ],
                            f,
                        )
                    })+
                }
            }
        }
    };
    (struct $type:ident $(<$param:ident>)? { $($field:ident),+ $(,)? }) => {
        impl $(<$param: ::std::fmt::Debug>)? ::std::fmt::Debug for $type $(<$param>)? {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                if !f.alternate() {
                    return $crate::error_report::fmt_report(self, f);
                }
                let Self { $($field),+ } = self;
                $crate::error_report::fmt_structure(
                    stringify!($type),
                    &[$((stringify!($field), $field as &dyn ::std::fmt::Debug)),+],
                    f,
                )
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Layer {
        text: &'static str,
        cause: Option<Box<Layer>>,
    }

    debug_as_report!(struct Layer { text, cause });

    impl fmt::Display for Layer {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.text)
        }
    }

    impl Error for Layer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.cause.as_deref().map(|cause| cause as _)
        }
    }

    fn layers(texts: &[&'static str]) -> Layer {
        let (text, rest) = texts.split_first().unwrap();
        let cause = (!rest.is_empty()).then(|| Box::new(layers(rest)));
        Layer { text, cause }
    }

    #[test]
    fn each_cause_is_shown_once() {
        for (texts, report) in [
            (&["a"][..], "a"),
            (&["cannot save", "disk full"], "cannot save\ncaused by: disk full"),
            (
                &["cannot save: disk full", "write", "disk full"],
                "cannot save: disk full\ncaused by: write",
            ),
            (&["a", "tcp: refused", "refused"], "a\ncaused by: tcp: refused"),
        ] {
            let error = layers(texts);
            assert_eq!(format!("{error:?}"), report);
            assert_eq!(one_line(&error), report.replace("\ncaused by", ""));
        }
        let structure = format!("{:#?}", layers(&["a", "b"]));
        assert!(
            structure.starts_with("Layer {\n    text: \"a\",\n    cause: Some(\n"),
            "{structure}"
        );
    }
}
