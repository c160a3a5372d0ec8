//! What the client takes from its environment: the token, the base URL, proxies. Each test runs this
//! binary once more, with variables of its own.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use runcomfy_models::{Client, Error};

use crate::end_to_end::input;
use crate::secrets::shown;

/// Says that this process is a child, and is to submit a job.
const CHILD: &str = "RUNCOMFY_TEST_CHILD";

/// The program whose environment is tested: it submits a job, and prints what comes of it.
#[test]
#[ignore = "run by the other tests, as a process of its own"]
fn child() {
    if std::env::var_os(CHILD).is_none() {
        return;
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let outcome = runtime.block_on(async {
        let client = Client::builder_from_env()?.attempts(1).build()?;
        client.submit(&input()).await
    });
    match outcome {
        Ok(job) => println!("accepted: {}", job.request_id()),
        Err(error) => println!("{}", shown(&error)),
    }
}

/// A program whose `main` returns the error.
#[test]
#[ignore = "run by the other tests, as a process of its own"]
fn main_with_question_mark() -> Result<(), Error> {
    if std::env::var_os(CHILD).is_some() {
        Client::from_env()?;
    }
    Ok(())
}

/// What that program prints with these variables, and no others.
fn main_with(variables: &[(&str, &str)]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["environment::main_with_question_mark", "--exact", "--ignored", "--nocapture"])
        .env_clear()
        .env(CHILD, "1")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn error_returned_from_main_reads_as_advice() {
    let text = main_with(&[("HOME", "/no/home")]);
    assert!(text.contains("Error: no API token: set RUNCOMFY_API_TOKEN "), "{text}");
    let base = ("RUNCOMFY_MODEL_API_BASE", "localhost:8188");
    let text = main_with(&[TOKEN, base]);
    let error = r#"Error: the base URL "localhost:8188" (from RUNCOMFY_MODEL_API_BASE) has no scheme; use http://localhost:8188/v1"#;
    assert!(text.contains(error), "{text}");
    let text = main_with(&[("RUNCOMFY_API_TOKEN_FILE", "/no/such/token")]);
    let error = "Error: cannot take the API token from /no/such/token: No such file or directory";
    assert!(text.contains(error), "{text}");
}

/// The output of a program that submits a job with these variables, and no others.
fn submit_with(variables: &[(&str, &str)]) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["environment::child", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
        .env_clear()
        .env(CHILD, "1")
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    text
}

/// How long a server may take to notice what the program did before it ended.
const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a server that calls `serve` with its first connection. Returns its port, and what `serve` returns.
fn serve<T: Send + 'static>(
    serve: impl FnOnce(TcpStream) -> T + Send + 'static,
) -> (u16, Receiver<T>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        sender.send(serve(stream)).unwrap();
    });
    (port, receiver)
}

fn read<const N: usize>(stream: &mut TcpStream) -> [u8; N] {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.extend(read::<1>(stream));
    }
    String::from_utf8(head).unwrap()
}

/// The first message of a TLS connection, which has the name of the host in it.
fn read_client_hello(stream: &mut TcpStream) -> String {
    let [kind, _, _, high, low] = read(stream);
    assert_eq!(kind, 22, "a TLS handshake");
    let mut message = vec![0; usize::from(u16::from_be_bytes([high, low]))];
    stream.read_exact(&mut message).unwrap();
    let _ = stream.shutdown(Shutdown::Both);
    String::from_utf8_lossy(&message).into_owned()
}

/// Plays a SOCKS5 proxy; gives the user with the password, where and to whom the connection goes.
fn socks(mut stream: TcpStream) -> (String, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let counted = |stream: &mut TcpStream| {
        let [len] = read(stream);
        let mut bytes = vec![0; len.into()];
        stream.read_exact(&mut bytes).unwrap();
        bytes
    };
    let [5] = read(&mut stream) else { panic!("no SOCKS5") };
    let methods = counted(&mut stream);
    let mut user = String::new();
    if methods.contains(&2) {
        stream.write_all(&[5, 2]).unwrap();
        let [1] = read(&mut stream) else { panic!("another way to log in") };
        user = format!("{}:", text(counted(&mut stream)));
        user += &text(counted(&mut stream));
        stream.write_all(&[1, 0]).unwrap();
    } else {
        stream.write_all(&[5, 0]).unwrap();
    }
    let [5, 1, 0, kind] = read(&mut stream) else { panic!("no connection asked for") };
    let host = match kind {
        1 => std::net::Ipv4Addr::from(read::<4>(&mut stream)).to_string(),
        3 => text(counted(&mut stream)),
        other => panic!("an address of kind {other}"),
    };
    let port = u16::from_be_bytes(read(&mut stream));
    stream.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).unwrap();
    (user, format!("{host}:{port}"), read_client_hello(&mut stream))
}

const TOKEN: (&str, &str) = ("RUNCOMFY_API_TOKEN", "t0p-sekrit-token");

