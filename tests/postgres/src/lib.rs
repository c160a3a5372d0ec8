//! A PostgreSQL server for tests: on a free port of the loopback address, with its data in a temporary
//! folder. Tests that run at the same time share one, and each has a database of its own.
//!
//! Where PostgreSQL is not installed, a test says so and passes. With the variable `POSTGRES` set, as in the
//! gate, it fails.

mod door;

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

pub use door::Door;

/// A database of a running server.
#[derive(Debug)]
pub struct Database {
    server: Arc<Server>,
    name: String,
}

impl Database {
    /// A new database; `None` if PostgreSQL is not installed.
    ///
    /// # Panics
    /// If it is installed, and does not start.
    #[must_use]
    pub fn new() -> Option<Self> {
        static SERVER: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        static NUMBER: AtomicU32 = AtomicU32::new(0);

        let Some(programs) = programs() else {
            assert!(std::env::var_os("POSTGRES").is_none(), "PostgreSQL is not installed");
            eprintln!("skipped: PostgreSQL is not installed (Debian's package is `postgresql`)");
            return None;
        };
        let mut shared = SERVER.lock().unwrap_or_else(PoisonError::into_inner);
        let server = shared.upgrade().unwrap_or_else(|| {
            let server = Arc::new(Server::start(&programs).expect("PostgreSQL starts"));
            *shared = Arc::downgrade(&server);
            server
        });
        drop(shared);
        let name = format!("test{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let created = server.client("createdb").arg(&name).output().expect("createdb starts");
        assert!(created.status.success(), "{}", String::from_utf8_lossy(&created.stderr));
        Some(Self { server, name })
    }

    /// Its URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/{}", self.server.port, self.name)
    }

    /// The port of the server.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.port
    }

    /// The same database by way of another port, such as that of a proxy.
    #[must_use]
    pub fn url_by(&self, port: u16) -> String {
        format!("postgres://postgres@127.0.0.1:{port}/{}", self.name)
    }
}

/// How soon to look again whether a server has begun or ended.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

#[derive(Debug)]
struct Server {
    process: Child,
    port: u16,
    programs: PathBuf,
    folder: TempDir,
}

impl Server {
    fn start(programs: &Path) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("postgres").tempdir()?;
        let owner = owner()?;
        if let Some((user, group)) = owner {
            chown(folder.path(), Some(user), Some(group))?;
        }
        let data = folder.path().join("data");
        let as_owner = |program: &str| {
            let mut command = Command::new(programs.join(program));
            if let Some((user, group)) = owner {
                command.uid(user).gid(group);
            }
            command.current_dir(folder.path());
            command
        };
        let made = as_owner("initdb")
            .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"])
            .args(["--locale=C", "--pgdata"])
            .arg(&data)
            .output()?;
        if !made.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&made.stderr).into_owned()));
        }
        // Another process may take the port in between; then the server does not start, and says so.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let log = fs::File::create(folder.path().join("log"))?;
        let process = as_owner("postgres")
            .args(["-D".as_ref(), data.as_os_str()])
            .args(["-p", &port.to_string(), "-h", "127.0.0.1"])
            .args(["-k".as_ref(), folder.path().as_os_str()])
            .args(["-c", "max_connections=200"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let mut server = Self { process, port, programs: programs.to_owned(), folder };
        let end = Instant::now() + Duration::from_secs(60);
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() || !is_ready(programs, port)
        {
            if server.process.try_wait()?.is_some() || Instant::now() > end {
                let log = fs::read_to_string(server.folder.path().join("log")).unwrap_or_default();
                return Err(io::Error::other(format!("it does not answer: {log}")));
            }
            thread::sleep(LOOK_AGAIN);
        }
        Ok(server)
    }

    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.args(["-h", "127.0.0.1", "-U", "postgres", "-p", &self.port.to_string()]);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        stop(&mut self.process, PATIENCE);
    }
}

/// How long the server may take to end in order. It writes its data, and on a full disk it cannot.
const PATIENCE: Duration = Duration::from_secs(10);

/// Ends a server: in order, or without order if that takes longer than this.
fn stop(process: &mut Child, patience: Duration) {
    // Another process may have the id of one that has ended.
    if !matches!(process.try_wait(), Ok(None)) {
        return;
    }
    // SIGINT ends its connections, too.
    let id = process.id().to_string();
    let _ = Command::new("kill").args(["-INT", &id]).status();
    let end = Instant::now() + patience;
    while let Ok(None) = process.try_wait() {
        if Instant::now() >= end {
            // Its other processes see that it is gone, and end.
            let _ = process.kill();
            let _ = process.wait();
            return;
        }
        thread::sleep(LOOK_AGAIN);
    }
}

fn is_ready(programs: &Path, port: u16) -> bool {
    let mut command = Command::new(programs.join("pg_isready"));
    command.args(["-q", "-h", "127.0.0.1", "-p", &port.to_string()]);
    command.status().is_ok_and(|status| status.success())
}

/// The folder of the server's programs. Debian keeps them off the search path.
fn programs() -> Option<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .collect();
    folders.sort();
    folders.reverse();
    folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    folders.into_iter().find(|folder| {
        ["initdb", "postgres", "createdb"].iter().all(|name| folder.join(name).is_file())
    })
}

/// The user and group that the server runs as; `None` for those of this process. It refuses to run as root.
fn owner() -> io::Result<Option<(u32, u32)>> {
    use std::os::unix::fs::MetadataExt as _;

    let probe = tempfile::tempdir()?;
    if fs::metadata(probe.path())?.uid() != 0 {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd")?;
    let ids = |name: &str| {
        let user = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut ids = user.split(':').skip(2).map(str::parse);
        Some((ids.next()?.ok()?, ids.next()?.ok()?))
    };
    let owner = ids("postgres").or_else(|| ids("nobody"));
    owner.map(Some).ok_or_else(|| io::Error::other("no user to run PostgreSQL as"))
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    const SIGINT: i32 = 2;
    const SIGKILL: i32 = 9;

    /// A shell ignores SIGINT for what it starts in the background, and so do the programs that this starts.
    /// PostgreSQL has a handler of its own.
    fn is_sigint_ignored() -> bool {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        ignored.is_some_and(|mask| mask >> (SIGINT - 1) & 1 == 1)
    }

    #[test]
    fn server_that_does_not_end_is_killed() {
        let mut cases = vec![
            // It does not hear SIGINT.
            ("trap '' INT; ", Duration::ZERO, SIGKILL),
        ];
        if !is_sigint_ignored() {
            cases.push(("", PATIENCE, SIGINT));
        }
        for (trap, patience, signal) in cases {
            let mut server = Command::new("sh")
                .args(["-c", &format!("{trap}echo ready; exec sleep 600")])
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut ready = [0; 6];
            server.stdout.take().unwrap().read_exact(&mut ready).unwrap();
            stop(&mut server, patience);
            assert_eq!(server.wait().unwrap().signal(), Some(signal));
        }
    }
}
