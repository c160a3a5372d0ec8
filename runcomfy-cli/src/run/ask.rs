//! Questions to the person at the terminal.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use tokio::sync::oneshot;

/// Whether a person can be asked.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question whose answer is no unless the person says yes.
pub(crate) async fn yes(question: &str) -> bool {
    let _ = write!(io::stderr(), "{question} [y/N] ");
    let _ = io::stderr().flush();
    let (sender, answer) = oneshot::channel();
    // A thread of the runtime would keep the process from ending while it reads.
    std::thread::spawn(move || {
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        let _ = sender.send(read.is_ok().then_some(line));
    });
    let line = answer.await.ok().flatten().unwrap_or_default();
    is_yes(&line)
}

fn is_yes(line: &str) -> bool {
    ["y", "yes"].contains(&&*line.trim().to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_yes_is_yes() {
        for (line, yes) in [
            ("y\n", true),
            ("Yes\r\n", true),
            ("", false),
            ("\n", false),
            ("no\n", false),
            ("yep", false),
        ] {
            assert_eq!(is_yes(line), yes, "{line:?}");
        }
    }
}
