//! The crate that the generated code uses, found among the dependencies of the app.
//!
//! Cargo itself is asked: it knows renamed dependencies, and those that a workspace declares, in any
//! spelling of `Cargo.toml`. `cargo metadata --no-deps` reads the manifests of the workspace, and
//! neither the network nor the registry.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::report::Error;

/// Where nothing else is known.
pub(crate) const DEFAULT: &str = "::runcomfy_client";

/// The crates with the runtime, each of which has what the next ones have.
const CRATES: [&str; 3] = ["runcomfy-models", "runcomfy-client", "runcomfy-types"];

/// The runtime of an app.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Runtime {
    /// Its path in generated code.
    pub(crate) path: String,
    /// The files that say so.
    pub(crate) manifests: Vec<PathBuf>,
}

/// The runtime of the package whose build script this is. The default outside cargo.
///
/// # Errors
/// If cargo does not answer, or no dependency has the runtime.
pub(crate) fn find() -> Result<Runtime, Error> {
    let (Some(cargo), Some(package)) =
        (std::env::var_os("CARGO"), std::env::var_os("CARGO_MANIFEST_DIR"))
    else {
        return Ok(Runtime { path: DEFAULT.to_owned(), manifests: Vec::new() });
    };
    let manifest = Path::new(&package).join("Cargo.toml");
    let metadata = metadata(cargo, &manifest).map_err(|why| {
        let message = format!("cannot find out which runtime crate the app depends on: {why}");
        Error::of(&manifest, message, "name it, as in `.runtime(\"::runcomfy_models\")`")
    })?;
    runtime_of(&metadata, &manifest)
}

fn metadata(cargo: OsString, manifest: &Path) -> Result<Value, String> {
    let mut command = Command::new(cargo);
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let output = command.arg("--manifest-path").arg(manifest).output();
    let output = output.map_err(|error| format!("cargo does not start: {error}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`cargo metadata` failed: {}", said.trim()));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|error| format!("`cargo metadata` gave no JSON: {error}"))
}

/// The runtime of the package with this manifest.
fn runtime_of(metadata: &Value, manifest: &Path) -> Result<Runtime, Error> {
    let mut packages = metadata["packages"].as_array().into_iter().flatten();
    // Cargo resolves links in paths.
    let is_it = |path: &str| {
        Path::new(path) == manifest
            || matches!((manifest.canonicalize(), Path::new(path).canonicalize()),
                (Ok(a), Ok(b)) if a == b)
    };
    let package = packages.find(|package| package["manifest_path"].as_str().is_some_and(is_it));
    let dependencies = package.and_then(|package| package["dependencies"].as_array());
    let dependencies = dependencies.map(Vec::as_slice).unwrap_or_default();
    let found = best(dependencies).ok_or_else(|| {
        let [models, client, types] = CRATES;
        let message = format!(
            "the generated code needs a crate that the app does not depend on: `{models}`, \
             `{client}` or `{types}`"
        );
        let help = format!(
            "run `{}`; if another crate re-exports one of them, name it, as in \
             `.runtime(\"::that_crate\")`",
            add_command(dependencies)
        );
        Error::of(manifest, message, &help)
    })?;
    let mut manifests = vec![manifest.to_owned()];
    let workspace =
        metadata["workspace_root"].as_str().map(|root| Path::new(root).join("Cargo.toml"));
    manifests.extend(workspace.filter(|root| root.is_file() && root != manifest));
    Ok(Runtime { path: format!("::{}", found.replace('-', "_")), manifests })
}

/// Adds the runtime from where the app has the generator: a folder, a Git repository or a registry.
fn add_command(dependencies: &[Value]) -> String {
    let mut command = format!("cargo add {}", CRATES[0]);
    let is_generator = |one: &&Value| one["name"] == "runcomfy-codegen";
    let Some(generator) = dependencies.iter().find(is_generator) else { return command };
    if let Some(path) = generator["path"].as_str() {
        let beside = Path::new(path).with_file_name(CRATES[0]);
        command += &format!(" --path {:?}", beside.display().to_string());
    } else if let Some(git) =
        generator["source"].as_str().and_then(|from| from.strip_prefix("git+"))
    {
        let (url, query) = git.split_once('?').unwrap_or((git, ""));
        let url = url.split('#').next().unwrap_or_default();
        command += &format!(" --git {url}");
        let query = query.split('#').next().unwrap_or_default();
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            if ["branch", "tag", "rev"].contains(&name) {
                command += &format!(" --{name} {value}");
            }
        }
    }
    command
}

