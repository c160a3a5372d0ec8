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
//! It can be told to do wrong whatever a service or a network can do wrong, with the next call of a
//! kind ([`Sandbox::fault_next`]) or by chance with a seed ([`Chaos`]), and knows what it has
//! accepted ([`Sandbox::accepted_jobs`]), whatever its clients were told.
//!
//! It is a binary too: `cargo run -p runcomfy-sandbox -- --help`.

mod connection;
mod dialect;
mod faults;
mod misbehave;
mod models;
mod outputs;
mod queue;
mod routes;
mod server;

pub use dialect::plain_json_schema;
pub use faults::{Call, Chaos, Fault, Reply};
pub use server::{Accepted, Builder, Error, Received, Sandbox};
