//! Sequences: what must hold of the row that follows is worked out for all rows, then each row looks for one.

use super::lower::{Lowering, scope_of};
use super::node::{Followed, NodeId, Op, Rows, Scope};
use crate::builtins::Function;
use crate::program::{self, TableId, Type};
use crate::syntax::tree::Sign;

impl Lowering<'_> {
    /// Whether the row of `context` is followed, or is not and cannot be any more.
    pub(super) fn followed(&mut self, step: &program::Followed, context: Scope) -> NodeId {
        let (own, later) = (self.time(step.before), self.time(step.rows));
        let days = [own, later].iter().any(|node| self.ty(*node) == Type::Date);
        let (moment, of_later) = match days {
            true => (self.day(own), self.day(later)),
            false => (own, later),
        };
        let deadline = step.within.map(|within| {
            let ty = self.ty(moment);
            self.intern(Op::Shift(moment, Sign::Plus, within), ty, true)
        });
        let rows = Rows { owner: Scope::Customer, chain: Box::new([step.rows]) };
        let within = self.within(&rows, &step.windows, &step.occasions);
        let filter = step.filter.as_ref().map(|filter| self.lower(filter, scope_of(step.rows)));
        let passes = self.passes(later, within, filter);
        let ties = step.same.iter().map(|(before, after)| {
            let before = self.lower(before, context);
            (before, self.lower(after, scope_of(step.rows)))
        });
        let ties = ties.collect();
        let compared = step.compared.as_ref().map(|(how, before, after)| {
            let before = self.lower(before, context);
            (*how, before, self.lower(after, scope_of(step.rows)))
        });
        // Where one has only its day, another table's event of that day counts as after.
        let or_same = days && step.before != step.rows;
        let step_of = Followed { rows: step.rows, moment, deadline, later: of_later, passes, ties, compared, or_same };
        let followed = self.intern(Op::Followed(Box::new(step_of)), Type::Boolean, false);
        if !step.negated {
            return followed;
        }
        let not = self.not(followed);
        let Some(deadline) = deadline else { return not };
        let ty = self.ty(moment);
        let end = self.end(&ty);
        let waits = self.intern(Op::Less(end, deadline), Type::Boolean, true);
        let over = self.not(waits);
        let over = self.certain(over);
        self.all(vec![not, over])
    }

    /// How long before an event of a table another one was, among those that an aggregate counts.
    pub(super) fn gap(&mut self, rows: TableId, within: Option<NodeId>, filter: Option<NodeId>) -> NodeId {
        let moment = self.time(rows);
        let passes = self.passes(moment, within, filter);
        self.intern(Op::Gap { rows, moment, passes }, Type::Duration, true)
    }

    /// Whether an event of this time exists and counts: what is not over before `as of` does not exist (rule 1).
    fn passes(&mut self, time: NodeId, within: Option<NodeId>, filter: Option<NodeId>) -> NodeId {
        let ty = self.ty(time);
        let end = self.end(&ty);
        let exists = self.intern(Op::Less(time, end), Type::Boolean, false);
        self.all([Some(exists), within, filter].into_iter().flatten().collect())
    }

    /// When the events of a table are.
    fn time(&mut self, table: TableId) -> NodeId {
        let at = self.program.tables.get(table.0 as usize).and_then(|found| found.at);
        self.field(table, at.unwrap_or(program::FieldId(0)))
    }

    /// The day of a time.
    pub(super) fn day(&mut self, moment: NodeId) -> NodeId {
        match self.ty(moment) {
            Type::Date => moment,
            _ => self.intern(Op::Call(Function::DateOf, moment), Type::Date, false),
        }
    }

    /// `as of`, or its day.
    fn end(&mut self, ty: &Type) -> NodeId {
        match ty {
            Type::Date => self.intern(Op::Day(0), Type::Date, false),
            _ => self.intern(Op::Now, Type::Datetime, false),
        }
    }

    fn ty(&self, node: NodeId) -> Type {
        self.nodes.get(node.index()).map_or(Type::Boolean, |found| found.ty.clone())
    }
}
