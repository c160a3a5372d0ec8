//! `sync`, against the sandbox.

use std::time::Duration;

use clap::Parser as _;
use runcomfy_cli::program::Command;
use runcomfy_cli::schemas::{self, Project};
use runcomfy_cli::{ErrorKind, Rcf, Status};
use runcomfy_client::Client;
use runcomfy_client::time::TestClock;
use runcomfy_sandbox::{Call, Reply, Sandbox};
use serde_json::{Value, json};

use crate::support::{App, Output, command, run};

/// A service, and an app that uses it.
struct Service {
    app: App,
    sandbox: Sandbox,
    _runtime: tokio::runtime::Runtime,
}

impl Service {
    fn new(models: &[(&str, &str)]) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut builder = Sandbox::builder();
        for (id, schema) in models {
            builder = builder.model(*id, *schema);
        }
        let sandbox = runtime.block_on(builder.start()).unwrap();
        Self { app: App::new(), sandbox, _runtime: runtime }
    }

    fn sync(&self, arguments: &[&str]) -> Output {
        self.sync_as(self.sandbox.token(), arguments)
    }

    fn sync_as(&self, token: &str, arguments: &[&str]) -> Output {
        let arguments = [&["schemas", "sync"], arguments].concat();
        let mut command = command(self.app.path(), &arguments);
        command
            .env("RUNCOMFY_MODEL_API_BASE", self.sandbox.base_url())
            .env("RUNCOMFY_API_TOKEN", token);
        run(&mut command, "")
    }

    fn succeed(&self, arguments: &[&str]) -> String {
        let output = self.sync(arguments);
        assert_eq!((output.code, &*output.stderr), (0, ""), "{}", output.stdout);
        output.stdout
    }

    /// Runs the command in this process, with a clock that does not wait.
    fn sync_in_no_time(
        &self,
        clock: &TestClock,
        arguments: &[&str],
    ) -> runcomfy_cli::Result<Status> {
        let rcf = Rcf::try_parse_from([&["rcf", "schemas", "sync"], arguments].concat()).unwrap();
        let Command::Schemas(schemas) = rcf.command else { panic!("another command") };
        let schemas::Command::Sync(args) = schemas.command else { panic!("another command") };
        let project = Project::new(self.app.path().join("schemas"));
        let client = Client::builder()
            .base_url(self.sandbox.base_url())
            .token(self.sandbox.token().to_owned())
            .clock(clock.clone());
        schemas::sync::run_with(&args, &project, || Ok(client.build().unwrap()), &mut Vec::new())
    }

    /// What the next call about the catalog is answered with.
    fn answer(&self, text: &str) {
        self.sandbox.reply_next(Call::Catalog, Reply::new(200, text));
    }

    /// The paths of the calls, with their queries.
    fn calls(&self) -> Vec<String> {
        let call = |call: &runcomfy_sandbox::Received| format!("{}?{}", call.path, call.query);
        self.sandbox.received().iter().map(call).collect()
    }
}

const SCHEMA: &str =
    r#"{"type": "object", "properties": {"149_steps": {"type": "integer", "minimum": 6}}}"#;

#[test]
fn a_model_is_fetched_and_kept_up_to_date() {
    let service = Service::new(&[("acme/dream", SCHEMA), ("acme/other", SCHEMA)]);
    let output = service.succeed(&["acme/dream"]);
    assert!(output.contains("created schemas/acme/dream.json\n"), "{output}");
    assert!(
        output.ends_with("1 model: 1 changed, 0 up to date, 0 skipped, 0 not in the catalog\n")
    );
    assert_eq!(service.app.schemas(), ["acme/dream.json"]);
    service.app.succeed(&["check"]);
    // Without a model: those of the folder.
    let output = service.succeed(&[]);
    assert_eq!(output, "1 model: 0 changed, 1 up to date, 0 skipped, 0 not in the catalog\n");
    assert_eq!(service.app.schemas(), ["acme/dream.json"]);
    assert_eq!(service.sync(&["--check"]).code, 0);

    // The keeper changes the file.
    let text = service.app.read("acme/dream.json");
    let changed = text.replace("\"minimum\": 6", "\"minimum\": 5, \"x-rust-name\": \"rounds\"");
    service.app.write("acme/dream.json", &changed);
    let output = service.sync(&["--check"]);
    assert_eq!((output.code, &*output.stderr), (1, ""));
    assert!(
        output.stdout.contains("schemas/acme/dream.json would be updated\n"),
        "{}",
        output.stdout
    );
    assert!(output.stdout.contains("~ /input_schema/properties/149_steps/minimum: 5 -> 6"));
    assert_eq!(service.app.read("acme/dream.json"), changed);
    service.succeed(&[]);
    let text = service.app.read("acme/dream.json");
    assert!(text.contains("\"minimum\": 6") && text.contains("\"rounds\""), "{text}");
    assert_eq!(service.sync(&["--check"]).code, 0);
}

