//! The changes of a job as a stream.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use futures_util::StreamExt;
use futures_util::stream;

use super::handle::JobHandle;
use super::options::WaitOptions;
use super::status::JobStatus;
use super::watch::Watch;
use crate::error::Error;

/// The changes of a job: every new state and queue position. A [`Stream`] that ends after a final
/// state, or after an error.
///
/// The service is asked only while the stream is polled. Dropping it does not cancel the job.
#[must_use = "no status is requested until it is polled"]
pub struct Updates {
    stream: Pin<Box<dyn Stream<Item = Result<JobStatus, Error>> + Send>>,
}

impl Updates {
    /// Of a job, or of the reason why it cannot be asked about.
    pub(super) fn new(job: Result<JobHandle, Error>, options: Arc<WaitOptions>) -> Self {
        enum Stage {
            Begin(Box<Result<JobHandle, Error>>, Arc<WaitOptions>),
            Go(Box<Watch>),
            End,
        }
        let stage = Stage::Begin(Box::new(job), options);
        let stream = stream::unfold(stage, |stage| async {
            let mut watch = match stage {
                Stage::Begin(job, options) => match *job {
                    Ok(job) => Box::new(Watch::new(job, options)),
                    Err(error) => return Some((Err(error), Stage::End)),
                },
                Stage::Go(watch) => watch,
                Stage::End => return None,
            };
            loop {
                match watch.poll().await {
                    Ok((status, _)) if status.state.is_final() => {
                        return Some((Ok(status), Stage::End));
                    }
                    Ok((status, true)) => return Some((Ok(status), Stage::Go(watch))),
                    Ok((_, false)) => {}
                    Err(error) => return Some((Err(error), Stage::End)),
                }
            }
        });
        Self { stream: Box::pin(stream.fuse()) }
    }

    /// The next state or position; `None` after the last. The same as `StreamExt::next`, for those
    /// who have no use for streams.
    pub async fn next(&mut self) -> Option<Result<JobStatus, Error>> {
        self.stream.next().await
    }
}

impl Stream for Updates {
    type Item = Result<JobStatus, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.stream.as_mut().poll_next(context)
    }
}

impl fmt::Debug for Updates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Updates").finish_non_exhaustive()
    }
}
