//! Messages about fields and what they hold.

use super::{replace, start_point};
use crate::diagnostics::{Diagnostic, Edit};
use crate::source::{FileId, SourceFile, Span};

/// The name a column of the data could have in rules.
pub(crate) fn name_of_column(column: &str) -> String {
    let mut name = String::new();
    for character in column.chars().flat_map(char::to_lowercase) {
        if character.is_alphanumeric() {
            name.push(character);
        } else if !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    let name = name.trim_end_matches('_');
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("column_{name}") } else { name.to_owned() }
}

/// A field whose name is no name; `place` is where `from` can go.
pub(crate) fn field_name(span: Span, written: &str, place: Option<Span>) -> Diagnostic {
    let column = written.trim();
    let name = name_of_column(column);
    let is_reserved = crate::syntax::scan::is_reserved(&name);
    let mended = if is_reserved { format!("{name}_field") } else { name };
    let message = if is_reserved {
        format!("`{column}` has a meaning of its own, so it cannot be a field's name")
    } else {
        format!("\"{column}\" cannot be a field's name: a name is one word of letters, digits and `_`, without quotes")
    };
    let code = if is_reserved { "S0013" } else { "S0014" };
    let diagnostic = Diagnostic::error(code, span, message).beside(format!("call it `{mended}` in the rules"));
    let mut edits = replace(span, mended.clone());
    if let Some(place) = place
        && mended != column
    {
        edits.push(Edit { span: place, text: format!(" from \"{}\"", column.replace('"', "\\\"")) });
    }
    diagnostic.fix(format!("call it `{mended}` and keep the column of the data"), edits)
}

/// `email text?`
pub(crate) fn field_without_colon(name: Span, written: &str, kind: &str) -> Diagnostic {
    Diagnostic::error("S0005", name, format!("between `{written}` and `{kind}` a `:` is missing"))
        .beside("a field is a name, `:` and what it holds")
        .offer("put `:` between them", vec![Edit { span: name.end_point(), text: " :".to_owned() }])
}

/// `email`
pub(crate) fn field_without_kind(name: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0005", name, format!("what does `{written}` hold?"))
        .beside(format!("say it after a `:`, for instance `{written} : text`"))
}

/// A line of fields that cannot be read.
pub(crate) fn broken_field(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0005", span, format!("this field cannot be read: `{written}` does not fit here"))
        .beside("I expected something else here")
        .note("a field looks like `price : money USD`, `email : text? personal` or `paid = quantity * price`")
}

/// `plan : free, plus`
pub(crate) fn missing_one_of(values: Span) -> Diagnostic {
    Diagnostic::error("S0005", values, "values to choose from are listed after `one of`")
        .beside("write `one of` before the first")
        .fix("write `one of`", vec![Edit { span: start_point(values), text: "one of ".to_owned() }])
}

/// Commas between fields.
pub(crate) fn commas_between_fields(source: &SourceFile, commas: &[Span]) -> Diagnostic {
    let first = commas.first().copied().unwrap_or(Span::new(FileId(0), 0, 0));
    let edits = commas
        .iter()
        .map(|comma| {
            let follows = source.text.get(comma.end as usize..).and_then(|rest| rest.chars().next());
            let text = if follows.is_some_and(char::is_whitespace) { "" } else { " " };
            Edit { span: *comma, text: text.to_owned() }
        })
        .collect();
    Diagnostic::error("S0016", first, "fields are not separated by commas")
        .beside("remove it")
        .fix("remove the commas between fields", edits)
}

/// `? ?`, `personal personal`
pub(crate) fn said_twice(span: Span, written: &str) -> Diagnostic {
    Diagnostic::error("S0044", span, format!("`{written}` repeats what this field says already"))
        .beside("remove it")
        .offer("remove it", replace(span, ""))
}

/// `-> table` after something that is no id.
pub(crate) fn arrow_without_id(span: Span, table: &str) -> Diagnostic {
    Diagnostic::error("S0044", span, format!("only an `id` can point at a row of `{table}`"))
        .beside(format!("write `id -> {table}`"))
}

/// `as bits` after something that is no list.
pub(crate) fn bits_without_list(span: Span) -> Diagnostic {
    Diagnostic::error("S0044", span, "only a list can be kept `as bits`")
        .beside("write `list of one of ... from \"column\" as bits`")
}

/// `percent as 3`
pub(crate) fn percent_as(span: Span) -> Diagnostic {
    Diagnostic::error("S0044", span, "for 45% the data hold either 45 or 0.45")
        .beside("say which: `percent as 45` or `percent as 0.45`")
}

/// `{ ... }` as a field without `list of`.
pub(crate) fn records_without_list(span: Span) -> Diagnostic {
    Diagnostic::error("S0044", span, "fields within a field come as a list")
        .beside("write `list of { ... }`")
        .offer("write `list of`", vec![Edit { span: start_point(span), text: "list of ".to_owned() }])
}

/// `list of list of text`
pub(crate) fn list_of_lists(span: Span) -> Diagnostic {
    Diagnostic::error("S0044", span, "a list of lists cannot be read")
        .beside("use a list of one kind of value, or of `{ ... }`")
}
