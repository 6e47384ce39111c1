//! What values of the same rows say about one another: where there are no purchases at all, there are none in the last 30
//! days, and no first one.
//!
//! Only what surely holds is said. What else questions about the same rows have to do with one another is not decided:
//! an explanation then names the conditions that must stay as they are.

use super::candidates::Marks;
use super::subject::{rows_shape, shape, window_shape};
use super::tree::Tree;
use segue_compiler::program::{Aggregate, Expr, ExprKind, Type};
use segue_compiler::syntax::tree::AggregateOperator;
use segue_compiler::values::Value;
use segue_compiler::values::calendar::TimeFilter;

/// A value that is a question about rows.
#[derive(Debug, Clone)]
pub(super) struct AskedRows<'e> {
    aggregate: &'e Aggregate,
    rows: String,
    filter: TimeFilter,
    /// The conditions that all must hold of a row, by shape.
    conditions: Vec<String>,
    /// The value is the rows' own time.
    time: bool,
}

impl<'e> AskedRows<'e> {
    pub(super) fn of(tree: &Tree<'_>, value: &'e Expr) -> Option<AskedRows<'e>> {
        let ExprKind::Aggregate(aggregate) = &value.kind else { return None };
        let moments = tree.moments_of(&aggregate.rows)?;
        let mut conditions = Vec::new();
        aggregate.filter.iter().for_each(|filter| joined(filter, &mut conditions));
        conditions.extend(aggregate.occasions.iter().map(window_shape));
        let time = aggregate.value.as_ref().is_some_and(|value| tree.is_event_time(value));
        let filter = tree.filter(&aggregate.windows, moments);
        Some(AskedRows { aggregate, rows: rows_shape(&aggregate.rows), filter, conditions, time })
    }

    /// What the others' answers are held against is of interest for this one as well.
    pub(super) fn marks_from(&self, tree: &Tree<'_>, other: &AskedRows<'_>, theirs: &Marks, own: &mut Marks) {
        if !self.same_rows(other) {
            return;
        }
        let counts = |asked: &AskedRows<'_>| {
            matches!(asked.aggregate.operator, AggregateOperator::Number | AggregateOperator::Different)
        };
        if counts(self) && counts(other) || self.time && other.time {
            own.whole.extend(&theirs.whole);
        }
        if self.time {
            own.add_filter(tree, &other.filter);
        }
    }

    /// Whether both are about the same rows, in whatever time and under whatever conditions.
    pub(super) fn same_rows(&self, other: &AskedRows<'_>) -> bool {
        self.rows == other.rows
    }

    /// Whether values can be the answers to these questions at once.
    pub(super) fn together(&self, own: Option<&Value>, other: &AskedRows<'_>, theirs: Option<&Value>) -> bool {
        !self.same_rows(other) || !self.rules_out(own, other, theirs) && !other.rules_out(theirs, self, own)
    }

    /// Whether the answer rules the other out, for what this question has to do with the other.
    fn rules_out(&self, own: Option<&Value>, other: &AskedRows<'_>, theirs: Option<&Value>) -> bool {
        use AggregateOperator::{First, Latest};
        if self.is_within(other) {
            if self.has_rows(own) && other.has_no_rows(theirs) {
                return true;
            }
            if let (Some(Value::Integer(own)), Some(Value::Integer(theirs)), AggregateOperator::Number) =
                (own, theirs, other.aggregate.operator)
                && matches!(self.aggregate.operator, AggregateOperator::Number | AggregateOperator::Different)
                && self.entries() == other.entries()
                && own > theirs
            {
                return true;
            }
        }
        let Some(at) = own.and_then(moment).filter(|_| self.time) else { return false };
        if !matches!(self.aggregate.operator, First | Latest) {
            return false;
        }
        // The row of that time is one of theirs.
        let is_theirs = other.conditions.iter().all(|condition| self.conditions.contains(condition));
        if is_theirs && other.filter.contains(at) && other.has_no_rows(theirs) {
            return true;
        }
        if !other.is_within(self) {
            return false;
        }
        // All of theirs are as early, or as late.
        let beyond = |theirs: i64| if self.aggregate.operator == First { theirs < at } else { theirs > at };
        let end = if self.aggregate.operator == First { other.filter.last } else { other.filter.first };
        other.has_rows(theirs) && beyond(end) || other.time && theirs.and_then(moment).is_some_and(beyond)
    }

    /// Whether all rows asked about are among those of the other question.
    fn is_within(&self, other: &AskedRows<'_>) -> bool {
        let (own, theirs) = (&self.filter, &other.filter);
        let hours =
            |filter: &TimeFilter| TimeFilter { first: 0, last: 0, weekdays: TimeFilter::EVERY_DAY, ..filter.clone() };
        own.is_empty()
            || own.first >= theirs.first
                && own.last <= theirs.last
                && own.weekdays & !theirs.weekdays == 0
                && (own.hours == theirs.hours || hours(theirs).is_range())
                && other.conditions.iter().all(|condition| self.conditions.contains(condition))
    }

    /// The list, by shape, whose entries are asked about instead of the rows.
    fn entries(&self) -> Option<String> {
        self.aggregate.value.as_ref().filter(|value| matches!(value.ty, Type::List(_))).map(shape)
    }

    /// Whether the answer says that there are rows.
    fn has_rows(&self, answer: Option<&Value>) -> bool {
        use AggregateOperator::{Average, Different, First, Largest, Latest, MostFrequent, Number, Smallest, Sum};
        match (self.aggregate.operator, answer) {
            (Number | Different, Some(Value::Integer(count))) => *count > 0,
            (Sum, Some(Value::Integer(sum) | Value::Money(sum) | Value::Duration(sum))) => *sum != 0,
            (Sum, Some(Value::Number(sum))) => *sum != 0.0,
            (Average | Smallest | Largest | First | Latest | MostFrequent, answer) => answer.is_some(),
            _ => false,
        }
    }

    /// Whether the answer says that there are no rows.
    fn has_no_rows(&self, answer: Option<&Value>) -> bool {
        use AggregateOperator::{Different, First, Largest, Latest, MostFrequent, Number, Smallest};
        // Rows whose lists are empty are rows all the same.
        let always_known =
            self.aggregate.value.as_ref().is_none_or(|value| !value.may_be_missing) && self.entries().is_none();
        match (self.aggregate.operator, answer) {
            (Number, Some(Value::Integer(count))) => *count == 0 && always_known,
            (Different, Some(Value::Integer(count))) => *count == 0 && always_known,
            (Smallest | Largest | First | Latest | MostFrequent, None) => always_known,
            _ => false,
        }
    }
}

/// The conditions that a filter joins with `and`.
fn joined(filter: &Expr, conditions: &mut Vec<String>) {
    match &filter.kind {
        ExprKind::And(parts) => parts.iter().for_each(|part| joined(part, conditions)),
        _ => conditions.push(shape(filter)),
    }
}

fn moment(value: &Value) -> Option<i64> {
    match value {
        Value::Instant(at) => Some(*at),
        Value::Date(day) => Some(i64::from(*day)),
        _ => None,
    }
}
