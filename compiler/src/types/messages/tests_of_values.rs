//! Messages about tests: `is`, comparisons, tests on text and lists.

use super::kind;
use crate::diagnostics::{Diagnostic, Edit};
use crate::program::Type;
use crate::source::Span;

/// S0138
pub(crate) fn not_a_condition(span: Span, ty: &Type, text: &str) -> Diagnostic {
    let found = kind(ty);
    let short = if text.chars().count() > 40 || text.contains('\n') { "this".to_owned() } else { format!("`{text}`") };
    let message = Diagnostic::error("S0138", span, format!("{short} is {found}, so it neither holds nor fails"));
    match ty {
        Type::Integer | Type::Number | Type::Percent | Type::Money(_) | Type::Duration => {
            message.beside("compare it with something, as in `... >= 3`")
        }
        Type::Date | Type::Datetime => message.beside("say when, as in `... is in the last 30 days`"),
        Type::List(_) => message.beside("say what it includes, as in `... includes \"golf\"`"),
        _ => message.beside("say which value, as in `... is \"gold\"`"),
    }
}

/// S0138
pub(crate) fn no_lines(span: Span) -> Diagnostic {
    Diagnostic::error("S0138", span, "nothing stands between these braces, so nothing is asked of anybody")
        .beside("add a line, such as `country is \"France\"`")
}

/// S0138
pub(crate) fn no_parts(span: Span) -> Diagnostic {
    Diagnostic::error("S0138", span, "this partition has no parts, so nobody can be put into one")
        .beside("add a part, such as `rest : otherwise`")
}

/// S0030
pub(crate) fn is_null(span: Span, text: &str, mend: &str) -> Diagnostic {
    Diagnostic::error("S0030", span, format!("`{text}` is written `{mend}`"))
        .beside(format!("write `{mend}`"))
        .fix(format!("write `{mend}`"), vec![Edit::replace(span, mend)])
}

/// S0141: a word after `is` that is nearly one of the language's own.
pub(crate) fn misspelt_test(word: &str, span: Span, meant: &str) -> Diagnostic {
    Diagnostic::error("S0141", span, format!("`{word}` is neither a field nor text in quotes"))
        .beside(format!("did you mean `{meant}`?"))
        .offer(format!("did you mean `{meant}`?"), vec![Edit::replace(span, meant)])
        .offer(format!("write \"{word}\""), vec![Edit::replace(span, format!("\"{word}\""))])
}

/// S0141
pub(crate) fn text_without_quotes(word: &str, span: Span) -> Diagnostic {
    Diagnostic::error("S0141", span, format!("`{word}` is neither a field nor text in quotes"))
        .beside(format!("did you mean \"{word}\"?"))
        .fix(format!("write \"{word}\""), vec![Edit::replace(span, format!("\"{word}\""))])
}

/// S0141
pub(crate) fn number_as_text(span: Span, text: &str, kind: &str) -> Diagnostic {
    Diagnostic::error("S0141", span, format!("the other side is {kind}, and `{text}` is not"))
        .beside(format!("did you mean \"{text}\"?"))
        .offer(format!("write \"{text}\""), vec![Edit::replace(span, format!("\"{text}\""))])
}

/// S0141
pub(crate) fn date_in_quotes(span: Span, text: &str) -> Diagnostic {
    let bare = text.trim_matches(|letter| matches!(letter, '"' | '“' | '”' | '„'));
    let message = Diagnostic::error("S0141", span, "a date is written without quotes, as 2026-03-01");
    let looks_right = bare.len() >= 10
        && bare.chars().enumerate().take(10).all(|(at, letter)| match at {
            4 | 7 => letter == '-',
            _ => letter.is_ascii_digit(),
        });
    if matches!(bare, "today" | "yesterday" | "now") {
        message.beside("take the quotes away").fix(format!("write `{bare}`"), vec![Edit::replace(span, bare)])
    } else if looks_right {
        message.beside("take the quotes away").fix(format!("write {bare}"), vec![Edit::replace(span, bare)])
    } else {
        message.beside("year, month, day")
    }
}

/// S0141
pub(crate) fn quantity_in_quotes(span: Span, number: &str) -> Diagnostic {
    Diagnostic::error("S0141", span, "numbers and amounts are written without quotes")
        .beside(format!("did you mean `{number}`?"))
        .fix(format!("write `{number}`"), vec![Edit::replace(span, number)])
}

