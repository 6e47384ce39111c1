//! Two small fixed cases, for counting the instructions that the engine takes for them: see `instructions.py`.
//!
//! Columns are read with portable loops and one thread does all, so the count is the same on every machine of a kind.

use segue_bench::{AS_OF, Failure, events, segments};
use segue_compiler::plan::Selection;
use segue_compiler::program::Program;
use segue_runtime::data::Dataset;
use segue_runtime::engine::{self, EngineError, Instructions, Manner};
use segue_runtime::outcome::{Outcome, Request};

/// What is counted.
#[inline(never)]
fn counted(program: &Program, data: &Dataset, request: &Request) -> Result<Outcome, EngineError> {
    let manner = Manner { instructions: Some(Instructions::Portable), ..Manner::default() };
    engine::run_in(program, data, request, manner)
}

fn main() -> Result<(), Failure> {
    let case = std::env::args().nth(1);
    let (program, data) = match case.as_deref() {
        Some("segments") => segments()?,
        Some("events") => events()?,
        _ => return Err("which case: segments or events?".into()),
    };
    let Selection { segments, .. } = Selection::everything(&program);
    let request = Request::of(Selection { segments, ..Selection::default() }, AS_OF).counting();
    let outcome = counted(&program, &data, &request)?;
    println!("{}", outcome.counts.iter().sum::<usize>());
    Ok(())
}
