//! Where the token comes from: the environment, or the file of the official command line tool.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde_json::Value;

use crate::error::ConfigError;

/// Reads a variable of the environment.
pub(crate) type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Variables that hold the token, the first that is set first.
const VARIABLES: [&str; 3] = ["RUNCOMFY_API_TOKEN", "RUNCOMFY_TOKEN", "RUNCOMFY_API_KEY"];

/// The variable that holds the path of a file with the token.
const FILE_VARIABLE: &str = "RUNCOMFY_API_TOKEN_FILE";

/// What the official command line tool writes when its user logs in has this member.
const MEMBER: &str = "access_token";

/// The first token that the conventions give.
pub(crate) fn find(lookup: Lookup<'_>) -> Result<SecretString, ConfigError> {
    for variable in VARIABLES {
        if let Some(token) = variable_text(lookup, variable)? {
            return Ok(token.into());
        }
    }
    // If this file is missing, that is an error: do not fall back to another token.
    if let Some(path) = lookup(FILE_VARIABLE).filter(|path| !path.is_empty()).map(PathBuf::from) {
        return read_file(&path, Form::Any);
    }
    let files = tool_files(lookup);
    for path in &files {
        match fs::metadata(path) {
            Err(error) if is_missing(&error) => {}
            _ => return read_file(path, Form::Json),
        }
    }
    Err(ConfigError::NoToken { files })
}

/// Whether the file does not exist. A file in place of a parent folder counts, too.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// How a file holds a token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// `{"access_token": "..."}`
    Json,
    /// That, or the token alone.
    Any,
}

/// The token in a file. Errors never repeat what stands in it.
fn read_file(path: &Path, form: Form) -> Result<SecretString, ConfigError> {
    let fail = |source: Box<dyn std::error::Error + Send + Sync>| ConfigError::TokenFile {
        path: path.to_owned(),
        source,
    };
    let text = read_text(path).map_err(|error| fail(error.into()))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if form == Form::Any && !text.starts_with('{') {
        return match text {
            "" => Err(fail("it is empty; write the token into it".into())),
            token => Ok(token.into()),
        };
    }
    let wrong =
        |place: String| fail(format!("not of the form {{\"{MEMBER}\": \"...\"}}{place}").into());
    let json: Value = serde_json::from_str(text)
        .map_err(|error| wrong(format!(" (line {} column {})", error.line(), error.column())))?;
    match json.get(MEMBER).and_then(Value::as_str).map(str::trim) {
        Some(token) if !token.is_empty() => Ok(token.into()),
        _ => Err(wrong(String::new())),
    }
}

