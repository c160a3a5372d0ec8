//! Compares the template for names of files with the fields of a batch's models.

use std::collections::BTreeMap;

use runcomfy_batch::{Batch, NameTemplate};
use runcomfy_client::Client;

use super::error::of_batch;
use crate::request::{Model, Models};
use crate::{Error, Result};

/// Refuses a template that names a field that no job has.
pub(super) fn check(template: &NameTemplate, models: &BTreeMap<String, Model>) -> Result<()> {
    let fields = models.values().flat_map(|model| model.fields());
    let names: Vec<&str> = fields.flat_map(|field| [field.name, field.key]).collect();
    // The default names what most models have.
    if *template == NameTemplate::default() {
        return Ok(());
    }
    template.check(names).map_err(|error| Error::usage(error.to_string()))
}

/// The template with Rust names for the keys of fields: the records of jobs have those.
pub(super) fn named(template: NameTemplate, models: &BTreeMap<String, Model>) -> NameTemplate {
    let name_of = |key: &str| {
        let mut fields = models.values().flat_map(|model| model.fields());
        fields.find(|field| field.key == key).map(|field| field.name.to_owned())
    };
    template.rename_fields(name_of)
}

/// Does both for a batch whose jobs were added before.
pub(super) async fn of(
    batch: &Batch,
    template: &NameTemplate,
    client: &Client,
) -> Result<NameTemplate> {
    if template.fields().next().is_none() || *template == NameTemplate::default() {
        return Ok(template.clone());
    }
    let (known, mut found) = (Models::new(Some(client.clone())), BTreeMap::new());
    let ids = batch.models().await.map_err(of_batch)?;
    for id in &ids {
        // A model that is not known now was when its jobs were added.
        if let Ok(model) = known.get(id.as_str()).await {
            found.insert(id.to_string(), model);
        }
    }
    if found.len() == ids.len() {
        check(template, &found)?;
    }
    Ok(named(template.clone(), &found))
}
