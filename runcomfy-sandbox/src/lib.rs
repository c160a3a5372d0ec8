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
//! It is a binary too: `cargo run -p runcomfy-sandbox -- --help`.

mod dialect;
mod faults;
mod models;
mod outputs;
mod queue;
mod routes;
mod server;

pub use dialect::plain_json_schema;
pub use faults::{Call, Reply};
pub use server::{Builder, Error, Received, Sandbox};
