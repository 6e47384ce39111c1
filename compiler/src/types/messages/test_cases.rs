//! What is said about tests (S0195), and what tests say about declarations.

use crate::diagnostics::{Diagnostic, Edit};
use crate::names::messages::{enumerate, suggest};
use crate::source::Span;
use crate::syntax::tree::Word;
use std::sync::Arc;

fn error(span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("S0195", span, message)
}

/// Two tests of one title.
pub(crate) fn test_twice(title: Span, first: Span) -> Diagnostic {
    error(title, "another test has this title").beside("say what this one shows").place(first, "the other test")
}

/// `test "" ...`
pub(crate) fn test_without_words(title: Span) -> Diagnostic {
    error(title, "a test says in quotes what it shows").beside("what does it show?")
}

/// No `as of`.
pub(crate) fn test_without_day(title: Span) -> Diagnostic {
    error(title, "a test says what day it is, or its answers would change with time")
        .beside("add `as of` and a day behind this")
        .note("write `test \"...\" as of 2026-12-01 { ... }`, or with a time: `as of 2026-12-01 10:00`")
}

/// `as of today`
pub(crate) fn test_of_no_day(span: Span) -> Diagnostic {
    error(span, "a test is of a written day, or its answers would change with time")
        .beside("write a day, as in `as of 2026-12-01`")
}

/// Nothing is expected.
pub(crate) fn test_expects_nothing(title: Span) -> Diagnostic {
    error(title, "this test expects nothing").beside("add a line, such as `expect in loyal` or `expect spend = 20 USD`")
}

/// Two customers, or none.
pub(crate) fn one_customer(span: Span, first: Option<Span>, table: Option<&str>) -> Diagnostic {
    if let Some(table) = table {
        let message = error(span, format!("this test is about one of the {table}"));
        return match first {
            Some(first) => message.beside("this is another one").place(first, "the one of this test"),
            None => message.beside(format!("give one row: `given {table} {{ ... }}`")),
        };
    }
    let message = error(span, "a test is about one customer");
    match first {
        Some(first) => message.beside("this is another one").place(first, "the customer of this test"),
        None => message.beside("give one row: `given customer { ... }`"),
    }
    .note("ranks among all customers are given: `given value_tier is gold`")
}

/// `given customer { ... }` in a test of a segment of companies
pub(crate) fn customer_in_a_test_of_rows(span: Span, table: &str) -> Diagnostic {
    error(span, format!("this test is about one of the {table}, and many customers may belong to it"))
        .beside("write `customers`")
        .fix("write `customers`", vec![Edit::replace(span, "customers")])
}

/// `given customers { ... }`
pub(crate) fn customers_for_customer(span: Span) -> Diagnostic {
    error(span, "a test is about one customer")
        .beside("write `customer`")
        .fix("write `customer`", vec![Edit::replace(span, "customer")])
}

/// `given purchase { ... }`
pub(crate) fn no_such_given_table(word: &Word, is_other: bool, names: &[Arc<str>], close: &[Arc<str>]) -> Diagnostic {
    let message = match is_other {
        true => error(word.span, format!("`{}` has no rows", word.text)),
        false => error(word.span, format!("there is no table called `{}`", word.text)),
    };
    if !close.is_empty() {
        return suggest(message, word.span, close, str::to_owned);
    }
    match names {
        [] => message.beside("no other table is declared than the customers"),
        names => message.note(format!("tables are {}", enumerate(names, 12))),
    }
}

/// Two rows of one key.
pub(crate) fn key_given_twice(span: Span, first: Span, key: &str) -> Diagnostic {
    error(span, format!("another row has this `{key}`"))
        .beside("no two rows have the same key")
        .place(first, "the other row")
}

/// A row of a table that is looked up in, without its key.
pub(crate) fn row_without_key(span: Span, table: &str, key: &str) -> Diagnostic {
    error(span, format!("a row of `{table}` is found by its `{key}`, which is not given"))
        .beside(format!("add `{key}: ...`"))
}

/// An event without its time.
pub(crate) fn event_without_time(span: Span, table: &str, at: &str) -> Diagnostic {
    error(span, format!("`{table}` happen at `{at}`, which is not given"))
        .beside(format!("add `{at}: ...`"))
        .note(format!("a day, a time, or one counted from the day of the test: `{at}: 3 days ago`"))
}

/// `{ country: "US"   country: "FR" }`
pub(crate) fn given_twice(name: &Word, first: Span) -> Diagnostic {
    error(name.span, format!("`{}` is given twice", name.text)).beside("the second time").place(first, "the first time")
}

/// `purchases { customer_id: 1 ... }`
pub(crate) fn customer_of_a_row(span: Span, whole: Span, name: &str, table: Option<&str>) -> Diagnostic {
    let told = match table {
        Some(table) => format!("all rows of this test belong to its row of {table}, so `{name}` need not be given"),
        None => format!("all rows of a test are of its customer, so `{name}` need not be given"),
    };
    error(span, told).beside("leave this out").fix("remove it", vec![Edit::delete(whole)])
}

/// `{ total: 20 USD }` where it is worked out.
pub(crate) fn computed_given(span: Span, name: &str, declared: Span) -> Diagnostic {
    error(span, format!("`{name}` is worked out, so it cannot be given"))
        .beside("give what it is worked out from")
        .place(declared, "worked out here")
}

