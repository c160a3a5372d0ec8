//! `rcf batch board`: a web page of the queue.

use std::io::Write;
use std::net::SocketAddr;

use runcomfy_batch::Board;
use serde_json::json;

use super::error::of_batch;
use super::{Finish, place::Place};
use crate::Result;
use crate::run::Say;
use crate::run::interrupt::Interrupts;

/// Serves a web page of the queue: its tasks, workers and statistics, until you press Ctrl-C
///
/// Everybody who reaches the address can see it and change the queue; it asks for no password.
#[derive(Clone, Debug, clap::Args)]
#[non_exhaustive]
pub struct Args {
    /// The address to listen on; port 0 is any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8189", value_parser = address)]
    pub listen: SocketAddr,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub place: Place,
    #[command(flatten)]
    #[expect(missing_docs, reason = "its parts are documented")]
    pub say: Say,
}

fn address(text: &str) -> std::result::Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "it is an IP address and a port, such as 127.0.0.1:8189")
}

pub(super) async fn run(args: &Args, output: &mut dyn Write) -> Result<Finish> {
    let mut interrupts = Interrupts::listen();
    let batch = args.place.open().await?;
    let board = Board::bind(&batch, args.listen).await.map_err(of_batch)?;
    let url = format!("http://{}", board.address());
    args.say.result(output, &json!({"url": url}), |output| writeln!(output, "{url}"))?;
    if !board.address().ip().is_loopback() {
        args.say.note("everybody who reaches this address can see the queue, and change it");
    }
    match interrupts.or(board.serve()).await {
        Some(served) => served.map_err(of_batch)?,
        None => args.say.note("the board is closed; the batch goes on"),
    }
    Ok(Finish::Done)
}
