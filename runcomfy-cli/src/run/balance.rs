//! `rcf balance`: the balance of the account.

use std::io::Write;

use serde_json::json;

use super::common::Say;
use super::estimate::money;
use super::prepare::client;
use crate::{Result, Status, service};

/// Writes the balance of the account in US dollars
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
pub struct Args {
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub say: Say,
}

/// Writes the balance.
///
/// # Errors
/// If the service does not say it.
pub fn run(args: &Args, output: &mut dyn Write) -> Result<Status> {
    let client = client()?;
    let balance = service::block_on(async { client.balance().await.map_err(service::error) })?;
    let json = json!({"usd": balance.usd, "microdollars": balance.microdollars, "currency": balance.currency});
    args.say.result(output, &json, |output| writeln!(output, "{}", money(balance.usd)))?;
    Ok(Status::Done)
}
