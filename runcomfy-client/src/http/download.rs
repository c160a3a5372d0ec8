//! Saving an output's file: from the service's hosts alone, and never with the token.

use std::path::{Path, PathBuf};

use tokio::fs::{self, File, OpenOptions};
use tokio::io::AsyncWriteExt;
use url::{Host, Url};

use super::client::Client;
use super::error::{Cause, Error};

/// Where the service keeps outputs.
const HOSTS: [&str; 2] = ["runcomfy.net", "runcomfy.com"];

impl Client {
    /// Saves the file behind an output's URL, and gives its size in bytes. It is fetched without the
    /// token, streamed to `<path>.part`, and gets its name once it is whole; a file that exists is
    /// not written over.
    ///
    /// # Errors
    /// [`Error::Download`] where the URL is not on a host of the service (or of the base URL), the
    /// file cannot be fetched in full, or cannot be written.
    pub async fn download(&self, url: &str, path: impl AsRef<Path>) -> Result<u64, Error> {
        let path = path.as_ref();
        self.save(url, path).await.map_err(|Failure { reason, source }| Error::Download {
            url: url.to_owned(),
            path: path.to_owned(),
            reason,
            source,
        })
    }

    async fn save(&self, url: &str, path: &Path) -> Result<u64, Failure> {
        let url = Url::parse(url).map_err(|error| Failure::new("not a URL", error))?;
        if !self.transport.is_own_host(&url) && !is_of_the_service(&url) {
            return Err(Failure::of("it is not on a host of the service, so it is not fetched"));
        }
        if fs::try_exists(path).await.unwrap_or(false) {
            return Err(Failure::of("the file exists already; choose another name"));
        }
        let part = part_of(path);
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .open(&part)
            .await
            .map_err(|error| Failure::new("the file cannot be made", error))?;
        let saved = self.stream(url, &mut file).await;
        drop(file);
        match saved {
            Ok(size) => {
                let named = fs::rename(&part, path).await;
                named.map_err(|error| Failure::new("the file cannot get its name", error))?;
                Ok(size)
            }
            Err(failure) => {
                // What was begun is of no use; that it cannot be removed is of no consequence.
                let _ = fs::remove_file(&part).await;
                Err(failure)
            }
        }
    }

    async fn stream(&self, url: Url, file: &mut File) -> Result<u64, Failure> {
        let timeout = self.transport.limits.read_timeout;
        let late = |_| Failure::of("no answer in time");
        let broken =
            |error: reqwest::Error| Failure::new("the connection broke", error.without_url());
        let unwritable = |error| Failure::new("the file cannot be written", error);
        let mut response = tokio::time::timeout(timeout, self.transport.fetch(url))
            .await
            .map_err(late)?
            .map_err(|error| Failure::new("it cannot be fetched", error))?;
        if !response.status().is_success() {
            return Err(Failure::of(format!(
                "the server answered HTTP {}",
                response.status().as_u16()
            )));
        }
        let expected = response.content_length();
        let mut size = 0;
        while let Some(chunk) =
            tokio::time::timeout(timeout, response.chunk()).await.map_err(late)?.map_err(broken)?
        {
            file.write_all(&chunk).await.map_err(unwritable)?;
            size += chunk.len() as u64;
        }
        if expected.is_some_and(|expected| expected != size) {
            return Err(Failure::of(format!("only {size} bytes came")));
        }
        file.sync_all().await.map_err(unwritable)?;
        Ok(size)
    }
}

struct Failure {
    reason: String,
    source: Option<Cause>,
}

impl Failure {
    fn of(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), source: None }
    }

    fn new(reason: &str, source: impl Into<Cause>) -> Self {
        Self { reason: reason.to_owned(), source: Some(source.into()) }
    }
}

fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

fn is_of_the_service(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else { return false };
    let below = |domain: &&str| host.strip_suffix(*domain).is_some_and(|rest| rest.ends_with('.'));
    url.scheme() == "https" && HOSTS.iter().any(|domain| host == *domain || below(domain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_services_hosts() {
        let is = |url: &str| is_of_the_service(&Url::parse(url).unwrap());
        for url in
            ["https://playgrounds-storage-public.runcomfy.net/a.mp4", "https://runcomfy.com/a"]
        {
            assert!(is(url), "{url}");
        }
        for url in [
            "http://cdn.runcomfy.net/a.mp4",
            "https://runcomfy.net.evil.example/a",
            "https://evilruncomfy.net/a",
            "https://127.0.0.1/a",
        ] {
            assert!(!is(url), "{url}");
        }
    }
}
