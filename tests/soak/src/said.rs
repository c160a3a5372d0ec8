//! What the workers printed, read line by line.

use std::collections::{BTreeMap, BTreeSet};

/// What the workers said.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// The jobs that a worker knew: the call of each, by its id.
    pub(crate) known: BTreeMap<String, usize>,
    /// The ids of the jobs that came to their end.
    pub(crate) done: BTreeSet<String>,
    /// Calls that were reported as of unknown outcome.
    pub(crate) unknown: BTreeSet<usize>,
    /// Calls that were surely not accepted.
    pub(crate) refused: BTreeSet<usize>,
    /// How many times a worker took up a job of one before it.
    pub(crate) resumed: usize,
    /// The most descriptors that a worker had open.
    pub(crate) descriptors: usize,
    /// The most that a worker grew, in KiB.
    pub(crate) growth: usize,
    /// Everything that must not be.
    pub(crate) broken: Vec<String>,
}

impl Said {
    pub(crate) fn read(lines: &[String]) -> Self {
        let mut said = Self::default();
        for line in lines {
            if said.read_line(line).is_none() {
                said.broken.push(format!("a worker said: {line}"));
            }
        }
        said
    }

    /// `None` if the line has another form than a worker's report: it is a complaint, then.
    fn read_line(&mut self, line: &str) -> Option<()> {
        let words: Vec<_> = line.split(' ').collect();
        match *words {
            ["known", call, id] => self.know(call, id)?,
            ["resumed", call, id] => {
                self.know(call, id)?;
                self.resumed += 1;
            }
            ["done", call, id] => {
                self.know(call, id)?;
                self.done.insert(id.to_owned());
            }
            ["unknown", call] => _ = self.unknown.insert(call.parse().ok()?),
            ["refused", call] => _ = self.refused.insert(call.parse().ok()?),
            ["resources", descriptors, growth] => {
                self.descriptors = self.descriptors.max(descriptors.parse().ok()?);
                self.growth = self.growth.max(growth.parse().ok()?);
            }
            _ => return None,
        }
        Some(())
    }

    fn know(&mut self, call: &str, id: &str) -> Option<()> {
        let call = call.parse().ok()?;
        if self.known.insert(id.to_owned(), call).is_some_and(|other| other != call) {
            self.broken.push(format!("job {id} is known as two calls"));
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Said {
        Said::read(&lines.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn lines_are_counted() {
        let lines = [
            "known 1 a",
            "done 1 a",
            "resumed 2 17",
            "unknown 3",
            "unknown 3",
            "refused 4",
            "resources 30 5",
            "resources 20 9",
        ];
        let said = read(&lines);
        assert_eq!(said.known, BTreeMap::from([("a".to_owned(), 1), ("17".to_owned(), 2)]));
        assert_eq!(said.done, BTreeSet::from(["a".to_owned()]));
        assert_eq!((said.unknown.len(), said.refused.len(), said.resumed), (1, 1, 1));
        assert_eq!((said.descriptors, said.growth), (30, 9));
        assert_eq!(said.broken, [""; 0]);
    }

    #[test]
    fn complaints_and_contradictions_are_broken_promises() {
        for line in ["overdue 5 900 ms", "stuck 5", "cannot compact: disk full", "known x a", ""] {
            assert_eq!(read(&[line]).broken, [format!("a worker said: {line}")]);
        }
        let said = read(&["known 1 a", "known 2 a"]);
        assert_eq!(said.broken, ["job a is known as two calls"]);
    }
}
