//! Segments of other tables' rows: what cannot be asked there, and how they are asked for.

use crate::diagnostics::{Diagnostic, Edit};
use crate::names::messages::{enumerate, suggest};
use crate::source::Span;
use crate::syntax::tree::Word;
use std::sync::Arc;

/// S0198
pub(crate) fn belong_to_none(word: &Word, subject: &str) -> Diagnostic {
    let message = Diagnostic::error("S0198", word.span, format!("`{}` do not belong to {subject}", word.text));
    message
        .beside(format!("neither they nor their customers say which of the {subject} they belong to"))
        .note(format!("a field of theirs, or of the customers, must point there: `... : id -> {subject}`"))
}

/// S0198
pub(crate) fn belong_in_several_ways(word: &Word, subject: &str, fields: &[Arc<str>]) -> Diagnostic {
    let told = format!("`{}` belong to {subject} in several ways", word.text);
    Diagnostic::error("S0198", word.span, told)
        .beside(format!("by {}: which of them is meant?", enumerate(fields, 5)))
        .note(format!("rows belong to {subject} by one field: declare the others as `id`, without `-> {subject}`"))
}

/// S0198
pub(crate) fn customer_of_no_row(word: &Word, subject: &str) -> Diagnostic {
    let told = format!("this is asked about {subject}, which have many customers");
    Diagnostic::error("S0198", word.span, told)
        .beside("ask about them all")
        .note("for example `any customers where ...`, `number of customers`, `average of customers.FIELD`")
}

/// What is said of each customer under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SaidOfCustomers {
    /// A day of an occasion.
    Day,
    /// Whether something holds.
    YesOrNo,
    /// Something that can be added up.
    Amount,
    /// Some other value.
    Value,
}

/// S0198
pub(crate) fn only_of_customers(word: &Word, subject: &str, in_row: bool, said: SaidOfCustomers) -> Diagnostic {
    let name = &word.text;
    if said == SaidOfCustomers::Day {
        let told = format!("`{name}` is a day of each customer, and this is asked about {subject}");
        return Diagnostic::error("S0198", word.span, told).beside("each customer has another day").note(format!(
            "make it a segment of customers, `segment soon {{ {name} is in the next 7 days }}`, and ask `any customers where soon`"
        ));
    }
    let told = format!("`{name}` is said of customers, and this is asked about {subject}");
    let message = Diagnostic::error("S0198", word.span, told);
    if in_row {
        return message.beside(format!("for the customer of a row, write `customer.{name}`"));
    }
    let example = match said {
        SaidOfCustomers::YesOrNo => format!("`any customers where {name}`"),
        SaidOfCustomers::Amount => format!("`sum of customers.{name}`, `any customers where {name} > ...`"),
        SaidOfCustomers::Day | SaidOfCustomers::Value => format!("`any customers where {name} is ...`"),
    };
    message.beside("ask about their customers").note(format!("for example {example}"))
}

/// S0198
pub(crate) fn name_of_subject(word: &Word, subject: &str, rows: &str, ways: &[Arc<str>]) -> Diagnostic {
    let name = &word.text;
    let told = format!("`{name}` belongs to {subject}, not to the rows of `{rows}`");
    let message = Diagnostic::error("S0198", word.span, told);
    match ways {
        [way] => message
            .beside(format!("write `{way}.{name}`"))
            .fix(format!("write `{way}.{name}`"), vec![Edit::before(word.span, format!("{way}."))]),
        _ => message.beside("behind `where` stand fields of these rows"),
    }
}

/// S0198
pub(crate) fn rows_of_subject(word: &Word) -> Diagnostic {
    Diagnostic::error(
        "S0198",
        word.span,
        format!("a line is about one of the `{}`, and asks about what belongs to it", word.text),
    )
    .beside("name its fields, or rows that belong to it")
}

/// S0101
pub(crate) fn subject_lacks_field(word: &Word, subject: &str, rows: &str, close: &[Arc<str>]) -> Diagnostic {
    let name = &word.text;
    let told = format!("`{subject}` has no field called `{name}`; `{rows}` have one");
    let message = Diagnostic::error("S0101", word.span, told)
        .note(format!("ask about the rows: `any {rows} where {name} ...`, `number of different {rows}.{name}` ..."));
    suggest(message, word.span, close, str::to_owned)
}

/// `company.big` or `companies.employees` in a segment of companies
pub(crate) fn subject_by_its_name(before: &Word, word: &Word, subject: &str) -> Diagnostic {
    let gap = Span { file: before.span.file, start: before.span.start, end: word.span.start };
    let told = format!("this is asked about one of the {subject}, so its fields are named without `{}`", before.text);
    Diagnostic::error("S0198", before.span, told)
        .beside(format!("write `{}`", word.text))
        .offer(format!("write `{}`", word.text), vec![Edit::delete(gap)])
}

/// S0199
pub(crate) fn of_other_rows(word: &Word, table: &str, pointers: &[Arc<str>]) -> Diagnostic {
    let name = &word.text;
    let message = Diagnostic::error("S0199", word.span, format!("`{name}` is a segment of {table}"));
    match pointers {
        [] => message
            .beside(format!("nothing here points at {table}"))
            .note(format!("a field that does leads there: `company : id -> {table}`, then `company.{name}`")),
        [field] => message
            .beside(format!("write `{field}.{name}`"))
            .offer(format!("write `{field}.{name}`"), vec![Edit::before(word.span, format!("{field}."))]),
        fields => {
            let message =
                message.beside(format!("which of the {table} is meant? Write for example `{}.{name}`", fields[0]));
            fields.iter().take(3).fold(message, |message, field| {
                message.offer(format!("write `{field}.{name}`"), vec![Edit::before(word.span, format!("{field}."))])
            })
        }
    }
}

/// S0199
pub(crate) fn in_segment_of_others(word: &Word, table: &str) -> Diagnostic {
    Diagnostic::error("S0199", word.span, format!("`{}` is a segment of {table}", word.text))
        .beside(format!("only what points at {table} can be in it"))
}

/// S0198
pub(crate) fn ranks_of_others(span: Span, subject: &str) -> Diagnostic {
    Diagnostic::error(
        "S0198",
        span,
        format!("ranks, figures and shares are of customers, and this is asked about {subject}"),
    )
    .beside("this needs customers")
    .note("hold a value against an amount instead: `sum of customers.spend > 10000 USD`")
}

/// `company is large`
pub(crate) fn in_for_is(word: &Word, left: Span) -> Diagnostic {
    let name = &word.text;
    Diagnostic::error("S0199", word.span, format!("`{name}` is a segment, and something is in it or not"))
        .place(left, "this is held against it")
        .beside(format!("write `is in {name}`"))
        .fix(format!("write `is in {name}`"), vec![Edit::before(word.span, "in ")])
}
