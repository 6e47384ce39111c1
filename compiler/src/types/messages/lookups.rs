//! Messages about names that stand for nothing, or for something that cannot be asked from where they stand.

use crate::diagnostics::{Diagnostic, Edit};
use crate::names::messages::{enumerate, suggest};
use crate::source::Span;
use crate::syntax::tree::Word;
use std::sync::Arc;

/// S0101
pub(crate) fn unknown_name(word: &Word, close: &[Arc<str>]) -> Diagnostic {
    let message = Diagnostic::error("S0101", word.span, format!("there is no field called `{}`", word.text));
    let message = if close.is_empty() { message.beside("nothing with a similar name is declared") } else { message };
    suggest(message, word.span, close, str::to_owned)
}

/// S0101
pub(crate) fn field_of_rows(word: &Word, rows: &str, close: &[Arc<str>]) -> Diagnostic {
    let name = &word.text;
    let message = Diagnostic::error(
        "S0101",
        word.span,
        format!("there is no field called `{name}` of a customer; `{rows}` have one"),
    )
    .note(format!(
        "ask about the rows: `any {rows} where {name} ...`, `latest {rows}.{name}`, `sum of {rows}.{name}` ..."
    ));
    suggest(message, word.span, close, str::to_owned)
}

/// S0008
pub(crate) fn too_many_steps(span: Span, most: usize) -> Diagnostic {
    Diagnostic::error("S0008", span, format!("more than {most} steps build on one another here, which is the most"))
        .beside("say it in fewer steps")
}

/// S0101
pub(crate) fn unknown_field(word: &Word, table: &str, close: &[Arc<str>], fields: &[Arc<str>]) -> Diagnostic {
    let message = Diagnostic::error("S0101", word.span, format!("`{table}` has no field called `{}`", word.text));
    let message =
        if fields.is_empty() { message } else { message.note(format!("its fields are {}", enumerate(fields, 12))) };
    suggest(message, word.span, close, str::to_owned)
}

/// S0104
pub(crate) fn unknown_rows(word: &Word, names: &[Arc<str>], close: &[Arc<str>]) -> Diagnostic {
    let message =
        Diagnostic::error("S0104", word.span, format!("there are no events, records or lists called `{}`", word.text));
    let message = if names.is_empty() {
        message.note("declare them: `events purchases by customer_id at purchased_at { price : money }`")
    } else {
        message.note(format!("there are {}", enumerate(names, 12)))
    };
    suggest(message, word.span, close, str::to_owned)
}

/// S0104: `average of price`; `owners` are the rows that have such a field.
pub(crate) fn rows_of_a_field(word: &Word, owners: &[Arc<str>], offered: &[Arc<str>]) -> Diagnostic {
    let message = format!("`{}` is a field of {}, and here rows are asked for", word.text, enumerate(owners, 3));
    let message = Diagnostic::error("S0104", word.span, message);
    let message = if offered.is_empty() { message.beside("name the rows, and what is asked of them") } else { message };
    suggest(message, word.span, offered, str::to_owned)
}

/// S0101: `age`, where a date tells it
pub(crate) fn age_of_a_date(word: &Word, date: &str) -> Diagnostic {
    let mend = format!("years since {date}");
    Diagnostic::error("S0101", word.span, format!("there is no field called `{}`", word.text))
        .beside(format!("did you mean `{mend}`?"))
        .offer(format!("did you mean `{mend}`?"), vec![Edit::replace(word.span, mend)])
}

/// S0106
pub(crate) fn value_not_listed(value: &str, span: Span, listed: &[Arc<str>], close: &[Arc<str>]) -> Diagnostic {
    let message =
        Diagnostic::error("S0106", span, format!("\"{value}\" is not among the listed values, so nobody would match"))
            .note(format!("the values are {}", listed_values(listed)));
    let message = if close.is_empty() { message.beside("choose one of the listed values") } else { message };
    suggest(message, span, close, as_listed)
}

