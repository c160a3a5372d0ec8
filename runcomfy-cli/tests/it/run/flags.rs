//! Flags that are made from schemas.

use std::collections::HashSet;

use clap::Parser as _;
use runcomfy_cli::Rcf;
use runcomfy_models::MODELS;
use serde_json::{Value, json};

use super::support::{IMAGE, KLING, PNG, Service};
use crate::catalog::document::Document;
use crate::catalog::{own_page, samples, shell_words};
use crate::support::rcf;

/// The help of a command, without a process.
fn help(words: &[&str]) -> String {
    let rcf = Rcf::try_parse_from([&["rcf"], words].concat()).unwrap();
    let mut output = Vec::new();
    let _ = rcf.run(&mut output).unwrap();
    String::from_utf8(output).unwrap()
}

#[test]
fn help_of_a_model_lists_its_fields() {
    let help = rcf(std::path::Path::new("."), &["run", KLING, "--help"]);
    assert_eq!((help.code, &*help.stderr), (0, ""));
    let expected = "\
Runs a model: submits a job, waits for it, and saves its files.

The model is kling/kling-2-1/master/image-to-video. It makes videos.

Usage: rcf run kling/kling-2-1/master/image-to-video --prompt <TEXT> --image-url <IMAGE> [OPTIONS]

Fields of the model:
      --prompt <TEXT>           What happens in the video [required]
      --image-url <IMAGE>       The picture that the video begins with [required]
      --duration <VALUE>        The length of the video in seconds [values: 5, 10] [default: 5]
      --aspect-ratio <VALUE>    The aspect ratio of the video [values: 16:9, 1:1, 9:16] [default:
                                16:9]
      --negative-prompt <TEXT>  What the video should not show
      --cfg-scale <NUMBER>      How closely the video follows the prompt [0 to 1] [default: 0.5]

Input:
";
    assert!(help.stdout.starts_with(expected), "{}", help.stdout);
    // In any place, and for each command with a model's flags.
    for words in [["run", "--help", KLING], ["submit", KLING, "-h"], ["price", KLING, "--help"]] {
        assert!(rcf(std::path::Path::new("."), &words).stdout.contains("--cfg-scale <NUMBER>"));
    }
}

#[test]
fn help_of_every_model_has_a_flag_for_every_field() {
    for model in MODELS {
        for verb in ["run", "submit", "price"] {
            let help = help(&[verb, model.id, "--help"]);
            let flags: Vec<_> = help
                .lines()
                .filter_map(|line| line.trim_start().strip_prefix("--"))
                .map(|line| line.split([' ', ',']).next().unwrap())
                .collect();
            let different: HashSet<_> = flags.iter().collect();
            assert_eq!(different.len(), flags.len(), "{}: {flags:?}", model.id);
            for field in model.fields {
                let flag = field.name.trim_matches('_').replace('_', "-");
                let by_set = help.contains(&format!("`--set {}=VALUE`", field.name));
                assert!(by_set || flags.contains(&&*flag), "{}: {}\n{help}", model.id, field.name);
            }
        }
    }
}

#[test]
fn help_without_a_model_says_that_models_have_flags() {
    for words in [["run", "--help"], ["submit", "-h"], ["price", "--help"]] {
        let help = help(&words);
        assert!(help.contains("Each model has flags of its own"), "{help}");
        assert!(help.contains("--set <FIELD=VALUE>"), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
}

#[test]
fn samples_of_the_catalog_page_are_accepted() {
    let service = Service::new();
    let page = own_page();
    let document = Document::parse(&page);
    for model in MODELS {
        let samples = samples(&document, model.id);
        let words = shell_words(&samples[2]);
        assert_eq!(words[..2], ["rcf", "run"]);
        let mut arguments = vec!["submit", "--quiet"];
        arguments.extend(words[2..].iter().map(String::as_str));
        let id = service.succeed(&arguments);
        let jobs = service.sandbox.accepted_jobs();
        let job = jobs.iter().find(|job| job.request_id == id.trim()).unwrap();
        // The body of the `curl` command.
        let body = shell_words(&samples[1]).pop().unwrap();
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((&*job.model_id, &job.input), (model.id, &body));
    }
}

/// A model that the program has no type for, with fields that want to be something else.
const DREAM: &str = r#"{"type": "object", "required": ["1_image"], "properties": {
    "1_image": {"type": "string", "format": "image_uri"},
    "149_steps": {"type": "integer", "minimum": -1, "maximum": 20},
    "out": {"type": "string"},
    "note": {"type": ["string", "null"]},
    "other_note": {"type": ["string", "null"]},
    "type": {"type": "string"},
    "tags": {"type": "array", "items": {"type": "string"}},
    "watermark": {"type": "boolean"},
    "camera": {"type": "object", "properties": {"zoom": {"type": "number"}, "start_image": {"type": "string"}}}
}}"#;

