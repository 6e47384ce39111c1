//! Why a customer is in a segment or not: every condition with this customer's own values, the events that counted, and
//! the smallest change that would give another answer.
//!
//! [`explain`] gives plain data, which [`Why::text`] shows to people and serde to programs. It asks the interpreter, so it
//! can never disagree with what a run says.
#![expect(
    clippy::indexing_slicing,
    reason = "ids of a checked program are places in its lists, and what was worked out has an entry for each"
)]

mod base;
#[cfg(test)]
mod base_tests;
mod candidates;
mod changes;
#[cfg(test)]
mod grid_tests;
mod leaf;
mod logic;
mod one_field;
mod relations;
mod search;
#[cfg(test)]
mod search_tests;
mod subject;
#[cfg(test)]
mod tests;
mod text;
mod tree;

use self::changes::Other;
use crate::data::Dataset;
use crate::engine::{self, EngineError, Manner, Room};
use crate::interpret::{Customer, InterpretError, Interpreter};
use crate::others;
use crate::outcome::{NO_PART, Request};
use crate::report::value::value_text;
use segue_compiler::plan::Selection;
use segue_compiler::program::{CUSTOMERS, Expr, Item, PartitionId, Program, SegmentId, TableId};
use segue_compiler::source::SourceMap;
use segue_compiler::values::calendar::instant_text;
use serde::Serialize;
use tree::Tree;

/// What is asked about a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// Why it is in the segment, or not.
    Segment(SegmentId),
    /// Why it is in the part it is in.
    Partition(PartitionId),
}

/// What the question is asked of.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// The checked rules.
    pub program: &'a Program,
    /// Their texts.
    pub sources: &'a SourceMap,
    /// The data.
    pub data: &'a Dataset,
    /// The instant of the run, microseconds UTC.
    pub as_of: i64,
}

/// The answer to a [`Question`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Why {
    /// The customer's key, or that of the table's row.
    pub customer: String,
    /// The name of the table, where the answer is about one of its rows and not about a customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// The segment's or partition's name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// The comment above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub documentation: Option<String>,
    /// The moment the answer holds for, in the project's zone.
    pub as_of: String,
    /// Whether the customer is in the segment; `None` for partitions.
    pub member: Option<bool>,
    /// The part the customer is in, where a partition was asked about and the customer is in one.
    pub part: Option<String>,
    /// Whether it is a content, whose parts are texts.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub content: bool,
    /// The segment's lines, or the partition's parts in the order tried.
    pub conditions: Vec<Condition>,
    /// The smallest change for another answer: one for a segment, one for each other part of a partition. An answer that
    /// no change of conditions gives is left out.
    pub alternatives: Vec<Alternative>,
    /// Whether anything looks at all customers: what would be otherwise takes the others as they are, and leaves the ends of
    /// groups and top lists and the figures of all where they are, though the change may move them a little.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub looks_at_all: bool,
    /// Other answers for which there was too much to try: whether a change of the conditions gives them is not known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unsettled: Vec<String>,
}

impl Why {
    fn tell(&mut self, answer: &str, other: Other) {
        match other {
            Other::Change(alternative) => self.alternatives.push(alternative),
            Other::Nothing => {}
            Other::Unsettled => self.unsettled.push(answer.to_owned()),
        }
    }
}

/// A condition and what it came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Condition {
    /// As written, or what joins the parts below.
    pub text: String,
    /// `None` is unknown.
    pub holds: Option<bool>,
    /// Where this is one condition by itself: the customer's value and what is needed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<String>,
    /// The rows that the finding counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<CountedRows>,
    /// The values it was worked out from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<Fact>,
    /// The conditions it is made of.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub conditions: Vec<Condition>,
}

/// A value of the customer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fact {
    /// The field, trait or question.
    pub name: String,
    /// Its value as text.
    pub value: String,
    /// Whether the value is missing.
    pub missing: bool,
    /// The rows it was worked out from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rows: Option<CountedRows>,
    /// What it was worked out from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Fact>,
}

/// Events, records or list elements that counted.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CountedRows {
    /// What they are: `purchases`.
    pub what: String,
    /// How many counted.
    pub counted: usize,
    /// How many the customer has.
    pub of: usize,
    /// Some of those that counted: the latest first, or those that decided (`first`, `smallest`, `largest`).
    pub examples: Vec<ExampleRow>,
    /// Where none counted: the latest there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest: Option<ExampleRow>,
}

/// One row with the fields that the question looks at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExampleRow {
    /// When it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Names and values.
    pub fields: Vec<(String, String)>,
}

/// What would give another answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Alternative {
    /// The answer: `in`, `not in`, or a part's name.
    pub answer: String,
    /// What would all have to be so, each as the rest of a sentence: `spend_12m were at least 500 USD`.
    pub changes: Vec<String>,
    /// Conditions that must stay as they are for that, and that the changes could undo as they are about the same data:
    /// the same events, or the same field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unchanged: Vec<String>,
    /// Whether no smaller set of changes does.
    pub smallest: bool,
    /// Whether all of it surely can be so at once; where conditions hold several values against one another, that is not
    /// known.
    pub compatible: bool,
}

/// The row of the customer with this key.
pub fn find_customer(program: &Program, data: &Dataset, key: &str) -> Option<usize> {
    let column = data.column(CUSTOMERS, program.tables.first()?.key?)?;
    let ty = &program.tables[0].fields[program.tables[0].key?.0 as usize].ty;
    let rows = data.table(CUSTOMERS)?.rows;
    (0..rows).find(|row| match column.value(*row) {
        Some(segue_compiler::values::Value::Text(text)) => &*text == key,
        value => value_text(value.as_ref(), ty, program.settings.zone) == key,
    })
}

