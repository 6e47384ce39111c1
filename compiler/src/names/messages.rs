//! What is said about names. Codes:
//!
//! - S0100 a name that something else has already
//! - S0101 no such field or other name
//! - S0103 declarations that use one another in a circle
//! - S0104 no such table
//! - S0105 no such kind of field
//! - S0106 a value that is not among those listed
//! - S0107 no such part of a partition
//! - S0108 no such list
//! - S0109 a customer's field used bare inside `where`
//! - S0110 something that cannot be asked from here
//! - S0111 no `customers` declaration
//! - S0112 more than one `customers` declaration
//! - S0113 a key that is missing, doubled, or no id
//! - S0115 no such function
//! - S0116 a list's file that cannot be read
//! - S0117 a path through something that has no fields
//! - S0118 parts of a partition: doubled, or behind `otherwise`
//! - S0119 a table or list where a value is expected
//! - S0120 `segue.toml`: no such setting
//! - S0121 `segue.toml`: a setting's value cannot be used
//! - S0122 `segue.toml`: data for something that is not declared
//! - S0123 `segue.toml` cannot be read
//! - S0124 `->` to something that has no key
//! - S0125 too many declarations
//! - S0126 a list whose values are not written values of one kind
//! - S0127 listed values that are doubled
//! - S0128 no such time zone
//! - S0198 a segment of another table

use crate::diagnostics::{Diagnostic, Edit};
use crate::source::Span;
use crate::syntax::tree::{Field, Word};
use std::sync::Arc;

/// Adds what may have been meant, each as an offer; one that is alone stands beside the culprit too.
pub(crate) fn suggest(
    mut message: Diagnostic,
    span: Span,
    names: &[Arc<str>],
    show: impl Fn(&str) -> String,
) -> Diagnostic {
    let shown: Vec<String> = names.iter().take(3).map(|name| show(name)).collect();
    if message.label.is_empty() {
        message.label = match shown.as_slice() {
            [] => String::new(),
            [only] => format!("did you mean `{only}`?"),
            [rest @ .., last] => format!(
                "did you mean {} or `{last}`?",
                rest.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            ),
        };
    }
    for name in shown {
        message = message.offer(format!("did you mean `{name}`?"), vec![Edit::replace(span, name)]);
    }
    message
}

/// Names in running text: `a`, `b` and `c`.
pub(crate) fn enumerate(names: &[Arc<str>], most: usize) -> String {
    let mut shown: Vec<String> = names.iter().take(most).map(|name| format!("`{name}`")).collect();
    if names.len() > most {
        shown.push("...".to_owned());
        return shown.join(", ");
    }
    match shown.as_slice() {
        [rest @ .., last] if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => shown.join(", "),
    }
}

/// S0100
pub(crate) fn name_taken(name: &Word, first: &str, place: Span) -> Diagnostic {
    let message = if *name.text == *first {
        format!("the name `{}` is used twice", name.text)
    } else {
        format!("`{}` and `{first}` are the same name: capitals make no difference", name.text)
    };
    Diagnostic::error("S0100", name.span, message)
        .beside("choose another name here, or there")
        .place(place, "the first one is here")
}

/// S0198
pub(crate) fn segment_of_nothing(of: &Word, close: &[Arc<str>]) -> Diagnostic {
    let message = Diagnostic::error("S0198", of.span, format!("there is no table called `{}`", of.text));
    let message = if close.is_empty() { message.beside("a segment is `of` a table") } else { message };
    suggest(message, of.span, close, str::to_owned)
}

/// S0198
pub(crate) fn segment_of_rows(of: &Word) -> Diagnostic {
    let told = format!("`{}` happen to customers, and a segment is made of customers or of a table's rows", of.text);
    Diagnostic::error("S0198", of.span, told)
        .beside("name a `table`, such as companies or products")
        .note("without `of ...` the segment is made of customers")
}

