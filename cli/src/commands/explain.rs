//! `segue explain`: the page of a message's code.

use crate::console::Console;
use crate::exit::{Ending, Failure};
use segue_compiler::diagnostics::{entries, explain, find};

/// What to explain.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  segue explain S0101    what the message S0101 means, with a wrong file and the mended one"
)]
pub(crate) struct Arguments {
    /// The code of a message, such as S0101
    #[arg(value_name = "CODE")]
    subject: String,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    let Some(entry) = find(&arguments.subject) else {
        return Err(Failure::Use(unknown(&arguments.subject)));
    };
    console.out(&explain::page(entry, console.colour))?;
    Ok(Ending::Fine)
}

fn unknown(subject: &str) -> String {
    let known: Vec<String> = entries().iter().map(|entry| format!("  {}  {}", entry.code.0, entry.title)).collect();
    format!("there is no message with the code {subject}; these are the codes:\n{}", known.join("\n"))
}
