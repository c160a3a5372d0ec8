//! Why no client can be made.

use std::path::PathBuf;

use thiserror::Error;

/// The address of the API.
pub(crate) const DEFAULT_BASE_URL: &str = "https://model-api.runcomfy.net/v1";

/// Why no client can be made.
#[derive(Debug, Error)]
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
        /// What is wrong with it; never the token itself.
        reason: &'static str,
    },
    /// The file with the token cannot be used.
    #[error("cannot take the API token from {}", path.display())]
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
    #[error("the base URL {url:?} {reason}; it looks like {DEFAULT_BASE_URL}")]
    BadBaseUrl {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
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
    #[error("cannot set up the HTTP client")]
    Http {
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn where_from(files: &[PathBuf]) -> String {
    match files.last() {
        Some(file) => format!(
            "set RUNCOMFY_API_TOKEN (or RUNCOMFY_TOKEN or RUNCOMFY_API_KEY), or RUNCOMFY_API_TOKEN_FILE to the path of a file that holds it, or log in with the official command line tool, which writes it to {}",
            file.display()
        ),
        None => "give it with `token`, or take it from the environment with `Client::from_env`"
            .to_owned(),
    }
}
