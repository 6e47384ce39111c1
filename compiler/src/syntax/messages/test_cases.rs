//! Messages about the form of tests.

use super::{in_quotes, replace};
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use crate::syntax::tree::Word;

/// `test as of 2026-12-01 { ... }`, `test gone_quiet as of ...`
pub(crate) fn test_without_title(head: Span, name: Option<&Word>) -> Diagnostic {
    match name {
        Some(name) => {
            let title = in_quotes(&name.text.replace('_', " "));
            Diagnostic::error("S0048", name.span, "a test says in quotes what it shows")
                .beside(format!("write `{title}`"))
                .fix(format!("write `{title}`"), replace(name.span, title.clone()))
        }
        None => Diagnostic::error("S0048", head, "a test says in quotes what it shows")
            .beside("what does it show?")
            .note("write `test \"who buys twice is loyal\" as of 2026-12-01 { ... }`"),
    }
}

/// `expects in lapsed`
pub(crate) fn broken_test_line(span: Span, written: &str) -> Diagnostic {
    let lower = written.to_lowercase();
    if let "given" | "expect" = lower.as_str() {
        let (what, example) = match lower.as_str() {
            "given" => ("given", "given customer { country: \"US\" }"),
            _ => ("expected", "expect in loyal"),
        };
        return Diagnostic::error("S0048", span, format!("nothing is {what} here"))
            .beside(format!("as in `{example}`"));
    }
    let message = Diagnostic::error("S0048", span, format!("a line of a test cannot start with `{written}`"));
    let meant = match lower.as_str() {
        "expected" | "assert" | "then" => Some("expect"),
        word if strsim::damerau_levenshtein(word, "expect") <= 2 => Some("expect"),
        word if strsim::damerau_levenshtein(word, "given") <= 2 => Some("given"),
        _ => None,
    };
    match meant {
        Some(meant) => message
            .beside(format!("did you mean `{meant}`?"))
            .offer(format!("write `{meant}`"), replace(span, meant)),
        None => message
            .beside("write `given`, `expect` or a table with its rows")
            .note("lines are `given customer { country: \"US\" }`, `purchases { paid: 20 USD }`, `expect in loyal`, `expect spend = 20 USD`"),
    }
}

/// `purchases { ... } { ... }`
pub(crate) fn broken_rows(span: Span) -> Diagnostic {
    Diagnostic::error("S0048", span, "these rows cannot be read")
        .beside("one row stands in braces, several between `[` and `]`")
        .note("write `purchases [{ paid: 20 USD }, { paid: 5 USD }]`")
}

/// `purchases ["a"]`
pub(crate) fn value_for_a_row(span: Span) -> Diagnostic {
    Diagnostic::error("S0048", span, "this is no row").beside("a row stands in braces: `{ field: value }`")
}

/// `{ paid 20 USD }`
pub(crate) fn broken_given(span: Span, written: &str) -> Diagnostic {
    let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
    Diagnostic::error("S0048", span, format!("`{written}` is no field with its value"))
        .beside("write `field: value`")
        .note("as in `{ customer_id: 7   country: \"US\"   joined: 2026-01-05 }`")
}

/// `{ paid: }`
pub(crate) fn given_nothing(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("S0048", span, format!("nothing is given for `{name}`"))
        .beside("write its value behind the colon")
        .note("leave the field out where it does not matter, and write `missing` where it is to be unknown")
}

/// `{ paid: about 20 }`
pub(crate) fn broken_given_value(span: Span, name: &str) -> Diagnostic {
    Diagnostic::error("S0048", span, format!("this cannot be what `{name}` holds"))
        .beside("write one value")
        .note("values are `20 USD`, `2026-12-01`, `3 days ago`, `\"text\"`, `true`, `missing`, `[\"a\", \"b\"]`")
}

/// `{ paid = 20 USD }`
pub(crate) fn equals_in_a_row(span: Span) -> Diagnostic {
    Diagnostic::error("S0048", span, "a field and its value are joined by a colon")
        .beside("write `:`")
        .fix("write `:`", replace(span, ":"))
}

/// `given spend: 5 USD`, `expect: in loyal`
pub(crate) fn colon_in_a_claim(span: Span, word: &str, behind_word: bool) -> Diagnostic {
    let message = Diagnostic::error("S0048", span, "a colon stands between a field and its value, in a row");
    match (word, behind_word) {
        (word, true) => message.beside(format!("write nothing behind `{word}`")).fix("remove it", replace(span, "")),
        ("given", _) => message
            .beside("write `=` here")
            .note("a trait is given as `given spend = 5 USD`, a field as `given customer { age: 20 }`"),
        _ => message.beside("write `=` here").note("as in `expect spend = 5 USD`"),
    }
}

/// `expect in loyal and not in vips`
pub(crate) fn several_memberships(span: Span) -> Diagnostic {
    Diagnostic::error("S0048", span, "behind `in` stands the name of one segment, and nothing else")
        .beside("write a line for each")
        .note("as in `expect in loyal` and `expect not in vips`; joined, it is `expect loyal and not vips`")
}

/// `expect age > 3 expect in loyal`
pub(crate) fn claims_side_by_side(span: Span, word: &str) -> Diagnostic {
    Diagnostic::error("S0048", span, format!("another `{word}` starts on the same line"))
        .beside("write it on a line of its own")
        .offer("start a new line", vec![crate::diagnostics::Edit::before(span, "\n  ")])
}

/// `given customer { age: 20` and then `expect in grown`
pub(crate) fn row_not_closed(span: Span, word: &str) -> Diagnostic {
    let word = word.to_lowercase();
    Diagnostic::error("S0048", span, format!("`{word}` starts a line of the test, and the row before it is not closed"))
        .beside("end the row with `}` first")
}

/// `test "..." on 2026-12-01 { ... }`
pub(crate) fn test_moment(span: Span) -> Diagnostic {
    Diagnostic::error("S0048", span, "the day of a test stands behind `as of`")
        .beside("write `as of`")
        .fix("write `as of`", replace(span, "as of"))
}

/// `{ plan: free trial }`
pub(crate) fn given_without_quotes(span: Span, written: &str) -> Diagnostic {
    let quoted = in_quotes(&written.split_whitespace().collect::<Vec<_>>().join(" "));
    Diagnostic::error("S0048", span, "words stand in quotes")
        .beside(format!("did you mean `{quoted}`?"))
        .offer(format!("write `{quoted}`"), replace(span, quoted.clone()))
}

/// `expect first_purchase = 3 days ago`
pub(crate) fn ago_in_a_claim(span: Span) -> Diagnostic {
    Diagnostic::error("S0048", span, "a date or time that is expected is written out")
        .beside("write the date here")
        .note("or expect the day: `expect first_purchase is exactly 3 days ago`")
}
