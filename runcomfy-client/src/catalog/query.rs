//! The query of a catalog listing.
//!
//! A page larger than the service's limit is an error. A silently smaller page would end loops that
//! count entries.

use std::ops::RangeInclusive;

/// The values of `limit` that the service accepts.
const LIMIT_RANGE: RangeInclusive<u32> = 1..=500;

/// Selects the models to list. Every part is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "a query does nothing until `Client::models` takes it"]
pub struct CatalogQuery {
    pairs: Vec<(&'static str, String)>,
    limit: Option<u32>,
}

impl CatalogQuery {
    /// Selects every model, with the service's default page size.
    pub fn new() -> Self {
        Self::default()
    }

    /// Selects models with this text in their id, name or description. Case does not matter.
    pub fn search(self, text: impl Into<String>) -> Self {
        self.with("search", text)
    }

    /// Selects models of a category, such as `text-to-video` or `edit-image`; see
    /// [`Client::categories`](crate::Client::categories).
    pub fn category(self, category: impl Into<String>) -> Self {
        self.with("category", category)
    }

    /// Selects models of a kind: `model`, `workflow` or `inference`.
    pub fn kind(self, kind: impl Into<String>) -> Self {
        self.with("kind", kind)
    }

    /// Whether the entries include the models' schemas.
    pub fn include_schema(self, include: bool) -> Self {
        self.with("include_schema", include.to_string())
    }

    /// The number of models on a page, 1 to 500. [`Client::models`](crate::Client::models) refuses
    /// other values, as the service does.
    pub fn limit(self, limit: u32) -> Self {
        Self { limit: Some(limit), ..self.with("limit", limit.to_string()) }
    }

    /// Skips this many models.
    pub fn offset(self, offset: u32) -> Self {
        self.with("offset", offset.to_string())
    }

    pub(super) fn pairs(&self) -> &[(&'static str, String)] {
        &self.pairs
    }

    /// Refuses a limit that the service does not accept. Sending a smaller one instead would end
    /// loops that count on full pages.
    pub(super) fn check_limit(&self) -> Result<(), String> {
        let Some(limit) = self.limit.filter(|limit| !LIMIT_RANGE.contains(limit)) else {
            return Ok(());
        };
        let (min, max) = LIMIT_RANGE.into_inner();
        Err(format!("the limit {limit} is outside {min}..={max}; nothing was sent"))
    }

    fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.pairs.retain(|(other, _)| *other != key);
        self.pairs.push((key, value.into()));
        self
    }
}
