//! Keeping the token out of what is shown, should a server repeat it in its answer.

use secrecy::{ExposeSecret, SecretString};

/// Hides the token in texts for people. Answers are read before they are masked: what the service
/// says must not change.
#[derive(Clone, Debug, Default)]
pub(super) struct Mask {
    token: SecretString,
}

impl Mask {
    pub(super) fn new(token: SecretString) -> Self {
        Self { token }
    }

    pub(super) fn hide(&self, text: &str) -> String {
        let token = self.token.expose_secret();
        if token.is_empty() {
            return text.to_owned();
        }
        // JSON may write a slash as `\/`.
        text.replace(token, "[token]").replace(&token.replace('/', "\\/"), "[token]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_hidden_however_json_writes_it() {
        let mask = Mask::new("ab/cd".into());
        assert_eq!(mask.hide(r"x ab/cd y ab\/cd"), "x [token] y [token]");
        assert_eq!(Mask::default().hide("x"), "x");
    }
}
