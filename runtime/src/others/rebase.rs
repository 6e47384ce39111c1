//! The data seen from another table: its rows in the place of the customers, and whatever belongs to them in their order.

use crate::data::{Dataset, Stored, TableData};
use rustc_hash::FxHashMap;
use segue_compiler::program::{Answered, CUSTOMERS, FieldId, FieldSource, Item, Other, Program, RowsOf, TableId, Tie};

/// A row that belongs to none.
pub(crate) const NO_OWNER: u32 = u32::MAX;

/// Rows by the row they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arranged {
    /// Where the rows of each owner begin, and the end of the last one's.
    pub(crate) groups: Vec<u32>,
    /// The rows, owner by owner, those without one left out.
    pub(crate) rows: Vec<u32>,
}

/// How an engine puts rows in order. The interpreter does it by the words of the rules, so that the engine's way is held against
/// it.
pub(crate) trait Way {
    /// By row the row whose key its id is, or [`NO_OWNER`].
    fn owners(&self, ids: &Stored, keys: &Stored) -> Vec<u32>;

    /// Rows by owner, of whom there are `count`; within one by time, then by key, then as they stand.
    fn arranged(&self, owners: &[u32], count: usize, times: Option<&Stored>, keys: Option<&Stored>) -> Arranged;
}

/// The data as the program of another table's segments has them. `known` is what is said of each customer.
pub(crate) fn rebased(
    program: &Program,
    other: &Other,
    data: &Dataset,
    known: &FxHashMap<Item, Stored>,
    way: &dyn Way,
) -> Dataset {
    let seen = Seen { program, other, data, known, way };
    let mut tables = vec![TableData::default(); other.rows.len()];
    // By table: the rows of the outer one that it has, in its order; `None` for all of them as they stand.
    let mut chosen: Vec<Option<Vec<u32>>> = vec![None; other.rows.len()];
    for (at, rows) in other.rows.iter().enumerate() {
        let table = TableId(u32::try_from(at).unwrap_or(u32::MAX));
        let (made, rows) = match rows {
            RowsOf::Whole(from) => (seen.whole(table, *from), None),
            RowsOf::Tied(from, tie) => {
                let (made, rows) = seen.tied(table, *from, *tie);
                (made, Some(rows))
            }
            RowsOf::Nothing => (seen.nothing(table), None),
            // Below the rows that have them.
            RowsOf::Elements(_) => continue,
        };
        if let (Some(place), Some(slot)) = (tables.get_mut(at), chosen.get_mut(at)) {
            (*place, *slot) = (made, rows);
        }
    }
    // A list's table stands behind the one whose rows hold it.
    for (at, rows) in other.rows.iter().enumerate() {
        let RowsOf::Elements(from) = rows else { continue };
        let table = TableId(u32::try_from(at).unwrap_or(u32::MAX));
        let parent = other.program.tables.get(at).and_then(|table| table.parent).map(|(parent, _)| parent.0 as usize);
        let is_empty = parent.is_some_and(|parent| matches!(other.rows.get(parent), Some(RowsOf::Nothing)));
        let of_parent = parent.and_then(|parent| chosen.get(parent).cloned().flatten());
        let (made, rows) = match of_parent {
            _ if is_empty => (seen.empty(table, 0), None),
            None => (seen.whole(table, *from), None),
            Some(rows) => {
                let (made, inner) = seen.elements(table, *from, &rows);
                (made, Some(inner))
            }
        };
        if let (Some(place), Some(slot)) = (tables.get_mut(at), chosen.get_mut(at)) {
            (*place, *slot) = (made, rows);
        }
    }
    Dataset { tables }
}

struct Seen<'a> {
    program: &'a Program,
    other: &'a Other,
    data: &'a Dataset,
    known: &'a FxHashMap<Item, Stored>,
    way: &'a dyn Way,
}

