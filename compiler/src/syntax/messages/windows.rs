//! Messages about stretches of time.

use super::values::nearest_unit;
use super::{replace, start_point};
use crate::diagnostics::{Diagnostic, Edit};
use crate::source::Span;

/// `in the last 90 dyas`
pub(crate) fn unknown_unit(span: Span, written: &str) -> Diagnostic {
    let diagnostic = Diagnostic::error("S0021", span, format!("`{written}` is no unit of time"));
    match nearest_unit(written) {
        Some(unit) => diagnostic
            .beside(format!("did you mean `{unit}`?"))
            .offer(format!("did you mean `{unit}`?"), replace(span, unit)),
        None => diagnostic.beside("units of time are seconds, minutes, hours, days, weeks, months, quarters, years"),
    }
}

/// `in the last 90`
pub(crate) fn missing_unit(span: Span, written: &str) -> Diagnostic {
    let number = written.split_whitespace().next_back().unwrap_or("");
    Diagnostic::error("S0021", span, format!("{number} what? a unit is missing"))
        .beside(format!("did you mean `{number} days`?"))
        .offer(
            format!("did you mean `{number} days`?"),
            vec![Edit { span: span.end_point(), text: " days".to_owned() }],
        )
}

/// `in the last 0 days`
pub(crate) fn empty_window(span: Span) -> Diagnostic {
    Diagnostic::error("S0021", span, "a stretch of 0 units holds nothing").beside("write a number from 1 on")
}

/// `in the next 3 whole months`
pub(crate) fn whole_next(span: Span) -> Diagnostic {
    Diagnostic::error("S0022", span, "`whole` goes with `in the last` only").beside("remove `whole`")
}

/// `in last 30 days`, `within the last 30 days`
pub(crate) fn window_wording(span: Span, mend: &str) -> Diagnostic {
    Diagnostic::error("S0022", span, format!("write this as `{mend}`"))
        .beside(format!("did you mean `{mend}`?"))
        .fix(format!("write `{mend}`"), replace(span, mend))
}

/// `renewal in 90 days`
pub(crate) fn last_or_next(span: Span, written: &str, last: &str, next: &str) -> Diagnostic {
    Diagnostic::error("S0022", span, format!("`{written}`: the days that are over, or those to come?"))
        .beside(format!("write `{last}` or `{next}`"))
        .offer(format!("over: write `{last}`"), replace(span, last))
        .offer(format!("to come: write `{next}`"), replace(span, next))
}

/// `any purchases in vips`
pub(crate) fn rows_are_in_nothing(span: Span, written: &str, rows: &str) -> Diagnostic {
    let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
    Diagnostic::error("S0001", span, format!("`{written}` does not fit after `{rows}`"))
        .beside("say when, as in `in the last 30 days`, or choose among them with `where`")
}

/// `spend in the last 30 days > 10 USD`
pub(crate) fn window_of_a_value(span: Span, window: &str, value: &str) -> Diagnostic {
    let name = value.rsplit('.').next().unwrap_or(value);
    Diagnostic::error("S0142", span, format!("`{window}` chooses among rows, and `{value}` is one value"))
        .beside("put it where the rows are named")
        .note(format!("in a trait of its own, for instance: `trait {name}_then = sum of purchases.price {window}`"))
}

/// `more then 30 days ago`
pub(crate) fn misspelt_than(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0022", span, format!("`{written}` is written `than` here"))
        .beside("write `than`")
        .fix("write `than`", replace(span, "than"))
}

/// `30 days ago` as a window
pub(crate) fn bare_ago(span: Span, written: &str) -> Diagnostic {
    let insert = |word: &str| vec![Edit { span: start_point(span), text: format!("{word} ") }];
    Diagnostic::error("S0023", span, format!("`{written}`: exactly then, earlier, or later?"))
        .beside("one of `more than`, `less than`, `exactly` is missing")
        .offer("earlier: write `more than`", insert("more than"))
        .offer("later: write `less than`", insert("less than"))
        .offer("on that day: write `exactly`", insert("exactly"))
}

