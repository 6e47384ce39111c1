//! The commands, one file each. To add one: a file here with its `Arguments` and `run`, and a variant below.

mod explain;

use crate::console::Console;
use crate::exit::{Ending, Failure};
use clap::Subcommand;

/// What `segue` does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Say what a message means, or why a customer is in a segment or not
    Explain(explain::Arguments),
}

/// Does what was asked.
pub(crate) fn run(command: Command, console: &Console) -> Result<Ending, Failure> {
    match command {
        Command::Explain(arguments) => explain::run(&arguments, console),
    }
}