impl Seen<'_> {
    fn outer(&self, table: TableId, field: FieldId) -> Option<&Stored> {
        self.data.column(table, field)
    }

    /// The columns of a table: those of an outer one, and what is said of each customer.
    fn columns(&self, table: TableId, from: TableId) -> Vec<Option<&Stored>> {
        let Some(declared) = self.other.program.tables.get(table.0 as usize) else { return Vec::new() };
        let column = |(at, source): (u32, &FieldSource)| match source {
            FieldSource::Answered(Answered { of: None, item }) => self.known.get(item),
            _ => self.outer(from, FieldId(at)),
        };
        (0..).zip(declared.fields.iter().map(|field| &field.source)).map(column).collect()
    }

    fn rows(&self, table: TableId) -> usize {
        self.data.table(table).map_or(0, |table| table.rows)
    }

    /// All rows of a table as they stand; a list's stay below the rows that have them.
    fn whole(&self, table: TableId, from: TableId) -> TableData {
        let columns = self.columns(table, from).into_iter().map(Option::<&Stored>::cloned).collect();
        let is_list = self.other.program.tables.get(table.0 as usize).is_some_and(|table| table.parent.is_some());
        let groups = self.data.table(from).and_then(|table| table.groups.clone()).filter(|_| is_list);
        TableData { rows: self.rows(from), columns, groups, runs: None }
    }

    /// A table without rows, below so many.
    fn empty(&self, table: TableId, owners: usize) -> TableData {
        let count = self.other.program.tables.get(table.0 as usize).map_or(0, |table| table.fields.len());
        TableData { rows: 0, columns: vec![None; count], groups: Some(vec![0; owners + 1].into()), runs: None }
    }

    fn nothing(&self, table: TableId) -> TableData {
        self.empty(table, self.rows(self.other.table))
    }

    /// The rows that belong to those that segments are about, in their order, and which they are.
    fn tied(&self, table: TableId, from: TableId, tie: Tie) -> (TableData, Vec<u32>) {
        let Some(declared) = self.program.tables.get(from.0 as usize) else { return (self.nothing(table), Vec::new()) };
        let count = self.rows(self.other.table);
        let key = |table: TableId| self.program.tables.get(table.0 as usize).and_then(|table| table.key);
        let keys = key(self.other.table).and_then(|key| self.outer(self.other.table, key));
        let owners_by = |table: TableId, field: FieldId| match (self.outer(table, field), keys) {
            (Some(ids), Some(keys)) => self.way.owners(ids, keys),
            _ => vec![NO_OWNER; self.rows(table)],
        };
        let owners = match tie {
            Tie::Field(field) => owners_by(from, field),
            Tie::Customer(field) => {
                let of_customers = owners_by(CUSTOMERS, field);
                let groups = self.data.table(from).and_then(|table| table.groups.as_deref()).unwrap_or_default();
                let mut owners = Vec::with_capacity(self.rows(from));
                for (ends, owner) in groups.windows(2).zip(&of_customers) {
                    let rows = ends.last().copied().unwrap_or(0) - ends.first().copied().unwrap_or(0);
                    owners.extend(std::iter::repeat_n(*owner, rows as usize));
                }
                owners
            }
        };
        let column = |field: Option<FieldId>| field.and_then(|field| self.outer(from, field));
        let Arranged { groups, rows } = self.way.arranged(&owners, count, column(declared.at), column(declared.key));
        let columns = self.columns(table, from).into_iter().map(|column| Some(column?.gather(&rows))).collect();
        (TableData { rows: rows.len(), columns, groups: Some(groups.into()), runs: None }, rows)
    }

    /// The elements of lists of some rows, and which they are.
    fn elements(&self, table: TableId, from: TableId, parents: &[u32]) -> (TableData, Vec<u32>) {
        let offsets = self.data.table(from).and_then(|table| table.groups.as_deref()).unwrap_or(&[0]);
        let (groups, rows) = crate::data::gather_groups(offsets, parents);
        let columns = self.columns(table, from).into_iter().map(|column| Some(column?.gather(&rows))).collect();
        (TableData { rows: rows.len(), columns, groups: Some(groups.into()), runs: None }, rows)
    }
}
