//! `rcf models`: the service's models.

use std::io::{self, Write};

use runcomfy_client::{CatalogModel, CatalogQuery, Client, ModelField};
use runcomfy_models::Value;
use runcomfy_schema::printable::{line, printable};
use serde_json::json;

use super::common::Say;
use super::estimate::money;
use super::field_flag::{facts, field_flags, plain};
use super::prepare::{client, find};
use crate::request::Model;
use crate::{Error, Result, Status, service};

/// `rcf models`.
#[derive(Clone, Debug, clap::Args)]
#[command(disable_help_subcommand = true)]
#[non_exhaustive]
pub struct Args {
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands about models.
#[derive(Clone, Debug, clap::Subcommand)]
#[non_exhaustive]
pub enum Command {
    /// Lists the service's models, with their prices
    List(List),
    /// Finds models by words in their id, name or description
    Search(Search),
    /// Says what a model does, what it costs, and which fields it has
    Show(Show),
    /// Lists the categories of models, such as `text-to-video`
    Categories(Categories),
}

/// Which models are listed.
#[derive(Clone, Debug, Default, clap::Args)]
#[non_exhaustive]
pub struct Filter {
    /// Only models of this category; `rcf models categories` lists them
    #[arg(long, value_name = "CATEGORY")]
    pub category: Option<String>,
    /// Only models of this kind: model, workflow or inference
    #[arg(long, value_name = "KIND", value_parser = ["model", "workflow", "inference"], hide_possible_values = true)]
    pub kind: Option<String>,
}

/// `rcf models list`.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[expect(missing_docs, reason = "its parts are documented")]
pub struct List {
    #[command(flatten)]
    pub filter: Filter,
    /// Lists the models that this program has types for, without a call to the service
    #[arg(long, conflicts_with_all = ["category", "kind"])]
    pub built_in: bool,
    #[command(flatten)]
    pub say: Say,
}

/// `rcf models search`.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[expect(missing_docs, reason = "its parts are documented")]
pub struct Search {
    /// The words; a model has all of them, in any case
    #[arg(value_name = "WORD", required = true)]
    pub words: Vec<String>,
    #[command(flatten)]
    pub filter: Filter,
    #[command(flatten)]
    pub say: Say,
}

/// `rcf models show`.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[expect(missing_docs, reason = "its parts are documented")]
pub struct Show {
    /// The id of the model
    #[arg(value_name = "MODEL")]
    pub id: String,
    #[command(flatten)]
    pub say: Say,
}

/// `rcf models categories`.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
#[expect(missing_docs, reason = "its parts are documented")]
pub struct Categories {
    #[command(flatten)]
    pub say: Say,
}

impl Command {
    /// How much the command says.
    pub(super) fn say(&self) -> Say {
        match self {
            Self::List(List { say, .. })
            | Self::Search(Search { say, .. })
            | Self::Show(Show { say, .. })
            | Self::Categories(Categories { say }) => *say,
        }
    }
}

/// Runs the command.
///
/// # Errors
/// If the catalog cannot be read, or has no such model.
pub fn run(args: &Args, output: &mut dyn Write) -> Result<Status> {
    match &args.command {
        Command::List(List { built_in: true, say, .. }) => built_in(*say, output),
        Command::List(List { filter, say, .. }) => list(filter, &[], *say, output),
        Command::Search(Search { words, filter, say }) => list(filter, words, *say, output),
        Command::Show(args) => show(args, output),
        Command::Categories(Categories { say }) => categories(*say, output),
    }
}

fn built_in(say: Say, output: &mut dyn Write) -> Result<Status> {
    let models = runcomfy_models::MODELS;
    let json = models.iter().map(|model| {
        json!({"model_id": model.id, "output_kind": model.output_kind().map(|kind| kind.to_string())})
    });
    say.result(output, &json!({"models": json.collect::<Value>()}), |output| {
        models.iter().try_for_each(|model| writeln!(output, "{}", model.id))
    })?;
    Ok(Status::Done)
}

fn list(filter: &Filter, words: &[String], say: Say, output: &mut dyn Write) -> Result<Status> {
    // The service looks for one text, and the longest word finds the fewest models.
    let search = words.iter().max_by_key(|word| word.len());
    let client = client()?;
    let mut models = service::block_on(async {
        let models = all(&client, filter, search).await?;
        if let Some(category) = filter.category.as_ref().filter(|_| models.is_empty()) {
            check_category(&client, category).await?;
        }
        Ok(models)
    })?;
    models.retain(|model| words.iter().all(|word| has_word(model, &word.to_lowercase())));
    let json = json!({"models": models.iter().map(entry_json).collect::<Value>()});
    let width = models.iter().map(|model| model.model_id.as_str().len()).max().unwrap_or_default();
    say.result(output, &json, |output| {
        models.iter().try_for_each(|model| {
            let (id, name) =
                (model.model_id.as_str(), model.display_name.as_deref().unwrap_or_default());
            let text = format!("{id:width$}  {:16}  {}", price(model), line(name));
            writeln!(output, "{}", text.trim_end())
        })
    })?;
    if models.is_empty() {
        say.note("no model matches");
    }
    Ok(Status::Done)
}

/// # Errors
/// If there is no such category.
async fn check_category(client: &Client, category: &str) -> Result<()> {
    let known = client.categories().await.map_err(service::error)?;
    if known.iter().any(|known| known == category) {
        return Ok(());
    }
    let known: Vec<_> = known.iter().map(|known| printable(known)).collect();
    Err(Error::bad_input(format!(
        "there is no category {}; the categories are: {}",
        printable(category),
        known.join(", ")
    )))
}

fn has_word(model: &CatalogModel, word: &str) -> bool {
    let texts = [
        Some(model.model_id.as_str()),
        model.display_name.as_deref(),
        model.description.as_deref(),
    ];
    texts.into_iter().flatten().any(|text| text.to_lowercase().contains(word))
}

/// All pages of the catalog.
async fn all(
    client: &Client,
    filter: &Filter,
    search: Option<&String>,
) -> Result<Vec<CatalogModel>> {
    const PAGE: u32 = 200;
    let mut query = CatalogQuery::new().limit(PAGE);
    if let Some(text) = search {
        query = query.search(text);
    }
    if let Some(category) = &filter.category {
        query = query.category(category);
    }
    if let Some(kind) = &filter.kind {
        query = query.kind(kind);
    }
    let (mut models, mut pages) = (Vec::<CatalogModel>::new(), service::Pages::default());
    loop {
        let page = query.clone().offset(pages.offset());
        let found = client.models(&page).await.map_err(service::error)?;
        let is_last = pages.is_last(found.models.len() + found.skipped.len(), found.total)?;
        for model in found.models {
            if !models.iter().any(|known| known.model_id == model.model_id) {
                models.push(model);
            }
        }
        if is_last {
            return Ok(models);
        }
    }
}

fn price(model: &CatalogModel) -> String {
    match (model.base_price_usd, model.price_unit.as_deref()) {
        (Some(usd), Some(unit)) => format!("{}/{}", money(usd), printable(unit)),
        (Some(usd), None) => money(usd),
        (None, _) => "-".to_owned(),
    }
}

fn entry_json(model: &CatalogModel) -> Value {
    json!({
        "model_id": model.model_id.as_str(),
        "display_name": model.display_name,
        "description": model.description,
        "kind": model.kind,
        "categories": model.categories,
        "base_price_usd": model.base_price_usd,
        "price_unit": model.price_unit,
        "pricing_note": model.pricing_note,
    })
}

fn show(args: &Show, output: &mut dyn Write) -> Result<Status> {
    service::block_on(async {
        let model = find(&args.id).await?;
        // The fields of a model with a type are known without a token. The catalog adds to them.
        let entry = match client() {
            Ok(client) => client.model(model.id()).await.map_err(service::error),
            Err(error) => Err(error),
        };
        if let Err(error) = &entry {
            args.say.note(&format!("nothing from the catalog is shown: {error}"));
        }
        let entry = entry.ok();
        let fields = model.fields();
        let (flags, _) = field_flags(&fields);
        let flag_of = |field: &ModelField<'_>| {
            let flag = flags.iter().find(|(other, _)| other.key == field.key)?.1.get_long()?;
            Some(format!("--{flag}"))
        };
        let fields: Vec<_> = fields.iter().map(|field| (field, flag_of(field))).collect();
        let json = json!({
            "model_id": model.id(),
            "output_kind": model.output_kind().map(|kind| kind.to_string()),
            "fields": fields.iter().map(|(field, flag)| field_json(field, flag)).collect::<Value>(),
            "catalog": entry.as_ref().map(entry_json),
        });
        args.say.result(output, &json, |output| {
            write_model(output, &model, entry.as_ref())?;
            fields.iter().try_for_each(|(field, flag)| write_field(output, field, flag.as_deref()))
        })?;
        Ok(Status::Done)
    })
}

