//! Messages about the form of content.

use super::{replace, start_point};
use crate::diagnostics::Diagnostic;
use crate::source::Span;

/// S0050: a line that is no choice.
pub(crate) fn broken_choice(span: Span, written: &str) -> Diagnostic {
    let written = written.split_whitespace().collect::<Vec<_>>().join(" ");
    Diagnostic::error("S0050", span, format!("`{written}` is no choice of a content"))
        .beside("a choice is a condition, a colon, and a text in quotes")
        .note("for example `any purchases in the last 30 days : \"Thank you\"`, and `otherwise : \"Hello\"` as the last one")
}

/// S0050: `"Hello {first_name"`
pub(crate) fn open_hole(span: Span) -> Diagnostic {
    Diagnostic::error("S0050", span, "nothing closes this brace on its line")
        .beside("a hole ends with `}`; a brace that is to be seen is written `\\{`")
        .offer("write `\\{`", replace(span, "\\{"))
}

/// S0050: `{}`, `{first_name | upper}`
pub(crate) fn unreadable_hole(span: Span, written: &str) -> Diagnostic {
    if written.is_empty() {
        return Diagnostic::error("S0050", span, "nothing stands in this hole")
            .beside("write a field, a trait or another content between the braces");
    }
    Diagnostic::error("S0050", span, format!("`{written}` cannot be shown"))
        .beside("in a hole stands a value, in what form, and what is shown where it is missing")
        .note("for example `{first_name otherwise \"friend\"}`, `{last_purchase as \"d MMMM\" otherwise \"a while ago\"}`")
}

/// S0050: `hikers "New boots"`
pub(crate) fn choice_without_colon(text: Span) -> Diagnostic {
    Diagnostic::error("S0050", text, "a colon stands between a condition and its text")
        .beside("write `:` before the text")
        .fix("write `:`", replace(start_point(text), ": "))
}
