//! `new`.

use crate::support::App;

#[test]
fn a_starter_is_valid_as_it_is() {
    let app = App::new();
    let output = app.succeed(&["new", "acme/dream/text-to-image"]);
    assert!(output.starts_with("created schemas/acme/dream/text-to-image.json\n"), "{output}");
    let checked = app.succeed(&["check"]);
    assert!(checked.contains("1 model, 0 warnings\n"), "{checked}");
    assert!(checked.contains("seed          from x-rust-name of \"174_value\""), "{checked}");
    let text = app.read("acme/dream/text-to-image.json");
    assert!(text.matches("\"$comment\"").count() >= 7, "{text}");
    // It is in the one form.
    app.input("again", &text);
    assert!(app.succeed(&["import", "again"]).contains("unchanged"));
    // A file that is there stays.
    app.write("acme/own.json", "{}");
    assert!(app.fail(&["new", "acme/own"], 65).contains("schemas/acme/own.json is there already"));
    assert_eq!(app.read("acme/own.json"), "{}");
    assert!(app.fail(&["new", "../x"], 65).contains("is not a model id"));
}
