//! What the compiler says of frequent mistakes does not depend on the number of models.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::downstream::{BUILD, MANIFEST};

#[path = "../../../bench/src/catalog.rs"]
#[allow(dead_code, reason = "shared with the benchmarks")]
mod catalog;

const MAIN: &str = r#"
mod models {
    include!(concat!(env!("OUT_DIR"), "/runcomfy.rs"));
}

use models::MODULE::Input;
use runcomfy_types::Request;

fn submit(_: &impl Request) {}

fn main() {
    let builder = Input::builder().prompt("x").image_url(std::path::PathBuf::from("face.png"));
    let _ = Input::builder().image_url(vec![1_u8]);
    let _ = Input::builder().prompt(5);
    let _ = Input::builder().FIELD(Some(VALUE));
    submit(&Input::builder());
    submit(&Input::from_json("{}"));
    drop(builder);
}
"#;

#[test]
fn messages_list_no_implementations_of_many_models() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let app = tempfile::tempdir().unwrap();
    let models = catalog::models(120);
    catalog::write(&models, &app.path().join("schemas")).unwrap();
    // One with an image and an enum of strings.
    let fitting = models.iter().find_map(|model| {
        let properties = model.schema["properties"].as_object()?;
        properties.get("image_url")?;
        let mut enums = properties.iter().filter(|(_, schema)| schema["enum"][0].is_string());
        let (key, schema) = enums.find(|(key, _)| key.starts_with(char::is_alphabetic))?;
        Some((model.id.replace('/', "::").replace('-', "_"), key, schema["enum"][0].to_string()))
    });
    let (module, key, value) = fitting.expect("a model with an image and an enum of strings");
    let main = MAIN.replace("MODULE", &module).replace("FIELD", key).replace("VALUE", &value);
    let manifest = MANIFEST.replace("@ROOT@", &root.display().to_string());
    fs::create_dir(app.path().join("src")).unwrap();
    for (name, text) in [("Cargo.toml", &*manifest), ("build.rs", BUILD), ("src/main.rs", &main)] {
        fs::write(app.path().join(name), text).unwrap();
    }
    fs::copy(root.join("Cargo.lock"), app.path().join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["build", "--quiet"])
        .current_dir(&app)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("downstream"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    for part in [
        "`PathBuf` is not a value for a field that takes `Media`",
        "`Vec<u8>` is not a value for a field that takes `Media`",
        "`Media::path(path)?`, or `Media::bytes(content)?`",
        "`{integer}` is not a value for a field that takes `String`",
        &format!("`maybe_{key}` takes an `Option`"),
        "is not the input of a model",
        "call `.build()?` first",
    ] {
        assert!(stderr.contains(part), "{part} is not in {stderr}");
    }
    for part in ["other types implement", "and 29 others", "others\n"] {
        assert!(!stderr.contains(part), "{part} is in {stderr}");
    }
    let errors = stderr.lines().filter(|line| line.starts_with("error[")).count();
    assert_eq!(errors, 6, "{stderr}");
}

const CALLS: &str = r#"
use runcomfy_client::{Client, SubmitOptions, WaitOptions, blocking};

struct NotAnInput;

async fn asynchronous(client: Client) {
    let (options, wait) = (SubmitOptions::default(), WaitOptions::default());
    let _ = client.submit(&NotAnInput).await.map(|job| job.request_id().clone());
    let _ = client.submit_with(&NotAnInput, &options).await.map(|job| job.request_id().clone());
    let _ = client.run(&NotAnInput).await.map(|done| done.request_id);
    let _ = client.run_with(&NotAnInput, &wait, |_| {}).await.map(|done| done.request_id);
    let _ = client.run_all([NotAnInput], 2).next().await.map(|(_, done)| done.map(|done| done.cost));
    let _ = client.run_all_with([NotAnInput], 2, &wait, |_, _| {}).next().await.map(|(index, _)| index);
}

fn blocking(client: blocking::Client) {
    let (options, wait) = (SubmitOptions::default(), WaitOptions::default());
    let _ = client.submit(&NotAnInput).map(|job| job.request_id().clone());
    let _ = client.submit_with(&NotAnInput, &options).map(|job| job.request_id().clone());
    let _ = client.run(&NotAnInput).map(|done| done.request_id.clone());
    let _ = client.run_with(&NotAnInput, &wait, |_| {}).map(|done| done.request_id.clone());
    let _ = client.run_all([NotAnInput], 2).next().map(|(index, _)| index);
    let _ = client.run_all_with([NotAnInput], 2, &wait, |_, _| {}).next().map(|(index, _)| index);
}

fn main() {}
"#;

#[test]
fn every_way_of_sending_says_once_what_is_no_input() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let app = tempfile::tempdir().unwrap();
    let manifest = format!(
        "[package]\nname = \"acme-calls\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nruncomfy-client = {{ path = {:?}, features = [\"blocking\"] }}\n\n[workspace]\n",
        root.join("runcomfy-client")
    );
    fs::create_dir(app.path().join("src")).unwrap();
    fs::write(app.path().join("Cargo.toml"), manifest).unwrap();
    fs::write(app.path().join("src/main.rs"), CALLS).unwrap();
    fs::copy(root.join("Cargo.lock"), app.path().join("Cargo.lock")).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet"])
        .current_dir(&app)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("downstream"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let errors: Vec<_> = stderr.lines().filter(|line| line.starts_with("error[")).collect();
    let expected = "error[E0277]: `NotAnInput` is not the input of a model";
    assert_eq!(errors, [expected; 12], "{stderr}");
}
