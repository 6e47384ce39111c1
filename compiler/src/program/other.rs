//! Segments of other tables' rows: `segment no_chief of companies { no customers where ... }`.
//!
//! What such a segment says is a program of its own, in which the rows of that table take the place of the customers, and
//! customers, with all that is theirs, are rows that belong to them. Whether a row is in it is a field of the row
//! ([`FieldSource::Answered`]): a run works it out for all rows before whatever asks about it, so nothing behind it knows of
//! more than fields. What such a segment asks of customers (`customers where big_spenders`) is a field of theirs in turn.

use super::{Expr, ExprKind, FieldId, FieldSource, Item, Program, Rows, SegmentId, TableId};
use crate::source::Span;
use rustc_hash::FxHashSet;

/// The segments of one table's rows.
#[derive(Debug, Clone)]
pub struct Other {
    /// The table, by its number in the program that this is a part of.
    pub table: TableId,
    /// What they say: a program whose first table is that one, with the tests of these segments.
    pub program: Program,
    /// By table of that program: which rows of the outer program's tables it has.
    pub rows: Vec<RowsOf>,
}

/// Which rows a table has in the program of another table's segments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowsOf {
    /// Those of this table, as they stand there.
    Whole(TableId),
    /// Those of this table that belong to a row, by that row; within one by (time, key), and then as they stand.
    Tied(TableId, Tie),
    /// The elements of this list of records, below the rows that have them.
    Elements(TableId),
    /// None: they belong to no row, and nothing can be asked about them.
    Nothing,
}

/// What ties a row to a row of the table that segments are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// An id of its own.
    Field(FieldId),
    /// An id of the customer that it belongs to.
    Customer(FieldId),
}

/// Which declaration says what a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Answered {
    /// The table whose segments the declaration is among; `None` for what is said of customers.
    pub of: Option<TableId>,
    /// The declaration, in the program of that table's segments, or in the outer one.
    pub item: Item,
}

impl Program {
    /// The segments of a table's rows.
    pub fn other(&self, table: TableId) -> Option<&Other> {
        self.others.iter().find(|other| other.table == table)
    }

    /// The program in which a declaration stands.
    pub fn program_of(&self, answered: Answered) -> Option<&Program> {
        match answered.of {
            None => Some(self),
            Some(table) => self.other(table).map(|other| &other.program),
        }
    }

    /// All segments of other tables' rows: the table, and the segment in the program of that table.
    pub fn other_segments(&self) -> impl Iterator<Item = (TableId, SegmentId)> {
        self.others.iter().flat_map(|other| {
            let count = u32::try_from(other.program.segments.len()).unwrap_or(u32::MAX);
            (0..count).map(|segment| (other.table, SegmentId(segment)))
        })
    }

    /// The declarations whose answers a declaration asks for as fields, with the first place where it does; what it uses
    /// in its own program is among what is walked through, and not listed.
    pub fn asks_elsewhere(&self, answered: Answered) -> Vec<(Answered, Span)> {
        self.program_of(answered).map_or_else(Vec::new, |program| program.asks_for_fields([answered.item]))
    }

    /// The same of several declarations of this program.
    fn asks_for_fields(&self, of: impl IntoIterator<Item = Item>) -> Vec<(Answered, Span)> {
        let mut found: Vec<(Answered, Span)> = Vec::new();
        let mut waiting_items: Vec<Item> = of.into_iter().collect();
        let mut items: FxHashSet<Item> = waiting_items.iter().copied().collect();
        let mut fields: FxHashSet<(TableId, FieldId)> = FxHashSet::default();
        let mut waiting: Vec<&Expr> = Vec::new();
        loop {
            let Some(expr) = waiting.pop() else {
                let Some(item) = waiting_items.pop() else { break };
                waiting.extend(self.expressions(item));
                if let Item::Partition(id) = item {
                    waiting.extend(self.partitions.get(id.0 as usize).into_iter().flat_map(|found| found.shown()));
                }
                continue;
            };
            expr.walk(&mut |part| {
                if let Some(used) = part.named()
                    && items.insert(used)
                {
                    waiting_items.push(used);
                }
                let Some((table, field)) = field_of(part) else { return };
                let declared = self.tables.get(table.0 as usize).and_then(|table| table.fields.get(field.0 as usize));
                let Some(declared) = declared.filter(|_| fields.insert((table, field))) else { return };
                match &declared.source {
                    FieldSource::Computed(inner) => waiting.push(inner),
                    FieldSource::Answered(by) if found.iter().all(|(known, _)| known != by) => {
                        found.push((*by, part.span));
                    }
                    FieldSource::Answered(_) | FieldSource::Column { .. } => {}
                }
            });
        }
        found
    }

