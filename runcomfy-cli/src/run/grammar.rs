//! What a command takes: the flags of a model's fields, and its own.

use std::ffi::OsString;

use clap::{Arg, ArgAction, Command};
use runcomfy_client::MediaKind;
use runcomfy_schema::printable::printable;

use super::command_line::{CommandLine, OwnFlags, Wish};
use super::field_flag::{field_flags, with_candidates};
use crate::request::Model;

/// The command with the flags of the model among the words, if there is one, for a shell that asks what
/// may come next.
pub(super) fn of_words<F: OwnFlags>(words: &[OsString]) -> Command {
    let line = CommandLine::<F>::new(words);
    let command = match line.model_id() {
        Ok(Wish::Go(id)) => match runcomfy_models::model(&id) {
            Some(model) => of_model::<F>(&Model::BuiltIn(model)),
            None => general::<F>(),
        },
        _ => general::<F>(),
    };
    command.name(F::VERB)
}

/// The argument for a model, with the ids that this program knows.
pub(super) fn model_arg() -> Arg {
    let ids = runcomfy_models::MODELS.iter().map(|model| model.id.into()).collect();
    with_candidates(Arg::new("model"), ids)
}

/// How a command is used, without a model.
pub(super) fn usage<F: OwnFlags>() -> String {
    format!("rcf {} <MODEL> [FLAGS OF THE MODEL] [OPTIONS]", F::VERB)
}

/// The command without a model.
pub(super) fn general<F: OwnFlags>() -> Command {
    let verb = F::VERB;
    let model = model_arg()
        .value_name("MODEL")
        .required(true)
        .help("The id of the model: `rcf models search WORD` finds one");
    with_own_flags::<F>(Command::new(format!("rcf {verb}")).arg(model))
        .about(F::ABOUT)
        .override_usage(usage::<F>())
        .after_help(format!(
            "Each model has flags of its own, made from its schema: `rcf {verb} MODEL --help` lists them.\n\n{}",
            F::EXAMPLE
        ))
}

/// The command with the flags of a model.
pub(super) fn of_model<F: OwnFlags>(model: &Model) -> Command {
    let (verb, id) = (F::VERB, model.id());
    let fields = model.fields();
    let (flags, others) = field_flags(&fields);
    let mut usage = format!("rcf {verb} {id}");
    let mut command = Command::new(format!("rcf {verb}")).arg(model_arg().hide(true));
    for (field, arg) in flags {
        if let (true, Some(flag), Some([name, ..])) =
            (field.required && F::SENDS, arg.get_long(), arg.get_value_names())
        {
            usage.push_str(&format!(" --{flag} <{name}>"));
        }
        command = command.arg(arg);
    }
    if !F::SENDS {
        usage.push_str(" [FIELDS]");
    }
    let makes = model.output_kind().map(|kind| format!(" It makes {}.", kind_words(kind)));
    let mut after = "A field for a file takes the path of a file (it is sent inside the request), a public \
                     https: URL, or hosted:NAME for a file that the service hosts. A list takes several \
                     values, or a JSON array."
        .to_owned();
    for field in others {
        let name = printable(field.name);
        after.push_str(&format!(
            "\n\nThe field {name} has no flag of its own: `--set {name}=VALUE`."
        ));
    }
    with_own_flags::<F>(command)
        .about(format!("{}.\n\nThe model is {id}.{}", F::ABOUT, makes.unwrap_or_default()))
        .override_usage(usage + " [OPTIONS]")
        .after_help(after)
}

/// What a model makes.
fn kind_words(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "images",
        MediaKind::Video => "videos",
        MediaKind::Audio => "audio",
        _ => "files",
    }
}

/// Adds the command's own flags, and `--help`.
fn with_own_flags<F: OwnFlags>(command: Command) -> Command {
    let help = Arg::new("help")
        .long("help")
        .short('h')
        .action(ArgAction::Help)
        .help("Writes this help")
        .help_heading("Output");
    F::augment_args(command).arg(help).disable_help_flag(true).disable_version_flag(true)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::flag::OWN_FLAGS;
    use crate::run::{price, run_model, submit};

    #[test]
    fn own_flags_are_those_of_the_commands() {
        let commands =
            [general::<run_model::Flags>(), general::<submit::Flags>(), general::<price::Flags>()];
        let mut flags: BTreeSet<_> = commands
            .iter()
            .flat_map(Command::get_arguments)
            .filter_map(|arg| arg.get_long())
            .collect();
        for flag in OWN_FLAGS {
            assert!(flags.remove(flag), "{flag} is no flag");
        }
        assert_eq!(flags, BTreeSet::new(), "a field may have this flag, too");
        // `with_hyphens` and `model_id` know the short ones.
        let shorts = commands.iter().flat_map(Command::get_arguments).filter_map(|arg| {
            assert!(arg.get_short().is_none() || !arg.get_action().takes_values());
            arg.get_short()
        });
        assert_eq!(shorts.collect::<BTreeSet<_>>(), ['h', 'q', 'v', 'y'].into());
    }
}