fn field_json(field: &ModelField<'_>, flag: &Option<String>) -> Value {
    json!({
        "name": field.name,
        "key": field.key,
        "flag": flag,
        "title": field.title,
        "description": field.description,
        "kind": field.kind().to_string(),
        "item_kind": field.item_kind().map(|kind| kind.to_string()),
        "required": field.required,
        "values": field.values(),
        "default": field.default(),
    })
}

fn write_model(
    output: &mut dyn Write,
    model: &Model,
    entry: Option<&CatalogModel>,
) -> io::Result<()> {
    writeln!(output, "{}", model.id())?;
    if let Some(entry) = entry {
        for text in [&entry.display_name, &entry.description].into_iter().flatten() {
            writeln!(output, "{}", line(text))?;
        }
        writeln!(output, "price: {}", price(entry))?;
        if let Some(note) = &entry.pricing_note {
            writeln!(output, "{}", line(note))?;
        }
    }
    match model.output_kind() {
        Some(kind) => writeln!(output, "makes: {kind}"),
        None => Ok(()),
    }
}

fn write_field(
    output: &mut dyn Write,
    field: &ModelField<'_>,
    flag: Option<&str>,
) -> io::Result<()> {
    let set = || format!("--set {}=VALUE", printable(field.name));
    let flag = flag.map_or_else(set, str::to_owned);
    writeln!(output, "\n{flag} ({})", field.kind())?;
    let text = if field.description.is_empty() { field.title } else { field.description };
    if !text.is_empty() {
        writeln!(output, "  {}", line(text))?;
    }
    let facts = facts(field, usize::MAX);
    if !facts.is_empty() {
        writeln!(output, "  {}", facts.join("; "))?;
    }
    match field.default().filter(|_| field.required) {
        Some(default) => writeln!(output, "  for example {}", plain(&default)),
        None => Ok(()),
    }
}

fn categories(say: Say, output: &mut dyn Write) -> Result<Status> {
    let client = client()?;
    let found = service::block_on(async { client.categories().await.map_err(service::error) })?;
    say.result(output, &json!({"categories": found}), |output| {
        found.iter().try_for_each(|category| writeln!(output, "{}", line(category)))
    })?;
    Ok(Status::Done)
}