fn dream() -> Service {
    Service::of(super::support::quick().model("acme/dream", DREAM))
}

#[test]
fn a_model_of_the_catalog_has_flags_too() {
    let service = dream();
    let help = service.succeed(&["run", "acme/dream", "--help"]);
    let steps = help.lines().find(|line| line.contains("--steps <INTEGER>")).unwrap();
    assert!(steps.ends_with(" [-1 to 20]"), "{help}");
    assert!(help.contains("The field out has no flag of its own: `--set out=VALUE`."), "{help}");
    service.write("a.png", PNG);
    service.succeed(&[
        "submit",
        "acme/dream",
        "--image",
        "hosted:b.png",
        "--steps",
        "-1",
        "--set",
        "out=here",
        "--set",
        "note=null",
        "--other-note",
        "null",
        "--type=x",
        "--tags",
        "a",
        "b",
        "--tags",
        "-5",
        "--watermark",
        "--set",
        "camera.zoom=2.5",
        "--set",
        "camera.start_image=a.png",
    ]);
    let data_uri = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==";
    let expected = json!({
        "1_image": "b.png", "149_steps": -1, "out": "here", "note": null, "other_note": "null", "type": "x", "tags": ["a", "b", "-5"],
        "watermark": true, "camera": {"zoom": 2.5, "start_image": data_uri},
    });
    assert_eq!(service.inputs(), [expected]);
    // The Rust name and the key are names of the flag, too.
    service.succeed(&["submit", "acme/dream", "--1_image", IMAGE, "--149_steps", "3"]);
    assert_eq!(service.inputs().len(), 2);
}

#[test]
fn a_value_may_begin_with_a_hyphen() {
    let service = Service::new();
    for (words, value) in [
        (&["--prompt", "-x"][..], "-x"),
        (&["--prompt", "- a list\n- of two"], "- a list\n- of two"),
        (&["--prompt", "-- dashes --"], "-- dashes --"),
        (&["--prompt=--seed"], "--seed"),
        (&["--prompt", "-5"], "-5"),
    ] {
        let id = service.json(&[&["submit", KLING, "--image-url", IMAGE], words].concat());
        let jobs = service.sandbox.accepted_jobs();
        let job = jobs.iter().find(|job| job.request_id == id["request_id"].as_str().unwrap());
        assert_eq!(job.unwrap().input["prompt"], value);
    }
    // A flag whose value was forgotten does not take the next flag for one.
    for next in [&["-q"][..], &["--duration", "5"], &[]] {
        let words = [&["submit", KLING, "--image-url", IMAGE, "--prompt"], next].concat();
        let error = service.fail(&words, 64);
        assert!(
            error.contains("a value is required for '--prompt <TEXT>' but none was supplied"),
            "{error}"
        );
    }
}

