//! `segue ir`: the plan that the engine runs, stage by stage.

use super::opened::{Given, Where};
use super::selection::Only;
use crate::console::Console;
use crate::exit::{Ending, Failure};
use segue_compiler::plan::{Plan, Selection};

/// Which plan to show.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  segue ir                  everything the project declares
  segue ir --only win_back  what one segment needs: shared parts appear once")]
pub(crate) struct Arguments {
    #[command(flatten)]
    project: Where,

    #[command(flatten)]
    given: Given,

    #[command(flatten)]
    only: Only,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    let opened = arguments.project.open_with(&arguments.given)?;
    let Some(program) = opened.program(console)? else { return Ok(Ending::Problems) };
    let selection = arguments.only.selection(program)?;
    // Without data there are no cut points: they stand as 0.
    let program = &program.answered_by_zeros(selection.items());
    // What is of other tables is worked out first.
    for other in program.others.iter() {
        let segments = selection.others.iter().filter(|(table, _)| *table == other.table).map(|(_, segment)| *segment);
        let selection = Selection { segments: segments.collect(), ..Selection::default() };
        if !selection.segments.is_empty() {
            let table = program.tables.get(other.table.0 as usize).map_or("", |table| &table.name);
            let plan = Plan::new(&other.program, &selection).print(&other.program, &selection);
            console.out(&format!("of {table}\n\n{plan}\n"))?;
        }
    }
    console.out(&Plan::new(program, &selection).print(program, &selection))?;
    Ok(Ending::Fine)
}
