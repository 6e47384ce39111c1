//! How a command ends: the exit status, and what is said where segue itself is at fault.

use crate::console::Console;
use std::any::Any;
use std::process::ExitCode;

/// How a command ended that did its work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// All is well: status 0.
    Fine,
    /// The work showed problems, which were told: status 1.
    Problems,
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Wrong use, settings, or surroundings: status 2. The text is shown as it is.
    #[error("{0}")]
    Use(String),
    /// Reading or writing failed: status 2.
    #[error("{0}")]
    Stream(#[from] std::io::Error),
    /// Wrong use or settings that were told already: status 2.
    #[error("")]
    Told,
    /// A mistake in segue itself: status 101.
    #[error("{0}")]
    Ours(String),
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Failure {
        Failure::Stream(error.into())
    }
}

/// The status of a mistake in segue itself.
const OUR_MISTAKE: u8 = 101;

/// The exit status of a command, after telling why it failed where it did.
pub(crate) fn code(ended: Result<Result<Ending, Failure>, Box<dyn Any + Send>>, console: &Console) -> ExitCode {
    match ended {
        Ok(Ok(Ending::Fine)) => ExitCode::SUCCESS,
        Ok(Ok(Ending::Problems)) => ExitCode::from(1),
        Ok(Err(Failure::Told)) => ExitCode::from(2),
        Ok(Err(Failure::Ours(cause))) => {
            console.note(&our_mistake("", &cause));
            ExitCode::from(OUR_MISTAKE)
        }
        Ok(Err(failure)) => {
            let sign = if console.colour_errors { "\u{1b}[31merror:\u{1b}[0m" } else { "error:" };
            console.note(&format!("{sign} {failure}\n"));
            ExitCode::from(2)
        }
        // The hook has spoken.
        Err(_) => ExitCode::from(OUR_MISTAKE),
    }
}

/// Makes a panic say that the mistake is ours and what to do about it.
pub(crate) fn report_our_own_mistakes() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(String::new, |place| format!(" at {place}"));
        let cause = panic.payload();
        let cause = cause
            .downcast_ref::<&str>()
            .copied()
            .or_else(|| cause.downcast_ref::<String>().map(String::as_str))
            .unwrap_or("no further word");
        let text = our_mistake(&place, cause);
        _ = std::io::Write::write_all(&mut std::io::stderr().lock(), text.as_bytes());
    }));
}

fn our_mistake(place: &str, cause: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "segue {version} has a mistake of its own{place}: {cause}\n\
         This is not your fault. Please report it with these lines, and with the rule files if you may share them.\n"
    )
}