/// Why there is no explanation.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The interpreter gives none.
    #[error(transparent)]
    Interpreter(#[from] InterpretError),
    /// The engine does not work out what is asked about all customers.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// Answers a question about the customer at a row.
///
/// # Errors
/// The program or the data break their invariants, or there is no such row; the engine cannot work out what is asked about
/// the whole base.
pub fn explain(setting: Setting<'_>, question: Question, row: usize) -> Result<Why, ExplainError> {
    let Setting { program, data, as_of, .. } = setting;
    let item = match question {
        Question::Segment(id) => Item::Segment(id),
        Question::Partition(id) => Item::Partition(id),
    };
    let request = Request::of(Selection::of([item]), as_of).on(rayon::current_num_threads());
    // Where all customers are cut is shown, and what would be otherwise is tried out against that.
    let filled = others::complete(program, data, &request)?;
    let data = filled.as_ref().unwrap_or(data);
    let answered = engine::answered(program, data, &request, &Manner::default(), &Room::new())?;
    let program = answered.as_ref().unwrap_or(program);
    let setting = Setting { program, data, ..setting };
    let interpreter = Interpreter::new(program, data, &request)?;
    let customer = interpreter.customer(row)?;
    let zone = program.settings.zone;
    let key = program.tables.first().and_then(|table| table.key);
    let key_value = key.and_then(|key| data.column(CUSTOMERS, key)?.value(row));
    let key_type = key.map(|key| &program.tables[0].fields[key.0 as usize].ty);
    let mut why = Why {
        customer: key_type.map_or_else(String::new, |ty| value_text(key_value.as_ref(), ty, zone)),
        table: None,
        name: String::new(),
        title: None,
        documentation: None,
        as_of: instant_text(as_of, zone),
        member: None,
        part: None,
        content: false,
        conditions: Vec::new(),
        alternatives: Vec::new(),
        looks_at_all: base::looks_at_all(program, item),
        unsettled: Vec::new(),
    };
    let mut tree = Tree::new(setting, &interpreter, &customer, Some(item));
    match question {
        Question::Segment(id) => {
            let segment = &program.segments[id.0 as usize];
            let member = customer.segments[id.0 as usize];
            (why.name, why.title) = (segment.name.to_string(), segment.title.as_ref().map(ToString::to_string));
            why.documentation = segment.documentation.clone();
            why.member = Some(member);
            let logic;
            (why.conditions, logic) = tree.lines(&segment.lines)?;
            let answer = if member { "not in" } else { "in" };
            why.tell(answer, tree.alternative(answer, &logic, !member)?);
        }
        Question::Partition(id) => {
            let partition = &program.partitions[id.0 as usize];
            let here = customer.parts[id.0 as usize];
            (why.name, why.title) = (partition.name.to_string(), partition.title.as_ref().map(ToString::to_string));
            why.documentation = partition.documentation.clone();
            why.content = partition.is_content();
            let part = partition.parts.get(here as usize).filter(|_| here != NO_PART);
            why.part = part.map(|part| part.name.to_string());
            why.conditions = tree.parts(id, here)?;
            for (other, part) in partition.parts.iter().enumerate().filter(|(other, _)| *other as u32 != here) {
                let logic = tree.part_logic(id, &[other as u32])?;
                why.tell(&part.name, tree.alternative(&part.name, &logic, true)?);
            }
        }
    }
    Ok(why)
}

/// Why a row of another table is in a segment of its table, or not.
///
/// # Errors
/// As [`explain`].
pub fn explain_row(
    setting: Setting<'_>,
    (table, segment): (TableId, SegmentId),
    key: &str,
) -> Result<Option<Why>, ExplainError> {
    let Setting { program, data, as_of, .. } = setting;
    let Some(other) = program.other(table) else { return Ok(None) };
    let seen = others::seen_from(program, other, data, (segment, as_of))?;
    let Some(row) = find_customer(&other.program, &seen, key) else { return Ok(None) };
    let setting = Setting { program: &other.program, data: &seen, ..setting };
    let why = explain(setting, Question::Segment(segment), row)?;
    Ok(Some(Why { table: program.tables.get(table.0 as usize).map(|table| table.name.to_string()), ..why }))
}

/// What lines came to for a customer that was worked out; `of` is the declaration that they are lines of.
///
/// # Errors
/// The program or the data break their invariants.
pub(crate) fn conditions<'a>(
    setting: Setting<'a>,
    interpreter: &'a Interpreter<'a>,
    customer: &'a Customer,
    lines: &'a [Expr],
    of: Option<Item>,
) -> Result<Vec<Condition>, InterpretError> {
    Ok(Tree::new(setting, interpreter, customer, of).lines(lines)?.0)
}

/// What the parts of a partition came to for a customer that was worked out.
///
/// # Errors
/// The program or the data break their invariants.
pub(crate) fn parts<'a>(
    setting: Setting<'a>,
    interpreter: &'a Interpreter<'a>,
    customer: &'a Customer,
    partition: PartitionId,
) -> Result<Vec<Condition>, InterpretError> {
    let here = customer.parts[partition.0 as usize];
    Tree::new(setting, interpreter, customer, Some(Item::Partition(partition))).parts(partition, here)
}

/// Conditions as people read them, so many steps further in.
pub fn conditions_text(conditions: &[Condition], depth: usize) -> String {
    let mut shown = String::new();
    conditions.iter().for_each(|condition| text::show_condition(&mut shown, condition, depth));
    shown
}
