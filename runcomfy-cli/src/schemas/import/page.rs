//! The page of a model as text. Schemas are told apart by their form and by their place, because the
//! words around them are in some language.

use std::collections::HashSet;

use super::blocks::{self, Block, Blocks, line_at};
use super::document::{self, Kind};
use super::found::{Candidate, Content, Found, choose};
use super::labels::{self, Label};
use super::{ids, openapi, shell};
use crate::schemas::tree::Tree;

/// What the user said about the input.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hints<'a> {
    pub(super) id: Option<&'a str>,
    pub(super) choice: Option<&'a str>,
}

/// Reads a text: a page, or JSON.
///
/// # Errors
/// If there is no input schema, or if several could be meant.
pub(super) fn read(text: &str, hints: Hints<'_>) -> Result<Content, String> {
    // A command in a text of a schema is an example for readers.
    let outer = blocks::find(text).blocks;
    let mut commands = shell::commands(text);
    commands.retain(|command| {
        let start = command.range.start;
        let before = outer.partition_point(|block| block.range.start <= start);
        !outer[..before].last().is_some_and(|block| block.range.contains(&start))
    });
    let mut prose = text.to_owned();
    for command in &commands {
        blank(&mut prose, command.range.clone());
    }
    let Blocks { mut blocks, broken } = blocks::find(&prose);
    let is_inside = |block: &Block| broken.iter().any(|broken| broken.holds(block));
    let is_about_models = |block: &Block| document::kind(&block.tree) != Kind::Other;
    let hurt = broken.iter().find(|one| {
        one.is_like_schema || blocks.iter().any(|block| one.holds(block) && is_about_models(block))
    });
    let is_alone = blocks.iter().filter(|block| is_about_models(block)).count() == 0;
    let hurt = hurt.or_else(|| broken.first().filter(|_| is_alone && commands.is_empty()));
    if let Some(hurt) = hurt {
        return Err(format!(
            "the JSON object at line {} is not complete or not JSON ({}); copy all of it",
            hurt.line, hurt.reason
        ));
    }
    blocks.retain(|block| !is_inside(block) && is_about_models(block));
    /// No page shows more schemas; each is compared with the others.
    const MAX_SCHEMAS: usize = 500;
    if blocks.len() > MAX_SCHEMAS {
        return Err(format!("it has more than {MAX_SCHEMAS} schemas; give one of them"));
    }
    if let Some(part) = blocks.iter().find(|block| block.is_part(&prose)) {
        return Err(format!(
            "the JSON object at line {} is a part of another one that is not complete; copy all of it",
            part.line
        ));
    }
    let of_kind =
        |kind: Kind| blocks.iter().filter(move |block| document::kind(&block.tree) == kind);
    let mut documents: Vec<&Block> =
        of_kind(Kind::Catalog).chain(of_kind(Kind::Entry)).chain(of_kind(Kind::OpenApi)).collect();
    unique(&mut documents);
    if !documents.is_empty() {
        return read_document(&documents, hints);
    }
    let mut requests = Vec::new();
    for command in commands.iter().filter(|command| command.is_post()) {
        let ids = command.urls.iter().flat_map(|url| ids::find(url));
        requests.extend(ids.map(|(_, id)| (id, line_at(text, command.range.start), command)));
    }
    let schemas: Vec<&Block> = blocks.iter().collect();
    if schemas.is_empty() {
        return request(&requests);
    }
    read_page(text, &prose, &schemas, &requests, hints)
}

type Request<'a> = (String, usize, &'a shell::Command);

/// Replaces a part of a text by spaces, so that positions and lines stay.
fn blank(text: &mut String, range: std::ops::Range<usize>) {
    let blanks: String =
        text[range.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range, &blanks);
}

/// Removes blocks that say the same: a page may show a schema twice.
fn unique(blocks: &mut Vec<&Block>) {
    let mut kept: Vec<&Block> = Vec::new();
    for block in blocks.iter() {
        if !kept.iter().any(|known| known.tree.is_same(&block.tree)) {
            kept.push(block);
        }
    }
    *blocks = kept;
}

fn read_document(documents: &[&Block], hints: Hints<'_>) -> Result<Content, String> {
    let candidate = |block: &&Block| {
        let tree = &block.tree;
        let id = tree.get("model_id").and_then(Tree::as_str);
        let about = match (document::kind(tree), id) {
            (Kind::Catalog, _) => "an answer of the catalog".to_owned(),
            (Kind::OpenApi, _) => "an OpenAPI document".to_owned(),
            (_, Some(id)) => format!("the catalog entry of {id:?}"),
            (_, None) => "a catalog entry".to_owned(),
        };
        let line = block.line.to_string();
        Candidate { names: id.map(str::to_owned).into_iter().chain([line]).collect(), about }
    };
    let candidates: Vec<_> = documents.iter().map(candidate).collect();
    // With one document, the choice is between its operations.
    let (choice, index) = match documents {
        [_] => (hints.choice, 0),
        _ => (None, choose("model", &candidates, hints.choice.or(hints.id))?),
    };
    let Some(block) = documents.get(index) else { return Err("no document".to_owned()) };
    match document::kind(&block.tree) {
        Kind::Catalog => document::catalog(&block.tree, hints.id),
        Kind::OpenApi => openapi::read(&block.tree, choice),
        _ => Ok(Content::one("a catalog entry", document::entry(&block.tree)?)),
    }
}

