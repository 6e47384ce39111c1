//! The data seen from another table: its rows in the place of the customers, and whatever belongs to them in their order.

use crate::data::{Dataset, NO_OWNER, NeededFields, Stored, TableData};
use rustc_hash::FxHashMap;
use segue_compiler::program::{Answered, CUSTOMERS, FieldId, FieldSource, Item, Other, Program, RowsOf, TableId, Tie};

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

/// What the program of another table's segments is to have of the data.
pub(crate) struct Seen<'a> {
    pub(crate) program: &'a Program,
    pub(crate) other: &'a Other,
    pub(crate) data: &'a Dataset,
    /// What is said of each customer.
    pub(crate) known: &'a FxHashMap<Item, Stored>,
    /// The fields that are asked about, in the program of the segments.
    pub(crate) needed: NeededFields,
}

/// About how many bytes [`rebased`] takes: rows that belong to others are put into an order of their own.
pub(crate) fn bytes(seen: &Seen<'_>) -> u64 {
    let of_table = |(at, rows): (u32, &RowsOf)| {
        let RowsOf::Tied(from, _) = rows else { return 0 };
        let fields = seen.other.program.tables.get(at as usize).map_or(0, |table| table.fields.len());
        let columns = (0..fields as u32).filter(|field| seen.needed.field(TableId(at), FieldId(*field))).count();
        // Whose a row is, where it goes to, and its cells.
        let each = if seen.needed.table(TableId(at)) { 8 + columns as u64 * 8 } else { 0 };
        seen.rows(*from) as u64 * each
    };
    (0..).zip(&seen.other.rows).map(of_table).sum()
}

/// The data as the program of another table's segments has them: columns that it asks about.
pub(crate) fn rebased(seen: &Seen<'_>, way: &dyn Way) -> Dataset {
    let other = seen.other;
    let mut tables = vec![TableData::default(); other.rows.len()];
    let mut chosen = vec![Chosen::None; other.rows.len()];
    // A list's table stands behind the one whose rows hold it.
    for (at, rows) in other.rows.iter().enumerate() {
        let table = TableId(u32::try_from(at).unwrap_or(u32::MAX));
        let (made, rows) = match rows {
            RowsOf::Whole(from) => (seen.whole(table, *from), Chosen::All),
            RowsOf::Tied(from, tie) if seen.needed.table(table) => {
                let (made, rows) = seen.tied(table, *from, *tie, way);
                (made, Chosen::These(rows))
            }
            RowsOf::Tied(..) | RowsOf::Nothing => (seen.empty(table, seen.rows(other.table)), Chosen::None),
            RowsOf::Elements(from) => {
                let declared = other.program.tables.get(at).and_then(|table| table.parent);
                let parent = declared.and_then(|(parent, _)| chosen.get(parent.0 as usize));
                match parent {
                    Some(Chosen::All) => (seen.whole(table, *from), Chosen::All),
                    Some(Chosen::These(rows)) => {
                        let (made, inner) = seen.elements(table, *from, rows);
                        (made, Chosen::These(inner))
                    }
                    // Below tables without rows.
                    Some(Chosen::None) | None => {
                        let owners = match declared {
                            Some((parent, _)) => tables.get(parent.0 as usize).map_or(0, |table| table.rows),
                            None => 0,
                        };
                        (seen.empty(table, owners), Chosen::None)
                    }
                }
            }
        };
        if let (Some(place), Some(slot)) = (tables.get_mut(at), chosen.get_mut(at)) {
            (*place, *slot) = (made, rows);
        }
    }
    Dataset { tables }
}

/// Which rows of the outer table a table has.
#[derive(Clone)]
enum Chosen {
    /// All, as they stand.
    All,
    /// These, in this order.
    These(Vec<u32>),
    /// None.
    None,
}

impl Seen<'_> {
    fn outer(&self, table: TableId, field: FieldId) -> Option<&Stored> {
        self.data.column(table, field)
    }

    /// The columns of a table: those of an outer one, and what is said of each customer.
    fn columns(&self, table: TableId, from: TableId) -> Vec<Option<&Stored>> {
        let Some(declared) = self.other.program.tables.get(table.0 as usize) else { return Vec::new() };
        let column = |(at, source): (u32, &FieldSource)| match source {
            _ if !self.needed.field(table, FieldId(at)) => None,
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

    /// The rows that belong to those that segments are about, in their order, and which they are.
    fn tied(&self, table: TableId, from: TableId, tie: Tie, way: &dyn Way) -> (TableData, Vec<u32>) {
        let Some(declared) = self.program.tables.get(from.0 as usize) else {
            return (self.empty(table, 0), Vec::new());
        };
        let count = self.rows(self.other.table);
        let key = |table: TableId| self.program.tables.get(table.0 as usize).and_then(|table| table.key);
        let keys = key(self.other.table).and_then(|key| self.outer(self.other.table, key));
        let owners_by = |table: TableId, field: FieldId| match (self.outer(table, field), keys) {
            (Some(ids), Some(keys)) => way.owners(ids, keys),
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
        let Arranged { groups, rows } = way.arranged(&owners, count, column(declared.at), column(declared.key));
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
