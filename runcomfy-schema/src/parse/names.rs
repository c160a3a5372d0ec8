//! The naming rules of all Rust names. The same schema gives the same names, in any human
//! language of its titles.
//!
//! A **field** takes its name from the first of these:
//!
//! 1. `x-rust-name`;
//! 2. the key without its leading node id (`149_steps` is `steps`), unless the rest says nothing
//!    (`value`, `value2`) or the key fuses two inputs (`169_valuex170_value`). Keys begin with the
//!    id of a node where the model is made from a workflow of nodes;
//! 3. the title without its parentheses: `Resolution (W:H)` is `resolution`;
//! 4. the whole key.
//!
//! Fields that would share a name get their node id behind it: `steps_149`, `steps_602`.
//!
//! For all names:
//!
//! - A name that begins with a digit gets a `_` before it. A `_` is added after a keyword, a
//!   field with the name of a method that generated types have (`build`, `clone`, `into`; see
//!   `reserved.rs`), a field named `maybe_x` beside `x`, and a type named `Input`, `InputBuilder` or
//!   `Output`.
//! - Runs of letters and digits become PascalCase in a variant. A run that begins with a digit
//!   keeps its case: `720P` is `_720P`, and `4k` is `_4k`.
//! - A name of more than 100 bytes is cut, and gets a suffix made from the whole name or value.
//! - Values of an enum that would share a name each get a suffix made from the value:
//!   `ZoomIn_h1b2c3d4e`.
//! - Variants keep ASCII, Latin, Han, Kana and Hangul. Other letters separate words like
//!   punctuation: they would trigger lints against look-alikes, which only the root of an app's
//!   crate can allow.

use std::collections::HashMap;

use heck::{ToSnakeCase, ToUpperCamelCase};

use super::reserved::is_method;
pub use super::variants::{EntryText, shared_variants, variants};
use crate::fnv::fnv1a;
use crate::model_id::is_allowed;

/// No model id is longer. Its modules name a file, and file names have at most 255 bytes.
const MAX_ID_LEN: usize = 110;

/// A longer name of a type or field is cut: rustdoc makes the name of a file of it.
const MAX_NAME_LEN: usize = 100;

/// The modules of a model id, outermost first.
pub fn module_path(id: &str) -> Result<Vec<String>, String> {
    if id.len() > MAX_ID_LEN {
        return Err(format!(
            "the model id has {} bytes; at most {MAX_ID_LEN} are allowed",
            id.len()
        ));
    }
    id.split('/')
        .map(|segment| {
            if !segment.chars().all(is_allowed) {
                return Err(format!(
                    "{id:?} is not a model id: a segment holds only ASCII letters, digits, `-`, `.`, `_` and `~`"
                ));
            }
            let name = snake(segment);
            if name.is_empty() {
                return Err(format!("{id:?} is not a model id: the segment {segment:?} has no letter or digit"));
            }
            Ok(identifier(&name))
        })
        .collect()
}

/// The source of a field's name.
#[derive(Clone, Copy, Debug)]
pub struct FieldSource<'a> {
    pub key: &'a str,
    pub title: &'a str,
    /// `x-rust-name`.
    pub rust_name: Option<&'a str>,
}

