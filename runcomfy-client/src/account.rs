//! The balance of the account.
//!
//! The balance is on `api.runcomfy.net` if the base URL is the service's, else on the host of the
//! base URL.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};
use url::Url;

use crate::client::Client;
use crate::error::Error;
use crate::lenient::{integer, number, string};
use crate::transport::service_host::is_api;

/// The balance of the account.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Balance {
    /// In US dollars. A negative balance is a debt.
    pub usd: f64,
    /// In millionths of a dollar, as an exact integer.
    pub microdollars: Option<i64>,
    /// The currency of the account: `USD`.
    pub currency: Option<String>,
    /// All other members of the response.
    pub other: Map<String, Value>,
}

impl Client {
    /// Fetches the balance of the account.
    ///
    /// The call goes to `https://api.runcomfy.net`, the API's second host. If the base URL is not
    /// the service's (a sandbox, your own proxy), it goes to `/prod/v2/balance` on the host of the
    /// base URL, so that the token goes to no other host.
    ///
    /// # Errors
    /// [`Error::Api`] if the service refuses the call; [`Error::Catalog`] if there is no usable
    /// response.
    pub async fn balance(&self) -> Result<Balance, Error> {
        let url = balance_url(self.core.transport.url([]));
        self.read_about("the account's balance", None, url).await
    }
}

fn balance_url(mut url: Url) -> Url {
    const PATH: &str = "/prod/v2/balance";
    if is_api(&url) && url.set_host(Some("api.runcomfy.net")).is_ok() {
        // The base URL's port belongs to the other host.
        let _ = url.set_port(None);
    }
    url.set_path(PATH);
    url
}

impl<'de> Deserialize<'de> for Balance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut other = Map::deserialize(deserializer)?;
        let microdollars = integer(&mut other, "balance_microdollars");
        let usd = number(&mut other, "balance_usd")
            .or_else(|| microdollars.map(|balance: i64| balance as f64 / 1e6))
            .ok_or_else(|| D::Error::custom("`balance_usd` is missing or not a number"))?;
        Ok(Self { usd, microdollars, currency: string(&mut other, "currency"), other })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_balance_call_goes_only_to_trusted_hosts() {
        for (base, url) in [
            ("https://model-api.runcomfy.net/v1", "https://api.runcomfy.net/prod/v2/balance"),
            ("https://model-api.runcomfy.net:8443/v2", "https://api.runcomfy.net/prod/v2/balance"),
            ("http://127.0.0.1:4000/v1", "http://127.0.0.1:4000/prod/v2/balance"),
            ("http://[::1]:4000/v1", "http://[::1]:4000/prod/v2/balance"),
            ("https://proxy.example/a/v1", "https://proxy.example/prod/v2/balance"),
            ("https://evilruncomfy.net/v1", "https://evilruncomfy.net/prod/v2/balance"),
            ("https://runcomfy.net.example/v1", "https://runcomfy.net.example/prod/v2/balance"),
        ] {
            assert_eq!(balance_url(base.parse().unwrap()).as_str(), url);
        }
    }
}
