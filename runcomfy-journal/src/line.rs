//! The lines of a journal's file: JSON objects, each with the session that wrote it.
//!
//! Besides the entries, a file has lines of its own:
//! - `taken`: the session has taken over a submission of a dead session;
//! - `compacted`: the first line of a file that replaced a longer one;
//! - `finished`: in such a file, the claims and digests of many finished submissions, and for each
//!   claim how it ended.
//!
//! An outcome repeats the data of its submission, so that a damaged line loses no job and frees no
//! claim.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use crate::claim::Claim;
use crate::ending::Ending;
use crate::entry::{EntryMembers, JournalEntry, Submission};
use crate::ledger::{Ledger, OpenSubmission, Outcome};
use crate::session;

/// No line of a journal is longer.
pub(crate) const MAX_LEN: usize = 64 * 1024;

/// How many submissions one `finished` line holds.
pub(crate) const FINISHED_PER_LINE: usize = 256;

#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "one at a time, of millions")]
pub(crate) enum Line<'a> {
    /// Parsed further on demand: most lines of a long journal do not matter.
    Entry(EntryMembers<'a>),
    Taken {
        session: Cow<'a, str>,
        submission: Cow<'a, str>,
    },
    Compacted {
        /// How many bytes of the longer file it replaces.
        upto: u64,
    },
    Finished {
        claims: Vec<Cow<'a, str>>,
        /// One per claim. Earlier versions wrote none.
        ends: Vec<Cow<'a, str>>,
        bodies: Vec<Cow<'a, str>>,
    },
}

impl<'a> Line<'a> {
    pub(crate) fn read(line: &'a [u8]) -> Result<Self, String> {
        if line.len() > MAX_LEN {
            return Err(format!("it has {} bytes", line.len()));
        }
        let line = std::str::from_utf8(line).map_err(|error| error.to_string())?;
        // An editor may have put a byte order mark before the first line.
        let line = line.strip_prefix('\u{feff}').unwrap_or(line);
        let mut members: EntryMembers<'_> =
            serde_json::from_str(line).map_err(|error| error.to_string())?;
        if !members.session.as_deref().is_some_and(session::is_name) {
            return Err("the member `session` is missing or is none".to_owned());
        }
        Ok(match members.event.as_deref() {
            Some("taken") => Self::Taken {
                session: members.session.take().unwrap_or_default(),
                submission: members.submission.ok_or("the member `submission` is missing")?,
            },
            Some("compacted") => Self::Compacted { upto: members.upto },
            Some("finished") => Self::Finished {
                claims: members.claims,
                ends: members.ends,
                bodies: members.bodies,
            },
            _ => Self::Entry(members),
        })
    }

    /// Whether it is an entry that this version cannot read.
    pub(crate) fn is_unreadable(&self) -> bool {
        matches!(self, Self::Entry(members) if members.entry().is_err())
    }

    /// Adds the line to the ledger.
    pub(crate) fn apply(&self, ledger: &mut Ledger) -> Result<(), String> {
        match self {
            Self::Entry(members) => {
                let session = members.session.as_deref().unwrap_or_default();
                let whole = || members.whole_submission().ok();
                let entry = members.entry();
                if let (Err(reason), Some((id, request_id))) = (&entry, members.accepted()) {
                    // The job runs and costs: somebody must look after it.
                    let reason = format!("it was accepted as {request_id:?}, but {reason}");
                    ledger.set_unknown(id, reason, whole, session);
                    return Ok(());
                }
                match entry? {
                    JournalEntry::Accepted { submission: id, request_id } => {
                        ledger.accept(&id, request_id, whole, session);
                    }
                    JournalEntry::Unknown { submission: id, reason } => {
                        ledger.set_unknown(&id, reason, whole, session);
                    }
                    JournalEntry::Ended { request_id, .. } if members.unsettled => {
                        ledger.end_unsettled(&request_id);
                    }
                    entry => ledger.add(entry, session),
                }
            }
            Self::Taken { session, submission } => ledger.take_over(submission, session),
            Self::Compacted { .. } => {}
            Self::Finished { claims, ends, .. } => {
                for (index, claim) in claims.iter().enumerate() {
                    let ending = ends.get(index).map(|text| Ending::read(text));
                    if let Some(claim) = claim_of(claim) {
                        ledger.add_finished(claim, ending.unwrap_or_default());
                    }
                }
            }
        }
        Ok(())
    }

