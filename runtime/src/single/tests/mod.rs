//! Single records held against the interpreter and against the loader.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, which is its purpose")]

mod borders;
mod forms;
mod refusals;
mod reports;
mod texts;

use super::{Compiled, Record, SingleError};
use crate::data::{Dataset, DatasetBuilder};
use crate::outcome::Request;
use segue_compiler::plan::Selection;
use segue_compiler::program::Program;
use serde_json::Value as Json;

/// 2026-01-01T00:00Z.
const NOW: i64 = 20_454 * 86_400_000_000;

#[track_caller]
fn program(rules: &str) -> Program {
    let checked = segue_compiler::project::check_text(rules);
    let messages: Vec<&str> = checked.diagnostics.iter().map(|message| message.message.as_str()).collect();
    checked.program.unwrap_or_else(|| panic!("{messages:?}"))
}

#[track_caller]
fn compiled(rules: &str) -> Compiled {
    let program = program(rules);
    Compiled::new(&program, &Selection::everything(&program), &Dataset::default()).unwrap()
}

/// The names of the segments that a record's answer holds.
fn held(compiled: &Compiled, record: &mut Record, json: &str) -> Result<Vec<String>, SingleError> {
    let moment = compiled.at(NOW);
    let answer = moment.evaluate_json(record, json)?;
    let segments = &compiled.inner.program.segments;
    Ok(answer.segments().filter_map(|at| segments.get(at)).map(|segment| segment.name.to_string()).collect())
}

/// The data of one customer, as the loader has it.
fn loaded(program: &Program, tables: &Json) -> Result<Dataset, String> {
    let mut builder = DatasetBuilder::new(program);
    for (table, rows) in tables.as_object().unwrap() {
        builder = builder.json(table, rows);
    }
    builder.build().map(|loaded| loaded.dataset).map_err(|errors| errors.to_string())
}

/// Who is in which segment, to be asked of the interpreter.
fn asked(program: &Program) -> Request {
    let Selection { segments, .. } = Selection::everything(program);
    Request::of(Selection { segments, ..Selection::default() }, NOW)
}
