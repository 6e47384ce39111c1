//! Which column of a file each needed field is read from.
#![expect(clippy::indexing_slicing, reason = "every place is counted over the list it is a place in")]

use crate::data::table::TableBuilder;
use crate::data::{DataError, closest_names, same_name};
use segue_compiler::program::Program;

/// The place of each field's column among the names: the one of exactly that name, or else the one that differs only in
/// capitals.
///
/// # Errors
/// One for each field without a column, and for each with several of that name, or that differ from it only in capitals.
pub(crate) fn match_columns(
    program: &Program,
    table: &TableBuilder,
    names: &[String],
    file: &str,
) -> Result<Vec<usize>, Vec<DataError>> {
    let (mut places, mut errors) = (Vec::new(), Vec::new());
    for field in &table.fields {
        let called = |same: &dyn Fn(&str) -> bool| (0..names.len()).filter(|at| same(&names[*at])).collect::<Vec<_>>();
        let mut similar = called(&|name| *name == *field.column);
        if similar.is_empty() {
            similar = called(&|name| same_name(name, &field.column));
        }
        match similar[..] {
            [place] => places.push(place),
            [] => errors.push(no_column(program, table, &field.column, names, file)),
            _ => errors.push(DataError::AmbiguousColumn {
                file: file.to_owned(),
                column: field.column.to_string(),
                found: similar.iter().map(|at| names[*at].clone()).collect(),
            }),
        }
    }
    if errors.is_empty() { Ok(places) } else { Err(errors) }
}

/// The error about a column that is not there.
pub(crate) fn no_column(
    program: &Program,
    table: &TableBuilder,
    column: &str,
    names: &[String],
    file: &str,
) -> DataError {
    let fields = program.tables.get(table.table.0 as usize).map(|table| table.fields.as_slice()).unwrap_or_default();
    let builder = table.fields.iter().find(|field| &*field.column == column);
    let field = builder.and_then(|builder| fields.get(builder.field.0 as usize));
    let mut closest = closest_names(column, names.iter().map(String::as_str));
    if closest.is_empty() {
        closest = names.iter().take(8).cloned().collect();
    }
    DataError::NoColumn {
        file: file.to_owned(),
        table: table.name.to_string(),
        field: field.map_or(String::new(), |field| field.name.to_string()),
        column: column.to_owned(),
        closest,
    }
}
