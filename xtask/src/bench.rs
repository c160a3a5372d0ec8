//! The benchmarks: they have a workspace of their own, for the peers' sake.

use std::path::Path;
use std::process::Command;

use crate::Result;

/// Around the table in `docs/performance.md`.
const START: &str = "<!-- table: begin -->\n";
const END: &str = "<!-- table: end -->";

const PARTS: [&str; 5] = ["crates", "codegen", "runtime", "apps", "jobs"];

/// Runs the benchmarks; keeps the table where all of it was measured.
pub(crate) fn run(root: &Path, arguments: &mut lexopt::Parser) -> Result<()> {
    let mut parts = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Long("quick") => parts.push("--quick".to_owned()),
            lexopt::Arg::Value(part) => {
                let part = part.into_string().map_err(|_| "a part is not UTF-8")?;
                if !PARTS.contains(&part.as_str()) {
                    return Err(format!("{part:?} is none of {}", PARTS.join(", ")).into());
                }
                parts.push(part);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    let manifest = root.join("bench/Cargo.toml");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["run", "--release", "--quiet", "--manifest-path"]).arg(manifest).arg("--");
    let output = cargo.args(&parts).stderr(std::process::Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err("the benchmarks failed".into());
    }
    let table = String::from_utf8(output.stdout)?;
    print!("{table}");
    if parts.is_empty() {
        let path = root.join("docs/performance.md");
        let text = std::fs::read_to_string(&path)?;
        std::fs::write(
            &path,
            with_table(&text, &table).ok_or("docs/performance.md has no place for the table")?,
        )?;
        println!("\nwrote {}", path.display());
    }
    Ok(())
}

fn with_table(text: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(START)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{START}\n{}\n\n{END}{after}", table.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_takes_the_place_of_the_old_one() {
        let text = format!("# Title\n\n{START}old\n{END}\n\nmore\n");
        let new = with_table(&text, "| a |\n").unwrap();
        assert_eq!(new, format!("# Title\n\n{START}\n| a |\n\n{END}\n\nmore\n"));
        assert_eq!(with_table(&new, "| a |\n"), Some(new));
        assert_eq!(with_table("nothing", ""), None);
    }
}
