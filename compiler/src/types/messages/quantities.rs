//! Messages about quantities: units, currencies, dates, calculations.

use super::kind;
use crate::builtins::{Argument, Declaration, Function};
use crate::diagnostics::{Diagnostic, Edit};
use crate::names::messages::suggest;
use crate::program::{Expr, Type};
use crate::source::Span;
use crate::syntax::tree::{Amount, Comparison, Unit, Word};
use crate::values::Currency;
use std::sync::Arc;

/// `days` for 90, `day` for 1.
fn unit_word(amount: Amount) -> String {
    let one = unit_name(amount.unit);
    if amount.count == 1 { one.to_owned() } else { format!("{one}s") }
}

/// A unit in the singular.
pub(crate) fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Second => "second",
        Unit::Minute => "minute",
        Unit::Hour => "hour",
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Quarter => "quarter",
        Unit::Year => "year",
    }
}

/// S0186
pub(crate) fn number_of_what(span: Span, text: &str, currency: &str, written: bool) -> Diagnostic {
    if !written {
        return Diagnostic::error("S0186", span, format!("`{text}` is a plain number, and money is held against it"))
            .beside(format!("{text} of what? I expected an amount in {currency}"))
            .note(format!("money and numbers do not mix; an amount is written `100 {currency}`"));
    }
    Diagnostic::error("S0186", span, format!("{text} what? The other side is money"))
        .beside(format!("did you mean `{text} {currency}`?"))
        .fix(format!("write `{text} {currency}`"), vec![Edit::after(span, format!(" {currency}"))])
}

/// S0186
pub(crate) fn money_against_number(left: Span, money: Span, currency: &str) -> Diagnostic {
    Diagnostic::error("S0186", money, "the other side is a plain number, not money")
        .beside(format!("take `{currency}` away, or compare an amount of money"))
        .place(left, "this is a number")
}

/// S0187
pub(crate) fn currencies_mixed(left: Span, ours: Currency, right: Span, theirs: Currency) -> Diagnostic {
    let (ours, theirs) = (ours.code(), theirs.code());
    Diagnostic::error("S0187", right, format!("{ours} and {theirs} are mixed here, and there is no rate between them"))
        .beside(format!("this is in {theirs}"))
        .place(left, format!("this is in {ours}"))
        .note(format!("write both in one currency: {ours} or {theirs}"))
}

/// S0188
pub(crate) fn how_long(span: Span, text: &str, written: bool) -> Diagnostic {
    if !written {
        return Diagnostic::error(
            "S0188",
            span,
            format!("`{text}` is a plain number, and a length of time is held against it"),
        )
        .beside("days, hours, minutes?")
        .note("a length of time is written `90 days`; `days since ...` is a number that can be held against numbers");
    }
    let word = if text == "1" { "day" } else { "days" };
    Diagnostic::error("S0188", span, format!("{text} what?"))
        .beside(format!("did you mean `{text} {word}`?"))
        .fix(format!("write `{text} {word}`"), vec![Edit::after(span, format!(" {word}"))])
}

/// S0188
pub(crate) fn count_against_duration(span: Span, amount: Amount, counted: Option<Unit>, left: Span) -> Diagnostic {
    let word = unit_word(amount);
    let count = amount.count;
    match counted {
        Some(unit) if unit == amount.unit => Diagnostic::error(
            "S0188",
            span,
            format!("the left side counts {}s already, so the unit is said twice", unit_name(unit)),
        )
        .beside(format!("did you mean `{count}`?"))
        .fix(format!("write `{count}`"), vec![Edit::replace(span, count.to_string())]),
        Some(unit) => {
            let ours = unit_name(unit);
            let theirs = unit_name(amount.unit);
            let function = Span { end: left.start + ours.len() as u32 + 1, ..left };
            Diagnostic::error(
                "S0188",
                span,
                format!("the left side counts {ours}s, and `{count} {word}` is a length of time"),
            )
            .beside(format!("count {theirs}s instead, or write a number of {ours}s"))
            .offer(
                format!("count {theirs}s"),
                vec![Edit::replace(function, format!("{theirs}s")), Edit::replace(span, count.to_string())],
            )
        }
        None => Diagnostic::error(
            "S0188",
            span,
            format!("`{count} {word}` is a length of time, and the left side is a number"),
        )
        .beside("I expected a number here")
        .place(left, "this is a number"),
    }
}

