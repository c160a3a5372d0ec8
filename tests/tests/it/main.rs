//! What a user relies on, from the outside. One binary, so that it is linked once.

mod build_script;
mod claims;
mod codegen;
mod compaction;
mod conformance;
mod downloads;
mod downstream;
mod end_to_end;
mod failures;
mod faults;
mod forms;
mod fuzz;
mod generated;
mod instances;
mod journal;
mod many;
mod names;
mod patience;
mod sandbox;
mod sandbox_catalog;
mod sandbox_faults;
mod secrets;
mod stalls;
mod url_secrets;
mod validation;
mod waiting;
