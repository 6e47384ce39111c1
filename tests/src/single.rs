//! Every customer of a data set once more as a single record, held against what a run over all of them gave.

use segue_compiler::plan::Plan;
use segue_compiler::program::{CUSTOMERS, FieldId, FieldSource, Program, Reading, TableId, Type};
use segue_compiler::source::Span;
use segue_compiler::syntax::tree::TableKind;
use segue_compiler::values::Value;
use segue_runtime::data::{Dataset, Raw, RawField};
use segue_runtime::outcome::{NO_PART, Outcome, ProblemKind, Request};
use segue_runtime::single::{Compiled, Moment, Record, SingleError};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The first difference between what single records give, filled field by field, and what a run gave.
pub fn difference(program: &Program, data: &Dataset, request: &Request, expected: &Outcome) -> Option<String> {
    let compiled = compiled(program, data, request);
    let fill = |record: &mut Record, row: usize| {
        record.clear();
        filled(program, data, &compiled, record, row)
    };
    compare(program, data, &compiled, request, expected, fill).map(|found| format!("single records: {found}"))
}

/// The same for records that are read from JSON: the rows of tables by their names, the customers in the order of the data.
pub fn json_difference(
    program: &Program,
    rows: &Map<String, Json>,
    data: &Dataset,
    request: &Request,
    expected: &Outcome,
) -> Option<String> {
    let customers = rows.get("customers")?.as_array()?;
    if customers.len() != expected.customers {
        return None;
    }
    let compiled = compiled(program, data, request);
    let fill = |record: &mut Record, row: usize| record.read_json(&json(program, rows, customers[row].clone()));
    compare(program, data, &compiled, request, expected, fill).map(|found| format!("single records from JSON: {found}"))
}

fn compiled(program: &Program, data: &Dataset, request: &Request) -> Compiled {
    Compiled::new(&crate::base::answered(program, data, request), &request.selection(), data)
        .unwrap_or_else(|error| panic!("{error}"))
}

