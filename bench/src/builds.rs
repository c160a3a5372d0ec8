//! Build times: `cargo build` of a crate with a catalog's models, and of an app.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::catalog::{self, Model};
use crate::{median, peers};

/// A crate to build.
pub struct Crate {
    pub folder: PathBuf,
    target: PathBuf,
}

/// The root of the repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a parent").to_owned()
}

impl Crate {
    /// A new crate without code.
    pub fn new(work: &Path, name: &str, dependencies: &str) -> Self {
        let folder = work.join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(folder.join("src")).expect("a folder");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\n{dependencies}\n[workspace]\n"
        );
        fs::write(folder.join("Cargo.toml"), manifest).expect("written");
        // Use the versions that this package locks.
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock");
        fs::copy(lock, folder.join("Cargo.lock")).expect("copied");
        Self { folder, target: work.join("target") }
    }

    /// A crate with the code of this project's generator.
    pub fn ours(work: &Path, count: usize) -> Self {
        let types = root().join("runcomfy-types");
        let dependency = format!("runcomfy-types = {{ path = {types:?} }}\n");
        let new = Self::new(work, &format!("ours-{count}"), &dependency);
        let schemas = new.folder.join("schemas");
        catalog::write(&catalog::models(count), &schemas).expect("written");
        let generated = runcomfy_codegen::Generator::new(schemas)
            .runtime("::runcomfy_types")
            .generate()
            .expect("a catalog");
        generated.write(&new.folder.join("src")).expect("written");
        fs::rename(new.folder.join("src/runcomfy.rs"), new.folder.join("src/lib.rs"))
            .expect("renamed");
        new
    }

    pub fn typify(work: &Path, models: &[Model]) -> Self {
        let dependencies =
            "serde = { version = \"1\", features = [\"derive\"] }\nserde_json = \"1\"\n";
        let new = Self::new(work, "typify", dependencies);
        new.write_modules(models, peers::typify);
        new
    }

    pub fn plain_serde(work: &Path, models: &[Model]) -> Self {
        let new =
            Self::new(work, "plain", "serde = { version = \"1\", features = [\"derive\"] }\n");
        new.write_modules(models, peers::plain_serde);
        new
    }

    /// One file per model, like the generated crate.
    fn write_modules(&self, models: &[Model], text: impl Fn(&Model) -> String) {
        let mut lib = String::new();
        for (index, model) in models.iter().enumerate() {
            fs::write(self.folder.join(format!("src/m{index}.rs")), text(model)).expect("written");
            lib.push_str(&format!("pub mod m{index};\n"));
        }
        fs::write(self.folder.join("src/lib.rs"), lib).expect("written");
    }

    fn cargo(&self, subcommand: &str) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command
            .args([subcommand, "--quiet"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_INCREMENTAL", "0")
            // The generated index includes the models from here. The crate has no build script to
            // set it.
            .env("OUT_DIR", self.folder.join("src"))
            .env("RUSTFLAGS", "--cap-lints=allow");
        command
    }

    /// Runs `cargo build` or `cargo check`.
    pub fn run(&self, subcommand: &str) {
        let status = self.cargo(subcommand).status().expect("cargo runs");
        assert!(status.success(), "{}", self.folder.display());
    }

    /// How long that takes without the dependencies, which are built, in seconds.
    pub fn time(&self, subcommand: &str) -> f64 {
        let lib = self.folder.join("src/lib.rs");
        let text = fs::read(&lib).expect("a file");
        fs::write(&lib, text).expect("touched");
        let start = Instant::now();
        self.run(subcommand);
        start.elapsed().as_secs_f64()
    }
}

/// The median build time of each crate. Every round builds all crates in turn.
pub fn crates<const N: usize>(crates: [Crate; N], rounds: usize) -> [f64; N] {
    crates.iter().for_each(|krate| krate.run("build"));
    let mut samples: [Vec<f64>; N] = std::array::from_fn(|_| Vec::new());
    for round in 0..rounds {
        for (samples, krate) in samples.iter_mut().zip(&crates) {
            samples.push(krate.time("build"));
        }
        eprintln!("build round {} of {rounds}", round + 1);
    }
    samples.map(median)
}

const OUR_APP: &str = r#"use runcomfy_models::Client;
use runcomfy_models::kling::kling_2_1::master::image_to_video::Input;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::from_env()?;
    let input = Input::builder().prompt("a lighthouse").image_url("https://example.com/a.png").build()?;
    println!("{:?}", client.run(&input).await?.output.video);
    Ok(())
}
"#;

const PLAIN_APP: &str = r#"#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let body = serde_json::json!({"prompt": "a lighthouse", "image_url": "https://example.com/a.png"});
    let url = "https://model-api.runcomfy.net/v1/models/kling/kling-2-1/master/image-to-video";
    let request = reqwest::Client::new().post(url).body(body.to_string());
    println!("{}", request.send().await?.text().await?);
    Ok(())
}
"#;

/// The time of a clean build of an app, in seconds: with `runcomfy-models`; with the default
/// features of `reqwest`; and with the features and the TLS library that the client uses.
pub fn apps(work: &Path, rounds: usize) -> [f64; 3] {
    let tokio = "tokio = { version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }\n";
    let models = root().join("runcomfy-models");
    let ours =
        Crate::new(work, "app", &format!("runcomfy-models = {{ path = {models:?} }}\n{tokio}"));
    let json = "serde_json = \"1\"\n";
    let plain = Crate::new(work, "app-default", &format!("reqwest = \"0.13\"\n{json}{tokio}"));
    let features = "reqwest = { version = \"0.13\", default-features = false, features = [\"rustls-no-provider\", \"system-proxy\"] }\n\
                    rustls = { version = \"0.23\", default-features = false, features = [\"ring\", \"std\", \"tls12\"] }\n";
    let same_features = Crate::new(work, "app-alike", &format!("{features}{json}{tokio}"));
    fs::write(ours.folder.join("src/main.rs"), OUR_APP).expect("written");
    for app in [&plain, &same_features] {
        fs::write(app.folder.join("src/main.rs"), PLAIN_APP).expect("written");
    }
    let mut samples = [Vec::new(), Vec::new(), Vec::new()];
    for round in 0..rounds {
        for (samples, app) in samples.iter_mut().zip([&ours, &plain, &same_features]) {
            // Do not measure downloads.
            let mut fetch = Command::new(env!("CARGO"));
            let fetched = fetch.args(["fetch", "--quiet"]).current_dir(&app.folder).status();
            assert!(fetched.expect("cargo runs").success());
            let target = work.join("app-target");
            let _ = fs::remove_dir_all(&target);
            let start = Instant::now();
            let built = app.cargo("build").env("CARGO_TARGET_DIR", &target).status();
            assert!(built.expect("cargo runs").success());
            samples.push(start.elapsed().as_secs_f64());
        }
        eprintln!("app round {} of {rounds}", round + 1);
    }
    samples.map(median)
}
