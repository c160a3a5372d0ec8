//! The vendors' features choose what is built. The gate runs this with few of them, and with all.

// A test may unwrap.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use runcomfy_models::{MODELS, model};

include!("../vendors.rs");

/// The vendors that have a schema.
fn vendors_with_schemas() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn the_features_choose_the_vendors() {
    let built: BTreeSet<_> =
        MODELS.iter().map(|model| model.id.split('/').next().unwrap().to_owned()).collect();
    let off = |vendor: &str| VENDORS.iter().any(|(name, is_on)| *name == vendor && !is_on);
    let mut expected = vendors_with_schemas();
    expected.retain(|vendor| !off(vendor));
    assert_eq!(built, expected);
}

#[test]
fn a_feature_is_named_like_the_vendor() {
    for (id, is_on) in [
        ("kling/kling-2-1/master/image-to-video", cfg!(feature = "kling")),
        ("wan-ai/wan-3.0/text-to-video", cfg!(feature = "wan-ai")),
    ] {
        assert_eq!(model(id).is_some(), is_on, "{id}");
    }
    if cfg!(feature = "all-models") {
        assert!(VENDORS.iter().all(|(_, is_on)| *is_on));
    }
}
