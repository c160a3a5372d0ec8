//! Thousands of jobs under random faults, by several processes, some of which are killed: what the
//! sandbox has accepted must be what the clients know, or say that they do not know.

pub mod batch;
pub mod calls;
pub mod clock;
pub mod parent;
mod said;
pub mod verdict;
pub mod worker;
