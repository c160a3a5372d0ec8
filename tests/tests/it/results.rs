//! Results whose parts contradict each other.

use runcomfy_models::{Error, FileJournal, Journal};
use runcomfy_sandbox::{Call, Reply};

use crate::end_to_end::input;
use crate::simulated::simulated;

#[tokio::test]
async fn error_beside_an_empty_output_is_a_failure() {
    let (sandbox, client, _) = simulated().await;
    let folder = tempfile::tempdir().unwrap();
    let journal = FileJournal::open(folder.path().join("jobs.journal")).unwrap();
    let client = client.with_journal(journal.clone());
    for output in [
        r#", "output": {}"#,
        r#", "output": []"#,
        r#", "output": "  ""#,
        r#", "output": null"#,
        r#", "output": false"#,
        r#", "output": {"images": [], "video": null}"#,
        "",
    ] {
        for error in [
            r#""error": "CUDA out of memory""#,
            r#""error": {"message": "CUDA out of memory"}"#,
            r#""error": null, "error_message": "CUDA out of memory""#,
        ] {
            let job = client.submit(&input()).await.unwrap();
            let body = format!(r#"{{"status": "completed", {error}{output}}}"#);
            sandbox.reply_next(Call::Result, Reply::new(200, &*body));
            let failed = job.wait().await.unwrap_err();
            let Error::Failed { message, .. } = &failed else { panic!("{body}: {failed:?}") };
            assert_eq!(message, "CUDA out of memory", "{body}");
            let unfinished = journal.unfinished().unwrap().jobs;
            let has_ended = unfinished.iter().all(|open| open.request_id != *job.request_id());
            assert!(has_ended, "{body}");
        }
        // Without an error, an empty output stays what it is.
        for none in [r#""error": null"#, r#""error": """#, r#""error": false"#, r#""error": {}"#] {
            let job = client.submit(&input()).await.unwrap();
            let body = format!(r#"{{"status": "completed", "message": "done", {none}{output}}}"#);
            sandbox.reply_next(Call::Result, Reply::new(200, &*body));
            let result = job.result().await;
            let has_output = !output.is_empty() && !output.ends_with(r#""output": null"#);
            assert_eq!(result.is_ok(), has_output, "{body}: {result:?}");
            assert!(!matches!(result, Err(Error::Failed { .. })), "{body}");
        }
    }
    // An output counts more than a warning.
    let job = client.submit(&input()).await.unwrap();
    let body =
        r#"{"status": "completed", "error": "slow", "output": "https://x.runcomfy.net/v.mp4"}"#;
    sandbox.reply_next(Call::Result, Reply::new(200, body));
    assert!(job.wait().await.is_ok());
}

#[tokio::test]
async fn empty_model_id_is_no_other_model() {
    let (sandbox, client, _) = simulated().await;
    let job = client.submit(&input()).await.unwrap();
    let body =
        r#"{"model_id": "", "status": "completed", "output": "https://x.runcomfy.net/v.mp4"}"#;
    sandbox.reply_next(Call::Result, Reply::new(200, body));
    assert!(job.result().await.is_ok());
}
