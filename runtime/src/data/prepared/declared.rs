//! What of a declaration decides how data are loaded, as text: data that were prepared under another one are not used.

use segue_compiler::program::{Field, FieldSource, Program, Reading, Table, TableId, Type};
use segue_compiler::syntax::tree::TableKind;

/// What the rows of a table depend on, its columns aside.
pub(super) fn table(program: &Program, table: &Table) -> String {
    let kind = match table.kind {
        TableKind::Customers => "customers",
        TableKind::Events => "events",
        TableKind::Records => "records",
        TableKind::Table => "table",
    };
    let column = |id: Option<segue_compiler::program::FieldId>| {
        let field = id.and_then(|id| table.fields.get(id.0 as usize));
        field.and_then(|field| self::field(program, field)).map_or_else(|| "-".to_owned(), |(_, text)| text)
    };
    let (key, by, at) = (column(table.key), column(table.by), column(table.at));
    format!("{kind}; key {key}; by {by}; at {at}; zone {}", program.settings.zone)
}

/// A column that two fields of a table are read from.
pub(super) fn column_read_twice(program: &Program) -> Option<(String, String)> {
    program.tables.iter().find_map(|table| {
        let mut columns: Vec<String> =
            table.fields.iter().filter_map(|one| field(program, one)).map(|(column, _)| column).collect();
        columns.sort_unstable();
        let twice = columns.windows(2).find(|pair| pair.first() == pair.last())?;
        Some((table.name.to_string(), twice.first()?.clone()))
    })
}

/// A stored field: the name of its column, and what its values depend on. `None` for computed ones.
pub(super) fn field(program: &Program, field: &Field) -> Option<(String, String)> {
    let FieldSource::Column { column, reading } = &field.source else { return None };
    let reading = match reading {
        Reading::Plain => String::new(),
        Reading::Hundredths => " in hundredths".to_owned(),
        Reading::Zone(zone) => format!(" in {zone}"),
        Reading::Bits => " as bits".to_owned(),
    };
    let missing = if field.optional { "?" } else { "" };
    let ty = value(program, &field.ty);
    Some((column.to_string(), format!("{column:?} {ty}{missing}{reading}")))
}

fn value(program: &Program, ty: &Type) -> String {
    let name = |table: TableId| program.tables.get(table.0 as usize).map_or("", |table| &table.name);
    match ty {
        Type::Boolean => "yes/no".to_owned(),
        Type::Integer => "integer".to_owned(),
        Type::Number => "number".to_owned(),
        // One amount is read as another of the same digits, so the currency does not matter.
        Type::Money(_) => "money".to_owned(),
        Type::Percent => "percent".to_owned(),
        Type::Text => "text".to_owned(),
        Type::OneOf(values) => format!("one of {values:?}"),
        Type::Date => "date".to_owned(),
        Type::Datetime => "datetime".to_owned(),
        Type::Duration => "duration".to_owned(),
        Type::Id(Some(table)) => format!("id of {}", name(*table)),
        Type::Id(None) => "id".to_owned(),
        Type::Timezone => "timezone".to_owned(),
        Type::Location => "location".to_owned(),
        Type::List(of) => format!("list of {}", value(program, of)),
        Type::Records(table) => {
            let fields = program.tables.get(table.0 as usize).map(|table| table.fields.as_slice()).unwrap_or_default();
            let fields: Vec<String> =
                fields.iter().filter_map(|one| field(program, one)).map(|(_, text)| text).collect();
            format!("records {{{}}}", fields.join(", "))
        }
    }
}
