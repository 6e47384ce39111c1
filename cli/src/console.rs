//! How a command speaks: results on standard output, everything about them on standard error, colour only where it was
//! asked for or a person is looking.

use crate::arguments::Colour;
use std::io::{ErrorKind, IsTerminal, Write};

/// Where a command writes.
#[derive(Debug)]
pub(crate) struct Console {
    /// Whether what goes to standard output may be coloured.
    pub(crate) colour: bool,
    /// The same for standard error.
    pub(crate) colour_errors: bool,
    /// Whether a person watches standard error, so that progress may be shown there.
    pub(crate) watched: bool,
}

impl Console {
    /// Looks at the streams and the environment.
    pub(crate) fn new(colour: Colour) -> Console {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0");
        let dumb = std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let decide = |terminal: bool| match colour {
            Colour::Always => true,
            Colour::Never => false,
            // https://no-color.org wins over https://bixense.com/clicolors.
            Colour::Auto => !set("NO_COLOR") && (forced || terminal && !dumb),
        };
        let watched = std::io::stderr().is_terminal();
        Console {
            colour: decide(std::io::stdout().is_terminal()),
            colour_errors: decide(watched),
            watched: watched && !dumb,
        }
    }

    /// How many columns a table may take: the terminal's, or 100 where standard output is none.
    pub(crate) fn width(&self) -> usize {
        let given = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
        let terminal = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let watched = std::io::stdout().is_terminal();
        given.or_else(|| watched.then(terminal).flatten()).unwrap_or(100).clamp(40, 160)
    }

    /// Writes a result. A reader that has gone away (`segue run | head`) is not an error.
    ///
    /// # Errors
    /// Standard output cannot be written, for another reason.
    pub(crate) fn out(&self, text: &str) -> std::io::Result<()> {
        let mut stream = std::io::stdout().lock();
        match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            done => done,
        }
    }

    /// Writes something about the work. Where standard error is closed there is nobody to tell.
    pub(crate) fn note(&self, text: &str) {
        _ = std::io::stderr().lock().write_all(text.as_bytes());
    }
}
