//! `segue explain`: what a message or a word of the language means, or why a customer is in a segment or not.

use super::loading::{self, Loading};
use super::opened::{Given, Opened, Where};
use super::selection::{called, nothing_called, other_segment};
use crate::console::Console;
use crate::exit::{Ending, Failure};
use segue_compiler::diagnostics::{entries, explain, find, legible};
use segue_compiler::ide::words::{self, Explanation, Found};
use segue_compiler::plan::Selection;
use segue_compiler::program::{PartitionId, Program, SegmentId, TableId};
use segue_runtime::data::needed_fields;
use segue_runtime::report::why::{self, Question, Setting, Why};
use std::sync::Arc;

/// What to explain.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  segue explain S0101                         what the message S0101 means, with a wrong file and the mended one
  segue explain \"followed by\"                 what these words of the language mean
  segue explain win_back --customer 1228      why customer 1228 is in the segment win_back, or not
  segue explain win_back --customer 1228 examples/grocery --as-of 2017-07-01")]
pub(crate) struct Arguments {
    /// The code of a message, such as S0101, words of the language, or the name of a segment or partition
    #[arg(value_name = "CODE|WORDS|SEGMENT")]
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
    if let Some(entry) = find(&arguments.subject) {
        console.out(&explain::page(entry, console.colour))?;
        return Ok(Ending::Fine);
    }
    match words::find(&arguments.subject) {
        Found::Words(found) => {
            let pages: Vec<String> = found.iter().map(|one| page(one, console)).collect();
            console.out(&pages.join("\n"))?;
            Ok(Ending::Fine)
        }
        Found::Closest(close) => Err(Failure::Use(unknown(&arguments.subject, &close))),
    }
}

/// What a construct means, with its example.
fn page(explanation: &Explanation, console: &Console) -> String {
    let Explanation { written, meaning, example } = explanation;
    let heading = if console.colour { format!("\u{1b}[1m{written}\u{1b}[0m") } else { written.clone() };
    format!("{heading}\n\n{}\nFor example:\n\n    {example}\n", wrapped(meaning, console.width()))
}

/// A text in lines of at most so many letters, where its words are not longer.
fn wrapped(text: &str, width: usize) -> String {
    let (mut out, mut letters) = (String::new(), 0);
    for word in text.split_whitespace() {
        let length = word.chars().count();
        let gap = match letters {
            0 => "",
            _ if letters + 1 + length > width => "\n",
            _ => " ",
        };
        letters = if gap == " " { letters + 1 + length } else { length };
        out.push_str(gap);
        out.push_str(word);
    }
    out + "\n"
}

/// That nothing is called so; words that are close are named.
fn unknown(subject: &str, close: &[Arc<str>]) -> String {
    let code =
        subject.strip_prefix(['S', 's']).is_some_and(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()));
    if !code {
        let close: Vec<String> = close.iter().map(|words| format!("\"{words}\"")).collect();
        let meant = if close.is_empty() { String::new() } else { format!("; did you mean {}?", close.join(" or ")) };
        let unknown = format!("`{subject}` is no code of a message and no word of the language{meant}");
        // No segment has a name of several words.
        return match subject.contains(' ') {
            true => unknown,
            false => format!(
                "{unknown}\nTo ask about a segment, name a customer too: segue explain {subject} --customer KEY"
            ),
        };
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
