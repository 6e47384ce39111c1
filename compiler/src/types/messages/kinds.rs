//! Messages about the kinds of declared fields, lists, constants and partitions.

use super::kind;
use crate::diagnostics::{Diagnostic, Edit};
use crate::names::messages::{enumerate, suggest};
use crate::program::Type;
use crate::source::Span;
use crate::syntax::tree::{Quoted, Word};
use std::sync::Arc;

/// S0105
pub(crate) fn unknown_kind(word: &Word, field: &str, close: &[Arc<str>]) -> Diagnostic {
    let message = Diagnostic::error("S0105", word.span, format!("`{field}` cannot be `{}`: there is no such kind of field", word.text))
        .note(
            "the kinds are boolean, integer, number, money, percent, text, one of, date, datetime, duration, id, timezone and list of",
        );
    suggest(message, word.span, close, str::to_owned)
}

/// S0185
pub(crate) fn list_of_lists(span: Span) -> Diagnostic {
    Diagnostic::error("S0185", span, "a list cannot hold lists")
        .beside("what does one entry hold?")
        .note("several values an entry are written `list of { name : text   quantity : integer }`")
}

/// S0105
pub(crate) fn bits_need_values(span: Span) -> Diagnostic {
    Diagnostic::error("S0105", span, "`as bits` needs the listed values, one for each bit")
        .beside("write `one of` and the values, the lowest bit first")
}

/// S0184
pub(crate) fn percent_how(span: Span) -> Diagnostic {
    Diagnostic::error("S0184", span, "the data may write 45% as 45 or as 0.45, and this does not say which")
        .beside("add `as 45` or `as 0.45`")
        .offer("the data hold 45 for 45%", vec![Edit::replace(span, "percent as 45")])
        .offer("the data hold 0.45 for 45%", vec![Edit::replace(span, "percent as 0.45")])
}

/// S0127
pub(crate) fn value_listed_twice(value: &Quoted) -> Diagnostic {
    Diagnostic::error("S0127", value.span, format!("the value \"{}\" is listed twice", value.text))
        .beside("leave one of them out")
}

/// S0187
pub(crate) fn unknown_currency(word: &Word) -> Diagnostic {
    Diagnostic::error("S0187", word.span, format!("`{}` is no currency", word.text))
        .beside("a currency is written with three letters, as USD or EUR")
}

/// S0124
pub(crate) fn not_looked_up(word: &Word) -> Diagnostic {
    Diagnostic::error(
        "S0124",
        word.span,
        format!("nothing can be looked up in `{}`: its rows belong to customers", word.text),
    )
    .beside("`->` needs a `table` with a key, or `customers`")
}

/// S0104
pub(crate) fn unknown_table(name: &str, span: Span, close: &[Arc<str>]) -> Diagnostic {
    let message = Diagnostic::error("S0104", span, format!("there is no table called `{name}`"))
        .note(format!("declare it: `table {name} {{ key {name}_id : id }}`"));
    suggest(message, span, close, str::to_owned)
}

/// S0183
pub(crate) fn not_constant(span: Span) -> Diagnostic {
    Diagnostic::error("S0183", span, "this differs from customer to customer, so it is no constant")
        .beside("a `let` holds written values, such as `500 USD`")
        .note("what differs from customer to customer is a trait: write `trait` instead of `let`")
}

/// S0183
pub(crate) fn constant_not_worked_out(span: Span) -> Diagnostic {
    Diagnostic::error("S0183", span, "this constant has no value that can be worked out")
        .beside("write the value itself, such as `500 USD`")
}

/// S0116
pub(crate) fn list_unreadable(file: &Quoted, reason: &str) -> Diagnostic {
    Diagnostic::error("S0116", file.span, format!("the list's file \"{}\" cannot be read: {reason}", file.text))
        .beside("is the name right? It is looked for beside the rules")
}

