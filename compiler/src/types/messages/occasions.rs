//! Occasions: days that cannot be, and what cannot be asked of them.

use crate::diagnostics::{Diagnostic, Edit};
use crate::names::messages::{enumerate, suggest};
use crate::source::Span;
use crate::syntax::tree::Word;
use std::sync::Arc;

/// S0194
pub(crate) fn anniversary_among_days(span: Span) -> Diagnostic {
    Diagnostic::error("S0194", span, "an anniversary has other days for each customer, so it stands alone")
        .beside("make two occasions of it")
}

/// S0194
pub(crate) fn too_many_days(span: Span, most: usize) -> Diagnostic {
    Diagnostic::error("S0194", span, format!("an occasion has at most {most} days or spans"))
        .beside("leave out those that are long past")
}

/// S0194
pub(crate) fn span_of_several_days(span: Span) -> Diagnostic {
    Diagnostic::error("S0194", span, "a span goes from one day to another, and one of these is several")
        .beside("write out each of its spans, with commas between them")
}

/// S0194
pub(crate) fn span_ends_first(span: Span) -> Diagnostic {
    Diagnostic::error("S0194", span, "this span ends before it begins").beside("write the earlier day first")
}

/// S0194
pub(crate) fn span_of_one_year(span: Span) -> Diagnostic {
    Diagnostic::error("S0194", span, "one end of this span has a year, and the other comes back each year")
        .beside("write both with a year, or both without one")
}

/// S0194
pub(crate) fn span_of_two_anniversaries(span: Span) -> Diagnostic {
    Diagnostic::error("S0194", span, "a span of anniversaries begins and ends by the same day of a customer")
        .beside("the two ends are anniversaries of different days")
}

/// S0194
pub(crate) fn span_of_day_and_anniversary(span: Span) -> Diagnostic {
    Diagnostic::error("S0194", span, "one end of this span is the same for everybody, the other is not")
        .beside("write two anniversaries, or two days of the year")
}

/// S0194
pub(crate) fn weekday_of_an_anniversary(span: Span) -> Diagnostic {
    Diagnostic::error("S0194", span, "anniversaries are moved by days or weeks, not to days of the week")
        .beside("write it as `3 days after ...`")
}

/// S0101, S0194
pub(crate) fn no_such_occasion(word: &Word, is_other: bool, names: &[Arc<str>], close: &[Arc<str>]) -> Diagnostic {
    let message = match is_other {
        true => Diagnostic::error("S0194", word.span, format!("`{}` is no occasion", word.text)),
        false => Diagnostic::error("S0101", word.span, format!("there is no occasion `{}`", word.text)),
    };
    if !close.is_empty() {
        return suggest(message, word.span, close, str::to_owned);
    }
    if word.text.eq_ignore_ascii_case("easter") {
        return message
            .beside("give the day a name of its own")
            .note("declare it: `occasion easter_day = easter`, and write `easter_day` here");
    }
    match names {
        _ if is_other => {
            message.beside("an occasion is declared by its days, as in `occasion valentines = 14 february`")
        }
        [] => message
            .beside("an occasion is declared by its days")
            .note(format!("declare it: `occasion {} = 14 february`", word.text)),
        names => message.beside(format!("the occasions are {}", enumerate(names, 5))),
    }
}

/// S0194
pub(crate) fn anniversary_of_no_field(span: Span) -> Diagnostic {
    Diagnostic::error("S0194", span, "an anniversary is one of a date of the customer")
        .beside("name a field or a trait, as in `anniversary of birth_date`")
        .note("what is worked out gets a name first: `trait first_purchase = first purchases.purchased_at`")
}

/// S0194
pub(crate) fn anniversary_of_no_day(span: Span, kind: &str) -> Diagnostic {
    Diagnostic::error("S0194", span, format!("this is {kind}, and only dates and times have anniversaries"))
        .beside("name a date, as in `anniversary of birth_date`")
}

/// S0194
pub(crate) fn occasion_units(span: Span) -> Diagnostic {
    Diagnostic::error("S0194", span, "days around an occasion are counted in days or weeks")
        .beside("months differ in length; write it in days")
}

/// S0194
pub(crate) fn occasion_days_range(span: Span, most: i64) -> Diagnostic {
    Diagnostic::error("S0194", span, format!("days around an occasion are 1 to {most}"))
        .beside("an occasion comes back each year")
}

/// S0194
pub(crate) fn anniversary_out_of_reach(span: Span) -> Diagnostic {
    Diagnostic::error("S0194", span, "each customer has an anniversary of their own, and nobody is asked here")
        .beside("a calculated field knows its own row only")
        .note("ask it in a trait, a segment, or behind `where`")
}

/// S0194
pub(crate) fn occasion_without_end(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("S0194", span, format!("`{name}` comes back, so this needs a first and a last day"))
        .beside("write `in the next 7 days`, `in the last 7 days`, `today`, `this month`, or `from ... to ...`")
}

/// S0194
pub(crate) fn occasion_without_window(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("S0194", span, format!("`{name}` is an occasion, and this does not ask when it is"))
        .beside(format!("ask for days: `{name} is in the next 7 days`, `{name} is today`"))
}

/// S0194
pub(crate) fn occasion_as_bound(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("S0194", span, format!("`{name}` comes back, so it is no one date"))
        .beside(format!("write `during {name}`, `in the 10 days before {name}` or `in the 10 days after {name}`"))
}

/// S0194
pub(crate) fn on_an_occasion(span: Span, name: &str) -> Diagnostic {
    let mend = format!("during {name}");
    Diagnostic::error("S0194", span, format!("`{name}` comes back, so it is no one date"))
        .beside(format!("write `{mend}`"))
        .fix(format!("write `{mend}`"), vec![Edit::replace(span, mend)])
}

/// S0194
pub(crate) fn occasion_as_value(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("S0194", span, format!("`{name}` is an occasion, which has days and no value"))
        .beside(format!("ask for its days: `{name} is in the next 7 days`"))
}
