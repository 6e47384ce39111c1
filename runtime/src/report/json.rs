//! A report for programs. Fields may be added; none is renamed or changes its meaning without a new [`VERSION`].

use super::{Group, OtherGroups, PartitionGroups, Problem, Report, share};
use chrono::{DateTime, SecondsFormat};
use serde::Serialize;

/// The version of the form.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    as_of: String,
    engine: &'a str,
    customers: usize,
    segments: Vec<Member<'a>>,
    partitions: Vec<Partition<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tables: Vec<Table<'a>>,
    problems: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Member<'a> {
    name: &'a str,
    title: Option<&'a str>,
    count: usize,
    share: f64,
}

#[derive(Serialize)]
struct Partition<'a> {
    name: &'a str,
    title: Option<&'a str>,
    parts: Vec<Part<'a>>,
}

#[derive(Serialize)]
struct Part<'a> {
    name: &'a str,
    count: usize,
    share: f64,
}

/// The segments of another table's rows.
#[derive(Serialize)]
struct Table<'a> {
    name: &'a str,
    rows: usize,
    segments: Vec<Member<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    kind: &'static str,
    #[serde(rename = "where")]
    place: &'a str,
    count: u64,
    examples: &'a [String],
}

impl Report {
    /// The report as one JSON document, ending in a line break.
    ///
    /// # Errors
    /// None in practice: every value can be written.
    pub fn json(&self) -> serde_json::Result<String> {
        let document = Document {
            version: VERSION,
            as_of: instant(self.as_of, self.zone),
            engine: &self.engine,
            customers: self.customers,
            segments: self.segments.iter().map(|group| member(group, self.customers)).collect(),
            partitions: self.partitions.iter().map(|partition| self.partition(partition)).collect(),
            tables: self.others.iter().map(table).collect(),
            problems: self.problems.iter().map(entry).collect(),
        };
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }

    fn partition<'a>(&self, partition: &'a PartitionGroups) -> Partition<'a> {
        let part = |Group { name, count, .. }: &'a Group| Part { name, count: *count, share: self.share(*count) };
        let parts = partition.parts.iter().map(part);
        Partition { name: &partition.name, title: partition.title.as_deref(), parts: parts.collect() }
    }
}

fn member(group: &Group, all: usize) -> Member<'_> {
    let Group { name, title, count } = group;
    Member { name, title: title.as_deref(), count: *count, share: share(*count, all) }
}

fn table(of: &OtherGroups) -> Table<'_> {
    let OtherGroups { table, rows, segments } = of;
    Table { name: table, rows: *rows, segments: segments.iter().map(|group| member(group, *rows)).collect() }
}

fn entry(problem: &Problem) -> Entry<'_> {
    Entry { kind: problem.kind.word(), place: &problem.place, count: problem.count, examples: &problem.examples }
}

/// An instant as RFC 3339 in the project's zone; outside of the years that can be written so, in microseconds.
fn instant(micros: i64, zone: chrono_tz::Tz) -> String {
    match DateTime::from_timestamp_micros(micros) {
        Some(instant) => instant.with_timezone(&zone).to_rfc3339_opts(SecondsFormat::AutoSi, false),
        None => micros.to_string(),
    }
}
