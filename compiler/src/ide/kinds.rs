//! Kinds of values in the reader's words.

use super::target::Names;
use crate::program::{Field, Type};
use crate::syntax::tree::{Label, TableKind};
use crate::types;

/// A kind of value with its unit, and what an id points at; with its article.
pub(super) fn kind(names: &Names<'_>, ty: &Type) -> String {
    match ty {
        Type::Id(Some(table)) => format!("an id that points at a row of `{}`", names.index.table_name(*table)),
        Type::List(element) => format!("a list, each entry {}", kind(names, element)),
        Type::Records(_) => "a list of rows".to_owned(),
        other => types::kind(other),
    }
}

/// The kind of a field as it can be said before it is checked.
pub(super) fn sentence(names: &Names<'_>, ty: &Type, missing: &str) -> String {
    let kind = kind(names, ty);
    let mut letters = kind.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}; {missing}.", letters.as_str())
}

/// Whether a field's value may be missing.
pub(super) fn missing_field(field: &Field, often: bool, looked_up: bool) -> &'static str {
    match &field.ty {
        _ if looked_up => "missing where there is no such row, or the row has none",
        Type::List(_) | Type::Records(_) => "never missing, as a missing list is an empty one",
        _ => missing(field.optional, often),
    }
}

/// Whether a value may be missing; and if so, whether it is expected to be so at times.
pub(super) fn missing(may_be: bool, often: bool) -> &'static str {
    match (may_be, often) {
        (false, _) => "never missing",
        (true, true) => "may be missing",
        (true, false) => "missing only where it cannot be worked out",
    }
}

/// What a table's rows are.
pub(super) fn table(kind: TableKind) -> &'static str {
    match kind {
        TableKind::Customers => "customers",
        TableKind::Events => "events",
        TableKind::Records => "records",
        TableKind::Table => "table",
    }
}

/// What privacy labels say.
pub(super) fn labels(labels: &[Label]) -> Option<String> {
    let words = labels.iter().map(|label| match label {
        Label::Personal => "`personal`: it identifies or concerns a person",
        Label::Protected => "`protected`: it should not decide who is contacted",
        Label::Consent => "`consent`: it says whether a channel may be used",
    });
    let words: Vec<&str> = words.collect();
    (!words.is_empty()).then(|| format!("Privacy: {}.", words.join("; ")))
}

/// Names or values in a row, the first so many of them, and how many there are.
pub(super) fn some_of(items: &[String], most: usize) -> String {
    let shown = items.get(..most.min(items.len())).unwrap_or_default().join(", ");
    match items.len().saturating_sub(most) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Something and how many of it there are: `1 field`, `3 fields`.
pub(super) fn count(number: usize, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {several}") }
}
