//! A soak that is bounded; `cargo xtask soak` runs longer ones.

use std::time::Duration;

use runcomfy_soak::parent::{self, Soak};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_accepted_job_is_known_or_reported_as_unknown() {
    let soak = Soak {
        program: env!("CARGO_BIN_EXE_soak").into(),
        seed: 20_261_121,
        calls: 2_000,
        workers: 4,
        kills: 12,
        outages: 6,
        longest: Duration::from_secs(240),
    };
    let verdict = parent::run(&soak).await.unwrap();
    println!("{verdict}");
    assert!(verdict.broken.is_empty(), "{verdict}");
    // That it was hard enough to mean something.
    assert!(verdict.faults > 1_000 && verdict.kills == 12 && verdict.outages == 6, "{verdict}");
    assert!(verdict.resumed > 0 && verdict.unknown > 0 && verdict.done > 1_000, "{verdict}");
    // 32 jobs at once, the journal, and what a runtime has open.
    assert!(verdict.descriptors < 100 && verdict.growth < 4 * 1024, "{verdict}");
    // Elsewhere a worker cannot count them.
    assert!(verdict.descriptors > 0 || cfg!(not(target_os = "linux")), "{verdict}");
}

#[test]
fn help_is_all_that_happens() {
    for arguments in [&["--help"][..], &["-h"], &["--calls", "1", "--help"], &["worker", "--help"]]
    {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_soak"));
        let output = command.args(arguments).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {text}");
        assert_eq!(text, include_str!("../help.txt"), "{arguments:?}");
    }
}

#[test]
fn options_of_the_help_are_known() {
    let (calls, batch) = include_str!("../help.txt").split_once("Options of `batch`").unwrap();
    for (command, help) in [(&[][..], calls), (&["batch"], batch)] {
        let options = help.lines().filter_map(|line| line.trim().split(' ').next());
        let options: Vec<_> = options.filter(|word| word.starts_with("--")).collect();
        assert!(options.contains(&"--seed") && options.contains(&"--longest"), "{options:?}");
        for option in options {
            // No value of any option, so nothing runs.
            let mut soak = std::process::Command::new(env!("CARGO_BIN_EXE_soak"));
            let output = soak.args(command).args([option, "nothing"]).output().unwrap();
            let text = String::from_utf8(output.stderr).unwrap();
            assert!(!output.status.success(), "{option}");
            assert!(!text.contains("invalid option"), "{option}: {text}");
        }
    }
}
