//! A server of a few lines, for answers that the sandbox does not give.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use runcomfy_models::time::TestClock;
use runcomfy_models::{Client, Completed};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::end_to_end::input;

pub(crate) const ID: &str = "req-1";
pub(crate) const TOKEN: &str = "t0p-sekrit-token";

/// An answer with a body of this type; without a type where it is empty.
#[derive(Clone)]
pub(crate) struct Response {
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn answer(content_type: &str, body: impl Into<Vec<u8>>) -> Response {
    Response { content_type: content_type.to_owned(), body: body.into() }
}

/// A server, and what it answers with HTTP 200 to which path.
pub(crate) struct Service {
    pub(crate) origin: String,
}

impl Service {
    /// `answers` is told the server's origin.
    pub(crate) async fn start(answers: impl FnOnce(&str) -> HashMap<String, Response>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let answers = Arc::new(answers(&origin));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answers)));
            }
        });
        Self { origin }
    }

    /// A service that has done a job with this output, and these files.
    pub(crate) async fn of_job(
        output: impl FnOnce(&str) -> Value,
        files: &[(&str, Response)],
    ) -> Self {
        Self::start(|origin| {
            let json = |value: Value| answer("application/json", value.to_string());
            let result = json!({"request_id": ID, "status": "completed", "output": output(origin)});
            let model = "/v1/models/community/fantasy-portrait/image-to-video";
            let calls = [
                (model.to_owned(), json(json!({"request_id": ID}))),
                (format!("/v1/requests/{ID}/result"), json(result)),
            ];
            let files = files.iter().map(|(path, answer)| ((*path).to_owned(), answer.clone()));
            files.chain(calls).collect()
        })
        .await
    }

    pub(crate) fn client(&self) -> Client {
        let client = Client::builder().base_url(format!("{}/v1", self.origin)).token(TOKEN);
        client.clock(TestClock::default()).attempts(2).build().unwrap()
    }

    /// The job's result.
    pub(crate) async fn done(&self) -> Completed {
        self.client().submit(&input()).await.unwrap().result().await.unwrap()
    }
}

/// A tag that another content does not have.
fn etag(body: &[u8]) -> String {
    let mut hasher = DefaultHasher::new();
    body.hash(&mut hasher);
    format!("\"{:x}\"", hasher.finish())
}

async fn serve(mut stream: TcpStream, answers: Arc<HashMap<String, Response>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    // Unread bytes would reset the connection, and the answer would be lost.
    if let Some((_, len)) = head.split_once("content-length: ") {
        let mut body = vec![0; len.split_once('\r').unwrap().0.parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
    }
    let target = head.split(' ').nth(1).unwrap();
    let path = target.split('?').next().unwrap();
    let answer = match answers.get(path) {
        Some(Response { content_type, body }) => {
            let content_type = match &**content_type {
                "" => String::new(),
                content_type => format!("content-type: {content_type}\r\n"),
            };
            // With an ETag, so that a broken download can be resumed.
            let head = format!(
                "HTTP/1.1 200 OK\r\netag: {}\r\n{content_type}content-length: {}",
                etag(body),
                body.len()
            );
            [format!("{head}\r\nconnection: close\r\n\r\n").as_bytes(), body].concat()
        }
        None => b"HTTP/1.1 404 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".to_vec(),
    };
    let _ = stream.write_all(&answer).await;
}

#[test]
fn contents_of_one_length_have_tags_of_their_own() {
    assert_ne!(etag(b"one"), etag(b"two"));
    assert_eq!(etag(b"one"), etag(b"one"));
}
