//! Nothing here: the tests are in `tests/`, in one binary.
