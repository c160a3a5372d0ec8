//! Compares two folders of schemas, model by model.

use std::collections::{BTreeMap, BTreeSet};

use runcomfy_codegen::{Generated, GeneratedModel, Generator, MediaKind, Problem, Severity};
use runcomfy_schema::printable::line;

use super::super::ModelId;
use super::super::check::refusal;
use super::change::{Change, Verdict, Verdicts, quoted};
use super::compare;
use crate::{Error, Result};
use Verdict::{Additive, Breaking, None as Nothing};

/// The texts of schemas, by model.
pub(super) type Texts = BTreeMap<ModelId, String>;

/// What differs between two folders.
#[derive(Clone, Debug, Default)]
pub(super) struct Differences {
    /// The changes, sorted by model.
    pub(super) changes: Vec<Change>,
    /// What the verdicts leave out.
    pub(super) notes: Vec<String>,
    /// Whether no text differs.
    pub(super) is_same_text: bool,
}

/// Compares the APIs that the schemas give.
///
/// # Errors
/// If a new schema has an error. An old one with an error had no API.
pub(super) fn between(old: &Texts, new: &Texts) -> Result<Differences> {
    let mut differences = Differences { is_same_text: old == new, ..Differences::default() };
    let is_other = |(id, text): &(&ModelId, &String), texts: &Texts| texts.get(*id) != Some(*text);
    let changed = |texts: &Texts, others: &Texts| -> Vec<(String, String)> {
        let texts = texts.iter().filter(|one| is_other(one, others));
        texts.map(|(id, text)| (id.to_string(), text.clone())).collect()
    };
    let before = generate_old(changed(old, new), &mut differences.notes)?;
    let after = changed(new, old);
    let after = Generator::from_texts(after.clone())
        .generate()
        .map_err(|error| refusal(error.problems()))?;
    models(&before.models, &after.models, &mut differences);
    differences.changes.sort_by(|a, b| a.model.cmp(&b.model));
    Ok(differences)
}

/// Generates what can be generated.
fn generate_old(mut texts: Vec<(String, String)>, notes: &mut Vec<String>) -> Result<Generated> {
    let error = match Generator::from_texts(texts.clone()).generate() {
        Ok(generated) => return Ok(generated),
        Err(error) => error,
    };
    let errors = error.problems().iter().filter(|one| one.severity() == Severity::Error);
    let wrong: BTreeMap<_, &Problem> =
        errors.map(|one| (one.file().display().to_string(), one)).collect();
    texts.retain(|(id, _)| {
        let problem = wrong.get(&format!("{id}.json"));
        if let Some(problem) = problem {
            notes.push(line(&format!(
                "the old schema of {id} has an error, so it gave no API: {}",
                problem.message()
            )));
        }
        problem.is_none()
    });
    Generator::from_texts(texts).generate().map_err(|error| {
        let error = refusal(error.problems());
        Error::bad_input(format!("no API can be generated from the old schemas: {error}"))
    })
}

fn models(old: &[GeneratedModel], new: &[GeneratedModel], differences: &mut Differences) {
    let find =
        |models: &'_ [GeneratedModel], id: &str| models.iter().position(|model| model.id == id);
    let mut taken = BTreeSet::new();
    for model in old {
        let same = find(new, &model.id);
        let in_module = || {
            new.iter().position(|now| now.module == model.module && find(old, &now.id).is_none())
        };
        let found = same.or_else(in_module);
        let Some((index, now)) = found.and_then(|index| Some((index, new.get(index)?))) else {
            let text = "the model is gone";
            push(
                model,
                differences,
                [Change::new("", "model-removed", text, Verdicts::both(Breaking))],
            );
            continue;
        };
        taken.insert(index);
        if now.id != model.id {
            let text = format!("its id is {}", quoted(&now.id));
            push(model, differences, [Change::new("", "model-id", text, Verdicts::run(Breaking))]);
        }
        push(model, differences, output_kind(model, now));
        push(model, differences, compare::between(&model.api(), &now.api()));
    }
    for (index, model) in new.iter().enumerate() {
        if !taken.contains(&index) {
            let change = Change::new("", "model-added", "new model", Verdicts::both(Additive));
            push(model, differences, [change]);
        }
    }
}

/// The kind of file that the model makes.
fn output_kind(old: &GeneratedModel, new: &GeneratedModel) -> Option<Change> {
    let word = |kind: Option<MediaKind>| match kind {
        Some(MediaKind::Image) => "images",
        Some(MediaKind::Video) => "videos",
        Some(MediaKind::Audio) => "audio",
        _ => "files of a kind that its schema does not say",
    };
    let (was, now) = (old.output_kind, new.output_kind);
    let text = format!("makes {}, made {}", word(now), word(was));
    // A program that runs looks for the old kind.
    let run = if was.is_some() && now.is_some() { Breaking } else { Nothing };
    (was != now).then(|| Change::new("", "output-kind", text, Verdicts::run(run)))
}

fn push(
    model: &GeneratedModel,
    differences: &mut Differences,
    changes: impl IntoIterator<Item = Change>,
) {
    let of_model = |change| Change { model: model.id.clone(), ..change };
    differences.changes.extend(changes.into_iter().map(of_model));
}
