//! Which columns a selection of a program reads, so that nothing else is loaded.

#[cfg(test)]
mod tests;

use segue_compiler::plan::Selection;
use segue_compiler::program::{
    Answered, CUSTOMERS, Expr, ExprKind, FieldId, FieldSource, Item, Program, Row, Rows, RowsOf, TableId, Tie, Type,
};
use std::collections::HashSet;

/// The fields to load, by table. Of a table that is needed at all, key, customer and time always are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NeededFields {
    tables: Vec<Option<Vec<bool>>>,
}

impl NeededFields {
    /// All stored fields of all tables.
    pub fn everything(program: &Program) -> NeededFields {
        NeededFields { tables: program.tables.iter().map(|table| Some(vec![true; table.fields.len()])).collect() }
    }

    /// All stored fields of some tables that are declared as such, of those that stand in their lists, and of the customers.
    pub(crate) fn whole(program: &Program, is_wanted: impl Fn(TableId) -> bool) -> NeededFields {
        let whole = |(table, id): (&segue_compiler::program::Table, u32)| {
            let (mut top, mut parent) = (TableId(id), table.parent);
            while let Some((above, _)) = parent {
                top = above;
                parent = program.tables.get(above.0 as usize).and_then(|table| table.parent);
            }
            (top == CUSTOMERS || is_wanted(top)).then(|| vec![true; table.fields.len()])
        };
        NeededFields { tables: program.tables.iter().zip(0..).map(whole).collect() }
    }

    /// Whether the table is needed.
    pub fn table(&self, table: TableId) -> bool {
        self.tables.get(table.0 as usize).is_some_and(Option::is_some)
    }

    /// Whether the field is needed.
    pub fn field(&self, table: TableId, field: FieldId) -> bool {
        let fields = self.tables.get(table.0 as usize).and_then(Option::as_ref);
        fields.and_then(|fields| fields.get(field.0 as usize)).copied().unwrap_or(false)
    }

    /// Makes a table needed, with its key, customer and time; for a list of records, the list it stands in as well.
    pub fn add_table(&mut self, program: &Program, table: TableId) {
        if self.table(table) {
            return;
        }
        let Some(declared) = program.tables.get(table.0 as usize) else { return };
        if self.tables.len() < program.tables.len() {
            self.tables.resize(program.tables.len(), None);
        }
        if let Some(place) = self.tables.get_mut(table.0 as usize) {
            *place = Some(vec![false; declared.fields.len()]);
        }
        for field in [declared.key, declared.by, declared.at].into_iter().flatten() {
            self.add_field(program, table, field);
        }
        if let Some((parent, list)) = declared.parent {
            self.add_field(program, parent, list);
        }
    }

    /// Makes a field needed; gives whether it was not before.
    pub(crate) fn add_field(&mut self, program: &Program, table: TableId, field: FieldId) -> bool {
        self.add_table(program, table);
        let fields = self.tables.get_mut(table.0 as usize).and_then(Option::as_mut);
        let Some(place) = fields.and_then(|fields| fields.get_mut(field.0 as usize)) else { return false };
        !std::mem::replace(place, true)
    }
}

/// The fields that the traits, segments and partitions of the selection read, those of the declarations they use included.
pub fn needed_fields(program: &Program, selection: &Selection) -> NeededFields {
    let mut walk = Walk { program, needed: NeededFields::default(), items: HashSet::new() };
    walk.needed.add_table(program, CUSTOMERS);
    selection.traits.iter().for_each(|id| walk.item(Item::Trait(*id)));
    selection.segments.iter().for_each(|id| walk.item(Item::Segment(*id)));
    selection.partitions.iter().for_each(|id| walk.item(Item::Partition(*id)));
    for Answered { of, item } in program.asked_elsewhere(selection.items(), &selection.others, |_| false) {
        match of {
            None => walk.item(item),
            Some(table) => walk.of_other(table, item),
        }
    }
    walk.needed
}

