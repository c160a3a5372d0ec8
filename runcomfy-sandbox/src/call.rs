//! The kinds of calls that the sandbox answers.

/// A kind of API call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Call {
    /// `POST /models/{model_id}`.
    Submit,
    /// `GET /requests/{request_id}/status`.
    Status,
    /// `GET /requests/{request_id}/result`.
    Result,
    /// `POST /requests/{request_id}/cancel`.
    Cancel,
    /// `GET /models`, `GET /models/categories` and `GET /models/{model_id}`.
    Catalog,
    /// `GET /prod/v2/balance`.
    Account,
    /// The file of an output.
    Output,
}
