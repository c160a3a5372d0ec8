//! One test per shape: the generated source is the expected one, to the byte.

use std::fs;

use runcomfy_expected::{expected_file, generate, names};
use similar::TextDiff;

/// Every shape, and the index. A test each, so that one difference does not hide another.
macro_rules! shapes {
    ($($name:ident),+ $(,)?) => {
        const NAMES: &[&str] = &[$(stringify!($name)),+];

        $(
            #[test]
            fn $name() {
                compare(stringify!($name));
            }
        )+
    };
}

shapes!(
    alias,
    enum_mixed,
    enum_of_integers,
    enum_of_strings,
    index,
    map,
    media_list,
    nested,
    nullable,
    output,
    range,
    recursive,
    repaired,
    union,
);

fn compare(name: &str) {
    let actual = generate().unwrap().remove(name).unwrap();
    let file = expected_file(name);
    let expected = fs::read_to_string(&file).unwrap_or_default();
    if actual == expected {
        return;
    }
    let difference = TextDiff::from_lines(&expected, &actual);
    panic!(
        "the generated source is not the expected one:\n\n{}\n\
         If that is what you want: `cargo xtask bless` rewrites the expected files; read the difference.",
        difference.unified_diff().header(&file.display().to_string(), "generated"),
    );
}

#[test]
fn every_file_is_compared() {
    assert_eq!(names("rs").unwrap(), NAMES, "`cargo xtask bless` removes files without a shape");
    let shapes: Vec<_> = NAMES.iter().copied().filter(|name| *name != "index").collect();
    assert_eq!(names("json").unwrap(), shapes, "a shape has to be listed in this file");
}
