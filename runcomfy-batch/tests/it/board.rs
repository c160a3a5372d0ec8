//! The web page of the queue.

use std::net::SocketAddr;

use runcomfy_batch::{Board, State};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{jobs, run, sandbox, states, stores};

async fn get(address: SocketAddr, host: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let call = format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
    stream.write_all(call.as_bytes()).await.unwrap();
    let mut response = Vec::new();
    stream.read_to_end(&mut response).await.unwrap();
    String::from_utf8_lossy(&response).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn board_shows_the_queue_to_those_who_call_it_by_its_own_name() {
    for stored in stores().await {
        let sandbox = sandbox().await;
        let batch = stored.batch().await;
        batch.add(jobs(3)).await.unwrap();
        run(&batch, &sandbox).await;
        assert_eq!(states(&batch).await, [State::Done; 3]);

        let board = Board::bind(&batch, "127.0.0.1:0".parse().unwrap()).await.unwrap();
        let address = board.address();
        let serving = tokio::spawn(board.serve());
        let own = address.to_string();
        let page = get(address, &own, "/").await;
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("<html"), "{page}");
        let queues = get(address, &own, "/api/v1/queues").await;
        assert!(queues.contains("runcomfy:test"), "{queues}");
        let tasks =
            get(address, "localhost:1", "/api/v1/queues/runcomfy:test/tasks?status=Done").await;
        assert!(tasks.starts_with("HTTP/1.1 200"), "{tasks}");
        for host in ["evil.example", "127.0.0.1.evil.example", "", "10.0.0.1"] {
            let refused = get(address, host, "/api/v1/queues").await;
            assert!(refused.starts_with("HTTP/1.1 403"), "{host}: {refused}");
        }
        serving.abort();
    }
}
