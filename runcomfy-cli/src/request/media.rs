//! Text in a media field: a URL or a `data:` URI stays as it is, a path becomes the file, and
//! `hosted:NAME` becomes the name of a file that the service hosts.
//!
//! A bare name of no file is refused. The service takes such names, but a misspelt path would be sent as
//! one, and paid for.

use std::path::Path;

use crate::flag::HOSTED;
use runcomfy_client::{Media, MediaError};
use runcomfy_schema::media::check::{MediaForm, TAKES, form_of, json_message, quoted};

/// A violation's message, for a reader who can give a file.
pub(super) fn for_a_person(message: &str) -> String {
    message.replace(
        TAKES,
        "give an https: URL, the path of a file, or hosted:NAME for a file that the service hosts",
    )
}

/// The string to send for this text. A path begins at the folder.
///
/// # Errors
/// Why the text leads to no file, as a message.
pub(super) fn wire_text(text: String, folder: &Path) -> Result<String, String> {
    if let Some(name) = text.strip_prefix(HOSTED) {
        let hosted = Media::hosted(name).map_err(|_| {
            format!("{} names no hosted file: give its bare name, without a path", quoted(&text))
        })?;
        return Ok(hosted.as_str().to_owned());
    }
    let form = form_of(&text);
    if text.is_empty() || matches!(form, MediaForm::Url | MediaForm::DataUri) {
        return Ok(text);
    }
    let path = folder.join(&text);
    match Media::path(&path) {
        Ok(media) => Ok(media.as_str().to_owned()),
        Err(MediaError::Read { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            Err(missing(&text, form, folder))
        }
        Err(error) => Err(plain(&text, &error)),
    }
}

fn missing(text: &str, form: MediaForm, folder: &Path) -> String {
    let shown = quoted(text);
    let place = match folder.to_str() {
        Some("" | ".") | None => String::new(),
        Some(_) if Path::new(text).is_absolute() => String::new(),
        Some(folder) => format!(" in {folder}"),
    };
    let instead = match form {
        MediaForm::UrlWithoutScheme => {
            format!("for a URL, write {}", quoted(&format!("https://{text}")))
        }
        MediaForm::Name => {
            format!(
                "for a file that the service hosts, write {}",
                quoted(&format!("{HOSTED}{text}"))
            )
        }
        _ if text.starts_with("~/") => {
            "the shell replaces `~` only where a word begins with it".to_owned()
        }
        _ => "give the path of a file, or an https: URL".to_owned(),
    };
    format!("there is no file {shown}{place}; {instead}")
}

/// What is wrong with a file, for a reader who writes no Rust.
fn plain(text: &str, error: &MediaError) -> String {
    let unknown = |name: &str| {
        format!(
            "{name}: the first bytes show no image, video or audio type; convert the file to a usual one"
        )
    };
    match error {
        MediaError::File { path, source } if matches!(**source, MediaError::UnknownType) => {
            unknown(&path.display().to_string())
        }
        error => for_a_person(&json_message(text, error)),
    }
}
