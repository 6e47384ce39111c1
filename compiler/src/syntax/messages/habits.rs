//! Messages about what other languages write otherwise.

use super::{in_quotes, replace, start_point};
use crate::diagnostics::{Diagnostic, Edit};
use crate::source::{SourceFile, Span};

/// `=`, `==`, `!=`, `<>`
pub(crate) fn equality_sign(source: &SourceFile, span: Span, sign: &str, mend: &str) -> Diagnostic {
    let message =
        Diagnostic::error("S0026", span, format!("`{sign}` is written `{mend}`")).beside(format!("write `{mend}`"));
    let before = source.text.get(..span.start as usize).unwrap_or("");
    let kept = before.trim_end();
    if !before.get(kept.len()..).unwrap_or("").contains('\n') {
        return message.fix(format!("write `{mend}`"), replace(span, apart(source, span, mend)));
    }
    // No line starts with `is`, so it goes up to what it tests, where no comment ends that line.
    if kept.rsplit('\n').next().is_some_and(|line| line.contains('#')) {
        return message;
    }
    let whole = Span::new(span.file, kept.len(), span.end as usize);
    message.fix(format!("write `{mend}`"), replace(whole, apart(source, whole, mend)))
}

/// The words for a place, with a blank on each side that has none there.
fn apart(source: &SourceFile, span: Span, words: &str) -> String {
    let blank_before = source.text.get(..span.start as usize).is_some_and(|text| text.ends_with(char::is_whitespace));
    let blank_after = source.text.get(span.end as usize..).is_some_and(|text| text.starts_with(char::is_whitespace));
    format!("{}{words}{}", if blank_before { "" } else { " " }, if blank_after { "" } else { " " })
}

/// `&&`, `||`
pub(crate) fn joining_sign(source: &SourceFile, span: Span, sign: &str, word: &str) -> Diagnostic {
    Diagnostic::error("S0027", span, format!("`{sign}` is written `{word}`"))
        .beside(format!("write `{word}`"))
        .fix(format!("write `{word}`"), replace(span, apart(source, span, word)))
}

/// `!x`
pub(crate) fn bang(span: Span) -> Diagnostic {
    Diagnostic::error("S0027", span, "`!` is written `not`")
        .beside("write `not`")
        .fix("write `not`", replace(span, "not "))
}

/// `=>`, `=<`
pub(crate) fn comparison_sign(span: Span, sign: &str) -> Diagnostic {
    let mend = if sign == "=>" { ">=" } else { "<=" };
    Diagnostic::error("S0028", span, format!("`{sign}` is written `{mend}`"))
        .beside(format!("write `{mend}`"))
        .fix(format!("write `{mend}`"), replace(span, mend))
}

/// `is at least 5`
pub(crate) fn spoken_comparison(span: Span, written: &str, sign: &str) -> Diagnostic {
    Diagnostic::error("S0033", span, format!("`{written}` is written `{sign}`"))
        .beside(format!("write `{sign}`"))
        .fix(format!("write `{sign}`"), replace(span, sign))
}

/// S0036: `renewal not in the last 30 days`
pub(crate) fn not_without_is(not: Span) -> Diagnostic {
    Diagnostic::error("S0036", not, "`is` is missing before this")
        .beside("write `is not`")
        .fix("write `is not`", vec![Edit { span: start_point(not), text: "is ".to_owned() }])
}

/// `is any of`
pub(crate) fn is_any_of(span: Span, written: &str, mend: &str) -> Diagnostic {
    Diagnostic::error("S0034", span, format!("after `is`, `{written}` is written `{mend}`"))
        .beside(format!("write `{mend}`"))
        .fix(format!("write `{mend}`"), replace(span, mend))
}

/// `in ("a", "b")`
pub(crate) fn sql_in(span: Span, written: &str, mend: &str) -> Diagnostic {
    Diagnostic::error("S0029", span, format!("`{written}` is written `{mend}`"))
        .beside(format!("write `{mend}`"))
        .fix(format!("write `{mend}`"), replace(span, mend))
}

/// `one of ("a", "b")`
pub(crate) fn brackets_around_values(span: Span, inside: &str) -> Diagnostic {
    Diagnostic::error("S0029", span, "these values stand without brackets")
        .beside("remove the brackets")
        .fix("remove the brackets", replace(span, inside))
}

/// `(a, b)` where one value is asked for
pub(crate) fn several_in_brackets(span: Span) -> Diagnostic {
    Diagnostic::error("S0001", span, "between these brackets stands more than one value")
        .beside("one value is asked for here")
}

/// `is null`
pub(crate) fn is_null(span: Span, written: &str, mend: &str) -> Diagnostic {
    Diagnostic::error("S0030", span, format!("`{written}` is written `{mend}`"))
        .beside(format!("write `{mend}`"))
        .fix(format!("write `{mend}`"), replace(span, mend))
}

