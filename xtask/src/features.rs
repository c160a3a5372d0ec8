//! `cargo xtask features`: writes the files that follow from the models in `schemas/`. Those are
//! `runcomfy-models/Cargo.toml` with a feature for each vendor, `runcomfy-models/vendors.rs`, which tells
//! the build script which of them are on, and `docs/models.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use runcomfy_codegen::{GeneratedModel, Generator};
use runcomfy_schema::counted::counted;

use crate::{Result, model_table};

const START: &str = "# Vendors. `cargo xtask features` writes these lines.\n";
const END: &str = "# End of the vendors.\n";

/// A file that the command writes.
struct Wanted {
    path: PathBuf,
    text: String,
}

/// Writes the features of vendors and the list of models, from schemas/
///
/// The files are runcomfy-models/Cargo.toml, with a feature for each vendor, runcomfy-models/vendors.rs,
/// which tells the build script which of them are on, and docs/models.md.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Writes nothing, and fails if a file is not up to date
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args, root: &Path) -> Result<()> {
    if args.check { check(root) } else { write(root) }
}

/// Writes the files that differ.
pub(crate) fn write(root: &Path) -> Result<()> {
    for Wanted { path, text } in differing(root)? {
        std::fs::write(&path, text)
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        println!("wrote {}", path.display());
    }
    Ok(())
}

fn check(root: &Path) -> Result<()> {
    let differing = differing(root)?;
    if differing.is_empty() {
        return Ok(());
    }
    let paths: Vec<_> = differing.iter().map(|one| format!("  {}", one.path.display())).collect();
    let paths = paths.join("\n");
    Err(format!("these files do not fit schemas/; run `cargo xtask features`:\n{paths}").into())
}

/// The files that are not as they should be.
fn differing(root: &Path) -> Result<Vec<Wanted>> {
    let models = Generator::new(root.join("schemas")).generate()?.models;
    let manifest_path = root.join("runcomfy-models/Cargo.toml");
    let manifest = std::fs::read_to_string(&manifest_path)
        .map_err(|error| format!("cannot read {}: {error}", manifest_path.display()))?;
    let (before, after) = split(&manifest).ok_or_else(|| {
        let path = manifest_path.display();
        format!(
            "{path} lacks the lines around the vendors; add these two below [features]:\n\n  {START}  {END}"
        )
    })?;
    let own = feature_names(before).chain(feature_names(after)).chain(["all-models"]).collect();
    let vendors = vendors(&models, &own);
    let manifest = format!("{before}{START}{}{END}{after}", features(&vendors));
    let wanted = [
        Wanted { path: manifest_path, text: manifest },
        Wanted { path: root.join("runcomfy-models/vendors.rs"), text: constant(&vendors) },
        Wanted { path: root.join("docs/models.md"), text: model_table::text(&models) },
    ];
    let is_written =
        |one: &Wanted| std::fs::read_to_string(&one.path).is_ok_and(|found| found == one.text);
    Ok(wanted.into_iter().filter(|one| !is_written(one)).collect())
}

/// A manifest before and after the lines of the vendors.
fn split(manifest: &str) -> Option<(&str, &str)> {
    let (before, rest) = manifest.split_once(START)?;
    let (_, after) = rest.split_once(END)?;
    Some((before, after))
}

/// The keys of lists in a part of a manifest. All features are lists.
fn feature_names(manifest: &str) -> impl Iterator<Item = &str> {
    manifest.lines().filter_map(|line| Some(line.split_once(" = [")?.0.trim()))
}

/// The vendors that can have a feature, with the number of their models. The models of any other vendor
/// are always built.
fn vendors<'a>(models: &'a [GeneratedModel], taken: &BTreeSet<&str>) -> BTreeMap<&'a str, usize> {
    let mut vendors = BTreeMap::new();
    for model in models {
        let vendor = model.id.split('/').next().unwrap_or_default();
        if is_feature_name(vendor) && !taken.contains(vendor) {
            *vendors.entry(vendor).or_default() += 1;
        }
    }
    vendors
}

/// Whether cargo takes the name for a feature. A model id may also hold `~`, and begin with `.` or `-`.
fn is_feature_name(name: &str) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || "_-+.".contains(c);
    name.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') && name.chars().all(is_inner)
}

/// The lines of the manifest.
fn features(vendors: &BTreeMap<&str, usize>) -> String {
    let mut text = "## The models of all vendors.\nall-models = [\n".to_owned();
    for vendor in vendors.keys() {
        text.push_str(&format!("    {vendor:?},\n"));
    }
    text.push_str("]\n");
    for (vendor, count) in vendors {
        // A bare key has no dot.
        let key =
            if vendor.contains(['.', '+']) { format!("{vendor:?}") } else { (*vendor).to_owned() };
        text.push_str(&format!("## {} of {vendor}.\n{key} = []\n", counted(*count, "model")));
    }
    text
}

