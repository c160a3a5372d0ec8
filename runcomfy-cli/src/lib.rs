//! The program `rcf`, as a library: its commands with their arguments, so that other programs can offer
//! the same commands.
//!
//! - `rcf run` and its like, in the module `run`, submit jobs and save their files (feature `run`).
//! - `rcf batch`, in the module `batch`, does so with files of jobs, on one machine or many (feature `batch`).
//! - `rcf schemas` has the tools of a schema keeper, who adds models to an app and keeps them up to date. Each
//!   command is a module below [`schemas`], with its arguments (`Args`) and a function `run`.
//!
//! ```
//! use clap::Parser as _;
//! use runcomfy_cli::{Rcf, schemas::Project};
//!
//! # let folder = tempfile::tempdir()?;
//! # std::fs::write(folder.path().join("dream.json"), r#"{"type": "object", "properties": {}}"#)?;
//! # let path = folder.path().to_str().unwrap();
//! let rcf = Rcf::try_parse_from(["rcf", "schemas", "--folder", path, "check"])?;
//! let mut output = Vec::new();
//! rcf.run(&mut output)?;
//! assert!(String::from_utf8(output)?.contains("dream -> dream\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "batch")]
pub mod batch;
mod error;
mod flag;
pub mod program;
mod report;
#[cfg(feature = "run")]
mod request;
#[cfg(feature = "run")]
pub mod run;
pub mod schemas;
mod service;

pub use error::{Error, ErrorKind, Result};
pub use program::{Rcf, Status};
