//! Requests: inputs that the client can send.

use runcomfy_schema::declared::{Declared, declared};
use runcomfy_schema::{Json, Rule, Rules};
use serde::{Serialize, Serializer};

use crate::media::MediaKind;
use crate::object::HasRules;
use crate::output::Output;

/// The input of a model. Generated for every model's `Input`; an `Input` that exists is valid.
///
/// # Generic code
///
/// A function over `R: Request` sends inputs of any model. What it does with the output needs a bound
/// on [`Output`](Self::Output): [`OutputFiles`](crate::OutputFiles) for the files of the output
/// (`done.video()`, `done.download_all(..)`), which the common output and every generated one implement.
///
/// ```
/// # extern crate runcomfy_types as runcomfy_models;
/// use runcomfy_models::{OutputError, OutputFiles, Request};
///
/// // With the client: `async fn video<R: Request<Output: OutputFiles>>(client: &Client, input: &R)`,
/// // and in it `client.run(input).await?.video()?`.
/// fn video<R: Request<Output: OutputFiles>>(_: &R, output: &R::Output) -> Result<String, OutputError> {
///     Ok(output.video()?.to_owned())
/// }
/// ```
///
/// # Inputs of several models
///
/// `dyn Request` does not exist: serialisation is generic, and each model has its own type of output.
/// [`AnyInput`](crate::AnyInput) takes its place. It is made from any generated input with `.into()`, is
/// a `Request` itself, and gives the common output. So a list can hold inputs of many models, in any
/// call that takes an input.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the input of a model",
    label = "an input is needed here: for a builder or its result, call `.build()?` first",
    note = "`build` checks a builder's values and gives a `Result`; `?` takes the `Input` out of it",
    note = "JSON becomes an input with `Input::from_json(text)?` or `model.input(value)?`; `submit_json` sends it unchecked"
)]
pub trait Request: Serialize {
    /// The output of a completed job.
    type Output: From<Output> + Send + 'static;

    /// The model id, as in `POST /models/{model_id}`.
    const MODEL_ID: &'static str;

    /// The kind of file that the model makes, if its schema says so. Errors of `done.video()` and the
    /// like mention it.
    const OUTPUT_KIND: Option<MediaKind> = None;

    /// The id of the model that this input is for. It is `MODEL_ID`,
    /// unless the type serves many models.
    fn model_id(&self) -> &str {
        Self::MODEL_ID
    }

    /// The kind of file that the model of this input makes. It is `OUTPUT_KIND`, unless the type serves
    /// many models.
    fn output_kind(&self) -> Option<MediaKind> {
        Self::OUTPUT_KIND
    }

    /// Distinguishes this input from an equal one that is meant to be another job; see [`Keyed`].
    fn job_key(&self) -> Option<&str> {
        None
    }

    /// The checked body, which serialises as the input does; the client sends files in it without a
    /// copy. `None` for types that were not generated.
    #[doc(hidden)]
    fn checked_body(&self) -> Option<CheckedBody<'_>> {
        None
    }
}

/// A body, and the rules that it obeys.
#[doc(hidden)]
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "for the crates of this project")]
pub struct CheckedBody<'a> {
    pub json: &'a Json,
    pub rules: &'a [Rule],
    /// The definitions that rules refer to by number.
    pub definitions: &'a [Rules],
}

impl<'a> CheckedBody<'a> {
    /// What the schema says about a key of the body.
    #[must_use]
    pub fn declared(&self, key: &str) -> Option<Declared<'a>> {
        declared(self.definitions, self.rules, key)
    }
}

/// The checked body of a generated input.
#[doc(hidden)]
#[inline]
pub fn checked_body<T: HasRules>(json: &Json) -> Option<CheckedBody<'_>> {
    Some(CheckedBody { json, rules: T::RULES, definitions: &[] })
}

/// Inputs can be borrowed.
#[diagnostic::do_not_recommend]
impl<R: Request + ?Sized> Request for &R {
    type Output = R::Output;

    const MODEL_ID: &'static str = R::MODEL_ID;

    const OUTPUT_KIND: Option<MediaKind> = R::OUTPUT_KIND;

    fn model_id(&self) -> &str {
        (**self).model_id()
    }

    fn output_kind(&self) -> Option<MediaKind> {
        (**self).output_kind()
    }

    fn job_key(&self) -> Option<&str> {
        (**self).job_key()
    }

    fn checked_body(&self) -> Option<CheckedBody<'_>> {
        (**self).checked_body()
    }
}

/// An input with a key.
///
/// With a journal, `run_all` submits the inputs of a list once, even if the program is started again
/// with the same list or runs several times at once. Equal inputs in one list are separate jobs. A key
/// that no earlier run had makes an input a new job. The key is not sent.
///
/// ```
/// # extern crate runcomfy_types as runcomfy_models;
/// # use runcomfy_models::{Keyed, Request};
/// # fn example(input: impl Request + Clone) {
/// let takes = (1..=3).map(|take| Keyed::new(format!("take {take}"), input.clone()));
/// // client.run_all(takes, 8)
/// # let _ = takes;
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Keyed<R> {
    key: String,
    input: R,
}

impl<R> Keyed<R> {
    /// Gives an input a key.
    pub fn new(key: impl Into<String>, input: R) -> Self {
        Self { key: key.into(), input }
    }

    /// The input.
    pub fn input(&self) -> &R {
        &self.input
    }

    /// The input without its key.
    pub fn into_input(self) -> R {
        self.input
    }
}

impl<R: Serialize> Serialize for Keyed<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.input.serialize(serializer)
    }
}

#[diagnostic::do_not_recommend]
impl<R: Request> Request for Keyed<R> {
    type Output = R::Output;

    const MODEL_ID: &'static str = R::MODEL_ID;

    const OUTPUT_KIND: Option<MediaKind> = R::OUTPUT_KIND;

    fn model_id(&self) -> &str {
        self.input.model_id()
    }

    fn output_kind(&self) -> Option<MediaKind> {
        self.input.output_kind()
    }

    fn job_key(&self) -> Option<&str> {
        Some(&self.key)
    }

    fn checked_body(&self) -> Option<CheckedBody<'_>> {
        self.input.checked_body()
    }
}
