//! OpenAPI documents: the schema of an operation's request.

use std::collections::BTreeSet;

use runcomfy_schema::pointer::unescape;

use super::found::{Candidate, Content, Found, choose};
use super::ids;
use crate::schemas::tree::Tree;

/// Whether a document is an OpenAPI document.
pub(super) fn is_openapi(tree: &Tree) -> bool {
    tree.get("openapi")
        .or_else(|| tree.get("swagger"))
        .is_some_and(|version| version.as_str().is_some())
        && tree.get("paths").or_else(|| tree.get("components")).is_some()
}

/// An operation with a request body, or a schema.
struct Operation<'a> {
    candidate: Candidate,
    id: Option<String>,
    schema: &'a Tree,
}

/// Reads the model of the operation that is chosen, or the only one.
///
/// # Errors
/// If there is none, or several.
pub(super) fn read(document: &Tree, choice: Option<&str>) -> Result<Content, String> {
    let mut operations = operations(document);
    let what = if operations.is_empty() {
        // Without operations, any of the schemas may be meant.
        operations = schemas(document);
        "input schema of the model"
    } else {
        "operation that runs the model"
    };
    if operations.is_empty() {
        return Err(
            "the OpenAPI document has no operation with a JSON body, and no schema".to_owned()
        );
    }
    let candidates: Vec<_> = operations
        .iter()
        .map(|one| Candidate {
            names: one.candidate.names.clone(),
            about: one.candidate.about.clone(),
        })
        .collect();
    let index = choose(what, &candidates, choice)?;
    let operation = operations.swap_remove(index);
    let mut found = Found { id: operation.id, ..Found::default() };
    if let Some(id) = &found.id {
        found.note(format!("model id: {id}, from the path"));
    }
    let name = operation.candidate.names.first().cloned().unwrap_or_default();
    found.set_input(bundled(document, operation.schema), &format!("that of {name}"));
    if let Some((name, output)) = output(document, operation.schema) {
        found.set_output(bundled(document, output), &format!("the schema {name}"));
    }
    Ok(Content::one("an OpenAPI document", found))
}

fn operations(document: &Tree) -> Vec<Operation<'_>> {
    let mut operations = Vec::new();
    let paths = document.get("paths").map_or(&[][..], Tree::members);
    for (path, item) in paths {
        for method in ["post", "put", "patch"] {
            let Some(operation) = item.get(method) else { continue };
            let Some(schema) = body_schema(document, operation) else { continue };
            let mut names = vec![format!("{} {path}", method.to_uppercase()), path.clone()];
            names.extend(operation.get("operationId").and_then(Tree::as_str).map(str::to_owned));
            let text = |key| operation.get(key).and_then(Tree::as_str);
            let about = text("operationId").or_else(|| text("summary")).unwrap_or_default();
            operations.push(Operation {
                candidate: Candidate { names, about: about.to_owned() },
                id: id_of(path),
                schema,
            });
        }
    }
    operations
}

fn body_schema<'a>(document: &'a Tree, operation: &'a Tree) -> Option<&'a Tree> {
    let mut body = operation.get("requestBody")?;
    if let Some(reference) = body.get("$ref").and_then(Tree::as_str) {
        body = document.target(reference)?;
    }
    let content = body.get("content")?.members();
    let json = content.iter().find(|(kind, _)| {
        let kind = kind.split(';').next().unwrap_or_default().trim();
        kind == "application/json" || kind.ends_with("+json") || kind == "*/*"
    });
    json?.1.get("schema").filter(|schema| schema.is_object())
}

/// The id of a model, if the path is that of a submission: `/models/<model id>`.
fn id_of(path: &str) -> Option<String> {
    let (_, rest) = path.split_once("/models/")?;
    Some(rest.to_owned()).filter(|id| ids::is_id(id) && !rest.contains('{'))
}

