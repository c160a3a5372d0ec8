//! A command line with the flags of a model. It is read in two steps: the first finds the model, and the
//! second reads the flags of its fields.

use std::ffi::OsString;
use std::io::Write;
use std::marker::PhantomData;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind as ClapKind};
use clap::{ArgMatches, Command};
use runcomfy_client::FieldKind;
use runcomfy_models::Value;
use runcomfy_schema::printable::printable;

use super::field_flag::{arg_id, field_flags, is_field};
use super::grammar::{general, of_model};
use super::input::{Assignment, Extra, read_input};
use crate::program::remove_escape_tip;
use crate::request::{Draft, Model, json};
use crate::{Error, Result, Status};

/// A model, and its flags.
// The flags of a model are made when its name is read, so the words are read in two steps.
#[derive(Clone, Debug, clap::Args)]
#[command(disable_help_flag = true)]
#[non_exhaustive]
pub struct ModelArgs {
    /// The model, then its flags
    #[arg(value_name = "MODEL", trailing_var_arg = true, allow_hyphen_values = true)]
    pub words: Vec<OsString>,
}

/// The flags of a command that are no fields.
pub(super) trait OwnFlags: clap::Args {
    /// The name of the command.
    const VERB: &'static str;
    /// What the command does.
    const ABOUT: &'static str;
    /// The end of its help.
    const EXAMPLE: &'static str;
    /// Whether it sends the input, so that required fields must be there.
    const SENDS: bool = true;

    /// Where the body comes from besides the flags of the fields.
    fn body(&self) -> &Body;
}

/// Where the body comes from besides the flags of the fields.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Input")]
pub(super) struct Body {
    /// Takes the input from a JSON file; `-` is the standard input. Flags replace its fields. Paths in it
    /// are relative to its folder
    #[arg(long, value_name = "FILE")]
    pub(super) input: Option<std::path::PathBuf>,
    /// Sets a field by its name, or a value inside it: `shots[0].prompt=dusk`. The value may be JSON
    #[arg(long, value_name = "FIELD=VALUE")]
    pub(super) set: Vec<Assignment>,
    /// Adds a key that the model's schema does not declare, such as `lora`. Nothing checks its value
    #[arg(long, value_name = "KEY=JSON", conflicts_with = "unchecked")]
    pub(super) extra: Vec<Extra>,
    /// Sends the input without checking it: the service judges it
    #[arg(long)]
    pub(super) unchecked: bool,
}

/// The words after the name of a command.
pub(super) struct CommandLine<F> {
    words: Vec<OsString>,
    flags: PhantomData<F>,
}

/// What a command line asks for.
pub(super) enum Wish<T> {
    /// This text.
    Help(String),
    Go(T),
}

/// What a command line says.
pub(super) struct Call<F> {
    pub(super) flags: F,
    matches: ArgMatches,
}

impl<F: OwnFlags> CommandLine<F> {
    pub(super) fn new(words: &[OsString]) -> Self {
        Self { words: words.to_vec(), flags: PhantomData }
    }

    /// The model's id; without one, help if that is asked for.
    pub(super) fn model_id(&self) -> Result<Wish<String>> {
        let own = F::augment_args(Command::new(F::VERB));
        let mut wants_help = false;
        let mut words = self.words.iter();
        while let Some(word) = words.next() {
            let text = word.to_string_lossy();
            let Some(flag) = text.strip_prefix('-').filter(|flag| !flag.is_empty()) else {
                // No model has this id.
                if text == "help" {
                    wants_help = true;
                    break;
                }
                return Ok(Wish::Go(text.into_owned()));
            };
            wants_help |= ["h", "-help"].contains(&flag);
            let Some(long) = flag.strip_prefix('-') else { continue };
            let (name, value) =
                long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value)));
            match own.get_arguments().find(|arg| arg.get_long() == Some(name)) {
                Some(arg) if arg.get_action().takes_values() && value.is_none() => _ = words.next(),
                None if !["help", ""].contains(&name) => {
                    return Err(Error::usage(format!(
                        "--{name} comes before the model; name the model first: `rcf {} MODEL --{name} ...`",
                        F::VERB
                    )));
                }
                _ => {}
            }
        }
        if wants_help {
            let error = general::<F>().try_get_matches_from([F::VERB, "--help"]).err();
            return Ok(Wish::Help(error.map(|error| text_of(&error)).unwrap_or_default()));
        }
        Err(Error::usage(format!(
            "the model is missing: `rcf {0} MODEL ...`; `rcf models search WORD` finds one, and `rcf {0} MODEL \
             --help` lists its flags",
            F::VERB
        )))
    }

    /// Whether the input is sent unchecked.
    pub(super) fn is_unchecked(&self) -> bool {
        self.words.iter().any(|word| word == "--unchecked")
    }

    /// Reads the flags of a model's fields, and the command's own.
    pub(super) fn read(&self, model: &Model) -> Result<Wish<Call<F>>> {
        let command = of_model::<F>(model);
        let words = std::iter::once(F::VERB.into()).chain(with_hyphens(&command, &self.words));
        let matches = match command.try_get_matches_from(words) {
            Ok(matches) => matches,
            Err(error) if error.kind() == ClapKind::DisplayHelp => {
                return Ok(Wish::Help(text_of(&error)));
            }
            Err(error) => return Err(usage(error, F::VERB, model)),
        };
        let flags = F::from_arg_matches(&matches).map_err(|error| usage(error, F::VERB, model))?;
        Ok(Wish::Go(Call { flags, matches }))
    }
}

