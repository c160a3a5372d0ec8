//! The names in the generated code of shipped models. They are public API: a change breaks apps. The rules
//! are in `runcomfy-schema/src/parse/names.rs`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use runcomfy_models::MODELS;

#[test]
fn fields_of_shipped_models_keep_their_names() {
    let table = [
        (
            "community/fantasy-portrait/image-to-video",
            "image video positive_prompt",
            "shift steps resolution number_of_frames frame_rate strength seed cfg",
        ),
        (
            "community/wan-2-1/fusionx/image-to-video",
            "prompt image",
            "seed resolution steps cfg shift num_frames frame_rate",
        ),
        (
            "happyhorse/happyhorse-1.0/reference-to-video",
            "image_url_1 prompt",
            "image_url_2 image_url_3 image_url_4 image_url_5 image_url_6 image_url_7 image_url_8 \
             image_url_9 aspect_ratio resolution duration seed watermark",
        ),
        (
            "kling/kling-2-1/master/image-to-video",
            "prompt image_url",
            "duration aspect_ratio negative_prompt cfg_scale",
        ),
    ];
    for (id, required, optional) in table {
        let model = MODELS.iter().find(|model| model.id == id).unwrap();
        let names = |required| -> Vec<&str> {
            let mut names: Vec<_> = model
                .fields
                .iter()
                .filter(|field| field.required == required)
                .map(|field| field.name)
                .collect();
            names.sort_unstable();
            names
        };
        let expected = |text: &'static str| -> Vec<&str> {
            let mut names: Vec<_> = text.split_whitespace().collect();
            names.sort_unstable();
            names
        };
        assert_eq!(names(true), expected(required), "{id}");
        assert_eq!(names(false), expected(optional), "{id}");
    }
}

#[test]
fn modules_types_and_variants_keep_their_names() {
    use runcomfy_models::community::fantasy_portrait::image_to_video::{
        NumberOfFrames, Resolution,
    };
    use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video::{
        AspectRatio, Duration, Resolution as HappyhorseResolution,
    };

    assert_eq!(Resolution::_720x720_1_1.as_str(), "720x720 (1:1)");
    assert_eq!(Resolution::ALL.len(), 10);
    assert_eq!(NumberOfFrames::_141.value(), 141);
    assert_eq!(AspectRatio::_16_9.to_string(), "16:9");
    assert_eq!(HappyhorseResolution::_720P.as_str(), "720P");
    assert_eq!(Duration::ALL.first(), Some(&Duration::_3));
}

#[test]
fn models_are_listed_by_id() {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
    let mut ids = BTreeSet::new();
    find(&schemas, "", &mut ids);
    assert!(MODELS.iter().map(|model| model.id).eq(&ids));
}

/// The model ids of the files in a folder. `parent` is the folder's id, with a slash.
fn find(folder: &Path, parent: &str, ids: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        match name.strip_suffix(".json") {
            Some(name) => drop(ids.insert(format!("{parent}{name}"))),
            None => find(&path, &format!("{parent}{name}/"), ids),
        }
    }
}
