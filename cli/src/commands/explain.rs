//! `segue explain`: what a message means, or why a customer is in a segment or not.

use super::loading::{self, Loading};
use super::opened::{Given, Opened, Where};
use super::selection::{called, nothing_called, other_segment};
use crate::console::Console;
use crate::exit::{Ending, Failure};
use segue_compiler::diagnostics::{entries, explain, find, legible};
use segue_compiler::plan::Selection;
use segue_compiler::program::{PartitionId, Program, SegmentId, TableId};
use segue_runtime::data::needed_fields;
use segue_runtime::report::why::{self, Question, Setting, Why};

/// What to explain.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  segue explain S0101                         what the message S0101 means, with a wrong file and the mended one
  segue explain win_back --customer 1228      why customer 1228 is in the segment win_back, or not
  segue explain win_back --customer 1228 examples/grocery --as-of 2017-07-01")]
pub(crate) struct Arguments {
    /// The code of a message, such as S0101, or the name of a segment or partition
    #[arg(value_name = "CODE|SEGMENT")]
    subject: String,

    /// The key of the customer; of the table's row, for a segment of another table
    #[arg(long, value_name = "KEY")]
    customer: Option<String>,

    #[command(flatten)]
    project: Where,

    #[command(flatten)]
    given: Given,

    #[command(flatten)]
    loading: Loading,

    /// Give the answer about a customer as one JSON document
    #[arg(long, requires = "customer")]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments, console: &Console) -> Result<Ending, Failure> {
    if let Some(key) = &arguments.customer {
        return customer(arguments, key, console);
    }
    let Some(entry) = find(&arguments.subject) else {
        return Err(Failure::Use(unknown(&arguments.subject)));
    };
    console.out(&explain::page(entry, console.colour))?;
    Ok(Ending::Fine)
}

fn unknown(subject: &str) -> String {
    let code =
        subject.strip_prefix(['S', 's']).is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    if !code {
        return format!(
            "{subject} is no code of a message; to ask about a segment, name a customer too: \
             segue explain {subject} --customer KEY"
        );
    }
    let known: Vec<String> = entries().iter().map(|entry| format!("  {}  {}", entry.code.0, entry.title)).collect();
    format!("there is no message with the code {subject}; these are the codes:\n{}", known.join("\n"))
}

fn customer(arguments: &Arguments, key: &str, console: &Console) -> Result<Ending, Failure> {
    let opened = arguments.project.open_with(&arguments.given)?;
    let Some(program) = opened.program(console)? else { return Ok(Ending::Problems) };
    if let Some(segment) = other_segment(&arguments.subject, program) {
        return row(arguments, (&opened, program), segment, key, console);
    }
    let question = question(program, &arguments.subject)?;
    let mut selection = Selection::default();
    match question {
        Question::Segment(id) => selection.segments.push(id),
        Question::Partition(id) => selection.partitions.push(id),
    }
    let as_of = arguments.loading.as_of(program)?;
    let loaded = match arguments.loading.data.load(&opened, program, needed_fields(program, &selection), console)? {
        Ok(loaded) => loaded,
        Err(errors) => return loading::refused(&errors, console),
    };
    let row = loading::customer(program, &loaded.dataset, key)?;
    let setting = Setting { program, sources: &opened.checked.sources, data: &loaded.dataset, as_of };
    let why = why::explain(setting, question, row).map_err(|error| Failure::Ours(error.to_string()))?;
    tell(arguments, &why, console)
}

/// The same for a row of another table, whose segment is asked about.
fn row(
    arguments: &Arguments,
    (opened, program): (&Opened, &Program),
    segment: (TableId, SegmentId),
    key: &str,
    console: &Console,
) -> Result<Ending, Failure> {
    let selection = Selection { others: vec![segment], ..Selection::default() };
    let as_of = arguments.loading.as_of(program)?;
    let loaded = match arguments.loading.data.load(opened, program, needed_fields(program, &selection), console)? {
        Ok(loaded) => loaded,
        Err(errors) => return loading::refused(&errors, console),
    };
    let setting = Setting { program, sources: &opened.checked.sources, data: &loaded.dataset, as_of };
    let why = why::explain_row(setting, segment, key).map_err(|error| Failure::Ours(error.to_string()))?;
    let Some(why) = why else {
        let table = program.tables.get(segment.0.0 as usize).map_or("", |table| &table.name);
        return Err(Failure::Use(format!("there is no row with the key {key} in the data of {table}")));
    };
    tell(arguments, &why, console)
}

fn tell(arguments: &Arguments, why: &Why, console: &Console) -> Result<Ending, Failure> {
    if arguments.json {
        console.out(&(serde_json::to_string_pretty(why)? + "\n"))?;
    } else {
        console.out(&legible(&why.text()))?;
    }
    Ok(Ending::Fine)
}

/// The segment or partition with the name.
fn question(program: &Program, name: &str) -> Result<Question, Failure> {
    if let Some(at) = called(name, program.segments.iter().map(|segment| &segment.name)) {
        return Ok(Question::Segment(SegmentId(at)));
    }
    match called(name, program.partitions.iter().map(|partition| &partition.name)) {
        Some(at) => Ok(Question::Partition(PartitionId(at))),
        None => Err(Failure::Use(nothing_called(name, program))),
    }
}
