//! The reports about schema files, and the page with all messages.

use std::fs;

use runcomfy_codegen::Generator;
use similar::TextDiff;

/// Fails with the difference to a file, unless `BLESS` is in the environment: then writes it.
fn compare(text: &str, file: &std::path::Path) {
    if std::env::var_os("BLESS").is_some() {
        return fs::write(file, text).unwrap();
    }
    let expected = fs::read_to_string(file).unwrap_or_default();
    let difference = TextDiff::from_lines(expected.as_str(), text);
    assert!(
        expected == text,
        "{}: run `cargo xtask bless`, and read the difference:\n{}",
        file.display(),
        difference.unified_diff().header("expected", "now")
    );
}

#[test]
fn reports_are_as_the_gallery_shows_them() {
    for case in runcomfy_ui::cases("schemas/reported").unwrap() {
        let report = match Generator::from_texts([("acme/dream", &*case.text)]).generate() {
            Ok(generated) => {
                generated.warnings.iter().map(|one| format!("{one}\n")).collect::<String>()
            }
            Err(error) => error.to_string(),
        };
        assert!(!report.is_empty(), "{}: nothing is reported", case.path.display());
        compare(&report, &case.message);
    }
}

#[test]
fn page_is_rendered_from_the_cases() {
    compare(&runcomfy_ui::render().unwrap(), &runcomfy_ui::page());
}
