//! Servers that close idle connections.

use std::time::Duration;

use runcomfy_models::Client;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

async fn read_request(stream: &mut TcpStream) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    let (_, rest) = head.split_once("content-length: ").unwrap();
    let mut body = vec![0; rest.split_once('\r').unwrap().0.parse().unwrap()];
    stream.read_exact(&mut body).await.unwrap();
}

/// The first call on each connection is answered. The server closes the connection before it receives a
/// second one that is on its way.
async fn serve(listener: TcpListener) {
    let mut idle = Vec::new();
    for number in 1.. {
        let (mut stream, _) = listener.accept().await.unwrap();
        read_request(&mut stream).await;
        let body = format!(r#"{{"request_id": "r{number}"}}"#);
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        stream.write_all((head + &body).as_bytes()).await.unwrap();
        idle.push(tokio::spawn(async move {
            let _ = stream.read_u8().await;
        }));
    }
}

/// The outcome would be unknown, although nothing was received.
#[tokio::test]
async fn submission_does_not_use_a_connection_that_was_idle() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(serve(listener));
    let client = Client::builder().base_url(base).token("token").build().unwrap();
    for number in 1..=3 {
        let job = client.submit_json("acme/dream", &json!({})).await.unwrap();
        assert_eq!(job.request_id(), &*format!("r{number}"));
        // Some servers wait only two seconds.
        tokio::time::pause();
        tokio::time::advance(Duration::from_millis(1500)).await;
        tokio::time::resume();
    }
}