#[test]
fn socks_proxies_are_used() {
    let host = "model-api.runcomfy.net";
    let (port, seen) = serve(socks);
    let proxy = format!("socks5h://127.0.0.1:{port}");
    let text = submit_with(&[TOKEN, ("ALL_PROXY", &proxy)]);
    let (user, to, hello) = seen.recv_timeout(PATIENCE).unwrap();
    assert_eq!((&*user, &*to), ("", "model-api.runcomfy.net:443"), "{text}");
    assert!(hello.contains(host));
    assert!(text.contains("nothing was accepted"), "{text}");
    // With a password, and an address that this machine is to find out itself.
    let (port, seen) = serve(socks);
    let proxy = format!("socks5://me:pa%2Fss@127.0.0.1:{port}");
    let base = ("RUNCOMFY_MODEL_API_BASE", "https://192.0.2.7:8443/v1");
    let text = submit_with(&[TOKEN, base, ("https_proxy", &proxy)]);
    let (user, to, _) = seen.recv_timeout(PATIENCE).unwrap();
    assert_eq!((&*user, &*to), ("me:pa/ss", "192.0.2.7:8443"), "{text}");
    assert!(text.contains("https_proxy") && !text.contains("pa/ss"), "{text}");
    assert!(!text.contains("pa%2Fss") && !text.contains(TOKEN.1), "{text}");
}

#[test]
fn http_proxies_are_used_and_named_when_they_fail() {
    let (port, seen) = serve(|mut stream| {
        let head = read_head(&mut stream);
        stream.write_all(b"HTTP/1.1 200 Fine\r\n\r\n").unwrap();
        (head, read_client_hello(&mut stream))
    });
    let proxy = format!("http://me:sekrit-pass@127.0.0.1:{port}");
    submit_with(&[TOKEN, ("HTTPS_PROXY", &proxy), ("ALL_PROXY", "http://127.0.0.1:1")]);
    let (head, hello) = seen.recv_timeout(PATIENCE).unwrap();
    assert!(head.starts_with("CONNECT model-api.runcomfy.net:443 HTTP/1.1\r\n"), "{head}");
    assert!(head.to_lowercase().contains("proxy-authorization: basic "), "{head}");
    assert!(hello.contains("model-api.runcomfy.net") && !head.contains(TOKEN.1));
    // One that refuses, and one that is not there.
    let (port, _seen) = serve(|mut stream| {
        read_head(&mut stream);
        stream.write_all(b"HTTP/1.1 407 No\r\ncontent-length: 0\r\n\r\n").unwrap();
    });
    for address in [format!("127.0.0.1:{port}"), "127.0.0.1:1".to_owned()] {
        let proxy = format!("http://me:sekrit-pass@{address}");
        let text = submit_with(&[TOKEN, ("HTTPS_PROXY", &proxy)]);
        assert!(text.contains("nothing was accepted"), "{text}");
        assert!(text.contains("HTTPS_PROXY") && text.contains(&address), "{text}");
        assert!(!text.contains("sekrit"), "{text}");
    }
}

#[test]
fn unusable_proxy_is_reported() {
    let text = submit_with(&[TOKEN, ("ALL_PROXY", "ftp://me:sekrit@127.0.0.1:21")]);
    for part in ["ALL_PROXY", "ftp://127.0.0.1:21", "socks5h://", "NO_PROXY"] {
        assert!(text.contains(part), "{text}");
    }
    assert!(!text.contains("sekrit"), "{text}");
}

#[test]
fn the_token_comes_from_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    std::fs::write(&file, "from-a-file\r\n").unwrap();
    let file = file.to_str().unwrap();
    for (variable, value, token) in [
        ("RUNCOMFY_API_TOKEN", "one", "one"),
        ("RUNCOMFY_TOKEN", "two", "two"),
        ("RUNCOMFY_API_KEY", "three\n", "three"),
        ("RUNCOMFY_API_TOKEN_FILE", file, "from-a-file"),
    ] {
        let (port, seen) = serve(|mut stream| {
            let head = read_head(&mut stream);
            // Unread bytes would reset the connection, and the answer would be lost.
            let (_, len) = head.split_once("content-length: ").unwrap();
            let mut body = vec![0; len.split_once('\r').unwrap().0.parse().unwrap()];
            stream.read_exact(&mut body).unwrap();
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{\"request_id\": \"r1\"}";
            stream.write_all(answer.as_bytes()).unwrap();
            head
        });
        let base = format!("http://127.0.0.1:{port}/v1");
        // A proxy is for other machines.
        let proxy = ("ALL_PROXY", "http://127.0.0.1:1");
        let text = submit_with(&[(variable, value), ("RUNCOMFY_MODEL_API_BASE", &base), proxy]);
        let head = seen.recv_timeout(PATIENCE).unwrap();
        assert!(head.contains(&format!("authorization: Bearer {token}\r\n")), "{head}");
        assert!(text.contains("accepted: r1"), "{text}");
    }
    let text = submit_with(&[("HOME", "/no/home")]);
    for part in ["RUNCOMFY_API_TOKEN", "RUNCOMFY_API_KEY", "/no/home/.config/runcomfy/token.json"] {
        assert!(text.contains(part), "{text}");
    }
}
