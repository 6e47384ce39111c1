//! Messages about questions on many rows, and about windows.

use crate::diagnostics::{Diagnostic, Edit};
use crate::program::Type;
use crate::source::Span;
use crate::syntax::tree::{Aggregate, AggregateOperator as Operator, Amount, CountTest, Gap, Word};
use std::sync::Arc;

/// The words of an operator.
fn words(operator: Operator) -> &'static str {
    match operator {
        Operator::Any => "any",
        Operator::No => "no",
        Operator::Every => "every",
        Operator::Count(CountTest::AtLeast, _) => "at least",
        Operator::Count(CountTest::AtMost, _) => "at most",
        Operator::Count(CountTest::Exactly, _) => "exactly",
        Operator::Count(CountTest::MoreThan, _) => "more than",
        Operator::Count(CountTest::FewerThan, _) => "fewer than",
        Operator::Number => "number of",
        Operator::Different => "number of different",
        Operator::Sum => "sum of",
        Operator::Average => "average of",
        Operator::Smallest => "smallest",
        Operator::Largest => "largest",
        Operator::First => "first",
        Operator::Latest => "latest",
        Operator::MostFrequent => "most frequent",
        Operator::Gap(Gap::Longest) => "longest gap between",
        Operator::Gap(Gap::Shortest) => "shortest gap between",
        Operator::Gap(Gap::Average) => "average gap between",
    }
}

/// S0142
pub(crate) fn rows_without_time(span: Span, text: &str, dates: &[Arc<str>]) -> Diagnostic {
    let message =
        Diagnostic::error("S0142", span, format!("`{text}` have no time, so no window can choose among them"));
    match dates {
        [] => message.beside("take the window away").note("only events have a time: `events ... at TIME`"),
        [date, ..] => message.beside(format!("did you mean `where {date} is ...`?")),
    }
}

/// S0142
pub(crate) fn no_first_without_time(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0142", span, format!("`{text}` have no time, so there is no first or latest one"))
        .beside("ask for the smallest, the largest or the most frequent")
        .note("only events have a time: `events ... at TIME`")
}

/// S0142
pub(crate) fn no_gap_without_time(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0142", span, format!("`{text}` have no time of their own, so there are no gaps between them"))
        .beside("ask about events")
        .note("events have a time: `events ... at TIME`")
}

/// S0142
pub(crate) fn window_of_no_time(span: Span, kind: &str) -> Diagnostic {
    Diagnostic::error("S0142", span, format!("this is {kind}, so it lies in no stretch of time"))
        .beside("I expected a date here")
}

/// S0036: `purchased_at in the last 30 days`
pub(crate) fn window_without_is(window: Span) -> Diagnostic {
    Diagnostic::error("S0036", window, "`is` is missing before this")
        .beside("a date is tested with `is`")
        .fix("write `is`", vec![Edit::before(window, "is ")])
}

/// S0119: `purchases in the last 30 days`
pub(crate) fn rows_in_a_window(rows: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0119", rows, format!("what is asked about `{text}`?"))
        .beside(format!("did you mean `any {text}`?"))
        .offer(format!("write `any {text}`"), vec![Edit::before(rows, "any ")])
        .offer(format!("write `no {text}`"), vec![Edit::before(rows, "no ")])
}

/// S0143
pub(crate) fn hours_of_a_day(span: Span) -> Diagnostic {
    Diagnostic::error("S0143", span, "only the day is known here, so hours and minutes cannot be asked about")
        .beside("write it in days, or take it away")
}

/// S0143
pub(crate) fn window_too_long(span: Span) -> Diagnostic {
    Diagnostic::error("S0143", span, "this stretch of time is longer than the calendar")
        .beside("write a smaller number")
}

/// S0162
pub(crate) fn window_backwards(span: Span, from: Amount, to: Amount) -> Diagnostic {
    Diagnostic::warning("S0162", span, "this stretch of time is empty: the longer ago comes first")
        .beside(format!("{} is not longer ago than {}", from.count, to.count))
        .note("`from 60 to 30 days ago` begins 60 days ago and ends 30 days ago")
}

/// S0162
pub(crate) fn window_ends_first(span: Span) -> Diagnostic {
    Diagnostic::warning("S0162", span, "this stretch of time ends before it begins, so nothing lies in it")
        .beside("the earlier one comes first")
}

/// S0162
pub(crate) fn range_ends_first(span: Span) -> Diagnostic {
    Diagnostic::warning("S0162", span, "this range ends below its beginning, so nothing lies in it")
        .beside("the smaller one comes first")
}

/// S0143
pub(crate) fn on_a_time(span: Span) -> Diagnostic {
    Diagnostic::error("S0143", span, "`on` is followed by a day, and this is a moment").beside("write the date alone")
}

