//! Flags that are made from schemas.
