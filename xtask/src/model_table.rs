//! `docs/models.md`: a table of all models.

use std::collections::BTreeMap;

use runcomfy_codegen::GeneratedModel;

/// The text of the file.
pub(crate) fn text(models: &[GeneratedModel]) -> String {
    let mut vendors: BTreeMap<&str, Vec<&GeneratedModel>> = BTreeMap::new();
    for model in models {
        vendors.entry(model.id.split('/').next().unwrap_or_default()).or_default().push(model);
    }
    let mut text = format!(
        "# Models\n\n\
         `runcomfy-models` has {} models of {} vendors. Each vendor is a feature of the crate, and all are on by\n\
         default. The kind is that of the files that a model makes. The last column is the number of fields, and in\n\
         parentheses how many of them are required. `x-source` in a model's file in `schemas/`, and its page in rustdoc,\n\
         say where the facts are from.\n\n\
         `cargo xtask features` writes this file.\n",
        models.len(),
        vendors.len(),
    );
    for (vendor, models) in vendors {
        text.push_str(&format!(
            "\n## `{vendor}`\n\n| Model | Kind | What it makes, from what | Fields |\n| --- | --- | --- | --- |\n"
        ));
        for model in models {
            let GeneratedModel { id, summary, objects, output_kind, .. } = model;
            let kind = output_kind.map(|kind| kind.to_string()).unwrap_or_default();
            // The first object is the input.
            let fields = objects.first().map_or(&[][..], |input| &input.fields);
            let required = fields.iter().filter(|field| field.is_required).count();
            let line = format!("| `{id}` | {kind} | {summary} | {} ({required}) |\n", fields.len());
            text.push_str(&line);
        }
    }
    text
}
