//! Files of a request, read from asynchronous sources.

use std::future::{Future, poll_fn};
use std::pin::Pin;

use runcomfy_types::media_encoder::MediaEncoder;
use runcomfy_types::{Media, MediaError};
use tokio::io::{AsyncRead, ReadBuf};

/// Reads a [`Media`] from an asynchronous source, such as a file, an upload or a response.
///
/// ```no_run
/// # extern crate runcomfy_client as runcomfy_models;
/// use runcomfy_models::{Media, ReadMedia};
///
/// # async fn example(upload: tokio::fs::File) -> Result<(), runcomfy_models::Error> {
/// let face = Media::read(upload).await?;
/// # let _ = face;
/// # Ok(())
/// # }
/// ```
pub trait ReadMedia: sealed::Sealed + Sized {
    /// Reads a source to its end. The content is sent inside the request; its first bytes tell its
    /// type.
    ///
    /// No more is read than a request may hold. If the future is dropped, what was read is lost.
    ///
    /// # Errors
    /// If the source fails, or its content is empty, too large for a request, or of an unknown type.
    fn read(
        source: impl AsyncRead + Unpin + Send,
    ) -> impl Future<Output = Result<Self, MediaError>> + Send;

    /// Reads a source as by [`read`](Self::read), whose first bytes do not tell its type: that is given as a
    /// MIME type.
    ///
    /// # Errors
    /// Those of [`read`](Self::read); and if `mime` is not the type of an image, a video or audio, or
    /// does not fit the content.
    fn read_as(
        source: impl AsyncRead + Unpin + Send,
        mime: impl AsRef<str> + Send,
    ) -> impl Future<Output = Result<Self, MediaError>> + Send;
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for runcomfy_types::Media {}
}

impl ReadMedia for Media {
    async fn read(source: impl AsyncRead + Unpin + Send) -> Result<Self, MediaError> {
        encode(source, MediaEncoder::new()).await
    }

    async fn read_as(
        source: impl AsyncRead + Unpin + Send,
        mime: impl AsRef<str> + Send,
    ) -> Result<Self, MediaError> {
        encode(source, MediaEncoder::of_type(mime.as_ref())?).await
    }
}

async fn encode(
    mut source: impl AsyncRead + Unpin + Send,
    mut encoder: MediaEncoder,
) -> Result<Media, MediaError> {
    // Encoding one takes well below a millisecond.
    const PIECE_LEN: usize = 64 * 1024;
    let mut buffer = vec![0; PIECE_LEN];
    loop {
        let mut piece = ReadBuf::new(&mut buffer);
        poll_fn(|context| Pin::new(&mut source).poll_read(context, &mut piece))
            .await
            .map_err(MediaError::ReadContent)?;
        if piece.filled().is_empty() {
            return encoder.finish();
        }
        encoder.push(piece.filled())?;
        // A source that always has more must not keep other tasks from running.
        tokio::task::yield_now().await;
    }
}
