// The folder of the journal does not exist.
use runcomfy_models::{Client, FileJournal, JournalError};

pub async fn main(client: Client) -> Result<(), JournalError> {
    let _journal = FileJournal::open("jobs/of/today.journal")?;
    drop(client);
    Ok(())
}
