// No token.
use runcomfy_models::{Client, Error};

pub async fn main(client: Client) -> Result<(), Error> {
    let _client = Client::builder().build()?;
    drop(client);
    Ok(())
}
