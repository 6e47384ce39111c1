//! Occasions whose written days are over (rule 4).

use crate::diagnostics::Diagnostic;
use crate::program::{Occasion, Program};
use crate::values::calendar::{date_text, local_time};

/// Occasions of which no day comes after `as of`, each with its last day; `as_of` in microseconds UTC.
pub fn run_out(program: &Program, as_of: i64) -> impl Iterator<Item = (&Occasion, i32)> {
    let today = local_time(as_of, program.settings.zone).day;
    program.occasions.iter().filter_map(move |occasion| {
        let last = i32::try_from(occasion.days.last_day()?).ok()?;
        (last < today).then_some((occasion, last))
    })
}

/// S0165 for each of them.
pub fn run_out_messages(program: &Program, as_of: i64) -> Vec<Diagnostic> {
    let message = |(occasion, last): (&Occasion, i32)| {
        let last = date_text(last);
        Diagnostic::warning("S0165", occasion.span, format!("the days of `{}` are over", occasion.name))
            .beside(format!("the last one is {last}: add those to come"))
            .note("a list of dates ends; days that come back each year are written without a year")
    };
    run_out(program, as_of).map(message).collect()
}
