//! Sequences by the words of rule 5: each row looks for the first that follows it, in the order of their times.

use super::RowId;
use super::aggregate::in_filter;
use super::evaluate::{Evaluator, Scope};
use super::order::compare_values;
use segue_compiler::program::{Expr, ExprKind, Followed, TableId, Type};
use segue_compiler::syntax::tree::Compared;
use segue_compiler::values::Value;
use segue_compiler::values::calendar::{Moments, shift_date, shift_instant};
use std::rc::Rc;

/// What came of a step for one row.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// The table of the rows that may follow.
    pub rows: TableId,
    /// Whether none may.
    pub negated: bool,
    /// The first one that follows, and its time.
    pub found: Option<(RowId, Value)>,
    /// When the time to follow in is over: an instant, or the first day after it.
    pub deadline: Option<Value>,
    /// Whether it is over at `as of`.
    pub over: bool,
}

/// A row that exists, and may follow.
#[derive(Debug)]
pub(super) struct Later {
    row: RowId,
    /// Its time: an instant, or a day.
    time: Value,
    /// Whether it lies in the windows and its condition certainly holds.
    counts: bool,
    /// What must be the same as in the row before.
    same: Vec<Option<Value>>,
    /// What is compared with a value of the row before.
    compared: Option<Value>,
}

