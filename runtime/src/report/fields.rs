//! Which stored fields the segments and partitions of a run ask about, through traits, computed fields and lookups.
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

use segue_compiler::program::{
    CUSTOMERS, Expr, ExprKind, FieldId, FieldSource, Item, PartitionId, Program, RowsOf, SegmentId, TableId,
};
use std::collections::{BTreeMap, BTreeSet};

/// A stored field.
pub(crate) type Place = (TableId, FieldId);

/// For each stored field, the names of the segments and partitions that ask about it, in the order written.
pub(crate) fn askers(
    program: &Program,
    segments: &[SegmentId],
    partitions: &[PartitionId],
) -> BTreeMap<Place, Vec<String>> {
    let mut walk = Walk { program, of_item: BTreeMap::new() };
    // Each item comes after what it uses, so what that asks about is known already.
    for item in &program.order {
        let mut asked = BTreeSet::new();
        for expr in program.expressions(*item) {
            walk.expr(expr, &mut asked);
        }
        walk.of_item.insert(number(*item), asked);
    }
    let mut askers: BTreeMap<Place, Vec<String>> = BTreeMap::new();
    let mut note = |item: Item, name: &str| {
        for place in walk.of_item.get(&number(item)).into_iter().flatten() {
            askers.entry(*place).or_default().push(name.to_owned());
        }
    };
    for id in segments {
        note(Item::Segment(*id), &program.segments[id.0 as usize].name);
    }
    for id in partitions {
        note(Item::Partition(*id), &program.partitions[id.0 as usize].name);
    }
    askers
}

/// Adds a segment of another table's rows to those who ask about the fields it reads, where the rows come from.
pub(crate) fn add_askers_of_other(
    program: &Program,
    table: TableId,
    segment: SegmentId,
    askers: &mut BTreeMap<Place, Vec<String>>,
) {
    let Some(other) = program.other(table) else { return };
    for ((inner, field), names) in self::askers(&other.program, &[segment], &[]) {
        let from = match other.rows.get(inner.0 as usize) {
            Some(RowsOf::Whole(from) | RowsOf::Tied(from, _) | RowsOf::Elements(from)) => *from,
            _ => continue,
        };
        let known = askers.entry((from, field)).or_default();
        for name in names {
            if !known.contains(&name) {
                known.push(name);
            }
        }
    }
}

/// A key under which items can be ordered.
fn number(item: Item) -> (u8, u32) {
    match item {
        Item::Trait(id) => (0, id.0),
        Item::Segment(id) => (1, id.0),
        Item::Partition(id) => (2, id.0),
    }
}

struct Walk<'a> {
    program: &'a Program,
    of_item: BTreeMap<(u8, u32), BTreeSet<Place>>,
}

impl Walk<'_> {
    fn expr(&self, expr: &Expr, asked: &mut BTreeSet<Place>) {
        expr.walk(&mut |part| match &part.kind {
            ExprKind::Field { table, field, .. } | ExprKind::Lookup { table, field, .. } => {
                self.field((*table, *field), asked);
            }
            ExprKind::Trait(id) => self.item(Item::Trait(*id), asked),
            ExprKind::Segment(id) => self.item(Item::Segment(*id), asked),
            ExprKind::InParts { partition, .. } => self.item(Item::Partition(*partition), asked),
            _ => {}
        });
    }

    fn item(&self, item: Item, asked: &mut BTreeSet<Place>) {
        asked.extend(self.of_item.get(&number(item)).into_iter().flatten());
    }

    fn field(&self, place: Place, asked: &mut BTreeSet<Place>) {
        let field = &self.program.tables[place.0.0 as usize].fields[place.1.0 as usize];
        match &field.source {
            // A computed field asks about the stored ones it is made from, each once: no circle is possible.
            FieldSource::Computed(value) if asked.insert(place) => self.expr(value, asked),
            // The data do not hold it; how it came about is told with the segments of its table.
            FieldSource::Computed(_) | FieldSource::Answered(_) => {}
            FieldSource::Column { .. } => _ = asked.insert(place),
        }
    }
}

/// How a field is called in a report: customers' fields bare, others with their table.
pub(crate) fn name(program: &Program, (table, field): Place) -> String {
    let (holder, name) =
        (&program.tables[table.0 as usize], &program.tables[table.0 as usize].fields[field.0 as usize].name);
    if table == CUSTOMERS { format!("`{name}`") } else { format!("`{}.{name}`", holder.name) }
}
