//! One change of an API, and what it means for an app.

use runcomfy_schema::keyword::short;
use runcomfy_schema::printable::line;
use serde_json::{Value, json};

/// What a change means for an app, under semantic versioning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Verdict {
    /// Nothing.
    None,
    /// There is more than before, and nothing less.
    Additive,
    /// What worked before may fail.
    Breaking,
}

impl Verdict {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Additive => "additive",
            Self::Breaking => "breaking",
        }
    }
}

/// A change of a generated API.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Change {
    /// The model id.
    pub model: String,
    /// What changed, below the model's module: `Input::steps`. Empty for the model itself.
    pub item: String,
    /// Which kind of change it is, for programs.
    pub kind: &'static str,
    /// What changed, on one line.
    pub text: String,
    /// What it means for the source of an app, compiled against the new API.
    pub compile: Verdict,
    /// What it means for a program that was compiled against the old API, and for bodies that it stored:
    /// whether the new schema accepts all that the old one did.
    pub run: Verdict,
}

/// What a change means, in both respects; see [`Change`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Verdicts {
    pub(super) compile: Verdict,
    pub(super) run: Verdict,
}

impl Verdicts {
    pub(super) fn none() -> Self {
        Self::both(Verdict::None)
    }

    pub(super) fn both(verdict: Verdict) -> Self {
        Self { compile: verdict, run: verdict }
    }

    /// Of a change that means nothing for a program that runs.
    pub(super) fn compile(verdict: Verdict) -> Self {
        Self { compile: verdict, ..Self::none() }
    }

    /// Of a change that means nothing for the source of an app.
    pub(super) fn run(verdict: Verdict) -> Self {
        Self { run: verdict, ..Self::none() }
    }
}

impl Change {
    pub(super) fn new(
        item: impl Into<String>,
        kind: &'static str,
        text: impl Into<String>,
        Verdicts { compile, run }: Verdicts,
    ) -> Self {
        let (item, text) = (line(&item.into()), line(&text.into()));
        Self { model: String::new(), item, kind, text, compile, run }
    }

    /// The worse of both verdicts.
    #[must_use]
    pub fn worst(&self) -> Verdict {
        self.compile.max(self.run)
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "model": self.model,
            "item": self.item,
            "kind": self.kind,
            "text": self.text,
            "compile": self.compile.as_str(),
            "run": self.run.as_str(),
        })
    }
}

/// A text from a schema, quoted: it can have any length.
pub(super) fn quoted(text: &str) -> String {
    short(format!("{text:?}"))
}
