//! What stays in memory. A process of its own, so that no other test's memory counts.

use runcomfy_types::DynamicModel;
use serde_json::json;

/// In pages of memory, as the system counts them.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default()
}

#[test]
fn reading_a_schema_again_and_again_keeps_nothing() {
    let text = include_str!("../corpus/reference/recursive-tree.json");
    let read = |times: usize| {
        for _ in 0..times {
            let model = DynamicModel::parse("acme/m", text).unwrap();
            assert!(model.validate(&json!({"tree": {"label": "x"}})).is_ok());
        }
    };
    read(500);
    let before = resident();
    read(10_000);
    // Kept schemas would be ten thousand times some kilobytes.
    let pages = 8 * 1024 * 1024 / 4096;
    assert!(resident() < before + pages, "{before} pages became {}", resident());
}
