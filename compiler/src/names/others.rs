//! Names as a segment of another table's rows sees them: `segment no_chief of companies { no customers where ... }`.
//!
//! What is asked about is a row of that table, so it takes the place of the customers: it is the first table of an index of
//! its own, and the customers are rows that belong to it, as their events are. Customers can be looked up besides, as any
//! table can (`-> customers`, `customer.country` of an event), so there they stand once more.
#![expect(clippy::indexing_slicing, reason = "every place is counted over the list it is a place in")]

use super::{AnsweredField, FieldBody, FieldEntry, Global, Index, TableEntry, fold};
use crate::program::{CUSTOMERS, FieldId, RowsOf, TableId, Tie, Type};
use crate::source::Span;
use crate::syntax::tree::{TableKind, TypeRefKind, Word};
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// A segment of the rows of another table, as written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OtherSegment<'tree> {
    /// The name of the table.
    pub(crate) of: &'tree Word,
    /// The table; `None` where it has no segments, about which a message was given.
    pub(crate) table: Option<TableId>,
    /// Its lines.
    pub(crate) lines: &'tree [crate::syntax::tree::Expr],
}

/// Whom an index is about, where that is not customers.
#[derive(Debug, Clone)]
pub(crate) struct About {
    /// The table, by its number in the project's own index.
    pub(crate) table: TableId,
    /// Customers as rows that belong to a row of the table.
    pub(crate) customers: TableId,
    /// Customers as rows that are looked up.
    pub(crate) looked_up: TableId,
    /// By table: how its rows belong to a row of the table.
    pub(crate) belongs: Vec<Belongs>,
}

/// How the rows of a table belong to those that a segment is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Belongs {
    /// They do not, or are asked about in another way: what is looked up, elements of lists, the rows themselves.
    Not,
    /// By a field.
    By(Tie),
    /// By any of these fields, so nobody can tell by which.
    InSeveralWays(Vec<Arc<str>>),
}

/// Something that is known of each customer, as a field of the customers' rows.
#[derive(Debug, Clone)]
pub(crate) struct KnownOfCustomers {
    /// Its name.
    pub(crate) name: Arc<str>,
    /// Where the name stands.
    pub(crate) name_span: Span,
    /// The whole declaration.
    pub(crate) span: Span,
    /// Its type and where its value comes from; `None` where it could not be understood, about which a message was given.
    pub(crate) field: Option<AnsweredField>,
}

impl<'tree> Index<'tree> {
    /// The tables that segments are about, besides customers, each once.
    pub(crate) fn tables_with_segments(&self) -> Vec<TableId> {
        let mut seen = FxHashSet::default();
        self.others.iter().filter_map(|named| named.body.table).filter(|table| seen.insert(*table)).collect()
    }

    /// The number that a table with segments has in this index: the one that this is about takes the place of the customers.
    pub(crate) fn numbered_here(&self, table: TableId) -> TableId {
        match &self.about {
            Some(about) if about.table == table => CUSTOMERS,
            _ => table,
        }
    }

    /// What a table is declared as, whatever it is for the segments of another table's rows.
    pub(crate) fn declared_kind(&self, id: TableId) -> Option<TableKind> {
        Some(match &self.about {
            Some(_) if id == CUSTOMERS => TableKind::Table,
            Some(about) if id == about.customers || id == about.looked_up => TableKind::Customers,
            _ => self.table(id)?.kind,
        })
    }

