//! Wrong requests do not compile, and the message says what to do.

use std::fs;
use std::path::Path;

/// The messages around ours are of one version of the compiler. `cargo xtask bless` writes them anew.
#[rustversion::attr(not(stable(1.95)), ignore = "the messages are those of rustc 1.95")]
#[test]
fn wrong_requests_do_not_compile() {
    // `models!` reads below the folder of its package, which is that of trybuild's project.
    let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = temporary.parent().unwrap();
    let project = target.join("tests/trybuild").join(env!("CARGO_PKG_NAME"));
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let _ = fs::remove_dir_all(project.join("schemas"));
    copy(&schemas, &project.join("schemas"));
    trybuild::TestCases::new().compile_fail("cases/*/*.rs");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