/// A request to a model, without a schema.
fn request(requests: &[Request<'_>]) -> Result<Content, String> {
    let Some((id, line, command)) = requests.first() else {
        return Err("no input schema is in it: none of its JSON objects describes an object. \
                    Give a model's page, a catalog entry, a schema, an OpenAPI document, \
                    or a `curl` command for a model whose schema is there already"
            .to_owned());
    };
    if let Some((other, at, _)) = requests.iter().find(|(other, ..)| other != id) {
        return Err(format!(
            "requests to two models are in it: {id:?} at line {line} and {other:?} at line {at}; \
             give one of them"
        ));
    }
    Ok(Content::Request { id: id.clone(), body: command.body()? })
}

fn read_page(
    text: &str,
    prose: &str,
    schemas: &[&Block],
    requests: &[Request<'_>],
    hints: Hints<'_>,
) -> Result<Content, String> {
    let mut found = Found::default();
    let mut outside = text.to_owned();
    schemas.iter().for_each(|block| blank(&mut outside, block.range.clone()));
    let mentioned = ids::find(&outside);
    let id = page_id(text, &mentioned, requests, hints.id)?;
    let is_of_model = |request: &&Request<'_>| id.as_ref().is_none_or(|(id, _)| request.0 == *id);
    found.body = requests.iter().find(is_of_model).and_then(|request| request.2.body().ok());
    let (input, output) = roles(prose, schemas, found.body.as_ref(), hints.choice)?;
    if let Some((id, line)) = id {
        found.note(format!("model id: {id}, line {line}"));
        found.entry.extend(labels::texts_beside_id(text, &id));
        found.id = Some(id);
    }
    let is_page = !requests.is_empty() || !mentioned.is_empty();
    let kind = if is_page { "a model's page" } else { "a schema" };
    let at = |block: &Block| format!("line {}", block.line);
    let mut schema = input.tree.clone();
    if let Tree::Object(members) = &mut schema {
        // The heading of the page's section, in the language of the page.
        if is_page {
            members.retain(|(key, _)| key != "title");
        }
        // The source is that of the file, not of the schema.
        if let Some(index) = members.iter().position(|(key, _)| key == "x-source") {
            found.entry.push(members.remove(index));
        }
    }
    found.set_input(schema, &at(input));
    if let Some(output) = output {
        found.set_output(output.tree.clone(), &at(output));
    }
    Ok(Content::one(kind, found))
}

/// The model id of a page, and its line.
fn page_id(
    text: &str,
    mentioned: &[(usize, String)],
    requests: &[Request<'_>],
    given: Option<&str>,
) -> Result<Option<(String, usize)>, String> {
    const MAX_LISTED: usize = 20;
    if given.is_some() {
        return Ok(None);
    }
    // The page's own examples come first: its text may mention other models.
    let mut ids: Vec<(String, usize)> =
        requests.iter().map(|(id, line, _)| (id.clone(), *line)).collect();
    if ids.is_empty() {
        // Of the first few, to count no lines for all of them.
        let first = mentioned.iter().take(MAX_LISTED + 1);
        ids = first.map(|(at, id)| (id.clone(), line_at(text, *at))).collect();
    }
    let mut known = HashSet::new();
    ids.retain(|(id, _)| known.insert(id.clone()));
    match &*ids {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        several => {
            let listed = several.iter().take(MAX_LISTED);
            let lines: Vec<_> =
                listed.map(|(id, line)| format!("  --id {id}  (line {line})")).collect();
            Err(format!(
                "the page has requests to several models; say which:\n{}",
                lines.join("\n")
            ))
        }
    }
}

/// Which of the schemas is that of the input, and which that of the output.
fn roles<'a>(
    prose: &str,
    schemas: &[&'a Block],
    body: Option<&Tree>,
    choice: Option<&str>,
) -> Result<(&'a Block, Option<&'a Block>), String> {
    let label = |block: &Block| match document::kind(&block.tree) {
        Kind::Output => Some(Label::Output),
        _ => labels::of(prose, block),
    };
    let with = |wanted: Option<Label>| {
        let mut found: Vec<&Block> =
            schemas.iter().copied().filter(|block| label(block) == wanted).collect();
        unique(&mut found);
        found
    };
    let (mut inputs, mut outputs) = (with(Some(Label::Input)), with(Some(Label::Output)));
    let mut unlabelled = with(None);
    if inputs.is_empty() {
        inputs = std::mem::take(&mut unlabelled);
    } else if outputs.is_empty() {
        outputs = unlabelled;
    }
    if inputs.is_empty() {
        return Err(format!(
            "no input schema is in it, only that of the output (line {}); copy the whole page",
            lines_of(&outputs)
        ));
    }
    let input = choose_input(inputs, body, choice)?;
    if let Some(body) = body.filter(|_| label(input).is_none() && choice.is_none())
        && !body.members().is_empty()
        && !labels::declares_any(&input.tree, body)
    {
        return Err(format!(
            "the only schema, at line {}, has none of the fields that the page's request sends; \
             copy the whole page, or choose it with --choose {}",
            input.line, input.line
        ));
    }
    match &*outputs {
        [] => Ok((input, None)),
        [output] => Ok((input, Some(output))),
        several => Err(format!(
            "several schemas could be that of the output (line {}); remove the others",
            lines_of(several)
        )),
    }
}

/// The input schema, of those that could be it.
fn choose_input<'a>(
    mut inputs: Vec<&'a Block>,
    body: Option<&Tree>,
    choice: Option<&str>,
) -> Result<&'a Block, String> {
    // The body of the page's own request tells the input schema in any language.
    if let (Some(body), 2..) = (body, inputs.len()) {
        let fitting: Vec<_> =
            inputs.iter().copied().filter(|block| labels::declares(&block.tree, body)).collect();
        if fitting.len() == 1 && choice.is_none() {
            inputs = fitting;
        }
    }
    let candidate = |block: &&Block| Candidate {
        names: vec![block.line.to_string()],
        about: labels::summary(&block.tree),
    };
    let candidates: Vec<_> = inputs.iter().map(candidate).collect();
    let index = choose("input schema of the model (by line)", &candidates, choice)?;
    inputs.get(index).copied().ok_or_else(|| "no input schema".to_owned())
}

/// The lines where blocks begin, as a list.
fn lines_of(blocks: &[&Block]) -> String {
    let lines: Vec<_> = blocks.iter().map(|block| block.line.to_string()).collect();
    lines.join(", line ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const INPUT: &str = "{\n  \"type\": \"object\",\n  \"properties\": {\n    \"prompt\": {\"type\": \"string\"},\n    \
        \"size\": {\"type\": \"object\", \"properties\": {\"width\": {}}},\n    \
        \"kind\": {\"anyOf\": [{\"enum\": [\"a\"]}, {\"type\": \"object\", \"properties\": {\"x\": {}}}]}\n  }\n}";

    fn page(commands: bool) -> String {
        let call = "curl --url https://x.example/v1/models/acme/m \\\n --data '{\"prompt\": \"it'\\''s }\"}'";
        let call = if commands { call } else { "" };
        format!(
            "Dream\nacme/m\nMakes it.\n{call}\nInput schema\n{INPUT}\nOutput schema\n\
             {{\"output\": {{\"type\": \"object\", \"properties\": {{\"video\": {{}}}}}}}}\nhttps://x.example/v1/models/acme/m\n"
        )
    }

    fn input(text: &str) -> Option<Tree> {
        let Ok(Content::Models { models, .. }) = read(text, Hints::default()) else { return None };
        let found = models.into_iter().next()?.ok()?;
        let (_, schema) = found.entry.into_iter().find(|(key, _)| key == "input_schema")?;
        Some(schema)
    }

    /// People copy too little.
    #[test]
    fn a_part_of_a_page_gives_its_schema_or_none() {
        let whole = Tree::parse(INPUT).unwrap();
        for page in [page(true), page(false)] {
            assert_eq!(input(&page), Some(whole.clone()));
            let mut read = 0;
            for (at, _) in page.char_indices() {
                for part in [&page[..at], &page[at..]] {
                    if let Some(schema) = input(part) {
                        assert_eq!(schema, whole, "{part}");
                        read += 1;
                    }
                }
            }
            assert!(read > 100, "{read}");
        }
    }

    /// A hole in a page is noticed, unless it leaves valid JSON behind.
    #[test]
    fn a_hole_in_a_page_gives_no_part_of_its_schema() {
        let page = page(true);
        let parts = ["width", "x"]
            .map(|key| Tree::Object(vec![(key.to_owned(), Tree::Object(Vec::new()))]));
        for start in 0..page.len() {
            for len in [1, 2, 7, 30] {
                let Some(end) = start.checked_add(len).filter(|end| *end <= page.len()) else {
                    continue;
                };
                let holed = [&page[..start], &page[end..]].concat();
                let schema = input(&holed);
                let properties = schema.as_ref().and_then(|schema| schema.get("properties"));
                assert!(properties.is_none_or(|found| !parts.contains(found)), "{holed}");
            }
        }
    }
}
