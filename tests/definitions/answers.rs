//! Runs a definition and holds what came out against what was worked out by hand.

use crate::definition::{Case, Definition};
use segue_compiler::plan::Selection;
use segue_compiler::program::{CUSTOMERS, Program, TableId};
use segue_compiler::values::Value;
use segue_compiler::values::calendar::{CivilDate, date_text};
use segue_runtime::data::{Dataset, DatasetBuilder};
use segue_runtime::outcome::{Members, NO_PART, Outcome, Request};
use segue_tests::single;
use serde_json::{Map, Value as Json};
use std::collections::BTreeSet;

/// Who works out the answers.
#[derive(Clone, Copy)]
pub(crate) enum Engine {
    /// The oracle.
    Interpreter,
    /// The compiled engine.
    Jit,
    /// The oracle, and every customer once more as a single record.
    Records,
}

/// One line for each answer that is not as expected.
pub(crate) fn differences(definition: &Definition, program: &Program, engine: Engine) -> Vec<String> {
    let mut builder = DatasetBuilder::new(program);
    for (table, rows) in definition.data.as_object().unwrap() {
        builder = builder.json(table, rows);
    }
    let data = match builder.build() {
        Ok(loaded) => loaded.dataset,
        Err(errors) => return vec![format!("the data cannot be read: {errors}")],
    };
    let rows = definition.data.as_object().unwrap();
    definition.cases.iter().flat_map(|case| run(case, program, rows, &data, engine)).collect()
}

fn run(case: &Case, program: &Program, rows: &Map<String, Json>, data: &Dataset, engine: Engine) -> Vec<String> {
    let request = Request::of(Selection::everything(program), instant(&case.as_of));
    let outcome = match engine {
        Engine::Interpreter | Engine::Records => segue_runtime::interpret::run(program, data, &request).unwrap(),
        Engine::Jit => segue_runtime::engine::run(program, data, &request).unwrap(),
    };
    let mut found = Vec::new();
    compare(case, program, &keys(program, data, CUSTOMERS), &outcome, &mut found);
    for of in &outcome.others {
        let keys = keys(program, data, of.table);
        let declared = &program.other(of.table).unwrap().program.segments;
        for (id, members) in of.segments.iter().zip(&of.members) {
            compare_members(case, &declared[id.0 as usize].name, &keys, members, &mut found);
        }
    }
    if let Engine::Records = engine {
        let complete = segue_runtime::others::complete(program, data, &request).unwrap();
        let data = complete.as_ref().unwrap_or(data);
        found.extend(single::difference(program, data, &request, &outcome));
        found.extend(single::json_difference(program, rows, data, &request, &outcome));
    }
    found.into_iter().map(|difference| format!("as of {}: {difference}", case.as_of)).collect()
}

/// The keys of a table's rows, in the order of the data.
fn keys(program: &Program, data: &Dataset, table: TableId) -> Vec<String> {
    let (declared, rows) = (&program.tables[table.0 as usize], &data.tables[table.0 as usize]);
    let column = rows.columns[declared.key.unwrap().0 as usize].as_ref().unwrap();
    (0..rows.rows).map(|row| scalar(column.value(row).as_ref()).as_str().unwrap().to_owned()).collect()
}

fn compare_members(case: &Case, name: &str, keys: &[String], members: &Members, found: &mut Vec<String>) {
    let members: BTreeSet<&str> = members.iter().map(|row| keys[row].as_str()).collect();
    match case.expect["segments"].get(name) {
        None => found.push(format!("nothing is expected of segment {name}")),
        Some(expected) if strings(expected) != members => {
            found.push(format!("{name} are {members:?}, not {expected}"));
        }
        Some(_) => {}
    }
}