impl Evaluator<'_> {
    /// Works out what may follow the rows of a question, whether it has any: what fails in those rows is counted either way.
    pub(super) fn foresee_steps(&self, filter: &Expr, scope: &Scope<'_>) {
        match &filter.kind {
            ExprKind::Followed(step) => _ = self.following(step, scope),
            ExprKind::And(parts) => parts.iter().for_each(|part| self.foresee_steps(part, scope)),
            _ => {}
        }
    }

    /// Whether the current row is followed as a step asks.
    pub(super) fn followed(&self, step: &Followed, scope: &Scope<'_>) -> bool {
        let Some(seen) = self.seen(step, scope) else { return false };
        match step.negated {
            true => seen.found.is_none() && (step.within.is_none() || seen.over),
            false => seen.found.is_some(),
        }
    }

    /// What came of a step for the current row; `None` for a row without a time.
    fn seen(&self, step: &Followed, scope: &Scope<'_>) -> Option<Seen> {
        let later = self.following(step, scope);
        let time = self.time(scope.current)?;
        let same: Vec<Option<Value>> = step.same.iter().map(|(before, _)| self.value(before, scope)).collect();
        let days = self.only_date(step.before) || self.only_date(step.rows);
        let moment = |time: &Value| match time {
            Value::Instant(at) if days => Value::Date(self.clock.date_of(*at)),
            other => other.clone(),
        };
        let before = moment(&time);
        let deadline = step.within.and_then(|within| match before {
            Value::Date(day) => shift_date(day, within.count, within.unit).map(Value::Date),
            Value::Instant(at) => shift_instant(at, within.count, within.unit, self.clock.zone).map(Value::Instant),
            _ => None,
        });
        let is_after = |row: &Later| {
            let at = moment(&row.time);
            is_before(&before, &at) || days && step.before != step.rows && before == at
        };
        let in_time = |row: &&Later| deadline.as_ref().is_none_or(|deadline| is_before(&moment(&row.time), deadline));
        let compared = step.compared.as_ref().map(|(how, before, _)| (*how, self.value(before, scope), &before.ty));
        let follows = |row: &&Later| {
            row.counts
                && same.iter().zip(&row.same).all(|(own, later)| own.is_some() && own == later)
                && compared.as_ref().is_none_or(|(how, own, ty)| match (own, &row.compared) {
                    (Some(own), Some(later)) => match how {
                        Compared::Another => own != later,
                        Compared::Greater => compare_values(later, own, ty).is_gt(),
                        Compared::Smaller => compare_values(later, own, ty).is_lt(),
                    },
                    _ => false,
                })
        };
        let first = later.partition_point(|row| !is_after(row));
        let found = later.iter().skip(first).take_while(in_time).find(follows).map(|row| (row.row, row.time.clone()));
        let over = match deadline {
            Some(Value::Date(day)) => day <= self.clock.today(),
            Some(Value::Instant(at)) => at <= self.clock.as_of,
            _ => false,
        };
        Some(Seen { rows: step.rows, negated: step.negated, found, deadline, over })
    }

    /// What came of the steps of a question for one of its rows, one after the other: the rows that follow, as far as there
    /// are any. Where the steps behind one do not hold of any row, it is the first row that it would be without them.
    pub(super) fn steps_seen(&self, filter: &Expr, scope: &Scope<'_>) -> Vec<Seen> {
        let mut seen = Vec::new();
        let mut at = *scope;
        let mut next = step_in(filter);
        while let Some(step) = next {
            self.following.borrow_mut().clear();
            let whole = self.seen(step, &at);
            let here = match whole {
                Some(Seen { found: None, .. }) if !step.negated => {
                    let alone = Followed { filter: step.filter.as_ref().and_then(without_steps), ..step.clone() };
                    self.following.borrow_mut().clear();
                    let alone = self.seen(&alone, &at);
                    self.following.borrow_mut().clear();
                    alone
                }
                whole => whole,
            };
            let Some(here) = here else { break };
            next = None;
            if let Some((row, _)) = &here.found {
                at = Scope::of_customer(scope.customer).of_row(row.0, row.1, *row);
                next = step.filter.as_ref().and_then(step_in);
            }
            seen.push(here);
        }
        self.following.borrow_mut().clear();
        seen
    }

    /// The customer's rows that exist of those a step asks about, in the order of their times.
    fn following(&self, step: &Followed, scope: &Scope<'_>) -> Rc<[Later]> {
        let key = std::ptr::from_ref(step);
        if let Some(found) = self.following.borrow().get(&key) {
            return Rc::clone(found);
        }
        let windows = (!step.windows.is_empty()).then(|| self.filter(&step.windows, self.moments(step.rows)));
        let of_customer = Scope::of_customer(scope.customer);
        if let Some(filter) = &step.filter {
            self.foresee_steps(filter, &of_customer);
        }
        let mut rows = Vec::new();
        for row in self.group(step.rows, scope.customer.row) {
            let event: RowId = (step.rows, row);
            let inside = of_customer.of_row(step.rows, row, event);
            let (true, Some(time)) = (self.exists(event), self.time(event)) else { continue };
            let holds = step.filter.as_ref().is_none_or(|filter| self.truth(filter, &inside) == Some(true));
            let same = step.same.iter().map(|(_, later)| self.value(later, &inside)).collect();
            let counts = holds
                && windows.as_ref().is_none_or(|windows| in_filter(windows, &time))
                && self.in_occasions(&step.occasions, &time, &inside);
            let compared = step.compared.as_ref().and_then(|(_, _, later)| self.value(later, &inside));
            rows.push(Later { row: event, time, counts, same, compared });
        }
        rows.sort_by(|left, right| compare_values(&left.time, &right.time, &Type::Datetime));
        let rows: Rc<[Later]> = rows.into();
        self.following.borrow_mut().insert(key, Rc::clone(&rows));
        rows
    }

    /// Whether only the day of a table's events is known.
    fn only_date(&self, table: TableId) -> bool {
        self.moments(table) == Moments::Dates
    }
}

/// The step that a condition on rows holds; the checker puts it last.
fn step_in(filter: &Expr) -> Option<&Followed> {
    match &filter.kind {
        ExprKind::Followed(step) => Some(step),
        ExprKind::And(parts) => parts.iter().find_map(step_in),
        // What does not hold of every row is explained by the rows that it does not hold of.
        ExprKind::Not(inner) => step_in(inner),
        _ => None,
    }
}

/// The condition without its step, where it has anything else.
fn without_steps(filter: &Expr) -> Option<Expr> {
    match &filter.kind {
        ExprKind::Followed(_) => None,
        ExprKind::And(parts) => {
            let mut kept: Vec<Expr> = parts.iter().filter_map(without_steps).collect();
            match kept.len() {
                0 | 1 => kept.pop(),
                _ => Some(Expr { kind: ExprKind::And(kept), ..filter.clone() }),
            }
        }
        _ => Some(filter.clone()),
    }
}

/// Whether one time is before another of its kind.
fn is_before(first: &Value, second: &Value) -> bool {
    compare_values(first, second, &Type::Datetime).is_lt()
}