    /// The fields of a table that point at the rows of another.
    pub(crate) fn pointers(&self, from: TableId, to: TableId) -> Vec<FieldId> {
        let Some(table) = self.table(from) else { return Vec::new() };
        let points = |entry: &FieldEntry<'tree>| match &entry.body {
            FieldBody::Stored(stored) => match &stored.ty.kind {
                TypeRefKind::Id { table: Some(word) } => self.global(&word.text) == Some(Global::Table(to)),
                _ => false,
            },
            FieldBody::Head { ty, .. } => *ty == Type::Id(Some(to)),
            _ => false,
        };
        (0..).zip(&table.fields).filter(|(_, entry)| points(entry)).map(|(at, _)| FieldId(at)).collect()
    }

    /// How the rows of a table belong to those of another.
    fn belongs(&self, rows: TableId, to: TableId) -> Belongs {
        let Some(entry) = self.table(rows).filter(|entry| entry.parent.is_none()) else { return Belongs::Not };
        let several = |table: TableId, fields: &[FieldId]| {
            let names = fields.iter().filter_map(|field| Some(Arc::clone(&self.field_entry(table, *field)?.name)));
            Belongs::InSeveralWays(names.collect())
        };
        match (entry.kind, self.pointers(rows, to).as_slice()) {
            (TableKind::Table, _) => Belongs::Not,
            (_, [field]) => Belongs::By(Tie::Field(*field)),
            (TableKind::Customers, []) => Belongs::Not,
            (TableKind::Events | TableKind::Records, []) => match self.pointers(CUSTOMERS, to).as_slice() {
                [] => Belongs::Not,
                [field] => Belongs::By(Tie::Customer(*field)),
                fields => several(CUSTOMERS, fields),
            },
            (_, fields) => several(rows, fields),
        }
    }

    /// The names as segments of `table` see them, and by table of theirs where its rows come from. What is known of each
    /// customer is a field of theirs; some occasions are about customers' own days.
    pub(crate) fn about(
        &self,
        table: TableId,
        known: &[KnownOfCustomers],
        is_of_customers: impl Fn(usize) -> bool,
    ) -> (Index<'tree>, Vec<RowsOf>) {
        // The two change places; whatever is declared besides keeps its number.
        let moved = |id: TableId| match id {
            CUSTOMERS => table,
            id if id == table => CUSTOMERS,
            id => id,
        };
        let count = number(self.tables.len());
        let looked_up = TableId(count);
        let mut rows = vec![RowsOf::Nothing; self.tables.len()];
        let mut belongs = vec![Belongs::Not; self.tables.len()];
        let mut tables = self.tables.clone();
        tables.swap(CUSTOMERS.0 as usize, table.0 as usize);
        for (at, entry) in tables.iter_mut().enumerate() {
            let here = TableId(number(at));
            let from = moved(here);
            entry.parent = entry.parent.map(|(parent, field)| (moved(parent), field));
            let how = self.belongs(from, table);
            rows[at] = match (entry.kind, &how) {
                _ if here == CUSTOMERS || entry.parent.is_none() && entry.kind == TableKind::Table => {
                    RowsOf::Whole(from)
                }
                _ if entry.parent.is_some() => RowsOf::Elements(from),
                (_, Belongs::By(tie)) => RowsOf::Tied(from, *tie),
                _ => RowsOf::Nothing,
            };
            belongs[at] = how;
            for field in &mut entry.fields {
                if let FieldBody::Head { ty: Type::Id(Some(to)), .. } = &mut field.body {
                    *to = looked_up;
                }
            }
        }
        let own = self.pointers(CUSTOMERS, table);
        let customers = &mut tables[table.0 as usize];
        customers.kind = TableKind::Records;
        customers.by = own.first().copied();
        for known in known {
            add(customers, known);
        }
        tables[CUSTOMERS.0 as usize].kind = TableKind::Customers;
        // Customers once more, with the lists inside of them.
        let mut twins = vec![(table, looked_up)];
        for (at, entry) in self.tables.iter().enumerate() {
            let parent = entry.parent.map(|(parent, _)| moved(parent));
            if parent.is_some_and(|parent| twins.iter().any(|(from, _)| *from == parent)) {
                twins.push((TableId(number(at)), TableId(count + number(twins.len()))));
            }
        }
        let twin = |id: TableId| twins.iter().find(|(from, _)| *from == id).map_or(id, |(_, to)| *to);
        for (from, _) in &twins {
            let mut entry = tables[from.0 as usize].clone();
            entry.parent = entry.parent.map(|(parent, field)| (twin(parent), field));
            if *from == table {
                entry.kind = TableKind::Table;
                entry.by = None;
            }
            for field in &mut entry.fields {
                if let FieldBody::Stored(stored) = &mut field.body {
                    stored.elements = stored.elements.map(twin);
                }
            }
            rows.push(RowsOf::Whole(moved(*from)));
            belongs.push(Belongs::Not);
            tables.push(entry);
        }

        let mut globals = self.globals.clone();
        for global in globals.values_mut() {
            *global = match *global {
                Global::Table(id) => Global::Table(moved(id)),
                Global::Trait(_) | Global::Segment(_) | Global::Partition(_) | Global::Content(_) => {
                    Global::OfCustomers
                }
                // Anniversaries are of a customer's day.
                Global::Occasion(at) if is_of_customers(at) => Global::OfCustomers,
                other => other,
            };
        }
        let mut segments = Vec::new();
        for named in self.others.iter().filter(|named| named.body.table == Some(table)) {
            let global = Global::Segment(crate::program::SegmentId(number(segments.len())));
            globals.insert(fold(&named.name.text), global);
            segments.push(named.with_body(named.body.lines));
        }
        let index = Index {
            tables,
            lets: self.lets.clone(),
            lists: self.lists.clone(),
            segments,
            occasions: self.occasions.clone(),
            others: self.others.clone(),
            globals,
            about: Some(About { table, customers: table, looked_up, belongs }),
            ..Index::default()
        };
        (index, rows)
    }
}

/// Makes something that is known of each customer a field of their rows. A name that is taken was told elsewhere.
fn add(customers: &mut TableEntry<'_>, known: &KnownOfCustomers) {
    let id = FieldId(number(customers.fields.len()));
    if customers.by_name.contains_key(&fold(&known.name)) {
        return;
    }
    customers.by_name.insert(fold(&known.name), id);
    customers.fields.push(FieldEntry {
        name: Arc::clone(&known.name),
        name_span: known.name_span,
        span: known.span,
        body: known.field.clone().map_or(FieldBody::Broken, |field| FieldBody::Answered(Box::new(field))),
    });
}

/// Counts are capped by rule 21, so they fit.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
