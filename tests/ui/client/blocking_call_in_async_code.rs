// A blocking call in asynchronous code.
use runcomfy_models::{Client, Error};

pub async fn main(client: Client) -> Result<(), Error> {
    let blocking = Client::builder().token("secret").build_blocking()?;
    let _balance = blocking.balance()?;
    drop(client);
    Ok(())
}