impl<F: OwnFlags> Call<F> {
    /// The body that the command line says.
    pub(super) fn draft<'m>(&self, model: &'m Model) -> Result<Draft<'m>> {
        let body = self.flags.body();
        let mut draft = Draft::new(model, Path::new(""));
        if let Some(path) = &body.input {
            let (members, folder) = read_input(path)?;
            draft.layer(&folder);
            for (name, value) in members {
                draft.set_json(&name, value)?;
            }
            draft.layer(Path::new(""));
        }
        let fields = model.fields();
        for (field, _) in field_flags(&fields).0 {
            let texts = self.matches.get_many::<String>(&arg_id(&field)).into_iter().flatten();
            let takes_text = matches!(field.kind(), FieldKind::String | FieldKind::Media(_));
            for text in texts {
                // A text may be anything.
                if let Some(repeated) = json::repeated(text).filter(|_| !takes_text) {
                    return Err(repeated_in(field.name, &repeated));
                }
                draft.set_text(field.name, text)?;
            }
        }
        for assignment in &body.set {
            let takes_text = fields.iter().any(|field| {
                [field.name, field.key].contains(&&*assignment.path)
                    && matches!(field.kind(), FieldKind::String | FieldKind::Media(_))
            });
            if let Some(repeated) = assignment.repeated().filter(|_| !takes_text) {
                return Err(repeated_in(&assignment.path, &repeated));
            }
            assignment.apply(&mut draft)?;
        }
        Ok(draft)
    }

    /// The keys that the schema does not declare.
    pub(super) fn extras(&self) -> impl Iterator<Item = (&str, Value)> {
        self.flags.body().extra.iter().map(|extra| (&*extra.key, extra.value.clone()))
    }
}

fn repeated_in(name: &str, repeated: &str) -> Error {
    Error::bad_input(format!("{}: {repeated}", printable(name)))
}

/// The words, with a value that begins with a hyphen as a part of its flag: `--prompt=-x`. Otherwise, the
/// value would be read as a flag.
fn with_hyphens(command: &Command, words: &[OsString]) -> Vec<OsString> {
    let takes_value = |word: &OsString| {
        let flag = word.to_str().and_then(|word| word.strip_prefix("--"));
        flag.is_some_and(|flag| {
            command.get_arguments().any(|arg| {
                let mut names =
                    arg.get_long().into_iter().chain(arg.get_all_aliases().unwrap_or_default());
                is_field(arg) && names.any(|name| name == flag)
            })
        })
    };
    let is_flag = |word: &str| match word.strip_prefix("--") {
        // A flag holds no space before its value.
        Some(long) => !long.split('=').next().unwrap_or_default().contains(char::is_whitespace),
        None => !word.starts_with('-') || ["-h", "-q", "-v", "-y"].contains(&word),
    };
    let mut joined: Vec<OsString> = Vec::with_capacity(words.len());
    for word in words {
        match joined.last_mut() {
            Some(flag) if word.to_str().is_some_and(|word| !is_flag(word)) && takes_value(flag) => {
                flag.push("=");
                flag.push(word);
            }
            _ => joined.push(word.clone()),
        }
    }
    joined
}

/// The text of a help, coloured if it goes to a terminal.
fn text_of(error: &clap::Error) -> String {
    use std::io::IsTerminal as _;
    let text = error.render();
    if std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
        text.ansi().to_string()
    } else {
        text.to_string()
    }
}

/// Writes a help that was asked for.
pub(super) fn help(text: &str, output: &mut dyn Write) -> Result<Status> {
    output.write_all(text.as_bytes())?;
    Ok(Status::Done)
}

fn usage(mut error: clap::Error, verb: &str, model: &Model) -> Error {
    if remove_escape_tip(&mut error) {
        let tip = format!("`rcf {verb} {} --help` lists the flags", model.id());
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    let text = error.render().to_string();
    let text = text.trim();
    Error::usage(text.strip_prefix("error: ").unwrap_or(text))
}
