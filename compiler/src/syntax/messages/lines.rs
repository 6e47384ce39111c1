//! Messages about lines that cannot be read.

use super::replace;
use crate::diagnostics::{Diagnostic, Edit};
use crate::source::Span;

/// A value that is missing after `after`.
pub(crate) fn missing_value(at: Span, after: &str) -> Diagnostic {
    let message = if after.is_empty() {
        "a value is missing here".to_owned()
    } else {
        format!("after `{after}` a value is missing")
    };
    Diagnostic::error("S0001", at, message).beside("I expected a value here")
}

/// Something that does not fit.
pub(crate) fn does_not_fit(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0001", span, format!("`{written}` does not fit here"))
        .beside("I cannot make sense of the line from here on")
}

/// Something that does not fit behind a word that asks for a value.
pub(crate) fn does_not_fit_after(span: Span, written: &str, before: &str) -> Diagnostic {
    Diagnostic::error("S0001", span, format!("`{written}` does not fit after `{before}`"))
        .beside("I expected a value here")
}

/// A line that starts with an operator.
pub(crate) fn cannot_start(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0001", span, format!("a line cannot start with `{written}`"))
        .beside("I expected a field, a value or a question such as `any purchases`")
}

/// `not in vips`
pub(crate) fn nothing_before_not_in(span: Span, list: &str) -> Diagnostic {
    let list = if list.is_empty() { "vips" } else { list };
    Diagnostic::error("S0001", span, "`not in` has no field before it")
        .beside("what is not to be in it?")
        .note(format!("of a list write `country is not in {list}`; of a segment write `not {list}`"))
}

/// A line that stops in the middle.
pub(crate) fn line_stops(at: Span, last: &str) -> Diagnostic {
    let message = if last.is_empty() {
        "this line stops in the middle".to_owned()
    } else {
        format!("this line stops after `{last}`")
    };
    Diagnostic::error("S0040", at, message).beside("I expected something more here")
}

/// Two things with nothing between them.
pub(crate) fn side_by_side(first: &str, span: Span, second: &str) -> Diagnostic {
    Diagnostic::error("S0002", span, format!("`{first}` and `{second}` stand side by side with nothing between them"))
        .beside("what joins it to what stands before?")
}

/// The same where both are conditions, so that `and` can join them.
pub(crate) fn offering_and(told: Diagnostic, between: Span, joint: &str) -> Diagnostic {
    told.offer("write `and` between them, or start a new line", vec![Edit { span: between, text: joint.to_owned() }])
}

/// A comma in a line that could not be read without it either.
pub(crate) fn comma_without_reason(comma: Span) -> Diagnostic {
    Diagnostic::error("S0001", comma, "a comma does not fit here").beside("commas stand between values to choose from")
}

/// Several words of text without quotes.
pub(crate) fn text_without_quotes(span: Span, written: &str) -> Diagnostic {
    let text = written.split_whitespace().collect::<Vec<_>>().join(" ");
    Diagnostic::error("S0037", span, "a text stands in quotes")
        .beside(format!("write \"{text}\""))
        .offer("put it in quotes", replace(span, format!("\"{text}\"")))
}

/// `is "a", "b"`; with what becomes of the commas behind the values, where that is known.
pub(crate) fn several_after_is(comma: Span, before_first: Span, behind: Option<&[Edit]>) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("S0038", comma, "`is` asks for one value, and here are several").beside("write `is one of`");
    let Some(behind) = behind else { return diagnostic };
    let one_of = Edit { span: before_first, text: "one of ".to_owned() };
    let title = match behind.first() {
        None => "write `one of`",
        Some(edit) if edit.text.trim().is_empty() => "write `one of`, and start a new line for each condition",
        Some(_) => "write `one of`, and `and` between conditions",
    };
    diagnostic.offer(title, std::iter::once(one_of).chain(behind.iter().cloned()).collect())
}

/// A comma that separates nothing.
pub(crate) fn stray_comma(comma: Span) -> Diagnostic {
    Diagnostic::error("S0001", comma, "a comma does not fit here")
        .beside("to ask for two things, write `and` or start a new line")
        .offer("write `and`", replace(comma, " and"))
}

/// `any of { a, b }`; without commas to replace where they are not known.
pub(crate) fn comma_between_lines(block: &str, comma: Span, commas: &[Span]) -> Diagnostic {
    let edits: Vec<Edit> = commas.iter().flat_map(|comma| replace(*comma, "\n")).collect();
    let diagnostic = Diagnostic::error("S0001", comma, "a comma does not fit here")
        .beside(format!("in a block `{block} {{ ... }}` each condition stands on a line of its own"));
    if edits.is_empty() { diagnostic } else { diagnostic.offer("start a new line", edits) }
}

/// `x contans "a"`
pub(crate) fn misspelt(span: Span, written: &str, meant: &str) -> Diagnostic {
    Diagnostic::error("S0001", span, format!("`{written}` does not fit here"))
        .beside(format!("did you mean `{meant}`?"))
        .offer(format!("did you mean `{meant}`?"), replace(span, meant))
}

/// `trait a = n + 1 trait b = n + 2`
pub(crate) fn declaration_on_the_line(before: Span, span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0002", span, format!("a new `{written}` starts on a line of its own"))
        .beside("start a new line before this")
        .offer("start a new line", vec![Edit { span: before.end_point(), text: "\n".to_owned() }])
}

/// `;`; with all of the line, and whether something follows that needs a line of its own.
pub(crate) fn semicolon(span: Span, all: &[(Span, bool)]) -> Diagnostic {
    let diagnostic = Diagnostic::error("S0001", span, "`;` does not fit here: a line ends where it ends");
    let edits: Vec<Edit> =
        all.iter().map(|(at, follows)| Edit { span: *at, text: if *follows { "\n" } else { "" }.to_owned() }).collect();
    let title = match all.iter().any(|(_, follows)| *follows) {
        true => "start a new line",
        false => "remove it",
    };
    if edits.is_empty() {
        return diagnostic.beside("conditions are joined by `and` or `or`");
    }
    diagnostic.beside(title).offer(title, edits)
}

/// `any of (a, b)`
pub(crate) fn block_needs_braces(span: Span) -> Diagnostic {
    Diagnostic::error("S0001", span, "the lines of such a block stand between `{` and `}`")
        .beside("write `{`, one condition a line, and `}`")
}

/// `contains any of "a", "b"`
pub(crate) fn text_test_of_several(span: Span, test: &str) -> Diagnostic {
    Diagnostic::error("S0001", span, format!("`{test}` takes one text"))
        .beside("write one line for each text in a block `any of { ... }`")
}

/// `at least purchases`
pub(crate) fn missing_count(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0001", span, format!("`{written}` how many? a number is missing"))
        .beside("write a number after this")
}

/// A line of a partition that is no part.
pub(crate) fn broken_part(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0001", span, format!("this part cannot be read: `{written}` does not fit here"))
        .beside("I expected something else here")
        .note("a part is a name, `:` and a condition, each on its own line; the last may be `otherwise`")
}