/// S0189: `counted` is the whole comparison as it would be with months counted, and the word to put in their place.
pub(crate) fn months_against_duration(span: Span, amount: Amount, counted: Option<(Span, String)>) -> Diagnostic {
    let unit = unit_name(amount.unit);
    let message = Diagnostic::error(
        "S0189",
        span,
        format!("a {unit} is not always equally long, so a length of time cannot be held against {unit}s"),
    )
    .note("a length of time is given in weeks, days or shorter units");
    match counted {
        Some((word, whole)) => message.beside(format!("did you mean `{whole}`?")).fix(
            format!("write `{whole}`"),
            vec![Edit::replace(word, format!("{unit}s")), Edit::replace(span, amount.count.to_string())],
        ),
        None => message.beside(format!("use `{unit}s since ...`, which is a number, or write days")),
    }
}

/// S0189
pub(crate) fn calendar_units_alone(span: Span) -> Diagnostic {
    Diagnostic::error(
        "S0189",
        span,
        "months, quarters and years are not always equally long, so this is no length of time",
    )
    .beside("use it to move a date, as in `birth_date + 3 months`, or write days")
}

/// S0191
pub(crate) fn date_with_datetime(span: Span, instant: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0191", span, "a date and a date with a time are held against each other")
        .beside(format!("did you mean `date of {text}`?"))
        .place(instant, "this has a time of day")
        .fix(format!("compare the day only: `date of {text}`"), vec![Edit::before(instant, "date of ")])
}

/// S0191
pub(crate) fn now_for_today(span: Span) -> Diagnostic {
    Diagnostic::error("S0191", span, "the other side is a whole day, and `now` has a time of day")
        .beside("did you mean `today`?")
        .fix("write `today`", vec![Edit::replace(span, "today")])
}

/// S0191
pub(crate) fn time_written_for_date(span: Span, text: &str) -> Diagnostic {
    let day: String = text.chars().take(10).collect();
    Diagnostic::error("S0191", span, "the other side is a whole day, and this has a time of day")
        .beside(format!("did you mean `{day}`?"))
        .fix(format!("write `{day}`"), vec![Edit::replace(span, day)])
}

/// S0191
pub(crate) fn time_against_date(
    left: Span,
    right: Span,
    text: &str,
    date: &str,
    written: Option<Comparison>,
) -> Diagnostic {
    let gap = Span { file: left.file, start: left.end, end: right.start };
    let mut message =
        Diagnostic::error("S0191", right, format!("`{text}` has a time of day, and `{date}` is a whole day"))
            .beside(format!("did you mean `date of {text}`?"));
    let window = written.and_then(|operator| match operator {
        Comparison::AtLeast => Some("since"),
        Comparison::Less => Some("before"),
        Comparison::Greater => Some("after"),
        Comparison::AtMost => None,
    });
    if let Some(window) = window {
        message.label = format!("did you mean `{text} is {window} {date}`?");
        message = message
            .fix(format!("write `{text} is {window} {date}`"), vec![Edit::replace(gap, format!(" is {window} "))]);
    }
    message.fix(format!("compare the day only: `date of {text}`"), vec![Edit::before(left, "date of ")])
}

/// S0191
pub(crate) fn time_is_date(left: Span, right: Span, text: &str, date: &str) -> Diagnostic {
    Diagnostic::error("S0191", right, format!("`{text}` has a time of day, and `{date}` is a whole day"))
        .beside(format!("did you mean `date of {text}`?"))
        .fix(format!("compare the day only: `date of {text}`"), vec![Edit::before(left, "date of ")])
}

