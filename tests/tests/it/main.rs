//! What a user relies on, from the outside. One binary, so that it is linked once.

mod codegen;
mod conformance;
mod downstream;
mod end_to_end;
mod failures;
mod forms;
mod fuzz;
mod generated;
mod instances;
mod names;
mod validation;
mod waiting;