#[test]
fn wrong_flags_are_refused_before_anything_is_sent() {
    let service = Service::new();
    let run = |words: &[&str]| service.rcf(&[&["run", KLING], words].concat());
    let given = ["--prompt", "x", "--image-url", IMAGE];
    let usage = "\n\nUsage: rcf run kling/kling-2-1/master/image-to-video --prompt <TEXT> --image-url <IMAGE> \
                 [OPTIONS]\n\nFor more information, try '--help'.\n";
    for (words, code, expected) in [
        (
            &["--durtion", "5"][..],
            64,
            format!(
                "error: unexpected argument '--durtion' found\n\n  tip: a similar argument exists: \
                 '--duration'{usage}"
            ),
        ),
        (
            &["--duration", "5", "--duration", "10"],
            64,
            format!("error: the argument '--duration <VALUE>' cannot be used multiple times{usage}"),
        ),
        (
            &["--max-cost", "much"],
            64,
            "error: invalid value 'much' for '--max-cost <USD>': give a number of US dollars, such as \
             0.50\n\nFor more information, try '--help'.\n"
                .to_owned(),
        ),
        (&["--duration", "7"], 65, invalid("duration: 7 is not one of 5, 10")),
        (&["--duration", ""], 65, invalid("duration: \"\" is not an integer; the values are 5, 10")),
        (
            &["--duration", "x", "--cfg-scale", "-0.5"],
            65,
            invalid("duration: \"x\" is not an integer; the values are 5, 10\ncfg_scale: -0.5 is outside 0..=1"),
        ),
        (&["--set", "seed=5"], 65, invalid("seed: is not a field; the fields are prompt, image_url, duration, aspect_ratio, negative_prompt, cfg_scale")),
        (
            &["--set", "durtion=5"],
            65,
            invalid("durtion: is not a field; did you mean \"duration\"?"),
        ),
        (
            &["--set", "image_url=x.png"],
            65,
            "error: image_url is set twice; it takes one value\n".to_owned(),
        ),
    ] {
        let output = run(&[&given, words].concat());
        assert_eq!((output.code, &*output.stderr), (code, &*expected), "{words:?}");
        assert_eq!(output.stdout, "", "{words:?}");
    }
    let output = run(&["--image-url", "face.png"]);
    let expected = invalid(
        "image_url: there is no file \"face.png\"; for a file that the service hosts, write \
         \"hosted:face.png\"\nprompt: is required, but missing",
    );
    assert_eq!((output.code, output.stderr), (65, expected));
    assert_eq!(service.sandbox.received().len(), 0);
}

fn invalid(lines: &str) -> String {
    format!(
        "error: the input is not valid; nothing was sent:\n{lines}\n`rcf run {KLING} --help` says what {KLING} \
         takes\n"
    )
}

#[test]
fn a_model_has_to_be_named_first() {
    let service = Service::new();
    let error = service.fail(&["run"], 64);
    assert!(error.starts_with("error: the model is missing: `rcf run MODEL ...`"), "{error}");
    let error = service.fail(&["submit", "--prompt", "x", KLING], 64);
    assert_eq!(
        error,
        "error: --prompt comes before the model; name the model first: `rcf submit MODEL --prompt ...`\n"
    );
    // Flags of the command itself may be anywhere.
    service.succeed(&[
        "submit",
        "--max-cost",
        "5",
        "--yes",
        KLING,
        "--prompt",
        "x",
        "-q",
        "--image-url",
        IMAGE,
    ]);
    let error = service.fail(&["run", "kling/kling-2.1/master/image-to-video"], 65);
    let expected = "error: there is no model kling/kling-2.1/master/image-to-video; did you mean\n\n  \
                    kling/kling-2-1/master/image-to-video\n";
    assert!(error.starts_with(expected), "{error}");
    assert!(error.ends_with("\n\n`rcf models search WORD` finds others\n"), "{error}");
    // Without a token, the catalog cannot be asked.
    let mut command = service.command(&["run", "kling/kling-2.1/master/image-to-video"]);
    let output = crate::support::run(command.env_remove("RUNCOMFY_API_TOKEN"), "");
    assert_eq!(output.code, 77);
    assert!(
        output.stderr.contains("\n  kling/kling-2-1/master/image-to-video\n"),
        "{}",
        output.stderr
    );
    let end = "The service may have it, but cannot be asked: no API token: set RUNCOMFY_API_TOKEN ";
    assert!(output.stderr.contains(end), "{}", output.stderr);
    // The same with an address that is none.
    let mut command = service.command(&["run", "kling/kling-2.1/master/image-to-video"]);
    let output = crate::support::run(command.env("RUNCOMFY_MODEL_API_BASE", "here"), "");
    assert_eq!(output.code, 64, "{}", output.stderr);
    let end = "The service may have it, but cannot be asked: ";
    assert!(output.stderr.contains(end), "{}", output.stderr);
}

