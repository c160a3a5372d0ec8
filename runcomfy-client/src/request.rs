//! What makes a type a request.

use serde::Serialize;

use crate::output::Output;

/// The input of a model. Generated for every model's `Input`; an `Input` that exists is valid.
pub trait Request: Serialize {
    /// What a completed job of the model gives.
    type Output: From<Output> + Send + 'static;

    /// The model id, as in `POST /models/{model_id}`.
    const MODEL_ID: &'static str;

    /// The model that this input is for: that of its type, where the type is of one model.
    fn model_id(&self) -> &str {
        Self::MODEL_ID
    }
}

/// So that inputs can be lent.
impl<R: Request + ?Sized> Request for &R {
    type Output = R::Output;

    const MODEL_ID: &'static str = R::MODEL_ID;

    fn model_id(&self) -> &str {
        (**self).model_id()
    }
}
