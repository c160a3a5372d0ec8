//! The data in the scripts of a page that shows no schema without them.

use super::blocks;
use crate::schemas::tree::Tree;

/// A page has the entry of its model, and perhaps of some others.
const MAX_ENTRIES: usize = 500;

/// The catalog entries in scripts, each once.
pub(super) fn entries(scripts: &[String]) -> Vec<Tree> {
    let mut found = Vec::new();
    let streamed: String = scripts.iter().filter_map(|script| streamed(script)).collect();
    for text in scripts.iter().chain([&streamed]) {
        // Most scripts are code without data.
        if text.contains("input_schema") || text.contains("inputSchema") {
            blocks::find(text).blocks.iter().for_each(|block| collect(&block.tree, &mut found));
        }
    }
    found
}

/// The part of a page's data that a script adds: `self.__next_f.push([1, "..."])`.
fn streamed(script: &str) -> Option<String> {
    let (_, call) = script.split_once("__next_f.push(")?;
    let (call, _) = Tree::at_start(call).ok()?;
    Some(call.items().get(1)?.as_str()?.to_owned())
}

fn collect(tree: &Tree, found: &mut Vec<Tree>) {
    let has_schema = |key| tree.get(key).is_some_and(Tree::is_object);
    if has_schema("input_schema") || has_schema("inputSchema") {
        let entry = entry(tree);
        if found.len() < MAX_ENTRIES && !found.iter().any(|known| known.is_same(&entry)) {
            found.push(entry);
        }
        return;
    }
    tree.members().iter().for_each(|(_, value)| collect(value, found));
    tree.items().iter().for_each(|item| collect(item, found));
}

/// The members of an object by the names that the catalog gives them.
fn entry(tree: &Tree) -> Tree {
    let name = |key: &str| match key {
        "inputSchema" => "input_schema".to_owned(),
        "outputSchema" => "output_schema".to_owned(),
        "modelId" => "model_id".to_owned(),
        "displayName" => "display_name".to_owned(),
        key => key.to_owned(),
    };
    let members = tree.members().iter().map(|(key, value)| (name(key), value.clone()));
    Tree::Object(members.collect())
}
