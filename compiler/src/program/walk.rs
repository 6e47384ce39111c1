//! Walking over checked expressions: what one is made of, and which declarations it uses.
#![expect(clippy::indexing_slicing, reason = "ids of a checked program are places in its lists")]

use super::{
    Aggregate, BaseQuestion, CUSTOMERS, Expr, ExprKind, FieldId, FieldSource, Followed, Item, OccasionWindow, Program,
    Rows, Score, ScoreLine,
};
use std::collections::BTreeSet;

/// Calls `$visit` with each part of an expression of this kind, shared or to be changed.
macro_rules! for_each_part_of {
    ($kind:expr, $visit:expr, $each:ident, $inner:ident) => {
        match $kind {
            ExprKind::Constant(_)
            | ExprKind::Now
            | ExprKind::Day(_)
            | ExprKind::Gap
            | ExprKind::Field { .. }
            | ExprKind::Trait(_)
            | ExprKind::Segment(_)
            | ExprKind::InParts { .. } => {}
            ExprKind::Lookup { key: part, .. }
            | ExprKind::Convert(_, part)
            | ExprKind::Negate(part)
            | ExprKind::Shift { moment: part, .. }
            | ExprKind::Call(_, part)
            | ExprKind::Round { value: part, .. }
            | ExprKind::IsOneOf { value: part, .. }
            | ExprKind::IsEmpty(part)
            | ExprKind::IsKnown(part)
            | ExprKind::InShare { key: part, .. }
            | ExprKind::InWindows(part, _)
            | ExprKind::InBox(part, _)
            | ExprKind::Not(part) => $visit(part),
            ExprKind::Near(day, window) => {
                $visit(day);
                let OccasionWindow { base, .. } = window.$inner();
                base.$each().for_each($visit);
            }
            ExprKind::Occurs { base, .. } => base.$each().for_each(|base| $visit(base.$inner())),
            ExprKind::Difference(left, right)
            | ExprKind::Distance(left, right)
            | ExprKind::Point(left, right)
            | ExprKind::Compare(_, left, right)
            | ExprKind::Equal { left, right, .. }
            | ExprKind::Text { subject: left, pattern: right, .. } => {
                $visit(left);
                $visit(right);
            }
            ExprKind::Sum(terms) => terms.$each().for_each(|(_, term)| $visit(term)),
            ExprKind::Product(factors) => factors.$each().for_each(|(_, factor)| $visit(factor)),
            ExprKind::Otherwise(parts) | ExprKind::And(parts) | ExprKind::Or(parts) | ExprKind::AtLeastOf(_, parts) => {
                parts.$each().for_each($visit)
            }
            ExprKind::Includes { list, values, .. } => {
                $visit(list);
                values.$each().for_each($visit);
            }
            ExprKind::Aggregate(aggregate) => {
                let Aggregate { rows, occasions, filter, value, .. } = aggregate.$inner();
                if let Rows::Elements(list) = rows {
                    $visit(list);
                }
                for OccasionWindow { base, .. } in occasions.$each() {
                    base.$each().for_each(&mut *$visit);
                }
                filter.$each().for_each(&mut *$visit);
                value.$each().for_each($visit);
            }
            ExprKind::Followed(step) => {
                let Followed { occasions, filter, same, compared, .. } = step.$inner();
                for OccasionWindow { base, .. } in occasions.$each() {
                    base.$each().for_each(&mut *$visit);
                }
                for (_, before, after) in compared.$each() {
                    $visit(before);
                    $visit(after);
                }
                for (before, after) in same.$each() {
                    $visit(before);
                    $visit(after);
                }
                filter.$each().for_each($visit);
            }
            ExprKind::Score(score) => {
                let Score { lines, .. } = score.$inner();
                lines.$each().for_each(|ScoreLine { asked, .. }| $visit(asked));
            }
            ExprKind::OverBase(question) => {
                let BaseQuestion { value, .. } = question.$inner();
                $visit(value);
            }
        }
    };
}

impl Expr {
    /// Calls `visit` with each part of this expression, in the order written; not with the parts of parts, and not with
    /// the values of computed fields that it names.
    pub fn for_each_part<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        for_each_part_of!(&self.kind, visit, iter, as_ref);
    }

    /// As [`Expr::for_each_part`], with leave to change the parts.
    pub fn for_each_part_mut(&mut self, visit: &mut dyn FnMut(&mut Expr)) {
        for_each_part_of!(&mut self.kind, visit, iter_mut, as_mut);
    }

    /// The declaration that this expression names itself, its parts aside.
    pub fn named(&self) -> Option<Item> {
        match &self.kind {
            ExprKind::Trait(id) => Some(Item::Trait(*id)),
            ExprKind::Segment(id) => Some(Item::Segment(*id)),
            ExprKind::InParts { partition, .. } => Some(Item::Partition(*partition)),
            ExprKind::OverBase(question) => question.among.map(Item::Segment),
            _ => None,
        }
    }

    /// Calls `visit` with this expression and all its parts, each before its own parts.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expr)) {
        visit(self);
        self.for_each_part(&mut |part| part.walk(visit));
    }

    /// Calls `change` with this expression and all its parts, each before its own parts.
    pub fn walk_mut(&mut self, change: &mut dyn FnMut(&mut Expr)) {
        change(self);
        self.for_each_part_mut(&mut |part| part.walk_mut(change));
    }
}

impl Program {
    /// The expressions of a declaration: a trait's value, a segment's lines, the conditions of a partition's parts.
    pub fn expressions(&self, item: Item) -> Vec<&Expr> {
        match item {
            Item::Trait(id) => vec![&self.traits[id.0 as usize].value],
            Item::Segment(id) => self.segments[id.0 as usize].lines.iter().collect(),
            Item::Partition(id) => {
                self.partitions[id.0 as usize].parts.iter().filter_map(|part| part.condition.as_ref()).collect()
            }
        }
    }

    /// The customers' computed fields that these declarations ask of the customer at hand, also inside rows and through
    /// other computed fields, ascending. What is asked of customers who are looked up is not among them.
    pub fn computed_customer_fields(&self, items: &[Item]) -> Vec<FieldId> {
        let mut reached = BTreeSet::new();
        let mut pending: Vec<&Expr> = items.iter().flat_map(|item| self.expressions(*item)).collect();
        while let Some(expr) = pending.pop() {
            expr.walk(&mut |part| {
                let ExprKind::Field { table: CUSTOMERS, field, .. } = part.kind else { return };
                if let FieldSource::Computed(inner) = &self.tables[CUSTOMERS.0 as usize].fields[field.0 as usize].source
                    && reached.insert(field)
                {
                    pending.push(inner);
                }
            });
        }
        reached.into_iter().collect()
    }

    /// The declarations that one names itself, each once, in the order they are met.
    pub fn uses(&self, item: Item) -> Vec<Item> {
        let mut used = Vec::new();
        for expr in self.expressions(item) {
            expr.walk(&mut |part| {
                if let Some(named) = part.named()
                    && !used.contains(&named)
                {
                    used.push(named);
                }
            });
        }
        used
    }
}