/// S0143
pub(crate) fn bound_not_written(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0143", span, format!("`{text}` differs from customer to customer, and a window has fixed ends"))
        .beside("write a date, or the name of a constant")
        .note(
            "to compare with another date, put it behind `where`, as in `where purchased_at >= customer.signed_up_at`",
        )
}

/// S0143: a fixed end that only the calendar of the run could place, or that is no date at all.
pub(crate) fn bound_moves(span: Span, text: &str, ty: &Type) -> Diagnostic {
    if !matches!(ty, Type::Date | Type::Datetime) {
        return bound_no_date(span, &super::kind(ty));
    }
    Diagnostic::error(
        "S0143",
        span,
        format!("a window cannot begin or end at `{text}`: from the day of the run only days and weeks can be counted"),
    )
    .beside("count in days or weeks here")
    .note("for months and years, write `in the last 3 months`, `more than 3 months ago`, `from 6 to 3 months ago`")
}

/// S0143
pub(crate) fn bound_no_date(span: Span, kind: &str) -> Diagnostic {
    Diagnostic::error("S0143", span, format!("this is {kind}, and a window begins and ends at a date or time"))
        .beside("write a date, as 2026-03-01")
}

/// S0143
pub(crate) fn time_bound_of_a_day(span: Span) -> Diagnostic {
    Diagnostic::error("S0143", span, "only the day is known here, so the window ends at a day, too")
        .beside("write the date alone")
}

/// S0144
pub(crate) fn which_field(operator: Span, source: Span, text: &str, fields: &[Arc<str>]) -> Diagnostic {
    let paths: Vec<Arc<str>> = fields.iter().map(|field| Arc::from(format!("{text}.{field}"))).collect();
    let message = Diagnostic::error(
        "S0144",
        operator.to(source),
        format!("`{text}` have several fields, and this does not say which one is meant"),
    );
    let mut message = match paths.as_slice() {
        [] => message.beside(format!("write `{text}.` and a field")),
        _ => {
            let shown: Vec<String> = paths.iter().take(6).map(|path| format!("`{path}`")).collect();
            message.beside(format!("which one? {}", shown.join(", ")))
        }
    };
    // Of several only the writer knows which; one that is alone is meant.
    for path in paths.iter().filter(|_| paths.len() == 1) {
        message = message.offer(format!("did you mean `{path}`?"), vec![Edit::replace(source, path.to_string())]);
    }
    message
}

/// S0144
pub(crate) fn rows_not_field(
    operator: Operator,
    (place, written): (Span, &str),
    last: &Word,
    text: &str,
    whole: Span,
) -> Diagnostic {
    let before = text.rsplit_once('.').map_or(text, |(before, _)| before).to_owned();
    // A line of a score counts rows with words of its own.
    let is_each = written.to_ascii_lowercase().starts_with("for");
    let word = if is_each { "for each" } else { words(operator) };
    let message =
        Diagnostic::error("S0144", last.span, format!("`{word}` is about rows, and `{text}` is a field of theirs"));
    match operator {
        Operator::Number => message
            .beside(format!("did you mean `{word} {before}` or `{word} different {text}`?"))
            .offer(format!("did you mean `{word} different {text}`?"), vec![Edit::after(place, " different")])
            .offer(
                format!("did you mean `{word} {before}`?"),
                vec![Edit::delete(Span { start: last.span.start.saturating_sub(1), ..last.span })],
            ),
        Operator::Any | Operator::No | Operator::Every => message
            .beside(format!("did you mean `{word} {before} where {} ...`?", last.text))
            .place(whole, format!("a condition on `{}` goes behind `where`", last.text)),
        _ => message
            .beside(format!("did you mean `{before}`?"))
            .note(format!("different values are counted with `number of different {text}`")),
    }
}

/// S0144
pub(crate) fn operator_does_not_fit(
    operator: Operator,
    place: Span,
    source: Span,
    text: &str,
    kind: &str,
) -> Diagnostic {
    let word = words(operator);
    let message = Diagnostic::error("S0144", source, format!("`{word}` cannot be asked of `{text}`, which is {kind}"))
        .place(place, "asked for here");
    match operator {
        Operator::Sum | Operator::Average => message.beside("I expected numbers, money or lengths of time").offer(
            format!("did you mean `number of different {text}`?"),
            vec![Edit::replace(place, "number of different")],
        ),
        _ => message.beside(format!("this is {kind}")),
    }
}

