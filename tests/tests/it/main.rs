//! What a user relies on, from the outside. One binary, so that it is linked once.

mod bounded;
mod codegen;
mod conformance;
mod differential;
mod downloads;
mod downstream;
mod dynamic;
mod end_to_end;
mod exact;
mod examples;
mod failures;
mod faults;
mod forms;
mod fuzz;
mod generated;
mod instances;
mod journal;
mod many;
mod names;
mod secrets;
mod validation;
mod waiting;
