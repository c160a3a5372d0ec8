//! Checks that every dependency builds with the promised version of Rust.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::Result;

/// Compares the `rust-version` of each published crate with those of its dependencies.
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
    let (checked, newer) = newer_than_promised(&metadata).ok_or(
        "the output of `cargo metadata` lacks something that this command reads; this version of cargo may \
         have changed it",
    )?;
    if newer.is_empty() {
        checked.iter().for_each(|promise| println!("{promise} is enough for every dependency"));
        return Ok(());
    }
    Err(format!(
        "These dependencies need a newer Rust than is promised:\n{}\n\
         Take older versions of them (`cargo update --precise`), or raise `rust-version` in Cargo.toml.",
        newer.join("\n")
    )
    .into())
}

/// What each published crate promises, and the dependencies that need more. `None` if the metadata lacks
/// something that is read here.
fn newer_than_promised(metadata: &Value) -> Option<(Vec<String>, Vec<String>)> {
    let packages: HashMap<&str, &Value> = metadata["packages"]
        .as_array()?
        .iter()
        .filter_map(|package| Some((package["id"].as_str()?, package)))
        .collect();
    let nodes: HashMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()?
        .iter()
        .filter_map(|node| Some((node["id"].as_str()?, node)))
        .collect();
    let (mut checked, mut newer) = (Vec::new(), Vec::new());
    for member in metadata["workspace_members"].as_array()? {
        let member = member.as_str()?;
        let package = packages.get(member)?;
        // An empty list of registries: it is not published.
        if package["publish"].as_array().is_some_and(Vec::is_empty) {
            continue;
        }
        let (name, promised) = (package["name"].as_str()?, package["rust_version"].as_str()?);
        checked.push(format!("{name}: Rust {promised}"));
        for id in dependencies(member, &nodes)? {
            let dependency = packages.get(id)?;
            if let Some(needed) = dependency["rust_version"].as_str()
                && version(needed)? > version(promised)?
            {
                let (of, at) = (dependency["name"].as_str()?, dependency["version"].as_str()?);
                newer.push(format!("{name} promises Rust {promised}: {of} {at} needs {needed}"));
            }
        }
    }
    newer.sort();
    Some((checked, newer))
}

/// The package and all that it is built from. What only its tests need is left out: an app builds no tests.
fn dependencies<'m>(
    root: &'m str,
    nodes: &HashMap<&'m str, &'m Value>,
) -> Option<HashSet<&'m str>> {
    let (mut seen, mut open) = (HashSet::from([root]), vec![root]);
    while let Some(id) = open.pop() {
        for dependency in nodes.get(id)?["deps"].as_array()? {
            let kinds = dependency["dep_kinds"].as_array()?;
            let is_built = kinds.iter().any(|kind| kind["kind"].as_str() != Some("dev"));
            let id = dependency["pkg"].as_str()?;
            if is_built && seen.insert(id) {
                open.push(id);
            }
        }
    }
    Some(seen)
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
        let package = |id: &str, needed: Value, publish: Value| json!({"id": id, "name": id, "version": "1.0.0", "rust_version": needed, "publish": publish});
        let node = |id: &str, deps: &[(&str, Value)]| {
            let deps: Vec<_> = deps
                .iter()
                .map(|(pkg, kind)| json!({"pkg": pkg, "dep_kinds": [{"kind": kind}]}))
                .collect();
            json!({"id": id, "deps": deps})
        };
        let metadata = json!({
            "workspace_members": ["app", "tool", "tests"],
            "packages": [
                package("app", json!("1.89"), Value::Null),
                package("tool", json!("1.94"), Value::Null),
                package("tests", json!("1.89"), json!([])),
                package("equal", json!("1.89.0"), Value::Null),
                package("older", json!("1.9"), Value::Null),
                package("newer", json!("1.89.1"), Value::Null),
                package("newest", json!("1.100"), Value::Null),
                package("silent", Value::Null, Value::Null),
                package("for-tests", json!("2.0"), Value::Null),
            ],
            "resolve": {"nodes": [
                node("app", &[("equal", Value::Null), ("older", Value::Null), ("for-tests", json!("dev"))]),
                node("tool", &[("app", Value::Null), ("newest", json!("build"))]),
                node("tests", &[("newest", Value::Null)]),
                node("equal", &[("newer", Value::Null)]),
                node("older", &[("silent", Value::Null)]),
                node("newer", &[]),
                node("newest", &[]),
                node("silent", &[]),
            ]},
        });
        let (checked, newer) = newer_than_promised(&metadata).unwrap();
        assert_eq!(checked, ["app: Rust 1.89", "tool: Rust 1.94"]);
        assert_eq!(
            newer,
            [
                "app promises Rust 1.89: newer 1.0.0 needs 1.89.1",
                "tool promises Rust 1.94: newest 1.0.0 needs 1.100",
            ]
        );
        assert_eq!(newer_than_promised(&json!({})), None);
    }
}