/// The name in the app of the dependency that serves best: always there rather than optional, of the
/// app itself rather than of its tests, and the one that has most.
fn best(dependencies: &[Value]) -> Option<&str> {
    let rank = |dependency: &&Value| {
        let name = dependency["name"].as_str()?;
        let crate_rank = CRATES.iter().position(|known| *known == name)?;
        let is_for_tests = match dependency["kind"].as_str() {
            None => false,
            Some("dev") => true,
            Some(_) => return None,
        };
        let is_optional = dependency["optional"] == true || !dependency["target"].is_null();
        Some((is_for_tests, is_optional, crate_rank))
    };
    let ranked = dependencies.iter().filter_map(|one| Some((rank(&one)?, one)));
    let (_, found) = ranked.min_by_key(|(rank, _)| *rank)?;
    found["rename"].as_str().or_else(|| found["name"].as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn dependency(name: &str, more: Value) -> Value {
        let mut all =
            json!({"name": name, "rename": null, "kind": null, "optional": false, "target": null});
        for (key, value) in more.as_object().into_iter().flatten() {
            all[key] = value.clone();
        }
        all
    }

    #[test]
    fn best_dependency_is_taken_under_its_name_in_the_app() {
        let plain = || json!({});
        let (models, client, types) = ("runcomfy-models", "runcomfy-client", "runcomfy-types");
        for (dependencies, expected) in [
            (vec![(models, plain())], Some("::runcomfy_models")),
            (vec![(types, plain()), (client, plain())], Some("::runcomfy_client")),
            (vec![(client, plain()), (models, plain())], Some("::runcomfy_models")),
            (vec![(models, json!({"rename": "dream-models"}))], Some("::dream_models")),
            // What may be absent comes last.
            (vec![(models, json!({"optional": true})), (types, plain())], Some("::runcomfy_types")),
            (vec![(models, json!({"optional": true}))], Some("::runcomfy_models")),
            (
                vec![(client, json!({"target": "cfg(unix)"})), (types, plain())],
                Some("::runcomfy_types"),
            ),
            (vec![(models, json!({"kind": "dev"})), (types, plain())], Some("::runcomfy_types")),
            (vec![(models, json!({"kind": "dev"}))], Some("::runcomfy_models")),
            (vec![(models, json!({"kind": "build"}))], None),
            (vec![("runcomfy-codegen", plain()), ("serde", plain())], None),
            (vec![], None),
        ] {
            let list: Vec<_> =
                dependencies.iter().map(|(name, more)| dependency(name, more.clone())).collect();
            let metadata = json!({
                "packages": [
                    {"manifest_path": "/other/Cargo.toml", "dependencies": [dependency(client, json!({}))]},
                    {"manifest_path": "/app/Cargo.toml", "dependencies": list},
                ],
                "workspace_root": "/app",
            });
            match (runtime_of(&metadata, Path::new("/app/Cargo.toml")), expected) {
                (Ok(found), Some(expected)) => assert_eq!(found.path, expected),
                (Err(error), None) => {
                    let error = error.to_string();
                    assert!(
                        error.contains("/app/Cargo.toml") && error.contains(".runtime("),
                        "{error}"
                    );
                }
                (found, expected) => panic!("{dependencies:?}: {found:?}, not {expected:?}"),
            }
        }
        assert!(runtime_of(&json!([]), Path::new("/app/Cargo.toml")).is_err());
    }

    #[test]
    fn advice_adds_the_runtime_from_where_the_generator_is() {
        let registry = json!("registry+https://registry.example/index");
        for (more, command) in [
            (json!({"source": registry}), "cargo add runcomfy-models"),
            (
                json!({"path": "/copies/runcomfy-rust/runcomfy-codegen", "source": null}),
                "cargo add runcomfy-models --path \"/copies/runcomfy-rust/runcomfy-models\"",
            ),
            (
                json!({"source": "git+https://example.com/runcomfy-rust"}),
                "cargo add runcomfy-models --git https://example.com/runcomfy-rust",
            ),
            (
                json!({"source": "git+https://example.com/runcomfy-rust.git?tag=v0.1.0"}),
                "cargo add runcomfy-models --git https://example.com/runcomfy-rust.git --tag v0.1.0",
            ),
        ] {
            let mut generator = dependency("runcomfy-codegen", json!({"kind": "build"}));
            for (key, value) in more.as_object().into_iter().flatten() {
                generator[key] = value.clone();
            }
            let metadata = json!({"packages": [
                {"manifest_path": "/app/Cargo.toml", "dependencies": [generator]},
            ]});
            let error = runtime_of(&metadata, Path::new("/app/Cargo.toml")).unwrap_err();
            assert!(error.to_string().contains(&format!("run `{command}`;")), "{error}");
        }
    }
}