/// S0137
pub(crate) fn two_kinds(left: Span, left_type: &Type, right: Span, right_type: &Type) -> Diagnostic {
    let (ours, theirs) = (kind(left_type), kind(right_type));
    Diagnostic::error("S0137", right, format!("{ours} and {theirs} cannot be held against each other"))
        .beside(format!("this is {theirs}"))
        .place(left, format!("this is {ours}"))
}

/// S0137
pub(crate) fn share_and_integer(share: Span, whole: Span) -> Diagnostic {
    Diagnostic::error("S0137", share, "a percentage and a whole number cannot be held against each other")
        .beside("this is a percentage")
        .place(whole, "this is a whole number")
        .note("a share is made by dividing: `spend_on_food / spend > 10%`")
}

/// S0182
pub(crate) fn percent_or_number(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0182", span, format!("{text} what? The other side is a percentage"))
        .beside(format!("did you mean `{text}%`?"))
        .offer(format!("write `{text}%`"), vec![Edit::replace(span, format!("{text}%"))])
}

/// S0139
pub(crate) fn cannot_calculate(span: Span, what: &str, values: &[(Span, &Type)]) -> Diagnostic {
    let kinds: Vec<String> = values.iter().map(|(_, ty)| kind(ty)).collect();
    let message = match kinds.as_slice() {
        [one] => format!("it has no meaning to {what} {one}"),
        _ => format!(
            "it has no meaning to {what} {}",
            kinds.join(match what {
                "divide" => " by ",
                _ => " and ",
            })
        ),
    };
    let money = |ty: &Type| matches!(ty, Type::Money(_));
    let help = match values {
        [(_, left), (_, right)] if money(left) && money(right) => "money is multiplied by a number",
        [(_, _), (_, right)] if money(right) => "money is divided by money, or by a number",
        _ => "numbers, money and lengths of time can be calculated with",
    };
    let mut message = Diagnostic::error("S0139", span, message).beside(help);
    for ((place, _), kind) in values.iter().zip(&kinds) {
        message = message.place(*place, format!("this is {kind}"));
    }
    if values.iter().any(|(_, ty)| matches!(ty, Type::Duration | Type::Date | Type::Datetime)) {
        message = message.note("`days since ...` and `days until ...` are numbers that can be calculated with");
    }
    message
}

/// S0139
pub(crate) fn divided_by_zero(span: Span) -> Diagnostic {
    Diagnostic::error("S0139", span, "nothing can be divided by zero, so this would be missing for everybody")
        .beside("divide by another value")
}

/// S0139
pub(crate) fn dates_added(left: Span, right: Span) -> Diagnostic {
    Diagnostic::error("S0139", right, "two dates cannot be added")
        .beside("did you mean minus, which gives the time between them?")
        .place(left, "this is a date")
}

/// S0139
pub(crate) fn difference_in_brackets(span: Span) -> Diagnostic {
    Diagnostic::error("S0139", span, "the time between two dates is put in brackets before going on calculating")
        .beside("put brackets around the two dates")
}

/// S0139
pub(crate) fn moved_by_a_value(span: Span) -> Diagnostic {
    Diagnostic::error("S0139", span, "a date is moved by a written length of time")
        .beside("write it out, as in `+ 3 months`")
}

/// S0139
pub(crate) fn hours_on_a_date(span: Span, date: Span) -> Diagnostic {
    Diagnostic::error("S0139", span, "a date has no time of day, so it cannot be moved by hours or less")
        .beside("move it by days, weeks, months or years")
        .place(date, "this is a date")
}

/// S0139
pub(crate) fn time_out_of_range(span: Span) -> Diagnostic {
    Diagnostic::error("S0139", span, "this time lies beyond the calendar").beside("write a year from 1 to 9999")
}

/// S0139
pub(crate) fn too_many_decimals(span: Span, count: u32) -> Diagnostic {
    Diagnostic::error("S0139", span, format!("{count} decimals are more than a number keeps"))
        .beside("write a number of decimals from 0 to 15")
}

/// S0139
pub(crate) fn cannot_round(span: Span, kind: &str) -> Diagnostic {
    Diagnostic::error("S0139", span, format!("only numbers and money can be rounded, and this is {kind}"))
        .beside("take `rounded` away")
}