/// A listed value as it can be written right of `is`.
fn as_listed(value: &str) -> String {
    let bare = value.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
        && value.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        && !crate::syntax::is_reserved(value);
    if bare { value.to_owned() } else { format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")) }
}

fn listed_values(listed: &[Arc<str>]) -> String {
    let mut shown: Vec<String> = listed.iter().take(12).map(|value| as_listed(value)).collect();
    if listed.len() > 12 {
        shown.push("...".to_owned());
    }
    shown.join(", ")
}

/// S0109
pub(crate) fn customers_name_in_row(word: &Word, table: &str, customer: bool) -> Diagnostic {
    let name = &word.text;
    let message = Diagnostic::error(
        "S0109",
        word.span,
        format!("`{name}` belongs to the customer, not to the rows of `{table}`"),
    );
    if !customer {
        return message.beside("a calculated field can use only the fields of its own row");
    }
    message
        .beside(format!("write `customer.{name}`"))
        .fix(format!("write `customer.{name}`"), vec![Edit::before(word.span, "customer.")])
}

/// S0110
pub(crate) fn trait_in_a_field(word: &Word) -> Diagnostic {
    let message = format!("`{}` cannot be used here: a calculated field can use only fields of its own row", word.text);
    Diagnostic::error("S0110", word.span, message)
        .beside("make it a trait, outside of these braces")
        .note("a trait is one value per customer: `trait total = sum of purchases.price`")
}

/// S0109
pub(crate) fn own_row_named(word: &Word, next: &Word) -> Diagnostic {
    let gap = Span { file: word.span.file, start: word.span.start, end: next.span.start };
    Diagnostic::error("S0109", word.span, format!("inside `where` the fields of `{}` are named without it", word.text))
        .beside(format!("write `{}`", next.text))
        .fix(format!("write `{}`", next.text), vec![Edit::delete(gap)])
}

/// S0110
pub(crate) fn customer_alone(span: Span) -> Diagnostic {
    Diagnostic::error("S0110", span, "`customer` alone says nothing; name one of the customer's fields")
        .beside("write `customer.` and a field")
}

/// S0110
pub(crate) fn customer_out_of_reach(span: Span, in_row: bool) -> Diagnostic {
    let message = Diagnostic::error("S0110", span, "the customer cannot be asked about here");
    if in_row {
        message
            .beside("a calculated field can use only the fields of its own row")
            .note("make it a trait, or ask for `customer.` behind `where`")
    } else {
        message.beside("a constant is the same for all customers").note("make it a trait: `trait` instead of `let`")
    }
}

/// S0110
pub(crate) fn other_rows_in_row(word: &Word, customer: bool) -> Diagnostic {
    let message =
        Diagnostic::error("S0110", word.span, format!("`{}` cannot be asked about from inside another row", word.text))
            .beside("only the row's own lists can be asked about here");
    if customer {
        message.note(format!(
            "make a trait of it, such as `trait some_{0} = number of {0}`, and use `customer.some_{0}`",
            word.text
        ))
    } else {
        message
    }
}

/// S0110
pub(crate) fn customers_list_in_row(span: Span) -> Diagnostic {
    Diagnostic::error("S0110", span, "the customer's lists cannot be asked about from inside a row")
        .beside("make a trait of it, and use `customer.` with the trait's name")
}

/// S0110
pub(crate) fn list_out_of_reach(word: &Word) -> Diagnostic {
    Diagnostic::error(
        "S0110",
        word.span,
        format!("the list `{}` belongs to a row that is looked up, and cannot be asked about from here", word.text),
    )
    .beside("only the row's own lists can be asked about")
}

/// S0115
pub(crate) fn unknown_function(word: &Word, close: &[Arc<str>]) -> Diagnostic {
    let message = Diagnostic::error("S0115", word.span, format!("`{}` cannot be worked out: there is no such calculation", word.text))
        .note(
            "there are year, quarter, month, day, weekday, hour, minute, date, length and absolute with `of`, and years to seconds and time with `since` and `until`",
        );
    suggest(message, word.span, close, str::to_owned)
}

/// S0117
pub(crate) fn no_fields(before: &Word, kind: &str, word: &Word) -> Diagnostic {
    Diagnostic::error("S0117", word.span, format!("`{}` is {kind}, so it has no field `{}`", before.text, word.text))
        .beside(format!("only an id that points at a table leads on, as in `{} : id -> products`", before.text))
}

/// S0117: `wishes.title` where `wishes : list of id -> books`
pub(crate) fn list_of_ids_leads_on(before: &Word, word: &Word, table: &str) -> Diagnostic {
    let (list, field) = (&before.text, &word.text);
    Diagnostic::error("S0117", word.span, format!("`{list}` holds many ids, and a path goes on from a single one"))
        .beside(format!("the entries of `{list}` have no fields"))
        .note(format!(
            "declared with a name for the id, `{list} : list of {{ item : id -> {table} }}`, they lead on: `{list}.item.{field}`; in the data each entry then has a field `item`"
        ))
}

/// S0117
pub(crate) fn id_of_nothing(before: &Word, word: &Word) -> Diagnostic {
    Diagnostic::error(
        "S0117",
        word.span,
        format!("`{}` does not say which table it points at, so `{}` cannot be looked up", before.text, word.text),
    )
    .beside(format!("declare it as `{} : id -> TABLE`", before.text))
}

/// S0117
pub(crate) fn field_of_many(before: &Word, word: &Word) -> Diagnostic {
    Diagnostic::error(
        "S0117",
        before.span.to(word.span),
        format!("`{}` is a list, so there are many `{}`", before.text, word.text),
    )
    .beside(format!("ask `any {} where ...`, or for the sum, the smallest, the largest", before.text))
}

/// S0119
pub(crate) fn rows_as_value(word: &Word, span: Span) -> Diagnostic {
    let name = &word.text;
    let message = format!("`{name}` are many rows, so this line needs a question about them");
    Diagnostic::error("S0119", span, message)
        .beside(format!("did you mean `number of {name}`?"))
        .offer(format!("did you mean `number of {name}`?"), vec![Edit::replace(span, format!("number of {name}"))])
}

/// S0119: rows alone where something must hold or not.
pub(crate) fn rows_as_condition(word: &Word, span: Span) -> Diagnostic {
    let name = &word.text;
    Diagnostic::error("S0119", span, format!("`{name}` are many rows, so this line needs a question about them"))
        .beside(format!("did you mean `any {name}`?"))
        .offer(format!("did you mean `any {name}`?"), vec![Edit::before(span, "any ")])
        .offer(format!("did you mean `no {name}`?"), vec![Edit::before(span, "no ")])
}

/// S0119: `rest` is what stands behind the rows' name.
pub(crate) fn rows_field_as_value(span: Span, rows: &Word, rest: &str, (timed, summed): (bool, bool)) -> Diagnostic {
    let rows = &rows.text;
    let path = format!("{rows}.{rest}");
    let picked = if timed { "latest" } else { "largest" };
    let message = Diagnostic::error("S0119", span, format!("there are many `{path}`, one for each row of `{rows}`"))
        .beside(format!("did you mean `any {rows} where {rest} ...`, or `{picked} {path}`?"))
        .offer(format!("did you mean `{picked} {path}`?"), vec![Edit::replace(span, format!("{picked} {path}"))]);
    if summed {
        message.offer(format!("did you mean `sum of {path}`?"), vec![Edit::replace(span, format!("sum of {path}"))])
    } else {
        message
    }
}

/// S0119
pub(crate) fn rows_behind_customer(customer: &Word, rows: &Word) -> Diagnostic {
    let span = customer.span.to(rows.span);
    Diagnostic::error("S0119", span, format!("`{}` are rows of their own, not a field of the customer", rows.text))
        .beside(format!("write `{}`", rows.text))
        .fix(format!("write `{}`", rows.text), vec![Edit::replace(span, rows.text.to_string())])
}

/// S0119
pub(crate) fn table_is_no_value(
    word: &Word,
    field: Option<&str>,
    pointing: &[(Option<Arc<str>>, Arc<str>)],
) -> Diagnostic {
    let message =
        Diagnostic::error("S0119", word.span, format!("`{}` is a table that is looked up, not a value", word.text));
    let field = field.unwrap_or("...");
    let Some((rows, pointer)) = pointing.first() else {
        return message
            .beside("no field points at it")
            .note(format!("a field does so as in `item : id -> {}`", word.text));
    };
    match rows {
        None => message.beside(format!("the customer's field points at it: write `{pointer}.{field}`")),
        Some(rows) => message
            .beside(format!("the rows of `{rows}` point at it"))
            .note(format!("ask about those rows, as in `any {rows} where {pointer}.{field} ...`")),
    }
}

/// S0119
pub(crate) fn rows_of_no_customer(word: &Word, customers: bool) -> Diagnostic {
    let message =
        Diagnostic::error("S0119", word.span, format!("the rows of `{}` do not belong to one customer", word.text));
    if customers {
        message.beside("a line is about one customer; name their events or records")
    } else {
        message.beside("ask about events or records; a table is reached through the field that points at it")
    }
}

/// S0119
pub(crate) fn list_as_value(word: &Word) -> Diagnostic {
    Diagnostic::error(
        "S0119",
        word.span,
        format!("`{}` is a list of values, so something is to be looked for in it", word.text),
    )
    .beside(format!("write `... is in {}`", word.text))
}

/// S0119
pub(crate) fn is_list(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("S0119", span, format!("`{name}` is a list, and one value is not a list"))
        .beside(format!("did you mean `is in {name}`?"))
        .fix(format!("write `is in {name}`"), vec![Edit::before(span, "in ")])
}

/// S0108
pub(crate) fn unknown_list(word: &Word, close: &[Arc<str>]) -> Diagnostic {
    let message = Diagnostic::error("S0108", word.span, format!("there is no list called `{}`", word.text))
        .note(format!("declare one: `list {} = \"a\", \"b\"`, or write `is one of \"a\", \"b\"`", word.text));
    suggest(message, word.span, close, str::to_owned)
}

/// S0108
pub(crate) fn not_a_list(word: &Word) -> Diagnostic {
    Diagnostic::error("S0108", word.span, format!("`{}` is no list", word.text))
        .beside("behind `in` I expected the name of a list")
}

/// S0108
pub(crate) fn in_a_segment(word: &Word) -> Diagnostic {
    Diagnostic::error(
        "S0108",
        word.span,
        format!("`{}` is a segment: being in it is written as its name alone", word.text),
    )
    .beside(format!("write only `{}`", word.text))
}

/// S0108: `customer is in big_spenders`
pub(crate) fn customer_in_a_segment(span: Span, segment: &str, negated: bool, in_row: bool) -> Diagnostic {
    let not = if negated { "not " } else { "" };
    let whose = if in_row { "customer." } else { "" };
    let mend = format!("{not}{whose}{segment}");
    Diagnostic::error("S0108", span, format!("`{segment}` is a segment: being in it is written as its name alone"))
        .beside(format!("write `{mend}`"))
        .fix(format!("write `{mend}`"), vec![Edit::replace(span, mend)])
}

/// S0204
pub(crate) fn no_such_constant(
    span: Span,
    name: &str,
    exists: bool,
    names: &[Arc<str>],
    close: &[Arc<str>],
) -> Diagnostic {
    let message = match exists {
        true => format!("`{name}` is no constant, so it cannot be given another value"),
        false => format!("there is no constant called `{name}`"),
    };
    let diagnostic = Diagnostic::error("S0204", span, message).beside("this value is for nothing");
    match (close, names) {
        ([near, ..], _) => diagnostic.note(format!("did you mean `{near}`?")),
        (_, []) => diagnostic.note("constants are declared in a rule file: `let vip_limit = 500 USD`"),
        (_, names) => diagnostic.note(format!("there are {}", crate::names::messages::enumerate(names, 12))),
    }
}

/// S0204
pub(crate) fn constant_of_another_kind(span: Span, text: &str, kind: &str, written: Span) -> Diagnostic {
    Diagnostic::error("S0204", span, format!("`{text}` is another kind of value than the constant's own"))
        .beside(format!("I expected {kind}"))
        .place(written, "it is written like this")
}
