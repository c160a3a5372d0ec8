//! `cargo xtask bench`: runs the benchmarks, which have their own workspace because of the other
//! crates that they measure.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::Result;

/// The lines around the table in `docs/performance.md`.
const START: &str = "<!-- table: begin -->\n";
const END: &str = "<!-- table: end -->";

const PARTS: [&str; 5] = ["crates", "codegen", "runtime", "apps", "jobs"];

/// Runs the benchmarks. If all parts were measured, writes the table into `docs/performance.md`.
pub(crate) fn run(arguments: &mut lexopt::Parser, root: &Path) -> Result<()> {
    let options = options(arguments)?;
    let table = measure(root, &options)?;
    print!("{table}");
    if options.is_empty() {
        let path = root.join("docs/performance.md");
        let text = std::fs::read_to_string(&path)?;
        let text = with_table(&text, &table).ok_or_else(|| {
            let lines = format!("{}` and `{END}", START.trim());
            format!("{} lacks the lines `{lines}` around the table; add them", path.display())
        })?;
        std::fs::write(&path, text)?;
        println!("\nwrote {}", path.display());
    }
    Ok(())
}

/// The options of the benchmark program.
fn options(arguments: &mut lexopt::Parser) -> Result<Vec<String>> {
    let mut options = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("quick") => options.push("--quick".to_owned()),
            lexopt::Arg::Value(part) => {
                let part = part.into_string().map_err(|part| format!("{part:?} is not a part"))?;
                if !PARTS.contains(&part.as_str()) {
                    return Err(format!("{part:?} is not one of: {}", PARTS.join(", ")).into());
                }
                options.push(part);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

/// Runs the benchmark program, and returns its table.
fn measure(root: &Path, options: &[String]) -> Result<String> {
    let manifest = root.join("bench/Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--release", "--quiet", "--manifest-path"]).arg(manifest).arg("--");
    let output = cargo.args(options).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the benchmarks failed; see their output above".into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

/// The text with the table between its lines.
fn with_table(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(START)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{START}\n{}\n\n{END}{after}", table.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_table_replaces_the_old_one() {
        let text = format!("# Title\n\n{START}old\n{END}\n\nmore\n");
        let new = with_table(&text, "| a |\n").unwrap();
        assert_eq!(new, format!("# Title\n\n{START}\n| a |\n\n{END}\n\nmore\n"));
        assert_eq!(with_table(&new, "| a |\n"), Some(new));
        assert_eq!(with_table("nothing", ""), None);
    }
}
