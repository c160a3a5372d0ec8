//! How a finished submission ended. A journal may hold a million of them, so each takes few bytes.

use crate::request_id::RequestId;
use crate::state::JobState;

/// The job of a finished submission, and the state in which it ended, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ending {
    id: Option<Id>,
    state: Option<End>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Id {
    /// In the canonical form of a UUID.
    Uuid([u8; 16]),
    Other(Box<str>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Completed,
    Failed,
    Cancelled,
}

/// The letters of the states in a line.
const LETTERS: [(char, Option<End>); 4] = [
    ('c', Some(End::Completed)),
    ('f', Some(End::Failed)),
    ('x', Some(End::Cancelled)),
    ('?', None),
];

impl Ending {
    pub(crate) fn of(request_id: Option<&RequestId>, state: Option<&JobState>) -> Self {
        let state = match state {
            Some(JobState::Completed) => Some(End::Completed),
            Some(JobState::Failed) => Some(End::Failed),
            Some(JobState::Cancelled) => Some(End::Cancelled),
            Some(JobState::InQueue | JobState::InProgress | JobState::Unknown(_)) | None => None,
        };
        Self { id: request_id.and_then(|id| Id::of(id.as_str())), state }
    }

    pub(crate) fn request_id(&self) -> Option<RequestId> {
        self.id.as_ref()?.text().parse().ok()
    }

    pub(crate) fn state(&self) -> Option<JobState> {
        Some(match self.state? {
            End::Completed => JobState::Completed,
            End::Failed => JobState::Failed,
            End::Cancelled => JobState::Cancelled,
        })
    }

    /// As it stands in a line: the letter of the state, then the id.
    pub(crate) fn to_text(&self) -> String {
        let letter =
            LETTERS.iter().find(|(_, state)| *state == self.state).map_or('?', |one| one.0);
        let id = self.id.as_ref().map(Id::text).unwrap_or_default();
        format!("{letter}{id}")
    }

    /// The reverse. A text that says nothing is an ending that is not known.
    pub(crate) fn read(text: &str) -> Self {
        let mut rest = text.chars();
        let letter = rest.next();
        let state = LETTERS.iter().find(|(known, _)| Some(*known) == letter);
        let id = rest.as_str().parse::<RequestId>().ok();
        Self { id: id.and_then(|id| Id::of(id.as_str())), state: state.and_then(|one| one.1) }
    }
}

impl Id {
    fn of(text: &str) -> Option<Self> {
        /// So that a line of many endings stays short.
        const MAX_LEN: usize = 100;
        let digits = text.replace('-', "");
        let uuid = u128::from_str_radix(&digits, 16).map(|uuid| Self::Uuid(uuid.to_be_bytes()));
        match uuid {
            Ok(uuid) if uuid.text() == text => Some(uuid),
            _ => (text.len() <= MAX_LEN).then(|| Self::Other(text.into())),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Uuid(bytes) => {
                let mut text = format!("{:032x}", u128::from_be_bytes(*bytes));
                for place in [20, 16, 12, 8] {
                    text.insert(place, '-');
                }
                text
            }
            Self::Other(text) => text.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_survive_as_text_in_few_bytes() {
        assert!(size_of::<Ending>() <= 32, "{}", size_of::<Ending>());
        let uuid = "1b4e28ba-2fa1-11d2-883f-0016d3cca427";
        for id in [uuid, &uuid.to_uppercase(), &uuid.replace('-', ""), "request-1", "-", "ff"] {
            let id: RequestId = id.parse().unwrap();
            for state in [JobState::Completed, JobState::Failed, JobState::Cancelled] {
                let ending = Ending::of(Some(&id), Some(&state));
                assert_eq!(Ending::read(&ending.to_text()), ending);
                assert_eq!((ending.request_id(), ending.state()), (Some(id.clone()), Some(state)));
            }
        }
        assert!(matches!(Id::of(uuid), Some(Id::Uuid(_))));
        let long: RequestId = "a".repeat(101).parse().unwrap();
        assert_eq!(Ending::of(Some(&long), None).to_text(), "?");
        for text in ["", "?", "z", "c ", "\u{fc}", "f/.."] {
            assert_eq!(Ending::read(text).request_id(), None, "{text}");
        }
    }
}
