//! The command line of the program.

use std::time::Duration;

use lexopt::prelude::*;
use runcomfy_sandbox::{
    Builder, CancelAnswer, Chaos, EarlyResult, Lag, OutputForm, Sandbox, Stage,
};

pub(crate) const HELP: &str = "\
A local server that behaves like RunComfy's model API.

Usage: runcomfy-sandbox [OPTIONS]

Options:
      --port <PORT>               the port to listen on; 0 for a free one [default: 8188]
      --token <TOKEN>             the token that calls must send [default: sandbox-token]
      --schemas <FOLDER>          adds the models of a folder, from files <model id>.json;
                                  may be given several times
      --quiet                     writes no log line per call to standard error
  -h, --help                      prints this help

Jobs:
      --queue-ms <MS>             the minimum time in the queue [default: 600]
      --run-ms <MS>               the run time of a job [default: 1500]
      --workers <N>               the number of jobs that run at once [default: 1]
      --fail <REASON>             makes every job fail for this reason
      --chaos <SEED>              makes one call in five fail at random; the same seed gives the
                                  same faults

Responses; the defaults are as the service documents them:
      --status-word <STAGE=WORD>  the word of a status call for a stage: queued, running,
                                  succeeded, failed or cancelled; with failed=failed, the status
                                  tells that a job failed
      --result-word <STAGE=WORD>  the same for a result call
      --early-result <FORM>       a result call before the end: state, not-ready [default: state]
      --cancel-answer <FORM>      full, outcome-only, requested, requested-status,
                                  contradictory, empty, no-content [default: full]
      --output-form <FORM>        by-schema, object, url, urls, url-objects,
                                  object-of-url-objects [default: by-schema]
      --output-origin <URL>       scheme and host of output URLs; the sandbox still serves the files
      --no-input                  does not repeat the input of a job in its result
      --submit-status <CODE>      the HTTP status of an accepted submission [default: 200]
      --token-status <CODE>       the HTTP status for a wrong token [default: 400]
      --unfetchable <URL>         refuses this URL as an input, as if the file could not be fetched;
                                  may be given several times
      --lag-after-accept <N:FORM> answers the first N calls about a job as if the job were unknown:
                                  not-found, too-early, client-closed, not-ready, stale
      --lag-after-end <N:FORM>    answers the first N result calls about an ended job as if the
                                  result were missing; the same forms

Account:
      --balance <USD>             the initial balance; may be negative [default: 100]
      --price <USD>               the price of models without one, per second of video or per output
                                  [default: 0]
      --require-balance           refuses submissions once the balance is used up
";

/// `None` if the user asked for help.
pub(crate) fn read() -> Result<Option<Builder>, lexopt::Error> {
    let mut builder = Sandbox::builder().port(8188);
    let mut quiet = false;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        builder = match argument {
            Long("port") => builder.port(arguments.value()?.parse()?),
            Long("token") => builder.token(arguments.value()?.string()?),
            Long("schemas") => builder.schemas(arguments.value()?),
            Long("quiet") => {
                quiet = true;
                builder
            }
            Short('h') | Long("help") => return Ok(None),
            Long("queue-ms") => builder.queue_time(milliseconds(&mut arguments)?),
            Long("run-ms") => builder.run_time(milliseconds(&mut arguments)?),
            Long("workers") => builder.workers(arguments.value()?.parse()?),
            Long("fail") => builder.failing(arguments.value()?.string()?),
            Long("chaos") => builder.chaos(Chaos::seeded(arguments.value()?.parse()?)),
            Long("status-word") => {
                let (stage, word) = stage_word(&mut arguments)?;
                builder.status_word(stage, word)
            }
            Long("result-word") => {
                let (stage, word) = stage_word(&mut arguments)?;
                builder.result_word(stage, word)
            }
            Long("early-result") => builder.early_result(choice(&mut arguments, &EARLY_RESULTS)?),
            Long("cancel-answer") => {
                builder.cancel_answer(choice(&mut arguments, &CANCEL_ANSWERS)?)
            }
            Long("output-form") => builder.output_form(choice(&mut arguments, &OUTPUT_FORMS)?),
            Long("output-origin") => builder.output_origin(arguments.value()?.string()?),
            Long("no-input") => builder.repeat_input(false),
            Long("submit-status") => builder.submit_status(arguments.value()?.parse()?),
            Long("token-status") => builder.token_status(arguments.value()?.parse()?),
            Long("unfetchable") => builder.unfetchable(arguments.value()?.string()?),
            Long("lag-after-accept") => {
                let (calls, lag) = calls_lag(&mut arguments)?;
                builder.lag_after_accept(calls, lag)
            }
            Long("lag-after-end") => {
                let (calls, lag) = calls_lag(&mut arguments)?;
                builder.lag_after_end(calls, lag)
            }
            Long("balance") => builder.balance_usd(arguments.value()?.parse()?),
            Long("price") => builder.price_usd(arguments.value()?.parse()?),
            Long("require-balance") => builder.require_balance(true),
            other => return Err(other.unexpected()),
        };
    }
    Ok(Some(if quiet { builder } else { builder.log(crate::log) }))
}