/// `{ country: missing }` where it never is.
pub(crate) fn given_never_missing(span: Span, whole: Span, name: &str, declared: Span) -> Diagnostic {
    error(span, format!("`{name}` is never missing in the data"))
        .beside("leave it out where it does not matter")
        .place(declared, "declared without `?`")
        .offer("leave it out", vec![Edit::delete(whole)])
}

/// `{ items: 3 }`
pub(crate) fn record_expected(span: Span, name: &str) -> Diagnostic {
    error(span, format!("`{name}` is a list of records")).beside(format!("write `{name}: [{{ ... }}, {{ ... }}]`"))
}

/// `{ interests: "hiking" }`
pub(crate) fn list_expected(span: Span, name: &str) -> Diagnostic {
    error(span, format!("`{name}` is a list"))
        .beside("put its values between `[` and `]`")
        .fix("write it as a list", vec![Edit::before(span, "["), Edit::after(span, "]")])
}

/// `{ country: ["US"] }`
pub(crate) fn one_value_expected(span: Span, name: &str) -> Diagnostic {
    error(span, format!("`{name}` is one value, not a list")).beside("write the value alone")
}

/// `{ interests: [missing] }`
pub(crate) fn missing_in_a_list(span: Span) -> Diagnostic {
    error(span, "a list holds known values only").beside("leave it out")
}

/// `{ age: 3 days ago }`
pub(crate) fn given_of_another_kind(span: Span, kind: &str) -> Diagnostic {
    error(span, format!("this holds {kind}")).beside(format!("this is not {kind}"))
}

/// `expect in lifecycle`
pub(crate) fn not_a_segment(word: &Word, is_other: bool, is_partition: bool, close: &[Arc<str>]) -> Diagnostic {
    let message = match is_other {
        true => error(word.span, format!("`{}` is no segment", word.text)),
        false => error(word.span, format!("there is no segment called `{}`", word.text)),
    };
    if is_partition {
        return message.beside(format!("write `{} is ...` with one of its parts", word.text));
    }
    match close {
        [] => message.beside("`in` is for segments"),
        close => suggest(message, word.span, close, str::to_owned),
    }
}

/// Two facts about one declaration.
pub(crate) fn fact_twice(span: Span, first: Span) -> Diagnostic {
    error(span, "this is given twice").beside("the second time").place(first, "the first time")
}

/// `given loyal`
pub(crate) fn fact_wording(span: Span, mend: &str) -> Diagnostic {
    error(span, format!("write this as `{mend}`"))
        .beside(format!("did you mean `{mend}`?"))
        .fix(format!("write `{mend}`"), vec![Edit::replace(span, mend)])
}

/// `given spend > 20 USD`
pub(crate) fn no_fact(span: Span) -> Diagnostic {
    error(span, "this cannot be given")
        .beside("give what a trait, a segment or a partition comes to")
        .note("write `given spend_rank = 5`, `given in vips`, `given not in vips`, `given value_tier is gold`")
        .note("fields are given with their rows: `given customer { country: \"US\" }`")
}

/// `given tier is not gold`
pub(crate) fn part_not_given(span: Span, partition: &str, parts: &[Arc<str>]) -> Diagnostic {
    error(span, format!("which part of `{partition}` is the customer in?"))
        .beside(format!("write `given {partition} is ...` with one of {}", enumerate(parts, 12)))
        .note(format!("`given {partition} = missing` is for somebody in no part"))
}

/// `given age = 5`
pub(crate) fn field_as_fact(span: Span, field: &str) -> Diagnostic {
    error(span, format!("`{field}` is a field of the customer"))
        .beside(format!("give it with the customer's row: `given customer {{ {field}: ... }}`"))
}

/// `given spnd = 5 USD`
pub(crate) fn no_such_fact(word: &Word, close: &[Arc<str>]) -> Diagnostic {
    let message = error(word.span, format!("there is no trait, segment or partition called `{}`", word.text));
    suggest(message, word.span, close, str::to_owned)
}

/// `given spend = missing` where it never is.
pub(crate) fn trait_never_missing(span: Span, name: &str) -> Diagnostic {
    error(span, format!("`{name}` is never missing")).beside("give a value")
}

/// `expect lapsed`, `expect in lapsed`
pub(crate) fn part_alone(span: Span, word: &Word, partition: &str) -> Diagnostic {
    let mend = format!("{partition} is {}", word.text);
    error(span, format!("`{}` is a part of `{partition}`", word.text))
        .beside(format!("write `{mend}`"))
        .offer(format!("write `{mend}`"), vec![Edit::replace(span, mend.clone())])
}

/// `{ country: null }`
pub(crate) fn null_for_missing(word: &Word) -> Diagnostic {
    error(word.span, format!("`{}` is written `missing`", word.text))
        .beside("did you mean `missing`?")
        .fix("write `missing`", vec![Edit::replace(word.span, "missing")])
}

/// `purchases { category: "Tea" }`, where that is the product's.
pub(crate) fn field_of_another_row(span: Span, name: &str, pointing: &str, table: &str) -> Diagnostic {
    error(span, format!("`{name}` is a field of `{table}`"))
        .beside(format!("give `{pointing}` here, and a row of `{table}` with that key"))
        .note(format!("as in `{pointing}: 1` here, and `{table} {{ ...: 1   {name}: ... }}` beside it"))
}

/// `product: { category: "Tea" }`
pub(crate) fn row_for_a_key(span: Span, name: &str, table: &str) -> Diagnostic {
    error(span, format!("`{name}` holds the key of a row of `{table}`"))
        .beside("write the key here")
        .note(format!("the row itself is given beside: `{table} {{ ... }}`"))
}