#[test]
fn the_whole_catalog_is_read_page_by_page() {
    let ids: Vec<String> = (0..130).map(|number| format!("acme/m{number}")).collect();
    let models: Vec<_> = ids.iter().map(|id| (id.as_str(), SCHEMA)).collect();
    let service = Service::new(&models);
    // The sandbox has the models of this project, too.
    let output: Value = serde_json::from_str(&service.succeed(&["--all", "--json"])).unwrap();
    let models = output["models"].as_array().unwrap();
    assert!(models.len() > 200 && output["skipped"] == json!([]), "{}", models.len());
    assert_eq!(service.app.schemas().len(), models.len());
    assert!(ids.iter().all(|id| service.app.schema(&format!("{id}.json")).is_file()));
    let offsets: Vec<_> = service
        .calls()
        .iter()
        .map(|call| call.rsplit_once("offset=").unwrap().1.to_owned())
        .collect();
    let expected: Vec<_> =
        (0..models.len()).step_by(100).map(|offset| offset.to_string()).collect();
    assert_eq!(offsets, expected);
    // Many files are brought up to date by pages, too, and not by one call each.
    assert_eq!(service.sync(&["--check"]).code, 0);
    assert_eq!(service.calls().len(), 2 * expected.len());
}

#[test]
fn order_and_digits_are_those_of_the_service() {
    let service = Service::new(&[]);
    service.answer(
        r#"{"model_id": "acme/m", "base_price_usd": 1, "input_schema": {"type": "object", "properties": {"z": {"multipleOf": 0.10, "maximum": 4294967295.0, "type": "number"}, "a": {}}}}"#,
    );
    service.succeed(&["acme/m"]);
    let text = service.app.read("acme/m.json");
    assert!(text.find("\"z\"") < text.find("\"a\""), "{text}");
    assert!(text.contains("0.10,") && text.contains("4294967295.0"), "{text}");
    assert!(!text.contains("base_price_usd"), "{text}");
}

#[test]
fn one_bad_entry_is_reported_and_skipped() {
    let service = Service::new(&[]);
    let good = |id: &str| json!({"model_id": id, "input_schema": {"type": "object", "properties": {"a": {}}}});
    let wrong = json!({"model_id": "acme/wrong", "input_schema": {"type": "object", "properties": {"a": {"type": "text"}}}});
    let page = json!({"total": 6, "models": [good("acme/a"), wrong, {"model_id": "acme/none"}, 7, good("../../x"), good("acme/b")]});
    service.answer(&page.to_string());
    let output = service.succeed(&["--all"]);
    assert_eq!(service.app.schemas(), ["acme/a.json", "acme/b.json"]);
    for words in [
        "skipped acme/wrong: ",
        "the type \"text\"",
        "skipped acme/none: ",
        "skipped an entry: ",
        "\"../../x\" is not a model id",
        "2 models: 2 changed, 0 up to date, 4 skipped, 0 not in the catalog",
    ] {
        assert!(output.contains(words), "{words}: {output}");
    }
    assert_eq!(std::fs::read_dir(service.app.path()).unwrap().count(), 1);
    // Of a model that is in the folder, it is an error.
    service.app.write("acme/wrong.json", SCHEMA);
    service.answer(&page.to_string());
    let output = service.sync(&["--all"]);
    assert_eq!(output.code, 65, "{}", output.stdout);
    assert!(output.stderr.contains("acme/wrong: "), "{}", output.stderr);
    assert_eq!(service.app.read("acme/wrong.json"), SCHEMA);
    // Also when it is named. Another model than the one that was asked for is none.
    service.answer(&good("acme/b").to_string());
    let output = service.sync(&["acme/a"]);
    assert_eq!(output.code, 65);
    assert!(output.stderr.contains("the entry of acme/b instead of acme/a"), "{}", output.stderr);
}