/// S0141
pub(crate) fn yes_no_in_quotes(span: Span, text: &str) -> Diagnostic {
    let bare = text.trim_matches(|letter| matches!(letter, '"' | '“' | '”' | '„')).to_lowercase();
    let message = Diagnostic::error("S0141", span, "the other side is yes/no, which is written `true` or `false`");
    let value = match bare.as_str() {
        "true" | "yes" | "y" | "1" | "on" => "true",
        "false" | "no" | "n" | "0" | "off" => "false",
        _ => return message.beside("write `true` or `false`"),
    };
    message.beside(format!("did you mean `{value}`?")).fix(format!("write `{value}`"), vec![Edit::replace(span, value)])
}

/// S0147
pub(crate) fn no_order(span: Span, ty: &Type, operator: Span) -> Option<Diagnostic> {
    let message = match ty {
        Type::Boolean => "yes/no has no order",
        Type::OneOf(_) => "listed values have no order",
        Type::Timezone => "time zones have no order",
        Type::Location => "places have no order",
        Type::List(_) | Type::Records(_) => return Some(list_is_no_value(span)),
        _ => return None,
    };
    Some(
        Diagnostic::error("S0147", operator, format!("{message}, so one is not less or more than another"))
            .beside("use `is` or `is one of`")
            .place(span, format!("this is {}", kind(ty))),
    )
}

/// S0147
pub(crate) fn no_range(span: Span, ty: &Type) -> Option<Diagnostic> {
    match ty {
        Type::Integer
        | Type::Number
        | Type::Money(_)
        | Type::Percent
        | Type::Date
        | Type::Datetime
        | Type::Duration => None,
        _ => Some(
            Diagnostic::error("S0147", span, format!("this is {}, so it does not lie between two values", kind(ty)))
                .beside("use `is one of` and the values"),
        ),
    }
}

/// S0143
pub(crate) fn range_is_a_window(value: Span, from: Span) -> Diagnostic {
    Diagnostic::error("S0143", value.to(from), "days and times of day are asked for with `is from ... to ...`")
        .beside("put `is` before `from`")
        .fix("write `is from`", vec![Edit::after(value, " is")])
}

/// S0147
pub(crate) fn is_from(span: Span, gap: Span, kind: &str) -> Diagnostic {
    Diagnostic::error("S0147", gap, format!("`is from ... to ...` is for dates, and this is {kind}"))
        .beside("take `is` away")
        .place(span, format!("this is {kind}"))
        .fix("take `is` away", vec![Edit::replace(gap, " ")])
}

/// S0147
pub(crate) fn order_ignoring_case(span: Span) -> Diagnostic {
    Diagnostic::error("S0147", span, "`ignoring case` goes with `is`, `contains` and the like, not with an order")
        .beside("take `ignoring case` away")
}

/// S0147
pub(crate) fn ignoring_case_of_nothing(span: Span) -> Diagnostic {
    Diagnostic::error("S0147", span, "only text has capitals to be ignored").beside("take `ignoring case` away")
}

/// S0147
pub(crate) fn text_test_of_no_text(span: Span, kind: &str) -> Diagnostic {
    Diagnostic::error("S0147", span, format!("only text can be searched, and this is {kind}"))
        .beside("I expected text here")
}

/// S0147
pub(crate) fn list_contains(span: Span, gap: Span, negated: bool) -> Diagnostic {
    let word = if negated { " includes none of " } else { " includes " };
    Diagnostic::error("S0147", span, "this is a list, and `contains` searches one text")
        .beside(format!("did you mean `{}`?", word.trim()))
        .fix(format!("write `{}`", word.trim()), vec![Edit::replace(gap, word)])
}

/// S0147
pub(crate) fn includes_of_no_list(left: Span, span: Span, kind: &str) -> Diagnostic {
    Diagnostic::error("S0147", span, format!("only a list includes values, and this is {kind}"))
        .beside("did you mean `is one of`, or `contains` for a part of a text?")
        .place(left, format!("this is {kind}"))
}

/// S0147
pub(crate) fn empty_of_no_list(left: Span, span: Span, kind: &str, text: bool) -> Diagnostic {
    let message = Diagnostic::error("S0147", span, format!("only a list is empty, and this is {kind}"))
        .place(left, format!("this is {kind}"));
    if text {
        message.beside("did you mean `is missing` or `is \"\"`?")
    } else {
        message.beside("did you mean `is missing`?")
    }
}

/// S0185
pub(crate) fn list_is(span: Span, gap: Span) -> Diagnostic {
    Diagnostic::error("S0185", span, "this is a list, and a list is not one value")
        .beside("did you mean `includes`?")
        .fix("write `includes`", vec![Edit::replace(gap, " includes ")])
}

