//! The names of an enum's variants, by the rules in `names.rs`.

use std::borrow::Cow;
use std::collections::HashMap;

use heck::ToUpperCamelCase;

use super::names::{folded, groups, identifier, is_too_long, shortened};
use crate::fnv::fnv1a;

/// The value of an enum's entry, as a name is made from it.
#[derive(Clone, Copy, Debug)]
pub struct EntryText<'a> {
    /// The text of a string, or the JSON of another value.
    pub text: &'a str,
    /// Whether it is a string: `1` and `"1"` have the same text.
    pub is_string: bool,
}

impl EntryText<'_> {
    /// The bytes that suffixes are made from.
    fn bytes(&self) -> impl Iterator<Item = u8> {
        let mark = (!self.is_string).then_some(0);
        mark.into_iter().chain(self.text.bytes())
    }
}

/// The variants for the values of an enum. Values with the same name each get a suffix that depends
/// on the value alone, so that adding or removing an entry never changes the value of a name.
pub fn variants(values: &[EntryText<'_>]) -> Vec<String> {
    let plain: Vec<String> = values.iter().map(|value| variant(value.text)).collect();
    let mut names = plain.clone();
    let mut needs_suffix = repeated(&names);
    for (needs, name) in needs_suffix.iter_mut().zip(&names) {
        *needs |= is_too_long(name);
    }
    // A longer suffix is for the values that have the shorter one in common.
    for suffix in [short_hash, long_hash, all_bytes] {
        if !needs_suffix.contains(&true) {
            return names;
        }
        let parts = plain.iter().zip(values).zip(&needs_suffix);
        for (name, ((plain, value), needs_suffix)) in names.iter_mut().zip(parts) {
            if *needs_suffix {
                *name = format!("{}_{}", shortened(plain).trim_end_matches('_'), suffix(value));
            }
        }
        needs_suffix = repeated(&names);
    }
    names
}

/// Which of these names another one is equal to.
fn repeated(names: &[String]) -> Vec<bool> {
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for name in names {
        *uses.entry(name).or_default() += 1;
    }
    names.iter().map(|name| uses.get(&**name).is_some_and(|uses| *uses > 1)).collect()
}

/// FNV-1a, folded to 32 bits: it never changes.
fn short_hash(value: &EntryText<'_>) -> String {
    format!("h{:08x}", folded(fnv1a(value.bytes())))
}

fn long_hash(value: &EntryText<'_>) -> String {
    format!("h{:016x}", fnv1a(value.bytes()))
}

fn all_bytes(value: &EntryText<'_>) -> String {
    value.bytes().fold("x".to_owned(), |text, byte| format!("{text}{byte:02x}"))
}

/// The values that would share a variant, by their indices, each name's together.
#[must_use]
pub fn shared_variants<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<Vec<usize>> {
    groups(&values.into_iter().map(variant).collect::<Vec<_>>())
}

fn variant(value: &str) -> String {
    let value = if value.is_ascii() { Cow::Borrowed(value) } else { Cow::Owned(halfwidth(value)) };
    let mut name = String::new();
    if let Some(rest) = value.strip_prefix('-')
        && rest.starts_with(|c: char| c.is_ascii_digit())
    {
        name.push_str("Minus");
    }
    let digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    let mut rest = &*value;
    while let Some((run, after)) = next_run(rest) {
        rest = after;
        let is_number = digit(run.as_bytes().first());
        if is_number && digit(name.as_bytes().last()) {
            name.push('_');
        }
        // A run such as `720P` or `4k` is a unit, not a word.
        if is_number {
            name.push_str(run);
        } else {
            push_upper_camel(&mut name, run);
        }
    }
    if name.is_empty() {
        name.push_str(if value.is_empty() { "Empty" } else { "Other" });
    }
    identifier(&name)
}

/// The next run of name characters, and the text behind it.
fn next_run(text: &str) -> Option<(&str, &str)> {
    if text.is_ascii() {
        let is_part = u8::is_ascii_alphanumeric;
        let text = &text[text.bytes().position(|byte| is_part(&byte))?..];
        let end = text.bytes().position(|byte| !is_part(&byte)).unwrap_or(text.len());
        return Some(text.split_at(end));
    }
    let text = &text[text.find(is_name_character)?..];
    let end = text.find(|c| !is_name_character(c)).unwrap_or(text.len());
    Some(text.split_at(end))
}

/// Adds a word in PascalCase. Most words of enums are ASCII without a capital letter inside, where
/// the first letter alone may change.
fn push_upper_camel(name: &mut String, word: &str) {
    match word.as_bytes() {
        [first, rest @ ..]
            if rest.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'))
                && first.is_ascii_alphabetic() =>
        {
            name.push(char::from(first.to_ascii_uppercase()));
            name.push_str(&word[1..]);
        }
        _ => name.push_str(&word.to_upper_camel_case()),
    }
}

/// Whether a Rust identifier of any crate can contain this character. Letters of other scripts
/// would trigger lints against look-alikes.
fn is_name_character(c: char) -> bool {
    let script = matches!(c,
        '\u{c0}'..='\u{131}'                 // Latin
        | '\u{3041}'..='\u{3096}'            // Hiragana
        | '\u{30a1}'..='\u{30fa}' | '\u{30fc}' // Katakana
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' // Han
        | '\u{ac00}'..='\u{d7a3}'            // Hangul
    );
    c.is_ascii_alphanumeric() || (script && c.is_alphanumeric())
}

/// Replaces full-width characters by their ASCII forms.
fn halfwidth(value: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        c => c,
    };
    value.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every ASCII string of up to three of these characters, before and behind others.
    fn strings() -> Vec<String> {
        let mut all = vec![String::new()];
        for length in 0..3 {
            let longest: Vec<_> = all.iter().filter(|one| one.len() == length).cloned().collect();
            for one in longest {
                all.extend(
                    ['a', 'z', 'A', 'Z', '0', '9', '_', '-', ' '].map(|c| format!("{one}{c}")),
                );
            }
        }
        all
    }

    #[test]
    fn variants_by_value() {
        for (value, expected) in [
            ("16:9", "_16_9"),
            ("720x720 (1:1)", "_720x720_1_1"),
            ("720P", "_720P"),
            ("4k", "_4k"),
            ("auto", "Auto"),
            ("81", "_81"),
            ("-1", "Minus1"),
            ("BALANCED", "Balanced"),
            ("static", "Static"),
            ("self", "Self_"),
            ("high quality", "HighQuality"),
            ("v1.5", "V1_5"),
            ("0.5", "_0_5"),
            ("", "Empty"),
            ("+", "Other"),
            ("高清", "高清"),
            ("１６：９", "_16_9"),
            ("٤", "Other"),
            ("größer", "Größer"),
            ("ー", "ー"),
            ("размер", "Other"),
        ] {
            assert_eq!(variant(value), expected, "{value}");
        }
        let found = named(&["a b", "a-b", "A_B", "AB"]);
        assert_eq!(found, ["AB_he2bca18b", "AB_he27efb9a", "AB_h5ac254c8", "Ab"]);
        // Neither the order nor other values change a name.
        assert_eq!(named(&["A_B", "x", "a b"]), [&*found[2], "X", &*found[0]]);
    }

    fn named(texts: &[&str]) -> Vec<String> {
        let entries = texts.iter().map(|text| EntryText { text, is_string: true });
        variants(&entries.collect::<Vec<_>>())
    }

    #[test]
    fn names_do_not_depend_on_the_order_of_values() {
        let string = |text| EntryText { text, is_string: true };
        let other = |text| EntryText { text, is_string: false };
        let long = "v".repeat(300);
        let longer = "v".repeat(301);
        for values in [
            // One text, and two values.
            vec![other("1"), string("1"), string("2")],
            vec![other("true"), string("true")],
            // One short hash.
            vec![string("a-*,,-b!"), string("a+,-/ b"), string("a b")],
            vec![string(&long), string(&longer)],
        ] {
            let mut forward = variants(&values);
            let mut backward = variants(&values.iter().rev().copied().collect::<Vec<_>>());
            backward.reverse();
            assert_eq!(forward, backward);
            forward.sort();
            forward.dedup();
            assert_eq!(forward.len(), values.len(), "{forward:?}");
            assert!(forward.iter().all(|name| name.len() < 150), "{forward:?}");
        }
    }

    #[test]
    fn words_are_written_as_heck_writes_them() {
        for word in strings().iter().filter(|word| word.bytes().all(|b| b.is_ascii_alphanumeric()))
        {
            for word in [word.clone(), format!("x{word}"), format!("{word}y"), format!("HD{word}b")]
            {
                let mut name = String::new();
                push_upper_camel(&mut name, &word);
                assert_eq!(name, word.to_upper_camel_case(), "{word:?}");
            }
        }
    }

    #[test]
    fn runs_are_the_same_in_ascii_and_in_other_text() {
        let runs = |mut text: &str| {
            let mut runs = Vec::new();
            while let Some((run, rest)) = next_run(text) {
                runs.push(run.to_owned());
                text = rest;
            }
            runs
        };
        for text in strings() {
            // A letter of another script separates runs like punctuation.
            let other = format!("{text}\u{430}");
            assert_eq!(runs(&text), runs(&other), "{text:?}");
        }
    }
}
