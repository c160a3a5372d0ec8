//! Problems of schemas, as text and as JSON.

use std::io::IsTerminal;

use runcomfy_codegen::{Problem, Severity};
use serde_json::{Value, json};

/// Problems as text for a stream, with an empty line after each.
pub(crate) fn to_text(problems: &[Problem], stream: &impl IsTerminal) -> String {
    problems.iter().map(|problem| problem.to_string_for(stream) + "\n\n").collect()
}

/// Problems as JSON.
pub(crate) fn to_json(problems: &[Problem]) -> Value {
    let of_one = |problem: &Problem| {
        let severity = match problem.severity() {
            Severity::Error => "error",
            _ => "warning",
        };
        json!({
            "severity": severity,
            "file": problem.file().display().to_string(),
            "line": problem.line(),
            "column": problem.column(),
            "pointer": problem.pointer(),
            "message": problem.message(),
            "help": problem.help(),
        })
    };
    problems.iter().map(of_one).collect()
}
