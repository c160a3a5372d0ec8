//! Limits that all workers of a batch keep to.

use std::str::FromStr;

use runcomfy_batch::{Batch, Limits, Usd};

use super::error::of_batch;
use crate::Result;

/// Limits of a batch. What is not given stays as it is.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Limits of all workers together, kept with the batch")]
#[non_exhaustive]
pub struct LimitArgs {
    /// How many jobs may be at the service at once, or `none`
    #[arg(long, value_name = "NUMBER")]
    pub at_once: Option<Limit<Count>>,
    /// How many submissions may begin in a minute, or `none`
    #[arg(long, value_name = "NUMBER")]
    pub per_minute: Option<Limit<Count>>,
    /// What the batch may cost, or `none`. Nothing is submitted that would pass it, by the prices of the catalog
    #[arg(long, value_name = "USD")]
    pub max_cost: Option<Limit<Usd>>,
}

/// A limit, or `none`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<T>(pub Option<T>);

/// A number from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count(pub u32);

impl FromStr for Count {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let count = text.parse().ok().filter(|count| *count > 0);
        count.map(Self).ok_or("it is an integer from 1, or `none`")
    }
}

impl<T: FromStr<Err: ToString>> FromStr for Limit<T> {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text {
            "none" => Ok(Self(None)),
            text => text.parse().map(|limit| Self(Some(limit))).map_err(|error| error.to_string()),
        }
    }
}

impl LimitArgs {
    /// The limits with what was given.
    pub(super) fn over(&self, mut limits: Limits) -> Limits {
        if let Some(Limit(at_once)) = self.at_once {
            limits.at_once = at_once.map(|count| count.0);
        }
        if let Some(Limit(per_minute)) = self.per_minute {
            limits.per_minute = per_minute.map(|count| count.0);
        }
        if let Some(Limit(max_cost)) = self.max_cost {
            limits.max_cost = max_cost;
        }
        limits
    }

    /// Sets what was given.
    pub(super) async fn set(&self, batch: &Batch) -> Result<Limits> {
        let old = batch.status().await.map_err(of_batch)?.limits;
        let limits = self.over(old);
        if limits != old {
            batch.set_limits(limits).await.map_err(of_batch)?;
        }
        Ok(limits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_numbers_or_none() {
        let count = |text: &str| text.parse::<Limit<Count>>();
        assert_eq!(count("3"), Ok(Limit(Some(Count(3)))));
        assert_eq!(count("none"), Ok(Limit(None)));
        for text in ["0", "-1", "many", "", "1.5", "4294967296"] {
            assert!(count(text).unwrap_err().contains("integer from 1"), "{text}");
        }
        let usd = |text: &str| text.parse::<Limit<Usd>>();
        assert_eq!(usd("$1.50").unwrap().0.unwrap().microdollars(), 1_500_000);
        assert!(usd("-1").is_err() && usd("none").unwrap().0.is_none());
    }
}
