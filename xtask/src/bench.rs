//! `cargo xtask bench`: runs the benchmarks, which have their own workspace because of the other
//! crates that they measure.

use std::path::Path;
use std::process::{Command, Stdio};

use clap::ValueEnum as _;

use crate::Result;

/// The lines around the table in `docs/performance.md`.
const START: &str = "<!-- table: begin -->\n";
const END: &str = "<!-- table: end -->";

/// A part of the benchmarks. The benchmark program knows them by the same names.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Part {
    Crates,
    Codegen,
    Macros,
    Runtime,
    Apps,
    Jobs,
    Batch,
}

/// Measures costs beside those of other crates
///
/// Without a part and `--quick`, measures all parts, and writes the table into docs/performance.md.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The parts to measure
    parts: Vec<Part>,
    /// Takes fewer rounds
    #[arg(long)]
    quick: bool,
}

/// Runs the benchmarks. If all parts were measured, writes the table into `docs/performance.md`.
pub(crate) fn run(args: &Args, root: &Path) -> Result<()> {
    let options = options(args);
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
fn options(args: &Args) -> Vec<String> {
    let values = args.parts.iter().filter_map(Part::to_possible_value);
    let names = values.map(|value| value.get_name().to_owned());
    names.chain(args.quick.then(|| "--quick".to_owned())).collect()
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
    fn parts_keep_their_names() {
        let args = Args { parts: vec![Part::Codegen, Part::Apps], quick: true };
        assert_eq!(options(&args), ["codegen", "apps", "--quick"]);
    }

    #[test]
    fn a_new_table_replaces_the_old_one() {
        let text = format!("# Title\n\n{START}old\n{END}\n\nmore\n");
        let new = with_table(&text, "| a |\n").unwrap();
        assert_eq!(new, format!("# Title\n\n{START}\n| a |\n\n{END}\n\nmore\n"));
        assert_eq!(with_table(&new, "| a |\n"), Some(new));
        assert_eq!(with_table("nothing", ""), None);
    }
}
