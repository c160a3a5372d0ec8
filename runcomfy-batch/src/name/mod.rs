//! Names of output files, made from a template.

mod clean;
mod parse;
mod render;

use std::collections::BTreeSet;
use std::fmt;

use runcomfy_schema::keyword::similar;
use runcomfy_schema::truncate::start;

pub(crate) use clean::clean;
use parse::without_node_id;

/// How the output files of a batch are named: a path below the folder of results, with placeholders.
///
/// ```
/// use runcomfy_batch::NameTemplate;
///
/// let template: NameTemplate = "{model}/{index}-{seed}".parse()?;
/// assert_eq!(template.to_string(), "{model}/{index}-{seed}");
/// # Ok::<(), runcomfy_batch::InvalidNameTemplate>(())
/// ```
///
/// | placeholder | value |
/// | --- | --- |
/// | `{index}` | the number of the job in the batch, with at least five digits. The width is fixed: names do not change when a batch grows |
/// | `{line}` | the line of the job in its file, likewise |
/// | `{model}` | the model id without its vendor: `kling-2-1-master-image-to-video` |
/// | `{model_id}` | the whole model id, with `-` for `/` |
/// | `{request_id}` | the id of the job at the service |
/// | `{file}` | the number of the file in the output, from 1 |
/// | any other | the value of the input field with this name; `{input.model}` is a field that is named like one of the above |
///
/// `{{` and `}}` are braces, and `/` begins a folder. The extension is that of the file: a known one at
/// the end of a template is ignored, and so is `.{ext}`.
///
/// A value without a meaning in file names is changed: `16:9` becomes `16-9`, `-1` becomes `minus1`, a URL
/// becomes the name of its file, and a long text is cut. A field without a value is left out, with the
/// separator before it.
///
/// No two jobs of a batch get the same name, whatever their values are. A name must therefore show the
/// number of its job, or its request id, at the beginning or the end of a folder or of the file's name.
/// Where the template does not see to that, `-{index}` is added to the name. If an output has several files
/// and the template has no `{file}`, `-1`, `-2` and so on are added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameTemplate {
    /// The folders, and last the file's name.
    segments: Vec<Vec<Part>>,
}

/// A part of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Value(Placeholder),
}

/// A placeholder, by its value.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Placeholder {
    Index,
    Line,
    Model,
    ModelId,
    RequestId,
    File,
    Field(String),
}

/// The placeholders that are not fields.
const OWN: [(&str, Placeholder); 6] = [
    ("index", Placeholder::Index),
    ("line", Placeholder::Line),
    ("model", Placeholder::Model),
    ("model_id", Placeholder::ModelId),
    ("request_id", Placeholder::RequestId),
    ("file", Placeholder::File),
];

/// Stands before the name of a field that is named like one of [`OWN`].
const FIELD_PREFIX: &str = "input.";

/// Not a template for file names.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{template:?} is not a template for file names: {reason}")]
pub struct InvalidNameTemplate {
    template: String,
    reason: String,
}

impl InvalidNameTemplate {
    fn new(template: &str, reason: impl Into<String>) -> Self {
        const MAX_QUOTED: usize = 200;
        Self { template: start(template, MAX_QUOTED).to_owned(), reason: reason.into() }
    }
}

impl NameTemplate {
    /// The input fields that the template names.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.placeholders().filter_map(|placeholder| match placeholder {
            Placeholder::Field(name) => Some(&**name),
            _ => None,
        })
    }

    /// Checks that each placeholder has a meaning, given the names and wire keys of the input fields of all
    /// models of a batch.
    ///
    /// # Errors
    /// If one has none. The error lists those that there are.
    pub fn check<'a>(
        &self,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), InvalidNameTemplate> {
        const MAX_LISTED: usize = 40;
        let known: BTreeSet<&str> = known.into_iter().collect();
        let bare: BTreeSet<&str> = known.iter().map(|name| without_node_id(name)).collect();
        let is_known = |name: &&str| known.contains(name) || bare.contains(without_node_id(name));
        let Some(unknown) = self.fields().find(|name| !is_known(name)) else { return Ok(()) };
        let own = OWN.iter().map(|(name, _)| *name);
        let advice = match similar(unknown, own.clone().chain(known.iter().copied())).first() {
            Some(near) => format!("; did you mean `{{{near}}}`?"),
            None => ".".to_owned(),
        };
        let own: Vec<_> = own.map(|name| format!("`{{{name}}}`")).collect();
        let mut listed = format!(" There are {}", own.join(", "));
        let fields: Vec<_> =
            known.iter().take(MAX_LISTED).map(|name| format!("`{name}`")).collect();
        if !fields.is_empty() {
            listed += &format!(", and the input fields {}", fields.join(", "));
        }
        if known.len() > MAX_LISTED {
            listed += &format!(" and {} more", known.len() - MAX_LISTED);
        }
        let reason = format!("no input has a field `{unknown}`{advice}{listed}");
        Err(InvalidNameTemplate::new(&self.to_string(), reason))
    }

    /// Replaces the names of fields, for example wire keys by Rust names.
    #[must_use]
    pub fn rename_fields(mut self, mut name_of: impl FnMut(&str) -> Option<String>) -> Self {
        for part in self.segments.iter_mut().flatten() {
            if let Part::Value(Placeholder::Field(field)) = part
                && let Some(name) = name_of(field)
            {
                *field = name;
            }
        }
        self
    }

    fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.segments.iter().flatten().filter_map(|part| match part {
            Part::Value(placeholder) => Some(placeholder),
            Part::Literal(_) => None,
        })
    }
}

/// `{index}-{model}-{seed}`.
impl Default for NameTemplate {
    fn default() -> Self {
        let literal = || Part::Literal("-".to_owned());
        Self {
            segments: vec![vec![
                Part::Value(Placeholder::Index),
                literal(),
                Part::Value(Placeholder::Model),
                literal(),
                Part::Value(Placeholder::Field("seed".to_owned())),
            ]],
        }
    }
}

impl fmt::Display for NameTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, segment) in self.segments.iter().enumerate() {
            f.write_str(if index > 0 { "/" } else { "" })?;
            for part in segment {
                match part {
                    Part::Literal(text) => {
                        f.write_str(&text.replace('{', "{{").replace('}', "}}"))?;
                    }
                    Part::Value(placeholder) => write!(f, "{{{placeholder}}}")?,
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Placeholder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(name) if OWN.iter().any(|(own, _)| own == name) => {
                write!(f, "{FIELD_PREFIX}{name}")
            }
            Self::Field(name) if name.starts_with(FIELD_PREFIX) => {
                write!(f, "{FIELD_PREFIX}{name}")
            }
            Self::Field(name) => f.write_str(name),
            own => {
                let name = OWN.iter().find(|(_, known)| known == own).map(|(name, _)| *name);
                f.write_str(name.unwrap_or_default())
            }
        }
    }
}

#[cfg(test)]
mod tests;