/// A customer with events and records as one JSON text.
fn json(program: &Program, rows: &Map<String, Json>, mut customer: Json) -> String {
    let text = |value: Option<&Json>| match value {
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let column = |table: usize, field: Option<FieldId>| {
        let field = &program.tables[table].fields[field?.0 as usize];
        if let FieldSource::Column { column, .. } = &field.source { Some(column.to_string()) } else { None }
    };
    let key = column(0, program.tables[0].key).unwrap();
    let own = text(customer.get(&key));
    for (at, table) in program.tables.iter().enumerate().skip(1) {
        let Some(by) = column(at, table.by) else { continue };
        let Some(Json::Array(all)) = rows.get(&*table.name) else { continue };
        let mine: Vec<Json> = all.iter().filter(|row| text(row.get(&by)) == own).cloned().collect();
        customer.as_object_mut().unwrap().insert(table.name.to_string(), Json::Array(mine));
    }
    customer.to_string()
}

fn compare(
    program: &Program,
    data: &Dataset,
    compiled: &Compiled,
    request: &Request,
    expected: &Outcome,
    mut fill: impl FnMut(&mut Record, usize) -> Result<(), SingleError>,
) -> Option<String> {
    let moment: Moment = compiled.at(request.as_of);
    let mut record = compiled.record();
    let mut problems: BTreeMap<(Span, ProblemKind), (u64, Vec<u32>)> = BTreeMap::new();
    let customers = data.table(CUSTOMERS).map_or(0, |table| table.rows);
    for row in 0..customers {
        if let Err(error) = fill(&mut record, row) {
            return Some(format!("customer row {row} is refused: {error}"));
        }
        let answer = match moment.evaluate(&mut record) {
            Ok(answer) => answer,
            Err(error) => return Some(format!("customer row {row} is refused: {error}")),
        };
        let listed: Vec<usize> = answer.segments().collect();
        for (at, id) in request.segments.iter().enumerate() {
            let (left, right) = (expected.segments[at].contains(row), answer.holds(at));
            if left != right || right != listed.contains(&at) {
                let name = &program.segments[id.0 as usize].name;
                return Some(format!("segment {name} of customer row {row}: {left}, the record says {right}"));
            }
        }
        assert_eq!(answer.held(), listed.len());
        for (at, id) in request.partitions.iter().enumerate() {
            let left = expected.partitions[at][row];
            let right = answer.part(at).map_or(NO_PART, |part| part as u32);
            if left != right {
                let name = &program.partitions[id.0 as usize].name;
                return Some(format!("partition {name} of customer row {row}: {left}, the record says {right}"));
            }
        }
        for (at, id) in request.traits.iter().enumerate() {
            let (left, right) = (expected.traits[at].value(row), answer.value(at).cloned());
            let same = match (&left, &right) {
                (Some(Value::Number(left)), Some(Value::Number(right))) => left.to_bits() == right.to_bits(),
                _ => left == right,
            };
            if !same {
                let name = &program.traits[id.0 as usize].name;
                return Some(format!("trait {name} of customer row {row}: {left:?}, the record says {right:?}"));
            }
        }
        for problem in answer.problems() {
            let (count, examples) = problems.entry((problem.span, problem.kind)).or_default();
            *count += problem.count;
            if examples.len() < 3 {
                examples.push(row as u32);
            }
        }
    }
    let expected: Vec<_> = expected
        .problems
        .iter()
        .map(|problem| ((problem.span, problem.kind), (problem.count, problem.examples.clone())))
        .collect();
    let found: Vec<_> = problems.into_iter().collect();
    (expected != found).then(|| format!("problems differ:\n  expected {expected:?}\n  found    {found:?}"))
}

/// Fills a record with a row of the data.
fn filled(
    program: &Program,
    data: &Dataset,
    compiled: &Compiled,
    record: &mut Record,
    row: usize,
) -> Result<(), SingleError> {
    for (name, raw) in cells(program, data, CUSTOMERS, row) {
        if let Ok(field) = compiled.field(&name) {
            record.set(field, raw)?;
        }
    }
    for (at, table) in (0..).zip(&program.tables).skip(1) {
        let id = TableId(at);
        let own = matches!(table.kind, TableKind::Events | TableKind::Records) && table.parent.is_none();
        let Ok(rows) = compiled.rows(&table.name) else { continue };
        if !own || Plan::is_looked_up(program, id) {
            continue;
        }
        for event in disordered(program, data, id, group(data, id, row)) {
            record.add(rows);
            for (name, raw) in cells(program, data, id, event) {
                if let Ok(field) = compiled.field(&format!("{}.{name}", table.name)) {
                    record.set(field, raw)?;
                }
            }
        }
    }
    Ok(())
}

/// Rows backwards, so that the record has to put them in order. Those that nothing but the order of the data tells apart keep
/// it: floats are added in that order (rule 12).
fn disordered(program: &Program, data: &Dataset, table: TableId, rows: std::ops::Range<usize>) -> Vec<usize> {
    let declared = &program.tables[table.0 as usize];
    let rows: Vec<usize> = rows.collect();
    if declared.key.is_some() {
        return rows.into_iter().rev().collect();
    }
    let time = |row: usize| data.column(table, declared.at?)?.value(row);
    rows.chunk_by(|one, next| time(*one) == time(*next)).rev().flatten().copied().collect()
}

fn group(data: &Dataset, table: TableId, owner: usize) -> std::ops::Range<usize> {
    let groups = data.table(table).and_then(|table| table.groups.as_deref());
    groups.map_or(0..0, |groups| groups[owner] as usize..groups[owner + 1] as usize)
}

/// The known cells of a row by the names of their fields.
fn cells(program: &Program, data: &Dataset, table: TableId, row: usize) -> Vec<(String, Raw<'static>)> {
    let mut found = Vec::new();
    for (field, id) in program.tables[table.0 as usize].fields.iter().zip(0..) {
        let FieldSource::Column { reading, .. } = &field.source else { continue };
        if let Type::Records(elements) = field.ty {
            let records = group(data, elements, row).map(|element| {
                let cells = cells(program, data, elements, element).into_iter();
                Raw::Record(cells.map(|(name, raw)| renamed(program, elements, &name, raw)).collect())
            });
            found.push((field.name.to_string(), Raw::List(records.collect())));
            continue;
        }
        let value = data.column(table, FieldId(id)).and_then(|column| column.value(row));
        if let Some(value) = value {
            let raw = match (raw(&value), reading) {
                (Raw::Float(share), Reading::Hundredths) => Raw::Float(share * 100.0),
                (Raw::Integer(place), _) if field.ty == Type::Location => {
                    let (latitude, longitude) = segue_compiler::values::places::degrees(place);
                    Raw::text(format!("{latitude}, {longitude}"))
                }
                (raw, _) => raw,
            };
            found.push((field.name.to_string(), raw));
        } else if field.ty != Type::Text && !field.optional && matches!(field.ty, Type::OneOf(_)) {
            // It was none of the listed values, as this is not.
            found.push((field.name.to_string(), Raw::text("none of them")));
        }
    }
    found
}

/// The cell under the name of its column.
fn renamed(program: &Program, table: TableId, name: &str, raw: Raw<'static>) -> RawField<'static> {
    let field = program.tables[table.0 as usize].fields.iter().find(|field| *field.name == *name).unwrap();
    let FieldSource::Column { column, .. } = &field.source else { panic!("{name} is stored") };
    (Cow::Owned(column.to_string()), raw)
}

fn raw(value: &Value) -> Raw<'static> {
    match value {
        Value::Boolean(truth) => Raw::Boolean(*truth),
        Value::Integer(whole) => Raw::Integer(*whole),
        Value::Number(float) => Raw::Float(*float),
        Value::Money(units) => Raw::Decimal { units: i128::from(*units), scale: 4 },
        Value::Text(text) => Raw::text(text.to_string()),
        Value::Date(day) => Raw::Date(*day),
        Value::Instant(instant) => Raw::Instant(*instant),
        Value::Duration(micros) => Raw::Duration(*micros),
        Value::List(values) => Raw::List(values.iter().map(raw).collect()),
    }
}
