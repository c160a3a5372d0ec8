//! Checks that every dependency builds with the promised version of Rust.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::Result;

/// Compares the `rust-version` of each dependency with that of the workspace.
///
/// One that declares none cannot be compared. Neither can what an app's own lock file selects.
pub(crate) fn run(root: &Path) -> Result<()> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--locked", "--all-features", "--format-version", "1"]);
    let output = cargo.current_dir(root).stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("`cargo metadata` failed".into());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let promised = env!("CARGO_PKG_RUST_VERSION");
    let newer = newer_than(promised, &metadata).ok_or("`cargo metadata` gave another form")?;
    if newer.is_empty() {
        println!("Rust {promised} is enough for every dependency");
        return Ok(());
    }
    Err(format!(
        "Rust {promised} is promised, and these dependencies need a newer one:\n{}\n\
         Take older versions of them (`cargo update --precise`), or raise `rust-version` in Cargo.toml.",
        newer.join("\n")
    )
    .into())
}

/// The packages that declare a newer version of Rust. `None` if the metadata has another form.
fn newer_than(promised: &str, metadata: &Value) -> Option<Vec<String>> {
    let promised = version(promised)?;
    let mut newer = Vec::new();
    for package in metadata["packages"].as_array()? {
        if let Some(needed) = package["rust_version"].as_str()
            && version(needed)? > promised
        {
            let (name, version) = (package["name"].as_str()?, package["version"].as_str()?);
            newer.push(format!("{name} {version}: Rust {needed}"));
        }
    }
    Some(newer)
}

fn version(text: &str) -> Option<Vec<u32>> {
    let mut parts: Vec<u32> =
        text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    parts.resize(3, 0);
    Some(parts)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn newer_versions_are_reported() {
        let package = |name: &str, needed: Value| json!({"name": name, "version": "1.0.0", "rust_version": needed});
        let metadata = json!({"packages": [
            package("equal", json!("1.89.0")),
            package("older", json!("1.9")),
            package("newer", json!("1.89.1")),
            package("newest", json!("1.100")),
            package("silent", Value::Null),
        ]});
        assert_eq!(
            newer_than("1.89", &metadata),
            Some(vec![
                "newer 1.0.0: Rust 1.89.1".to_owned(),
                "newest 1.0.0: Rust 1.100".to_owned()
            ])
        );
        assert_eq!(newer_than("1.89", &json!({})), None);
    }
}
