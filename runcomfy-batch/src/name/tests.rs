use std::collections::{BTreeSet, HashMap};
use std::path::Component;

use serde_json::{Value, json};

use super::NameTemplate;
use crate::job::{JobRecord, State};

const UUID: &str = "6f1c2b7e-0d5a-4b7e-9c3d-2f9b3c1d4e5f";

fn job(number: u64, request_id: &str, input: Value) -> JobRecord {
    JobRecord {
        number,
        line: Some(number.saturating_add(1)),
        model_id: "kling/kling-2-1/master/image-to-video".parse().unwrap(),
        input,
        priority: 0,
        state: State::Done,
        request_id: request_id.parse().ok(),
        reason: None,
        earlier: Vec::new(),
        worker: None,
        estimate: None,
        cost: None,
        begun_at: None,
        ended_at: None,
        output: None,
        files: Vec::new(),
    }
}

fn template(text: &str) -> NameTemplate {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn placeholders_are_values_of_the_job() {
    let input = json!({
        "prompt": "A lighthouse, at  dusk.", "149_steps": 12, "seed": -1, "aspect_ratio": "16:9",
        "resolution": "720x720 (1:1)", "image_url": "https://example.com/a/my%20face.v2.png?sig=a/b",
        "file": "faces/a.png", "data": "data:image/png;base64,AAAA", "hidden": ".bashrc", "up": "../../etc",
        "tags": ["a", "b"], "size": {"width": 720, "height": 480}, "none": null, "flag": true, "model": "v3",
        "hindi": "नमस्ते दुनिया", "control": "a\u{0}b\u{1b}[2Jc\u{202e}d\ne", "cfg": 0.5, "empty": "",
    });
    let job = job(7, UUID, input);
    for (text, path) in [
        ("{index}", "00007"),
        ("{line}-{index}", "00008-00007"),
        ("{index}-{model}", "00007-kling-2-1-master-image-to-video"),
        ("{model_id}/{index}", "kling-kling-2-1-master-image-to-video/00007"),
        ("{request_id}", UUID),
        ("shot {index}", "shot 00007"),
        ("{index}-{prompt}", "00007-A-lighthouse-at-dusk"),
        ("{index}-{149_steps}", "00007-12"),
        ("{index}-{steps}", "00007-12"),
        ("{index}-{12_prompt}", "00007-A-lighthouse-at-dusk"),
        ("{index}-{seed}-{cfg}", "00007-minus1-0.5"),
        ("{index}-{aspect_ratio}", "00007-16-9"),
        ("{index}-{resolution}", "00007-720x720-1-1"),
        ("{index}-{image_url}", "00007-my-20face.v2"),
        ("{index}-{input.file}", "00007-faces-a.png"),
        ("{index}-{data}", "00007"),
        ("{hidden}/{up}/{index}", "bashrc/etc/00007"),
        ("{index}-{tags}-{size}", "00007-a-b-480-720"),
        ("{index}-{none}-{flag}", "00007-true"),
        ("{none}-{empty}/{index}", "_/00007"),
        ("{none}-{index}", "00007"),
        ("{index}_{none}_{flag}", "00007_true"),
        ("{index} ({none}) x", "00007 () x"),
        ("{index}-{input.model}", "00007-v3"),
        ("{index}-{hindi}", "00007-नमस्ते-दुनिया"),
        ("{index}-{control}", "00007-a-b-2Jcd-e"),
        ("{{{index}}}", "{00007}"),
        // The extension is that of the file.
        ("{index}.mp4", "00007"),
        ("{index}.{ext}", "00007"),
        ("{index}.v2", "00007.v2"),
        // The number is added where two jobs could have one name.
        ("{prompt}", "A-lighthouse-at-dusk-00007"),
        ("{file}", "1-00007"),
        ("{model}-{index}-{steps}", "kling-2-1-master-image-to-video-00007-12-00007"),
        ("{index}{steps}", "0000712-00007"),
        ("{steps}{index}", "1200007-00007"),
        (
            "{prompt}-{request_id}-v2",
            "A-lighthouse-at-dusk-6f1c2b7e-0d5a-4b7e-9c3d-2f9b3c1d4e5f-v2",
        ),
    ] {
        assert_eq!(template(text).render(&job, 1, 1).to_str().unwrap(), path, "{text}");
    }
}

#[test]
fn files_of_one_output_have_numbers() {
    let job = job(123_456, "req_1/../x", json!({"prompt": "cat"}));
    for (text, file, files, path) in [
        ("{index}", 1, 1, "123456"),
        ("{index}", 2, 4, "123456-2"),
        ("{index}", 2, 12, "123456-02"),
        ("{prompt}", 3, 4, "cat-123456-3"),
        ("{index}/{file}", 1, 1, "123456/1"),
        ("{index}/{file}", 3, 12, "123456/03"),
        ("{index}", 3, 10_000, "123456-file00003"),
    ] {
        let path_of = template(text).render(&job, file, files);
        assert_eq!(path_of.to_str().unwrap(), path, "{text}");
    }
    // An id that is no UUID may have any form, and tells no job from another.
    let job = super::tests::job(2, "Req:1", json!({}));
    assert_eq!(template("{request_id}").render(&job, 1, 1).to_str().unwrap(), "id-Req-1-00002");
}

#[test]
fn unusable_templates_are_refused() {
    for (text, reason) in [
        ("", "empty"),
        ("/tmp/{index}", "empty"),
        ("a//{index}", "empty"),
        ("{index}/", "empty"),
        (".mp4", "empty"),
        ("../{index}", "begins with `.`"),
        ("{index}/..", "begins with `.`"),
        (".cache/{index}", "begins with `.`"),
        ("a./{index}", "ends with `.`"),
        ("con/{index}", "reserved"),
        ("LPT1.x/{index}", "reserved"),
        ("batch.db/{index}", "reserved"),
        ("C:/{index}", "':'"),
        ("a\\{index}", "'\\\\'"),
        ("{index", "never closed"),
        ("index}", "never opened"),
        ("{}", "names nothing"),
        ("{input.}", "names nothing"),
        ("{a{b}", "names nothing"),
        ("{index}\u{202e}gpj", "invisible"),
        ("{index}\n", "invisible"),
        ("{index}-{index}", "twice"),
        (&format!("{{index}}{}", "x".repeat(61)), "60 bytes"),
        (&"{index}/".repeat(200), "longer than 1000"),
        ("a/a/a/a/a/a/a/a/{index}", "more than 8"),
    ] {
        let error = text.parse::<NameTemplate>().unwrap_err().to_string();
        assert!(error.contains(reason), "{text:?}: {error}");
    }
}

#[test]
fn unknown_field_is_named_with_those_that_there_are() {
    let known = ["prompt", "seed", "149_steps", "model"];
    for text in
        ["{index}-{seed}", "{steps}", "{149_steps}", "{7_steps}", "{input.model}", "{model}"]
    {
        template(text).check(known).unwrap();
    }
    let error = template("{index}-{sed}").check(known).unwrap_err();
    assert_eq!(
        error.to_string(),
        "\"{index}-{sed}\" is not a template for file names: no input has a field `sed`; did you mean \
         `{seed}`? There are `{index}`, `{line}`, `{model}`, `{model_id}`, `{request_id}`, `{file}`, and the \
         input fields `149_steps`, `model`, `prompt`, `seed`"
    );
    let renamed = template("{index}-{169_value}");
    let renamed =
        renamed.rename_fields(|key| (key == "169_value").then(|| "resolution".to_owned()));
    assert_eq!(renamed.to_string(), "{index}-{resolution}");
}

/// What values and templates are put together from.
const FRAGMENTS: [&str; 24] = [
    "00001", "00002", "-", "--", "_", ".", "..", "/", "\\", " ", "\0", "\u{202e}", "con", "nul",
    "1", "2", "-1", "batch.db", "ä", "日本", "e\u{301}", "a", "100000", UUID,
];

fn words(random: &mut fastrand::Rng, max: usize) -> String {
    (0..random.usize(..=max)).map(|_| FRAGMENTS[random.usize(..FRAGMENTS.len())]).collect()
}

fn random_template(random: &mut fastrand::Rng) -> NameTemplate {
    const PARTS: [&str; 16] = [
        "{index}",
        "{line}",
        "{model}",
        "{model_id}",
        "{request_id}",
        "{file}",
        "{a}",
        "{b}",
        "{c}",
        "-",
        "_",
        "/",
        "x",
        "9",
        "-1",
        "-00001",
    ];
    loop {
        let parts = 1 + random.usize(..7);
        let text: String = (0..parts).map(|_| PARTS[random.usize(..PARTS.len())]).collect();
        if let Ok(template) = text.parse::<NameTemplate>() {
            assert_eq!(template.to_string().parse::<NameTemplate>().as_ref(), Ok(&template));
            return template;
        }
    }
}

fn random_job(random: &mut fastrand::Rng) -> JobRecord {
    let number = [1, 2, 12, 10_000, 99_999, 100_000, 100_001, u64::MAX][random.usize(..8)];
    let (model, id) = (words(random, 3), words(random, 2));
    let mut job = job(number, &id, json!({}));
    if random.bool() {
        // Of this form, and each job has another one.
        job.request_id = format!("{number:08x}-0d5a-4b7e-9c3d-2f9b3c1d4e5f")
            .get(..36)
            .and_then(|id| id.parse().ok());
    }
    if let Ok(model) = model.parse() {
        job.model_id = model;
    }
    job.line = random.bool().then(|| random.u64(..3));
    let mut input = serde_json::Map::new();
    for key in ["a", "b", "12_c"] {
        let value = match random.usize(..6) {
            0 => continue,
            1 => json!(random.i64(-2..3)),
            2 => json!("x".repeat(random.usize(..400)) + &words(random, 2)),
            3 => json!([words(random, 2), random.u8(..3)]),
            _ => json!(words(random, 4)),
        };
        input.insert(key.to_owned(), value);
    }
    job.input = input.into();
    job
}

#[test]
fn no_value_leads_out_of_the_folder() {
    let mut random = fastrand::Rng::with_seed(1);
    for _ in 0..5_000 {
        let (template, job) = (random_template(&mut random), random_job(&mut random));
        let files = [1, 2, 30, 10_001][random.usize(..4)];
        let file = 1 + random.usize(..files);
        let path = template.render(&job, file, files);
        assert_eq!(path, template.render(&job, file, files));
        let text = path.to_str().unwrap();
        let segments: Vec<_> = text.split('/').collect();
        assert_eq!(segments.len(), template.to_string().split('/').count(), "{template}: {text}");
        assert!(path.components().all(|one| matches!(one, Component::Normal(_))), "{text}");
        for segment in segments {
            assert!((1..=240).contains(&segment.len()), "{template}: {segment}");
            assert!(
                !segment.starts_with(['.', '-', ' ']) && !segment.ends_with(['.', ' ']),
                "{text}"
            );
            assert!(!segment.contains(['\\', ':', '\0', '\u{202e}']), "{text:?}");
            assert!(!["con", "nul", "batch.db"].contains(&segment), "{text}");
        }
    }
}

#[test]
fn no_two_jobs_have_one_name() {
    let mut random = fastrand::Rng::with_seed(2);
    for _ in 0..300 {
        let template = random_template(&mut random);
        let mut names: HashMap<String, (u64, usize)> = HashMap::new();
        let mut numbers = BTreeSet::new();
        for _ in 0..150 {
            let mut job = random_job(&mut random);
            while !numbers.insert(job.number) {
                job.number = random.u64(1..200_000);
            }
            if job.request_id.as_ref().is_some_and(|id| id.ends_with("4e5f")) {
                let id = format!("{:08x}-0d5a-4b7e-9c3d-2f9b3c1d4e5f", job.number);
                job.request_id = id.get(..36).and_then(|id| id.parse().ok());
            }
            let files = [1, 2, 12][random.usize(..3)];
            for file in 1..=files {
                let name = template.render(&job, file, files).to_str().unwrap().to_lowercase();
                if let Some(other) = names.insert(name.clone(), (job.number, file)) {
                    panic!(
                        "{template}: {name:?} is that of {other:?} and of {:?}",
                        (job.number, file)
                    );
                }
            }
        }
    }
}

#[test]
fn numbers_inside_values_are_not_taken_for_the_number_of_the_job() {
    let name = |text: &str, number, files, a: &str, b: &str| {
        template(text).render(&job(number, UUID, json!({"a": a, "b": b})), 1, files)
    };
    for (text, one, other) in [
        ("{a}-{index}-{b}", (1, 1, "x", "00002-y"), (2, 1, "x-00001", "y")),
        ("{a}{index}", (100_001, 1, "1", ""), (1, 1, "11000", "")),
        ("{index}{a}", (1, 1, "12", ""), (112, 1, "", "")),
        ("{a}-{index}", (3, 2, "x", ""), (1, 1, "x-00003", "")),
        ("{a}/{b}", (1, 1, "x", "y"), (2, 1, "x", "y")),
        ("{file}{index}", (1, 12, "", ""), (100_001, 1, "", "")),
    ] {
        let names = [one, other].map(|(number, files, a, b)| name(text, number, files, a, b));
        assert_ne!(names[0], names[1], "{text}");
    }
}
