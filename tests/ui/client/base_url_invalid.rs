// A base URL without TLS.
use runcomfy_models::{Client, Error};

pub async fn main(client: Client) -> Result<(), Error> {
    let _client = Client::builder().token("secret").base_url("http://example.com/v1").build()?;
    drop(client);
    Ok(())
}
