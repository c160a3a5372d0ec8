//! The flags of a model's fields, and what their values may begin with.

/// Begins the name of a file that the service hosts, in the place of a path.
pub(crate) const HOSTED: &str = "hosted:";

/// Flags of `rcf run` and its relatives that are no fields. A field whose flag would be one of these is
/// set with `--set`.
pub(crate) const OWN_FLAGS: [&str; 12] = [
    "extra",
    "help",
    "input",
    "json",
    "max-cost",
    "out",
    "quiet",
    "set",
    "unchecked",
    "verbose",
    "wait-timeout",
    "yes",
];

/// The flag of a field with this Rust name, without its `--`. `None` if the field has to be set with
/// `--set`.
pub(crate) fn flag_of(name: &str) -> Option<String> {
    let flag = name.trim_matches('_').replace('_', "-");
    (!flag.is_empty() && !OWN_FLAGS.contains(&&*flag)).then_some(flag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_rust_names_with_hyphens() {
        for (name, flag) in [
            ("prompt", Some("prompt")),
            ("image_url", Some("image-url")),
            ("type_", Some("type")),
            ("_21_value", Some("21-value")),
            ("__", None),
            ("input", None),
            ("max_cost", None),
        ] {
            assert_eq!(flag_of(name).as_deref(), flag, "{name}");
        }
        assert!(OWN_FLAGS.is_sorted());
    }
}
