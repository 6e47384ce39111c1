//! Messages about the heads of declarations.

use super::fields::name_of_column;
use super::{replace, start_point};
use crate::diagnostics::{Diagnostic, Edit};
use crate::source::Span;

/// A line at the top of a file that is no declaration.
pub(crate) fn stray_line(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error(
        "S0003",
        span,
        format!("`{written}` stands outside of all braces, where only declarations can stand"),
    )
    .beside("this belongs to no segment or trait")
    .note("a file is made of customers, events, records, table, let, list, trait, segment, partition, score, occasion and test")
}

/// A first word that announces nothing.
pub(crate) fn unknown_declaration(span: Span, written: &str, meant: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error("S0003", span, format!("I do not know what `{written}` declares"));
    match meant {
        Some(meant) => diagnostic
            .beside(format!("did you mean `{meant}`?"))
            .fix(format!("did you mean `{meant}`?"), replace(span, meant)),
        None => diagnostic.beside("this version cannot read it").note(
            "a file is made of customers, events, records, table, let, list, trait, segment, partition, score, occasion and test",
        ),
    }
}

/// `purchases by customer_id at time {`
pub(crate) fn missing_declaration_word(name: Span, written: &str, word: &str) -> Diagnostic {
    Diagnostic::error("S0003", name, format!("before `{written}` the word `{word}` is missing"))
        .beside(format!("write `{word} {written}`"))
        .fix(format!("write `{word} {written}`"), vec![Edit { span: start_point(name), text: format!("{word} ") }])
}

/// A line of a score that cannot be read: where its points end, or where they should stand.
pub(crate) fn broken_score_line(span: Span, written: &str, has_points: bool) -> Diagnostic {
    let form =
        "write `+10 if any opens in the last 30 days`, or `+5 for each purchases in the last 90 days, up to 40 points`";
    if !has_points {
        return Diagnostic::error("S0045", span, "a line of a score begins with its points")
            .beside("how many points?")
            .note(form);
    }
    if written.is_empty() {
        return Diagnostic::error("S0045", span, "this line stops behind its points")
            .beside("say what they are for")
            .note(form);
    }
    let message = Diagnostic::error("S0045", span, format!("behind the points stands `{written}`"));
    if written.eq_ignore_ascii_case("each")
        || written.eq_ignore_ascii_case("every")
        || written.eq_ignore_ascii_case("per")
    {
        return message.beside("write `for each`").offer("did you mean `for each`?", replace(span, "for each"));
    }
    let word = if written.eq_ignore_ascii_case("when") { "if".to_owned() } else { format!("if {written}") };
    message
        .beside("`if` or `for each` goes here")
        .offer(format!("did you mean `{word}`?"), replace(span, &word))
        .note(form)
}

/// `up to` without a number.
pub(crate) fn cap_without_number(span: Span) -> Diagnostic {
    Diagnostic::error("S0045", span, "behind `up to` stands how many points all the rows give at most")
        .beside("how many?")
        .note("write `+5 for each purchases in the last 90 days, up to 40 points`")
}

/// `for each` where no points are given.
pub(crate) fn each_outside_score(span: Span) -> Diagnostic {
    Diagnostic::error("S0045", span, "`for each` stands only in lines of a score, which give points for each row")
        .beside("write `number of` to count rows")
        .offer("count them with `number of`", replace(span, "number of"))
}

/// A declaration whose first line cannot be read.
pub(crate) fn broken_head(span: Span, word: &str, written: &str, example: &str) -> Diagnostic {
    let message = if written.is_empty() {
        format!("this `{word}` stops in the middle")
    } else {
        format!("this `{word}` cannot be read: `{written}` does not fit here")
    };
    Diagnostic::error("S0004", span, message)
        .beside("I expected something else here")
        .note(format!("it should look like `{example}`"))
}

/// A name of several words.
pub(crate) fn name_of_several_words(span: Span, written: &str) -> Diagnostic {
    let mended = written.split_whitespace().collect::<Vec<_>>().join("_").to_lowercase();
    Diagnostic::error("S0014", span, format!("`{written}` is several words, and a name is one"))
        .beside(format!("write `{mended}`"))
        .offer(format!("name it `{mended}`"), replace(span, mended))
        .note("a title in quotes may follow the name: `segment big_spenders \"Big spenders\" { ... }`")
}

