//! The model ids in a text.

use std::collections::HashSet;

use runcomfy_schema::model_id::is_allowed;

/// Whether a text can be a model id.
pub(super) fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.split('/').all(|segment| !segment.is_empty() && segment.chars().all(is_allowed))
}

/// The ids of the submissions in a text, `.../v1/models/<model id>`: each once, with its position.
pub(super) fn find(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut known = HashSet::new();
    for (at, before) in text.match_indices("/v1/models/") {
        let rest = &text[at + before.len()..];
        let end = rest.find(|c: char| !(is_allowed(c) || c == '/')).unwrap_or(rest.len());
        // A placeholder, as in `/v1/models/{model_id}`, or `/v1/models/acme/{name}`.
        if rest[end..].starts_with(['{', '<', '$', ':']) {
            continue;
        }
        let id = rest[..end].trim_end_matches(['/', '.']);
        if is_id(id) && id != "categories" && known.insert(id) {
            found.push((at, id.to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_end_where_the_url_ends() {
        let text = "POST https://x.example/v1/models/acme/dream-2.5/4k?x=1, see \"/v1/models/acme/dream-2.5/4k\"\
            を /v1/models/{model_id} /v1/models/acme/{x} /v1/models/categories /v1/models?limit=1 /v1/models/a/b.";
        let ids: Vec<_> = find(text).into_iter().map(|(_, id)| id).collect();
        assert_eq!(ids, ["acme/dream-2.5/4k", "a/b"]);
    }
}