    /// The SHA-256s of its bodies, in hexadecimal digits, with the submission of each that can still
    /// be refused.
    pub(crate) fn bodies(&self) -> Vec<(Option<&str>, String)> {
        match self {
            Self::Entry(members) => {
                let id = members.submission.as_deref();
                let body = members.body_sha256.as_deref().filter(|body| body.len() == 64);
                body.map(|body| (id, body.to_owned())).into_iter().collect()
            }
            Self::Finished { bodies, .. } => bodies
                .iter()
                .filter_map(|text| STANDARD_NO_PAD.decode(&**text).ok())
                .map(|bytes| (None, bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
                .collect(),
            Self::Taken { .. } | Self::Compacted { .. } => Vec::new(),
        }
    }
}

/// Reads a line. If the line break to the next one was lost, each object in it is a line. If it has no
/// object, `each` gets the reason.
pub(crate) fn for_each_in<'a>(line: &'a [u8], mut each: impl FnMut(Result<Line<'a>, String>)) {
    let whole = Line::read(line);
    let Err(reason) = whole else { return each(whole) };
    let mut found = 0;
    let mut rest = line;
    while let Some(start) = rest.windows(2).position(|pair| pair == b"{\"") {
        rest = &rest[start..];
        let mut objects = serde_json::Deserializer::from_slice(rest).into_iter::<IgnoredAny>();
        let is_object = matches!(objects.next(), Some(Ok(_)));
        let end = if is_object { objects.byte_offset() } else { 1 };
        let (object, behind) = rest.split_at(end);
        if is_object && object.len() < line.len() {
            found += 1;
            each(Line::read(object));
        }
        rest = behind;
    }
    if found == 0 {
        each(Err(reason));
    }
}

/// An entry as a line. `of` is its submission, if it is an outcome of one that is known.
pub(crate) fn entry(
    entry: &JournalEntry,
    session: &str,
    of: Option<&Submission>,
    unsettled: bool,
) -> String {
    let mut map = entry.to_map();
    if let (JournalEntry::Accepted { .. } | JournalEntry::Unknown { .. }, Some(of)) = (entry, of) {
        of.put_into(&mut map);
    }
    if unsettled {
        map.insert("unsettled".to_owned(), true.into());
    }
    text(map, session)
}

pub(crate) fn taken(submission: &str, session: &str) -> String {
    let mut map = Map::new();
    map.insert("event".to_owned(), "taken".into());
    map.insert("submission".to_owned(), submission.into());
    text(map, session)
}

pub(crate) fn compacted(upto: u64, session: &str) -> String {
    let mut map = Map::new();
    map.insert("event".to_owned(), "compacted".into());
    map.insert("upto".to_owned(), upto.into());
    text(map, session)
}

pub(crate) fn finished(finished: &[(Claim, &Ending)], bodies: &[String], session: &str) -> String {
    let claims = finished.iter().map(|(claim, _)| STANDARD_NO_PAD.encode(claim.to_bytes()).into());
    let ends = finished.iter().map(|(_, ending)| Value::from(ending.to_text()));
    let bodies = bodies.iter().map(|body| Value::from(encode(body)));
    let mut map = Map::new();
    map.insert("event".to_owned(), "finished".into());
    map.insert("claims".to_owned(), claims.collect::<Vec<Value>>().into());
    map.insert("ends".to_owned(), ends.collect());
    map.insert("bodies".to_owned(), bodies.collect());
    text(map, session)
}

/// The lines of an open submission.
pub(crate) fn of_open(id: &str, open: &OpenSubmission) -> Vec<String> {
    let mut lines = Vec::new();
    let submission = open.submission.as_ref();
    if let Some(submission) = submission {
        let begun = JournalEntry::Submitting { submission: submission.clone() };
        lines.push(entry(&begun, &open.owner, None, false));
    }
    let outcome = match &open.outcome {
        Outcome::Pending => None,
        Outcome::Unknown(reason) => {
            Some(JournalEntry::Unknown { submission: id.to_owned(), reason: reason.clone() })
        }
        Outcome::Job(request_id) => Some(JournalEntry::Accepted {
            submission: id.to_owned(),
            request_id: request_id.clone(),
        }),
    };
    lines.extend(outcome.map(|outcome| entry(&outcome, &open.owner, submission, false)));
    if let (true, Outcome::Job(request_id)) = (open.ended, &open.outcome) {
        let ended = JournalEntry::Ended {
            request_id: request_id.clone(),
            submission: Some(id.to_owned()),
            state: crate::JobState::Completed,
        };
        lines.push(entry(&ended, &open.owner, None, true));
    }
    if open.taken_over {
        lines.push(taken(id, &open.owner));
    }
    lines
}

fn text(mut map: Map<String, Value>, session: &str) -> String {
    map.insert("session".to_owned(), session.into());
    Value::Object(map).to_string()
}

/// Hexadecimal digits in fewer characters.
fn encode(hex: &str) -> String {
    let bytes: Vec<u8> = (0..hex.len() / 2)
        .filter_map(|index| u8::from_str_radix(hex.get(2 * index..2 * index + 2)?, 16).ok())
        .collect();
    STANDARD_NO_PAD.encode(bytes)
}

fn claim_of(text: &str) -> Option<Claim> {
    let mut bytes = [0; 16];
    let length = STANDARD_NO_PAD.decode_slice(text, &mut bytes).ok()?;
    (length == bytes.len()).then(|| Claim::from_bytes(bytes))
}