/// A declaration without a name.
pub(crate) fn missing_name(head: Span, word: &str, title: Option<&str>) -> Diagnostic {
    let diagnostic = Diagnostic::error("S0014", head, format!("after `{word}` a name is missing"))
        .beside("the name goes behind this word");
    match title.map(name_of_column).filter(|name| !name.is_empty()) {
        Some(name) => diagnostic
            .offer(format!("name it `{name}`"), vec![Edit { span: head.end_point(), text: format!(" {name}") }]),
        None => diagnostic,
    }
}

/// A name with hyphens.
pub(crate) fn dashed_name(span: Span, written: &str, mended: &str) -> Diagnostic {
    Diagnostic::error("S0014", span, format!("`{written}` cannot be a name: a hyphen reads as minus"))
        .beside(format!("write `{mended}`"))
        .fix(format!("name it `{mended}`"), replace(span, mended))
}

/// A reserved word in a name's place; after which word, where that is known.
pub(crate) fn reserved_name(span: Span, written: &str, after: Option<&str>) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("S0013", span, format!("`{written}` has a meaning of its own, so it cannot be a name"));
    match after {
        Some(after) => diagnostic.beside(format!("after `{after}` I expected a name or a value")),
        None => {
            let mended = format!("{}_value", written.to_lowercase());
            diagnostic.beside("choose another name").offer(format!("name it `{mended}`"), replace(span, mended))
        }
    }
}

/// `trait spend of companies = ...`
pub(crate) fn only_segments_of_tables(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error(
        "S0004",
        span,
        format!("a {word} says something of customers; only segments are made of other rows"),
    )
    .beside("remove this, or make it a segment")
    .note("what is asked of such rows stands in the segment: `segment large of companies { employees > 100 }`")
}

/// A title after the name of customers, events, records or a table.
pub(crate) fn title_of_table(span: Span) -> Diagnostic {
    Diagnostic::error("S0004", span, "only traits, segments, partitions and scores have a title")
        .beside("remove this text")
        .offer("remove the title", replace(span, ""))
}

/// `customers people {`
pub(crate) fn name_of_customers(span: Span) -> Diagnostic {
    Diagnostic::error("S0004", span, "`customers` has no name: it is its own")
        .beside("remove this word")
        .fix("remove the name", replace(span, ""))
}

/// `by` or `at` that is missing.
pub(crate) fn missing_columns(name: Span, written: &str, by: bool, at: bool, before_body: Span) -> Diagnostic {
    let (what, mend) = match (by, at) {
        (true, true) => {
            ("`by` and `at`: which column names the customer, and which holds the time", "by customer_id at time")
        }
        (true, false) => ("`by`: which column names the customer", "by customer_id"),
        _ => ("`at`: which column holds the time", "at time"),
    };
    let point = start_point(before_body);
    let place = if before_body.start == before_body.end { point } else { name.end_point() };
    Diagnostic::error("S0015", name, format!("`{written}` does not say {what}"))
        .beside("missing after this name")
        .offer(
            format!("add `{mend}` and put in your column's name"),
            vec![Edit { span: place, text: format!(" {mend}") }],
        )
}

/// `by` or `at` where it means nothing, or twice.
pub(crate) fn column_does_not_belong(span: Span, word: &str) -> Diagnostic {
    let meaning = if word == "by" {
        "`by` says which column names the customer, once, for events and records only"
    } else {
        "`at` says which column holds the time, once, for events only"
    };
    Diagnostic::error("S0015", span, format!("`{word}` does not fit here"))
        .beside("remove this")
        .note(meaning)
        .offer(format!("remove `{word}`"), replace(span, ""))
}

/// `at t : text`
pub(crate) fn time_column_kind(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0015", span, format!("the time of an event is a `date` or a `datetime`, not `{written}`"))
        .beside("write `date` where the column has no clock time, else nothing")
}

/// `at t : date in "UTC"`
pub(crate) fn zone_of_a_date(zone: Span) -> Diagnostic {
    Diagnostic::error("S0015", zone, "a date has no time zone: it is a day, whatever the clock says")
        .beside("take `in` and this away, or take `: date` away where the column has clock times")
}

/// `trait x : ...`
pub(crate) fn equals_sign(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0043", span, format!("a name and what it stands for are joined by `=`, not by `{written}`"))
        .beside("write `=`")
        .fix("write `=`", replace(span, "="))
}
