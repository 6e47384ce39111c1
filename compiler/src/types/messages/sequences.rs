//! Sequences: what cannot follow on what.

use crate::diagnostics::{Diagnostic, Edit};
use crate::names::messages::{enumerate, suggest};
use crate::source::Span;
use crate::syntax::tree::{Amount, Word};
use std::sync::Arc;

/// S0142
pub(crate) fn followed_without_time(words: Span, text: &str, inner: bool) -> Diagnostic {
    let message =
        Diagnostic::error("S0142", words, format!("`{text}` have no time of their own, so nothing can follow them"));
    match (inner, text.split_once('.')) {
        (true, Some((rows, list))) => message.beside(format!(
            "ask about `{rows}`, and about their `{list}` behind `where`: `any {rows} where (any {list} where ...) followed by ...`"
        )),
        _ => message.beside("only events follow one another").note("events have a time: `events ... at TIME`"),
    }
}

/// S0142
pub(crate) fn follows_without_time(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0142", span, format!("`{text}` have no time, so they cannot come after anything"))
        .beside("only events follow one another")
        .note("events have a time: `events ... at TIME`")
}

/// S0144
pub(crate) fn follows_as_rows(span: Span, rest: Span, rows: &str, text: &str) -> Diagnostic {
    Diagnostic::error("S0144", span, format!("events follow one another, and `{text}` are no events"))
        .beside(format!("name the events: `{rows}`; what must hold of them comes behind `where`"))
        .offer(format!("did you mean `{rows}`?"), vec![Edit::replace(rest, "")])
}

/// S0144
pub(crate) fn followed_by_no_more(words: Span) -> Diagnostic {
    Diagnostic::error("S0144", words, "nothing can follow on what did not happen")
        .beside("`followed by no` is the last step")
        .note("make two lines of it, one for each of the things that follow")
}

/// S0144
pub(crate) fn follows_as_no_events(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0144", span, format!("events follow one another, and `{text}` are no events"))
        .beside("name events: `followed by purchases`")
}

/// S0147
pub(crate) fn compared_without_order(word: &Word, kind: &str) -> Diagnostic {
    Diagnostic::error("S0147", word.span, format!("`{}` is {kind}, which is neither greater nor smaller", word.text))
        .beside(format!("write `with another {}` or `with the same {}`", word.text, word.text))
}

/// S0143
pub(crate) fn range_behind_a_step(span: Span) -> Diagnostic {
    Diagnostic::error("S0143", span, "behind a step, this reads as a stretch of time")
        .beside("put brackets around what is counted: `(number of carts followed by purchases) from 1 to 2`")
}

/// S0143
pub(crate) fn step_in_the_next(span: Span, amount: Amount) -> Diagnostic {
    let mend = format!("within {}", crate::syntax::amount_text(amount));
    Diagnostic::error("S0143", span, "`in the next` counts from the moment of the run, when nothing has happened yet")
        .beside(format!("did you mean `{mend}`?"))
        .offer(format!("from the event before on: `{mend}`"), vec![Edit::replace(span, mend)])
}

/// S0162
pub(crate) fn within_the_day(span: Span) -> Diagnostic {
    Diagnostic::warning("S0162", span, "these events have only a date, so the next comes a day later at the soonest")
        .beside("within 1 day nothing can follow: write at least `within 2 days`")
}

/// S0143
pub(crate) fn within_long_units(span: Span) -> Diagnostic {
    Diagnostic::error("S0143", span, "the time to the next step is written in weeks, days or shorter")
        .beside("months, quarters and years differ in length; write it in days")
}

/// S0143
pub(crate) fn within_nothing(span: Span) -> Diagnostic {
    Diagnostic::error("S0143", span, "nothing can follow within no time").beside("write at least 1")
}

/// S0101
pub(crate) fn same_of_one_side(
    word: &Word,
    (known, without): (bool, &str),
    close: &[Arc<str>],
    shared: &[Arc<str>],
) -> Diagnostic {
    let message = match known {
        true => {
            format!("`{without}` have no field called `{}`, so nothing of theirs can be held against it", word.text)
        }
        false => format!("there is no field called `{}` in the two steps", word.text),
    };
    let message = Diagnostic::error("S0101", word.span, message);
    let message = match shared {
        [] => message.note("the two steps have no field of one name"),
        names => message.note(format!("both have {}", enumerate(names, 12))),
    };
    suggest(message, word.span, close, str::to_owned)
}

/// S0147
pub(crate) fn same_list(word: &Word) -> Diagnostic {
    Diagnostic::error("S0147", word.span, format!("`{}` is a list, and steps are tied by single values", word.text))
        .beside("name another field")
}

/// S0147
pub(crate) fn same_of_two_kinds(word: &Word, before: (&str, &str), after: (&str, &str)) -> Diagnostic {
    let message = format!("`{}` cannot be the same in both: they are of different kinds", word.text);
    Diagnostic::error("S0147", word.span, message)
        .beside(format!("it is {} in {}, and {} in {}", before.1, before.0, after.1, after.0))
}
