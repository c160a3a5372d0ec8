//! What `--input` and its relatives take.

use serde_json::json;

use super::support::{IMAGE, KLING, Service};

#[test]
fn a_key_that_is_twice_in_an_object_is_refused() {
    let service = Service::new();
    let twice = format!(r#"{{"prompt": "a", "image_url": "{IMAGE}", "prompt": "b"}}"#);
    service.write("twice.json", &twice);
    for more in [&[][..], &["--unchecked"]] {
        let words = [&["submit", KLING, "--input", "twice.json"], more].concat();
        let error = service.fail(&words, 65);
        assert!(error.contains("prompt is there twice"), "{error}");
    }
    let words = ["submit", KLING, "--prompt", "x", "--image-url", IMAGE, "--unchecked"];
    let error = service.fail(&[&words[..], &["--set", r#"camera={"a": 1, "a": 2}"#]].concat(), 65);
    assert!(error.contains("a is there twice"), "{error}");
    assert_eq!(service.sandbox.accepted(), 0);
}

#[test]
fn a_byte_order_mark_is_no_part_of_an_input() {
    let service = Service::new();
    let input = format!("\u{feff}{{\"prompt\": \"a\", \"image_url\": \"{IMAGE}\"}}");
    service.write("bom.json", &input);
    service.succeed(&["submit", KLING, "--input", "bom.json"]);
    let output = service.rcf_with_input(&["submit", KLING, "--input", "-"], &input);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert_eq!(service.inputs(), vec![json!({"prompt": "a", "image_url": IMAGE}); 2]);
}

#[test]
fn an_input_that_is_not_json_says_what_it_is() {
    let service = Service::new();
    let error = service.fail(&["submit", KLING, "--input", "-"], 65);
    assert_eq!(error, "error: the standard input is empty\n");
    let words = ["submit", KLING, "--prompt", "x", "--image-url", IMAGE, "--extra", "style=noir"];
    let error = service.fail(&words, 64);
    assert!(error.contains(r#"write a text with quotes: --extra 'style="noir"'"#), "{error}");
    assert!(!error.contains("expected ident"), "{error}");
    let error = service.fail(&[&words[..6], &["--extra", "a={"]].concat()[..], 64);
    assert!(error.contains("is not JSON"), "{error}");
}

#[test]
fn a_wrong_extra_key_is_reported_with_the_other_problems() {
    let service = Service::new();
    let words = ["submit", KLING, "--image-url", "none.png", "--cfg-scale", "9"];
    let error = service.fail(&[&words[..], &["--extra", "duration=10"]].concat(), 65);
    assert!(!error.contains("price"), "{error}");
    for says in ["none.png", "cfg_scale", "duration", "set it with `--set duration=VALUE`"] {
        assert!(error.contains(says), "{error}");
    }
    // On its own, too.
    let words = ["submit", KLING, "--prompt", "x", "--image-url", IMAGE, "--extra", "duration=10"];
    let error = service.fail(&words, 65);
    assert!(error.contains("duration") && !error.contains("price"), "{error}");
    assert!(service.sandbox.received().is_empty());
}
