//! The `segue` command. Each command is one file under `commands`; what they share is how a command is told its
//! arguments, how it speaks ([`console`]) and how it ends ([`exit`]).

mod arguments;
mod commands;
mod console;
mod exit;
mod interrupt;
mod progress;

use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    exit::report_our_own_mistakes();
    let arguments = arguments::Arguments::parse();
    let console = console::Console::new(arguments.color);
    interrupt::clean_up_on_interrupt();
    exit::code(std::panic::catch_unwind(|| commands::run(arguments.command, &console)), &console)
}
