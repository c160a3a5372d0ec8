//! Where the token comes from: the environment, or the file of the official command line tool.

use std::ffi::OsString;
use std::path::PathBuf;

use secrecy::SecretString;
use serde::de::{Deserialize, Deserializer, Error as _};
use serde_json::{Map, Value};

use super::config::ConfigError;

/// Reads a variable of the environment.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

const VARIABLES: [&str; 2] = ["RUNCOMFY_API_TOKEN", "RUNCOMFY_TOKEN"];

/// What the official command line tool writes when its user logs in.
struct TokenFile {
    access_token: String,
}

impl<'de> Deserialize<'de> for TokenFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Map::deserialize(deserializer)?.remove("access_token") {
            Some(Value::String(access_token)) => Ok(Self { access_token }),
            _ => Err(D::Error::missing_field("access_token")),
        }
    }
}

/// The first token that the conventions give.
pub(super) fn find(lookup: Lookup<'_>) -> Result<SecretString, ConfigError> {
    for variable in VARIABLES {
        if let Some(token) = variable_text(lookup, variable)? {
            return Ok(token.into());
        }
    }
    let files = files(lookup);
    for path in &files {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(source) => {
                return Err(ConfigError::TokenFile { path: path.clone(), source: source.into() });
            }
        };
        return match serde_json::from_str::<TokenFile>(&text) {
            Ok(file) => Ok(file.access_token.into()),
            Err(error) => {
                // The error's own text could repeat what stands in the file.
                let place = format!("line {} column {}", error.line(), error.column());
                let reason = format!("not of the form {{\"access_token\": \"...\"}} ({place})");
                Err(ConfigError::TokenFile { path: path.clone(), source: reason.into() })
            }
        };
    }
    Err(ConfigError::NoToken { files })
}

/// A variable that is set and not blank.
pub(super) fn variable_text(
    lookup: Lookup<'_>,
    variable: &'static str,
) -> Result<Option<String>, ConfigError> {
    let Some(value) = lookup(variable) else { return Ok(None) };
    let text = value.into_string().map_err(|_| ConfigError::NotUtf8 { variable })?;
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn files(lookup: Lookup<'_>) -> Vec<PathBuf> {
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
    fn variables_come_first_and_blank_ones_do_not_count() {
        let both = [("RUNCOMFY_API_TOKEN", "first"), ("RUNCOMFY_TOKEN", "second")];
        assert_eq!(find_in(&both).unwrap(), "first");
        let blank = [("RUNCOMFY_API_TOKEN", "  "), ("RUNCOMFY_TOKEN", " second\n")];
        assert_eq!(find_in(&blank).unwrap(), "second");
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
    fn without_a_token_the_message_says_where_one_is_looked_for() {
        let text = find_in(&[]).unwrap_err().to_string();
        for part in ["RUNCOMFY_API_TOKEN", "/no/home/.config/runcomfy/token.json"] {
            assert!(text.contains(part), "{text}");
        }
    }
}