fn read_text(path: &Path) -> io::Result<String> {
    /// Far more than any token.
    const MAX_LEN: u64 = 64 * 1024;
    // Asked first: opening a pipe blocks until somebody writes into it.
    let found = fs::metadata(path)?;
    let wrong = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    if found.is_dir() {
        return wrong("it is a folder; name the file in it");
    }
    if !found.is_file() {
        return wrong("it is a pipe or a device; only a file is read");
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_LEN + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_LEN {
        return wrong("it is longer than any token; name the file that holds the token alone");
    }
    String::from_utf8(bytes)
        .or_else(|_| wrong("it is not UTF-8 text; write the token alone into it"))
}

/// A variable that is set and not blank.
pub(crate) fn variable_text(
    lookup: Lookup<'_>,
    variable: &'static str,
) -> Result<Option<String>, ConfigError> {
    let Some(value) = lookup(variable) else { return Ok(None) };
    let text = value.into_string().map_err(|_| ConfigError::NotUtf8 { variable })?;
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

/// Where the official command line tool keeps its token.
fn tool_files(lookup: Lookup<'_>) -> Vec<PathBuf> {
    let folder =
        |variable: &str| lookup(variable).filter(|path| !path.is_empty()).map(PathBuf::from);
    let home = folder("HOME").or_else(std::env::home_dir);
    [
        folder("RUNCOMFY_CONFIG_DIR"),
        folder("XDG_CONFIG_HOME").map(|path| path.join("runcomfy")),
        home.map(|path| path.join(".config").join("runcomfy")),
    ]
    .into_iter()
    .flatten()
    .map(|path| path.join("token.json"))
    .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use secrecy::ExposeSecret;

    use super::*;

    fn find_in(variables: &[(&str, &str)]) -> Result<String, ConfigError> {
        let map: HashMap<_, _> =
            variables.iter().map(|(key, value)| (*key, OsString::from(value))).collect();
        let lookup = |name: &str| {
            let home = (name == "HOME").then(|| OsString::from("/no/home"));
            map.get(name).cloned().or(home)
        };
        find(&lookup).map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn the_first_variable_counts_and_blank_ones_do_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        std::fs::write(&file, "fourth").unwrap();
        std::fs::write(folder.path().join("token.json"), r#"{"access_token": "fifth"}"#).unwrap();
        let (file, config) = (file.display().to_string(), folder.path().display().to_string());
        let mut variables = vec![
            ("RUNCOMFY_API_TOKEN", "first"),
            ("RUNCOMFY_TOKEN", " second\n"),
            ("RUNCOMFY_API_KEY", "third"),
            ("RUNCOMFY_API_TOKEN_FILE", &*file),
            ("RUNCOMFY_CONFIG_DIR", &*config),
        ];
        for token in ["first", "second", "third", "fourth", "fifth"] {
            assert_eq!(find_in(&variables).unwrap(), token);
            let (variable, _) = variables.remove(0);
            if token == "fifth" {
                break;
            }
            let blank = if token == "fourth" { "" } else { " \n" };
            variables.push((variable, blank));
        }
    }

    #[test]
    fn a_token_file_holds_the_token_alone_or_as_json() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let read = |content: &[u8]| {
            std::fs::write(&path, content).unwrap();
            find_in(&[("RUNCOMFY_API_TOKEN_FILE", path.to_str().unwrap())])
        };
        for content in [
            "sekrit",
            "sekrit\n",
            "\u{feff}sekrit\r\n",
            "  sekrit\n\n",
            "{\"access_token\": \"sekrit\"}",
            "\u{feff}{\"access_token\": \"sekrit\\n\", \"expires\": 1}\n",
        ] {
            assert_eq!(read(content.as_bytes()).unwrap(), "sekrit", "{content:?}");
        }
        for (content, words) in [
            (&b""[..], "empty"),
            (b" \n", "empty"),
            (b"{\"token\": \"sekrit\"}", "access_token"),
            (b"{\"access_token\": \"\"}", "access_token"),
            (b"{\"access_token\": \"sekrit", "line 1 column 24"),
            (b"sekrit\xff", "UTF-8"),
            (&[b's'; 1024 * 1024], "longer than any token"),
        ] {
            let error = read(content).unwrap_err();
            let text = format!("{error} {error:?} {}", std::error::Error::source(&error).unwrap());
            assert!(text.contains(words) && text.contains(path.to_str().unwrap()), "{text}");
            assert!(!text.contains("sekrit"), "{text}");
        }
    }

    #[test]
    fn non_file_is_neither_read_nor_skipped() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing").display().to_string();
        let folder = folder.path().display().to_string();
        let files = [(&*folder, "folder"), (&*missing, "missing")];
        #[cfg(unix)]
        let files = files.into_iter().chain([("/dev/zero", "device")]);
        for (path, words) in files {
            let error = find_in(&[("RUNCOMFY_API_TOKEN_FILE", path)]).unwrap_err();
            let text = format!("{error}: {}", std::error::Error::source(&error).unwrap());
            assert!(text.contains(words) && text.contains(path), "{text}");
        }
        // The tool's own files are looked for, and may not be there at all.
        std::fs::write(format!("{folder}/file"), "").unwrap();
        let config = format!("{folder}/file");
        let error = find_in(&[("RUNCOMFY_CONFIG_DIR", &config)]).unwrap_err();
        assert!(matches!(error, ConfigError::NoToken { .. }), "{error:?}");
    }

    #[test]
    fn files_are_looked_for_in_the_order_of_the_command_line_tool() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let write = |name: &str, token: &str| {
            std::fs::create_dir_all(path(name).parent().unwrap()).unwrap();
            std::fs::write(path(name), format!("{{\"access_token\": \"{token}\"}}")).unwrap();
        };
        write("home/.config/runcomfy/token.json", "home");
        let home = path("home").display().to_string();
        let xdg = path("xdg").display().to_string();
        let own = path("own").display().to_string();
        let all = [("HOME", &*home), ("XDG_CONFIG_HOME", &*xdg), ("RUNCOMFY_CONFIG_DIR", &*own)];
        assert_eq!(find_in(&all).unwrap(), "home");
        write("xdg/runcomfy/token.json", "xdg");
        assert_eq!(find_in(&all).unwrap(), "xdg");
        write("own/token.json", "own");
        assert_eq!(find_in(&all).unwrap(), "own");
    }

    #[test]
    fn a_broken_file_is_named_and_not_quoted() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("token.json"), "{\"token\": \"sekrit\"}").unwrap();
        let folder = folder.path().display().to_string();
        let error = find_in(&[("RUNCOMFY_CONFIG_DIR", &folder)]).unwrap_err();
        let text = format!("{error} {error:?} {}", std::error::Error::source(&error).unwrap());
        assert!(text.contains("token.json") && text.contains("access_token"), "{text}");
        assert!(!text.contains("sekrit"), "{text}");
    }

    #[test]
    fn missing_token_error_lists_where_it_was_looked_for() {
        let text = find_in(&[]).unwrap_err().to_string();
        for part in [
            "RUNCOMFY_API_TOKEN",
            "RUNCOMFY_API_KEY",
            "RUNCOMFY_API_TOKEN_FILE",
            "/no/home/.config/runcomfy/token.json",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