/// `like "a%"`; with where its pattern stands and what it says, where that is written out.
pub(crate) fn like(operator: Span, pattern: Option<(Span, String)>, negated: bool, ignoring_case: bool) -> Diagnostic {
    let word = if ignoring_case { "ilike" } else { "like" };
    let message = format!("`{word}` is written `contains`, `starts with` or `ends with`");
    let diagnostic = Diagnostic::error("S0031", operator, message);
    let Some((span, pattern)) = pattern else { return diagnostic.beside("write `contains`") };
    if !pattern.is_empty() && pattern.chars().all(|character| character == '%') {
        let mend = if negated { "is missing" } else { "is known" };
        return diagnostic.beside(format!("every text is like this: write `{mend}`"));
    }
    let Some(Pattern { text, open_before, open_behind }) = Pattern::read(&pattern) else {
        return diagnostic.beside("write `matches` and a pattern");
    };
    let (plain, denied) = match (open_before, open_behind) {
        (true, true) => ("contains", "does not contain"),
        (true, false) => ("ends with", "does not end with"),
        (false, true) => ("starts with", "does not start with"),
        (false, false) => ("is", "is not"),
    };
    let mend = if negated { denied } else { plain };
    let text = format!("{}{}", in_quotes(&text), if ignoring_case { " ignoring case" } else { "" });
    let said = format!("write `{mend} {text}`");
    let edits = vec![Edit { span: operator, text: mend.to_owned() }, Edit { span, text }];
    diagnostic.beside(said.clone()).fix(said, edits)
}

/// A pattern of SQL that asks for one plain text.
struct Pattern {
    text: String,
    /// Whether anything may stand before it.
    open_before: bool,
    /// Whether anything may stand behind it.
    open_behind: bool,
}

impl Pattern {
    /// `None` where more is asked: `_`, or `%` between two texts. In SQL a backslash takes the meaning from the `%`, `_`
    /// or backslash behind it; what it does before anything else differs, so nothing is made of that.
    fn read(pattern: &str) -> Option<Pattern> {
        let mut found = Pattern { text: String::new(), open_before: false, open_behind: false };
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            let plain = match character {
                '%' if found.text.is_empty() => {
                    found.open_before = true;
                    continue;
                }
                '%' => {
                    found.open_behind = true;
                    continue;
                }
                '_' => return None,
                '\\' => characters.next().filter(|next| matches!(next, '%' | '_' | '\\'))?,
                plain => plain,
            };
            if found.open_behind {
                return None;
            }
            found.text.push(plain);
        }
        Some(found)
    }
}

/// `between 1 and 5`; where its end may not belong to `from ... to ...`, what holds both ends.
pub(crate) fn between(
    span: Span,
    place: Span,
    mend: &str,
    end_is_included: bool,
    both: Option<(Span, String)>,
) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("S0032", span, "`between` is written `from ... to ...`").beside(format!("write `{mend}`"));
    if end_is_included {
        return diagnostic.fix(format!("write `{mend}`"), replace(place, mend));
    }
    let diagnostic = diagnostic
        .note("`between` holds both ends; of moments and clock times, `from ... to ...` does not hold the second")
        .offer(format!("write `{mend}`; a moment at the end does not belong to it"), replace(place, mend));
    match both {
        Some((whole, both)) => diagnostic.offer(format!("with its end: write `{both}`"), replace(whole, both)),
        None => diagnostic,
    }
}

/// `count of purchases`, `less than 3 purchases`
pub(crate) fn aggregate_wording(span: Span, written: &str, mend: &str) -> Diagnostic {
    let written = written.trim();
    Diagnostic::error("S0024", span, format!("`{written}` is written `{mend}`"))
        .beside(format!("write `{mend}`"))
        .fix(format!("write `{mend}`"), replace(span, mend))
}

/// `includes "a", "b"`
pub(crate) fn includes_several(values: Span) -> Diagnostic {
    let insert = |word: &str| vec![Edit { span: start_point(values), text: format!("{word} of ") }];
    Diagnostic::error("S0038", values, "any of these values, or all of them?")
        .beside("write `any of` or `all of` before the first")
        .offer("one of them is enough: write `any of`", insert("any"))
        .offer("each of them: write `all of`", insert("all"))
}

/// `does not include all of`
pub(crate) fn does_not_include_all(span: Span) -> Diagnostic {
    Diagnostic::error("S0041", span, "this can be read two ways")
        .beside("write `includes none of ...` or `not (... includes all of ...)`")
}

/// `max purchases.paid`, `sum purchases.paid`
pub(crate) fn aggregate_without_of(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0024", span, format!("after `{written}` the word `of` is missing"))
        .beside(format!("write `{written} of`"))
        .fix(format!("write `{written} of`"), vec![Edit { span: span.end_point(), text: " of".to_owned() }])
}

/// `in ["a", "b"]`
pub(crate) fn square_brackets(span: Span) -> Diagnostic {
    Diagnostic::error("S0029", span, "square brackets mean nothing here")
        .beside("write `is one of` and the values, without brackets")
}

/// `count(purchases)`
pub(crate) fn calculation_in_brackets(span: Span, word: &str) -> Diagnostic {
    let wording = match word.to_lowercase().as_str() {
        "count" => "number of purchases",
        "sum" | "total" => "sum of purchases.price",
        "avg" | "average" | "mean" => "average of purchases.price",
        "max" | "maximum" => "largest purchases.price",
        "min" | "minimum" => "smallest purchases.price",
        "year" | "month" | "day" | "hour" | "minute" | "weekday" | "length" | "date" => "month of birth_date",
        "datediff" | "date_diff" | "date_sub" | "dateadd" | "date_add" => "days since birth_date",
        "round" => "price rounded to 2 decimals",
        "abs" => "absolute of balance",
        "coalesce" | "ifnull" | "nvl" => "income otherwise 0 USD",
        _ => "number of purchases",
    };
    let message = format!("`{word}` is followed by a bracket, and calculations are written in words");
    Diagnostic::error("S0024", span, message).beside(format!("as in `{wording}`"))
}