/// The names of an object's fields, or the pairs of indices with the same name, the first index of
/// the name first. A name is empty if no rule gives one.
pub fn fields(sources: &[FieldSource<'_>]) -> Result<Vec<String>, Vec<(usize, usize)>> {
    let names = candidates(sources);
    let mut firsts: HashMap<&str, usize> = HashMap::new();
    let clashes: Vec<_> = (0..names.len())
        .filter_map(|b| {
            let first = Some(*firsts.entry(&names[b]).or_insert(b)).filter(|a| *a < b);
            // Empty names do not clash.
            first.filter(|_| !names[b].is_empty()).map(|a| (a, b))
        })
        .collect();
    if clashes.is_empty() { Ok(names) } else { Err(clashes) }
}

/// The names of an object's fields. Two fields may have the same name.
pub fn candidates(sources: &[FieldSource<'_>]) -> Vec<String> {
    let first: Vec<String> = sources.iter().map(|source| identifier(&field(source))).collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for name in &first {
        *uses.entry(name).or_default() += 1;
    }
    let shared = |name: &String| uses.get(&**name).is_some_and(|uses| *uses > 1);
    let mut names: Vec<String> = first
        .iter()
        .zip(sources)
        .map(|(name, source)| match node_id(source.key) {
            Some((id, _)) if source.rust_name.is_none() && shared(name) => {
                let name = format!("{}_{id}", name.trim_end_matches('_'));
                bounded(name, |hash| format!("_h{hash:08x}"))
            }
            _ => name.clone(),
        })
        .collect();
    for name in names.iter_mut().filter(|name| is_method(name)) {
        name.push('_');
    }
    let mut uses: HashMap<String, usize> = HashMap::new();
    for name in &names {
        *uses.entry(name.clone()).or_default() += 1;
    }
    let is_used =
        |uses: &HashMap<String, usize>, name: &str| uses.get(name).is_some_and(|n| *n > 0);
    let mut index = 0;
    while let Some(name) = names.get_mut(index) {
        if !name.strip_prefix("maybe_").is_some_and(|other| is_used(&uses, other)) {
            index += 1;
            continue;
        }
        if let Some(count) = uses.get_mut(name) {
            *count -= 1;
        }
        name.push('_');
        // The new name may be in the way of another one.
        if is_used(&uses, &format!("maybe_{name}")) {
            index = 0;
        }
        *uses.entry(name.clone()).or_default() += 1;
    }
    names
}

/// The fields that would share a name, by their indices, each name's together.
#[must_use]
pub fn shared(sources: &[FieldSource<'_>]) -> Vec<Vec<usize>> {
    let names: Vec<_> = sources.iter().map(|source| identifier(&field(source))).collect();
    groups(&names)
}

/// The indices of equal names, in the order of their first.
pub(super) fn groups(names: &[String]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (index, name) in names.iter().enumerate() {
        let group = *known.entry(name).or_insert(groups.len());
        match groups.get_mut(group) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// What a field's name is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    RustName,
    Key,
    Title,
}

/// What the name of a field is made from.
#[must_use]
pub fn origin(source: &FieldSource<'_>) -> Origin {
    field_and_origin(source).1
}

fn field(source: &FieldSource<'_>) -> String {
    field_and_origin(source).0
}

fn field_and_origin(source: &FieldSource<'_>) -> (String, Origin) {
    if let Some(name) = source.rust_name {
        return (name.to_owned(), Origin::RustName);
    }
    let (name, origin) = name_and_origin(source);
    (bounded(name, |hash| format!("_h{hash:08x}")), origin)
}

/// The name by the key or the title, of any length.
fn name_and_origin(source: &FieldSource<'_>) -> (String, Origin) {
    let rest = node_id(source.key).map_or(source.key, |(_, rest)| rest);
    let from_key = snake(rest);
    if says_something(&from_key) && !is_fused(source.key) {
        return (from_key, Origin::Key);
    }
    let title = snake(&without_parentheses(source.title));
    if title.contains(|c: char| c.is_ascii_alphabetic()) {
        return (title, Origin::Title);
    }
    let key = source.key.chars();
    (key.map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect(), Origin::Key)
}

/// Splits the id of a workflow node off a key: `149_steps` is `149` and `steps`.
fn node_id(key: &str) -> Option<(&str, &str)> {
    let (id, rest) = key.split_once('_')?;
    (!id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit())).then_some((id, rest))
}

/// Whether a key fuses two inputs, each with a node id: `602_widthx602_height`. Neither of the two
/// names the field.
fn is_fused(key: &str) -> bool {
    let Some((_, rest)) = node_id(key) else { return false };
    rest.match_indices('x').any(|(at, _)| at > 0 && node_id(&rest[at + 1..]).is_some())
}

/// Whether a name describes something. `value` and `value2` do not.
fn says_something(name: &str) -> bool {
    let nothing = name
        .strip_prefix("value")
        .is_some_and(|rest| rest.trim_start_matches('_').bytes().all(|byte| byte.is_ascii_digit()));
    !nothing && name.contains(|c: char| c.is_ascii_alphabetic())
}

fn without_parentheses(title: &str) -> String {
    let mut depth = 0_usize;
    title
        .chars()
        .filter(|c| match c {
            '(' | '（' => {
                depth += 1;
                false
            }
            ')' | '）' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

/// The name of a type for a field.
pub fn type_name(field: &str) -> String {
    let name = bounded_type_name(identifier(&field.to_upper_camel_case()));
    // Every model's module has these names already.
    if ["Input", "InputBuilder", "Output"].contains(&name.as_str()) { name + "_" } else { name }
}

/// The name of a type that is put together from others.
pub fn bounded_type_name(name: String) -> String {
    bounded(name, |hash| format!("H{hash:08x}"))
}

/// The name of a type, with a hash of what distinguishes it from others of this name.
pub fn type_name_with_hash(name: &str, distinction: &str) -> String {
    type_name(&format!("{name}_h{:08x}", folded(fnv1a(distinction.bytes()))))
}

fn snake(text: &str) -> String {
    let ascii: String =
        text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    ascii.to_snake_case()
}

/// The name, or the beginning of a long one with a hash of the whole behind it.
fn bounded(name: String, suffix: impl Fn(u32) -> String) -> String {
    if !is_too_long(&name) {
        return name;
    }
    let hash = folded(fnv1a(name.bytes()));
    format!("{}{}", shortened(&name).trim_end_matches('_'), suffix(hash))
}

pub(super) fn is_too_long(name: &str) -> bool {
    name.len() > MAX_NAME_LEN
}

/// As much of a name as leaves room for a suffix.
pub(super) fn shortened(name: &str) -> &str {
    const KEPT: usize = MAX_NAME_LEN - 20;
    let end = (0..=KEPT).rev().find(|end| name.is_char_boundary(*end)).unwrap_or_default();
    if is_too_long(name) { &name[..end] } else { name }
}

/// A hash in 32 bits: it never changes.
pub(super) fn folded(hash: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "folded")]
    let folded = (hash ^ (hash >> 32)) as u32;
    folded
}

/// Adds a `_` before a leading digit, or after a keyword.
pub(super) fn identifier(name: &str) -> String {
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("_{name}");
    }
    if is_keyword(name) { format!("{name}_") } else { name.to_owned() }
}

/// The strict and the reserved keywords of all editions, and `_`.
const RUST_KEYWORDS: [&str; 53] = [
    "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "Self", "static", "struct", "super", "trait", "true", "try", "type",
    "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

fn is_keyword(name: &str) -> bool {
    RUST_KEYWORDS.contains(&name)
}

/// Whether a text is a path, such as `::runcomfy_client`.
pub fn is_path(text: &str) -> bool {
    let segments = text.strip_prefix("::").unwrap_or(text);
    segments.split("::").all(|segment| {
        is_valid(segment) && (!is_keyword(segment) || ["crate", "self", "super"].contains(&segment))
    })
}

/// Whether a name given by hand is an identifier.
pub fn is_valid(name: &str) -> bool {
    is_word(name) && name.chars().any(|c| c != '_')
}

fn is_word(name: &str) -> bool {
    let start = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    start && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(key: &str, title: &str) -> String {
        identifier(&field(&FieldSource { key, title, rust_name: None }))
    }

    #[test]
    fn modules() {
        for (id, path) in [
            (
                "bytedance/seedance-2.5/text-to-video/1080p",
                "bytedance::seedance_2_5::text_to_video::_1080p",
            ),
            (
                "community/wan-2-1/fusionx/image-to-video",
                "community::wan_2_1::fusionx::image_to_video",
            ),
            ("acme/type/self", "acme::type_::self_"),
            ("acme/fluxPro/9b", "acme::flux_pro::_9b"),
            ("acme/gen/try", "acme::gen_::try_"),
        ] {
            assert_eq!(module_path(id).unwrap().join("::"), path);
        }
        for id in ["", "a//b", "a/ä", "a/-", "a b", "a\nb", &"a".repeat(111)] {
            assert!(module_path(id).is_err(), "{id}");
        }
    }

    #[test]
    fn fields_by_the_first_rule_that_applies() {
        for (key, title, expected) in [
            ("149_steps", "", "steps"),
            ("155_positive_prompt", "Prompt", "positive_prompt"),
            ("169_valuex170_value", "Resolution (W:H)", "resolution"),
            ("602_widthx602_height", "Resolution (W:H)", "resolution"),
            ("174_value", "Number of Frames", "number_of_frames"),
            ("174_value2", "Number of Frames", "number_of_frames"),
            ("21_value", "値", "_21_value"),
            ("21_value", "", "_21_value"),
            ("169_valuex170_value", "해상도", "_169_valuex170_value"),
            ("promptImage", "", "prompt_image"),
            ("image_url_1", "참고 이미지 1(문자 1)", "image_url_1"),
            ("type", "", "type_"),
            ("self", "", "self_"),
            ("Self", "", "self_"),
            ("12_x264_preset", "", "x264_preset"),
            ("value_scale", "", "value_scale"),
            ("3", "2x Upscale", "_2x_upscale"),
            ("5_値", "Seed (optional) value", "seed_value"),
            ("プロンプト", "Prompt（任意）", "prompt"),
        ] {
            assert_eq!(name(key, title), expected, "{key} / {title}");
        }
    }

    #[test]
    fn fields_that_share_a_name_take_their_node_id() {
        let source = |key, rust_name| FieldSource { key, title: "", rust_name };
        let named = |sources: &[FieldSource<'_>]| fields(sources).map(|names| names.join(" "));
        assert_eq!(
            named(&[source("149_steps", None), source("602_steps", None), source("seed", None)]),
            Ok("steps_149 steps_602 seed".into())
        );
        assert_eq!(
            named(&[source("steps", None), source("602_steps", None)]),
            Ok("steps steps_602".into())
        );
        assert_eq!(
            named(&[source("149_steps", Some("steps")), source("602_steps", None)]),
            Ok("steps steps_602".into())
        );
        assert_eq!(named(&[source("7_a", None), source("7_A", None)]), Err(vec![(0, 1)]));
        assert_eq!(
            named(&[source("x", None), source("maybe_x", None), source("build", None)]),
            Ok("x maybe_x_ build_".into())
        );
        assert_eq!(
            named(&[source("maybe_build", None), source("build", None)]),
            Ok("maybe_build build_".into())
        );
        // So do names given by hand, and names from titles.
        let title = FieldSource { title: "To String", ..source("3_value", None) };
        assert_eq!(
            named(&[source("7_clone", None), source("a", Some("MODEL_ID")), title]),
            Ok("clone_ MODEL_ID_ to_string_".into())
        );
        assert_eq!(named(&[source("clone", None), source("clone_", None)]), Err(vec![(0, 1)]));
        assert_eq!(
            named(&[source("x_", None), source("maybe_x", None), source("maybe_maybe_x", None)]),
            Ok("x maybe_x_ maybe_maybe_x".into())
        );
    }

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let keys = ["k".repeat(500), "k".repeat(501), format!("{}_x", "k".repeat(500))];
        let mut names: Vec<String> = keys.iter().map(|key| name(key, "")).collect();
        names.extend(keys.iter().map(|key| type_name(key)));
        assert!(names.iter().all(|name| name.len() <= MAX_NAME_LEN), "{names:?}");
        let fresh: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(fresh.len(), names.len(), "{names:?}");
        // The longest name that is kept.
        let longest = "k".repeat(MAX_NAME_LEN);
        assert_eq!(name(&longest, ""), longest);
    }

    #[test]
    fn types() {
        for (field, expected) in [
            ("aspect_ratio", "AspectRatio"),
            ("_21_value", "_21Value"),
            ("self_", "Self_"),
            ("input", "Input_"),
            ("option", "Option"),
            ("type_", "Type"),
        ] {
            assert_eq!(type_name(field), expected);
        }
    }
}
