//! The engine held against the interpreter.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that panics fails, which is its purpose")]

mod blocks;
mod clocks;
mod code;
mod constructs;
mod definitions;
mod many_texts;
mod marks;
mod members;
mod random;
mod tallies;

use super::{Instructions, Manner, Truths};
use crate::data::{Column, Dataset, DatasetBuilder};
use crate::outcome::{Outcome, Request};
use segue_compiler::plan::Selection;
use segue_compiler::program::Program;
use segue_compiler::values::Value;
use serde_json::Value as Json;

/// Rules as a checked program.
#[track_caller]
pub(super) fn program(rules: &str) -> Program {
    let checked = segue_compiler::project::check_text(rules);
    let Some(program) = checked.program else {
        let messages: Vec<String> = checked
            .diagnostics
            .iter()
            .map(|message| {
                format!("{} at {:?}: {}", message.message, checked.sources.slice(message.span), message.label)
            })
            .collect();
        panic!("the rules do not check:\n{}", messages.join("\n"));
    };
    program
}

/// Rows by table as a data set.
#[track_caller]
pub(super) fn data(program: &Program, rows: &Json) -> Dataset {
    let mut builder = DatasetBuilder::new(program);
    for (table, rows) in rows.as_object().unwrap() {
        builder = builder.json(table, rows);
    }
    builder.build().unwrap().dataset
}

pub(super) fn everything(program: &Program, as_of: i64, threads: usize) -> Request {
    Request::of(Selection::everything(program), as_of).on(threads)
}

/// Runs both engines, the engine on one and on three threads, and gives what they agree on.
#[track_caller]
pub(super) fn agree(program: &Program, data: &Dataset, as_of: i64) -> Outcome {
    let right = crate::interpret::run(program, data, &everything(program, as_of, 1)).unwrap();
    let portable = Manner { truths: Truths::Code, instructions: Some(Instructions::Portable), ..Manner::default() };
    for (threads, manner) in [(1, Manner::default()), (3, portable)] {
        match super::run_in(program, data, &everything(program, as_of, threads), manner.clone()) {
            Ok(found) => {
                let differences = differences(program, &right, &found);
                assert!(differences.is_empty(), "on {threads} threads, {manner:?}:\n{}", differences.join("\n"));
            }
            Err(error) => {
                let selection = Selection::everything(program);
                let plan = segue_compiler::plan::Plan::new(program, &selection);
                panic!("{error}\n{}", plan.print(program, &selection));
            }
        }
    }
    right
}

fn differences(program: &Program, right: &Outcome, found: &Outcome) -> Vec<String> {
    let mut differences = Vec::new();
    for ((segment, right), found) in program.segments.iter().zip(&right.segments).zip(&found.segments) {
        for row in 0..right.customers().max(found.customers()) {
            if right.contains(row) != found.contains(row) || right.customers() != found.customers() {
                differences.push(format!("segment {} row {row}: {}", segment.name, found.contains(row)));
            }
        }
    }
    for ((partition, right), found) in program.partitions.iter().zip(&right.partitions).zip(&found.partitions) {
        if right != found {
            differences.push(format!("partition {}: {found:?}, not {right:?}", partition.name));
        }
    }
    for ((declared, right), found) in program.traits.iter().zip(&right.traits).zip(&found.traits) {
        let rows = crate::data::length(right).max(crate::data::length(found));
        for row in 0..rows {
            let (right, found) = (value(right, row), value(found, row));
            if right != found {
                differences.push(format!("trait {} row {row}: {found:?}, not {right:?}", declared.name));
            }
        }
    }
    if right.problems != found.problems {
        differences.push(format!("problems: {:?}\n     not {:?}", found.problems, right.problems));
    }
    differences
}

/// A value that is the same to the bit where its text is.
fn value(column: &Column, row: usize) -> Option<String> {
    column.value(row).map(|value| match value {
        Value::Number(number) => format!("number {:016x} {number}", number.to_bits()),
        other => format!("{other:?}"),
    })
}
