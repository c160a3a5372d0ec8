//! Wrong requests do not compile, and the message says what to do.

/// The messages around ours are of one version of the compiler; with `TRYBUILD=overwrite` they are
/// written anew for another.
#[rustversion::attr(not(stable(1.95)), ignore = "the messages are those of rustc 1.95")]
#[test]
fn wrong_requests_do_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/cases/*.rs");
}
