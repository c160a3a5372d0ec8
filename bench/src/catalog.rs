//! A synthetic catalog for measurements. Its models resemble the real ones.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

/// Numbers of fields: six on average, fifteen at most.
const FIELDS: [usize; 15] = [3, 3, 4, 4, 5, 5, 5, 6, 6, 6, 6, 7, 7, 8, 15];

const FAMILIES: [&str; 6] = ["acme", "lumen", "studio-k", "northlight", "pixel-foundry", "ondine"];
const KINDS: [&str; 4] = ["text-to-video", "image-to-video", "text-to-image", "edit"];

/// One model of the catalog.
pub struct Model {
    pub id: String,
    pub schema: Value,
}

/// Makes a catalog. The same number of models gives the same catalog.
pub fn models(count: usize) -> Vec<Model> {
    let mut random = fastrand::Rng::with_seed(120);
    (0..count)
        .map(|number| {
            let family = FAMILIES[number % FAMILIES.len()];
            let kind = KINDS[number % KINDS.len()];
            Model {
                id: format!("{family}/model-{number}/{kind}"),
                schema: schema(&mut random, number),
            }
        })
        .collect()
}

/// Writes the schema files.
pub fn write(models: &[Model], folder: &Path) -> std::io::Result<()> {
    for model in models {
        let path = folder.join(format!("{}.json", model.id));
        fs::create_dir_all(path.parent().expect("a model id has a parent"))?;
        fs::write(path, serde_json::to_string_pretty(&model.schema)?)?;
    }
    Ok(())
}

fn schema(random: &mut fastrand::Rng, number: usize) -> Value {
    let count = FIELDS[number % FIELDS.len()];
    let mut properties = Map::new();
    properties.insert(
        "prompt".to_owned(),
        json!({
            "title": "Prompt", "type": "string", "maxLength": random.i32(5..50) * 100,
            "description": "What the picture shows, how it moves and how it is lit; any language.",
            "default": "A lighthouse at dusk, waves breaking over the rocks, slow dolly in"
        }),
    );
    let mut required = vec!["prompt"];
    if number % 4 == 1 || number % 4 == 3 {
        properties.insert(
            "image_url".to_owned(),
            json!({
                "title": "Image", "type": "string", "format": "image_uri",
                "description": "The picture to start from, as JPEG, PNG or WEBP; 10 MB at most.",
                "default": "https://example.com/examples/start.png"
            }),
        );
        required.push("image_url");
    }
    // A third of the fields are enums.
    let mut enums = 0;
    let mut turn = random.usize(0..20);
    while properties.len() < count {
        turn += 1;
        let (key, property) = if (properties.len() + 1) / 3 > enums {
            enums += 1;
            enumeration(random, turn)
        } else {
            plain(random, turn)
        };
        properties.insert(key, property);
    }
    json!({"title": "Input", "type": "object", "required": required, "properties": properties})
}

fn enumeration(random: &mut fastrand::Rng, turn: usize) -> (String, Value) {
    let (key, title, values) = match turn % 6 {
        0 => ("aspect_ratio", "Aspect Ratio", json!(["16:9", "9:16", "1:1", "4:3", "3:4", "21:9"])),
        1 => ("resolution", "Resolution", json!(["480P", "720P", "1080P", "4k"])),
        2 => ("174_value", "Number of Frames", json!([81, 141])),
        3 => ("duration", "Duration", json!([5, 10, 15])),
        4 => ("style", "Style", json!(["auto", "realistic", "anime", "3d render", "sketch"])),
        _ => (
            "169_valuex170_value",
            "Resolution (W:H)",
            json!(["480x480 (1:1)", "720x720 (1:1)", "720x1280 (9:16)", "1280x720 (16:9)"]),
        ),
    };
    let integers = values[0].is_i64();
    let default = values[random.usize(0..2)].clone();
    let property = json!({
        "title": title, "description": format!("The {} of the result.", title.to_lowercase()),
        "type": if integers { "integer" } else { "string" }, "enum": values, "default": default
    });
    (key.to_owned(), property)
}

fn plain(random: &mut fastrand::Rng, turn: usize) -> (String, Value) {
    let node = random.u32(1..900);
    match turn % 7 {
        0 => (
            format!("{node}_steps"),
            json!({"title": "Steps", "type": "integer", "minimum": 4, "maximum": 50, "default": 20,
                "description": "Sampling steps; more take longer and show more detail."}),
        ),
        1 => (
            format!("{node}_cfg"),
            json!({"title": "CFG", "type": "float", "minimum": 0.5, "maximum": 20, "default": 4.5,
                "description": "How closely the result follows the prompt."}),
        ),
        2 => (
            "seed".to_owned(),
            json!({"title": "Seed", "type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32,
                "default": 42, "description": "The same seed gives the same result."}),
        ),
        3 => (
            "negative_prompt".to_owned(),
            json!({"title": "Negative Prompt", "type": "string", "maxLength": 2500, "default": "",
                "description": "What the result must not show."}),
        ),
        4 => (
            "watermark".to_owned(),
            json!({"title": "Watermark", "type": "boolean", "default": false,
                "description": "Whether the result carries the service's mark."}),
        ),
        5 => (
            format!("{node}_strength"),
            json!({"title": "Strength", "type": "number", "minimum": 0, "maximum": 1, "default": 1,
                "description": "How far the result may leave the picture given."}),
        ),
        _ => (
            format!("{node}_shift"),
            json!({"title": "Shift", "type": "integer", "minimum": 1, "maximum": 15, "default": 8,
                "description": "Moves the sampling schedule."}),
        ),
    }
}
