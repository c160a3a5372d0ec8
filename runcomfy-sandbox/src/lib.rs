//! A server on loopback that behaves like RunComfy's model API, for tests and examples: nothing is
//! paid, and nothing leaves the machine.
//!
//! It wants the token, validates inputs with the `jsonschema` crate against the models' schemas,
//! queues with positions, goes through the states, can be told to fail, cancels what is queued, and
//! serves a real image, video or sound as output.
//!
//! ```
//! # tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(async {
//! let sandbox = runcomfy_sandbox::Sandbox::start().await?;
//! assert!(sandbox.base_url().starts_with("http://127.0.0.1:"));
//! // Client::builder().base_url(sandbox.base_url()).token(sandbox.token()).build()?
//! # Ok::<(), runcomfy_sandbox::Error>(())
//! # }).unwrap();
//! ```
//!
//! # The service's words
//!
//! Status and result have words of their own, as the service has. A status of `completed` says that
//! the job ended, and its result says how: `succeeded` or `failed`. Where the service has been met
//! with other words or other forms than it documents, a setting of [`Builder`] switches to them:
//!
//! | what | by default | setting |
//! | --- | --- | --- |
//! | a job that failed, in its status | `completed` | [`Builder::status_word`] |
//! | the words of a result | `succeeded`, `failed`, ... | [`Builder::result_word`] |
//! | a result before the end | the current state | [`Builder::early_result`] |
//! | the answer of a cancel call | HTTP 202 with `{request_id, status, outcome}` | [`Builder::cancel_answer`] |
//! | the `output` of a result | as the model's `output_schema` has it | [`Builder::output_form`] |
//! | where outputs are | at the sandbox | [`Builder::output_origin`] |
//! | the `input` of a job | repeated in its result | [`Builder::repeat_input`] |
//! | an accepted submission | HTTP 200 | [`Builder::submit_status`] |
//! | a wrong token | HTTP 400 with code 400004 | [`Builder::token_status`] |
//! | what a job costs | nothing | [`Builder::price_usd`], [`Builder::require_balance`] |
//!
//! # Media
//!
//! An input for an image, a video or a sound must be something that the service could fetch, or the
//! submission gets HTTP 422. The sandbox never goes to the network: it judges a URL by its text, and
//! takes it as good unless [`Builder::unfetchable`] names it.
//!
//! # What goes wrong
//!
//! It can be told to do wrong whatever a service or a network can do wrong, with the next call of a
//! kind ([`Sandbox::fault_next`]) or by chance with a seed ([`Chaos`]), and knows what it has
//! accepted ([`Sandbox::accepted_jobs`]), whatever its clients were told.
//!
//! It is a binary too: `cargo run -p runcomfy-sandbox -- --help`.

mod account;
mod builder;
mod connection;
mod dialect;
mod error;
mod faults;
mod gate;
mod kind;
mod log;
mod models;
mod outputs;
mod queue;
mod routes;
mod sandbox;
mod settings;
mod shared;

pub use builder::Builder;
pub use dialect::plain_json_schema;
pub use error::Error;
pub use faults::{Call, Chaos, Fault, Reply};
pub use sandbox::{Accepted, Received, Sandbox};
pub use settings::{CancelAnswer, EarlyResult, Lag, OutputForm, Stage};