/// `< 30 days ago`
pub(crate) fn compared_ago(span: Span, mend: &str) -> Diagnostic {
    Diagnostic::error("S0023", span, "a day is not held against `ago` by a sign")
        .beside(format!("write `{mend}`"))
        .offer(format!("write `{mend}`"), replace(span, mend))
}

/// `in the last thirty days`
pub(crate) fn number_word(span: Span, written: &str, count: i64) -> Diagnostic {
    Diagnostic::error("S0042", span, format!("write `{}` in digits", written.trim()))
        .beside(format!("write {count}"))
        .fix(format!("write {count}"), replace(span, count.to_string()))
}

/// `from A` without `to`
pub(crate) fn missing_to(span: Span) -> Diagnostic {
    Diagnostic::error("S0001", span, "`from` has no `to`").beside("say where it ends: `from ... to ...`")
}

/// `from 60 30 days ago`
pub(crate) fn missing_to_ago(second: Span) -> Diagnostic {
    Diagnostic::error("S0001", second, "between the two ends `to` is missing")
        .beside("write `to` before this")
        .fix("write `to`", vec![Edit { span: start_point(second), text: "to ".to_owned() }])
}

/// `where ... in the last 30 days`
pub(crate) fn window_after_where(span: Span, written: &str, where_word: Span) -> Diagnostic {
    let edits =
        vec![Edit { span: start_point(where_word), text: format!("{written} ") }, Edit { span, text: String::new() }];
    Diagnostic::error("S0035", span, format!("`{written}` stands after `where`, and must stand before it"))
        .beside("what stands behind `where` goes on to its end")
        .place(where_word, "put it before this `where`")
        .fix(format!("put `{written}` before `where`"), edits)
}

/// `followed by purchases within 2 days within 3 days`
pub(crate) fn within_twice(span: Span) -> Diagnostic {
    Diagnostic::error("S0143", span, "a step has one stretch of time to follow in").beside("which one is meant?")
}

/// `any carts within 1 day followed by purchases`, `... where price > 5 USD within 1 day`
pub(crate) fn within_out_of_place(span: Span, mend: &str) -> Diagnostic {
    Diagnostic::error("S0024", span, format!("`{mend}` stands right behind the events that follow"))
        .beside(format!("write `followed by purchases {mend} where ...`"))
        .note("what happened lately is `in the last 30 days`, behind the events it is about")
}

/// `with a greater price with another store`
pub(crate) fn compared_twice(span: Span) -> Diagnostic {
    Diagnostic::error("S0143", span, "a step is compared by one field")
        .beside("`with the same` can name several: which of these two is meant?")
}

/// `followed by at least 2 purchases`
pub(crate) fn count_in_a_step(span: Span, written: &str) -> Diagnostic {
    let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
    Diagnostic::error("S0024", span, format!("`{written}`: a step asks for one event that follows"))
        .beside("name the events alone: `followed by purchases`")
        .note("two that follow are two steps: `any carts followed by purchases followed by purchases`")
}

/// `vip followed by purchases`
pub(crate) fn followed_without_rows(words: Span) -> Diagnostic {
    Diagnostic::error("S0144", words, "what stands before this is no question about events, which could go on")
        .beside("the question comes right before it, without brackets around it")
        .note("write `any carts in the last 7 days followed by no purchases within 1 day`")
}

/// S0024: `not followed by`, `followed by any`, `followed within 2 days by`
pub(crate) fn followed_wording(
    (words, rows): (Span, Span),
    written: &str,
    negated: bool,
    within: Option<&str>,
    rows_written: &str,
) -> Diagnostic {
    let head = if negated { "followed by no" } else { "followed by" };
    let mend = match within {
        Some(within) => format!("{head} {rows_written} {within}"),
        None => format!("{head} {rows_written}"),
    };
    let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
    Diagnostic::error("S0024", words, format!("`{written}` is written in another order, or with other words"))
        .beside(format!("write `{mend}`"))
        .fix(format!("write `{mend}`"), replace(words.to(rows), &mend))
}

/// S0024: `with same basket`
pub(crate) fn same_without_the(word: Span) -> Diagnostic {
    Diagnostic::error("S0024", word, "`with same` is written `with the same`")
        .beside("write `the same`")
        .fix("write `the same`", replace(word, "the same"))
}
