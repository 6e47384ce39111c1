//! Messages about how conditions and values are put together.

use super::{brackets, replace};
use crate::diagnostics::Diagnostic;
use crate::source::Span;
use crate::syntax::tree::BlockKind;

/// `a or b and c`
pub(crate) fn mixed_and_or(whole: Span, sign: Span, first: (&[Span], &str), second: (&[Span], &str)) -> Diagnostic {
    Diagnostic::error("S0131", whole, "\"and\" and \"or\" are mixed here, so it can be read two ways")
        .beside("put brackets around the part that belongs together")
        .place(sign, "this `or` stands beside an `and`")
        .note(format!("(a) {}", first.1))
        .note(format!("(b) {}", second.1))
        .offer(format!("(a) {}", first.1), first.0.iter().flat_map(|part| brackets(*part)).collect())
        .offer(format!("(b) {}", second.1), second.0.iter().flat_map(|part| brackets(*part)).collect())
}

/// `a otherwise b > c`
pub(crate) fn otherwise_beside_comparison(side: Span, operator: Span) -> Diagnostic {
    Diagnostic::error("S0132", side, "`otherwise` beside a comparison stands in brackets")
        .beside("put brackets around this part")
        .place(operator, "this is the comparison")
        .fix("put brackets around it", brackets(side))
}

/// `5 < sum of ... where ...`
pub(crate) fn filter_beside_operator(aggregate: Span, operator: Span, value: bool) -> Diagnostic {
    let what = if value { "a value" } else { "a question" };
    Diagnostic::error("S0133", aggregate, format!("{what} with `where` beside an operator stands in brackets"))
        .beside("`where` takes all to the end of the line")
        .place(operator, "this is the operator")
        .offer("put brackets around it", brackets(aggregate))
}

/// `sum of ... where a is 1 > 5`
pub(crate) fn comparison_after_where(second: Span, aggregate: Span) -> Diagnostic {
    Diagnostic::error("S0133", second, "`where` takes all to the end of the line, this comparison too")
        .beside("put brackets around what stands before it")
        .offer("put brackets around the part with `where`", brackets(aggregate))
}

/// `1 < x < 5`
pub(crate) fn chained_comparison(whole: Span, first: Span, second: Span, mends: &[String]) -> Diagnostic {
    let mut diagnostic = Diagnostic::error("S0134", second, "two comparisons stand in a row")
        .beside(match mends.first() {
            Some(mend) => format!("write `{mend}`"),
            None => "join them with `and`, and say each side again".to_owned(),
        })
        .place(first, "the first one");
    for mend in mends {
        diagnostic = diagnostic.offer(format!("write `{mend}`"), replace(whole, mend.clone()));
    }
    if mends.len() > 1 {
        diagnostic = diagnostic.note("`from ... to ...` includes both ends");
    }
    diagnostic
}

/// A line that starts with `or` in a block of several lines.
pub(crate) fn or_at_line_start(
    or: Span,
    line: Span,
    terms: &[&str],
    indentation: &str,
    block: BlockKind,
) -> Diagnostic {
    let rule = match block {
        BlockKind::None => "none of the lines of this block may hold",
        BlockKind::AtLeast(_) => "the lines of this block are counted one by one",
        BlockKind::All | BlockKind::Any => "the lines of this block must all hold",
    };
    let mut block = "any of {".to_owned();
    for term in terms {
        block.push_str(&format!("\n{indentation}  {term}"));
    }
    block.push_str(&format!("\n{indentation}}}"));
    Diagnostic::error("S0135", or, format!("a line starts with `or`, and {rule}"))
        .beside("which lines does it join?")
        .note("put what belongs together in a block `any of { ... }`")
        .offer("put these lines in a block `any of`", replace(line, block))
}

/// A line that starts with `or` in a block `any of`.
pub(crate) fn or_in_any_of(or: Span) -> Diagnostic {
    Diagnostic::error("S0135", or, "a line starts with `or`, and the lines of `any of` are joined by `or` already")
        .beside("leave `or` out")
        .fix("leave `or` out", replace(or, ""))
}

/// `a rounded + b`
pub(crate) fn arithmetic_after_rounded(rounded: Span, next: Span) -> Diagnostic {
    Diagnostic::error("S0136", next, "`rounded` takes all that stands before it")
        .beside("put brackets around the part that is rounded")
        .offer("put brackets around it", brackets(rounded))
}

/// `country is "France" or "Spain"`
pub(crate) fn bare_value_after_or(span: Span, written: &str, mend: Option<(Span, String)>) -> Diagnostic {
    let diagnostic = Diagnostic::error("S0039", span, format!("{written} alone asks nothing"));
    match mend {
        Some((whole, mend)) => {
            diagnostic.beside(format!("write `{mend}`")).fix(format!("write `{mend}`"), replace(whole, mend))
        }
        None => diagnostic.beside("say what it is held against, for instance with `is one of`"),
    }
}

/// `a + not b`
pub(crate) fn misplaced_not(span: Span) -> Diagnostic {
    Diagnostic::error("S0041", span, "`not` does not fit here")
        .beside("`not` stands before a whole condition")
        .note("to deny a test write `is not`, `does not contain` or `not (...)`")
}

/// `ignoring case` after something that is no text test
pub(crate) fn ignoring_case_of_nothing(span: Span) -> Diagnostic {
    Diagnostic::error("S0001", span, "`ignoring case` goes with a test on text only")
        .beside("remove it")
        .offer("remove it", replace(span, ""))
}

/// `where` after something that has no rows
pub(crate) fn where_after_no_rows(span: Span, before: &str) -> Diagnostic {
    let before = before.split_whitespace().collect::<Vec<_>>().join(" ");
    Diagnostic::error("S0001", span, format!("`where` chooses among rows, and `{before}` has none"))
        .beside("`where` follows a question such as `any purchases in the last 30 days`")
}
