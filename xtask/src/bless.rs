//! Rewrites the expected generated sources.

use crate::Result;

/// Writes what the generator says today to `tests/expected/`, and lists the files that changed.
pub(crate) fn run() -> Result<()> {
    let changed = runcomfy_expected::bless()?;
    for file in &changed {
        let verb = if file.exists() { "wrote" } else { "removed" };
        println!("{verb} {}", file.display());
    }
    if changed.is_empty() {
        println!("every expected source is as it is generated");
    } else {
        println!("\nread the difference before you commit it: `git diff tests/expected`");
    }
    Ok(())
}
