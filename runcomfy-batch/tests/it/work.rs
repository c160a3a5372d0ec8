//! A worker brings jobs to their ends.

use runcomfy_batch::{Outcome, State, Worker};
use runcomfy_client::CancellationToken;

use crate::support::{client, jobs, options, sandbox, stores};

#[tokio::test(flavor = "multi_thread")]
async fn every_job_is_submitted_once_and_its_file_saved() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        let added = batch.add(jobs(20)).await.unwrap();
        assert_eq!((added.added, added.known), (20, 0));

        let folder = stored.folder.path().join("videos");
        let save = options().save(&folder, |job, _, _| format!("a/{:03}", job.number).into());
        let worker = Worker::new(batch.clone(), client(&sandbox), save);
        let outcome = worker.run(CancellationToken::new(), |_| {}).await.unwrap();

        assert_eq!(outcome, Outcome::Ended);
        assert_eq!(sandbox.accepted(), 20);
        let status = batch.status().await.unwrap();
        assert_eq!(status.count(State::Done), 20, "{status:?}");
        for job in batch.jobs(0, 100).await.unwrap() {
            assert_eq!(job.files.len(), 1, "{job:?}");
            assert_eq!(job.files[0].path, format!("a/{:03}.mp4", job.number));
            assert!(folder.join(&job.files[0].path).metadata().unwrap().len() > 0);
        }
        // The same list again is the same jobs.
        assert_eq!(batch.add(jobs(21)).await.unwrap().added, 1);
    }
}