/// The file that the build script of `runcomfy-models` includes.
fn constant(vendors: &BTreeMap<&str, usize>) -> String {
    let mut text = "// Written by `cargo xtask features`.\n\n\
                    /// The vendors that have a feature, and whether it is on.\n\
                    const VENDORS: &[(&str, bool)] = &[\n"
        .to_owned();
    for vendor in vendors.keys() {
        text.push_str(&format!("    ({vendor:?}, cfg!(feature = {vendor:?})),\n"));
    }
    text + "];\n"
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const MANIFEST: &str = "[features]\ndefault = [\"all-models\"]\nclient = []\n\
                            # Vendors. `cargo xtask features` writes these lines.\n\
                            # End of the vendors.\n\n[dependencies]\n";

    /// A repository with these models.
    fn repository(ids: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        for path in ["runcomfy-models", "docs"] {
            fs::create_dir(root.join(path)).unwrap();
        }
        fs::write(root.join("runcomfy-models/Cargo.toml"), MANIFEST).unwrap();
        for id in ids {
            add(root, id);
        }
        folder
    }

    fn add(root: &Path, id: &str) {
        let path = root.join(format!("schemas/{id}.json"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let schema = r#"{"description": "Dreams | nightmares. And more.", "type": "object",
                         "required": ["prompt"], "properties": {"prompt": {}, "seed": {}}}"#;
        fs::write(path, schema).unwrap();
    }

    #[test]
    fn each_vendor_has_a_feature() {
        let folder =
            repository(&["wan-ai/wan-3.0/edit", "acme/a", "acme/b/4k", "dot.com/x", "_1/x"]);
        let root = folder.path();
        write(root).unwrap();
        let manifest = fs::read_to_string(root.join("runcomfy-models/Cargo.toml")).unwrap();
        let block = "## The models of all vendors.\nall-models = [\n    \"_1\",\n    \"acme\",\n    \
                     \"dot.com\",\n    \"wan-ai\",\n]\n## 1 model of _1.\n_1 = []\n\
                     ## 2 models of acme.\nacme = []\n## 1 model of dot.com.\n\"dot.com\" = []\n\
                     ## 1 model of wan-ai.\nwan-ai = []\n";
        assert_eq!(manifest, MANIFEST.replace(END, &format!("{block}{END}")));
        let constant = fs::read_to_string(root.join("runcomfy-models/vendors.rs")).unwrap();
        assert!(constant.contains("    (\"wan-ai\", cfg!(feature = \"wan-ai\")),\n"), "{constant}");
        check(root).unwrap();
    }

    #[test]
    fn vendors_that_cannot_have_a_feature_have_none() {
        // Names of other features, and one that cargo refuses.
        let folder = repository(&["client/x", "default/x", "all-models/x", "a~b/x", "acme"]);
        write(folder.path()).unwrap();
        let constant =
            fs::read_to_string(folder.path().join("runcomfy-models/vendors.rs")).unwrap();
        let vendors: Vec<_> = constant.lines().filter(|line| line.starts_with("    (")).collect();
        assert_eq!(vendors, ["    (\"acme\", cfg!(feature = \"acme\")),"]);
    }

    #[test]
    fn a_check_names_the_files_and_the_command() {
        let folder = repository(&["acme/a"]);
        let root = folder.path();
        let names = ["runcomfy-models/Cargo.toml", "runcomfy-models/vendors.rs", "docs/models.md"];
        let refusal = || check(root).unwrap_err().to_string();
        assert!(names.iter().all(|name| refusal().contains(name)), "{}", refusal());
        assert!(refusal().contains("`cargo xtask features`"), "{}", refusal());
        assert!(!root.join("docs/models.md").exists());
        write(root).unwrap();
        check(root).unwrap();
        // A second model of the vendor changes its line in the list, and no feature.
        add(root, "acme/b");
        assert!(
            !refusal().contains("vendors.rs") && refusal().contains("models.md"),
            "{}",
            refusal()
        );
        fs::write(root.join("runcomfy-models/Cargo.toml"), "[features]\n").unwrap();
        for line in [START, END].map(str::trim_end) {
            assert!(refusal().contains(&format!("\n  {line}\n")), "{line}: {}", refusal());
        }
    }

    #[test]
    fn the_table_has_a_line_per_model() {
        let folder = repository(&["acme/a", "wan-ai/wan-3.0/edit"]);
        write(folder.path()).unwrap();
        let table = fs::read_to_string(folder.path().join("docs/models.md")).unwrap();
        assert!(table.contains("2 models of 2 vendors"), "{table}");
        assert!(table.contains("\n## `wan-ai`\n"), "{table}");
        assert!(table.contains("\n| `acme/a` |  | Dreams \\| nightmares. | 2 (1) |\n"), "{table}");
    }
}
