//! The journal of a batch: what the client says of a submission becomes the state of the job.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use runcomfy_client::RequestId;
use runcomfy_journal::{Begin, Journal, JournalEntry, JournalError, Submission, Unfinished};
use tokio::sync::OwnedMutexGuard;
use tokio::sync::mpsc as channel;

use crate::error::Error;
use crate::store::{Batch, Beginning, NotNow};

/// The journal of one job of a batch, in the database of the batch. Its client records the submission there
/// before it is sent, together with the limits of all workers, and its outcome afterwards.
///
/// A worker makes one for each job. The end of a job is not recorded here, because it ends only when its files are
/// saved.
#[derive(Clone)]
pub(crate) struct SqlJournal {
    writer: Writer,
    number: u64,
    worker: Arc<str>,
    /// Held until the submission begins: the jobs of a worker begin one by one.
    turn: Arc<Mutex<Option<OwnedMutexGuard<()>>>>,
    /// The submission that began last.
    submission: Arc<Mutex<Option<String>>>,
    /// Whether the database knows that the submission was accepted.
    knows_accepted: Arc<AtomicBool>,
}

impl SqlJournal {
    pub(crate) fn new(
        writer: Writer,
        number: u64,
        worker: Arc<str>,
        turn: OwnedMutexGuard<()>,
    ) -> Self {
        let turn = Arc::new(Mutex::new(Some(turn)));
        let (submission, knows_accepted) = (Arc::default(), Arc::default());
        Self { writer, number, worker, turn, submission, knows_accepted }
    }

    /// The turn to begin, if the submission did not begin. Dropping it lets the next job begin.
    pub(crate) fn take_turn(&self) -> Option<OwnedMutexGuard<()>> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether the database knows that the submission was accepted.
    pub(crate) fn knows_accepted(&self) -> bool {
        self.knows_accepted.load(Ordering::Acquire)
    }

    /// The id of the submission, if the client got so far.
    pub(crate) fn submission(&self) -> Option<String> {
        self.submission.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for SqlJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqlJournal")
            .field("number", &self.number)
            .field("worker", &self.worker)
            .finish_non_exhaustive()
    }
}

impl Journal for SqlJournal {
    fn begin(&self, submission: &Submission) -> Result<Begin, JournalError> {
        let (number, worker) = (self.number, Arc::clone(&self.worker));
        let id = submission.id.clone();
        *self.submission.lock().unwrap_or_else(PoisonError::into_inner) = Some(id.clone());
        let begun = self
            .writer
            .write(move |batch| async move { batch.begin(number, &id, &worker).await })?;
        if let Beginning::NotNow(reason) = begun {
            return Err(JournalError::new(reason));
        }
        drop(self.take_turn());
        Ok(Begin::Recorded)
    }

    fn record(&self, entry: &JournalEntry) -> Result<(), JournalError> {
        let number = self.number;
        match entry.clone() {
            JournalEntry::Accepted { submission, request_id } => {
                self.writer.write(move |batch| async move {
                    batch.accepted(number, &submission, &request_id).await
                })?;
                self.knows_accepted.store(true, Ordering::Release);
                Ok(())
            }
            JournalEntry::NotAccepted { submission, reason } => {
                self.writer.write(move |batch| async move {
                    batch.not_accepted(number, &submission, &reason).await
                })
            }
            JournalEntry::Unknown { submission, reason } => {
                self.writer.write(move |batch| async move {
                    batch.unknown(number, &submission, &reason).await
                })
            }
            // `begin` records the beginning, and the worker the end.
            _ => Ok(()),
        }
    }

    /// Always empty: only [`Client::resume`](runcomfy_client::Client::resume) asks for it, and a worker never calls
    /// that. It finds unfinished jobs in the database, whoever began them.
    fn unfinished(&self) -> Result<Unfinished, JournalError> {
        Ok(Unfinished::default())
    }
}

/// Writes into the database from threads that cannot `await`. It has a thread with a
/// runtime and a connection of its own.
#[derive(Clone, Debug)]
pub(crate) struct Writer {
    work: channel::UnboundedSender<Work>,
}

type Work = Box<dyn FnOnce(Batch) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

impl Writer {
    /// # Errors
    /// If the system gives no thread.
    pub(crate) fn start(batch: Batch) -> std::io::Result<Self> {
        let (work, mut queue) = channel::unbounded_channel::<Work>();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        thread::Builder::new().name("runcomfy-journal".to_owned()).spawn(move || {
            runtime.block_on(async {
                let batch = batch.reconnected();
                while let Some(work) = queue.recv().await {
                    work(batch.clone()).await;
                }
            });
        })?;
        Ok(Self { work })
    }

    /// Runs a call on the thread, and waits for it.
    fn write<T, F>(&self, call: impl FnOnce(Batch) -> F + Send + 'static) -> Result<T, JournalError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (done, answer): (Sender<Result<T, Error>>, _) = mpsc::channel();
        let work: Work = Box::new(move |batch| {
            Box::pin(async move {
                // If nobody waits any more, the database knows it all the same.
                let _ = done.send(call(batch).await);
            })
        });
        let gone = |_| JournalError::new("the thread that writes into the database has ended");
        self.work.send(work).map_err(|_| gone(mpsc::RecvError))?;
        answer.recv().map_err(gone)?.map_err(JournalError::new)
    }
}

/// Why a submission could not begin now, if that is why the client did not send it.
pub(crate) fn not_now(error: &JournalError) -> Option<&NotNow> {
    std::error::Error::source(error)?.downcast_ref()
}

/// The id of a job whose acceptance was broken off, if it is known.
pub(crate) fn known_id(error: &runcomfy_client::Error) -> Option<&RequestId> {
    match error {
        runcomfy_client::Error::SubmitUnknown { request_id, .. } => request_id.as_ref(),
        _ => None,
    }
}