#[test]
fn models_that_are_gone_are_reported() {
    let service = Service::new(&[("acme/dream", SCHEMA)]);
    service.app.write("acme/gone.json", SCHEMA);
    let output = service.succeed(&[]);
    assert!(output.contains("not in the catalog: acme/gone\n"), "{output}");
    assert_eq!(service.app.read("acme/gone.json"), SCHEMA);
    assert_eq!(service.sync(&["--check"]).code, 1);
    let output = service.sync(&["acme/gnoe"]);
    assert_eq!(output.code, 65);
    assert!(
        output.stderr.contains("the catalog has no model acme/gnoe; `--search`"),
        "{}",
        output.stderr
    );
}

/// A folder with more schemas than are fetched one by one: `acme/m0` and so on.
fn many_in_folder(service: &Service) -> Vec<String> {
    let ids: Vec<String> = (0..21).map(|number| format!("acme/m{number}")).collect();
    for id in &ids {
        service.app.write(&format!("{id}.json"), SCHEMA);
    }
    ids
}

#[test]
fn a_catalog_that_does_not_end_has_lost_no_model() {
    let service = Service::new(&[]);
    many_in_folder(&service);
    let page =
        json!({"models": [{"model_id": "acme/another", "input_schema": {"type": "object"}}]});
    (0..1001).for_each(|_| service.answer(&page.to_string()));
    let output = service.sync(&["--check"]);
    assert_eq!(output.code, 69, "{}", output.stderr);
    assert!(
        output.stderr.contains("the catalog did not end after 1000 pages; try again later"),
        "{}",
        output.stderr
    );
    assert_eq!(output.stdout, "");
}

