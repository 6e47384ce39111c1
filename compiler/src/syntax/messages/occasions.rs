//! Messages about the days of occasions.

use super::replace;
use crate::diagnostics::Diagnostic;
use crate::source::Span;

/// `occasion sales = every other friday`
pub(crate) fn broken_occasion(span: Span, written: &str) -> Diagnostic {
    let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
    Diagnostic::error("S0047", span, format!("`{written}` is no day that comes back"))
        .beside("write a day, a span from one to another, or dates")
        .note("days are `14 february`, `second sunday of may`, `last monday before 25 may`, `easter`, `2026-11-08`")
        .note("others: `1 day after fourth thursday of november`, `from 28 december to 3 january`, `anniversary of birth_date`")
}

/// `30 february`
pub(crate) fn no_such_day(span: Span, written: &str, month: &str, most: u32) -> Diagnostic {
    Diagnostic::error("S0047", span, format!("there is no {written}")).beside(format!("{month} has {most} days"))
}

/// `february 14`, `14th of february`
pub(crate) fn day_wording(span: Span, mend: &str) -> Diagnostic {
    Diagnostic::error("S0047", span, format!("write this as `{mend}`"))
        .beside(format!("did you mean `{mend}`?"))
        .fix(format!("write `{mend}`"), replace(span, mend))
}

/// `second friday after 18 june`
pub(crate) fn nearest_weekday(span: Span, before: bool) -> Diagnostic {
    let (word, side) = if before { ("last", "before") } else { ("first", "after") };
    Diagnostic::error("S0047", span, format!("only the {word} such day {side} a date can be meant"))
        .beside(format!("write `{word}`, and move it by weeks: `1 week {side} {word} friday {side} ...`"))
}

/// `14 febuary`
pub(crate) fn misspelt_day(span: Span, written: &str, word: &str) -> Diagnostic {
    Diagnostic::error("S0047", span, format!("`{written}` names no day"))
        .beside(format!("did you mean `{word}`?"))
        .offer(format!("did you mean `{word}`?"), replace(span, word))
}

/// `occasion fridays = friday`
pub(crate) fn weekday_alone(span: Span, written: &str) -> Diagnostic {
    let day = written.to_lowercase();
    Diagnostic::error("S0047", span, format!("which {day}?"))
        .beside(format!("write one of the year, as in `last {day} of may`"))
        .note(format!("one that comes each week needs no occasion: `any purchases in the last 30 days on {day}s`"))
}
