//! Whether a report is coloured.

use std::ffi::OsString;

/// Whether a report is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Colors {
    No,
    Yes,
}

impl Colors {
    /// What the user wants, by the variables that cargo and other programs know.
    pub(super) fn wanted(
        is_terminal: bool,
        variable: impl Fn(&'static str) -> Option<OsString>,
    ) -> Self {
        let is = |name, value: &str| variable(name).is_some_and(|found| found == value);
        let is_refused = variable("NO_COLOR").is_some_and(|value| !value.is_empty());
        let yes = match () {
            () if is_refused || is("CARGO_TERM_COLOR", "never") => false,
            () if is("CARGO_TERM_COLOR", "always") => true,
            () => is_terminal && !is("TERM", "dumb"),
        };
        if yes { Self::Yes } else { Self::No }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_are_for_terminals_and_follow_the_variables() {
        let (no, yes) = (Colors::No, Colors::Yes);
        for (is_terminal, variables, expected) in [
            (false, &[][..], no),
            (true, &[], yes),
            (true, &[("NO_COLOR", "1")], no),
            (true, &[("NO_COLOR", "")], yes),
            (true, &[("TERM", "dumb")], no),
            (true, &[("CARGO_TERM_COLOR", "never")], no),
            (false, &[("CARGO_TERM_COLOR", "always")], yes),
            (false, &[("CARGO_TERM_COLOR", "auto")], no),
            (true, &[("CARGO_TERM_COLOR", "auto")], yes),
            (true, &[("CARGO_TERM_COLOR", "always"), ("NO_COLOR", "1")], no),
        ] {
            let variable = |name| {
                let found = variables.iter().find(|(known, _)| *known == name);
                found.map(|(_, value)| OsString::from(value))
            };
            assert_eq!(Colors::wanted(is_terminal, variable), expected, "{variables:?}");
        }
    }
}
