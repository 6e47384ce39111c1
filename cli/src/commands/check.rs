//! `segue check`: are the rules sound?

use super::loading::{self, Data};
use super::opened::{Given, Opened, Where, tally};
use super::rewrite::rewrite;
use crate::console::Console;
use crate::exit::{Ending, Failure};
use clap::ValueEnum;
use segue_compiler::diagnostics::{self, Severity, apply, certain_edits, concise, json, terminal};
use segue_compiler::project::{levelled, run_out_messages};
use segue_runtime::data::NeededFields;
use segue_runtime::report::{data_messages, load_warnings, values_that_never_occur};
use std::path::Path;

/// What to check, and how to tell.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  segue check                       the project of this folder
  segue check examples/grocery      another one
  segue check --with-data           do columns and values occur in the data as well?
  segue check --fix                 mend what can be mended without asking
  segue check --format json         for editors and other programs
  segue check --fail-on warning     for a server that is to be strict")]
pub(crate) struct Arguments {
    #[command(flatten)]
    project: Where,

    #[command(flatten)]
    given: Given,

    /// Read the data too: are the declared columns there, and do the values that are asked for occur?
    #[arg(long)]
    with_data: bool,

    #[command(flatten)]
    data: Data,

    /// How to show the messages
    #[arg(long, value_enum, default_value_t = Format::Full, value_name = "FORMAT")]
    format: Format,

    /// From which gravity on the check counts as failed; the project file's setting, or errors, if left out
    #[arg(long, value_enum, value_name = "GRAVITY")]
    fail_on: Option<Gravity>,

    /// Make the changes that are surely meant, in the files
    #[arg(long)]
    fix: bool,
}

/// How messages are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// With the lines they are about
    Full,
    /// One line each: file:line:column: message
    Concise,
    /// One JSON document
    Json,
}

/// How grave a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Gravity {
    /// What cannot be run
    Error,
    /// What is probably not meant, too
    Warning,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    let mut opened = arguments.project.open_with(&arguments.given)?;
    if arguments.fix {
        opened = mend(opened, arguments, console)?;
    }
    let fail_on = match arguments.fail_on {
        Some(Gravity::Error) => Severity::Error,
        Some(Gravity::Warning) => Severity::Warning,
        None => opened.checked.config.fail_on,
    };
    // What the data say is told at the project file too, and no mistake in it: so this is asked before they are read.
    let mut misplaced = opened.settings_fail(fail_on);
    if arguments.with_data {
        misplaced |= hold_against_data(&mut opened, arguments, console)?;
    } else if arguments.data.is_given() {
        return Err(Failure::Use(
            "no data are read without --with-data: say that too, or leave out --data, --bad-rows and --threads".into(),
        ));
    }
    // A project that says from when it looks was told already.
    if let (Some(program), None) = (&opened.checked.program, opened.checked.config.settings.as_of) {
        let found = levelled(run_out_messages(program, loading::now()), &opened.checked.config);
        opened.checked.diagnostics.extend(found);
        diagnostics::sort(&mut opened.checked.diagnostics);
    }
    let Opened { checked, .. } = &opened;
    let messages = &checked.diagnostics;
    let count = |severity| messages.iter().filter(|message| message.severity == severity).count();
    let told = tally(count(Severity::Error), count(Severity::Warning));
    match arguments.format {
        Format::Full => {
            console.out(&terminal::draw(&checked.sources, messages, console.colour))?;
            console.out(&format!("{told}\n"))?;
        }
        Format::Concise => console.out(&concise::lines(&checked.sources, messages))?,
        Format::Json => {
            let document = serde_json::to_string_pretty(&json::messages(&checked.sources, messages))?;
            console.out(&(document + "\n"))?;
        }
    }
    if misplaced {
        return Err(Failure::Told);
    }
    let failed = messages.iter().any(|message| message.severity >= fail_on);
    Ok(if failed { Ending::Problems } else { Ending::Fine })
}

/// Adds what the data say about the rules, where the rules are sound by themselves; gives whether the data are not where
/// the settings say.
fn hold_against_data(opened: &mut Opened, arguments: &Arguments, console: &Console) -> Result<bool, Failure> {
    let Some(program) = &opened.checked.program else {
        console.note("the data were not looked at: the rules must be sound first\n");
        return Ok(false);
    };
    let mut misplaced = false;
    let found = match arguments.data.load(opened, program, NeededFields::everything(program), console)? {
        Ok(loaded) => {
            let mut found = load_warnings(&opened.checked, program, &loaded.report);
            found.extend(values_that_never_occur(&opened.checked, program, &loaded.dataset));
            found
        }
        Err(errors) => {
            misplaced = loading::of_settings(&errors);
            data_messages(&opened.checked, program, &errors)
        }
    };
    let found = levelled(found, &opened.checked.config);
    opened.checked.diagnostics.extend(found);
    diagnostics::sort(&mut opened.checked.diagnostics);
    Ok(misplaced)
}

/// Rounds of mending: a fix can uncover a mistake that has a fix of its own.
const ROUNDS: usize = 8;

fn mend(mut opened: Opened, arguments: &Arguments, console: &Console) -> Result<Opened, Failure> {
    let mut changes = 0;
    for _ in 0..ROUNDS {
        let mut changed = false;
        let checked = &opened.checked;
        for (id, file) in checked.sources.iter() {
            let edits = certain_edits(&checked.diagnostics, id);
            let text = apply(&file.text, &edits);
            if text != *file.text {
                changes += edits.len();
                changed = true;
                rewrite(Path::new(&file.name), &text)?;
            }
        }
        if !changed {
            break;
        }
        opened = arguments.project.open_with(&arguments.given)?;
    }
    let word = if changes == 1 { "change" } else { "changes" };
    console.note(&format!("{changes} {word} made\n"));
    Ok(opened)
}