fn schemas(document: &Tree) -> Vec<Operation<'_>> {
    named_schemas(document)
        .iter()
        .map(|(name, schema)| {
            let fields: Vec<_> = schema
                .get("properties")
                .map_or(&[][..], Tree::members)
                .iter()
                .map(|(key, _)| key.as_str())
                .take(8)
                .collect();
            Operation {
                candidate: Candidate { names: vec![name.clone()], about: fields.join(", ") },
                id: None,
                schema,
            }
        })
        .collect()
}

fn named_schemas(document: &Tree) -> &[(String, Tree)] {
    let components = document.get("components").and_then(|components| components.get("schemas"));
    components.or_else(|| document.get("definitions")).map_or(&[], Tree::members)
}

/// The schema that is named as the input's, with `Output` instead of `Input`.
fn output<'a>(document: &'a Tree, input: &Tree) -> Option<(&'a str, &'a Tree)> {
    let named = named_schemas(document);
    let name = match input.get("$ref").and_then(Tree::as_str) {
        Some(reference) => reference.rsplit('/').next()?,
        None => &named.iter().find(|(_, schema)| schema == input)?.0,
    };
    let wanted = format!("{}Output", name.strip_suffix("Input")?);
    named.iter().find(|(name, _)| *name == wanted).map(|(name, schema)| (name.as_str(), schema))
}

const PREFIXES: [&str; 2] = ["#/components/schemas/", "#/definitions/"];

/// A schema of the document with the definitions that it needs.
fn bundled(document: &Tree, schema: &Tree) -> Tree {
    let mut needed = Vec::new();
    let mut known = BTreeSet::new();
    // The body of most operations is a mere reference.
    let root = match (schema.members(), schema.get("$ref").and_then(Tree::as_str)) {
        ([_], Some(reference)) => document.target(reference).unwrap_or(schema),
        _ => schema,
    };
    collect(root, &mut known, &mut needed);
    let mut next = 0;
    let mut definitions = Vec::new();
    while let Some(name) = needed.get(next).cloned() {
        next += 1;
        let key = unescape(&name);
        if let Some((key, schema)) = named_schemas(document).iter().find(|(known, _)| *known == key)
        {
            collect(schema, &mut known, &mut needed);
            definitions.push((key.clone(), renamed(schema)));
        }
    }
    let mut root = renamed(root);
    if let (Tree::Object(members), false) = (&mut root, definitions.is_empty()) {
        match members.iter_mut().find(|(key, _)| key == "$defs") {
            Some((_, Tree::Object(own))) => own.extend(definitions),
            _ => members.push(("$defs".to_owned(), Tree::Object(definitions))),
        }
    }
    root
}

/// The names of the schemas that a value refers to, each once.
fn collect(tree: &Tree, known: &mut BTreeSet<String>, needed: &mut Vec<String>) {
    for (key, value) in tree.members() {
        if let Some(name) = value.as_str().filter(|_| key == "$ref").and_then(name_of)
            && known.insert(name.to_owned())
        {
            needed.push(name.to_owned());
        }
        collect(value, known, needed);
    }
    tree.items().iter().for_each(|item| collect(item, known, needed));
}

fn name_of(reference: &str) -> Option<&str> {
    let rest = PREFIXES.iter().find_map(|prefix| reference.strip_prefix(prefix))?;
    rest.split('/').next()
}

/// A schema whose references to the components of its document lead into `$defs`.
fn renamed(tree: &Tree) -> Tree {
    match tree {
        Tree::Object(members) => {
            let member = |(key, value): &(String, Tree)| {
                let rest = value.as_str().filter(|_| key == "$ref").and_then(|reference| {
                    PREFIXES.iter().find_map(|prefix| reference.strip_prefix(prefix))
                });
                let value = match rest {
                    Some(rest) => Tree::String(format!("#/$defs/{rest}")),
                    None => renamed(value),
                };
                (key.clone(), value)
            };
            Tree::Object(members.iter().map(member).collect())
        }
        Tree::Array(items) => Tree::Array(items.iter().map(renamed).collect()),
        other => other.clone(),
    }
}
