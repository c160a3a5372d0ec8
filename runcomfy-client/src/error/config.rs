//! Why no client can be made.

use std::fmt;
use std::path::PathBuf;

use runcomfy_schema::debug_as_report;

/// The address of the API.
pub(crate) const DEFAULT_BASE_URL: &str = "https://model-api.runcomfy.net/v1";

/// Why no client can be made.
#[non_exhaustive]
pub enum ConfigError {
    /// No token was given, and none was found.
    NoToken {
        /// The files that were looked for.
        files: Vec<PathBuf>,
    },
    /// The token cannot be one.
    BadToken {
        /// The problem; never the token itself.
        reason: &'static str,
    },
    /// The file with the token cannot be used.
    TokenFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A variable of the environment is not UTF-8.
    NotUtf8 {
        /// Its name.
        variable: &'static str,
    },
    /// The base URL cannot be used.
    BadBaseUrl {
        /// What was given.
        url: String,
        /// The variable of the environment that it came from.
        variable: Option<&'static str>,
        /// The problem.
        reason: String,
        /// A base URL that can be used: the same one corrected, or the default.
        suggestion: String,
    },
    /// A variable of the environment names a proxy that cannot be used.
    BadProxy {
        /// The variable.
        variable: &'static str,
        /// What it is set to, without user name and password.
        proxy: String,
    },
    /// The HTTP client could not be set up.
    Http {
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoToken { files } => write!(f, "no API token: {}", where_from(files)),
            Self::BadToken { reason } => write!(
                f,
                "the API token {reason}; give the token alone, as the profile page shows it"
            ),
            Self::TokenFile { path, source } => {
                write!(
                    f,
                    "cannot take the API token from {}: {source}; correct the file, or set RUNCOMFY_API_TOKEN to the token",
                    path.display()
                )
            }
            Self::NotUtf8 { variable } => {
                write!(f, "the variable {variable} is not UTF-8 text; correct it, or unset it")
            }
            Self::BadBaseUrl { url, variable, reason, suggestion, .. } => write!(
                f,
                "the base URL {url:?}{} {reason}; use {suggestion}",
                from_variable(variable.as_ref())
            ),
            Self::BadProxy { variable, proxy } => write!(
                f,
                "the variable {variable} names a proxy that cannot be used: {proxy:?}; one looks like http://host:3128 or socks5h://host:1080; to go without, unset the variable, or name the host of the API in NO_PROXY"
            ),
            Self::Http { source } => write!(f, "cannot set up the HTTP client: {source}"),
        }
    }
}

impl std::error::Error for ConfigError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::TokenFile { source, .. } => Some(&**source),
            Self::Http { source } => Some(&**source),
            _ => None,
        }
    }
}

debug_as_report!(enum ConfigError {
    NoToken { files },
    BadToken { reason },
    TokenFile { path, source },
    NotUtf8 { variable },
    BadBaseUrl { url, variable, reason, suggestion },
    BadProxy { variable, proxy },
    Http { source },
});

fn from_variable(variable: Option<&&'static str>) -> String {
    variable.map(|variable| format!(" (from {variable})")).unwrap_or_default()
}

fn where_from(files: &[PathBuf]) -> String {
    match files.last() {
        Some(file) => format!(
            "set RUNCOMFY_API_TOKEN (or RUNCOMFY_TOKEN or RUNCOMFY_API_KEY), or RUNCOMFY_API_TOKEN_FILE to the path of a file that holds it, or log in with the official command line tool, which writes it to {}",
            file.display()
        ),
        None => {
            "call `ClientBuilder::token`, or take it from the environment with `Client::from_env`"
                .to_owned()
        }
    }
}
