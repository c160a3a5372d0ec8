//! Why no client can be made.

use std::path::PathBuf;

use runcomfy_schema::debug_as_report;
use thiserror::Error;

/// The address of the API.
pub(crate) const DEFAULT_BASE_URL: &str = "https://model-api.runcomfy.net/v1";

/// Why no client can be made.
#[derive(Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No token was given, and none was found.
    #[error("no API token: {}", where_from(files))]
    NoToken {
        /// The files that were looked for.
        files: Vec<PathBuf>,
    },
    /// The token cannot be one.
    #[error("the API token {reason}; give the token alone, as the profile page shows it")]
    BadToken {
        /// The problem; never the token itself.
        reason: &'static str,
    },
    /// The file with the token cannot be used.
    #[error("cannot take the API token from {}: {source}", path.display())]
    TokenFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A variable of the environment is not UTF-8.
    #[error("the variable {variable} is not UTF-8 text")]
    NotUtf8 {
        /// Its name.
        variable: &'static str,
    },
    /// The base URL cannot be used.
    #[error("the base URL {url:?}{} {reason}; use {suggestion}", from_variable(variable.as_ref()))]
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
    #[error(
        "the variable {variable} names a proxy that cannot be used: {proxy:?}; one looks like http://host:3128 or socks5h://host:1080; to go without, unset the variable, or name the host of the API in NO_PROXY"
    )]
    BadProxy {
        /// The variable.
        variable: &'static str,
        /// What it is set to, without user name and password.
        proxy: String,
    },
    /// The HTTP client could not be set up.
    #[error("cannot set up the HTTP client: {source}")]
    Http {
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
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
