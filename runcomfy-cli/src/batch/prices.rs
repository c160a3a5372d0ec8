//! What the jobs of a batch probably cost.

use std::collections::{BTreeMap, HashMap};
use std::str::FromStr;

use runcomfy_batch::Usd;
use runcomfy_client::{ApiErrorKind, CatalogModel, Client};
use runcomfy_models::Value;

use crate::request::Model;
use crate::run::estimate::of_entry;
use crate::{Error, ErrorKind, service};

fn refuses_token(error: &runcomfy_client::Error) -> bool {
    error.api().is_some_and(|refusal| refusal.kind == ApiErrorKind::Unauthorized)
}

/// `--price`: what a job of a model costs.
#[derive(Clone, Debug)]
pub(super) struct GivenPrice {
    pub(super) model: String,
    usd: Usd,
}

impl FromStr for GivenPrice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let form = "it has the form MODEL=USD, such as kling/kling-2-1/master/image-to-video=1.40";
        let (model, usd) = text.rsplit_once('=').ok_or(form)?;
        let usd = usd.parse::<Usd>().map_err(|error| error.to_string())?;
        Ok(Self { model: model.to_owned(), usd })
    }
}

/// What a job probably costs.
#[derive(Clone, Debug)]
pub(super) struct Priced {
    /// `None` if it is not known.
    pub(super) usd: Option<Usd>,
    /// How it comes about, or why it is not known.
    pub(super) words: String,
}

/// Prices of models: those that were given, and those of the catalog, which is asked once for each model.
#[derive(Debug)]
pub(super) struct Prices {
    given: HashMap<String, Usd>,
    client: Option<Client>,
    entries: HashMap<String, Result<CatalogModel, String>>,
    /// Why the catalog refused the token.
    refusal: Option<String>,
    /// Models whose given price is less than one of the catalog's, and both prices.
    pub(super) too_low: BTreeMap<String, (Usd, Usd)>,
}

impl Prices {
    /// Without a client, only given prices are known.
    pub(super) fn new(given: &[GivenPrice], client: Option<Client>) -> Self {
        let given = given.iter().map(|price| (price.model.clone(), price.usd)).collect();
        Self { given, client, entries: HashMap::new(), refusal: None, too_low: BTreeMap::new() }
    }

    /// Fails if the service refuses the token. If the catalog was not asked, it asks for the balance.
    pub(super) async fn check_token(&mut self) -> crate::Result<()> {
        if let Some(reason) = self.refusal.take() {
            return Err(Error::new(ErrorKind::NoPermission, reason));
        }
        let Some(client) = self.client.as_ref().filter(|_| self.entries.is_empty()) else {
            return Ok(());
        };
        match client.balance().await {
            Err(error) if refuses_token(&error) => Err(service::error(error)),
            // Jobs wait for a service that is down.
            _ => Ok(()),
        }
    }

    /// What a job probably costs: by the catalog, and at least what was given.
    pub(super) async fn of(&mut self, model: &Model, body: &Value) -> Priced {
        let known = self.of_catalog(model, body).await;
        let Some(given) = self.given.get(model.id()).copied() else { return known };
        match known.usd {
            Some(usd) if usd > given => {
                self.too_low.entry(model.id().to_owned()).or_insert((given, usd));
                known
            }
            _ => Priced { usd: Some(given), words: format!("{given}, by --price") },
        }
    }

    async fn of_catalog(&mut self, model: &Model, body: &Value) -> Priced {
        let id = model.id();
        let Some(client) = &self.client else {
            return Priced {
                usd: None,
                words: "there is no token to ask the catalog with".to_owned(),
            };
        };
        let entry = match self.entries.get(id) {
            Some(entry) => entry,
            None => {
                let entry = match client.model(id).await {
                    Ok(entry) => Ok(entry),
                    Err(error) => {
                        let is_refused = refuses_token(&error);
                        let reason = service::error(error).to_string();
                        self.refusal = is_refused.then(|| reason.clone()).or(self.refusal.take());
                        Err(reason)
                    }
                };
                self.entries.entry(id.to_owned()).or_insert(entry)
            }
        };
        match entry {
            Ok(entry) => {
                let estimate = of_entry(entry, model, body);
                Priced {
                    usd: estimate.usd.and_then(Usd::from_dollars),
                    words: estimate.words.trim_start_matches("unknown: ").to_owned(),
                }
            }
            Err(reason) => Priced { usd: None, words: reason.clone() },
        }
    }
}
