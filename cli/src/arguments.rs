//! What `segue` can be told on its command line, all commands together.

use crate::commands::Command;
use clap::{Parser, ValueEnum};

/// Find the customers you mean.
///
/// Segue reads rule files that say which customers belong to which segment, checks them, and works out who is in.
/// A project is a folder with a segue.toml and any number of .segue files; a single .segue file will do as well.
#[derive(Debug, Parser)]
#[command(
    name = "segue",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    after_help = "Exit status: 0 all is well, 1 problems were found, 2 wrong use or settings, 101 a mistake in segue itself.",
    after_long_help = "Examples:
  segue check                          are the rules of this folder sound?
  segue run examples/grocery           who is in which segment, as a table
  segue run --as-of 2018-01-01 --json  the same on another day, for programs
  segue explain S0101                  what a message means
  segue explain win_back --customer 17 why a customer is in a segment or not

Exit status: 0 all is well, 1 problems were found, 2 wrong use or settings, 101 a mistake in segue itself."
)]
pub(crate) struct Arguments {
    /// Whether to colour what is shown; `auto` does so on a terminal, unless NO_COLOR is set
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN", global = true)]
    pub(crate) color: Colour,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal; NO_COLOR and CLICOLOR_FORCE are heeded
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
