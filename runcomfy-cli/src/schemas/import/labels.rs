//! What the text around a schema says about it.

use runcomfy_schema::printable::line as printable_line;

use super::blocks::Block;
use crate::schemas::tree::{Members, Tree};

/// What a schema is labelled as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Input,
    Output,
}

/// The words for "input" in the languages of the pages, and the beginning of the pages' own keys, which
/// an untranslated page shows.
const INPUT: &[&str] = &[
    "input",
    "eingabe",
    "entrée",
    "entrada",
    "ingresso",
    "입력",
    "入力",
    "输入",
    "輸入",
    "вход",
    "ввод",
    "invoer",
    "wejści",
    "giriş",
    "girdi",
    "masukan",
    "إدخال",
    "đầu vào",
    "อินพุต",
    "इनपुट",
];
const OUTPUT: &[&str] = &[
    "output",
    "ausgabe",
    "sortie",
    "salida",
    "saída",
    "uscita",
    "출력",
    "出力",
    "输出",
    "輸出",
    "выход",
    "вывод",
    "uitvoer",
    "wyjści",
    "çıkış",
    "çıktı",
    "keluaran",
    "إخراج",
    "đầu ra",
    "เอาต์พุต",
    "आउटपुट",
];

/// The label of a schema: in its heading, or else in its title.
pub(super) fn of(prose: &str, block: &Block) -> Option<Label> {
    let heading = headings(prose, block.range.start).into_iter().find_map(label);
    heading.or_else(|| label(block.tree.get("title")?.as_str()?))
}

fn label(text: &str) -> Option<Label> {
    let text = text.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    match (has(INPUT), has(OUTPUT)) {
        (true, false) => Some(Label::Input),
        (false, true) => Some(Label::Output),
        _ => None,
    }
}

/// The short lines before a schema, nearest first, up to the end of what is before it.
fn headings(prose: &str, start: usize) -> Vec<&str> {
    /// A heading, the name of the language, and a button.
    const MAX_LINES: usize = 3;
    const MAX_LEN: usize = 60;
    let before = &prose[..start];
    // The end of another object, also on the same line.
    let before = before.rsplit_once(['}', ']']).map_or(before, |(_, rest)| rest);
    let lines = before.lines().rev().map(str::trim).filter(|line| !line.is_empty());
    let is_short = |line: &&str| line.chars().count() <= MAX_LEN;
    lines.take_while(is_short).take(MAX_LINES).collect()
}

/// Whether a schema declares every field of a body.
pub(super) fn declares(schema: &Tree, body: &Tree) -> bool {
    let mut fields = body.members().iter();
    !body.members().is_empty() && fields.all(|(key, _)| has_field(schema, schema, key, 0))
}

/// Whether a schema declares a field of a body.
pub(super) fn declares_any(schema: &Tree, body: &Tree) -> bool {
    body.members().iter().any(|(key, _)| has_field(schema, schema, key, 0))
}

fn has_field(root: &Tree, schema: &Tree, key: &str, depth: usize) -> bool {
    const MAX_DEPTH: usize = 16;
    if depth > MAX_DEPTH {
        return false;
    }
    let has = |schema: &Tree| has_field(root, schema, key, depth + 1);
    let target = schema.get("$ref").and_then(Tree::as_str).and_then(|text| root.target(text));
    let parts = ["allOf", "anyOf", "oneOf"].iter().filter_map(|key| schema.get(key));
    schema.get("properties").is_some_and(|properties| properties.get(key).is_some())
        || target.is_some_and(has)
        || parts.flat_map(Tree::items).any(has)
}

/// The fields of a schema, to tell it from others.
pub(super) fn summary(schema: &Tree) -> String {
    const MAX_FIELDS: usize = 8;
    let properties = schema.get("properties").map_or(&[][..], Tree::members);
    let mut fields: Vec<_> =
        properties.iter().take(MAX_FIELDS).map(|(key, _)| printable_line(key)).collect();
    if properties.len() > MAX_FIELDS {
        fields.push("...".to_owned());
    }
    match (&*fields, schema.get("title").and_then(Tree::as_str)) {
        ([], Some(title)) => printable_line(title),
        ([], None) => "a schema without properties of its own".to_owned(),
        (fields, _) => format!("the fields {}", fields.join(", ")),
    }
}

/// The name and the description of a model, from the lines around the one that is its id.
pub(super) fn texts_beside_id(text: &str, id: &str) -> Members {
    let lines: Vec<_> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let mut places = lines.iter().enumerate().filter(|(_, line)| **line == id);
    let (Some((at, _)), None) = (places.next(), places.next()) else { return Vec::new() };
    let member = |key: &str, line: Option<&&str>, max: usize| {
        let line = line.filter(|line| is_prose(line) && line.chars().count() <= max)?;
        Some((key.to_owned(), Tree::String((*line).to_owned())))
    };
    let before = at.checked_sub(1).and_then(|before| lines.get(before));
    let name = member("display_name", before, 200);
    // A description is a sentence; anything else is a heading, or a part of the menu.
    let after = lines.get(at + 1).filter(|line| line.ends_with(['.', '。', '!', '।', '؟', '．']));
    name.into_iter().chain(member("description", after, 2000)).collect()
}

/// Whether a line is written for readers: no code, no item of a menu, no key of a translation.
fn is_prose(line: &str) -> bool {
    let is_key = !line.contains(char::is_whitespace)
        && line.contains('_')
        && line.chars().all(|c| c.is_ascii_alphanumeric() || "_.-".contains(c));
    !is_key
        && !line.starts_with(['•', '{', '[', '}', ']', '"', '-', '*', '|'])
        && !line.contains("http")
}
