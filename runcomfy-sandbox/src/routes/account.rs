//! The account's balance.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::shared::Shared;

pub(super) async fn balance(State(shared): State<Arc<Shared>>) -> Response {
    Json(shared.account.balance_response()).into_response()
}