/// S0144
pub(crate) fn list_of_rows(operator: Operator, place: Span, last: &Word, text: &str, whole: Span) -> Diagnostic {
    let before = text.rsplit_once('.').map_or(text, |(before, _)| before).to_owned();
    let (word, last_word) = (words(operator), &last.text);
    let message = Diagnostic::error(
        "S0144",
        last.span,
        format!("`{word}` is about rows, and `{text}` are the entries of their lists"),
    )
    .note(format!("for rows that have a certain entry, write `{word} {before} where {last_word} includes ...`"));
    match operator {
        // With a window or a condition behind it, there is more to move than a click should.
        Operator::Any if place.to(last.span) == whole => {
            let mend = format!("any {before} where {last_word} is not empty");
            message
                .beside(format!("did you mean `{mend}`?"))
                .fix(format!("write `{mend}`"), vec![Edit::replace(whole, mend)])
        }
        Operator::No if place.to(last.span) == whole => {
            let mend = format!("no {before} where {last_word} is not empty");
            message
                .beside(format!("did you mean `{mend}`?"))
                .fix(format!("write `{mend}`"), vec![Edit::replace(whole, mend)])
        }
        _ => message.beside(format!("ask about the rows: `{word} {before} where {last_word} ...`")),
    }
}

/// S0144
pub(crate) fn where_of_a_list(span: Span) -> Diagnostic {
    Diagnostic::error("S0144", span, "the entries of this list are single values and have no fields to ask about")
        .beside("take `where` away; `includes` looks for a value")
}

/// S0144
pub(crate) fn any_of_a_list(span: Span, text: &str, any: bool) -> Diagnostic {
    let mend = if any { format!("{text} is not empty") } else { format!("{text} is empty") };
    Diagnostic::error("S0144", span, format!("`{text}` is a list of single values"))
        .beside(format!("did you mean `{mend}`?"))
        .fix(format!("write `{mend}`"), vec![Edit::replace(span, mend)])
}

/// S0144
pub(crate) fn aggregate_of_no_rows(written: &Aggregate, span: Span, text: &str, kind: &str) -> Diagnostic {
    let word = words(written.operator);
    let message = format!("`{word}` is asked of rows or lists, and `{text}` is {kind}");
    let diagnostic = Diagnostic::error("S0144", span, message).beside("name events, records or a list");
    match written.operator {
        Operator::Average => {
            diagnostic.note(format!("the average of all customers is written `{word} {text} over customers`"))
        }
        _ => diagnostic,
    }
}

/// S0144
pub(crate) fn count_too_large(span: Span) -> Diagnostic {
    Diagnostic::error("S0144", span, "nobody can have so many").beside("write a smaller number")
}

/// S0162
pub(crate) fn count_is_always(test: CountTest, wanted: i64, span: Span) -> Option<Diagnostic> {
    let said = match (test, wanted) {
        (CountTest::AtLeast, 0) => "`at least 0` holds for everybody",
        (CountTest::FewerThan, 0) => "`fewer than 0` holds for nobody",
        _ => return None,
    };
    Some(Diagnostic::warning("S0162", span, said).beside("write a larger number"))
}

/// S0145
pub(crate) fn every_without_where(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0145", span, format!("every one of `{text}` must do what?"))
        .beside("add `where` and the condition that each of them must meet")
        .note(format!("for customers who have any at all, write `any {text}`"))
}

/// S0146
pub(crate) fn window_read_two_ways(span: Span, window: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0146", span, format!("`{text}` can be read two ways here"))
        .beside("did you mean `is`?")
        .place(window, "this window chooses rows")
        .note(format!("(a) the date lies {text}: write `is` before the window"))
        .note("(b) only rows in that stretch count, and the date is then to be compared with something")
        .offer(format!("write `is {text}`"), vec![Edit::before(window, "is ")])
}

/// S0144
pub(crate) fn stretches_too_short(span: Span) -> Diagnostic {
    Diagnostic::error("S0144", span, "different days, weeks, months, quarters and years can be counted")
        .beside("write one of these")
}

/// S0144
pub(crate) fn no_day_to_count(span: Span, text: &str, kind: &str) -> Diagnostic {
    Diagnostic::error("S0144", span, format!("`{text}` is {kind}, which falls into no day or month"))
        .beside("name events, or a date of theirs")
}

/// S0144
pub(crate) fn rows_without_a_day(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0144", span, format!("`{text}` have no time of their own, so they fall into no day or month"))
        .beside("name events, or a field that holds a date")
}

/// S0143
pub(crate) fn fiscal_of_no_year(span: Span, unit: &str) -> Diagnostic {
    Diagnostic::error("S0143", span, format!("there are fiscal years and fiscal quarters, but no fiscal {unit}s"))
        .beside("write `this fiscal year` or `this fiscal quarter`")
}

/// S0143
pub(crate) fn fiscal_year_unset(span: Span) -> Diagnostic {
    Diagnostic::error("S0143", span, "nothing says when the fiscal year starts")
        .beside("which year is meant?")
        .note("write `fiscal_year_start = \"april\"` below `[project]` in segue.toml")
}
