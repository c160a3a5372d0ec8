//! Every message that the project can cause, rendered to `docs/messages.md`.
//!
//! A case is a file of a program or of a schema, and beside it a file with the message. The first comment
//! of the case is its title. Tests compare each message; `cargo xtask bless` writes all of them, and
//! renders them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Why the cases could not be read or written.
pub type Error = Box<dyn std::error::Error>;

/// A group of cases.
struct Section {
    title: &'static str,
    /// What the reader should know of all of its cases.
    about: &'static str,
    folder: &'static str,
    extension: &'static str,
    message_extension: &'static str,
}

impl Section {
    const fn compiled(title: &'static str, about: &'static str, folder: &'static str) -> Self {
        Self { title, about, folder, extension: "rs", message_extension: "stderr" }
    }

    const fn run(title: &'static str, about: &'static str, folder: &'static str) -> Self {
        Self { title, about, folder, extension: "rs", message_extension: "txt" }
    }
}

const SECTIONS: &[Section] = &[
    Section::compiled(
        "Requests with `input!`",
        "A literal that breaks a rule of the schema does not compile.",
        "cases/input",
    ),
    Section::compiled("Requests with a builder", "Found by types alone.", "cases/builder"),
    Section::compiled(
        "Models with `models!`",
        "The schemas are in the folder of the package.",
        "cases/models",
    ),
    Section {
        title: "Schema files",
        about: "A build script fails with this report, and `cargo xtask check` prints it.",
        folder: "schemas/reported",
        extension: "json",
        message_extension: "txt",
    },
    Section::run(
        "Values at run time",
        "What the program prints when `main` returns the error. Nothing was sent.",
        "run_time",
    ),
    Section::run(
        "The service and the network",
        "What the program prints when `main` returns the error.",
        "client",
    ),
];

const HEADER: &str = "\
# Messages

Every message that this project can cause, with the code that causes it. `cargo xtask bless` renders this page from the
cases in `tests/ui/`, where tests compare the messages.
";

/// A case of the gallery.
#[derive(Debug)]
pub struct Case {
    /// What is wrong, from its first comment.
    pub title: String,
    /// The program or the schema.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
    /// The file of the message.
    pub message: PathBuf,
}

impl Case {
    /// The name of its file, without the extension.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.file_stem().and_then(|name| name.to_str()).unwrap_or_default()
    }
}

/// The folder of this package.
#[must_use]
pub fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The page that the gallery is rendered to.
#[must_use]
pub fn page() -> PathBuf {
    let root = folder().ancestors().nth(2).unwrap_or(folder());
    root.join("docs/messages.md")
}

/// The cases in a folder of this package, by the names of their files.
///
/// # Errors
/// If the folder cannot be read, or a case has no title.
pub fn cases(inside: &str) -> Result<Vec<Case>, Error> {
    let section = SECTIONS.iter().find(|section| section.folder == inside);
    section.ok_or_else(|| format!("no section of the gallery is in {inside}"))?.cases()
}

impl Section {
    fn cases(&self) -> Result<Vec<Case>, Error> {
        let mut cases = Vec::new();
        for entry in fs::read_dir(folder().join(self.folder))? {
            let path = entry?.path();
            let extension = path.extension().unwrap_or_default();
            if extension != self.extension {
                let is_message = extension == self.message_extension;
                if is_message && !path.with_extension(self.extension).exists() {
                    return Err(format!("{}: its case is gone", path.display()).into());
                }
                continue;
            }
            let text = fs::read_to_string(&path)?;
            let Some(title) = title(&text) else {
                return Err(format!("{}: no comment says what is wrong", path.display()).into());
            };
            let message = path.with_extension(self.message_extension);
            cases.push(Case { title, text, path, message });
        }
        cases.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(cases)
    }
}

/// The first comment of a program, or of a schema.
fn title(text: &str) -> Option<String> {
    let comment = text.lines().find_map(|line| {
        let line = line.trim();
        let schema =
            || line.split_once("\"$comment\": \"")?.1.split_once('"').map(|(text, _)| text);
        line.strip_prefix("// ").or_else(schema)
    })?;
    Some(comment.trim_end_matches(['.', ':']).to_owned())
}

/// The whole page.
///
/// # Errors
/// If a file cannot be read, a message is missing, or two cases have one title.
pub fn render() -> Result<String, Error> {
    let mut contents = String::new();
    let mut body = String::new();
    let mut titles = Vec::new();
    for section in SECTIONS {
        let Section { title, about, .. } = section;
        contents += &format!("- [{title}](#{})\n", anchor(title));
        body += &format!("\n## {title}\n\n{about}\n");
        for Case { title, text, path, message } in section.cases()? {
            let message = fs::read_to_string(&message)
                .map_err(|error| format!("{}: {error}", message.display()))?;
            let anchor = anchor(&title);
            if titles.contains(&anchor) {
                return Err(format!("{}: another case is called so", path.display()).into());
            }
            contents += &format!("  - [{title}](#{anchor})\n");
            titles.push(anchor);
            let language = if section.extension == "rs" { "rust" } else { "json" };
            let message = shown(&message, section.folder);
            body += &format!(
                "\n### {title}\n\n{}\n{}",
                fenced(language, text.trim_end()),
                fenced("text", &message)
            );
        }
    }
    Ok(format!("{HEADER}\n{contents}{body}"))
}

/// A message as its reader would see it: the program is the whole package.
fn shown(message: &str, folder: &str) -> String {
    let mut text = String::new();
    for line in message.trim_end().lines() {
        let line = match line.split_once(&format!("{folder}/")) {
            Some((before, after)) if before.ends_with("--> ") || before.ends_with("::: ") => {
                let after = after.split_once(".rs:").map_or(after, |(_, place)| place);
                format!("{before}src/main.rs:{after}")
            }
            _ => line.to_owned(),
        };
        text += line.trim_end();
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// A block of code, whose fence is longer than any inside.
fn fenced(language: &str, text: &str) -> String {
    let mut fence = "```".to_owned();
    while text.contains(&fence) {
        fence.push('`');
    }
    format!("{fence}{language}\n{text}\n{fence}\n")
}

/// The anchor that a heading gets.
fn anchor(title: &str) -> String {
    let title = title.to_lowercase();
    let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// The messages of all cases, by their files. A case without one has an empty message.
///
/// # Errors
/// If a folder cannot be read, or a case has no title.
pub fn messages() -> Result<BTreeMap<PathBuf, String>, Error> {
    let mut messages = BTreeMap::new();
    for section in SECTIONS {
        for Case { message, .. } in section.cases()? {
            let text = fs::read_to_string(&message).unwrap_or_default();
            messages.insert(message, text);
        }
    }
    Ok(messages)
}

/// Renders the page; returns it if it has changed.
///
/// # Errors
/// As [`render`], or if the page cannot be written.
pub fn bless() -> Result<Option<PathBuf>, Error> {
    let text = render()?;
    let page = page();
    if fs::read_to_string(&page).ok().as_ref() == Some(&text) {
        return Ok(None);
    }
    fs::write(&page, text)?;
    Ok(Some(page))
}