#[test]
fn a_catalog_with_an_empty_page_before_its_end_has_lost_no_model() {
    let service = Service::new(&[]);
    let ids = many_in_folder(&service);
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let models: Vec<_> =
        ids[..3].iter().map(|id| json!({"model_id": id, "input_schema": schema})).collect();
    service.answer(&json!({"total": 21, "models": models}).to_string());
    service.answer(r#"{"total": 21, "models": []}"#);
    let output = service.sync(&["--check"]);
    assert_eq!(output.code, 69, "{}", output.stderr);
    let words = "the catalog has nothing after 3 of its 21 models; try again later";
    assert!(output.stderr.contains(words), "{}", output.stderr);
    assert!(!output.stdout.contains("not in the catalog: "), "{}", output.stdout);
}

#[test]
fn a_model_that_moved_to_a_page_that_was_read_is_not_gone() {
    let models: Vec<String> = (0..20).map(|number| format!("acme/m{number}")).collect();
    let models: Vec<_> = models.iter().map(|id| (&**id, SCHEMA)).collect();
    let service = Service::new(&models);
    let ids = many_in_folder(&service);
    let entry = |id: &String| json!({"model_id": id, "input_schema": {"type": "object"}});
    // A model before them vanishes between two pages, and `acme/m10` takes the place of `acme/m9`.
    let first: Vec<_> = ids[..10].iter().map(entry).collect();
    service.answer(&json!({"total": 21, "models": first}).to_string());
    let second: Vec<_> = ids[11..20].iter().map(entry).collect();
    service.answer(&json!({"total": 19, "models": second}).to_string());
    let output: Value = serde_json::from_str(&service.succeed(&["--json"])).unwrap();
    assert_eq!(output["gone"], json!(["acme/m20"]), "{output}");
    assert_eq!(output["models"].as_array().unwrap().len(), 20, "{output}");
}

#[test]
fn a_search_fetches_what_it_finds() {
    let service = Service::new(&[("acme/dream", SCHEMA), ("acme/night", SCHEMA)]);
    service.succeed(&["--search", "NIGHT"]);
    assert_eq!(service.app.schemas(), ["acme/night.json"]);
    assert!(
        service.calls().iter().any(|path| path.contains("search=NIGHT")),
        "{:?}",
        service.calls()
    );
}

#[test]
fn exit_codes_say_why_the_catalog_was_not_read() {
    let service = Service::new(&[]);
    let output = service.sync_as("wrong-token", &["acme/dream"]);
    assert_eq!(output.code, 77, "{}", output.stderr);
    assert!(!output.stderr.contains("wrong-token"), "{}", output.stderr);
    let output = service.sync_as("", &["acme/dream"]);
    assert_eq!(output.code, 77, "{}", output.stderr);
    assert!(output.stderr.contains("no API token"), "{}", output.stderr);
    service.answer("{\"models\": 1}");
    assert_eq!(service.sync(&["--all"]).code, 69);
    assert_eq!(service.sync(&[]).code, 65);
    assert_eq!(service.sync(&["--all", "acme/dream"]).code, 64);
    assert_eq!(service.sync(&["../../x"]).code, 65);
    assert_eq!(service.app.schemas(), [""; 0]);
}

#[test]
fn a_busy_service_is_given_the_time_that_it_asks_for() {
    let service = Service::new(&[("acme/dream", SCHEMA)]);
    let clock = TestClock::default();
    let busy = || Reply::new(429, "{}").header("retry-after", "40");
    service.sandbox.reply_next(Call::Catalog, busy());
    assert_eq!(service.sync_in_no_time(&clock, &["acme/dream"]).unwrap(), Status::Done);
    assert!(
        clock.sleeps().iter().sum::<Duration>() >= Duration::from_secs(40),
        "{:?}",
        clock.sleeps()
    );
    assert_eq!(service.app.schemas(), ["acme/dream.json"]);
    // If it stays busy, the exit code says to try again.
    for _ in 0..20 {
        service.sandbox.reply_next(Call::Catalog, busy());
    }
    let error = service.sync_in_no_time(&clock, &["acme/dream"]).unwrap_err();
    assert_eq!((error.kind(), error.kind().exit_code()), (ErrorKind::TryAgain, 75), "{error:?}");
}

#[test]
fn what_was_written_before_a_failure_stays() {
    let service = Service::new(&[]);
    let models: Vec<_> = (0..3)
        .map(|number| json!({"model_id": format!("acme/m{number}"), "input_schema": {"type": "object", "properties": {"a": {}}}}))
        .collect();
    service.answer(&json!({"total": 6, "models": models}).to_string());
    // The same page again, as when the list changes meanwhile, and then nothing usable.
    service.answer(&json!({"total": 6, "models": [models[2], models[0]]}).to_string());
    service.answer("{\"models\": 1}");
    let output = service.sync(&["--all"]);
    assert_eq!(output.code, 69, "{}", output.stderr);
    assert!(output.stdout.contains("3 models: 3 changed"), "{}", output.stdout);
    assert_eq!(service.app.schemas().len(), 3);
}

#[test]
fn a_model_of_ones_own_is_left_alone() {
    let service = Service::new(&[("acme/dream", SCHEMA)]);
    service.succeed(&["acme/dream"]);
    let own = r#"{"x-own": true, "input_schema": {"type": "object", "properties": {"a": {"type": "string"}}}}"#;
    service.app.write("acme/sketch.json", own);
    // It is neither asked for nor missed.
    let output = service.sync(&["--check"]);
    assert_eq!(output.code, 0, "{}", output.stdout);
    assert!(output.stdout.contains("0 not in the catalog"), "{}", output.stdout);
    assert!(service.calls().iter().all(|path| !path.contains("sketch")), "{:?}", service.calls());
    service.succeed(&[]);
    assert_eq!(service.app.read("acme/sketch.json"), own);
    // Another model that is gone is still a difference.
    service.app.write("acme/gone.json", SCHEMA);
    assert_eq!(service.sync(&["--check"]).code, 1);
}

#[test]
fn only_models_of_ones_own_are_up_to_date() {
    let service = Service::new(&[]);
    service.app.write(
        "acme/sketch.json",
        r#"{"x-own": true, "input_schema": {"type": "object", "properties": {"a": {}}}}"#,
    );
    let output = service.sync(&["--check"]);
    assert_eq!(output.code, 0, "{}", output.stderr);
    assert!(output.stdout.starts_with("0 models: "), "{}", output.stdout);
}

#[test]
fn an_error_is_in_the_document() {
    let service = Service::new(&[("acme/dream", SCHEMA)]);
    let output = service.sync(&["nope/nope", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert_eq!(document["gone"][0], "nope/nope");
    assert_eq!((output.code, &document["error"]["exit_code"]), (65, &json!(65)), "{document}");
    let output = service.sync(&["acme/dream", "--json"]);
    let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    assert!(document.get("error").is_none(), "{document}");
}
