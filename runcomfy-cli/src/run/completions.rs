//! `rcf completions`: what a shell needs to complete commands.

use std::ffi::OsString;
use std::io::Write;

use clap::{Command, CommandFactory as _};
use clap_complete::env::{CompleteEnv, Shells};

use super::grammar::{model_arg, of_words};
use super::{price, run_model, submit};
use crate::{Error, Rcf, Result, Status};

const EXAMPLE: &str = "\
Write it to the file that your shell reads when it starts:
  bash        echo 'source <(rcf completions bash)' >> ~/.bashrc
  zsh         echo 'source <(rcf completions zsh)' >> ~/.zshrc
  fish        echo 'rcf completions fish | source' >> ~/.config/fish/config.fish
  powershell  rcf completions powershell >> $PROFILE
  elvish      echo 'eval (rcf completions elvish | slurp)' >> ~/.config/elvish/rc.elv

The shell then asks `rcf` what may come next: commands, ids of models, and the flags of the
model that is named, with their values.";

/// Writes a script that completes commands, ids of models, and the flags and values of a model
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXAMPLE)]
#[non_exhaustive]
pub struct Args {
    /// The shell
    #[arg(value_parser = ["bash", "elvish", "fish", "powershell", "zsh"])]
    pub shell: String,
}

/// The variable by which the script asks.
const VARIABLE: &str = "COMPLETE";

/// Writes the script.
///
/// # Errors
/// If it cannot be written.
pub fn run(args: &Args, output: &mut dyn Write) -> Result<Status> {
    let shells = Shells::builtins();
    let shell = shells.completer(&args.shell).ok_or_else(|| Error::usage("no such shell"))?;
    shell.write_registration(VARIABLE, "rcf", "rcf", "rcf", output)?;
    Ok(Status::Done)
}

/// Answers a shell that asks what may come next, and ends the process then.
pub fn answer() {
    CompleteEnv::with_factory(command).var(VARIABLE).complete();
}

/// All commands, with the flags of the model that the shell's words name.
fn command() -> Command {
    // After the program's own `--` come the words of the command line.
    let words: Vec<OsString> =
        std::env::args_os().skip_while(|word| word != "--").skip(2).collect();
    let rest = words.get(1..).unwrap_or_default();
    let command = Rcf::command();
    match words.first().and_then(|verb| verb.to_str()) {
        Some("run") => command.mut_subcommand("run", |_| of_words::<run_model::Flags>(rest)),
        Some("submit") => command.mut_subcommand("submit", |_| of_words::<submit::Flags>(rest)),
        Some("price") => command.mut_subcommand("price", |_| of_words::<price::Flags>(rest)),
        Some("models") => command.mut_subcommand("models", |models| {
            models.mut_subcommand("show", |show| {
                show.mut_arg("id", |id| model_arg().id(id.get_id().clone()))
            })
        }),
        _ => command,
    }
}
