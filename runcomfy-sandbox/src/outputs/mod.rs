//! The `output` of a job, and the files behind its URLs.

mod by_schema;

use serde_json::{Value, json};

use crate::kind::Kind;
use crate::models::Model;
use crate::settings::OutputForm;

/// Makes unique file URLs, and records them.
struct Files<'a> {
    origin: &'a str,
    request_id: &'a str,
    made: Vec<(String, Kind)>,
}

impl Files<'_> {
    fn url(&mut self, kind: Kind) -> String {
        let Self { origin, request_id, made } = self;
        let extension = kind.extension();
        let name = match made.len() {
            0 => format!("{request_id}.{extension}"),
            before => format!("{request_id}-{}.{extension}", before + 1),
        };
        let url = format!("{origin}/outputs/{name}");
        made.push((name, kind));
        url
    }

    fn make(&mut self, model: &Model, form: OutputForm) -> Value {
        let kind = model.kind;
        let word = kind.word();
        match (form, model.output_schema()) {
            (OutputForm::BySchema, Some(schema)) => by_schema::output(schema, kind, self),
            (OutputForm::BySchema | OutputForm::Object, _) => {
                let url = self.url(kind);
                match kind {
                    Kind::Image => json!({ "image": url, "images": [url] }),
                    Kind::Video | Kind::Audio => json!({ word: url }),
                }
            }
            (OutputForm::Url, _) => self.url(kind).into(),
            (OutputForm::Urls, _) => json!([self.url(kind), self.url(kind)]),
            (OutputForm::UrlObjects, _) => self.url_objects(kind),
            (OutputForm::ObjectOfUrlObjects, _) => {
                json!({ format!("{word}s"): self.url_objects(kind) })
            }
        }
    }

    fn url_objects(&mut self, kind: Kind) -> Value {
        json!([{ "url": self.url(kind) }, { "url": self.url(kind) }])
    }
}

/// The `output` of a job that succeeded.
pub(crate) fn output(model: &Model, form: OutputForm, origin: &str, request_id: &str) -> Value {
    Files { origin, request_id, made: Vec::new() }.make(model, form)
}

/// The kind of the job's file with this name, if the job has one.
pub(crate) fn file(model: &Model, form: OutputForm, request_id: &str, name: &str) -> Option<Kind> {
    let mut files = Files { origin: "", request_id, made: Vec::new() };
    files.make(model, form);
    files.made.into_iter().find_map(|(made, kind)| (made == name).then_some(kind))
}

/// The ids of the jobs that may have a file of this name. A number at its end may count files, or
/// belong to the id.
pub(crate) fn possible_ids(name: &str) -> impl Iterator<Item = &str> {
    let stem = name.rsplit_once('.').map(|(stem, _)| stem);
    let without_number = stem.and_then(|stem| stem.rsplit_once('-')).map(|(id, _)| id);
    stem.into_iter().chain(without_number)
}
