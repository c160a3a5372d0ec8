//! Object storage, where workers on many machines save files.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use object_store::buffered::BufWriter;
use object_store::path::Path as ObjectPath;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};
use tokio::io::AsyncWriteExt as _;
use url::Url;

use crate::claim::{NOTE, Note};
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

    /// The note that says which batch the place belongs to. Leaves this one if there is none. This also shows that the
    /// place can be used with these keys.
    pub(crate) async fn claim(&self, note: Note) -> Result<Note, Error> {
        /// Without keys, some clouds look for those of the machine, for minutes.
        const TIMEOUT: Duration = Duration::from_secs(20);
        let bad = |reason: String| Error::BadPlace { place: self.url.clone(), reason };
        match tokio::time::timeout(TIMEOUT, self.note(&note)).await {
            Ok(Ok(found)) => note.or_refuse(&self.url, Note::read(&found)),
            Ok(Err(error)) => Err(bad(error.to_string())),
            Err(_) => {
                Err(bad("it does not answer; are its keys set, such as AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY, and its region?"
                    .to_owned()))
            }
        }
    }

    async fn note(&self, note: &Note) -> object_store::Result<String> {
        let object = self.prefix.clone().join(NOTE);
        match self.text(&object).await {
            Err(object_store::Error::NotFound { .. }) => {}
            found => return found,
        }
        let put = |mode: PutMode| {
            self.store.put_opts(&object, note.to_text().into(), PutOptions::from(mode))
        };
        match put(PutMode::Create).await {
            Ok(_) | Err(object_store::Error::AlreadyExists { .. }) => {}
            // Some services cannot say that it must not be there.
            Err(
                object_store::Error::NotImplemented { .. }
                | object_store::Error::NotSupported { .. },
            ) => {
                put(PutMode::Overwrite).await?;
            }
            Err(error) => return Err(error),
        }
        self.text(&object).await
    }

    async fn text(&self, object: &ObjectPath) -> object_store::Result<String> {
        let bytes = self.store.get(object).await?.bytes().await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Whether something is there.
    pub(crate) async fn has(&self, path: &str) -> Result<bool, String> {
        match self.store.head(&self.object(path)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(format!("cannot look for {path} in {}: {error}", self.url)),
        }
    }

    fn object(&self, path: &str) -> ObjectPath {
        path.split('/').fold(self.prefix.clone(), |object, part| object.join(part))
    }

    /// Saves a file. An object appears only when it is complete.
    pub(crate) async fn put(&self, file: &Path, path: &str) -> Result<(), String> {
        let object = self.object(path);
        let failed =
            |error: &dyn fmt::Display| format!("cannot save {object} in {}: {error}", self.url);
        let mut from = tokio::fs::File::open(file).await.map_err(|error| failed(&error))?;
        let mut to = BufWriter::new(Arc::clone(&self.store), object.clone());
        let written = async {
            tokio::io::copy(&mut from, &mut to).await?;
            to.shutdown().await
        };
        written.await.map_err(|error| failed(&error))
    }
}
