//! What is said about scores.

use crate::diagnostics::{Diagnostic, Edit};
use crate::source::Span;

/// S0138
pub(crate) fn no_score_lines(span: Span) -> Diagnostic {
    Diagnostic::error("S0138", span, "this score has no lines, so nothing gives points")
        .beside("add a line, such as `+10 if any purchases in the last 30 days`")
}

/// S0192
pub(crate) fn score_range_without_room(low: Span, from: &str, high: Span, to: &str) -> Diagnostic {
    let message = format!("a score from {from} to {to} is the same for everybody");
    let diagnostic = Diagnostic::error("S0192", low.to(high), message).beside("the smaller end comes first");
    match from == to {
        true => diagnostic,
        false => diagnostic
            .offer(format!("write `from {to} to {from}`"), vec![Edit::replace(low, to), Edit::replace(high, from)]),
    }
}

/// S0192
pub(crate) fn cap_of_points_given_once(span: Span) -> Diagnostic {
    Diagnostic::error("S0192", span, "a line with `if` gives its points once, so there is nothing to cap")
        .beside("only lines with `for each` can have this")
        .offer("remove the cap", vec![Edit::replace(span, "")])
}

/// S0192
pub(crate) fn cap_without_room(span: Span, text: &str, takes: bool) -> Diagnostic {
    let message = match takes {
        true => format!("up to {text} points can be taken away: that is none"),
        false => format!("a line that adds points cannot be capped at {text}"),
    };
    Diagnostic::error("S0192", span, message)
        .beside("how many points at most?")
        .note("a cap is in points: `+5 for each purchases, up to 40 points` counts eight purchases")
}

/// S0192
pub(crate) fn each_of_no_rows(span: Span, text: &str) -> Diagnostic {
    Diagnostic::error("S0192", span, format!("`{text}` does not count rows"))
        .beside("write the rows that each give the points")
        .note("write `+5 for each purchases in the last 90 days where quantity >= 2`")
}
