//! Requests: inputs that the client can send.

use serde::{Serialize, Serializer};

use crate::output::Output;
use runcomfy_schema::Json;

/// The input of a model. Generated for every model's `Input`; an `Input` that exists is valid.
pub trait Request: Serialize {
    /// The output of a completed job.
    type Output: From<Output> + Send + 'static;

    /// The model id, as in `POST /models/{model_id}`.
    const MODEL_ID: &'static str;

    /// The id of the model that this input is for. It is `MODEL_ID`,
    /// unless the type serves many models.
    fn model_id(&self) -> &str {
        Self::MODEL_ID
    }

    /// Distinguishes this input from an equal one that is meant to be another job; see [`Keyed`].
    fn job_key(&self) -> Option<&str> {
        None
    }

    /// The checked body, which serialises as the input does; the client sends files in it without a
    /// copy. `None` for types that were not generated.
    #[doc(hidden)]
    fn checked_body(&self) -> Option<&Json> {
        None
    }
}

/// Inputs can be borrowed.
impl<R: Request + ?Sized> Request for &R {
    type Output = R::Output;

    const MODEL_ID: &'static str = R::MODEL_ID;

    fn model_id(&self) -> &str {
        (**self).model_id()
    }

    fn job_key(&self) -> Option<&str> {
        (**self).job_key()
    }

    fn checked_body(&self) -> Option<&Json> {
        (**self).checked_body()
    }
}

/// An input with a key.
///
/// With a journal, `run_all` submits equal inputs once, even if the program is started again or runs
/// several times at once. A key makes an equal input a separate job. The key is not sent.
///
/// ```
/// # use runcomfy_types::{Keyed, Request};
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

impl<R: Request> Request for Keyed<R> {
    type Output = R::Output;

    const MODEL_ID: &'static str = R::MODEL_ID;

    fn model_id(&self) -> &str {
        self.input.model_id()
    }

    fn job_key(&self) -> Option<&str> {
        Some(&self.key)
    }

    fn checked_body(&self) -> Option<&Json> {
        self.input.checked_body()
    }
}
