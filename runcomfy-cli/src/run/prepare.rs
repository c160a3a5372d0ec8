//! A request on the command line: its model, and its body.

use std::io::Write;

use runcomfy_client::{Client, DynamicModel};
use runcomfy_models::{AnyInput, Request, Value};
use runcomfy_schema::printable::printable;

use super::command_line::{Call, CommandLine, ModelArgs, OwnFlags, Wish, help};
use crate::request::{Model, Models};
use crate::{Error, ErrorKind, Result, Status, service};

/// A model, and what the command line says about it.
pub(super) struct Prepared<F> {
    pub(super) model: Model,
    pub(super) call: Call<F>,
}

/// The input to send: checked, or as it was given.
#[derive(Debug)]
pub(super) enum Input {
    Checked(AnyInput),
    Unchecked(Value),
}

impl Input {
    pub(super) fn body(&self) -> Value {
        match self {
            Self::Checked(input) => input.to_value(),
            Self::Unchecked(body) => body.clone(),
        }
    }
}

/// A client with the settings of the environment.
pub(super) fn client() -> Result<Client> {
    Client::from_env().map_err(service::error)
}

/// Reads the words of a command and runs it, or writes the help that they ask for.
pub(super) fn run_with<F: OwnFlags>(
    args: &ModelArgs,
    output: &mut dyn Write,
    run: impl AsyncFnOnce(Prepared<F>, &mut dyn Write) -> Result<Status>,
) -> Result<Status> {
    service::block_on(async {
        match Prepared::read(&CommandLine::new(&args.words)).await? {
            Wish::Help(text) => help(&text, output),
            Wish::Go(prepared) => run(prepared, output).await,
        }
    })
}

impl<F: OwnFlags> Prepared<F> {
    /// Finds the model, and reads the flags of its fields.
    async fn read(line: &CommandLine<F>) -> Result<Wish<Self>> {
        let id = match line.model_id()? {
            Wish::Help(text) => return Ok(Wish::Help(text)),
            Wish::Go(id) => id,
        };
        let model = match find(&id).await {
            Err(error) if line.is_unchecked() => anything(&id).ok_or(error)?,
            found => found?,
        };
        Ok(match line.read(&model)? {
            Wish::Help(text) => Wish::Help(text),
            Wish::Go(call) => Wish::Go(Self { model, call }),
        })
    }

    /// The input to send.
    pub(super) fn input(&self) -> Result<Input> {
        let draft = self.call.draft(&self.model)?;
        if self.call.flags.body().unchecked {
            return Ok(Input::Unchecked(draft.unchecked().map_err(|error| self.refusal(&error))?));
        }
        let finished = draft.finish();
        let declared = self.declared_extras(finished.as_ref().ok());
        match finished {
            Ok(input) if declared.is_empty() => Ok(Input::Checked(input)),
            finished => {
                let problems = finished.err().map(|error| error.to_string());
                let lines: Vec<_> = problems.into_iter().chain(declared).collect();
                Err(self.refusal(&Error::bad_input(lines.join("\n"))))
            }
        }
    }

    /// A line for each `--extra` key that the schema declares: it would skip its checks.
    fn declared_extras(&self, input: Option<&AnyInput>) -> Vec<String> {
        let fields = self.model.fields();
        let body = input.and_then(Request::checked_body);
        let line = |key: &str| {
            let field = fields.iter().find(|field| [field.key, field.name].contains(&key));
            let advice = match field {
                Some(field) => format!("set it with `--set {}=VALUE`", printable(field.name)),
                None => {
                    body?.declared(key)?;
                    "set it with `--set`, where it is checked".to_owned()
                }
            };
            Some(format!("cannot add the extra key {key:?}: the schema declares it; {advice}"))
        };
        self.call.extras().filter_map(|(key, _)| line(key)).collect()
    }

    /// The body with the fields that are given, though others may be missing.
    pub(super) fn partial(&self) -> Result<Value> {
        let draft = self.call.draft(&self.model)?;
        draft.partial().map_err(|error| self.refusal(&error))
    }

    fn refusal(&self, problems: &Error) -> Error {
        let id = self.model.id();
        Error::new(
            ErrorKind::BadInput,
            format!(
                "the input is not valid{}:\n{problems}\n`rcf {} {id} --help` says what {id} takes",
                if F::SENDS { "; nothing was sent" } else { "" },
                F::VERB
            ),
        )
    }
}

/// The model with this id. One with a generated type needs no call, and no token.
pub(super) async fn find(id: &str) -> Result<Model> {
    if runcomfy_models::model(id).is_some() {
        return Models::new(None).get(id).await;
    }
    match client() {
        Ok(client) => Models::new(Some(client)).get(id).await,
        Err(no_client) => {
            // The id may be misspelt, or that of a model of the catalog. Without a client, say both.
            let unknown = match Models::new(None).get(id).await {
                Ok(model) => return Ok(model),
                Err(unknown) => unknown,
            };
            let text =
                format!("{unknown}\n\nThe service may have it, but cannot be asked: {no_client}");
            Err(Error::new(no_client.kind(), text))
        }
    }
}

/// A model without a known schema, which takes any object.
fn anything(id: &str) -> Option<Model> {
    let schema = r#"{"type": "object", "properties": {}, "additionalProperties": true}"#;
    DynamicModel::parse(id, schema).ok().map(Model::Fetched)
}