    /// Some segments of other tables' rows, and all declarations whose answers these and some of the customers' ask for as
    /// fields, directly or through others, each behind those that it asks for itself. What is known is left out, with
    /// whatever only it asks for.
    pub fn asked_elsewhere(
        &self,
        wanted: impl IntoIterator<Item = Item>,
        segments: &[(TableId, SegmentId)],
        is_known: impl Fn(Answered) -> bool,
    ) -> Vec<Answered> {
        let mut order = Vec::new();
        if self.others.is_empty() {
            return order;
        }
        let mut met: FxHashSet<Answered> = FxHashSet::default();
        let of_tables = segments.iter().map(|(table, id)| Answered { of: Some(*table), item: Item::Segment(*id) });
        let mut stack: Vec<(Answered, bool)> = of_tables.map(|answered| (answered, false)).collect();
        stack.extend(self.asks_for_fields(wanted).into_iter().map(|(asked, _)| (asked, false)));
        while let Some((answered, ready)) = stack.pop() {
            if ready {
                order.push(answered);
            } else if met.insert(answered) && !is_known(answered) {
                stack.push((answered, true));
                stack.extend(self.asks_elsewhere(answered).into_iter().map(|(asked, _)| (asked, false)));
            }
        }
        order
    }

    /// Declarations that ask for one another's answers in a circle, in the order of use, each with the place where it
    /// uses the next; `None` where there is no circle.
    pub(crate) fn circle_elsewhere(&self) -> Option<Vec<(Answered, Span)>> {
        let mut done: FxHashSet<Answered> = FxHashSet::default();
        for (table, segment) in self.other_segments() {
            let first = Answered { of: Some(table), item: Item::Segment(segment) };
            let mut path = vec![Step { at: first, asks: self.asks_elsewhere(first), next: 0 }];
            while let Some(Step { at, asks, next }) = path.last_mut() {
                let Some((asked, _)) = asks.get(*next).copied() else {
                    done.insert(*at);
                    path.pop();
                    continue;
                };
                *next += 1;
                if done.contains(&asked) {
                    continue;
                }
                if let Some(start) = path.iter().position(|step| step.at == asked) {
                    let used = |step: &Step| Some((step.at, step.asks.get(step.next.checked_sub(1)?)?.1));
                    return path.get(start..).map(|circle| circle.iter().filter_map(used).collect());
                }
                path.push(Step { at: asked, asks: self.asks_elsewhere(asked), next: 0 });
            }
        }
        None
    }
}

/// A declaration on the way of a search, with what it asks for and how much of that was looked at.
struct Step {
    at: Answered,
    asks: Vec<(Answered, Span)>,
    next: usize,
}

/// The field that an expression asks for itself, a list whose elements it goes through among them.
fn field_of(expr: &Expr) -> Option<(TableId, FieldId)> {
    match &expr.kind {
        ExprKind::Field { table, field, .. } | ExprKind::Lookup { table, field, .. } => Some((*table, *field)),
        ExprKind::Aggregate(aggregate) => match &aggregate.rows {
            Rows::ListOf { table, lists, .. } | Rows::Flattened { table, lists } => {
                lists.first().map(|field| (*table, *field))
            }
            _ => None,
        },
        _ => None,
    }
}