#[test]
fn input_comes_from_a_file_and_flags_replace_its_fields() {
    let service = Service::new();
    service.write("in/face.png", PNG);
    let body = json!({"prompt": "from the file", "image_url": "face.png", "duration": 5});
    service.write("in/input.json", body.to_string());
    service.succeed(&["submit", KLING, "--input", "in/input.json", "--duration", "10"]);
    let data_uri = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg==";
    let expected = json!({"prompt": "from the file", "image_url": data_uri, "duration": 10});
    assert_eq!(service.inputs(), [expected]);
    // From the standard input, paths begin where the command runs.
    let text = r#"{"prompt": "x", "image_url": "in/face.png"}"#;
    let output = service.rcf_with_input(&["submit", KLING, "--input", "-"], text);
    assert_eq!(output.code, 0, "{}", output.stderr);
    for (text, code, words) in [
        ("{", 65, "error: the standard input is not JSON: EOF while parsing an object at line 1"),
        ("[]", 65, "error: the standard input is not a JSON object; an input is one"),
        (r#"{"prompt": "x", "image_url": 5}"#, 65, "image_url: 5 is not a string"),
        (r#"{"prompt": "x", "image_url": "in/face.png", "promt": 1}"#, 65, "promt: is not a field"),
    ] {
        let output = service.rcf_with_input(&["submit", KLING, "--input", "-"], text);
        assert_eq!(output.code, code, "{text}: {}", output.stderr);
        assert!(output.stderr.contains(words), "{text}: {}", output.stderr);
    }
    assert!(service.fail(&["submit", KLING, "--input", "none.json"], 74).contains("none.json"));
    assert_eq!(service.sandbox.accepted(), 2);
}

#[test]
fn what_the_schema_does_not_know_can_be_sent() {
    let service = dream();
    let given = ["submit", "acme/dream", "--image", IMAGE];
    // The sandbox judges strictly: it refuses the key, so the key was sent.
    let refused = service.fail(&[&given[..], &["--extra", r#"lora={"path": "a"}"#]].concat(), 65);
    assert!(refused.contains("('lora' was unexpected)"), "{refused}");
    assert!(!refused.contains("--unchecked"), "{refused}");
    assert!(refused.contains("`rcf models show acme/dream` says what it takes"), "{refused}");
    let declared = service.fail(&[&given[..], &["--extra", r#"type="x""#]].concat(), 65);
    assert!(declared.contains("cannot add the extra key \"type\""), "{declared}");
    assert!(declared.contains("set it with `--set type_=VALUE`\n"), "{declared}");
    for value in ["notjson{", "word", ""] {
        let extra = format!("lora={value}");
        let error = service.fail(&[&given[..], &["--extra", &extra]].concat(), 64);
        assert!(error.contains(&format!("{value:?} is not JSON")), "{error}");
    }
    let refused = service.fail(&[&given[..], &["--unchecked", "--set", "steps=25"]].concat(), 65);
    assert!(refused.contains("HTTP 422") && !refused.contains("`--unchecked`"), "{refused}");
    service.succeed(&[&given[..], &["--unchecked", "--steps", "3"]].concat());
    assert_eq!(service.inputs(), [json!({"1_image": IMAGE, "149_steps": 3})]);
    // A model that the catalog does not have goes to the service as it is.
    let error = service.fail(&["submit", "acme/none", "--unchecked", "--set", "a=1"], 65);
    assert!(error.contains("HTTP 404"), "{error}");
    let unknown = service.fail(&["submit", "acme/none", "--unchecked", "--a", "1"], 64);
    assert!(unknown.contains("unexpected argument '--a'"), "{unknown}");
}

#[test]
fn an_input_file_that_is_no_text_is_a_wrong_input() {
    let service = Service::new();
    service.write("a.png", b"\x89PNG\r\n\x1a\n\xff");
    let error = service.fail(&["submit", KLING, "--input", "a.png"], 65);
    assert!(error.starts_with("error: a.png is not JSON: "), "{error}");
    let error = service.fail(&["submit", KLING, "--input", "none.json"], 74);
    assert!(error.starts_with("error: cannot read none.json"), "{error}");
}
