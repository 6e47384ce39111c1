//! A case as files, worked out a few customers at a time, beside the interpreter over all of its rows.

use crate::cases::compare;
use crate::coverage::Coverage;
use crate::kept::Rows;
use segue_compiler::program::Program;
use segue_runtime::data::{BadRows, DataError, Dataset, LoadOptions, Quiet, Sources, UnknownCustomers, needed_fields};
use segue_runtime::interpret;
use segue_runtime::outcome::Request;
use segue_runtime::stream::{self, How, RunError};
use serde_json::Value;
use std::fmt::Write;

/// So many traits, and a share of segments and partitions, are asked for at once: where one looks up customers, all are
/// loaded whole.
const ASKED: usize = 3;
/// So many such requests of a case.
const REQUESTS: usize = 2;

/// What differs in some requests of the case, which `number` chooses.
pub(crate) fn difference(
    (program, rows): (&Program, &Rows),
    data: &Dataset,
    (request, number): (&Request, usize),
    coverage: &mut Coverage,
) -> Option<String> {
    let folder = tempfile::tempdir().ok()?;
    let mut sources = Sources::new();
    for table in program.tables.iter().filter(|table| table.parent.is_none()) {
        let mut text = String::new();
        for row in rows.get(&*table.name).into_iter().flatten() {
            writeln!(text, "{}", Value::Object(row.clone())).ok()?;
        }
        let name = format!("{}.ndjson", table.name);
        std::fs::write(folder.path().join(&name), text).ok()?;
        sources.set(&table.name, folder.path(), &[name]);
    }
    let most = [3, 7, 20, 1000][number % 4];
    (0..REQUESTS).find_map(|at| {
        let some = |count: usize, of: usize| {
            let first = (number * 31 + at * 17) % count.max(1);
            (0..of.min(count)).map(move |next| (first + next) % count)
        };
        let asked = Request {
            traits: some(request.traits.len(), ASKED).map(|at| request.traits[at]).collect(),
            segments: some(request.segments.len(), 2).map(|at| request.segments[at]).collect(),
            partitions: some(request.partitions.len(), 1).map(|at| request.partitions[at]).collect(),
            others: Vec::new(),
            ..request.clone()
        };
        let options = LoadOptions {
            needed: needed_fields(program, &asked.selection()),
            bad_rows: BadRows::Stop,
            unknown_customers: UnknownCustomers::Report,
            progress: &Quiet,
            prepared: None,
        };
        let how = How { customers: Some(most), ..How::default() };
        let expected = match interpret::run(program, data, &asked) {
            Ok(expected) => expected,
            Err(error) => return Some(format!("interpreter: {error:?}")),
        };
        match stream::run(program, &sources, &options, &asked, how) {
            Ok(ran) => {
                coverage.ranged += usize::from(ran.ranged.is_some_and(|ranged| ranged.ranges > 1));
                let found = compare(program, &asked, &expected, &ran.outcome);
                found.map(|difference| format!("{most} customers at a time: {difference}"))
            }
            // A few rows may all lack a field that must be there.
            Err(RunError::Data(errors))
                if errors.errors.iter().all(|error| matches!(error, DataError::NoColumn { .. })) =>
            {
                None
            }
            Err(error) => Some(format!("{most} customers at a time: {error}")),
        }
    })
}