/// S0126
pub(crate) fn list_value_not_written(span: Span, word: Option<&str>) -> Diagnostic {
    let message = Diagnostic::error("S0126", span, "a list holds written values");
    match word {
        Some(word) => message
            .beside("text is put in quotes")
            .fix(format!("write \"{word}\""), vec![Edit::replace(span, format!("\"{word}\""))]),
        None => message.beside("write a text, a number, a date or money"),
    }
}

/// S0126
pub(crate) fn list_of_two_kinds(first: Span, first_type: &Type, odd: Span, odd_type: &Type) -> Diagnostic {
    let (one, two) = (kind(first_type), kind(odd_type));
    Diagnostic::error("S0126", odd, format!("this list holds {one} and {two}"))
        .beside(format!("this is {two}"))
        .place(first, format!("this is {one}"))
        .note("all values of a list are of one kind")
}

/// S0126
pub(crate) fn list_of_other_kind(word: &Word, ours: &Type, theirs: &Type) -> Diagnostic {
    let (ours, theirs) = (kind(ours), kind(theirs));
    Diagnostic::error("S0126", word.span, format!("`{}` holds {theirs}, and {ours} is never among that", word.text))
        .beside("is it another list you mean?")
}

/// S0126
pub(crate) fn list_value_no_integer(word: &Word, value: &str) -> Diagnostic {
    Diagnostic::error("S0126", word.span, format!("`{}` holds \"{value}\", which is no whole number", word.text))
        .beside("mend the list's file, or test a text")
}

/// S0118
pub(crate) fn part_twice(name: &Word, first: Span) -> Diagnostic {
    Diagnostic::error("S0118", name.span, format!("two parts are called `{}`", name.text))
        .beside("choose another name, or join the two with `or`")
        .place(first, "the first one is here")
}

/// S0118
pub(crate) fn part_behind_otherwise(span: Span, otherwise: Span) -> Diagnostic {
    Diagnostic::error("S0118", span, "nobody can get into this part: `otherwise` before it takes everybody who is left")
        .beside("move it above `otherwise`")
        .place(otherwise, "this takes all the others")
}

/// S0163
pub(crate) fn no_otherwise(name: &Word) -> Diagnostic {
    Diagnostic::warning(
        "S0163",
        name.span,
        format!("customers for whom no line holds are in no part of `{}`", name.text),
    )
    .beside("add a last line such as `other : otherwise`")
}

/// S0107
pub(crate) fn unknown_part(word: &Word, partition: &str, parts: &[Arc<str>], close: &[Arc<str>]) -> Diagnostic {
    let message = Diagnostic::error("S0107", word.span, format!("`{partition}` has no part called `{}`", word.text))
        .note(format!("its parts are {}", enumerate(parts, 12)));
    suggest(message, word.span, close, str::to_owned)
}

/// S0107
pub(crate) fn not_a_part(span: Span, parts: &[Arc<str>]) -> Diagnostic {
    Diagnostic::error("S0107", span, "a partition is held against the names of its parts")
        .beside(format!("choose among {}", enumerate(parts, 12)))
}

/// S0138
pub(crate) fn partition_alone(span: Span, text: &str, parts: &[Arc<str>]) -> Diagnostic {
    let mut message = Diagnostic::error(
        "S0138",
        span,
        format!("`{text}` has several parts, and this does not say which one is meant"),
    )
    .beside(format!("write `{text} is ...`"))
    .note(format!("its parts are {}", enumerate(parts, 12)));
    for part in parts.iter().take(3) {
        message = message.offer(format!("write `{text} is {part}`"), vec![Edit::after(span, format!(" is {part}"))]);
    }
    message
}

/// S0107
pub(crate) fn part_by_dot(before: &Word, word: &Word, is_part: bool) -> Diagnostic {
    let span = before.span.to(word.span);
    let message = Diagnostic::error("S0107", span, format!("a part of `{}` is asked for with `is`", before.text));
    let mend = format!("{} is {}", before.text, word.text);
    let message = message.beside(format!("write `{mend}`"));
    if is_part { message.fix(format!("write `{mend}`"), vec![Edit::replace(span, mend)]) } else { message }
}