fn compare(case: &Case, program: &Program, keys: &[String], outcome: &Outcome, found: &mut Vec<String>) {
    let expected = |kind: &str, name: &str| case.expect[kind].get(name).cloned();
    for (segment, members) in program.segments.iter().zip(&outcome.segments) {
        compare_members(case, &segment.name, keys, members, found);
    }
    for (partition, parts) in program.partitions.iter().zip(&outcome.partitions) {
        for (number, part) in (0..).zip(&partition.parts) {
            let members: BTreeSet<&str> =
                keys.iter().zip(parts).filter(|(_, of)| **of == number).map(|(key, _)| key.as_str()).collect();
            let expected = expected("partitions", &partition.name).and_then(|parts| parts.get(&*part.name).cloned());
            if strings(&expected.clone().unwrap_or_default()) != members {
                found.push(format!("{}.{} are {members:?}, not {expected:?}", partition.name, part.name));
            }
        }
        if parts.contains(&NO_PART) {
            found.push(format!("somebody is in no part of {}", partition.name));
        }
    }
    for (declared, column) in program.traits.iter().zip(&outcome.traits) {
        // Traits that a segment's answer shows already may go without an expectation of their own.
        let Some(expected) = expected("traits", &declared.name) else { continue };
        for (row, key) in keys.iter().enumerate() {
            let value = column.value(row);
            if !same(&expected[key], value.as_ref()) {
                found.push(format!("{} of {key} is {}, not {}", declared.name, scalar(value.as_ref()), expected[key]));
            }
        }
    }
    for kind in ["segments", "partitions", "traits"] {
        for name in case.expect[kind].as_object().into_iter().flat_map(|names| names.keys()) {
            let others = program.others.iter().flat_map(|other| &other.program.segments);
            let known = program.segments.iter().chain(others).any(|declared| &*declared.name == name)
                || program.partitions.iter().any(|declared| &*declared.name == name)
                || program.traits.iter().any(|declared| &*declared.name == name);
            if !known {
                found.push(format!("{name} is expected, and not declared"));
            }
        }
    }
}

fn strings(list: &Json) -> BTreeSet<&str> {
    list.as_array().into_iter().flatten().map(|item| item.as_str().unwrap()).collect()
}

/// Whether a value is the expected one: numbers and money by amount, days, moments and lengths of time as written.
fn same(expected: &Json, value: Option<&Value>) -> bool {
    match (expected, value) {
        (Json::Number(number), Some(Value::Money(units))) => {
            (number.as_f64().unwrap() * 10_000.0).round() == *units as f64
        }
        (Json::Number(number), Some(Value::Number(value))) => number.as_f64() == Some(*value),
        (Json::String(text), Some(Value::Instant(micros))) => instant(text) == *micros,
        (Json::String(text), Some(Value::Duration(micros))) => {
            text.strip_suffix('s').and_then(|seconds| seconds.parse::<i64>().ok()).map(|seconds| seconds * 1_000_000)
                == Some(*micros)
        }
        _ => *expected == scalar(value),
    }
}

fn scalar(value: Option<&Value>) -> Json {
    match value {
        None => Json::Null,
        Some(Value::Boolean(value)) => (*value).into(),
        Some(Value::Integer(value) | Value::Instant(value) | Value::Duration(value)) => (*value).into(),
        Some(Value::Number(value)) => (*value).into(),
        Some(Value::Money(units)) => (*units as f64 / 10_000.0).into(),
        Some(Value::Text(text)) => (&**text).into(),
        Some(Value::Date(day)) => date_text(*day).into(),
        Some(Value::List(items)) => items.iter().map(|item| scalar(Some(item))).collect(),
    }
}

/// `2025-06-15T12:00:00Z` or with a fraction, in microseconds since 1970.
fn instant(text: &str) -> i64 {
    let (date, clock) = text.strip_suffix('Z').and_then(|text| text.split_once('T')).unwrap();
    let numbers: Vec<i64> = date.split('-').map(|part| part.parse().unwrap()).collect();
    let [year, month, day] = numbers[..] else { panic!("{text} is no moment") };
    let day = CivilDate { year, month: month.try_into().unwrap(), day: day.try_into().unwrap() }.number();
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let seconds =
        clock.split(':').zip([3600, 60, 1]).map(|(part, unit)| part.parse::<i64>().unwrap() * unit).sum::<i64>();
    let micros: i64 = format!("{fraction:0<6}").parse().unwrap();
    (day * 86_400 + seconds) * 1_000_000 + micros
}
