//! Which declarations a selection needs: the walk over checked expressions.

use super::Selection;
use crate::program::{CUSTOMERS, Expr, ExprKind, FieldId, FieldSource, Item, Program, Row, TableId};
use rustc_hash::FxHashSet;

/// The field an expression reads, where it is one, also through a lookup.
pub(crate) fn field_of(expr: &Expr) -> Option<(TableId, FieldId)> {
    match expr.kind {
        ExprKind::Field { row: Row::Customer, field, .. } => Some((CUSTOMERS, field)),
        ExprKind::Field { row: Row::Current, table, field } | ExprKind::Lookup { table, field, .. } => {
            Some((table, field))
        }
        _ => None,
    }
}

/// The expression of a computed field; `None` for stored ones.
pub(crate) fn computed(program: &Program, (table, field): (TableId, FieldId)) -> Option<&Expr> {
    match &program.tables.get(table.0 as usize)?.fields.get(field.0 as usize)?.source {
        FieldSource::Computed(expr) => Some(expr),
        FieldSource::Column { .. } | FieldSource::Answered(_) => None,
    }
}

/// The traits, segments and partitions that a selection is and uses, in the program's order.
pub(crate) fn needed(program: &Program, selection: &Selection) -> Vec<Item> {
    let mut wanted: FxHashSet<Item> = FxHashSet::default();
    wanted.extend(selection.traits.iter().map(|id| Item::Trait(*id)));
    wanted.extend(selection.segments.iter().map(|id| Item::Segment(*id)));
    wanted.extend(selection.partitions.iter().map(|id| Item::Partition(*id)));
    let mut fields = FxHashSet::default();
    let mut items = Vec::new();
    // What an item uses stands before it, so one walk from the back sees every use before the item itself.
    for item in program.order.iter().rev() {
        if !wanted.contains(item) {
            continue;
        }
        items.push(*item);
        let mut pending: Vec<&Expr> = expressions(program, *item);
        while let Some(expr) = pending.pop() {
            match &expr.kind {
                ExprKind::Trait(id) => _ = wanted.insert(Item::Trait(*id)),
                ExprKind::Segment(id) => _ = wanted.insert(Item::Segment(*id)),
                ExprKind::InParts { partition, .. } => _ = wanted.insert(Item::Partition(*partition)),
                ExprKind::OverBase(question) => wanted.extend(question.among.map(Item::Segment)),
                _ => {}
            }
            if let Some(field) = field_of(expr)
                && fields.insert(field)
                && let Some(inner) = computed(program, field)
            {
                pending.push(inner);
            }
            expr.for_each_part(&mut |child| pending.push(child));
        }
    }
    items.reverse();
    items
}

fn expressions(program: &Program, item: Item) -> Vec<&Expr> {
    match item {
        Item::Trait(id) => program.traits.get(id.0 as usize).map(|found| &found.value).into_iter().collect(),
        Item::Segment(id) => {
            program.segments.get(id.0 as usize).map(|found| &found.lines).into_iter().flatten().collect()
        }
        Item::Partition(id) => {
            let parts = program.partitions.get(id.0 as usize).map(|found| &found.parts);
            parts.into_iter().flatten().filter_map(|part| part.condition.as_ref()).collect()
        }
    }
}