/// The fields that a segment of another table's rows reads, in the program of that table.
fn needed_by(program: &Program, item: Item) -> NeededFields {
    let mut walk = Walk { program, needed: NeededFields::default(), items: HashSet::new() };
    walk.item(item);
    walk.needed
}

struct Walk<'p> {
    program: &'p Program,
    needed: NeededFields,
    items: HashSet<Item>,
}

impl<'p> Walk<'p> {
    fn item(&mut self, item: Item) {
        if !self.items.insert(item) {
            return;
        }
        for expr in self.program.expressions(item) {
            self.expression(expr);
        }
        for used in self.program.uses(item) {
            self.item(used);
        }
    }

    /// Adds what a segment of another table's rows reads: the rows where they come from, and what ties them to the table.
    fn of_other(&mut self, table: TableId, item: Item) {
        let program = self.program;
        let Some(other) = program.other(table) else { return };
        self.needed.add_table(program, table);
        let needed = needed_by(&other.program, item);
        for (at, rows) in (0..).map(TableId).zip(&other.rows) {
            if !needed.table(at) {
                continue;
            }
            let (from, tie) = match *rows {
                RowsOf::Whole(from) | RowsOf::Elements(from) => (from, None),
                RowsOf::Tied(from, tie) => (from, Some(tie)),
                RowsOf::Nothing => continue,
            };
            self.needed.add_table(program, from);
            match tie {
                None => {}
                Some(Tie::Field(field)) => _ = self.needed.add_field(program, from, field),
                Some(Tie::Customer(field)) => _ = self.needed.add_field(program, CUSTOMERS, field),
            }
            // What is said of each customer stands behind the fields that are declared, and is answered, not read.
            let declared = program.tables.get(from.0 as usize).map_or(0, |table| table.fields.len());
            for field in (0..).map(FieldId).take(declared).filter(|field| needed.field(at, *field)) {
                _ = self.needed.add_field(program, from, field);
            }
        }
    }

    fn expression(&mut self, expr: &'p Expr) {
        match &expr.kind {
            ExprKind::Field { table, field, .. } => self.field(*table, *field),
            ExprKind::Lookup { table, field, .. } => self.field(*table, *field),
            ExprKind::Aggregate(aggregate) => self.rows(&aggregate.rows),
            ExprKind::Followed(step) => self.needed.add_table(self.program, step.rows),
            // A computed field may name traits and segments of the customer.
            ExprKind::Trait(id) => self.item(Item::Trait(*id)),
            ExprKind::Segment(id) => self.item(Item::Segment(*id)),
            ExprKind::InParts { partition, .. } => self.item(Item::Partition(*partition)),
            _ => {}
        }
        let mut parts: Vec<&'p Expr> = Vec::new();
        expr.for_each_part(&mut |part| parts.push(part));
        for part in parts {
            self.expression(part);
        }
    }

    fn field(&mut self, table: TableId, field: FieldId) {
        let declared = self.program.tables.get(table.0 as usize);
        let Some(declared) = declared.and_then(|table| table.fields.get(field.0 as usize)) else { return };
        let new = self.needed.add_field(self.program, table, field);
        match &declared.source {
            FieldSource::Computed(expr) if new => self.expression(expr),
            _ => {}
        }
        if let Type::Records(elements) = declared.ty {
            self.needed.add_table(self.program, elements);
        }
    }

    fn rows(&mut self, rows: &Rows) {
        let (mut table, lists) = match rows {
            Rows::Of(table) => (*table, &[][..]),
            Rows::Flattened { table, lists } => (*table, &lists[..]),
            Rows::ListOf { row: Row::Customer, lists, .. } => (CUSTOMERS, &lists[..]),
            Rows::ListOf { row: Row::Current, table, lists } => (*table, &lists[..]),
            Rows::Elements(_) => return,
        };
        self.needed.add_table(self.program, table);
        for list in lists {
            self.field(table, *list);
            let declared =
                self.program.tables.get(table.0 as usize).and_then(|table| table.fields.get(list.0 as usize));
            match declared.map(|field| &field.ty) {
                Some(Type::Records(elements)) => table = *elements,
                _ => return,
            }
        }
    }
}
