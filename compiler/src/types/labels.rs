//! Privacy labels follow the values: whatever is made from a labelled field bears its labels.
#![expect(clippy::indexing_slicing, reason = "every place is counted over the list it is a place in")]

use crate::program::{Answered, Expr, ExprKind, FieldId, FieldSource, Item, Other, Program, Rows, TableId};
use crate::syntax::tree::Label;
use rustc_hash::FxHashMap;

/// Fills in the labels of computed fields, traits, segments and partitions.
pub(crate) fn carry(program: &mut Program) {
    let mut carrier = Carrier { fields: FxHashMap::default() };
    for table in 0..program.tables.len() {
        for field in 0..program.tables[table].fields.len() {
            let labels = carrier.field(program, TableId(number(table)), FieldId(number(field)));
            program.tables[table].fields[field].labels = labels;
        }
    }
    for item in program.order.clone() {
        match item {
            Item::Trait(id) => {
                let Some(value) = program.traits.get(id.0 as usize).map(|made| &made.value) else { continue };
                let labels = sorted(gather(program, [value]));
                if let Some(made) = program.traits.get_mut(id.0 as usize) {
                    made.labels = labels;
                }
            }
            Item::Segment(id) => {
                let Some(segment) = program.segments.get(id.0 as usize) else { continue };
                let labels = sorted(gather(program, &segment.lines));
                if let Some(made) = program.segments.get_mut(id.0 as usize) {
                    made.labels = labels;
                }
            }
            Item::Partition(id) => {
                let Some(partition) = program.partitions.get(id.0 as usize) else { continue };
                let conditions = partition.parts.iter().filter_map(|part| part.condition.as_ref());
                let labels = sorted(gather(program, conditions.chain(partition.shown())));
                if let Some(made) = program.partitions.get_mut(id.0 as usize) {
                    made.labels = labels;
                }
            }
        }
    }
}

/// Carries labels between what is said of customers and segments of other tables' rows, each of which are fields to the other,
/// until nothing changes. There are few labels, and none is ever taken away.
pub(crate) fn carry_elsewhere(program: &mut Program) {
    if program.others.is_empty() {
        return;
    }
    let mut others: Vec<Other> = program.others.iter().cloned().collect();
    loop {
        let mut said = FxHashMap::default();
        say(program, &mut said);
        others.iter().for_each(|other| say(&other.program, &mut said));
        let mut changed = fill(program, &said);
        for other in &mut others {
            changed |= fill(&mut other.program, &said);
        }
        if !changed {
            break;
        }
    }
    program.others = others.into();
}

/// The labels of declarations that may be fields elsewhere.
fn say(program: &Program, said: &mut FxHashMap<Answered, Vec<Label>>) {
    for item in &program.order {
        let labels = match *item {
            Item::Trait(id) => program.traits.get(id.0 as usize).map(|made| &made.labels),
            Item::Segment(id) => program.segments.get(id.0 as usize).map(|made| &made.labels),
            Item::Partition(id) => program.partitions.get(id.0 as usize).map(|made| &made.labels),
        };
        said.insert(Answered { of: program.about, item: *item }, labels.cloned().unwrap_or_default());
    }
}

/// Gives fields the labels of the declarations that answer them, and what is made from them these; whether any are new.
fn fill(program: &mut Program, said: &FxHashMap<Answered, Vec<Label>>) -> bool {
    let mut filled = false;
    for field in program.tables.iter_mut().flat_map(|table| &mut table.fields) {
        let FieldSource::Answered(by) = field.source else { continue };
        let labels = said.get(&by).cloned().unwrap_or_default();
        filled |= field.labels != labels;
        field.labels = labels;
    }
    if filled {
        carry(program);
    }
    filled
}

/// Labels of fields; those of computed ones are worked out on the way.
struct Carrier {
    fields: FxHashMap<(TableId, FieldId), Vec<Label>>,
}

impl Carrier {
    /// Computed fields do not form circles, and a chain of them is as long as one table's fields at most; it is
    /// walked with a stack of its own.
    fn field(&mut self, program: &Program, table: TableId, field: FieldId) -> Vec<Label> {
        let mut stack = vec![(table, field, false)];
        while let Some((table, field, ready)) = stack.pop() {
            if self.fields.contains_key(&(table, field)) {
                continue;
            }
            let found = program.tables.get(table.0 as usize).and_then(|table| table.fields.get(field.0 as usize));
            let Some(found) = found else { continue };
            let FieldSource::Computed(value) = &found.source else {
                self.fields.insert((table, field), found.labels.clone());
                continue;
            };
            let mut used = Vec::new();
            value.walk(&mut |inner| {
                used.extend(field_of(inner));
            });
            if !ready {
                stack.push((table, field, true));
                stack.extend(used.into_iter().map(|(table, field)| (table, field, false)));
                continue;
            }
            let labels = used.iter().filter_map(|used| self.fields.get(used)).flatten().copied().collect();
            self.fields.insert((table, field), sorted(labels));
        }
        self.fields.get(&(table, field)).cloned().unwrap_or_default()
    }
}

fn field_of(value: &Expr) -> Option<(TableId, FieldId)> {
    match &value.kind {
        ExprKind::Field { table, field, .. } | ExprKind::Lookup { table, field, .. } => Some((*table, *field)),
        _ => None,
    }
}

fn gather<'a>(program: &Program, values: impl IntoIterator<Item = &'a Expr>) -> Vec<Label> {
    let mut labels = Vec::new();
    let of_field = |table: TableId, field: FieldId| {
        let table = program.tables.get(table.0 as usize)?;
        Some(table.fields.get(field.0 as usize)?.labels.as_slice())
    };
    for value in values {
        value.walk(&mut |inner| {
            let found: Option<&[Label]> = match &inner.kind {
                ExprKind::Field { table, field, .. } | ExprKind::Lookup { table, field, .. } => {
                    of_field(*table, *field)
                }
                ExprKind::Trait(id) => program.traits.get(id.0 as usize).map(|made| made.labels.as_slice()),
                ExprKind::OverBase(question) => {
                    let among = question.among.and_then(|id| program.segments.get(id.0 as usize));
                    among.map(|made| made.labels.as_slice())
                }
                ExprKind::Segment(id) => program.segments.get(id.0 as usize).map(|made| made.labels.as_slice()),
                ExprKind::InParts { partition, .. } => {
                    program.partitions.get(partition.0 as usize).map(|made| made.labels.as_slice())
                }
                ExprKind::Aggregate(aggregate) => match &aggregate.rows {
                    Rows::ListOf { table, lists, .. } | Rows::Flattened { table, lists } => {
                        lists.first().and_then(|field| of_field(*table, *field))
                    }
                    _ => None,
                },
                _ => None,
            };
            labels.extend(found.unwrap_or_default());
        });
    }
    labels
}

fn sorted(mut labels: Vec<Label>) -> Vec<Label> {
    labels.sort_unstable();
    labels.dedup();
    labels
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
