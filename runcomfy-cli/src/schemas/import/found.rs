//! What was found in an input.

use crate::schemas::tree::{Members, Tree};

/// A model that was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The model id. `None` if the input does not say it.
    pub(super) id: Option<String>,
    /// The members of its catalog entry, without the id.
    pub(super) entry: Members,
    /// An example of a request.
    pub(super) body: Option<Tree>,
    /// What was found where, one per line.
    pub(super) notes: Vec<String>,
}

impl Found {
    pub(super) fn note(&mut self, note: impl Into<String>) {
        self.notes.push(note.into());
    }

    /// Sets the input schema of a model, and notes it.
    pub(super) fn set_input(&mut self, schema: Tree, from: &str) {
        let count = schema.get("properties").map_or(0, |properties| properties.members().len());
        let required = schema.get("required").map_or(0, |required| required.items().len());
        let fields = match count {
            0 => String::new(),
            1 => format!(", 1 field, {required} required"),
            count => format!(", {count} fields, {required} required"),
        };
        self.note(format!("input schema: {from}{fields}"));
        self.entry.push(("input_schema".to_owned(), schema));
    }

    pub(super) fn set_output(&mut self, schema: Tree, from: &str) {
        self.note(format!("output schema: {from}"));
        self.entry.push(("output_schema".to_owned(), schema));
    }
}

/// The content of an input.
#[derive(Debug)]
pub(super) enum Content {
    /// Models, or why one of them cannot be used.
    Models { kind: &'static str, models: Vec<Result<Found, String>> },
    /// A request to a model, without a schema.
    Request { id: String, body: Tree },
}

impl Content {
    pub(super) fn one(kind: &'static str, found: Found) -> Self {
        Self::Models { kind, models: vec![Ok(found)] }
    }
}

/// Something that could be meant, among others.
#[derive(Debug)]
pub(super) struct Candidate {
    /// What `--choose` takes.
    pub(super) names: Vec<String>,
    /// What it is, for people.
    pub(super) about: String,
}

/// The one candidate, or the one that is chosen.
///
/// # Errors
/// If there are several, the list of them.
pub(super) fn choose(
    what: &str,
    candidates: &[Candidate],
    choice: Option<&str>,
) -> Result<usize, String> {
    const MAX_LISTED: usize = 50;
    let list = || {
        let mut lines: Vec<_> = candidates
            .iter()
            .take(MAX_LISTED)
            .map(|one| {
                let name = one.names.first().map(String::as_str).unwrap_or_default();
                format!("  --choose {:?}  {}", name, one.about)
            })
            .collect();
        if candidates.len() > MAX_LISTED {
            lines.push(format!("  and {} more", candidates.len() - MAX_LISTED));
        }
        lines.join("\n")
    };
    match (choice, candidates) {
        (Some(choice), _) => {
            let is_chosen = |one: &Candidate| one.names.iter().any(|name| name == choice);
            candidates.iter().position(is_chosen).ok_or_else(|| {
                format!("{choice:?} is none of what could be the {what}:\n{}", list())
            })
        }
        (None, [_]) => Ok(0),
        (None, _) => Err(format!(
            "{} things could be the {what}; choose one of them:\n{}",
            candidates.len(),
            list()
        )),
    }
}
