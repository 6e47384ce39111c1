//! The data of a test: its customer and rows as a data set, and the program in which what is given stands as given.
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

use crate::data::{Dataset, Stored, TableData};
use crate::interpret::{column_of_values, compare_values};
use segue_compiler::program::{
    CUSTOMERS, Expr, ExprKind, FieldId, FieldSource, Given, GivenRow, Item, Program, Stands, TableId, TestCase, Type,
};
use segue_compiler::syntax::tree::TableKind;
use segue_compiler::values::Value;
use std::cmp::Ordering;
use std::sync::Arc;

/// The data of a test: one customer, whose rows they all are. A field that is not given is missing, whatever was declared.
pub(super) fn dataset(program: &Program, case: &TestCase) -> Dataset {
    let mut data = Dataset { tables: vec![TableData::default(); program.tables.len()] };
    let key = customer_key(program, case);
    for (at, table) in program.tables.iter().enumerate() {
        if table.parent.is_some() {
            continue;
        }
        let id = TableId(u32::try_from(at).unwrap_or(u32::MAX));
        let given = case.rows.iter().filter(|given| given.table == id).flat_map(|given| &given.rows);
        let mut rows: Vec<Option<&GivenRow>> = given.map(Some).collect();
        if id == CUSTOMERS && rows.is_empty() {
            rows.push(None);
        }
        rows.sort_by(|one, other| in_order(program, id, *one, *other));
        let count = rows.len() as u32;
        fill(program, id, &rows, key.as_ref(), &mut data);
        if matches!(table.kind, TableKind::Events | TableKind::Records) {
            data.tables[at].groups = Some(vec![0, count].into());
        }
    }
    data
}

fn customer_key(program: &Program, case: &TestCase) -> Option<Value> {
    let key = program.tables.first()?.key?;
    let customer = case.rows.iter().find(|given| given.table == CUSTOMERS)?.rows.first()?;
    value_of(Some(customer), key)
}

fn value_of(row: Option<&GivenRow>, field: FieldId) -> Option<Value> {
    row?.values.iter().find(|(given, _)| *given == field).and_then(|(_, given)| match given {
        Given::Value(value) => Some(value.clone()),
        Given::Missing | Given::Rows(_) => None,
    })
}

/// Rows stand by time, then by key, then as they were written (rule 12).
fn in_order(program: &Program, table: TableId, one: Option<&GivenRow>, other: Option<&GivenRow>) -> Ordering {
    let declared = &program.tables[table.0 as usize];
    let by = |field: Option<FieldId>| {
        let field = field?;
        let ty = &declared.fields[field.0 as usize].ty;
        Some(compare_values(&value_of(one, field)?, &value_of(other, field)?, ty))
    };
    let time = by(declared.at).unwrap_or(Ordering::Equal);
    time.then_with(|| by(declared.key).unwrap_or(Ordering::Equal))
}

/// Whether a field holds the key of the customer, or of whatever a test is about, whose rows they all are.
pub(super) fn names_owner(program: &Program, table: TableId, field: FieldId) -> bool {
    let declared = &program.tables[table.0 as usize];
    if program.about.is_none() {
        return declared.by == Some(field);
    }
    // Of another table's row: whatever belongs to it points there by one field. Customers stand there twice, once looked up.
    let to = Type::Id(Some(CUSTOMERS));
    let pointers = || declared.fields.iter().filter(|field| field.ty == to).count();
    let belongs = declared.kind != TableKind::Table || &*declared.name == "customers";
    table != CUSTOMERS && belongs && declared.fields[field.0 as usize].ty == to && pointers() == 1
}

/// Fills a table, and those of its lists of records.
fn fill(program: &Program, id: TableId, rows: &[Option<&GivenRow>], key: Option<&Value>, data: &mut Dataset) {
    let table = &program.tables[id.0 as usize];
    let mut columns: Vec<Option<Stored>> = Vec::with_capacity(table.fields.len());
    for (at, field) in table.fields.iter().enumerate() {
        let place = FieldId(u32::try_from(at).unwrap_or(u32::MAX));
        if let Type::Records(elements) = field.ty {
            let mut inner: Vec<Option<&GivenRow>> = Vec::new();
            let mut groups = vec![0_u32];
            for row in rows {
                let given = row.and_then(|row| row.values.iter().find(|(given, _)| *given == place));
                if let Some((_, Given::Rows(records))) = given {
                    inner.extend(records.iter().map(Some));
                }
                groups.push(u32::try_from(inner.len()).unwrap_or(u32::MAX));
            }
            fill(program, elements, &inner, key, data);
            data.tables[elements.0 as usize].groups = Some(groups.into());
            columns.push(None);
            continue;
        }
        if matches!(field.source, FieldSource::Computed(_)) {
            columns.push(None);
            continue;
        }
        let is_owner = names_owner(program, id, place);
        let value = |row: &Option<&GivenRow>| if is_owner { key.cloned() } else { value_of(*row, place) };
        let values: Vec<Option<Value>> = rows.iter().map(value).collect();
        columns.push(Some(Stored::pack(column_of_values(&field.ty, values), rows.len())));
    }
    let filled = &mut data.tables[id.0 as usize];
    (filled.rows, filled.columns) = (rows.len(), columns);
}

/// The program in which declarations stand as a test says, whatever they would come to.
pub(super) fn standing(program: &Program, case: &TestCase) -> Program {
    let mut program = program.clone();
    // The first known one of nothing is missing.
    let fixed = |value: &Option<Value>, of: &Expr| Expr {
        kind: value.clone().map_or(ExprKind::Otherwise(Vec::new()), ExprKind::Constant),
        may_be_missing: value.is_none(),
        ty: of.ty.clone(),
        span: of.span,
    };
    for fact in &case.facts {
        match (fact.item, &fact.stands) {
            (Item::Trait(id), Stands::Value(value)) => {
                let declared = &mut program.traits[id.0 as usize].value;
                *declared = fixed(value, declared);
            }
            (Item::Segment(id), Stands::In(is_in)) => {
                let segment = &mut program.segments[id.0 as usize];
                let (kind, span) = (ExprKind::Constant(Value::Boolean(*is_in)), segment.span);
                segment.lines = vec![Expr { kind, ty: Type::Boolean, may_be_missing: false, span }];
            }
            (Item::Partition(id), Stands::Part(here)) => {
                for (at, part) in program.partitions[id.0 as usize].parts.iter_mut().enumerate() {
                    let kind = ExprKind::Constant(Value::Boolean(Some(at as u32) == *here));
                    part.condition = Some(Expr { kind, ty: Type::Boolean, may_be_missing: false, span: part.span });
                }
            }
            _ => {}
        }
    }
    program
}

/// The name of a field as rules have it, behind that of its table where it is not the customer's.
pub(super) fn field_name(program: &Program, table: TableId, field: FieldId) -> Arc<str> {
    let declared = &program.tables[table.0 as usize];
    let name = &declared.fields[field.0 as usize].name;
    let of = declared.name.strip_prefix("customers.").unwrap_or(&declared.name);
    if table == CUSTOMERS { Arc::clone(name) } else { format!("{of}.{name}").into() }
}
