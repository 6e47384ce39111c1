//! What a run tells: sizes and shares of segments and parts, and what was left out and why.
//!
//! A [`Report`] is gathered once from what the run gave and then shown as a table for people ([`Report::table`]), or as
//! JSON for programs ([`Report::json`]). Counts are exact and belong to the report's `as of`.
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

mod against_data;
mod described;
mod fields;
mod json;
pub(crate) mod phrase;
mod problems;
mod table;
#[cfg(test)]
mod tests;
pub mod value;
pub mod why;

pub use against_data::{data_messages, load_warnings, values_that_never_occur};
pub use described::Described;
pub use problems::{Kind, Problem};
pub use table::Look;

use crate::data::LoadReport;
use crate::outcome::{NO_PART, Outcome, Request};
use segue_compiler::program::Program;
use segue_compiler::source::SourceMap;

/// What a run gave, ready to be shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// The project's name; empty for a single file.
    pub project: String,
    /// The instant of the run, microseconds UTC.
    pub as_of: i64,
    /// The project's zone.
    pub zone: chrono_tz::Tz,
    /// The engine that worked it out.
    pub engine: String,
    /// How many customers there are.
    pub customers: usize,
    /// The segments asked for, in the order written.
    pub segments: Vec<Group>,
    /// The partitions asked for, in the order written.
    pub partitions: Vec<PartitionGroups>,
    /// The segments of other tables' rows that were asked for, by table.
    pub others: Vec<OtherGroups>,
    /// What was left out, and why.
    pub problems: Vec<Problem>,
    /// Sentences to know when reading the figures.
    pub notes: Vec<String>,
}

/// A segment or a part, and how many customers are in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// How many customers.
    pub count: usize,
}

/// A partition's parts.
#[derive(Debug, Clone, PartialEq)]
pub struct PartitionGroups {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: Option<String>,
    /// Its parts in the order written, empty ones too.
    pub parts: Vec<Group>,
    /// Customers that are in no part.
    pub outside: usize,
}

/// The segments of a table's rows; counts are of these.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherGroups {
    /// The name of the table.
    pub table: String,
    /// How many rows it has.
    pub rows: usize,
    /// Its segments.
    pub segments: Vec<Group>,
}

/// Everything a report is gathered from.
#[derive(Debug, Clone, Copy)]
pub struct Gathered<'a> {
    /// The rules.
    pub program: &'a Program,
    /// Their texts.
    pub sources: &'a SourceMap,
    /// The data.
    pub dataset: &'a dyn Described,
    /// What loading counted.
    pub load: &'a LoadReport,
    /// What was asked.
    pub request: &'a Request,
    /// What came out.
    pub outcome: &'a Outcome,
    /// The engine.
    pub engine: &'a str,
    /// The moment the run was started, microseconds UTC: a past `as of` is told.
    pub started: i64,
}

impl Report {
    /// Gathers the report of a run.
    pub fn gather(run: Gathered<'_>) -> Report {
        let Gathered { program, request, outcome, .. } = run;
        let text = |text: &std::sync::Arc<str>| text.to_string();
        let segments = request.segments.iter().zip(&outcome.counts).map(|(id, count)| {
            let segment = &program.segments[id.0 as usize];
            Group { name: text(&segment.name), title: segment.title.as_ref().map(text), count: *count }
        });
        let partitions = request.partitions.iter().zip(&outcome.partitions).map(|(id, chosen)| {
            let partition = &program.partitions[id.0 as usize];
            let mut counts = vec![0; partition.parts.len()];
            for part in chosen {
                if let Some(count) = counts.get_mut(*part as usize) {
                    *count += 1;
                }
            }
            let parts = partition.parts.iter().zip(counts).map(|(part, count)| Group {
                name: text(&part.name),
                title: part.title.as_ref().map(text),
                count,
            });
            PartitionGroups {
                name: text(&partition.name),
                title: partition.title.as_ref().map(text),
                parts: parts.collect(),
                outside: chosen.iter().filter(|part| **part == NO_PART).count(),
            }
        });
        let others = outcome.others.iter().filter(|of| !of.segments.is_empty()).filter_map(|of| {
            let other = program.other(of.table)?;
            let segments = of.segments.iter().zip(&of.counts).map(|(id, count)| {
                let segment = &other.program.segments[id.0 as usize];
                Group { name: text(&segment.name), title: segment.title.as_ref().map(text), count: *count }
            });
            let table = text(&program.tables[of.table.0 as usize].name);
            Some(OtherGroups { table, rows: of.rows, segments: segments.collect() })
        });
        Report {
            project: program.settings.name.clone(),
            as_of: request.as_of,
            zone: program.settings.zone,
            engine: run.engine.to_owned(),
            customers: outcome.customers,
            segments: segments.collect(),
            partitions: partitions.collect(),
            others: others.collect(),
            problems: problems::gather(&run),
            notes: problems::notes(&run),
        }
    }

    /// The share of all customers, from 0 to 1; 0 where there are none.
    pub fn share(&self, count: usize) -> f64 {
        share(count, self.customers)
    }
}

fn share(count: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { count as f64 / all as f64 }
}
