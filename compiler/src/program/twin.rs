//! Customers as rows that are looked up.
//!
//! An id may point at a customer: `friend.city`. An engine that takes customers in blocks then needs, beside the customers
//! of the block, all of them as a table. This gives the program a second table of the same rows, so that customers who are
//! looked up are rows of a table like any other.

use super::{CUSTOMERS, Expr, ExprKind, FieldSource, Item, Program, Row, Rows, Table, TableId, Type};
use crate::syntax::tree::TableKind;

impl Program {
    /// The program with its look-ups of customers led to a table of their own, and for each table added the one whose rows
    /// it has: customers, and the lists of records inside of them. `None` where no look-up leads to customers.
    pub fn with_customers_as_a_table(&self) -> Option<(Program, Vec<(TableId, TableId)>)> {
        if !self.looks_customers_up() {
            return None;
        }
        let family = |table: TableId| {
            let mut at = table;
            while let Some((parent, _)) = self.tables.get(at.0 as usize).and_then(|found| found.parent) {
                at = parent;
            }
            at == CUSTOMERS
        };
        let count = u32::try_from(self.tables.len()).unwrap_or(u32::MAX);
        // By and at are what events and records have, which are no lists of customers.
        let copied = (0..count).map(TableId).filter(|table| {
            let kind = self.tables.get(table.0 as usize).map(|found| found.parent.is_some());
            *table == CUSTOMERS || kind == Some(true) && family(*table)
        });
        let twins: Vec<(TableId, TableId)> = copied.zip(count..).map(|(from, to)| (from, TableId(to))).collect();
        let twin = |table: TableId| twins.iter().find(|(from, _)| *from == table).map_or(table, |(_, to)| *to);

        let mut program = self.clone();
        for (from, _) in &twins {
            let Some(mut table) = self.tables.get(from.0 as usize).cloned() else { continue };
            if *from == CUSTOMERS {
                table.kind = TableKind::Table;
            }
            table.parent = table.parent.map(|(parent, field)| (twin(parent), field));
            change(&mut table, &mut |expr| own_rows(expr, &twin));
            for field in &mut table.fields {
                if let Type::Records(list) = &mut field.ty {
                    *list = twin(*list);
                }
            }
            program.tables.push(table);
        }
        let looked_up = &mut |expr: &mut Expr| {
            if let ExprKind::Lookup { table, .. } = &mut expr.kind
                && *table == CUSTOMERS
            {
                *table = twin(CUSTOMERS);
            }
        };
        program.tables.iter_mut().for_each(|table| change(table, looked_up));
        let traits = program.traits.iter_mut().map(|found| &mut found.value);
        let lines = program.segments.iter_mut().flat_map(|segment| &mut segment.lines);
        let parts = program.partitions.iter_mut().flat_map(|partition| &mut partition.parts);
        traits
            .chain(lines)
            .chain(parts.filter_map(|part| part.condition.as_mut()))
            .for_each(|expr| expr.walk_mut(looked_up));
        Some((program, twins))
    }

    fn looks_customers_up(&self) -> bool {
        let mut found = false;
        let mut look = |expr: &Expr| {
            expr.walk(&mut |part| {
                found |= matches!(part.kind, ExprKind::Lookup { table, .. } if table == CUSTOMERS);
            });
        };
        for field in self.tables.iter().flat_map(|table| &table.fields) {
            if let FieldSource::Computed(expr) = &field.source {
                look(expr);
            }
        }
        let items: &[Item] = &self.order;
        items.iter().flat_map(|item| self.expressions(*item)).for_each(look);
        found
    }
}

fn change(table: &mut Table, change: &mut dyn FnMut(&mut Expr)) {
    for field in &mut table.fields {
        if let FieldSource::Computed(expr) = &mut field.source {
            expr.walk_mut(change);
        }
    }
}

/// Leads what a computed field asks of its own row, and of the row's lists, to the row's twin.
fn own_rows(expr: &mut Expr, twin: &dyn Fn(TableId) -> TableId) {
    match &mut expr.kind {
        ExprKind::Field { row, table, .. } => {
            *row = Row::Current;
            *table = twin(*table);
        }
        ExprKind::Aggregate(aggregate) => match &mut aggregate.rows {
            Rows::ListOf { row, table, .. } => {
                *row = Row::Current;
                *table = twin(*table);
            }
            // A computed field asks about its own row's lists only.
            Rows::Of(_) | Rows::Flattened { .. } | Rows::Elements(_) => {}
        },
        _ => {}
    }
}
