//! Nothing here: see `tests/cases/`.
