//! placeholder
pub use runcomfy_client::*;

include!(concat!(env!("OUT_DIR"), "/runcomfy.rs"));
