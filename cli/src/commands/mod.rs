//! The commands, one file each. To add one: a file here with its `Arguments` and `run`, and a variant below.

mod check;
mod explain;
mod fmt;
mod graph;
mod init;
mod ir;
mod library;
mod loading;
mod opened;
mod prepare;
mod rewrite;
mod run;
mod selection;
mod show;
mod test;

use crate::console::Console;
use crate::exit::{Ending, Failure};
use clap::Subcommand;

/// What `segue` does.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a project from data files
    Init(init::Arguments),
    /// Say whether the rules are sound, and what is wrong with them
    Check(check::Arguments),
    /// Work out who is in which segment
    Run(run::Arguments),
    /// Say what a message means, or why a customer is in a segment or not
    Explain(explain::Arguments),
    /// Show the text that a content has for a customer
    Show(show::Arguments),
    /// Run the tests that the rules bring along
    Test(test::Arguments),
    /// Ready-made declarations with their tests: list them, show them, take them over
    Library(library::Arguments),
    /// Lay rule files out; comments and meaning stay
    Fmt(fmt::Arguments),
    /// Show which declaration uses which
    Graph(graph::Arguments),
    /// Pack the data and put them in order once, so that runs begin at once
    Prepare(prepare::Arguments),
    /// Show the plan that the engine runs
    Ir(ir::Arguments),
}

/// Does what was asked.
pub(crate) fn run(command: Command, console: &Console) -> Result<Ending, Failure> {
    match command {
        Command::Check(arguments) => check::run(&arguments, console),
        Command::Explain(arguments) => explain::run(&arguments, console),
        Command::Fmt(arguments) => fmt::run(&arguments, console),
        Command::Graph(arguments) => graph::run(&arguments, console),
        Command::Init(arguments) => init::run(&arguments, console),
        Command::Ir(arguments) => ir::run(&arguments, console),
        Command::Library(arguments) => library::run(&arguments, console),
        Command::Prepare(arguments) => prepare::run(&arguments, console),
        Command::Run(arguments) => run::run(&arguments, console),
        Command::Show(arguments) => show::run(&arguments, console),
        Command::Test(arguments) => test::run(&arguments, console),
    }
}
