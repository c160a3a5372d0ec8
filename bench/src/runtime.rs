//! JSON text to a checked `Input` and back, compared with a validator and `serde_json`, and with
//! plain derives that check nothing.

use std::hint::black_box;
use std::time::Instant;

use runcomfy_models::community::fantasy_portrait::image_to_video as portrait;
use runcomfy_models::community::wan_2_1::fusionx::image_to_video as wan;
use runcomfy_models::happyhorse::happyhorse_1_0::reference_to_video as happyhorse;
use runcomfy_models::kling::kling_2_1::master::image_to_video as kling;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const PORTRAIT: &str = r#"{"143_image":"Runcomfy_example_1268_1.png","160_video":"Runcomfy_example_1268_1.mp4","155_positive_prompt":"woman acting in a dim room, close up, film grain","149_steps":12,"169_valuex170_value":"720x1280 (9:16)","174_value":141,"149_seed":42,"149_cfg":1.5}"#;
const WAN: &str = r#"{"600_prompt":"a slice of street-life charm, cozy and slow","608_image":"https://example.com/street.png","602_widthx602_height":"576x1024 (9:16)","598_seed":7,"598_steps":8}"#;
const HAPPYHORSE: &str = r#"{"image_url_1":"https://example.com/media/one.png","prompt":"character1 walks through a night market and looks up at the lanterns","image_url_2":"https://example.com/media/two.png","aspect_ratio":"16:9","resolution":"720P","duration":5,"seed":42,"watermark":false}"#;
const KLING: &str = r#"{"prompt":"a lighthouse at dusk, slow dolly in","image_url":"https://example.com/media/lighthouse.png","duration":5,"aspect_ratio":"16:9","negative_prompt":"blur, distortion","cfg_scale":0.5}"#;

macro_rules! plain {
    ($name:ident { $($key:literal $field:ident: $type:ty,)* } { $($optional_key:literal $optional:ident: $optional_type:ty,)* }) => {
        #[derive(Serialize, Deserialize)]
        struct $name {
            $(#[serde(rename = $key)] $field: $type,)*
            $(#[serde(rename = $optional_key, default, skip_serializing_if = "Option::is_none")] $optional: Option<$optional_type>,)*
        }
    };
}

plain!(PlainPortrait { "143_image" image: String, "160_video" video: String, "155_positive_prompt" prompt: String, } {
    "149_shift" shift: i64, "149_steps" steps: i64, "169_valuex170_value" resolution: String, "174_value" frames: i64,
    "163_frame_rate" rate: f64, "150_strength" strength: f64, "149_seed" seed: i64, "149_cfg" cfg: f64,
});
plain!(PlainWan { "600_prompt" prompt: String, "608_image" image: String, } {
    "598_seed" seed: i64, "602_widthx602_height" resolution: String, "598_steps" steps: i64, "598_cfg" cfg: f64,
    "598_shift" shift: f64, "602_num_frames" frames: i64, "609_frame_rate" rate: f64,
});
plain!(PlainHappyhorse { "image_url_1" image_url_1: String, "prompt" prompt: String, } {
    "image_url_2" image_url_2: String, "image_url_3" image_url_3: String, "image_url_4" image_url_4: String,
    "image_url_5" image_url_5: String, "image_url_6" image_url_6: String, "image_url_7" image_url_7: String,
    "image_url_8" image_url_8: String, "image_url_9" image_url_9: String, "aspect_ratio" aspect_ratio: Ratio,
    "resolution" resolution: String, "duration" duration: i64, "seed" seed: i64, "watermark" watermark: bool,
});
plain!(PlainKling { "prompt" prompt: String, "image_url" image_url: String, } {
    "duration" duration: i64, "aspect_ratio" aspect_ratio: Ratio, "negative_prompt" negative_prompt: String, "cfg_scale" cfg_scale: f64,
});

#[derive(Serialize, Deserialize)]
enum Ratio {
    #[serde(rename = "16:9")]
    Wide,
    #[serde(rename = "9:16")]
    Tall,
    #[serde(rename = "1:1")]
    Square,
    #[serde(rename = "4:3")]
    Classic,
    #[serde(rename = "3:4")]
    Portrait,
}

/// Nanoseconds per body.
pub struct Costs {
    pub ours: f64,
    pub validator: f64,
    pub plain: f64,
}

pub fn measure() -> Costs {
    const ROUNDS: usize = 31;
    const REPEATS: usize = 400;
    let ids = [
        portrait::Input::MODEL_ID,
        wan::Input::MODEL_ID,
        happyhorse::Input::MODEL_ID,
        kling::Input::MODEL_ID,
    ];
    let validators = ids.map(validator);
    let bodies = [PORTRAIT, WAN, HAPPYHORSE, KLING];
    let ours = || {
        black_box(round_trip::<portrait::Input>(PORTRAIT));
        black_box(round_trip::<wan::Input>(WAN));
        black_box(round_trip::<happyhorse::Input>(HAPPYHORSE));
        black_box(round_trip::<kling::Input>(KLING));
    };
    let validator = || {
        for (validator, body) in validators.iter().zip(bodies) {
            let value: Value = serde_json::from_str(black_box(body)).expect("JSON");
            assert!(validator.is_valid(&value));
            black_box(serde_json::to_string(&value).expect("JSON"));
        }
    };
    let plain = || {
        black_box(round_trip::<PlainPortrait>(PORTRAIT));
        black_box(round_trip::<PlainWan>(WAN));
        black_box(round_trip::<PlainHappyhorse>(HAPPYHORSE));
        black_box(round_trip::<PlainKling>(KLING));
    };
    // Every round measures all three in turn, so that they meet the same load.
    let mut samples = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..ROUNDS {
        let variants: [&dyn Fn(); 3] = [&ours, &validator, &plain];
        for (samples, run) in samples.iter_mut().zip(variants) {
            let start = Instant::now();
            for _ in 0..REPEATS {
                run();
            }
            samples.push(start.elapsed().as_secs_f64() * 1e9 / (REPEATS * bodies.len()) as f64);
        }
    }
    let [ours, validator, plain] = samples.map(crate::median);
    Costs { ours, validator, plain }
}

fn round_trip<T: Serialize + for<'de> Deserialize<'de>>(body: &str) -> String {
    let value: T = serde_json::from_str(black_box(body)).expect("a valid body");
    serde_json::to_string(&value).expect("JSON")
}

fn validator(id: &str) -> jsonschema::Validator {
    let path = format!("{}/../schemas/{id}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).expect("a shipped schema");
    let entry: Value = serde_json::from_str(&text).expect("JSON");
    let mut schema = crate::peers::standard(&entry["input_schema"]);
    schema["additionalProperties"] = Value::Bool(false);
    jsonschema::validator_for(&schema).expect("a schema")
}