/// S0185
pub(crate) fn list_is_one_of(left: Span, span: Span) -> Diagnostic {
    Diagnostic::error("S0185", span, "this is a list, and a list is not one value")
        .beside("did you mean `includes any of`?")
        .place(left, "this is a list")
}

/// S0185
pub(crate) fn list_is_no_value(span: Span) -> Diagnostic {
    Diagnostic::error("S0185", span, "this is a list, and one value is expected")
        .beside("ask what it includes, or for the number of its entries")
}

/// S0185
pub(crate) fn records_are_no_value(span: Span) -> Diagnostic {
    Diagnostic::error("S0185", span, "this is a list of records, and one value is expected")
        .beside("ask `any ... where ...` or `number of ...`")
}

/// S0148
pub(crate) fn pattern_not_written(span: Span) -> Diagnostic {
    Diagnostic::error("S0148", span, "the pattern of `matches` is written out in quotes")
        .beside("write the pattern here")
}

/// S0148
pub(crate) fn bad_pattern(span: Span, error: &regex::Error) -> Diagnostic {
    let message = Diagnostic::error("S0148", span, "this pattern cannot be used").beside("mend the pattern");
    match error {
        regex::Error::CompiledTooBig(_) => message.note("it is too large to be searched for quickly"),
        other => {
            let last = other.to_string();
            let last = last.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
            message.note(format!("the search says: {last}"))
        }
    }
}

/// What becomes of those of whom a condition does not know anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// They are not among those for whom it holds.
    LeftOut,
    /// They get no points.
    NoPoints,
}

impl Unknown {
    /// In three phrases: what happens, that it is meant so, and what to do against it.
    fn words(self) -> [&'static str; 3] {
        match self {
            Unknown::LeftOut => ["they are left out", "they are meant to be left out", "to keep them"],
            Unknown::NoPoints => ["they get no points", "they are meant to get none", "to give them the points"],
        }
    }
}

/// S0160
pub(crate) fn missing_left_out(span: Span, text: &str, alone: bool, unknown: Unknown) -> Diagnostic {
    let [so, meant, otherwise] = unknown.words();
    let addition = format!(" or {text} is missing");
    let edits = if alone {
        vec![Edit::after(span, addition.clone())]
    } else {
        vec![Edit::before(span, "("), Edit::after(span, format!("{addition})"))]
    };
    Diagnostic::warning("S0160", span, format!("where `{text}` is missing, this line does not hold"))
        .beside(so)
        .note(format!("to say that {meant}, add `and {text} is known`"))
        .offer(format!("{otherwise}, add `{}`", addition.trim()), edits)
}

/// S0160: the same inside of `none of { ... }` and `not (... or ...)`
pub(crate) fn missing_left_out_of_denied(span: Span, text: &str, alone: bool, unknown: Unknown) -> Diagnostic {
    let [so, meant, otherwise] = unknown.words();
    let addition = format!(" and {text} is known");
    let edits = if alone {
        vec![Edit::after(span, addition.clone())]
    } else {
        vec![Edit::before(span, "("), Edit::after(span, format!("{addition})"))]
    };
    Diagnostic::warning("S0160", span, format!("where `{text}` is missing, nobody knows whether this holds"))
        .beside(so)
        .note(format!("to say that {meant}, add `{text} is missing` as one more line, or with `or`"))
        .offer(format!("{otherwise}, add `{}`", addition.trim()), edits)
}

/// S0161
pub(crate) fn never_missing(span: Span, text: &str, missing: bool) -> Diagnostic {
    let said = if missing { "nobody" } else { "everybody" };
    Diagnostic::warning("S0161", span, format!("`{text}` is never missing, so this holds for {said}"))
        .beside("a field that may be missing is declared with `?`")
}

/// S0162
pub(crate) fn one_of_nothing(span: Span, negated: bool) -> Diagnostic {
    let said = if negated { "everybody" } else { "nobody" };
    Diagnostic::warning("S0162", span, format!("there is no value to choose from, so this holds for {said}"))
        .beside("the list is empty")
}

/// S0162
pub(crate) fn at_least_none(span: Span) -> Diagnostic {
    Diagnostic::warning("S0162", span, "at least 0 lines hold for everybody").beside("write a larger number")
}

/// S0162
pub(crate) fn at_least_too_many(span: Span, wanted: u32, count: usize) -> Diagnostic {
    Diagnostic::warning("S0162", span, format!("at least {wanted} of {count} lines can never hold, so nobody matches"))
        .beside(format!("write a number from 1 to {count}"))
}
