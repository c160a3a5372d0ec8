//! A local server that behaves like RunComfy's model API, for tests and examples. It costs nothing,
//! and no data leaves the machine.
//!
//! The sandbox checks the token, validates inputs against the models' schemas with the `jsonschema`
//! crate, queues jobs with positions, runs them through all stages, cancels queued jobs, can make
//! jobs fail, and serves real image, video and audio files as outputs.
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
//! # Responses
//!
//! Status and result use different words, as the service does. The status `completed` only means
//! that the job ended; the result tells how: `succeeded` or `failed`. The service has also sent
//! words and forms that it does not document. Settings of [`Builder`] switch to them:
//!
//! | subject | default | setting |
//! | --- | --- | --- |
//! | status of a failed job | `completed` | [`Builder::status_word`] |
//! | words in a result | `succeeded`, `failed`, ... | [`Builder::result_word`] |
//! | result call before the end | the current stage | [`Builder::early_result`] |
//! | response to a cancel call | HTTP 202 with `{request_id, status, outcome}` | [`Builder::cancel_answer`] |
//! | `output` of a result | follows the model's `output_schema` | [`Builder::output_form`] |
//! | host of output URLs | the sandbox | [`Builder::output_origin`] |
//! | `input` of a job | repeated in its result | [`Builder::repeat_input`] |
//! | accepted submission | HTTP 200 | [`Builder::submit_status`] |
//! | wrong token | HTTP 400 with code 400004 | [`Builder::token_status`] |
//! | price of a job | none | [`Builder::price_usd`], [`Builder::require_balance`] |
//!
//! # Media
//!
//! The service must be able to fetch the images, videos and audio of an input; otherwise the
//! submission gets HTTP 422. The sandbox makes no network calls. It judges a URL by its text, and
//! accepts it unless [`Builder::unfetchable`] names it.
//!
//! # Faults
//!
//! The sandbox can produce the faults of a service or a network, for the next call of a kind
//! ([`Sandbox::fault_next`]) or at random from a seed ([`Chaos`]). [`Sandbox::accepted_jobs`] lists
//! what it has accepted, even if no client received the response.
//!
//! The sandbox is also a program: `cargo run -p runcomfy-sandbox -- --help`.

mod account;
mod builder;
mod call;
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
pub use call::Call;
pub use dialect::plain_json_schema;
pub use error::Error;
pub use faults::{Chaos, Fault, Reply};
pub use sandbox::{Accepted, Received, Sandbox};
pub use settings::{CancelAnswer, EarlyResult, Lag, OutputForm, Stage};
