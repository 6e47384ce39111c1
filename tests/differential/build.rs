//! From a case's text and cells to what the engines take: through the real front end and the real conversion.

use crate::data::{Cell, Tables};
use segue_compiler::plan::Selection;
use segue_compiler::program::Program;
use segue_compiler::project::{Input, check};
use segue_compiler::source::SourceFile;
use segue_runtime::data::{Dataset, DatasetBuilder, Raw};
use segue_runtime::outcome::Request;
use std::borrow::Cow;

/// Checks rules with their project file; gives the program and its `as of`, or the messages.
pub(crate) fn checked(settings: &str, rules: &str) -> Result<(Program, i64), String> {
    let checked = check(Input {
        settings: Some(SourceFile::new("segue.toml", settings)),
        files: vec![SourceFile::new("case.segue", rules)],
        // The one list that a file holds has no values.
        constants: segue_compiler::project::Constants::default(),
        read_list: &|_| Ok(String::new()),
    });
    let messages: Vec<String> = checked
        .diagnostics
        .iter()
        .filter(|found| found.severity == segue_compiler::diagnostics::Severity::Error)
        .map(|found| format!("{} {}: {}", found.code.0, found.message, checked.sources.slice(found.span)))
        .collect();
    let as_of = checked.config.settings.as_of.unwrap_or_default();
    checked.program.map(|program| (program, as_of)).ok_or(messages.join("\n"))
}

/// Loads the rows.
pub(crate) fn dataset(program: &Program, tables: Tables) -> Dataset {
    let mut builder = DatasetBuilder::new(program);
    for (table, rows) in tables {
        let columns: Vec<&str> =
            rows.first().map(|row| row.iter().map(|(name, _)| *name).collect()).unwrap_or_default();
        let rows = rows.iter().map(|row| row.iter().map(|(_, cell)| raw(cell)).collect());
        builder = builder.rows(table, &columns, rows);
    }
    builder.build().expect("the generated rows convert").dataset
}

fn raw(cell: &Cell) -> Raw<'_> {
    match cell {
        Cell::Missing => Raw::Missing,
        Cell::Boolean(value) => Raw::Boolean(*value),
        Cell::Integer(value) => Raw::Integer(*value),
        Cell::Number(value) => Raw::Float(*value),
        Cell::Text(text) => Raw::text(text.as_str()),
        Cell::List(cells) => Raw::List(cells.iter().map(raw).collect()),
        Cell::Record(cells) => {
            Raw::Record(cells.iter().map(|(name, cell)| (Cow::Borrowed(*name), raw(cell))).collect())
        }
    }
}

/// Asks for everything.
pub(crate) fn request(program: &Program, as_of: i64, threads: usize) -> Request {
    Request::of(Selection::everything(program), as_of).on(threads)
}