/// S0103: `members` in the order of use; each with its kind, name, and where it uses the next one.
pub(crate) fn circle(members: &[(String, Span, Span)]) -> Diagnostic {
    let names: Vec<&str> = members.iter().map(|(name, _, _)| name.as_str()).collect();
    let first = names.first().copied().unwrap_or_default();
    let span = members.first().map_or(Span::new(crate::source::FileId(0), 0, 0), |(_, declared, _)| *declared);
    if let [(name, declared, used)] = members {
        return Diagnostic::error("S0103", *declared, format!("`{name}` uses itself, so it has no value"))
            .beside("it is declared here")
            .place(*used, format!("here it uses `{name}`"));
    }
    // A large circle is shown in part.
    const MOST: usize = 10;
    if members.len() > MOST {
        let chain: Vec<String> = names.iter().take(MOST).map(|name| format!("`{name}`")).collect();
        let told = format!("these {} use one another in a circle: {} uses ...", members.len(), chain.join(" uses "));
        let mut message = Diagnostic::error("S0103", span, told)
            .beside("the circle starts here")
            .note("none of them has a value until one stops using the next");
        for ((name, _, used), next) in members.iter().zip(names.iter().skip(1)).take(MOST) {
            message = message.place(*used, format!("here `{name}` uses `{next}`"));
        }
        return message;
    }
    let chain: Vec<String> = names.iter().chain(std::iter::once(&first)).map(|name| format!("`{name}`")).collect();
    let told = format!("these use one another in a circle: {}", chain.join(" uses "));
    let mut message = Diagnostic::error("S0103", span, told)
        .beside("the circle starts here")
        .note("none of them has a value until one stops using the next");
    for (at, (name, _, used)) in members.iter().enumerate() {
        let next = names.get((at + 1) % names.len()).copied().unwrap_or_default();
        message = message.place(*used, format!("here `{name}` uses `{next}`"));
    }
    message
}

/// S0111
pub(crate) fn customers_missing(span: Span) -> Diagnostic {
    Diagnostic::error("S0111", span, "nothing says who the customers are")
        .beside("this needs the customers")
        .note("add a declaration such as `customers { key customer_id : id }` to one of the files")
}

/// S0112
pub(crate) fn second_customers(span: Span, first: Span) -> Diagnostic {
    Diagnostic::error("S0112", span, "a project has one `customers` declaration, and this is another")
        .beside("move its fields to the first one")
        .place(first, "the first one is here")
}

/// S0113
pub(crate) fn key_missing(table: &str, span: Span, first: Option<&Field>) -> Diagnostic {
    let message = Diagnostic::error("S0113", span, format!("`{table}` has no key, so its rows cannot be told apart"))
        .beside("which field is different in every row?")
        .note("write `key` before that field: `key customer_id : id`");
    match first {
        Some(field) if field.name.text.to_lowercase().ends_with("id") => {
            message.offer(format!("make `{}` the key", field.name.text), vec![Edit::before(field.span, "key ")])
        }
        _ => message,
    }
}

/// S0113
pub(crate) fn second_key(span: Span, first: Span) -> Diagnostic {
    Diagnostic::error("S0113", span, "a table has one key, and this is a second")
        .beside("take `key` away here or there")
        .place(first, "the first key is here")
}

/// S0113
pub(crate) fn key_in_list(span: Span) -> Diagnostic {
    Diagnostic::error("S0113", span, "the records of a list have no key").beside("take `key` away")
}

/// S0113
pub(crate) fn key_not_id(name: &str, kind: &str, span: Span) -> Diagnostic {
    Diagnostic::error("S0113", span, format!("the key `{name}` is {kind}; a key is an id"))
        .beside("ids may hold numbers or letters")
        .fix("make it an id", vec![Edit::replace(span, "id")])
}

/// S0113
pub(crate) fn key_optional(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("S0113", span, format!("the key `{name}` may not be missing"))
        .beside("take the `?` away: every row needs its key")
}

/// S0113
pub(crate) fn key_computed(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error("S0113", span, format!("the key `{name}` is calculated; a key is a column of the data"))
        .beside("declare it as `key NAME : id`")
}

/// S0125
pub(crate) fn too_many_declarations(span: Span, most: usize, found: usize) -> Diagnostic {
    Diagnostic::error("S0125", span, format!("a project has at most {most} declarations; this one has {found}"))
        .beside("from here on they were not read")
}

/// S0128
pub(crate) fn unknown_zone(zone: &str, span: Span) -> Diagnostic {
    let names = chrono_tz::TZ_VARIANTS.iter().map(|zone| Arc::from(zone.name()));
    let close = super::suggest::closest(zone, names);
    let message = Diagnostic::error("S0128", span, format!("there is no time zone called \"{zone}\""))
        .note("time zones are named by a region and a city, as \"Europe/Paris\", or \"UTC\"");
    suggest(message, span, &close, |name| format!("\"{name}\""))
}
