//! Object storage, where workers on many machines save files.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::buffered::BufWriter;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tokio::io::AsyncWriteExt as _;
use url::Url;

use crate::error::Error;

/// A place in object storage.
#[derive(Clone)]
pub(crate) struct Objects {
    store: Arc<dyn ObjectStore>,
    prefix: ObjectPath,
    url: String,
}

impl fmt::Debug for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Objects").field(&self.url).finish()
    }
}

impl Objects {
    /// From a URL. Keys and regions come from the variables of the environment that the services' own
    /// programs use, such as `AWS_ACCESS_KEY_ID`.
    pub(crate) fn open(text: &str) -> Result<Self, Error> {
        // The cloud's client takes the provider of the process. Another one that is set already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let bad = |reason: String| Error::BadPlace { place: text.to_owned(), reason };
        let url = Url::parse(text).map_err(|error| bad(error.to_string()))?;
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?.to_ascii_lowercase(), value.into_string().ok()?))
        });
        let (store, prefix) = object_store::parse_url_opts(&url, variables)
            .map_err(|error| bad(error.to_string()))?;
        Ok(Self { store: store.into(), prefix, url: text.to_owned() })
    }

    /// Where it is.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Asks for an object that does not exist, to see that the place and its keys are good.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        /// Without keys, some clouds look for those of the machine, for minutes.
        const TIMEOUT: Duration = Duration::from_secs(20);
        let bad = |reason: String| Error::BadPlace { place: self.url.clone(), reason };
        let probe = self.prefix.clone().join("runcomfy-probe");
        match tokio::time::timeout(TIMEOUT, self.store.head(&probe)).await {
            Ok(Ok(_) | Err(object_store::Error::NotFound { .. })) => Ok(()),
            Ok(Err(error)) => Err(bad(error.to_string())),
            Err(_) => {
                Err(bad("it does not answer; are its keys set, such as AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY, and its region?"
                    .to_owned()))
            }
        }
    }

    /// Saves a file, unless one is there already. An object appears only when it is complete.
    pub(crate) async fn put(&self, file: &Path, path: &str) -> Result<(), String> {
        let object = path.split('/').fold(self.prefix.clone(), |object, part| object.join(part));
        let failed =
            |error: &dyn fmt::Display| format!("cannot save {object} in {}: {error}", self.url);
        if self.store.head(&object).await.is_ok() {
            return Ok(());
        }
        let mut from = tokio::fs::File::open(file).await.map_err(|error| failed(&error))?;
        let mut to = BufWriter::new(Arc::clone(&self.store), object.clone());
        let written = async {
            tokio::io::copy(&mut from, &mut to).await?;
            to.shutdown().await
        };
        written.await.map_err(|error| failed(&error))
    }
}