/// The names of the values of an option.
type Choices<T, const N: usize> = [(&'static str, T); N];

const STAGES: Choices<Stage, 5> = [
    ("queued", Stage::Queued),
    ("running", Stage::Running),
    ("succeeded", Stage::Succeeded),
    ("failed", Stage::Failed),
    ("cancelled", Stage::Cancelled),
];

const EARLY_RESULTS: Choices<EarlyResult, 2> =
    [("state", EarlyResult::CurrentState), ("not-ready", EarlyResult::NotReady)];

const CANCEL_ANSWERS: Choices<CancelAnswer, 7> = [
    ("full", CancelAnswer::Full),
    ("outcome-only", CancelAnswer::OutcomeOnly),
    ("requested", CancelAnswer::Requested),
    ("requested-status", CancelAnswer::RequestedStatus),
    ("contradictory", CancelAnswer::Contradictory),
    ("empty", CancelAnswer::Empty),
    ("no-content", CancelAnswer::NoContent),
];

const OUTPUT_FORMS: Choices<OutputForm, 6> = [
    ("by-schema", OutputForm::BySchema),
    ("object", OutputForm::Object),
    ("url", OutputForm::Url),
    ("urls", OutputForm::Urls),
    ("url-objects", OutputForm::UrlObjects),
    ("object-of-url-objects", OutputForm::ObjectOfUrlObjects),
];

const LAGS: Choices<Lag, 5> = [
    ("not-found", Lag::NotFound),
    ("too-early", Lag::TooEarly),
    ("client-closed", Lag::ClientClosed),
    ("not-ready", Lag::NotReady),
    ("stale", Lag::Stale),
];

fn milliseconds(arguments: &mut lexopt::Parser) -> Result<Duration, lexopt::Error> {
    arguments.value()?.parse().map(Duration::from_millis)
}

fn choice<T: Copy>(
    arguments: &mut lexopt::Parser,
    choices: &[(&str, T)],
) -> Result<T, lexopt::Error> {
    chosen(&arguments.value()?.string()?, choices)
}

fn chosen<T: Copy>(text: &str, choices: &[(&str, T)]) -> Result<T, lexopt::Error> {
    let found = choices.iter().find_map(|(name, choice)| (*name == text).then_some(*choice));
    found.ok_or_else(|| {
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        format!("{text:?} is not one of: {}", names.join(", ")).into()
    })
}

fn stage_word(arguments: &mut lexopt::Parser) -> Result<(Stage, String), lexopt::Error> {
    let text = arguments.value()?.string()?;
    let (stage, word) = text
        .split_once('=')
        .ok_or_else(|| format!("{text:?} is not of the form STAGE=WORD, such as failed=failed"))?;
    Ok((chosen(stage, &STAGES)?, word.to_owned()))
}

fn calls_lag(arguments: &mut lexopt::Parser) -> Result<(u32, Lag), lexopt::Error> {
    let text = arguments.value()?.string()?;
    let parts = text.split_once(':').and_then(|(calls, lag)| Some((calls.parse().ok()?, lag)));
    let (calls, lag) =
        parts.ok_or_else(|| format!("{text:?} is not of the form N:FORM, such as 3:not-found"))?;
    Ok((calls, chosen(lag, &LAGS)?))
}
