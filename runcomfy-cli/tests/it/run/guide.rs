//! The commands of the guide's page do what the page says.

use std::path::Path;
use std::process::Command;

use super::support::{PNG, Service, quick};

/// The commands in the page's blocks, each with what it writes.
fn commands(page: &str) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    let mut is_inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            is_inside = line == "```console";
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| is_inside) {
            commands.push((command.to_owned(), String::new()));
        } else if let Some((_, output)) = commands.last_mut().filter(|_| is_inside) {
            output.push_str(line);
            output.push('\n');
        }
    }
    commands
}

/// The text with the ids of this sandbox, which have a beginning of their own.
fn with_ids_of(text: &str, beginning: &str) -> String {
    text.replace("9c1f03d2", beginning)
}

#[test]
fn the_page_on_the_command_line_does_what_it_says() {
    assert!(check("command-line.md") > 8);
}

#[cfg(feature = "batch")]
#[test]
fn the_page_on_batches_does_what_it_says() {
    assert!(check("ten-thousand.md") > 8);
}

#[test]
fn the_guide_has_the_exit_codes_of_the_help() {
    let help = crate::support::rcf(Path::new("."), &["--help"]).stdout;
    let (_, codes) = help.split_once("Exit codes:\n").unwrap();
    let codes = codes.lines().map(|line| line.trim_start().split_once(' ').unwrap());
    let codes: Vec<_> = codes.map(|(code, meaning)| (code, meaning.trim_start())).collect();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/src/command-line.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, table) =
        page.split_once("| exit code | meaning | what to do |\n| --- | --- | --- |\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let rows = rows.map(|row| row.split('|').map(str::trim).collect::<Vec<_>>());
    let rows: Vec<_> = rows.map(|row| (row[1].to_owned(), row[2].to_owned())).collect();
    assert!(codes.len() > 9, "{codes:?}");
    assert_eq!(
        rows,
        codes.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>()
    );
}

/// Runs the commands of a page, and returns their number.
fn check(page: &str) -> usize {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/src").join(page);
    let page = std::fs::read_to_string(page).unwrap();
    let service = Service::of(quick().price_usd(0.28));
    service.write("a.png", PNG);
    let program = Path::new(env!("CARGO_BIN_EXE_rcf")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap();
    let path =
        std::env::join_paths(std::iter::once(program).chain(std::env::split_paths(&path))).unwrap();
    let mut beginning = String::new();
    let mut count = 0;
    for (command, expected) in commands(&page) {
        // A file that is shown is there.
        if let Some(name) = command.strip_prefix("cat ") {
            service.write(name, &expected);
        }
        let rcf = service.command(&[]);
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{{ {}; }} 2>&1", with_ids_of(&command, &beginning))]);
        shell.current_dir(service.path()).env("PATH", &path).stdin(std::process::Stdio::null());
        for (name, value) in rcf.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let output = String::from_utf8(shell.output().unwrap().stdout).unwrap();
        if beginning.is_empty() {
            let id = &service.sandbox.accepted_jobs()[0].request_id;
            beginning = id.split('-').next().unwrap().to_owned();
        }
        assert_eq!(output, with_ids_of(&expected, &beginning), "{command}");
        count += 1;
    }
    count
}