/// S0143
pub(crate) fn clock_alone(span: Span) -> Diagnostic {
    Diagnostic::error("S0143", span, "a time of day stands in windows only")
        .beside("write `is from 07:00 to 10:00`, or compare `hour of ...` with a number")
}

/// S0149
pub(crate) fn function_does_not_fit(declaration: &Declaration, word: &Word, argument: &Expr) -> Diagnostic {
    let name = declaration.name;
    let found = kind(&argument.ty);
    let wanted = match declaration.argument {
        Argument::Moment => "a date",
        Argument::Instant => "a date with a time",
        Argument::Text => "text",
        Argument::Quantity => "a number or money",
        Argument::Place => "a place",
    };
    let message = Diagnostic::error("S0149", argument.span, format!("`{name}` needs {wanted}, and this is {found}"));
    match (declaration.function, &argument.ty) {
        (Function::DateOf, Type::Date) => {
            let gap = Span { file: word.span.file, start: word.span.start, end: argument.span.start };
            message.beside("this is the day already").fix("take `date of` away", vec![Edit::delete(gap)])
        }
        (Function::LengthOf, Type::List(_)) => {
            let gap = Span { file: word.span.file, start: word.span.start, end: argument.span.start };
            message.beside("did you mean `number of`?").fix("write `number of`", vec![Edit::replace(gap, "number of ")])
        }
        (Function::HourOf | Function::MinuteOf, Type::Date) => message.beside("a date has no time of day"),
        _ => message.beside(format!("I expected {wanted} here")),
    }
}

/// S0149
pub(crate) fn which_of_the_rows(word: &Word, time: &str) -> Diagnostic {
    let path = format!("{}.{time}", word.text);
    Diagnostic::error("S0149", word.span, format!("there are many `{}`: since which one?", word.text))
        .beside(format!("did you mean `latest {path}`?"))
        .offer(format!("did you mean `latest {path}`?"), vec![Edit::replace(word.span, format!("latest {path}"))])
        .offer(format!("did you mean `first {path}`?"), vec![Edit::replace(word.span, format!("first {path}"))])
}

/// S0106
pub(crate) fn unknown_calendar_name(word: &str, span: Span, function: Function, close: &[Arc<str>]) -> Diagnostic {
    let what = if function == Function::MonthOf { "month" } else { "day of the week" };
    let message = Diagnostic::error("S0106", span, format!("there is no {what} called \"{word}\""));
    let message = if close.is_empty() { message.beside("write its whole English name") } else { message };
    suggest(message, span, close, str::to_owned)
}

/// S0101: a trait such as `weekday of born` is a number; its names are known only beside `weekday of`.
pub(crate) fn calendar_name_of_a_trait(word: &Word, function: Function, number: usize) -> Diagnostic {
    let (what, call) = match function {
        Function::MonthOf => ("months", "month of"),
        _ => ("days", "weekday of"),
    };
    let name = &word.text;
    Diagnostic::error("S0101", word.span, format!("there is no field called `{name}`"))
        .beside(format!("names of {what} stand beside `{call} ...` only"))
        .note(format!("this trait is a number: write `{call} ... is {name}` here, or the number of `{name}`"))
        .offer(format!("write {number}, the number of `{name}`"), vec![Edit::replace(word.span, number.to_string())])
}

/// S0106
pub(crate) fn no_such_month(span: Span, function: Function, most: i64) -> Diagnostic {
    let what = if function == Function::MonthOf { "months" } else { "days of the week" };
    Diagnostic::error("S0106", span, format!("{what} are numbered from 1 to {most}, so nobody would match"))
        .beside("better write the name, as `june` or `monday`")
}

/// S0164
pub(crate) fn otherwise_needless(span: Span, text: &str) -> Diagnostic {
    Diagnostic::warning(
        "S0164",
        span,
        format!("`{text}` is never missing, so what stands behind `otherwise` is never used"),
    )
    .beside("this is always known")
}
